"""Collecting the mentions of one statement: looking names up before and behind it, and noting their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from schemabot.catalog.apply.functions import find_function, find_functions
from schemabot.catalog.apply.step import Rejected, Step
from schemabot.catalog.apply.type_refs import find_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Constraint,
    Function,
    IndexEntry,
    OtherType,
    Policy,
    Relation,
    Rule,
    Table,
    Trigger,
    View,
)
from schemabot.catalog.state import At, State
from schemabot.facts.kinds.base import ObjectKind
from schemabot.facts.names import Ident, Name, TypeName
from schemabot.features.names.target import Mention, Target, TargetKind
from schemabot.features.names.words import Words, plain_parts, words_of
from schemabot.text import Span

_NOWHERE = At("", 0)


class Collector:
    """The mentions of one statement's text. `before` and `after` look names up in the states around it.

    `shift` is how far the text's offsets are from the statement's own, for a body inside of it; `variables` are
    what the names of parameters and variables mean there.
    """

    def __init__(
        self,
        text: str,
        before: State,
        after: State,
        *,
        shift: int = 0,
        variables: Mapping[str, Target] | None = None,
        found: dict[tuple[Span, Target], Mention] | None = None,
    ) -> None:
        self.text = text
        self.states = (before, after)
        self.before = Step(before, _NOWHERE)
        self.after = self.before if after is before else Step(after, _NOWHERE)
        self.shift = shift
        self.variables: Mapping[str, Target] = variables or {}
        self.found: dict[tuple[Span, Target], Mention] = {} if found is None else found

    @property
    def words(self) -> Words:
        """The tokens of the text."""
        return words_of(self.text)

    def parts(self, span: Span) -> list[Span]:
        """The identifiers of the qualified name at `span`."""
        plain = plain_parts(span.of(self.text), span.start)
        return self.words.parts(span) if plain is None else plain

    # -- noting --

    def add(
        self, span: Span | None, target: Target | None, *, declares: bool = False, alias: bool = False
    ) -> None:
        """Note a mention; nothing where the place or the meaning is not known."""
        if span is None or target is None or span.start < 0 or span.end <= span.start:
            return
        place = span.shifted(self.shift) if self.shift else span
        key = (place, target)
        if key not in self.found or declares:
            self.found[key] = Mention(place, target, declares, alias)

    def name(self, name: Name, target: Target | None, *, declares: bool = False) -> None:
        """Note a qualified name: the object's own part, and the schema where it is written."""
        if len(name.parts) == 1:
            self.add(name.span, target, declares=declares)
            return
        parts = self.parts(name.span)
        if not parts:
            return
        self.add(parts[-1], target, declares=declares)
        if len(parts) > 1:
            self.schema(name.parts[-2], parts[-2])

    def schema(self, name: str, span: Span | None) -> None:
        """Note a schema's name, when there is such a schema."""
        if name in self.before.catalog.schemas or name in self.after.catalog.schemas:
            self.add(span, Target("schema", name=name))

    def role(self, name: str, span: Span | None, *, declares: bool = False) -> None:
        """Note a role's name, when there is such a role."""
        if name in self.before.catalog.roles or name in self.after.catalog.roles:
            self.add(span, Target("role", name=name), declares=declares)

    def roles(self, names: Iterable[str], start: int) -> None:
        """Note roles that are written one after the other from `start` on."""
        for name, span in self.words.find_all(names, start):
            self.role(name, span)

    # -- looking up --

    def steps(self, late: bool) -> tuple[Step, ...]:
        """Where to look: behind the statement first (`late`), or before it."""
        if self.before is self.after:
            return (self.before,)
        return (self.after, self.before) if late else (self.before, self.after)

    def find_relation(self, name: Name, *, late: bool = False) -> Relation | None:
        """The relation of that name."""
        for step in self.steps(late):
            if (found := step.find_relation(name)) is not None:
                return found
        return None

    def relation(self, name: Name, *, late: bool = False, declares: bool = False) -> Table | View | None:
        """Note a relation's name; gives it when it is a table or view."""
        found = self.find_relation(name, late=late)
        if found is None:
            return None
        self.name(name, relation_target(found), declares=declares)
        return found if isinstance(found, (Table, View)) else None

    def type(self, written: TypeName | None) -> None:
        """Note a type's name, when it is one of the catalog."""
        if written is None:
            return
        if written.percent_type:
            self._percent_type(written)
            return
        for step in self.steps(late=False):
            if (found := find_type(step, written.parts)) is not None:
                name = Name(written.parts, self._name_span(written))
                self.name(name, type_target(step.catalog, found.oid))
                return

    def _name_span(self, written: TypeName) -> Span:
        """The place of the type's name without modifiers and brackets."""
        if plain_parts(written.span.of(self.text), written.span.start) is not None:
            return written.span
        inside = list(self.words.inside(written.span.start, written.span.end))
        names = [word for word in inside[: 2 * len(written.parts) - 1] if word.name is not None]
        return Span(written.span.start, names[-1].span.end) if names else written.span

    def _percent_type(self, written: TypeName) -> None:
        parts = self.words.parts(written.span)[: len(written.parts)]
        if len(parts) < 2:
            return
        table = self.relation(Name(written.parts[:-1], Span(parts[0].start, parts[-2].end)))
        self.column(table, written.parts[-1], parts[-1])

    def column(self, relation: Table | View | None, name: str, span: Span | None) -> None:
        """Note a column of a relation."""
        self.add(span, self.column_target(relation, name))

    def column_target(self, relation: Table | View | None, name: str) -> Target | None:
        """What the name of a column means, before the statement or behind it."""
        if relation is None:
            return None
        for step in (None, self.after):
            now = relation if step is None else step.catalog.relations.get(relation.oid)
            if (number := column_number(now, name)) is not None:
                return Target("column", relation.oid, number)
        return None

    def columns(
        self, relation: Table | View | None, names: Sequence[str], start: int, end: int | None = None
    ) -> None:
        """Note columns that are written one after the other."""
        if relation is not None and names:
            for name, span in self.words.find_all(names, start, end):
                self.column(relation, name, span)

    def function(
        self,
        name: Name,
        arguments: tuple[TypeName, ...] | None = None,
        kind: ObjectKind = "routine",
        *,
        late: bool = False,
        declares: bool = False,
    ) -> Function | None:
        """Note a function's name and the types of its arguments; without these the first of that name."""
        for step in self.steps(late):
            try:
                found = find_function(step, name, arguments, kind)
            except Rejected:  # the name alone is not unique
                found = next(iter(find_functions(step, name)), None)
            if found is not None:
                self.name(name, Target("function", found.oid), declares=declares)
                for argument in arguments or ():
                    self.type(argument)
                return found
        return None

    def part(
        self,
        relation: Table | View | None,
        kind: TargetKind,
        written: Ident | None,
        *,
        late: bool = False,
        declares: bool = False,
    ) -> None:
        """Note the name of a constraint, policy, trigger or rule of a relation."""
        if relation is None or written is None:
            return
        for step in self.steps(late):
            now = step.catalog.relations.get(relation.oid)
            if (target := part_target(now, kind, written.name)) is not None:
                self.add(written.span, target, declares=declares)
                return


