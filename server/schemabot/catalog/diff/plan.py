"""Which elements are dropped, altered and made, and in which order.

Each step is a node of a graph: a thing is dropped after what needs it, made after what it needs, altered before what it
no longer needs is dropped; a name is given up before another thing gets it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.align import aligned, renames
from schemabot.catalog.diff.alter import Alter, Alteration
from schemabot.catalog.diff.changes import Change, Left
from schemabot.catalog.diff.concerned import changed, with_dependents
from schemabot.catalog.diff.elements import Element, Elements, Key
from schemabot.catalog.diff.enums import remade_enum
from schemabot.catalog.diff.matched import Matching
from schemabot.catalog.diff.shape import Shapes
from schemabot.catalog.diff.statements import create, drop
from schemabot.catalog.objects import EnumType, Table
from schemabot.catalog.render.order import Node, in_order
from schemabot.catalog.render.writer import NotExactError, Writer

Stage = Literal["drop", "rename", "alter", "create"]
_STAGES: Final[tuple[Stage, ...]] = ("drop", "rename", "alter", "create")
_RANKS: Final = (
    "role", "schema", "extension", "type", "sequence", "table", "foreign table", "column", "default",
    "constraint", "function", "procedure", "aggregate", "view", "materialized view", "index", "policy", "trigger",
    "rule", "publication", "event trigger",
)  # fmt: skip
_ON_COLUMNS: Final = frozenset(("view", "materialized view", "policy", "trigger", "rule", "publication"))
"""What keeps PostgreSQL from changing the type of a column that it names (RememberAllDependentForRebuilding)."""

_INLINE: Final = frozenset(("column", "default"))
_HOLDS_DATA: Final = frozenset(("table", "foreign table", "column"))


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One node of the graph. `names` are the tables that its statements speak of."""

    stage: Stage
    key: Key
    change: Change
    rank: int = 0


