"""In which order steps can be run: a graph of what must come first and of what better does."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.changes import Change
from schemabot.catalog.diff.elements import Element, Elements, Key
from schemabot.catalog.objects import Table
from schemabot.catalog.render.order import Node

Stage = Literal["drop", "rename", "alter", "create"]
_STAGES: Final[tuple[Stage, ...]] = ("drop", "rename", "alter", "create")
_INLINE: Final = frozenset(("column", "default"))
_Places: TypeAlias = dict[tuple[Stage, Key], int]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One node of the graph. `rank` sorts kinds within a stage."""

    stage: Stage
    key: Key
    change: Change
    rank: int = 0


def is_detached(element: Element, a: Elements, b: Elements) -> bool:
    """Whether it stays behind as the table's own when the table leaves its parent; triggers do not."""
    return element.kind != "trigger" and _moves(element, a, b)


def is_attached(element: Element, a: Elements, b: Elements) -> bool:
    """Whether its table gets the parent whose part it is to follow, and so must have it first."""
    return element.kind != "trigger" and _moves(element, b, a)


def _moves(element: Element, own: Elements, other: Elements) -> bool:
    """Whether the table that has it from a parent does not have that parent in the other catalog."""
    if element.follows is None or not isinstance(element.owner, Table) or element.of is None:
        return False
    table = other.by_key.get(element.of)
    if table is None or not isinstance(table.item, Table):
        return False
    there = _parents(other.catalog, table.item)
    return any(name not in there for name in _parents(own.catalog, element.owner))


def _parents(catalog: Catalog, table: Table) -> set[tuple[str, str]]:
    """The names of what it inherits from or is a partition of."""
    oids = (table.partition_of,) if table.partition_of else table.parents
    return {(t.schema, t.name) for oid in oids if (t := catalog.table_by_oid(oid)) is not None}


def is_new(key: Key | None, a: Elements, falls: Container[Key]) -> bool:
    """Whether it is made, perhaps again."""
    return key is not None and (key not in a.by_key or key in falls)


def is_written_with_its_table(element: Element, a: Elements, b: Elements, falls: Container[Key]) -> bool:
    """Whether CREATE TABLE, or ADD COLUMN for a default, says it."""
    if not isinstance(element.owner, Table) or not is_new(element.of, a, falls):
        inside = element.inside
        return element.kind == "default" and inside in b.by_key and is_new(inside, a, falls)
    if element.kind in _INLINE:
        return True
    return element.kind == "constraint" and element.item.kind == "check"


def graph(
    steps: list[Step], a: Elements, b: Elements, falls: set[Key], along: Mapping[Key, Key]
) -> tuple[dict[Node, frozenset[Node]], dict[Node, frozenset[Node]]]:
    """(what each step needs, what it wishes) by place in `steps`, which is sorted for reading.

    `along` are the columns that take constraints and indexes with them.
    """
    steps.sort(key=lambda step: (_STAGES.index(step.stage), step.rank, _age(step)))
    made = _Graph(steps, a, b, falls, along)
    made.link_drops()
    made.link_creates()
    made.link_parents()
    made.link_names()
    return _nodes(made.needs), _nodes(made.wishes)


def _nodes(found: dict[int, set[int]]) -> dict[Node, frozenset[Node]]:
    return {(place, 0): frozenset((n, 0) for n in others) for place, others in found.items()}


