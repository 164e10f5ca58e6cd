"""What an element is like, apart from what it is called, who may use it and where it was written.

Elements of the same shape need no statement to become one another. Expressions are compared in canonical form, so
that another spelling is no difference.
"""

from __future__ import annotations

from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.elements import Element
from schemabot.catalog.objects import (
    Bound,
    Column,
    Constraint,
    Definition,
    Domain,
    EnumType,
    EventTrigger,
    Extension,
    Function,
    Index,
    IndexKey,
    OtherObject,
    OtherType,
    Policy,
    Publication,
    PublishedTable,
    Role,
    Rule,
    Sequence,
    Table,
    Trigger,
    TypeRef,
    View,
)
from schemabot.catalog.render.writer import NotExactError, Writer
from schemabot.facts import expression as ex
from schemabot.facts.canonical import canonical

Shape = tuple[Any, ...]
_OIDS = frozenset(("function", "references", "relation", "partner", "table", "tables", "members", "lists"))
_ATTRIBUTES = frozenset(
    (
        "oid", "origin", "changes", "comment", "acl", "owner", "extension", "path", "uses", "places",
        "body_span", "name", "schema", "function_name", "columns_known", "enabled", "span",
    )
)  # fmt: skip


class Shapes:
    """Shapes of the elements of one `catalog`; `exact` ones tell spellings of an expression apart."""

    def __init__(self, catalog: Catalog, *, exact: bool) -> None:
        self._w = Writer(catalog)
        self.catalog = catalog
        self._exact = exact

    def of(self, element: Element) -> Shape:
        """The shape of an element."""
        item, owner = element.item, element.owner
        match item:
            case Table():
                return self.table(item)
            case Column():
                return (self.bound(item.default),) if element.kind == "default" else self.column(item)
            case Constraint():
                return self._constraint(owner, item)
            case Index():
                return self._index(owner, item)
            case View():
                names = tuple(column.name for column in item.columns)
                return (item.materialized, names, item.options, item.recursive, self._query(item))
            case Sequence():
                return self._plain(item, "identity", "temporary", "owned_by")
            case Function() | Policy() | Trigger() | Rule() | Domain() | EnumType() | OtherType():
                return self._plain(item)
            case Publication() | EventTrigger() | OtherObject() | Extension() | Role():
                return self._plain(item)
        return ()

    def column(self, item: Column) -> Shape:
        """Type, nullability, identity, generation and collation of a column."""
        return (
            self.type(item.type),
            item.not_null,
            item.identity,
            self.bound(item.generated),
            item.generated_virtual,
            item.collation,
        )

    def table(self, item: Table) -> Shape:
        keys = tuple(self._key(item, key) for key in item.partition_elements)
        parents = tuple(self.relation(oid) for oid in item.parents)
        return (
            item.kind, parents, self.relation(item.partition_of), item.partition_strategy, keys,
            " ".join(item.bound_text.split()), self._type_of(item), item.server,
        )  # fmt: skip

    def _type_of(self, item: Table) -> str:
        of = self.catalog.types.get(item.of_type)
        return "" if of is None else f"{of.schema}.{of.name}"

    def of_member(self, member: PublishedTable) -> Shape:
        """What a publication publishes of a table."""
        table = self.catalog.table_by_oid(member.table)
        names = () if table is None else table.column_names(member.columns)
        return (names, self.bound(member.filter))

    def _constraint(self, table: Table, item: Constraint) -> Shape:
        there = self.catalog.table_by_oid(item.references)
        own = [i for i in table.indexes if i.oid == item.index and item.kind != "foreign key"]
        return (
            item.kind, table.column_names(item.columns), self.relation(item.references),
            () if there is None else there.column_names(item.references_columns),
            item.on_delete, item.on_update, item.match, self.bound(item.expression), item.deferrable,
            item.initially_deferred, item.validated, item.enforced, item.no_inherit, item.operators,
            table.column_names(item.on_delete_columns), item.period,
            self._index(table, own[0]) if own else (),
        )  # fmt: skip

    def _index(self, owner: Table | View, item: Index) -> Shape:
        return (
            item.unique, item.method, tuple(self._key(owner, key) for key in item.keys),
            tuple(_column_name(owner, number) for number in item.include), self.bound(item.where),
            item.nulls_not_distinct, item.options,
        )  # fmt: skip

    def _key(self, owner: Table | View, key: IndexKey) -> Shape:
        nulls = key.nulls or ("first" if key.descending else "last")
        return (
            _column_name(owner, key.column), self.bound(key.expression), key.descending, nulls,
            key.operator_class, key.collation, key.operator_class_options,
        )  # fmt: skip

    def _query(self, view: View) -> str:
        if not self._exact:
            return canonical(view.query.query)
        query = view.query
        try:
            return " ".join(self._w.query(query.text, query.span.start, view.places, [query.query]).split())
        except NotExactError:
            return query.text

    def bound(self, bound: Bound | None) -> str | None:
        """An expression: in canonical form, or for exact shapes as written, under today's names."""
        if bound is None:
            return None
        if not self._exact:
            return canonical(bound.expression.root)
        try:
            return " ".join(self._w.expression(bound).split())
        except NotExactError:
            return bound.text

    def type(self, ref: TypeRef | None) -> str:
        try:
            return "" if ref is None else self._w.type(ref)
        except NotExactError:
            return "?"

    def relation(self, oid: int) -> str:
        """The qualified name of a relation; `?` when it is not there."""
        try:
            return self._w.relation(oid) if oid else ""
        except NotExactError:
            return "?"

    def _plain(self, item: Any, *without: str) -> Shape:
        """All fields but names, places, attributes; what they hold likewise."""
        return tuple(
            self._value(field, getattr(item, field))
            for field in item.__struct_fields__
            if field not in _ATTRIBUTES and field not in without
        )

    def _value(self, field: str, value: Any) -> Any:
        if isinstance(value, Bound):
            return self.bound(value)
        if isinstance(value, TypeRef):
            return self.type(value)
        if isinstance(value, Definition):
            return " ".join(value.text.split())
        if isinstance(value, tuple):
            return tuple(self._value(field, part) for part in value)
        if isinstance(value, ex.Query):
            return canonical(value)
        if hasattr(value, "__struct_fields__"):
            named = (value.name,) if hasattr(value, "name") else ()
            return (*named, *self._plain(value))
        if field in _OIDS and isinstance(value, int):
            return self._named(value)
        return value

    def _named(self, oid: int) -> str:
        found = (
            self.catalog.functions.get(oid) or self.catalog.relations.get(oid) or self.catalog.types.get(oid)
        )
        schema = getattr(found, "schema", "")
        return "" if found is None else f"{schema}.{getattr(found, 'name', oid)}"


def _column_name(owner: Table | View, number: int) -> str:
    if isinstance(owner, View):
        return owner.columns[number - 1].name if 0 < number <= len(owner.columns) else ""
    column = owner.column_by_number(number)
    return "" if column is None else column.name
