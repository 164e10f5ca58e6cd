"""Changes of a column's type that touch no row and lose no value (tablecmds.c, ATColumnChangeRequiresRewrite)."""

from __future__ import annotations

from schemabot.catalog.objects import TypeRef

_STRINGS = ("varchar", "text")
_TIMES = ("timestamp", "timestamptz", "time", "timetz", "interval")
_NETWORKS = ("cidr", "inet")
_MOST = 1 << 30


def is_widening(old: TypeRef, new: TypeRef) -> bool:
    """Whether every value of the one is a value of the other, stored the same way."""
    if old == new:
        return True
    if old.array or new.array or old.oid or new.oid:
        return False
    if old.name in _STRINGS and new.name in _STRINGS:
        return _first(new) >= _first(old)
    if (old.name, new.name) == _NETWORKS:
        return True
    if old.name == new.name == "numeric":
        if not new.modifiers:
            return True
        if not old.modifiers:
            return False
        return _scale(old) == _scale(new) and _first(new) >= _first(old)
    if old.name == new.name and old.name in (*_TIMES, "varbit"):
        return not _names_fields(new) and _first(new) >= _first(old)
    return False


def _first(ref: TypeRef) -> int:
    """The length or precision; without one, there is no limit."""
    return int(ref.modifiers[0]) if ref.modifiers and str(ref.modifiers[0]).isdigit() else _MOST


def _names_fields(ref: TypeRef) -> bool:
    """Whether it is an interval of some fields only: `interval year` cuts off what is smaller."""
    return any(not str(modifier).isdigit() for modifier in ref.modifiers)


def _scale(ref: TypeRef) -> int:
    return int(ref.modifiers[1]) if len(ref.modifiers) > 1 else 0
