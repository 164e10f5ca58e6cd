"""The working surface of one fact: a catalog and a session that handlers replace piece by piece.

A `Step` lives while one fact is applied. Handlers read `step.catalog`, put new objects into it, and note what
the server would answer. `step.reject(...)` stops the fact: the state stays as it was before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NoReturn

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.layered import Layered
from schemabot.catalog.objects import (
    Change,
    Definition,
    Function,
    IndexEntry,
    Origin,
    OtherType,
    Relation,
    Table,
    TypeObject,
    Use,
    View,
)
from schemabot.catalog.state import At, InnerPart, NotAnalysed, Problem, ProblemKind, Session, State
from schemabot.facts.names import Name
from schemabot.text import Span

TEMPORARY_SCHEMA: Final = "pg_temp"
"""The schema of temporary objects, which a session takes with it when it ends."""


class Rejected(Exception):  # noqa: N818  # it is not an error but the answer of the server
    """The server would refuse this fact; the problem is already noted."""


class Step:
    """One fact being applied at `at`. `problems` collects what the server would answer.

    `inner` collects what the statements inside a block did; `variables` are those of the block that a statement
    stands in; `depth` counts the calls around it; `running` says that a body is being run.
    """

    __slots__ = (
        "at",
        "catalog",
        "depth",
        "inner",
        "not_analysed",
        "problems",
        "running",
        "session",
        "variables",
    )

    def __init__(self, state: State, at: At) -> None:
        self.catalog: Catalog = state.catalog
        self.session: Session = state.session
        self.at = at
        self.problems: list[Problem] = []
        self.not_analysed: list[NotAnalysed] = []
        self.inner: list[InnerPart] = []
        self.variables: Mapping[str, object] = {}
        self.depth = 0
        self.running = False

    # -- saying what the server would say --

    def note(
        self, kind: ProblemKind, span: Span, obj: str, detail: str = "", others: tuple[str, ...] = ()
    ) -> None:
        """Note a problem and go on: the fact is applied all the same."""
        self.problems.append(
            Problem(kind=kind, span=span, object=obj, detail=detail, others=others, rejected=False)
        )

    def reject(
        self, kind: ProblemKind, span: Span, obj: str, detail: str = "", others: tuple[str, ...] = ()
    ) -> NoReturn:
        """Note a problem and stop: the server would refuse the statement."""
        self.problems.append(Problem(kind=kind, span=span, object=obj, detail=detail, others=others))
        raise Rejected

    def skip(self) -> NoReturn:
        """Stop without a problem: IF [NOT] EXISTS applied, or the knowledge to judge is missing."""
        raise Rejected

    # -- places and numbers --

    def origin(self, span: Span) -> Origin:
        """The place of `span` in the statement being applied."""
        return Origin(self.at.file, self.at.statement, span)

    def change(self, what: str, span: Span) -> Change:
        """A note for `changes` of an object: this statement changed `what`."""
        return Change(what, self.origin(span))

    def new_oid(self) -> int:
        """A number that no object has yet."""
        oid = self.catalog.next_oid
        self.catalog = msgspec.structs.replace(self.catalog, next_oid=oid + 1)
        return oid

    def new_oids(self, count: int) -> range:
        """So many numbers that no object has yet."""
        oid = self.catalog.next_oid
        self.catalog = msgspec.structs.replace(self.catalog, next_oid=oid + count)
        return range(oid, oid + count)

    # -- looking up --

    def definition(self, text: str, uses: tuple[Use, ...] = (), start: int = 0) -> Definition | None:
        """A statement or a clause of it to be kept as written."""
        return Definition(text, uses, start, self.search_path()) if text else None

    def search_path(self) -> tuple[str, ...]:
        """The schemas that an unqualified name is looked up in; only those that exist."""
        path = (self.session.role if s == "$user" else s for s in self.session.search_path)
        return tuple(schema for schema in path if schema in self.catalog.schemas)

    def creation_schema(self, name: Name) -> str:
        """The schema that `name` is created in; rejects when there is none."""
        if name.schema is not None:
            if name.schema not in self.catalog.schemas and name.schema not in (
                TEMPORARY_SCHEMA,
                "pg_catalog",
            ):
                if self.catalog.is_tainted(name.schema, name.schema):
                    self.skip()
                self.reject(ProblemKind.UNKNOWN_SCHEMA, name.span, name.schema)
            return name.schema
        path = self.search_path()
        if not path:
            self.reject(ProblemKind.UNKNOWN_SCHEMA, name.span, str(name), "no schema has been selected")
        return path[0]

    def find_relation(self, name: Name) -> Relation | None:
        """The relation that `name` means here, or None."""
        catalog = self.catalog
        parts = name.parts
        if len(parts) > 1:
            return catalog.relation(parts[-2], parts[-1])
        if (found := catalog.relation(TEMPORARY_SCHEMA, name.name)) is not None:
            return found
        for schema in self.search_path():
            if (found := catalog.relation(schema, name.name)) is not None:
                return found
        return None

    def is_tainted(self, name: Name) -> bool:
        """Whether `name` may be what a statement that was not understood made or changed."""
        if not self.catalog.tainted:
            return False
        tainted = self.catalog.tainted
        return (
            name.parts in tainted
            or (name.name,) in tainted
            or (name.schema is None and any((schema, name.name) in tainted for schema in self.search_path()))
        )

    def columns_known(self, relation: Table | View) -> bool:
        """Whether the relation has no columns but those that the catalog has."""
        return relation.columns_known and not self.catalog.is_tainted(relation.schema, relation.name)

    # -- putting objects into the catalog --

    def put_relation(self, relation: Table | View | IndexEntry | OtherType | Relation) -> None:
        """Store a relation under its oid (names are kept apart: `name_relation`)."""
        self.catalog = msgspec.structs.replace(
            self.catalog, relations=self.catalog.relations.set(relation.oid, relation)
        )

    def name_relation(self, schema: str, name: str, oid: int) -> None:
        """Let (schema, name) mean the relation `oid`."""
        if schema == TEMPORARY_SCHEMA and not self.session.temporary:
            self.session = msgspec.structs.replace(self.session, temporary=True)
        self.catalog = msgspec.structs.replace(
            self.catalog, relation_names=self.catalog.relation_names.set((schema, name), oid)
        )

    def unname_relation(self, schema: str, name: str) -> None:
        """Let (schema, name) mean no relation any more."""
        self.catalog = msgspec.structs.replace(
            self.catalog, relation_names=self.catalog.relation_names.drop((schema, name))
        )

    def name_constraint(self, schema: str, name: str) -> None:
        """Count a constraint of a table in `schema`: names that PostgreSQL chooses avoid those there are."""
        names = self.catalog.constraint_names
        key = (schema, name)
        self.catalog = msgspec.structs.replace(
            self.catalog, constraint_names=names.set(key, (names.get(key) or 0) + 1)
        )

    def name_constraints(self, schema: str, chosen: list[str]) -> None:
        """Count several constraints, whose names differ, at once."""
        names = self.catalog.constraint_names
        counts = {(schema, name): (names.get((schema, name)) or 0) + 1 for name in chosen}
        self.catalog = msgspec.structs.replace(self.catalog, constraint_names=names.set_all(counts))

    def unname_constraint(self, schema: str, name: str) -> None:
        """The opposite of `name_constraint`."""
        names = self.catalog.constraint_names
        key = (schema, name)
        left = (names.get(key) or 0) - 1
        self.catalog = msgspec.structs.replace(
            self.catalog, constraint_names=names.set(key, left) if left > 0 else names.drop(key)
        )

    def forget_relation(self, oid: int) -> None:
        """Remove the object `oid` from the relations, and what is known to depend on it."""
        self.catalog = msgspec.structs.replace(
            self.catalog,
            relations=self.catalog.relations.drop(oid),
            dependents=self.catalog.dependents.drop(oid),
        )

    def put_type(self, item: TypeObject) -> None:
        """Store a type under its oid and name."""
        catalog = self.catalog
        self.catalog = msgspec.structs.replace(
            catalog,
            types=catalog.types.set(item.oid, item),
            type_names=catalog.type_names.set((item.schema, item.name), item.oid),
        )

    def forget_type(self, item: TypeObject) -> None:
        """Remove a type and its name."""
        catalog = self.catalog
        self.catalog = msgspec.structs.replace(
            catalog,
            types=catalog.types.drop(item.oid),
            type_names=catalog.type_names.drop((item.schema, item.name)),
            dependents=catalog.dependents.drop(item.oid),
        )

    def put_function(self, function: Function) -> None:
        """Store a function under its oid and among the overloads of its name."""
        if function.schema == TEMPORARY_SCHEMA and not self.session.temporary:
            self.session = msgspec.structs.replace(self.session, temporary=True)
        catalog = self.catalog
        key = (function.schema, function.name)
        oids = catalog.function_names.get(key) or ()
        if function.oid not in oids:
            catalog = msgspec.structs.replace(
                catalog, function_names=catalog.function_names.set(key, (*oids, function.oid))
            )
        self.catalog = msgspec.structs.replace(
            catalog, functions=catalog.functions.set(function.oid, function)
        )

    def forget_function(self, function: Function) -> None:
        """Remove one overload."""
        catalog = self.catalog
        key = (function.schema, function.name)
        left = tuple(oid for oid in catalog.function_names.get(key) or () if oid != function.oid)
        names = catalog.function_names
        self.catalog = msgspec.structs.replace(
            catalog,
            functions=catalog.functions.drop(function.oid),
            function_names=names.set(key, left) if left else names.drop(key),
            dependents=catalog.dependents.drop(function.oid),
        )

    def depend(self, dependent: int, on: int) -> None:
        """Note that the object `dependent` refers to the object `on`; both are oids."""
        if on == dependent or on == 0:
            return
        known: Layered[int, bool] = self.catalog.dependents.get(on) or Layered()
        if dependent not in known:
            self.catalog = msgspec.structs.replace(
                self.catalog, dependents=self.catalog.dependents.set(on, known.set(dependent, True))
            )

    def taint(self, parts: tuple[str, ...], span: Span) -> None:
        """Remember that what `parts` names is not fully known from here on."""
        self.catalog = msgspec.structs.replace(
            self.catalog, tainted=self.catalog.tainted.set(parts, self.origin(span))
        )
