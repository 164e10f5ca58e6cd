"""Functions of extensions that make or change tables: queues of pgmq, hypertables, PostGIS columns.

What such a call does is replayed as the statements that the function runs. Where these depend on the clock or on
rows, as with the partitions of pg_partman, the call is not analysed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from schemabot.catalog.apply.step import Rejected, Step
from schemabot.catalog.objects import Origin, Table
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.state import At, NotAnalysed, State
from schemabot.facts import extract
from schemabot.facts.expression import Cast, Constant, Node, Opaque
from schemabot.facts.names import Name, fold
from schemabot.text import Span


class _Called(NamedTuple):
    """One call: its constant arguments by place and by name, and where it stands."""

    step: Step
    values: Sequence[str | None]
    named: Mapping[str, str | None]
    span: Span

    def value(self, place: int, name: str) -> str | None:
        """An argument; None when it was not given, or is no constant."""
        return self.values[place] if place < len(self.values) else self.named.get(name)


def extension_call(step: Step, schema: str, name: str, arguments: Sequence[Node], span: Span) -> bool:
    """Apply a call of an extension's function `schema.name`; whether its effect on the schema is known.

    False for functions that are no extension's. What is known to make tables but cannot be followed here is noted as
    not analysed.
    """
    member = next((f.extension for f in step.catalog.functions_named(schema, name) if f.extension), None)
    if member is None:
        return False
    action = _ACTIONS.get((member, name))
    if action is not None:
        values = [_constant(node) for node in arguments if not _argument_name(node)]
        named = {
            label: _constant(node.children[0])
            for node in arguments
            if isinstance(node, Opaque) and node.children and (label := _argument_name(node))
        }
        reason = action(_Called(step, values, named, span))
        if reason:
            step.not_analysed.append(NotAnalysed(f"{schema}.{name}: {reason}", span))
    return True


def _constant(node: Node) -> str | None:
    while isinstance(node, Cast):
        node = node.arg
    return node.value if isinstance(node, Constant) and node.kind != "null" else None


def _argument_name(node: Node) -> str:
    return node.kind[:-3] if isinstance(node, Opaque) and node.kind.endswith(" =>") else ""


_UNKNOWN_NAME: Final = "the name is not written out, so what it makes is not known"


# -- running ------------------------------------------------------------------------------------------------


def _run(called: _Called, *texts: str, member: str | None = None) -> None:
    """Replay the statements that a function runs; what they make is said to come from the call."""
    from schemabot.catalog.apply import HANDLERS

    step = called.step
    first = step.catalog.next_oid
    inner = Step(State(step.catalog, step.session), At(step.at.file, step.at.statement))
    for text in texts:
        for fact in extract(text).facts:
            handler = HANDLERS.get(type(fact))
            if handler is None:
                continue
            try:
                handler(inner, fact)
            except Rejected:
                continue  # IF NOT EXISTS
    step.catalog = inner.catalog
    catalog = step.catalog
    relations, types = catalog.relations, catalog.types
    origin = step.origin(called.span)
    for oid in range(first, catalog.next_oid):
        relation = relations.get(oid)
        if relation is not None and hasattr(relation, "extension"):
            relation = msgspec.structs.replace(relation, origin=origin, extension=member)
            if isinstance(relation, Table):
                relation = _placed(relation, origin)
            relations = relations.set(oid, relation)
        item = types.get(oid)
        if item is not None:
            types = types.set(oid, msgspec.structs.replace(item, origin=origin, extension=member))
    step.catalog = msgspec.structs.replace(catalog, relations=relations, types=types)


def _placed(table: Table, origin: Origin) -> Table:
    """The table with everything in it at `origin`: the texts that made it stand nowhere."""
    return msgspec.structs.replace(
        table,
        columns=tuple(msgspec.structs.replace(c, origin=origin) for c in table.columns),
        constraints=tuple(msgspec.structs.replace(c, origin=origin) for c in table.constraints),
        indexes=tuple(msgspec.structs.replace(i, origin=origin) for i in table.indexes),
    )


# -- pgmq: https://pgmq.github.io/pgmq, version 1.5 ----------------------------------------------------------


def _queue_names(called: _Called) -> tuple[str, str, str] | None:
    """The names of a queue's table, of its archive, and of the archive's index (pgmq.format_table_name)."""
    name = called.value(0, "queue_name")
    if name is None:
        return None
    return f"q_{name}".lower(), f"a_{name}".lower(), f"archived_at_idx_{name}"


_MESSAGE: Final = (
    "read_ct int not null default 0, enqueued_at timestamptz not null default now(), {}vt timestamptz not null,"
    " message jsonb, headers jsonb"
)
_ARCHIVED: Final = "archived_at timestamptz not null default now(), "


def _create_queue(called: _Called, kind: str = "table") -> str:
    names = _queue_names(called)
    if names is None:
        return _UNKNOWN_NAME
    queue, archive, index = names
    q, a = quote_qualified("pgmq", queue), quote_qualified("pgmq", archive)
    _run(
        called,
        f"create {kind} if not exists {q} (msg_id bigint primary key generated always as identity,"
        f" {_MESSAGE.format('')})",
        f"create table if not exists {a} (msg_id bigint primary key, {_MESSAGE.format(_ARCHIVED)})",
        f"create index if not exists {quote_identifier(queue + '_vt_idx')} on {q} (vt)",
        f"create index if not exists {quote_identifier(index)} on {a} (archived_at)",
        member="pgmq",
    )
    return ""


def _create_unlogged_queue(called: _Called) -> str:
    return _create_queue(called, "unlogged table")


def _create_partitioned_queue(called: _Called) -> str:
    names = _queue_names(called)
    if names is None:
        return _UNKNOWN_NAME
    queue, archive, index = names
    q, a = quote_qualified("pgmq", queue), quote_qualified("pgmq", archive)
    interval = called.value(1, "partition_interval")
    by_number = interval is None or interval.strip().isdigit()
    key, archive_key = ("msg_id", "msg_id") if by_number else ("enqueued_at", "archived_at")
    _run(
        called,
        f"create table if not exists {q} (msg_id bigint generated always as identity, {_MESSAGE.format('')})"
        f" partition by range ({key})",
        f"create index if not exists {quote_identifier(queue + '_part_idx')} on {q} ({key})",
        f"create table if not exists {a} (msg_id bigint not null, {_MESSAGE.format(_ARCHIVED)})"
        f" partition by range ({archive_key})",
        f"create index if not exists {quote_identifier(index)} on {a} (archived_at)",
        member="pgmq",
    )
    return "its partitions are made by pg_partman"


def _release(step: Step, name: str) -> None:
    """ALTER EXTENSION pgmq DROP TABLE: the table and its sequence are no members any more."""
    table = step.catalog.table("pgmq", name)
    if table is None:
        return
    for oid in (table.oid, *(c.sequence for c in table.columns if c.sequence)):
        found = step.catalog.relations.get(oid)
        if found is not None and hasattr(found, "extension"):
            step.put_relation(msgspec.structs.replace(found, extension=None))


def _drop_queue(called: _Called) -> str:
    names = _queue_names(called)
    if names is None:
        return _UNKNOWN_NAME
    for name in names[:2]:
        _release(called.step, name)
        _run(called, f"drop table if exists {quote_qualified('pgmq', name)}")
    return ""


def _detach_archive(called: _Called) -> str:
    names = _queue_names(called)
    if names is None:
        return _UNKNOWN_NAME
    _release(called.step, names[1])
    return ""


# -- TimescaleDB, PostGIS -----------------------------------------------------------------------------------


def _create_hypertable(called: _Called) -> str:
    """The time column becomes NOT NULL and gets an index, unless `create_default_indexes` is false."""
    written, column = called.value(0, "relation"), called.value(1, "time_column_name")
    if written is None or column is None:
        return "the table or its column is not written out"
    table = called.step.find_relation(Name(tuple(map(fold, written.split("."))), called.span))
    if not isinstance(table, Table):
        return ""
    name = quote_qualified(table.schema, table.name)
    texts = [f"alter table {name} alter column {quote_identifier(column)} set not null"]
    number = next((c.number for c in table.columns if c.name == column), 0)
    leading = {index.keys[0].column for index in table.indexes if index.keys}
    if called.named.get("create_default_indexes") not in ("f", "false") and number not in leading:
        index = quote_identifier(f"{table.name}_{column}_idx")
        texts.append(f"create index {index} on {name} ({quote_identifier(column)} desc)")
    _run(called, *texts)
    return ""


def _geometry_place(called: _Called, behind: int) -> tuple[str, list[str]] | None:
    """The table, qualified, and the arguments from the column on; `behind` follow the table's name."""
    values = list(called.values)
    if called.named or any(value is None for value in values):
        return None
    names = [value for value in values if value is not None]
    where = names[: len(names) - behind]
    if not 1 <= len(where) <= 3:
        return None
    return ".".join(map(quote_identifier, where[-2:])), names[len(where) :]


