"""What a project usually does: some conventions are worth a word only where the project follows them itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Function, Table, Trigger
from schemabot.rulekit.context import MANAGED_SCHEMAS, ProjectView, StateContext
from schemabot.rulekit.once import OncePerCatalog
from schemabot.rulekit.settings import Settings
from schemabot.rulekit.tenancy import TENANT_COLUMNS

HOUSE_PRESETS = ("schemabot", "all")
"""The presets that ask for the house's conventions whatever the project does."""

_FEWEST = 3
_CLEAR = 8
_ASSIGNS = re.compile(r"\bnew\s*\.\s*\"?(\w+)\"?\s*:?=(?!=)", re.I)
_SETTERS = re.compile(r"moddatetime|updated_?at|modified|touch|timestamp", re.I)


class Share(msgspec.Struct, frozen=True):
    """How many of those that could follow a habit do."""

    following: int = 0
    of: int = 0

    @property
    def usual(self) -> bool:
        """Whether more than half follow it, and enough to speak of a habit."""
        return self.following >= _FEWEST and 2 * self.following > self.of

    @property
    def mostly(self) -> bool:
        """Whether at least two thirds follow it, and enough to speak of a habit."""
        return self.usual and 3 * self.following >= 2 * self.of

    @property
    def nearly_always(self) -> bool:
        """Whether at least four fifths follow it, and enough to speak of a habit."""
        return self.usual and 5 * self.following >= 4 * self.of

    @property
    def unusual(self) -> bool:
        """Whether more than half clearly do otherwise; of a few nobody can say."""
        return self.of >= _CLEAR and 2 * self.following < self.of


class Habits(msgspec.Struct, frozen=True):
    """What the project's own tables have in common.

    `tenant_column` is the name of the column that says whose row it is, None when the project has no
    organisations; `setters` are the functions that keep updated_at, the most used first.
    """

    tenant_column: str | None
    created_at_indexed: Share
    updated_at_kept: Share
    delete_action_stated: Share
    plain_names: Share
    setters: tuple[int, ...]


def house_style(context: StateContext[Any]) -> bool:
    """Whether the settings ask for the house's conventions."""
    return context.project.settings.preset in HOUSE_PRESETS


def habits(context: StateContext[Any]) -> Habits:
    """The habits of the project at the head of its history."""
    return _habits(context.settled, context.project.settings)


def habits_of(catalog: Catalog, settings: Settings) -> Habits:
    """The habits of a catalog."""
    return _habits(catalog, settings)


def own_tables(catalog: Catalog) -> Iterator[Table]:
    """The tables that the project made for itself: no partitions, nothing temporary, managed or an extension's."""
    for table in catalog.tables():
        if (
            not table.origin.platform
            and not table.temporary
            and not table.partition_of
            and table.extension is None
            and table.schema not in MANAGED_SCHEMAS
        ):
            yield table


def keeps_updated_at(trigger: Trigger, catalog: Catalog, column: str = "updated_at") -> bool:
    """Whether a trigger sets `column` on every UPDATE; a function that is not known counts as one that does."""
    if trigger.timing != "before" or "update" not in trigger.events or not trigger.for_each_row:
        return False
    function = catalog.functions.get(trigger.function)
    return function is None or _sets(function, trigger, column)


def assigned_columns(function: Function) -> frozenset[str]:
    """The columns of NEW that the body of a trigger's function assigns."""
    return frozenset(match[1].lower() for match in _ASSIGNS.finditer(function.body or ""))


def statement_text(project: ProjectView, table: Table) -> str:
    """The statement that made the table, as written."""
    return project.statement_text(table.origin)


def _sets(function: Function, trigger: Trigger, column: str) -> bool:
    if function.name == "moddatetime":
        return column in trigger.arguments
    if function.body is None or function.language == "c":
        return True
    if column in assigned_columns(function):
        return True
    return column in function.body and _SETTERS.search(function.name) is not None


def _compute(catalog: Catalog, settings: Settings) -> Habits:
    counts: dict[str, list[int]] = {"created": [0, 0], "updated": [0, 0], "stated": [0, 0], "plain": [0, 0]}
    setters: dict[int, int] = {}
    tenants: dict[str, int] = {}
    for table in own_tables(catalog):
        names = {column.name: column.number for column in table.columns}
        for name in TENANT_COLUMNS:
            if name in names:
                tenants[name] = tenants.get(name, 0) + 1
        plain = table.name == table.name.lower() and all(name == name.lower() for name in names)
        _count(counts["plain"], plain)
        if "created_at" in names:
            number = names["created_at"]
            _count(
                counts["created"], any(key.column == number for index in table.indexes for key in index.keys)
            )
        if "updated_at" in names:
            keeping = [t for t in table.triggers if keeps_updated_at(t, catalog)]
            _count(counts["updated"], bool(keeping))
            for trigger in keeping:
                if trigger.function in catalog.functions:
                    setters[trigger.function] = setters.get(trigger.function, 0) + 1
        for constraint in table.constraints:
            if constraint.kind == "foreign key":
                _count(counts["stated"], constraint.on_delete != "no action")
    return Habits(
        tenant_column=_tenant_name(settings, tenants),
        created_at_indexed=Share(*counts["created"]),
        updated_at_kept=Share(*counts["updated"]),
        delete_action_stated=Share(*counts["stated"]),
        plain_names=Share(*counts["plain"]),
        setters=tuple(sorted(setters, key=lambda oid: (-setters[oid], oid))),
    )


def _count(counts: list[int], follows: bool) -> None:
    counts[0] += follows
    counts[1] += 1


def _tenant_name(settings: Settings, seen: dict[str, int]) -> str | None:
    """The settings' column, else the one of the usual names that most tables share, if at least two do."""
    if settings.tenancy.column is not None:
        return settings.tenancy.column
    name = max(seen, key=lambda name: (seen[name], -TENANT_COLUMNS.index(name)), default=None)
    return name if name is not None and seen[name] > 1 else None


_habits: OncePerCatalog[Settings, Habits] = OncePerCatalog(_compute)
