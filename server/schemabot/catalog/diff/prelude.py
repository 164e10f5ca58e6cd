"""What is renamed before anything else: things that everything in them, or around them, is named by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.changes import Change
from schemabot.catalog.quoting import quote_identifier

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
