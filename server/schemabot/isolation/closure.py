"""What follows from the conditions of one alternative: which terms are equal, which rows belong to the caller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Table
from schemabot.isolation import terms as t
from schemabot.isolation.branches import Branch
from schemabot.isolation.table_facts import is_key
from schemabot.isolation.tenancy_model import TenancyModel

Scoped = Callable[[int], frozenset[int] | None]
"""The tables on which it rests that a caller who reads the table with his own rights sees only rows of his
organisations; None where he may see others."""


class Closure:
    """The consequences of one alternative about a row of `table`.

    `existing` tells a row that is in the table from one that is to be written: only the former may itself be
    a membership of the caller.
    """

    def __init__(
        self, branch: Branch, table: Table, model: TenancyModel, catalog: Catalog, scoped: Scoped, *,
        existing: bool,
    ) -> None:  # fmt: skip
        self.branch = branch
        self.catalog = catalog
        self._model = model
        self._scoped = scoped
        self._existing = existing
        self._parents: dict[t.Value, t.Value] = {}
        self.tables: dict[int, Table] = {t.ROW: table}
        for source in branch.sources:
            found = catalog.table_by_oid(source.table)
            if found is not None:
                self.tables[source.number] = found
        self._equate()
        self.keys: set[t.Value] = set()  # classes whose value is an organisation of the caller
        self.rows: set[int] = set()  # sources whose row belongs to the caller
        self.through: set[int] = set()  # tables of members, persons and organisations that this rests on
        self._follow()

    # -- equality --

    def find(self, term: t.Value) -> t.Value:
        """The representative of what equals `term`."""
        while (parent := self._parents.get(term)) is not None:
            term = parent
        return term

    def _union(self, left: t.Value, right: t.Value) -> bool:
        a, b = self.find(left), self.find(right)
        if a == b:
            return False
        self._parents[a] = b
        return True

    def _equate(self) -> None:
        for literal in self.branch.literals:
            if isinstance(literal, t.Compare) and literal.operator == "=":
                self._union(literal.left, literal.right)
        while True:
            joined = [self._union(*pair) for pair in list(self._carried())]
            if not any(joined):
                return

    def _carried(self) -> Iterator[tuple[t.Field, t.Field]]:
        """A foreign key of several columns makes all of them equal once one that is a key alone is."""
        for number, table in self.tables.items():
            for key in table.constraints:
                if key.kind != "foreign key" or len(key.columns) < 2 or not key.enforced or not key.validated:
                    continue
                if any((c := table.column_by_number(n)) is None or not c.not_null for n in key.columns):
                    continue
                for other, parent in self.tables.items():
                    if parent.oid != key.references or other == number:
                        continue
                    pairs = list(zip(key.columns, key.references_columns, strict=False))
                    if any(
                        self.find(t.Field(number, a)) == self.find(t.Field(other, b)) and is_key(parent, b)
                        for a, b in pairs
                    ):
                        yield from ((t.Field(number, a), t.Field(other, b)) for a, b in pairs)

    @cached_property
    def classes(self) -> dict[t.Value, set[t.Value]]:
        """All terms that are compared for equality, by representative."""
        found: dict[t.Value, set[t.Value]] = {}
        for term in (*self._parents, *self._parents.values()):
            found.setdefault(self.find(term), set()).add(term)
        return found

    def members(self, term: t.Value) -> set[t.Value]:
        """All that equals `term`."""
        return self.classes.get(self.find(term), {term})

    # -- whose --

    def is_caller(self, term: t.Value) -> bool:
        """Whether the term is the caller's user id, or his key in a table of persons."""
        root, user = self.find(term), self.find(t.Uid())
        if root == user:
            return True
        for number, table in self.tables.items():
            if number == t.ROW:
                continue
            person = self._model.person(table.oid)
            if (
                person is not None
                and self.find(t.Field(number, person.key)) == root
                and any(self.find(t.Field(number, column)) == user for column in person.users)
            ):
                self.through.add(table.oid)
                return True
        return False

    def _follow(self) -> None:
        for literal in self.branch.literals:
            if isinstance(literal, t.Compare) and literal.operator == "=":
                self.keys |= {self.find(x) for x in (literal.left, literal.right) if isinstance(x, t.OwnKey)}
        rights = {source.number: source.rights for source in self.branch.sources}
        while True:
            before = len(self.keys), len(self.rows)
            for number, table in self.tables.items():
                if number != t.ROW or self._existing:
                    self._by_membership(number, table)
                self._by_owner(number, table)
                own = number in self.rows
                if rights.get(number) == "caller" and table.rls and not own:
                    through = self._scoped(table.oid)
                    if through is not None:
                        self.rows.add(number)
                        self.through |= through
                self._by_columns(number, table)
            if before == (len(self.keys), len(self.rows)):
                return

    def _by_membership(self, number: int, table: Table) -> None:
        model = self._model
        membership = model.membership(table.oid)
        if membership is not None and any(self.is_caller(t.Field(number, user)) for user in membership.users):
            key = self.find(t.Field(number, membership.organisation))
            if key not in self.keys:
                self.keys.add(key)
                if number != t.ROW:  # a row that names the caller is his whoever wrote it
                    self.through.add(table.oid)

    def _by_owner(self, number: int, table: Table) -> None:
        """An organisation belongs to its owner, also as it is to be: no other can have its key."""
        model = self._model
        if table.oid == model.organisations and any(self.is_caller(t.Field(number, o)) for o in model.owners):
            self.keys.add(self.find(t.Field(number, model.key)))
            self.through.add(table.oid)

    def _by_columns(self, number: int, table: Table) -> None:
        ownership = self._model.ownership(table.oid)
        if ownership.kind == "organisation":
            key = self.find(t.Field(number, ownership.columns[0]))
            if key in self.keys:
                self.rows.add(number)
            elif number in self.rows:
                self.keys.add(key)
        elif ownership.kind == "user":
            if any(self.is_caller(t.Field(number, column)) for column in ownership.columns):
                self.rows.add(number)
        elif ownership.kind == "parent":
            for parent in ownership.parents:
                for other, there in self.tables.items():
                    pairs = zip(parent.columns, parent.keys, strict=False)
                    if (
                        there.oid == parent.table
                        and other in self.rows
                        and all(
                            self.find(t.Field(number, a)) == self.find(t.Field(other, b)) for a, b in pairs
                        )
                    ):
                        self.rows.add(number)

    @property
    def row_is_own(self) -> bool:
        """Whether the judged row belongs to the caller."""
        return t.ROW in self.rows

    # -- what cannot be --

    def is_impossible(self, names: frozenset[str] | None, *, anonymous: bool) -> bool:
        """Whether no caller and no row fulfil the conditions; `names` are what the caller's role may be called."""
        for literal in self.branch.literals:
            if isinstance(literal, t.NullTest) and self._null_is_impossible(literal, anonymous):
                return True
            if isinstance(literal, t.Compare) and self._comparison_is_impossible(literal, names, anonymous):
                return True
        return any(self._is_contradiction(each, names) for each in self.classes.values())

    def _null_is_impossible(self, literal: t.NullTest, anonymous: bool) -> bool:
        term = literal.term
        if isinstance(term, t.Uid):
            return anonymous and not literal.null
        if isinstance(term, t.Field) and literal.null and term.number:
            if any(source.number == term.source and source.nullable for source in self.branch.sources):
                return False
            table = self.tables.get(term.source)
            column = table.column_by_number(term.number) if table else None
            return column is not None and column.not_null
        return False

    def _comparison_is_impossible(
        self, literal: t.Compare, names: frozenset[str] | None, anonymous: bool
    ) -> bool:
        sides = (literal.left, literal.right)
        if anonymous and any(_is_of_signed_in(side) for side in sides):
            return True
        if literal.operator == "<>" and names is not None:
            fixed = {side.text for side in sides if isinstance(side, t.Fixed)}
            return any(isinstance(side, t.RoleName) for side in sides) and fixed == names
        return False

    def _is_contradiction(self, members: Iterable[t.Value], names: frozenset[str] | None) -> bool:
        fixed = {member.text for member in members if isinstance(member, t.Fixed)}
        if any(isinstance(member, t.RoleName) for member in members):
            return names is not None and bool(fixed - names)
        booleans = {m.text for m in members if isinstance(m, t.Fixed) and m.kind == "boolean"}
        return len(booleans) > 1


def _is_of_signed_in(term: t.Term) -> bool:
    """Whether the term is null for callers who are not signed in: the key of the API has no such claims."""
    return (
        isinstance(term, t.Uid)
        or (isinstance(term, t.OwnKey) and term.what.startswith("claim"))
        or (isinstance(term, t.Chosen) and term.of_user)
    )
