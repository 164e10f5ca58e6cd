"""Whether PostgreSQL has a cast between two types of columns, each in its own catalog."""

from __future__ import annotations

from schemabot.catalog.builtins import cast, types
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Domain, TypeRef


def has_cast(old: Catalog, of: TypeRef, new: Catalog, to: TypeRef) -> bool:
    """Whether `value::type` is accepted (find_coercion_pathway, explicit): by pg_cast, element by element, or through
    text where one side is a string type. What is not known is taken to have one."""
    source, target = _base(old, of), _base(new, to)
    if not source.known or not target.known:
        return True
    if source.array != target.array:
        return _is_string(source) or _is_string(target)
    if _name(old, source) == _name(new, target):
        return True
    if _is_string(source) or _is_string(target):
        return True
    if source.oid or target.oid:
        return any(
            other.kind == "cast" and {oid for oid, _ in other.arguments} >= {source.oid or source.name}
            for other in old.objects.values()
        )
    return bool(cast(source.name, target.name))


def _base(catalog: Catalog, ref: TypeRef) -> TypeRef:
    found = catalog.types.get(ref.oid) if ref.oid else None
    while isinstance(found, Domain) and not ref.array:
        ref = found.base
        found = catalog.types.get(ref.oid) if ref.oid else None
    return ref


def _name(catalog: Catalog, ref: TypeRef) -> tuple[str, str]:
    found = catalog.types.get(ref.oid) if ref.oid else None
    return ("pg_catalog", ref.name) if found is None else (found.schema, found.name)


def _is_string(ref: TypeRef) -> bool:
    """Whether the type is of category S; of extensions' types that is not known, and not counted on."""
    if ref.array or ref.oid:
        return False
    found = types().get(ref.name)
    return found is not None and found.category == "S"


__all__ = ["has_cast"]
