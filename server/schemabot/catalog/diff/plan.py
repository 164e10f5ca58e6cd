"""Which elements are dropped, altered and made, and in which order.

Each step is a node of a graph: a thing is dropped after what needs it, made after what it needs, altered before what it
no longer needs is dropped; a name is given up before another thing gets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.align import aligned
from schemabot.catalog.diff.alter import Alter, Alteration
from schemabot.catalog.diff.changes import Left
from schemabot.catalog.diff.concerned import changed, with_dependents, with_parents
from schemabot.catalog.diff.elements import Element, Elements, Key
from schemabot.catalog.diff.enums import remade_enum
from schemabot.catalog.diff.kinds import (
    HOLDS_DATA,
    ON_COLUMNS,
    change_of,
    compares,
    is_computed,
    is_shared,
    rank_of,
    subject,
)
from schemabot.catalog.diff.matched import Matching, replaced_enums
from schemabot.catalog.diff.ordering import Step, graph, is_attached, is_detached, is_new
from schemabot.catalog.diff.ordering import is_written_with_its_table as is_written_along
from schemabot.catalog.diff.renames import renames
from schemabot.catalog.diff.shape import Shapes
from schemabot.catalog.diff.statements import create, drop
from schemabot.catalog.objects import EnumType, Table
from schemabot.catalog.render.order import in_order
from schemabot.catalog.render.parts_of_tables import write_published
from schemabot.catalog.render.writer import NotExactError, Writer


class Plan:
    """The steps from `old` to `new`. By name, spellings of expressions are not told apart, and nothing is renamed."""

    def __init__(self, old: Catalog, new: Catalog, *, by_name: bool) -> None:
        changed_oids = changed(old, new)
        only = with_parents(with_dependents(changed_oids, old, new), old, new)
        like_new = old if by_name else aligned(old, new, changed_oids)
        rekeyed = Matching(old, new, only).element if by_name else replaced_enums(old, new, only)
        self.before = Elements(old, only, rekeyed)
        self.a = Elements(like_new, only, rekeyed)
        self.b = Elements(new, only)
        self.left: list[Left] = []
        self._old_writer, self._writer = Writer(old), Writer(new)
        self._old, self._new = Shapes(like_new, exact=not by_name), Shapes(new, exact=not by_name)
        self._alter = Alter(self._old, self._new, self._writer)
        self._old_catalog, self._new_catalog = old, new
        self._alterations: dict[Key, Alteration] = {}
        self._falls: set[Key] = set()
        self._restored: set[Key] = set()
        self._explicit: set[Key] = set()
        self._kept: set[Key] = set()
        self._recast: set[Key] = set()  # columns that go from one enum to another
        self._decide()
        self._renamed = [] if by_name else renames(old, new, changed_oids, self._falls)

    # -- what happens to each --

    def _decide(self) -> None:
        for key, element in self.a.by_key.items():
            other = self.b.by_key.get(key)
            if other is None:
                if not element.hidden or is_detached(element, self.a, self.b):
                    self._fall(key)
                elif is_shared(element) and element.item.local and element.of in self.b.by_key:
                    self._kept.add(key)  # it stays when the parent's goes
                    self._fall(key)
            elif element.hidden and not other.hidden and not is_detached(element, self.a, self.b):
                self._alone(element)
            elif element.kind == "trigger" and other.hidden and not element.hidden:
                self._fall(key)  # the parent's is not made over one of the same name
            elif self._follows_still(element, other):
                if self._must_go_first(element, other):
                    self._kept.add(key)
                    self._fall(key)
            elif element.item is not other.item or element.owner is not other.owner:
                self._compare(element, other)
        self._spread()
        for key in [key for key in self._alterations if key in self._falls]:
            del self._alterations[key]
        self._publish()

    def _publish(self) -> None:
        """Tables that are made again go back to their publications."""
        for key, element in self.b.by_key.items():
            if element.kind != "publication" or key not in self.a.by_key or key in self._falls:
                continue
            again = [
                member
                for member in element.item.members
                if (member.table,) in self.b.by_key and is_new((member.table,), self.a, self._falls)
            ]
            more = tuple(write_published(self._writer, element.item, again))
            known = self._alterations.get(key, Alteration(()))
            if more and not set(more) <= set(known.statements):
                self._alterations[key] = msgspec.structs.replace(known, statements=(*known.statements, *more))

    def _follows_still(self, element: Element, other: Element) -> bool:
        """Whether the parent's statement does it, or did all that there was."""
        return (element.hidden and not is_detached(element, self.a, self.b)) or (
            other.hidden and not is_attached(other, self.a, self.b)
        )

    def _must_go_first(self, element: Element, other: Element) -> bool:
        """Whether a table keeps a column of its own that no statement for the parent's can make what it was."""
        return (
            element.kind == "column"
            and element.hidden
            and element.item.local
            and (element.item.generated is None) != (other.item.generated is None)
        )

    def _alone(self, element: Element) -> None:
        """What belonged to the parent's and is the table's own now: of columns and checks a table keeps its own, the
        rest goes with the parent's and is made again."""
        if element.kind == "default" or is_shared(element):
            return
        self._fall(element.key)
        above = element.follows
        if above is not None and above in self.b.by_key:  # nothing takes an index from its parent but DROP
            self._fall(above)
            self._restored.add(above)

    def _fall(self, key: Key) -> None:
        self._falls.update(self.a.with_parts(key))

    def _compare(self, element: Element, other: Element) -> None:
        if self._old.of(element) == self._new.of(other):
            return
        try:
            made = self._alter.element(element, other)
            if made is None and isinstance(other.item, EnumType):
                made = remade_enum(
                    self._writer, self._new_catalog, self._old_catalog, element.item, other.item
                )
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
            columns = {user for user in users.get(key, ()) if self.a.by_key[user].kind == "column"}
            self._recast |= columns
            disturbed |= columns
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
        return element.kind in ON_COLUMNS or (key in self._recast and compares(element))

    def _needs_now(self, key: Key) -> frozenset[Key]:
        other = self.b.by_key.get(key)
        return frozenset() if other is None else other.needs

    # -- steps --

    def steps(self) -> list[Step]:
        """All steps in order."""
        along = self._with_others()
        made = [*self._drops(along), *self._renames(), *self._alters(), *self._creates()]
        while True:
            order, stuck = in_order(*graph(made, self.a, self.b, self._falls, along))
            circle = {made[node[0]].key for node in stuck if made[node[0]].stage == "drop"}
            more = self._circle_breakers(circle) - self._explicit
            if not more:
                return [made[node[0]] for node in order]
            self._explicit |= more
            made = [*self._drops(along), *(step for step in made if step.stage != "drop")]

    def _circle_breakers(self, stuck: set[Key]) -> set[Key]:
        """What can be dropped before the tables that need each other: foreign keys, policies, defaults ..."""
        return {
            element.key
            for element in self.a
            if element.of in self._falls
            and not element.hidden
            and element.kind != "column"
            and (self._reaches(element.key) - {element.of}) & stuck
        }

    def _reaches(self, key: Key) -> set[Key]:
        """The objects whose parts an element needs."""
        return {need[:1] if isinstance(need[0], int) else need for need in self.a.by_key[key].needs}

    def _with_others(self) -> dict[Key, Key]:
        """By key, what takes an element along without CASCADE: a column the keys, checks and indexes of its table, a
        partitioned table its partitions."""
        found: dict[Key, Key] = {}
        for key in self._falls:
            element = self.a.by_key[key]
            if element.kind == "table" and element.item.partition_of:
                above = [n for n in element.needs & self._falls if self._is_parent(n, element)]
                found.update((key, parent) for parent in above)
            if element.kind not in ("constraint", "index") or element.hidden or element.of in self._falls:
                continue
            own = sorted(need for need in element.needs & self._falls if self._is_column_of(need, element.of))
            if own:
                found[key] = own[0]
        return found

    def _is_parent(self, key: Key, partition: Element) -> bool:
        item = self.a.by_key[key].item
        return isinstance(item, Table) and item.oid == partition.item.partition_of

    def _is_column_of(self, key: Key, table: Key | None) -> bool:
        column = self.a.by_key[key]
        return column.kind == "column" and column.of == table and (not column.hidden or key in self._kept)

    def _drops(self, along: Mapping[Key, Key]) -> list[Step]:
        found = []
        for key in self._falls:
            element = self.before.by_key.get(key)
            if element is None:
                continue
            if (element.inside in self._falls or key in along) and key not in self._explicit:
                continue
            if element.hidden and key not in self._kept and not is_detached(element, self.a, self.b):
                continue
            comes_back = key in self.b.by_key
            action: Literal["drop", "alter"] = "alter" if comes_back else "drop"
            try:
                statements = drop(self._old_writer, element)
            except NotExactError as problem:
                self.left.append(Left(subject(element), str(problem)))
                continue
            if self._takes_keys(element):
                statements = tuple(f"{statement} cascade" for statement in statements)
            change = change_of(element, action, statements)
            if element.kind in HOLDS_DATA and not is_computed(element):
                lost = "its rows" if element.kind != "column" else "its values"
                change = msgspec.structs.replace(
                    change, effect="loses data", why=f"{lost} are dropped with it"
                )
            found.append(Step(stage="drop", key=key, change=change, rank=-rank_of(element)))
        return found

    def _takes_keys(self, element: Element) -> bool:
        """Whether keys of partitions hang on the index, which PostgreSQL does not drop silently; they are made again."""
        return element.kind == "index" and any(
            other.kind == "constraint" and other.follows == element.key for other in self.a
        )

    def _renames(self) -> list[Step]:
        return [
            Step(stage="rename", key=("rename", number), change=change)
            for number, change in enumerate(self._renamed)
        ]

    def _alters(self) -> list[Step]:
        found = []
        for key, made in self._alterations.items():
            element = self.b.by_key[key]
            change = change_of(element, "alter", made.statements)
            if made.why:
                change = msgspec.structs.replace(
                    change, why=made.why, effect="loses data" if made.loses else "exact"
                )
            found.append(Step(stage="alter", key=key, change=change, rank=rank_of(element)))
        return found

    def _comes_along(self, element: Element) -> bool:
        """Whether a statement for its table or for a parent's part makes it."""
        if is_written_along(element, self.a, self.b, self._falls):
            return True
        if not element.hidden:
            return False
        is_part = element.kind in ("column", "default") or (
            element.kind == "constraint" and element.item.kind == "check"
        )
        return not (
            is_part and is_attached(element, self.a, self.b) and not is_new(element.of, self.a, self._falls)
        )

    def _creates(self) -> list[Step]:
        found = []
        for key, element in self.b.by_key.items():
            if key in self.a.by_key and key not in self._falls:
                continue
            if self._comes_along(element):
                continue
            try:
                statements = tuple(create(self._writer, element))
            except NotExactError as problem:
                self.left.append(Left(subject(element), str(problem)))
                continue
            if statements:
                change = change_of(element, "restore" if key in self._restored else "create", statements)
                found.append(Step(stage="create", key=key, change=change, rank=rank_of(element)))
        return found