def _add_geometry_column(called: _Called) -> str:
    """AddGeometryColumn([[catalog,] schema,] table, column, srid, type, dimension [, use_typmod])."""
    given = [v for v in called.values if v is not None]
    typmod = bool(given) and given[-1] in ("t", "f", "true", "false")
    found = _geometry_place(called, 5 if typmod else 4)
    if found is None:
        return "the table or its column is not written out"
    table, (column, srid, kind, dimension, *rest) = found
    if rest and rest[0] in ("f", "false"):
        return "the column gets constraints of its own"
    shape = kind.lower().rstrip("zm ") + {"3": "m" if kind.lower().endswith("m") else "z", "4": "zm"}.get(
        dimension, ""
    )
    reference = "" if srid in ("0", "-1") else f",{srid}"
    schema = next(
        (t.schema for t in called.step.catalog.types.values() if t.name == "geometry" and t.extension == "postgis"),
        "public",
    )  # fmt: skip
    type_ = f"{quote_identifier(schema)}.geometry({shape}{reference})"
    _run(called, f"alter table {table} add column {quote_identifier(column)} {type_}")
    return ""


def _drop_geometry_column(called: _Called) -> str:
    found = _geometry_place(called, 1)
    if found is None:
        return "the table or its column is not written out"
    table, (column, *_) = found
    _run(called, f"alter table {table} drop column {quote_identifier(column)}")
    return ""


