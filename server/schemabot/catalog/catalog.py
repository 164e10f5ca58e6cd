"""The catalog: the schema of a database as one immutable value, and how names are looked up in it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from schemabot.catalog.layered import Layered
from schemabot.catalog.objects import (
    DefaultPrivilege,
    EventTrigger,
    Extension,
    Function,
    Index,
    IndexEntry,
    Origin,
    OtherObject,
    Publication,
    Relation,
    Role,
    SchemaObject,
    Table,
    TypeObject,
    View,
)

Names = tuple[str, str]
"""(schema, name)"""


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """A schema. Objects are found by oid; the `*_names` mappings lead from (schema, name) to oids.

    `dependents` leads from an oid to the oids of the relations, types and functions that refer to it, whatever
    the reference is (foreign key, view, policy, default, trigger, type of a column); what exactly refers is
    seen in those objects. `tainted` holds the names that a statement which was not understood mentions, with
    its place: knowledge about them is incomplete and rules stay silent. `platform` is the catalog before the first
    migration: what differs from it is the project's own work.
    """

    schemas: Layered[str, SchemaObject] = Layered()
    relations: Layered[int, Relation] = Layered()
    relation_names: Layered[Names, int] = Layered()
    constraint_names: Layered[Names, int] = Layered()  # how many tables of the schema have such a constraint
    types: Layered[int, TypeObject] = Layered()
    type_names: Layered[Names, int] = Layered()
    functions: Layered[int, Function] = Layered()
    function_names: Layered[Names, tuple[int, ...]] = Layered()
    extensions: Layered[str, Extension] = Layered()
    roles: Layered[str, Role] = Layered()
    event_triggers: Layered[str, EventTrigger] = Layered()
    publications: Layered[str, Publication] = Layered()
    objects: Layered[int, OtherObject] = Layered()
    default_privileges: tuple[DefaultPrivilege, ...] = ()
    dependents: Layered[int, Layered[int, bool]] = Layered()  # inner ones: sets that grow cheaply
    tainted: Layered[tuple[str, ...], Origin] = Layered()
    next_oid: int = 1
    platform: Catalog | None = None

    def relation(self, schema: str, name: str) -> Relation | None:
        """The table, view, sequence, index or composite type of that name."""
        oid = self.relation_names.get((schema, name))
        return None if oid is None else self.relations.get(oid)

    def table(self, schema: str, name: str) -> Table | None:
        """The table of that name, unless something else has it."""
        found = self.relation(schema, name)
        return found if isinstance(found, Table) else None

    def table_by_oid(self, oid: int) -> Table | None:
        """The table with that oid."""
        found = self.relations.get(oid)
        return found if isinstance(found, Table) else None

    def tables(self) -> Iterator[Table]:
        """Every table, the platform's included, in order of creation."""
        return (r for r in self.relations.values() if isinstance(r, Table))

    def views(self) -> Iterator[View]:
        """Every view and materialised view."""
        return (r for r in self.relations.values() if isinstance(r, View))

    def index(self, schema: str, name: str) -> tuple[Table | View, Index] | None:
        """The index of that name with the relation it belongs to."""
        entry = self.relation(schema, name)
        if not isinstance(entry, IndexEntry):
            return None
        owner = self.relations.get(entry.owner)
        if not isinstance(owner, (Table, View)):
            return None
        return next(((owner, index) for index in owner.indexes if index.oid == entry.oid), None)

    def type_named(self, schema: str, name: str) -> TypeObject | None:
        """The type of that name."""
        oid = self.type_names.get((schema, name))
        return None if oid is None else self.types.get(oid)

    def functions_named(self, schema: str, name: str) -> tuple[Function, ...]:
        """All overloads of that name."""
        oids = self.function_names.get((schema, name)) or ()
        if len(oids) == 1:  # nearly always, and on the path of every call in an expression
            only = self.functions.get(oids[0])
            return () if only is None else (only,)
        return tuple(f for oid in oids if (f := self.functions.get(oid)) is not None)

    def is_tainted(self, schema: str, name: str) -> bool:
        """Whether a statement that was not understood mentions this name, qualified or not."""
        return bool(self.tainted) and ((schema, name) in self.tainted or (name,) in self.tainted)