def relation_target(found: Relation) -> Target:
    """What the name of a relation means."""
    if isinstance(found, IndexEntry):
        return Target("index", found.oid)
    if isinstance(found, OtherType):
        return Target("type", found.oid)
    return Target("relation", found.oid)


def type_target(catalog: Catalog, oid: int) -> Target:
    """What the name of a type means: of a row type its table."""
    item = catalog.types.get(oid)
    if isinstance(item, OtherType) and item.kind == "row":
        return Target("relation", item.relation)
    return Target("type", oid)


def object_target(catalog: Catalog, oid: int) -> Target | None:
    """What an oid stands for among relations, types and functions."""
    if (relation := catalog.relations.get(oid)) is not None:
        return relation_target(relation)
    if oid in catalog.functions:
        return Target("function", oid)
    return type_target(catalog, oid) if oid in catalog.types else None


def column_number(relation: Relation | None, name: str) -> int | None:
    """The number of the column of that name."""
    if isinstance(relation, (Table, OtherType)):
        return next((column.number for column in relation.columns if column.name == name), None)
    if isinstance(relation, View):
        return next((place for place, column in enumerate(relation.columns, 1) if column.name == name), None)
    return None


def part_target(relation: Relation | None, kind: TargetKind, name: str) -> Target | None:
    """The constraint, policy, trigger or rule of that name."""
    if not isinstance(relation, (Table, View)):
        return None
    parts: Sequence[Constraint | Policy | Trigger | Rule] = ()
    if kind == "trigger":
        parts = relation.triggers
    elif kind == "rule":
        parts = relation.rules
    elif isinstance(relation, Table):
        parts = relation.constraints if kind == "constraint" else relation.policies
    return next((Target(kind, part.oid, relation.oid) for part in parts if part.name == name), None)
