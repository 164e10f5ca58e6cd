"""What turns an element into another shape where it stands, if that can be done at all."""

from __future__ import annotations

import msgspec

from schemabot.catalog.diff.casting import has_cast
from schemabot.catalog.diff.elements import Element
from schemabot.catalog.diff.shape import Shapes
from schemabot.catalog.objects import (
    Column,
    Constraint,
    Domain,
    EnumType,
    Function,
    OtherType,
    Policy,
    Publication,
    Sequence,
    Table,
    View,
)
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render import functions, parts_of_tables, tables, types
from schemabot.catalog.render.tables import table_name
from schemabot.catalog.render.writer import Writer, literal, options, parts, role_name

_PUBLISHED = {
    "publish": "insert, update, delete, truncate",
    "publish_via_partition_root": "false",
    "publish_generated_columns": "none",
}
"""The options of a publication that says nothing (CREATE PUBLICATION)."""


class Alteration(msgspec.Struct, frozen=True):
    """The statements. `disturbs` tells that views, policies and triggers that name the column forbid them.

    `why` is what may fail or be lost, `loses` whether data is.
    """

    statements: tuple[str, ...]
    disturbs: bool = False
    why: str = ""
    loses: bool = False


class Alter:
    """Alterations that lead from the shapes of one catalog to those of another."""

    def __init__(self, old: Shapes, new: Shapes, w: Writer) -> None:
        self._old = old
        self._new = new
        self._w = w

    def element(self, old: Element, new: Element) -> Alteration | None:
        """What makes `new` of `old`; None when it must be dropped and made again. Raises `NotExactError`."""
        one, other = old.item, new.item
        if new.kind == "default":
            return Alteration(tuple(tables.write_default(self._w, new.owner, other)))
        match one, other:
            case Column(), Column():
                return self._column(old.owner, new.owner, one, other)
            case Function(), Function():
                return self._function(one, other)
            case View(), View():
                return self._view(one, other)
            case Policy(), Policy():
                return self._policy(new.owner, one, other)
            case EnumType(), EnumType():
                return _enum(one, other)
            case Domain(), Domain():
                return self._domain(one, other)
            case Sequence(), Sequence():
                name = quote_qualified(other.schema, other.name)
                type_ = f" as {self._w.type(other.type)}" if one.type != other.type else ""
                return Alteration((f"alter sequence {name}{type_} {types.sequence_options(other)}",))
            case Constraint(), Constraint():
                return self._constraint(old, new)
            case Table(), Table():
                return self._table(one, other)
            case OtherType(), OtherType():
                return self._composite(one, other)
            case Publication(), Publication():
                return self._publication(one, other)
        return None

    def _column(self, was: Table, table: Table, old: Column, new: Column) -> Alteration | None:
        if (old.generated is None) != (
            new.generated is None
        ) or old.generated_virtual != new.generated_virtual:
            return None
        if table.partition_of:  # ATTACH gives the parent's identity, DETACH takes it
            old = msgspec.structs.replace(old, identity=new.identity)
        elif was.partition_of:
            old = msgspec.structs.replace(old, identity="")
        place = f"alter table {table_name(table)} alter column {quote_identifier(new.name)}"
        found: list[str] = []
        retyped = (self._old.column(old)[0], old.collation) != (self._new.column(new)[0], new.collation)
        if new.generated is not None and self._old.column(old)[3] != self._new.column(new)[3]:
            return (
                None
                if new.generated_virtual
                else Alteration((f"{place} set expression as ({self._w.expression(new.generated)})",))
            )
        if old.identity and not new.identity:
            found.append(f"{place} drop identity")
        if retyped:
            type_ = self._w.type(new.type)
            collation = f" collate {parts(new.collation)}" if new.collation else ""
            had = old.default is not None and old.generated is None
            if had:  # it may not fit the new type; that of the new shape is set behind
                found.append(f"{place} drop default")
            using = "" if new.generated is not None or table.kind == "foreign" else self._using(old, new)
            found.append(f"{place} type {type_}{collation}{using}")
            if had and new.default is not None:
                found += tables.write_default(self._w, table, new)
        if old.not_null != new.not_null and not (new.identity and not old.identity):
            found.append(f"{place} {'set' if new.not_null else 'drop'} not null")
        if new.identity and not old.identity:
            if not old.not_null:
                found.append(f"{place} set not null")
            found.append(f"{place} add generated {new.identity} as identity")
        elif new.identity and new.identity != old.identity:
            found.append(f"{place} set generated {new.identity}")
        why = "fails if a value does not fit the type" if retyped else ""
        if new.not_null and not old.not_null:
            why = "fails if a row has no value"
        return Alteration(tuple(found), disturbs=retyped, why=why)

    def _using(self, old: Column, new: Column) -> str:
        """USING with the cast there is; every type has one from and to text."""
        type_ = self._w.type(new.type)
        castable = has_cast(self._old.catalog, old.type, self._new.catalog, new.type)
        through = "" if castable else "::text" + ("[]" if old.type.array else "")
        return f" using {quote_identifier(new.name)}{through}::{type_}"

    def _function(self, old: Function, new: Function) -> Alteration | None:
        same = (
            old.kind == new.kind
            and old.kind in ("function", "procedure")
            and [(p.name, p.mode, self._old.type(p.type)) for p in old.parameters]
            == [(p.name, p.mode, self._new.type(p.type)) for p in new.parameters]
            and (old.returns_set, self._old.type(old.returns))
            == (new.returns_set, self._new.type(new.returns))
            and all(
                b.default is not None
                for a, b in zip(old.parameters, new.parameters, strict=True)
                if a.default
            )
        )
        return Alteration(tuple(functions.write_function(self._w, new, replace=True))) if same else None

    def _view(self, old: View, new: View) -> Alteration | None:
        if old.materialized or new.materialized or old.recursive != new.recursive:
            return None
        before, after = old.columns, new.columns
        if len(before) > len(after) or any(
            a.name != b.name or a.type is None or b.type is None
            or self._old.type(a.type) != self._new.type(b.type)
            for a, b in zip(before, after, strict=False)
        ):  # fmt: skip
            return None
        first, *more = parts_of_tables.write_view(self._w, new)
        found = [first.replace("create view", "create or replace view", 1), *more]
        if old.options and not new.options:
            names = ", ".join(parts(name) for name, _ in old.options)
            found.append(f"alter view {table_name(new)} reset ({names})")
        return Alteration(tuple(found))

    def _policy(self, table: Table, old: Policy, new: Policy) -> Alteration | None:
        if (old.command, old.permissive) != (new.command, new.permissive):
            return None
        if (old.using is not None and new.using is None) or (old.check is not None and new.check is None):
            return None
        words = [f"alter policy {quote_identifier(new.name)} on {table_name(table)}"]
        if old.roles != new.roles:
            words.append("to " + ", ".join(role_name(role) for role in new.roles))
        if new.using is not None:
            words.append(f"using ({self._w.expression(new.using)})")
        if new.check is not None:
            words.append(f"with check ({self._w.expression(new.check)})")
        return Alteration((" ".join(words),))

    def _domain(self, old: Domain, new: Domain) -> Alteration | None:
        if (self._old.type(old.base), old.collation) != (self._new.type(new.base), new.collation):
            return None
        name = f"alter domain {quote_qualified(new.schema, new.name)}"
        found: list[str] = []
        shapes = {c.name: self._old.of(_part("constraint", c)) for c in old.constraints if c.kind == "check"}
        wanted = {c.name: self._new.of(_part("constraint", c)) for c in new.constraints if c.kind == "check"}
        found += [
            f"{name} drop constraint {quote_identifier(n)}" for n in shapes if wanted.get(n) != shapes[n]
        ]
        for constraint in new.constraints:
            if constraint.name in wanted and shapes.get(constraint.name) != wanted[constraint.name]:
                assert constraint.expression is not None
                tail = "" if constraint.validated else " not valid"
                own = f"constraint {quote_identifier(constraint.name)} check ({self._w.expression(constraint.expression)})"
                found.append(f"{name} add {own}{tail}")
        if old.not_null != new.not_null:
            found.append(f"{name} {'set' if new.not_null else 'drop'} not null")
        if new.default is None and old.default is not None:
            found.append(f"{name} drop default")
        elif new.default is not None:
            found.append(f"{name} set default {self._w.expression(new.default)}")
        return Alteration(tuple(found), why="fails if a value does not fit" if found else "")

    def _constraint(self, old: Element, new: Element) -> Alteration | None:
        one, other = old.item, new.item
        checked = msgspec.structs.replace(one, validated=True)
        like = msgspec.structs.replace(old, item=checked)
        if other.validated and not one.validated and self._old.of(like) == self._new.of(new):
            name = quote_identifier(other.name)
            return Alteration((f"alter table {table_name(new.owner)} validate constraint {name}",))
        return None

    def _table(self, old: Table, new: Table) -> Alteration | None:
        """Only where it belongs changes."""
        before, after = self._old.table(old), self._new.table(new)
        if (before[0], before[3:5], before[6:]) != (after[0], after[3:5], after[6:]):
            return None
        name = table_name(new)
        found: list[str] = []
        if before[2] != after[2] or before[5] != after[5]:
            if before[2]:
                found.append(f"alter table {before[2]} detach partition {name}")
            if after[2]:
                found += tables.write_attach(self._w, new)
        if not new.partition_of and not old.partition_of:
            found += [f"alter table {name} no inherit {p}" for p in before[1] if p not in after[1]]
            found += [f"alter table {name} inherit {p}" for p in after[1] if p not in before[1]]
        return Alteration(tuple(found))

    def _publication(self, old: Publication, new: Publication) -> Alteration | None:
        if old.all_tables != new.all_tables:
            return None
        name = f"alter publication {quote_identifier(new.name)}"
        before = {self._old.relation(m.table): self._old.of_member(m) for m in old.members}
        after = {self._new.relation(m.table): self._new.of_member(m) for m in new.members}
        there = {table_name(table) for table in self._new.catalog.tables()}
        found = [
            f"{name} drop table only {table}"
            for table in before
            if before[table] != after.get(table) and table in there
        ]
        more = [m for m in new.members if before.get(shown := self._new.relation(m.table)) != after[shown]]
        found += parts_of_tables.write_published(self._w, new, more)
        found += [
            f"{name} drop tables in schema {quote_identifier(s)}" for s in sorted(old.schemas - new.schemas)
        ]
        found += [
            f"{name} add tables in schema {quote_identifier(s)}" for s in sorted(new.schemas - old.schemas)
        ]
        changed = {**_PUBLISHED, **dict(new.options)}.items() - {**_PUBLISHED, **dict(old.options)}.items()
        if changed:
            found.append(f"{name} set ({options(sorted(changed))})")
        return Alteration(tuple(found))

    def _composite(self, old: OtherType, new: OtherType) -> Alteration | None:
        if old.kind != "composite" or new.kind != "composite":
            return None
        name = f"alter type {quote_qualified(new.schema, new.name)}"
        before = {c.name: self._old.type(c.type) for c in old.columns}
        after = {c.name: self._new.type(c.type) for c in new.columns}
        kept = [n for n in before if n in after]
        if [*kept, *(n for n in after if n not in before)] != list(after):
            return None
        found = [f"{name} drop attribute {quote_identifier(n)}" for n in before if n not in after]
        found += [
            f"{name} alter attribute {quote_identifier(n)} type {after[n]}"
            for n in kept
            if before[n] != after[n]
        ]
        found += [f"{name} add attribute {quote_identifier(n)} {after[n]}" for n in after if n not in before]
        return Alteration(tuple(found))


def _part(kind: str, item: Constraint) -> Element:
    nowhere = Table(oid=0, schema="", name="", origin=item.origin)
    return Element(key=(item.oid,), kind=kind, item=item, owner=nowhere)


def _enum(old: EnumType, new: EnumType) -> Alteration | None:
    """Labels that are added or called otherwise; none can be taken away."""
    name = f"alter type {quote_qualified(new.schema, new.name)}"
    before, after = list(old.labels), list(new.labels)
    if len(before) == len(after):
        found = [
            f"{name} rename value {literal(a).strip()} to {literal(b).strip()}"
            for a, b in zip(before, after, strict=True)
            if a != b
        ]
        fits = not set(after) & {a for a, b in zip(before, after, strict=True) if a != b}
        return Alteration(tuple(found)) if fits else None
    if [label for label in after if label in before] != before:
        return None
    found = []
    for place, label in enumerate(after):
        if label not in before:
            where = (
                f"after {literal(after[place - 1]).strip()}"
                if place
                else f"before {literal(before[0]).strip()}"
            )
            found.append(f"{name} add value {literal(label).strip()} {where}")
    return Alteration(tuple(found))


__all__ = ["Alter", "Alteration"]
