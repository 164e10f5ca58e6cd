"""Statements that are given back as they were written, under the search_path of then."""

from __future__ import annotations

from collections.abc import Iterable

from schemabot.catalog.objects import Definition, OtherObject
from schemabot.catalog.render.writer import NotExactError, Writer


def kept_statement(w: Writer, kept: Definition, names: Iterable[str]) -> list[str]:
    """The statement. `names` are what it must mention: another one has been renamed
    since."""
    for name in names:
        if name.lower() not in kept.text.lower():
            raise NotExactError(f"{name} had another name when it was made")
    w.searched(kept.path, whole=True)
    return [kept.text.strip().rstrip(";")]


def write_other(w: Writer, item: OtherObject) -> list[str]:
    """The statements that made and changed an operator, cast, server ..."""
    if not item.definition:
        if item.kind == "operator family":
            return []  # comes with the operator class of its name
        raise NotExactError("its definition is not known")
    first = item.definition[0]
    where = first.path[:1]
    if item.schema is not None and item.schema not in first.text and (item.schema,) != where:
        raise NotExactError("it was in another schema when it was made")
    if item.kind == "statistics" and item.name not in item.definition[0].text:
        raise NotExactError("PostgreSQL chose its name")
    own = () if item.kind in ("cast", "transform") else (item.name,)
    used = [_name(w, use.oid) for use in item.uses if not use.number]
    return [
        statement
        for place, kept in enumerate(item.definition)
        for statement in kept_statement(
            w, kept, (*own, *(used if place == 0 and len(item.definition) == 1 else ()))
        )
    ]


def _name(w: Writer, oid: int) -> str:
    catalog = w.catalog
    found = (
        catalog.relations.get(oid)
        or catalog.functions.get(oid)
        or catalog.types.get(oid)
        or catalog.objects.get(oid)
    )
    return str(getattr(found, "name", ""))