def _by_the_clock(_: _Called) -> str:
    return "the partitions that it makes depend on the time of the call"


def _by_rows(_: _Called) -> str:
    return "the tables that it makes are not followed"


_ACTIONS: Final[dict[tuple[str, str], Callable[[_Called], str]]] = {
    ("pgmq", "create"): _create_queue,
    ("pgmq", "create_non_partitioned"): _create_queue,
    ("pgmq", "create_unlogged"): _create_unlogged_queue,
    ("pgmq", "create_partitioned"): _create_partitioned_queue,
    ("pgmq", "drop_queue"): _drop_queue,
    ("pgmq", "detach_archive"): _detach_archive,
    ("pgmq", "convert_archive_partitioned"): _by_the_clock,
    ("pg_partman", "create_parent"): _by_the_clock,
    ("pg_partman", "create_sub_parent"): _by_the_clock,
    ("pg_partman", "run_maintenance"): _by_the_clock,
    ("pg_partman", "undo_partition"): _by_rows,
    ("timescaledb", "create_hypertable"): _create_hypertable,
    ("postgis", "addgeometrycolumn"): _add_geometry_column,
    ("postgis", "dropgeometrycolumn"): _drop_geometry_column,
    ("postgis_topology", "createtopology"): _by_rows,
    ("postgis_topology", "droptopology"): _by_rows,
    ("postgis_topology", "addtopogeometrycolumn"): _by_rows,
}
"""Functions by extension and name; each gives the reason why its effect is not wholly known, or nothing."""
