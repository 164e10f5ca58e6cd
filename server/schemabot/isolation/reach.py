"""Whether the conditions of one alternative can be fulfilled by a row of somebody else. Proved, or a reason why not.

The proof is a scenario: the caller belongs to one organisation, the row to another one (or to another user); all
other rows and columns are free. `obstacle` gives None when the scenario surely fulfils every condition, else what
stands in the way of the proof, in words. It may always give a reason: that only means that nothing is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from schemabot.catalog.objects import Column
from schemabot.facts import expression as ex
from schemabot.isolation import terms as t
from schemabot.isolation.branches import Absent, Branch, NotTrue
from schemabot.isolation.closure import Closure
from schemabot.isolation.sight import Sight
from schemabot.isolation.table_facts import is_key, lists
from schemabot.isolation.tenancy_model import TenancyModel

Subject = Literal["foreign", "own"]


class Reach:
    """One alternative, looked at for a row of `subject`; `new` is a row that is to be written."""

    def __init__(
        self,
        closure: Closure,
        model: TenancyModel,
        sight: Sight,
        subject: Subject,
        *,
        new: bool,
        anonymous: bool,
    ) -> None:
        self._c = closure
        self._model = model
        self._sight = sight
        self._foreign = subject == "foreign"
        self._new = new
        self._anonymous = anonymous
        self._branch: Branch = closure.branch
        self._table = closure.tables[t.ROW]
        self._ownership = model.ownership(self._table.oid)
        self.conditions: list[str] = []  # what the row has to be like, in words

    def obstacle(self) -> str | None:
        """Why the alternative is not surely open to such a row; None when it is."""
        if self._foreign and self._c.row_is_own:
            return "it demands that the row is the caller's"
        for literal in self._branch.literals:
            reason = self._literal(literal)
            if reason is not None:
                return reason
        for members in self._c.classes.values():
            reason = self._equal(members)
            if reason is not None:
                return reason
        return self._sources() or self._free_columns()

    # -- conditions --

    def _literal(self, literal: object) -> str | None:
        if isinstance(literal, t.Opaque):
            return literal.text
        if isinstance(literal, Absent):
            return self._absent(literal)
        if isinstance(literal, NotTrue):
            return self._unequal(literal.denied)
        if isinstance(literal, t.NullTest):
            return self._null(literal)
        if isinstance(literal, t.Sole):
            return None if self._is_sole(literal) else "a sub-select that may give several rows"
        if isinstance(literal, t.Compare):
            if any(self._is_nullable(side) for side in (literal.left, literal.right)):
                return "an outer join"
            if literal.operator != "=":
                return self._unequal(literal)
            if isinstance(literal.left, t.Field) and literal.left == literal.right:
                return None if self._column(literal.left) else "a column"
            return None
        return "a condition"

    def _is_sole(self, literal: t.Sole) -> bool:
        """Whether a key makes the row of the sub-select the only one: it equals what stands outside of it."""
        (number, *more) = literal.sources
        table = self._c.tables.get(number)
        if more or table is None:
            return False
        fixed = {
            column.number
            for column in table.columns
            if any(
                not (isinstance(m, t.Field) and m.source == number)
                for m in self._c.members(t.Field(number, column.number))
            )
        }
        return any(
            c.kind in ("primary key", "unique") and set(c.columns) <= fixed for c in table.constraints
        ) or any(is_key(table, column) for column in fixed)

    def _null(self, literal: t.NullTest) -> str | None:
        term = literal.term
        if isinstance(term, t.Uid):
            if literal.null == self._anonymous:
                return None
            return "auth.uid() is null"
        if isinstance(term, t.Field) and not self._is_nullable(term):
            column = self._column(term)
            if column is None or (term.source != t.ROW and literal.null):
                return "a null test"
            if term.source == t.ROW and self._names_owner(term):
                return "a null test of the owner" if literal.null else None
            if literal.null and (column.not_null or self._is_bound(term)):
                return f"{column.name} is null"
            if term.source == t.ROW and literal.null:
                self.conditions.append(f"{column.name} is null")
            if literal.null and self._compared(term):
                return f"several conditions on {column.name}"
            return None
        return "a null test"

    def _unequal(self, literal: t.Compare) -> str | None:
        """`<>`, `<` and their like."""
        sides = (literal.left, literal.right)
        for one, other in (sides, sides[::-1]):
            if (
                literal.operator == "<>"
                and isinstance(one, t.Field)
                and one.source == t.ROW
                and self._foreign
            ):
                if self._is_owner_key(one) and (
                    self._c.find(other) in self._c.keys or isinstance(other, t.OwnKey)
                ):
                    return None  # organisation <> one of the caller's
                if (
                    self._ownership.kind == "user"
                    and one.number in self._ownership.columns
                    and isinstance(other, t.Uid)
                ):
                    return None
            if (
                literal.operator == "<>"
                and isinstance(one, t.Field)
                and isinstance(other, t.Uid)
                and self._may_be_somebody_else(one)
            ):
                return None
            if isinstance(one, t.Field) and isinstance(other, (t.Fixed, t.Clock)):
                return self._free_comparison(one, literal.operator)
            if isinstance(one, t.RoleName) and isinstance(other, t.Fixed) and literal.operator == "<>":
                return None
        return f"a comparison with {literal.operator}"

    def _may_be_somebody_else(self, field: t.Field) -> bool:
        """Whether the column may hold the id of another user: nothing else is demanded of it."""
        if self._compared(field) or self._checks(field) or not self._foreign:
            return False
        membership = self._model.membership(self._c.tables[field.source].oid)
        return field.source == t.ROW or (membership is not None and field.number in membership.users)

    def _free_comparison(self, field: t.Field, operator: str) -> str | None:
        column = self._column(field)
        if column is None or self._compared(field) or self._is_bound(field) or self._checks(field):
            return f"{column.name if column else 'a column'} {operator} ..."
        if field.source == t.ROW:
            self.conditions.append(f"{column.name} {operator} a fitting value")
        return None

    def _absent(self, literal: Absent) -> str | None:
        """NOT EXISTS of the very membership that would make the row the caller's."""
        if not self._foreign or len(literal.arms) != 1:
            return "not exists (...)"
        arm = literal.arms[0]
        if len(arm.sources) != 1 or not isinstance(arm.condition, t.And):
            return "not exists (...)"
        membership = self._model.membership(arm.sources[0].table)
        number = arm.sources[0].number
        if membership is None or self._ownership.kind != "organisation":
            return "not exists (...)"
        pairs = [
            {a.left, a.right} for a in arm.condition.args if isinstance(a, t.Compare) and a.operator == "="
        ]
        tied = any({t.Uid(), t.Field(number, user)} in pairs for user in membership.users)
        row = {t.Field(number, membership.organisation), t.Field(t.ROW, self._ownership.columns[0])}
        return None if tied and row in pairs else "not exists (...)"

    # -- what is equal --

    def _equal(self, members: Iterable[t.Value]) -> str | None:
        found = list(members)
        fields = [m for m in found if isinstance(m, t.Field)]
        others = [m for m in found if not isinstance(m, t.Field)]
        if any(self._is_nullable(field) for field in fields):
            return "an outer join"
        if len(others) > 1:
            return None if self._is_role(others) else "several values that must be equal"
        for field in fields:
            if self._column(field) is None:
                return "a column"
        if not others:
            return self._equal_columns(fields)
        value = others[0]
        if isinstance(value, t.Uid):
            return self._equal_to_caller(fields)
        if isinstance(value, t.OwnKey):
            return None if not self._foreign else "a claim of the caller that does not choose the row"
        if isinstance(value, t.Chosen):
            rows = [field for field in fields if field.source == t.ROW]
            return None if len(rows) == len(fields) else "a value that the caller chooses"
        if isinstance(value, t.Fixed):
            return self._equal_to_constant(fields, value)
        return "a value" if not isinstance(value, t.RoleName) else "auth.role()"

    @staticmethod
    def _is_role(values: list[t.Value]) -> bool:
        return len(values) == 2 and any(isinstance(v, t.RoleName) for v in values)

    def _equal_columns(self, fields: list[t.Field]) -> str | None:
        if len({field.source for field in fields}) < len(fields):
            return "columns of one row that must be equal"
        return None

    def _equal_to_caller(self, fields: list[t.Field]) -> str | None:
        for field in fields:
            table = self._c.tables[field.source]
            if field.source == t.ROW:
                if not self._foreign:
                    continue
                if not self._new or self._ownership.kind != "organisation":
                    return f"the caller's own rows, by {self._name(field)}"
                if self._is_carried(field):
                    return f"a foreign key on {self._name(field)} and more"
                self.conditions.append(f"{self._name(field)} is the caller")
            else:
                membership = self._model.membership(table.oid)
                if membership is None or field.number not in membership.users:
                    return f"who the caller is, by {table.name}"
        return None

    def _equal_to_constant(self, fields: list[t.Field], value: t.Fixed) -> str | None:
        if len(fields) != 1:
            return "several columns with one value"
        field = fields[0]
        column, table = self._column(field), self._c.tables[field.source]
        assert column is not None
        if self._is_bound(field) or not self._allows(field, value):
            return f"{column.name} = {value.text}"
        if field.source == t.ROW:
            self.conditions.append(f"{column.name} = {value.text}")
            return None
        membership = self._model.membership(table.oid)
        if membership is not None:
            if field.number == membership.organisation:
                return "one certain organisation"
            if any(is_key(table, user) for user in membership.users):
                return f"who the caller is, by {table.name}.{column.name}"
        return None

    # -- other rows --

    def _sources(self) -> str | None:
        """The rows of sub-selects: they can be there, and the caller sees them."""
        linked = self._linked()
        for source in self._branch.sources:
            table = self._c.tables.get(source.number)
            if table is None or not table.columns_known:
                return "a view or an unknown table"
            if source.nullable:
                return "an outer join"
            membership = self._model.membership(table.oid)
            own = source.number in self._c.rows or (
                membership is not None
                and any(self._c.is_caller(t.Field(source.number, user)) for user in membership.users)
            )
            if own and self._foreign and source.number in linked:
                return f"the row's link to {table.name}, whose rows are the caller's"
            if source.rights == "other":
                return f"the rights with which {table.name} is read"
            if source.rights == "caller":
                seen = (
                    self._sight.sees_own(table)
                    if own and membership is not None
                    else self._sight.sees_all(table)
                )
                if not seen:
                    return f"what the caller sees of {table.name}"
            if any(column.generated is not None for column in table.columns):
                return f"generated columns of {table.name}"
        return None

    def _linked(self) -> set[int]:
        """The sources whose rows the judged row chooses, over any number of steps."""
        found = {t.ROW}
        while True:
            more: set[int] = set()
            for members in self._c.classes.values():
                numbers = {m.source for m in members if isinstance(m, t.Field)}
                if numbers & found and not any(isinstance(m, (t.Uid, t.Fixed)) for m in members):
                    more |= numbers
            if more <= found:
                return found - {t.ROW}
            found |= more

    def _free_columns(self) -> str | None:
        """A row to be written may lie in a foreign organisation only if nothing but the policy forbids it."""
        if not (self._new and self._foreign and self._ownership.kind == "organisation"):
            return None
        column = self._table.column_by_number(self._ownership.columns[0])
        if column is None or column.generated is not None:
            return "a generated column"
        return "a CHECK constraint" if self._checks(t.Field(t.ROW, column.number)) else None

    # -- columns --

    def _column(self, field: t.Field) -> Column | None:
        table = self._c.tables.get(field.source)
        return table.column_by_number(field.number) if table else None

    def _name(self, field: t.Field) -> str:
        column = self._column(field)
        return column.name if column else "?"

    def _is_nullable(self, term: object) -> bool:
        return isinstance(term, t.Field) and any(
            s.number == term.source and s.nullable for s in self._branch.sources
        )

    def _is_owner_key(self, field: t.Field) -> bool:
        return self._ownership.kind == "organisation" and field.number == self._ownership.columns[0]

    def _names_owner(self, field: t.Field) -> bool:
        if self._ownership.kind == "parent":
            return any(field.number in parent.columns for parent in self._ownership.parents)
        return field.number in self._ownership.columns

    def _is_bound(self, field: t.Field) -> bool:
        """Whether the value is not free: a key, part of a foreign key, generated, or the owner itself."""
        table, column = self._c.tables[field.source], self._column(field)
        return (
            column is None
            or column.generated is not None
            or column.identity != ""
            or is_key(table, field.number)
            or any(
                c.kind in ("foreign key", "primary key") and field.number in c.columns
                for c in table.constraints
            )
            or (field.source == t.ROW and self._names_owner(field))
        )

    def _is_carried(self, field: t.Field) -> bool:
        return any(
            c.kind == "foreign key" and len(c.columns) > 1 and field.number in c.columns
            for c in self._table.constraints
        )

    def _compared(self, field: t.Field) -> int:
        """How many equalities the column stands in."""
        return len(self._c.members(field)) - 1

    def _checks(self, field: t.Field) -> list[ex.Node]:
        """The CHECK constraints that speak about the column."""
        table, name = self._c.tables[field.source], self._name(field)
        return [
            c.expression.expression.root
            for c in table.constraints
            if c.kind == "check"
            and c.expression is not None
            and re.search(rf"\b{re.escape(name)}\b", c.expression.text)
        ]

    def _allows(self, field: t.Field, value: t.Fixed) -> bool:
        """Whether the table's constraints surely let the column have that value."""
        column = self._column(field)
        if column is None or self._in_several_literals(field):
            return False
        for root in self._checks(field):
            names = {part.parts[-1] for part in ex.walk(root) if isinstance(part, ex.Column)}
            if names != {column.name} or not lists(root, value.text):
                return False
        return True

    def _in_several_literals(self, field: t.Field) -> bool:
        count = 0
        for literal in self._branch.literals:
            inner = literal.denied if isinstance(literal, NotTrue) else literal
            if isinstance(inner, t.Compare):
                count += field in (inner.left, inner.right)
        return count > 1
