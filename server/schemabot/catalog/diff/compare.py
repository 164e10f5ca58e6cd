"""What two catalogs differ in, in the words of the catalog's JSON: for checking, not for changing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.concerned import changed
from schemabot.catalog.to_json import catalog_json

_KINDS = {
    "tables": "table", "views": "view", "functions": "function", "enums": "enum", "domains": "domain",
    "types": "type", "sequences": "sequence", "extensions": "extension", "grants": "privileges",
    "publications": "publication", "rules": "rule", "event_triggers": "event trigger",
    "default_privileges": "default privileges",
}  # fmt: skip


def differing(one: Catalog, other: Catalog) -> Iterator[tuple[str, str]]:
    """(`kind schema.name`, what is different in plain words) of objects that are not the same in both, but for the
    order of columns."""
    only = changed(one, other)
    left = catalog_json(one, platform=True, only=only)
    right = catalog_json(other, platform=True, only=only)
    for kind, word in _KINDS.items():
        have = {_name(item): item for item in left.get(kind, ())}
        want = {_name(item): item for item in right.get(kind, ())}
        for name in sorted(have.keys() | want.keys()):
            subject = f"{word} {name}"
            if name not in have:
                yield subject, "is missing"
            elif name not in want:
                yield subject, "is still there"
            else:
                fields = sorted(
                    k for k in want[name] if _plain(k, have[name].get(k)) != _plain(k, want[name][k])
                )
                if not fields:
                    continue
                yield subject, f"differs in its {', '.join(field.replace('_', ' ') for field in fields)}"


def _plain(field: str, value: Any) -> Any:
    """The value without the order of columns: what is added again stands last, and nothing can move it."""
    if field == "columns" and value and isinstance(value[0], dict):
        return sorted(value, key=lambda column: str(column["name"]))
    return value


def _name(item: Any) -> str:
    parts = [str(item[key]) for key in ("schema", "table", "object", "name", "role", "kind") if item.get(key)]
    arguments = item.get("arguments")
    return ".".join(parts) + (f"({', '.join(arguments)})" if arguments is not None else "")