class _Graph:
    def __init__(
        self, steps: list[Step], a: Elements, b: Elements, falls: set[Key], along: Mapping[Key, Key]
    ) -> None:
        self._steps = steps
        self._a, self._b, self._falls, self._along = a, b, falls, along
        self._places: _Places = {(step.stage, step.key): place for place, step in enumerate(steps)}
        self.needs: dict[int, set[int]] = {place: set() for place in range(len(steps))}
        self.wishes: dict[int, set[int]] = {place: set() for place in range(len(steps))}
        self._drops = {key: self._place("drop", key, a) for key in falls}

    def link_drops(self) -> None:
        """Users go first, and what is altered no longer uses it by then."""
        for element in self._a:
            user = self._drops.get(element.key)
            altered = self._places.get(("alter", element.key))
            for need in element.needs:
                below = self._drops.get(need)
                if below is None:
                    below_alter = self._places.get(("alter", need))
                    if user is not None and below_alter is not None:
                        self.needs[below_alter].add(user)
                    continue
                for above in (user, altered):
                    if above is not None and above != below:
                        self.needs[below].add(above)

    def link_creates(self) -> None:
        """What is made or altered comes after what it needs."""
        for element in self._b:
            own = self._made(element)
            if own is None:
                continue
            is_wish = element.kind == "default" or (
                element.kind == "constraint" and element.item.kind == "check"
            )
            for need in element.needs:
                below = self._places.get(("create", need))
                if below is None and need in self._b.by_key:
                    below = self._made_with(self._b.by_key[need])
                if below is None:
                    below = self._places.get(("alter", need))
                if below is not None and below != own:
                    (self.wishes if is_wish else self.needs)[own].add(below)

    def link_parents(self) -> None:
        """A table leaves its parent before its parts change, and gets them before it joins one; what follows a
        parent's part goes with that, and can be made again only then."""
        for element in self._a:
            if element.follows is None or element.of is None:
                continue
            leaves = self._places.get(("alter", element.of))
            if is_detached(element, self._a, self._b) and leaves is not None:
                for place in (self._drops.get(element.key), self._places.get(("alter", element.key))):
                    if place is not None and place != leaves:
                        self.needs[place].add(leaves)
                        self.needs[leaves].discard(place)
            goes = self._drops.get(element.follows)
            for place in (self._places.get(("create", element.key)), self._places.get(("drop", element.key))):
                if place is not None and goes is not None and not is_detached(element, self._a, self._b):
                    self.needs[place].add(goes)
        for element in self._b:
            if element.of is None or not is_attached(element, self._a, self._b):
                continue
            joins = self._places.get(("alter", element.of))
            for place in (
                self._places.get(("alter", element.key)),
                self._places.get(("create", element.key)),
            ):
                if joins is not None and place is not None:
                    self.needs[joins].add(place)
                    self.needs[place].discard(joins)

    def link_names(self) -> None:
        """A name is given up before another thing gets it."""
        for place, step in enumerate(self._steps):
            if step.stage == "rename":
                before_it = self._places.get(("rename", ("rename", int(step.key[1]) - 1)))
                if before_it is not None:
                    self.needs[place].add(before_it)
                for other, before in enumerate(self._steps):
                    if before.stage == "drop":
                        self.wishes[place].add(other)
                    elif before.stage in ("alter", "create"):
                        self.needs[other].add(place)
            elif step.stage == "create":
                dropped = self._drops.get(step.key)
                if dropped is not None:
                    self.needs[place].add(dropped)
                for other, before in enumerate(self._steps):
                    if before.stage == "drop" and _same_name(before.change, step.change):
                        self.needs[place].add(other)

    def _made(self, element: Element) -> int | None:
        own = self._places.get(("create", element.key))
        if own is None and is_written_with_its_table(element, self._a, self._b, self._falls):
            own = self._made_with(element)
        return self._places.get(("alter", element.key)) if own is None else own

    def _made_with(self, element: Element) -> int | None:
        if element.kind not in _INLINE and element.kind != "constraint":
            return None
        return self._place("create", element.key, self._b)

    def _place(self, stage: Stage, key: Key, elements: Elements) -> int | None:
        """The step of an element, or of what takes it along."""
        current: Key | None = key
        while current is not None:
            place = self._places.get((stage, current))
            if place is not None:
                return place
            element = elements.by_key.get(current)
            above = None if element is None else element.inside
            current = self._along.get(current, above) if stage == "drop" else above
        return None


def _same_name(one: Change, other: Change) -> bool:
    return (one.schema, one.name, one.part) == (other.schema, other.name, other.part)


def _age(step: Step) -> int:
    """New things in the order in which they were made, old ones the other way."""
    first = step.key[0]
    age = first if isinstance(first, int) else step.key[-1] if isinstance(step.key[-1], int) else 0
    return -age if step.stage == "drop" else age


__all__ = ["Step", "graph", "is_attached", "is_detached", "is_new", "is_written_with_its_table"]
