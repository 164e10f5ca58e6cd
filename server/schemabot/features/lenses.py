"""What stands above a CREATE TABLE: row level security, policies, indexes, references, as of the end of the history."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from schemabot.analysis import Analysis
from schemabot.catalog.objects import Table
from schemabot.features.names.names_at import replay_of
from schemabot.features.names.places import references
from schemabot.features.names.target import Target
from schemabot.text import Span

Topic: TypeAlias = Literal["security", "indexes", "references"]
TOPICS: tuple[Topic, ...] = ("security", "indexes", "references")
_COMMANDS = ("select", "insert", "update", "delete")


class Lens(msgspec.Struct, frozen=True):
    """A place for a title, which `title` gives later. `oid` is the table's."""

    span: Span
    oid: int
    topic: Topic


def lenses(analysis: Analysis, path: str) -> tuple[Lens, ...]:
    """The lenses of a file: above each table that it makes and that is still there at the end."""
    replay = replay_of(analysis, path)
    if replay is None:
        return ()
    made = {
        (table.origin.statement, table.origin.span): table
        for table in analysis.head.catalog.tables()
        if table.origin.file == path and not table.temporary
    }
    found: list[Lens] = []
    for at, table in sorted(made.items(), key=lambda item: item[0]):
        span = analysis.place(table.origin)
        if span is not None and at[0] < len(replay.file.source.statements):
            found += [Lens(span, table.oid, topic) for topic in TOPICS]
    return tuple(found)


def title(analysis: Analysis, oid: int, topic: str) -> str | None:
    """What a lens says; None when the table is not there any more."""
    table = analysis.head.catalog.table_by_oid(oid)
    if table is None:
        return None
    if topic == "security":
        return _security(table)
    if topic == "indexes":
        return _counted(len(table.indexes), "index", "indexes")
    if topic == "references":
        places = references(analysis, Target("relation", oid))
        return _counted(sum(not place.declares for place in places), "reference", "references")
    return None


def _security(table: Table) -> str:
    state = "RLS off" if not table.rls else "RLS forced" if table.force_rls else "RLS on"
    if not table.policies:
        return f"{state} · no policies"
    counts = [
        f"{command} {sum(policy.command in ('all', command) for policy in table.policies)}"
        for command in _COMMANDS
    ]
    return f"{state} · policies: {', '.join(counts)}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count or 'no'} {one if count == 1 else many}"