class Plan:
    """The steps from `old` to `new`. By name, spellings of expressions are not told apart, and nothing is renamed."""

    def __init__(self, old: Catalog, new: Catalog, *, by_name: bool) -> None:
        changed_oids = changed(old, new)
        only = with_dependents(changed_oids, old, new)
        like_new = old if by_name else aligned(old, new, changed_oids)
        rekeyed = (Matching(old, new, only).element,) if by_name else ()
        self._renamed = () if by_name else tuple(renames(old, new, changed_oids))
        self.before = Elements(old, only, *rekeyed)
        self.a = Elements(like_new, only, *rekeyed)
        self.b = Elements(new, only)
        self.left: list[Left] = []
        self._old_writer, self._writer = Writer(old), Writer(new)
        self._old, self._new = Shapes(like_new, exact=not by_name), Shapes(new, exact=not by_name)
        self._alter = Alter(self._old, self._new, self._writer)
        self._old_catalog, self._new_catalog = old, new
        self._alterations: dict[Key, Alteration] = {}
        self._falls: set[Key] = set()
        self._restored: set[Key] = set()
        self._decide()
        self._explicit: set[Key] = set()

    # -- what happens to each --

    def _decide(self) -> None:
        for key, element in self.a.by_key.items():
            other = self.b.by_key.get(key)
            if other is None:
                if not element.hidden or self._is_detached(element):
                    self._fall(key)
            elif element.hidden or other.hidden:
                continue
            elif element.item is not other.item or element.owner is not other.owner:
                self._compare(element, other)
        self._spread()
        for key in [key for key in self._alterations if key in self._falls]:
            del self._alterations[key]

    def _is_detached(self, element: Element) -> bool:
        """Whether it stays behind as the table's own when the table leaves its parent; triggers do not."""
        if not isinstance(element.owner, Table) or element.kind == "trigger":
            return False
        table = self.b.by_key.get((element.owner.oid,))
        return table is not None and table.item.partition_of != element.owner.partition_of

    def _fall(self, key: Key) -> None:
        self._falls.update(self.a.with_parts(key))

    def _compare(self, element: Element, other: Element) -> None:
        if self._old.of(element) == self._new.of(other):
            return
        try:
            made = self._alter.element(element, other)
            if made is None and isinstance(other.item, EnumType):
                made = remade_enum(self._writer, self._new_catalog, self._old_catalog, other.item)
        except NotExactError:
            made = None
        if made is None:
            self._fall(element.key)
        elif made.statements:
            self._alterations[element.key] = made

    def _spread(self) -> None:
        """What hangs on something that falls, or is disturbed, falls with it."""
        users: dict[Key, list[Key]] = {}
        for element in self.a:
            for need in element.needs:
                users.setdefault(need, []).append(element.key)
        disturbed = {key for key, made in self._alterations.items() if made.disturbs}
        remade = {key for key in disturbed if isinstance(self.a.by_key[key].item, EnumType)}
        for key in remade:
            disturbed.update(user for user in users.get(key, ()) if self.a.by_key[user].kind == "column")
        todo = [*self._falls, *disturbed]
        while todo:
            key = todo.pop()
            for user in users.get(key, ()):
                if user in self._falls or not self._must_fall(user, key, remade):
                    continue
                fallen = set(self.a.with_parts(user)) - self._falls
                self._falls |= fallen
                self._restored |= {k for k in fallen if k in self.b.by_key}
                todo += fallen

    def _must_fall(self, user: Key, key: Key, remade: set[Key]) -> bool:
        element = self.a.by_key[user]
        if key in self._falls:
            if element.inside == key:
                return False
            stays = element.kind in ("column", "table", "foreign table")
            return not (stays and user in self.b.by_key and key not in self._needs_now(user))
        if key in remade:
            return element.kind not in ("column", "table", "default")
        if element.kind == "column":
            return element.item.generated is not None and element.inside != key
        return element.kind in _ON_COLUMNS

    def _needs_now(self, key: Key) -> frozenset[Key]:
        other = self.b.by_key.get(key)
        return frozenset() if other is None else other.needs

    # -- steps --

    def steps(self) -> list[Step]:
        """All steps in order."""
        made = [*self._drops(), *self._renames(), *self._alters(), *self._creates()]
        while True:
            order, stuck = in_order(*self._graph(made))
            circle = {made[node[0]].key for node in stuck if made[node[0]].stage == "drop"}
            more = self._circle_breakers(circle) - self._explicit
            if not more:
                return [made[node[0]] for node in order]
            self._explicit |= more
            made = [*self._drops(), *(step for step in made if step.stage != "drop")]

    def _circle_breakers(self, tables: set[Key]) -> set[Key]:
        """The foreign keys of tables that refer to each other."""
        return {
            inner
            for key in tables
            for inner in self.a.inner.get(key, ())
            if self.a.by_key[inner].kind == "constraint" and self.a.by_key[inner].item.kind == "foreign key"
        }

    def _drops(self) -> list[Step]:
        found = []
        for key in self._falls:
            element = self.before.by_key.get(key)
            if element is None:
                continue
            if element.inside in self._falls and key not in self._explicit:
                continue
            if element.hidden and not self._is_detached(element):
                continue
            comes_back = key in self.b.by_key
            action: Literal["drop", "alter"] = "alter" if comes_back else "drop"
            try:
                statement = drop(self._old_writer, element)
            except NotExactError as problem:
                self.left.append(Left(subject(element), str(problem)))
                continue
            change = _change(element, action, (statement,))
            if element.kind in _HOLDS_DATA and not comes_back:
                lost = "its rows" if element.kind != "column" else "its values"
                change = msgspec.structs.replace(
                    change, effect="loses data", why=f"{lost} are dropped with it"
                )
            found.append(Step(stage="drop", key=key, change=change, rank=-_rank(element)))
        return found

    def _renames(self) -> list[Step]:
        return [
            Step(stage="rename", key=("rename", number), change=change)
            for number, (_, _, change) in enumerate(self._renamed)
        ]

    def _alters(self) -> list[Step]:
        found = []
        for key, made in self._alterations.items():
            element = self.b.by_key[key]
            change = _change(element, "alter", made.statements)
            if made.why:
                change = msgspec.structs.replace(
                    change, why=made.why, effect="loses data" if made.loses else "exact"
                )
            found.append(Step(stage="alter", key=key, change=change, rank=_rank(element)))
        return found

    def _creates(self) -> list[Step]:
        found = []
        for key, element in self.b.by_key.items():
            if key in self.a.by_key and key not in self._falls:
                continue
            if element.hidden or self._is_written_with_its_table(element):
                continue
            try:
                statements = tuple(create(self._writer, element))
            except NotExactError as problem:
                self.left.append(Left(subject(element), str(problem)))
                continue
            if statements:
                change = _change(element, "restore" if key in self._restored else "create", statements)
                found.append(Step(stage="create", key=key, change=change, rank=_rank(element)))
        return found

    def _is_new_table(self, key: Key | None) -> bool:
        return key is not None and (key not in self.a.by_key or key in self._falls)

    def _is_written_with_its_table(self, element: Element) -> bool:
        table = (element.owner.oid,) if element.owner is not None else None
        if not isinstance(element.owner, Table) or not self._is_new_table(table):
            return element.kind == "default" and self._is_new_column(element.inside)
        if element.kind in _INLINE:
            return True
        return element.kind == "constraint" and element.item.kind == "check" and element.item.validated

    def _is_new_column(self, key: Key | None) -> bool:
        return key is not None and key in self.b.by_key and (key not in self.a.by_key or key in self._falls)

    # -- order --

    def _graph(self, steps: list[Step]) -> tuple[dict[Node, frozenset[Node]], dict[Node, frozenset[Node]]]:
        order = sorted(
            range(len(steps)),
            key=lambda i: (_STAGES.index(steps[i].stage), steps[i].rank, _age(steps[i])),
        )
        steps[:] = [steps[i] for i in order]
        number: dict[tuple[Stage, Key], int] = {
            (step.stage, step.key): place for place, step in enumerate(steps)
        }
        needs: dict[int, set[int]] = {place: set() for place in range(len(steps))}
        wishes: dict[int, set[int]] = {place: set() for place in range(len(steps))}
        drops = {key: self._place(number, "drop", key, self.a) for key in self._falls}
        for element in self.a:
            user = drops.get(element.key)
            altered = number.get(("alter", element.key))
            for need in element.needs:
                below = drops.get(need)
                if below is None:
                    below_alter = number.get(("alter", need))
                    if user is not None and below_alter is not None:
                        needs[below_alter].add(user)
                    continue
                for above in (user, altered):
                    if above is not None and above != below:
                        needs[below].add(above)
        for element in self.b:
            own = number.get(("create", element.key))
            if own is None and self._is_written_with_its_table(element) and element.inside is not None:
                own = self._made_with(number, element)
            if own is None:
                own = number.get(("alter", element.key))
            if own is None:
                continue
            for need in element.needs:
                below = number.get(("create", need))
                if below is None and need in self.b.by_key:
                    below = self._made_with(number, self.b.by_key[need])
                if below is None:
                    below = number.get(("alter", need))
                if below is not None and below != own:
                    is_wish = element.kind == "default" or (
                        element.kind == "constraint" and element.item.kind == "check"
                    )
                    (wishes if is_wish else needs)[own].add(below)
        for key, below in drops.items():
            element = self.a.by_key[key]
            if element.hidden and below is not None and isinstance(element.owner, Table):
                detached = number.get(("alter", (element.owner.oid,)))
                if detached is not None:
                    needs[below].add(detached)
                    needs[detached].discard(below)
        for place, step in enumerate(steps):
            if step.stage == "rename":
                for other, before in enumerate(steps):
                    if before.stage == "drop":
                        wishes[place].add(other)
                    elif before.stage in ("alter", "create"):
                        needs[other].add(place)
            elif step.stage == "create":
                dropped = drops.get(step.key)
                if dropped is not None:
                    needs[place].add(dropped)
                for other, before in enumerate(steps):
                    if before.stage == "drop" and _same_name(before.change, step.change):
                        needs[place].add(other)
        as_nodes = {(place, 0): frozenset((n, 0) for n in found) for place, found in needs.items()}
        return as_nodes, {(place, 0): frozenset((n, 0) for n in found) for place, found in wishes.items()}

    def _place(
        self, number: dict[tuple[Stage, Key], int], stage: Stage, key: Key, elements: Elements
    ) -> int | None:
        """The step of an element, or of what takes it along."""
        current: Key | None = key
        while current is not None:
            place = number.get((stage, current))
            if place is not None:
                return place
            element = elements.by_key.get(current)
            current = None if element is None else element.inside
        return None

    def _made_with(self, number: dict[tuple[Stage, Key], int], element: Element) -> int | None:
        if element.kind not in _INLINE and element.kind != "constraint":
            return None
        return self._place(number, "create", element.key, self.b)


def _same_name(one: Change, other: Change) -> bool:
    return (one.schema, one.name, one.part) == (other.schema, other.name, other.part)


def _age(step: Step) -> int:
    """New things in the order in which they were made, old ones the other way."""
    first = step.key[0]
    age = first if isinstance(first, int) else step.key[-1] if isinstance(step.key[-1], int) else 0
    return -age if step.stage == "drop" else age


def _rank(element: Element) -> int:
    return _RANKS.index(element.kind) if element.kind in _RANKS else _RANKS.index("function")


def _change(
    element: Element, action: Literal["create", "drop", "alter", "restore"], statements: Iterable[str]
) -> Change:
    item, owner = element.item, element.owner
    holder = item if owner is None else owner
    return Change(
        action=action,
        kind=element.kind,
        schema=getattr(holder, "schema", None),
        name=holder.name,
        part=None if owner is None else item.name,
        statements=tuple(statements),
    )


def subject(element: Element) -> str:
    """The element, for people."""
    return _change(element, "alter", ()).subject
