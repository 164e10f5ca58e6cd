"""The schema in PostgreSQL's own words, before and after: what a way back did not bring back, in ours."""

from __future__ import annotations

from typing import Any

import psycopg

from schemabot.remote.described.definitions import Definitions, definitions

_SINGULAR = {
    "policies": "policy", "indexes": "index", "default privileges": "default privilege", "grants": "grant",
    "user mappings": "user mapping", "event triggers": "event trigger", "statistics": "statistics",
    "foreign data wrappers": "foreign data wrapper",
}  # fmt: skip


def snapshot(connection: psycopg.Connection[Any]) -> Definitions:
    """What is in the database, but for the order of columns: what is added again stands last."""
    found = definitions(connection)
    found["columns"] = {name: row[1:] for name, row in found["columns"].items()}
    return found


def changes(before: Definitions, now: Definitions) -> tuple[str, ...]:
    """What is not as it was, object by object."""
    found: list[str] = []
    for kind, objects in before.items():
        others = now[kind]
        found += [f"{_named(kind, name)} is gone" for name in objects if name not in others]
        found += [f"{_named(kind, name)} is left" for name in others if name not in objects]
        found += [
            f"{_named(kind, name)} was {_differing(own, others[name])} and is {_differing(others[name], own)}"
            for name, own in objects.items()
            if name in others and own != others[name]
        ]
    return tuple(found)


def _named(kind: str, name: str) -> str:
    return f"{_SINGULAR.get(kind, kind.removesuffix('s'))} {name}"


def _differing(own: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    return ", ".join(str(mine) for mine, theirs in zip(own, other, strict=True) if mine != theirs)
