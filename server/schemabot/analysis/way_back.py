"""The way back of one migration: what leads from the schema behind it to the one before it.

From the catalogs, not from the text: whatever was replaced gets its old definition. What the catalogs do not hold
(rows) cannot come back, and that is said at its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from schemabot.analysis.history import FileReplay, StatementReplay, replay_file
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff import Change, Difference, difference
from schemabot.catalog.objects import Table
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.state import State
from schemabot.facts import expression as ex
from schemabot.facts.model import AnyFact, DeleteRows, InsertRows, TruncateTable, UpdateRows
from schemabot.facts.names import Name
from schemabot.rulekit.context import search_path

if TYPE_CHECKING:
    from schemabot.analysis.analysis import Analysis

_ALLOWED = "set local storage.allow_delete_query to 'true'"  # Supabase's storage.protect_delete() asks for it
_REFUSAL = "do $$ begin raise exception '{}'; end $$"


def way_back(analysis: Analysis, path: str) -> Difference | None:
    """The changes that undo a migration, in order; None when the file is none that runs forward."""
    index = analysis.project.index(path)
    if index is None:
        return None
    return way_back_of(analysis.replays[index])


def way_back_of(replay: FileReplay) -> Difference | None:
    """The same for a replayed file."""
    if replay.file.is_down:
        return None
    if not replay.steps:  # it was made slim
        replay = replay_file(replay.file, replay.before)
    before, after = replay.before.catalog, replay.after.catalog
    back = difference(after, before)
    rows = tuple(_rows(replay))
    return Difference((*rows, *(_restored(change) for change in back.changes)), back.left)


def _restored(change: Change) -> Change:
    """What comes back comes back empty."""
    if change.action == "create" and change.kind in ("table", "column"):
        lost = "its rows" if change.kind == "table" else "its values"
        return msgspec.structs.replace(change, effect="loses data", why=f"{lost} went with the migration")
    return change


def _rows(replay: FileReplay) -> Iterator[Change]:
    """What the migration did to rows, the last first, of tables that were there before it."""
    there = replay.before.catalog
    for step in reversed(replay.steps):
        for fact, state in reversed(list(_facts(step))):
            if isinstance(fact, (InsertRows, UpdateRows, DeleteRows, TruncateTable)):
                table = _table(fact.table, state)
                if table is not None and there.table_by_oid(table.oid) is not None:
                    found = _undone(fact, table, there)
                    if found is not None:
                        yield found


def _facts(step: StatementReplay) -> Iterator[tuple[AnyFact, State]]:
    before = step.before
    for fact, part in zip(step.extracted.facts, step.outcome.parts, strict=True):
        if not any(problem.rejected for problem in part.problems):
            yield fact, before
        for inner in part.inner:
            yield inner.fact, inner.before
        before = part.state


def _undone(
    fact: InsertRows | UpdateRows | DeleteRows | TruncateTable, table: Table, before: Catalog
) -> Change | None:
    known = before.table_by_oid(table.oid) or table
    if isinstance(fact, UpdateRows):
        old = {column.name for column in known.columns}
        if not {column.name for column in fact.columns} & old:
            return None  # it filled columns that go
        what = f"the old values of {_listed(column.name for column in fact.columns if column.name in old)}"
    elif isinstance(fact, InsertRows):
        keys = _inserted_keys(fact, known)
        if keys is not None:
            name = quote_qualified(known.schema, known.name)
            allowed = (_ALLOWED,) if known.schema == "storage" else ()
            return Change(
                action="alter",
                kind="rows",
                schema=known.schema,
                name=known.name,
                statements=(*allowed, *(f"delete from {name} where {key}" for key in keys)),  # noqa: S608  # constants
            )
        what = "which rows it added"
    else:
        what = "the rows that it deleted"
    message = f"This migration cannot be undone: {what} of {known.schema}.{known.name} is not known any more."
    if isinstance(fact, (DeleteRows, TruncateTable)):
        message = f"This migration cannot be undone: {what} from {known.schema}.{known.name} are gone."
    return Change(
        action="alter",
        kind="rows",
        schema=known.schema,
        name=known.name,
        statements=(_REFUSAL.format(message.replace("'", "''").replace("%", "%%")),),
        effect="irreversible",
        why=message.partition(": ")[2],
    )


def _listed(names: Iterator[str]) -> str:
    return " and ".join(dict.fromkeys(names))


def _inserted_keys(fact: InsertRows, table: Table) -> list[str] | None:
    """Conditions that find the rows again: each was given its primary key as constants."""
    query, key = fact.query, table.primary_key
    if query is None or not query.values or query.sources or key is None:
        return None
    given = [column.name for column in fact.columns] or [column.name for column in table.columns]
    wanted = table.column_names(key.columns)
    if any(name not in given for name in wanted):
        return None
    found: list[str] = []
    for row in query.values:
        terms = []
        for name in wanted:
            place = given.index(name)
            value = row[place] if place < len(row) else None
            while isinstance(value, ex.Cast):
                value = value.arg
            if not isinstance(value, ex.Constant) or value.kind not in ("number", "string"):
                return None
            text = value.value if value.kind == "number" else "'" + value.value.replace("'", "''") + "'"
            terms.append(f"{quote_identifier(name)} = {text}")
        found.append(" and ".join(terms))
    return found


def _table(name: Name, state: State) -> Table | None:
    if name.schema is not None:
        return state.catalog.table(name.schema, name.name)
    for schema in ("pg_temp", *search_path(state)):
        if state.catalog.relation(schema, name.name) is not None:
            return state.catalog.table(schema, name.name)
    return None
