"""What is renamed before anything else: things that everything in them, or around them, is named by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.changes import Change
from schemabot.catalog.quoting import quote_identifier
from schemabot.catalog.render.descriptions import other_target
from schemabot.catalog.render.writer import Writer

_NEVER_RENAMED = ("cast", "transform", "user mapping")  # they are named by what they are for
_KINDS = (
    ("schemas", "schema"),
    ("roles", "role"),
    ("publications", "publication"),
    ("event_triggers", "event trigger"),
)


def renamed_first(old: Catalog, new: Catalog) -> Iterator[Change]:
    """Schemas, roles, publications and event triggers that both catalogs have under different names.

    They are the same when one statement made both.
    """
    for field, kind in _KINDS:
        mine: Any = getattr(old, field)
        theirs: Any = getattr(new, field)
        gone = {item.origin: item for name, item in mine.items() if name not in theirs}
        for name, item in theirs.items():
            was = gone.get(item.origin) if name not in mine and not item.origin.platform else None
            if was is not None:
                statement = f"alter {kind} {quote_identifier(was.name)} rename to {quote_identifier(name)}"
                yield Change(action="rename", kind=kind, schema=None, name=name, statements=(statement,))
    yield from _objects(old, new)


def _objects(old: Catalog, new: Catalog) -> Iterator[Change]:
    """Operators, servers, collations ... that are called otherwise: what uses them keeps their names."""
    w = Writer(old)
    for oid in sorted(old.objects.changed_since(new.objects)):
        item, other = old.objects.get(oid), new.objects.get(oid)
        if item is None or other is None or item.kind in _NEVER_RENAMED:
            continue
        statements: list[str] = []
        if item.schema != other.schema and other.schema is not None:
            if other.schema not in old.schemas:
                continue  # it is made later; what stays different is said
            statements.append(f"alter {other_target(w, item)} set schema {quote_identifier(other.schema)}")
            item = msgspec.structs.replace(item, schema=other.schema)
        if item.name != other.name:
            statements.append(f"alter {other_target(w, item)} rename to {quote_identifier(other.name)}")
        if statements:
            yield Change(
                action="rename",
                kind=item.kind,
                schema=other.schema,
                name=other.name,
                statements=tuple(statements),
            )
