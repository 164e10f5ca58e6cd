"""Objects of the catalog that may stand at a place: relations, functions, types, parts of tables, and the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.builtins import routines
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Column,
    Constraint,
    EnumType,
    Function,
    IndexEntry,
    OtherType,
    Policy,
    Table,
    Trigger,
    View,
    ViewColumn,
)
from schemabot.catalog.quoting import quote_identifier as quoted
from schemabot.features.completion.cursor import Cursor
from schemabot.features.completion.details import column_detail
from schemabot.features.completion.habits import Habits
from schemabot.features.completion.known import (
    GRAMMAR_FUNCTIONS,
    LANGUAGES,
    SETTINGS,
    SPECIAL_ROLES,
    SPELLED_TYPES,
    called_functions,
    extensions,
)
from schemabot.features.completion.model import ItemKind
from schemabot.features.completion.proposal import Proposal
from schemabot.features.completion.reader import Names
from schemabot.features.completion.relation_index import Entry, relation_index, remote_index
from schemabot.features.completion.wanted import ROWS, Kind, Rows, Wanted
from schemabot.features.hover.definitions import signature
from schemabot.features.names.target import Target

_RELATIONS: tuple[Kind, ...] = ("table", "view", "materialized view", "sequence", "index")
_ROUTINES: tuple[Kind, ...] = ("function", "procedure", "trigger function")
_PARTS = ("policy", "constraint", "trigger")
_OWN, _VISIBLE, _ELSEWHERE, _PLATFORM = 0.12, 0.08, 0.0, -0.1
_CALLING = ("from", "join", "call")
_OF_WITH = 2.0
_MANY = 500
_NEWEST = 150
"""How many relations are offered for being new, where nothing is typed."""
_FOLLOWS = 0.4
"""What a column gains for standing behind one that was just written, a table for being made after the last one named."""


class ObjectCandidates:
    """Proposals of objects at one place."""

    def __init__(
        self, names: Names, cursor: Cursor, habits: Habits, likely: Callable[[], dict[str, float]]
    ) -> None:
        self.names = names
        self.catalog: Catalog = names.catalog
        self.chain = cursor.chain
        self.typed = cursor.typed
        self.quoted = cursor.quoted
        self.words = cursor.words
        self.index = relation_index(names.catalog)
        self._habits = habits
        self._near = {word: len(habits.near) - at for at, word in enumerate(habits.near)}
        self._likely = likely
        self._following = self._next_relation()
        self._parenthesis_follows = bool(cursor.rest) and cursor.rest[0].written == "("

    def _next_relation(self) -> int:
        """The oid of the table that was made after the one named last: statements often go through tables in order."""
        for name in sorted(self._near, key=lambda word: self._near[word]):
            relation = self.names.rows((name,))
            if relation is not None:
                return self.index.made_after(relation.oid)
        return 0

    def _columns(
        self, rows: Rows, named: frozenset[str] = frozenset(), prior: float = 0.2
    ) -> Iterator[Proposal]:
        relation = rows.relation
        if relation is None:
            for name in rows.columns:
                if name not in named:
                    yield Proposal(name, "column", quoted(name), prior)
            return
        columns: tuple[Column | ViewColumn, ...] = relation.columns
        follows = 0.0
        for place, column in enumerate(columns):
            here, distance = follows, self._near.get(column.name)
            follows = follows / 2 if distance is None else max(follows / 2, _FOLLOWS / (1 + distance / 4))
            if column.name in named:
                continue
            number = column.number if isinstance(column, Column) else place + 1
            yield Proposal(
                column.name, "column", quoted(column.name), prior + here - place / 400,
                lambda column=column: self._column_detail(column, relation),  # type: ignore[misc]
                None if self.catalog.relations.get(relation.oid) is None else Target("column", relation.oid, number),
            )  # fmt: skip

    def _column_detail(self, column: object, relation: Table | View | OtherType) -> str:
        return f"{column_detail(self.catalog, column)} · {relation.name}"

    def _objects(self, wanted: Wanted) -> Iterator[Proposal]:
        kinds = wanted.kinds
        if wanted.head == "column of" and self.chain:
            relation = self.names.rows(self.chain)
            if relation is not None:
                yield from self._columns(Rows(relation.name, relation), prior=0.4)
                return
        for cte in wanted.scope.ctes:
            if not self.chain and kinds & ROWS:
                yield Proposal(cte.name, "table", quoted(cte.name), _OF_WITH, "WITH")
        if any(kind in kinds for kind in _RELATIONS):
            yield from self._relations(kinds, 0.0)
        if any(kind in kinds for kind in _ROUTINES):
            yield from self._functions(
                tuple(kind for kind in _ROUTINES if kind in kinds), called=wanted.head in _CALLING
            )
        if "type" in kinds:
            yield from self._types(wanted.head)
        if kinds & {*_RELATIONS, *_ROUTINES, "type"} and not self.chain:
            yield from self._schemas(0.05)
        yield from self._named(wanted)
        for kind in _PARTS:
            if kind in kinds:
                yield from self._parts(kind, wanted.parts_of)

    def _named(self, wanted: Wanted) -> Iterator[Proposal]:
        kinds = wanted.kinds
        if "schema" in kinds:
            yield from self._schemas(0.2)
        if "role" in kinds:
            for name in (*self.catalog.roles, *SPECIAL_ROLES):
                if name not in wanted.named:
                    yield Proposal(name, "role", name if name in SPECIAL_ROLES else quoted(name), 0.1)
        if "extension" in kinds:
            for name in extensions() if wanted.head == "new" else self.catalog.extensions:
                yield Proposal(name, "extension", quoted(name), 0.1)
        if "publication" in kinds:
            for name in self.catalog.publications:
                yield Proposal(name, "publication", quoted(name), 0.1)
        if "language" in kinds:
            for name in LANGUAGES:
                yield Proposal(name, "language", name, 0.1)
        if "setting" in kinds:
            for name in SETTINGS:
                yield Proposal(name, "setting", name, 0.05)
        if "column name" in kinds and not self.chain:
            for name in self._likely():
                if self.index.has_column(name) and name not in wanted.named:
                    yield Proposal(name, "name", quoted(name), 0.0, "a column's name elsewhere")

    def _schemas(self, prior: float) -> Iterator[Proposal]:
        if self.chain:
            return
        for name in self.catalog.schemas:
            if not name.startswith("pg_toast"):
                yield Proposal(name, "schema", quoted(name), prior, "schema", Target("schema", name=name))

    def _prior(self, schema: str, platform: bool) -> float | None:
        """How close a schema is; None when an object there cannot be meant."""
        if self.chain:
            return _OWN if schema == self.chain[-1] else None
        if platform:
            return _PLATFORM if self.typed or schema in self.names.path else None
        return _VISIBLE if schema in self.names.path else _ELSEWHERE

    def _written(self, schema: str, name: str) -> str:
        if self.chain or schema in self.names.path or schema == "pg_catalog":
            return quoted(name)
        return f"{quoted(schema)}.{quoted(name)}"

    def _relations(self, kinds: frozenset[Kind], prior: float) -> Iterator[Proposal]:
        for entry in self._entries():
            close = self._prior(entry.schema, entry.platform) if entry.kind in kinds else None
            if close is None:
                continue
            if entry.oid == self._following:
                close += _FOLLOWS
            shown: ItemKind = "view" if entry.kind == "materialized view" else entry.kind  # type: ignore[assignment]
            detail = entry.kind if entry.schema in self.names.path else f"{entry.kind} in {entry.schema}"
            written = self._written(entry.schema, entry.name)
            yield Proposal(entry.name, shown, written, prior + close, detail, Target("relation", entry.oid))
        if "index" in kinds:
            yield from self._indexes(prior)
        if self.names.remote is not None:
            yield from self._remote_relations(self.names.remote, kinds, prior)

    def _remote_relations(self, remote: Catalog, kinds: frozenset[Kind], prior: float) -> Iterator[Proposal]:
        """What only the remote database has: no migration makes it."""
        index = remote_index(remote)
        entries = index.containing(self.typed.lower()) if self.typed else index.newest()
        for entry in islice(entries, _NEWEST):
            close = None if entry.platform or entry.kind not in kinds else self._prior(entry.schema, False)
            place = (entry.schema, entry.name)
            if (
                close is None
                or place in self.catalog.relation_names
                or place in self.names.head.relation_names
            ):
                continue
            shown: ItemKind = "view" if entry.kind == "materialized view" else entry.kind  # type: ignore[assignment]
            written = self._written(entry.schema, entry.name)
            yield Proposal(
                entry.name, shown, written, prior + close - 0.05, f"{entry.kind}, only in the remote"
            )

    def _entries(self) -> Iterator[Entry]:
        """The relations that the letters fit; without letters those that habit names, and the newest."""
        if self.typed:
            yield from self._fitting(list(self.index.containing(self.typed.lower())))
            return
        seen: set[int] = set()
        for name in (*self._likely(), *self._habits.recent, *self._habits.hinted()):
            for entry in self.index.named(name):
                if entry.oid not in seen:
                    seen.add(entry.oid)
                    yield entry
        more = 0
        for entry in self.index.newest():
            if more > _NEWEST:
                return
            if entry.oid not in seen and (not self.chain or entry.schema == self.chain[-1]):
                more += 1
                yield entry

    def _fitting(self, found: list[Entry]) -> list[Entry]:
        """Of very many relations that the letters fit those that habit names, that begin with them, that are newest."""
        if len(found) <= _MANY:
            return found
        typed, likely = self.typed.lower(), self._likely()
        newest = sorted(found, key=lambda e: (e.name not in likely, not e.lower.startswith(typed), -e.oid))
        return newest[:_MANY]

    def _indexes(self, prior: float) -> Iterator[Proposal]:
        typed = self.typed.lower()
        for (schema, name), oid in reversed(list(self.catalog.relation_names.items())):
            if typed not in name.lower() or not isinstance(self.catalog.relations.get(oid), IndexEntry):
                continue
            close = self._prior(schema, False)
            if close is not None and not self._serves_a_constraint(schema, name):
                written = self._written(schema, name)
                yield Proposal(name, "index", written, prior + close, "index", Target("index", oid))

    def _serves_a_constraint(self, schema: str, name: str) -> bool:
        found = self.catalog.index(schema, name)
        return found is not None and bool(found[1].constraint)

    def _functions(self, kinds: tuple[Kind, ...], *, called: bool) -> Iterator[Proposal]:
        seen: set[tuple[str, str]] = set()
        for function in reversed(self.catalog.functions.values()):
            key = (function.schema, function.name)
            if key in seen or not _is_wanted(function, kinds):
                continue
            close = self._prior(function.schema, function.origin.platform or function.extension is not None)
            if close is None:
                continue
            seen.add(key)
            provided = function.extension is not None or function.origin.platform
            if provided and not self.typed and function.name not in self._likely():
                continue
            written = self._written(function.schema, function.name)
            plain, snippet = self._with_arguments(function, written, kinds, called)
            yield Proposal(
                function.name, "procedure" if function.kind == "procedure" else "function", plain, close - 0.05,
                lambda function=function: signature(self.catalog, function),  # type: ignore[misc]
                Target("function", function.oid), snippet,
            )  # fmt: skip
        if kinds == ("function",) and called and (not self.chain or self.chain == ("pg_catalog",)):
            likely = self._likely()
            for name in GRAMMAR_FUNCTIONS:
                yield Proposal(name, "function", name, -0.05, "function of PostgreSQL", None, f"{name}($1)$0")
            for name in called_functions():
                if name in likely or (self.typed and name.startswith(self.typed.lower())):
                    yield self._builtin(name)

    def _builtin(self, name: str) -> Proposal:
        plain, snippet = quoted(name), ""
        if not self._parenthesis_follows:
            takes = any(routine.arguments for routine in routines(name))
            plain, snippet = (plain, f"{plain}($1)$0") if takes else (f"{plain}()", "")
        return Proposal(name, "function", plain, -0.1, "function of PostgreSQL", None, snippet)

    def _with_arguments(
        self, function: Function, written: str, kinds: tuple[Kind, ...], called: bool
    ) -> tuple[str, str]:
        """A function with what stands in its parentheses, plain and as a snippet; alone where they are written."""
        if self._parenthesis_follows:
            return written, ""
        if kinds == ("trigger function",):
            return f"{written}()", ""
        given = [p for p in function.parameters if p.mode in ("in", "inout", "variadic")]
        if not called:
            return f"{written}({', '.join(format_type(self.catalog, p.type) for p in given)})", ""
        needed = [p for p in given if p.default is None]
        stops = [f"${{{n}:{_plain_word(p.name) or 'value'}}}" for n, p in enumerate(needed, 1)]
        return f"{written}()" if not given else written, f"{written}({', '.join(stops)})$0" if given else ""

    def _types(self, head: str) -> Iterator[Proposal]:
        if not self.chain and not self.quoted and head != "own":
            for name in SPELLED_TYPES:
                yield Proposal(name, "type", name, 0.1)
        typed = self.typed.lower()
        for (schema, name), oid in self.catalog.type_names.items():
            if name[:1] == "_" or (typed and typed not in name.lower()):
                continue
            item = self.catalog.types.get(oid)
            if item is None:
                continue
            is_row = isinstance(item, OtherType) and item.kind == "row"
            if is_row and (head == "own" or not (self.typed or head == "returns")):
                continue
            close = self._prior(schema, item.origin.platform)
            if close is not None:
                kind: ItemKind = "enum" if isinstance(item, EnumType) else "type"
                prior = close - (0.2 if is_row else 0.0)
                yield Proposal(name, kind, self._written(schema, name), prior, schema, Target("type", oid))

    def _parts(self, kind: str, table: Table | View | None) -> Iterator[Proposal]:
        tables = [table] if table is not None else list(self.catalog.tables())
        for one in tables:
            if table is None and one.origin.platform and not one.changes:
                continue
            for part in _parts_of(one, kind):
                yield Proposal(
                    part.name, kind, quoted(part.name), _prior_of(part), f"on {one.name}",  # type: ignore[arg-type]
                    Target(kind, part.oid, one.oid),  # type: ignore[arg-type]
                )  # fmt: skip


def _parts_of(table: Table | View, kind: str) -> Iterable[Policy | Constraint | Trigger]:
    if kind == "trigger":
        return [part for part in table.triggers if not part.inherited]
    if not isinstance(table, Table):
        return ()
    return table.policies if kind == "policy" else table.constraints


def _prior_of(part: Policy | Constraint | Trigger) -> float:
    """NOT NULL has a name of its own only since PostgreSQL 18, and is hardly ever meant."""
    return -0.3 if isinstance(part, Constraint) and part.kind == "not null" else 0.2


def _plain_word(name: str | None) -> str:
    """A parameter's name as the text of a tab stop, where some characters mean something."""
    return name if name is not None and name.replace("_", "").isalnum() else ""


def _is_wanted(function: Function, kinds: tuple[Kind, ...]) -> bool:
    fires = function.returns is not None and function.returns.name == "trigger"
    if function.kind == "procedure":
        return "procedure" in kinds
    return ("trigger function" in kinds and fires) or ("function" in kinds and (not fires or len(kinds) > 1))
