"""What a project's own columns have in common, for rules that are quiet where the project clearly does otherwise."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Table
from schemabot.rulekit.context import StateContext
from schemabot.rulekit.habits import Share, house_style, own_tables
from schemabot.rulekit.once import OncePerCatalog
from schemabot.rulekit.settings import Settings

_STATUS = re.compile(r"(?:\w+_)?status\Z|state\Z")
_PLACE = re.compile(
    r"(?:\A|_)(?:city|cidade|zip|zipcode|zip_code|postal_code|postcode|street|address|county|uf|lat|latitude)\Z"
)
_COPIES = re.compile(
    r"(?:\A|_)(?:snapshots?|archives?|archived|backups?|bak|bkp|deleted|history|histories|audits?|old|legacy)(?:_|\Z)"
)
_EARLIER = re.compile(r"(?:old|new|from|to|previous|prev|prior|last|next|before|after)_")


class ColumnHabits(msgspec.Struct, frozen=True):
    """How many of the project's columns of a kind are as the rules would have them.

    `users_deletable` are foreign keys to auth.users that say what happens when the user is deleted.
    """

    boolean_not_null: Share
    status_not_null: Share
    status_checked: Share
    time_zone: Share
    text_unlimited: Share
    key_wide: Share
    identity: Share
    users_deletable: Share


def is_against_habit(context: StateContext[Any], habit: str) -> bool:
    """Whether the project clearly does not do that, and its settings do not ask for the house's conventions.

    A project with a few columns of a kind has no habit yet.
    """
    if house_style(context):
        return False
    share: Share = getattr(_habits(context.settled, context.project.settings), habit)
    return share.unusual


def is_status(column: Column, table: Table) -> bool:
    """Whether a column is called like one that says in which state a row is.

    `state` beside a city is a part of an address; `old_status` keeps what another column said, and so does every
    column of a table that keeps copies.
    """
    if _STATUS.match(column.name) is None or _EARLIER.match(column.name) or keeps_copies(table):
        return False
    return column.name != "state" or not any(_PLACE.search(other.name) for other in table.columns)


def keeps_copies(table: Table) -> bool:
    """Whether a table is called like one that keeps what others said: an archive, a snapshot, a history."""
    return _COPIES.search(table.name.lower()) is not None or _COPIES.search(table.schema) is not None


def restricted_columns(table: Table) -> set[int]:
    """The columns that a CHECK mentions, or that refer to another table."""
    bound = {n for c in table.constraints if c.kind in ("check", "foreign key") for n in c.columns}
    return bound | {
        use.number
        for c in table.constraints
        if c.kind == "check" and c.expression is not None
        for use in c.expression.uses
        if use.oid == table.oid
    }


def _compute(catalog: Catalog, settings: Settings) -> ColumnHabits:
    counts = {name: [0, 0] for name in ColumnHabits.__struct_fields__}
    users = catalog.table("auth", "users")
    for table in own_tables(catalog):
        for constraint in table.constraints:
            if users is not None and constraint.references == users.oid:
                _count(counts["users_deletable"], constraint.on_delete != "no action")
        key = table.primary_key
        bound = restricted_columns(table)
        for column in table.columns:
            kind = column.type.name
            if kind == "bool" and column.default is not None:
                _count(counts["boolean_not_null"], column.not_null)
            elif kind in ("timestamp", "timestamptz"):
                _count(counts["time_zone"], kind == "timestamptz")
            elif kind in ("text", "varchar"):
                _count(counts["text_unlimited"], not column.type.modifiers)
                if is_status(column, table):
                    _count(counts["status_checked"], column.number in bound)
                    if column.default is not None:
                        _count(counts["status_not_null"], column.not_null)
            elif column.sequence or column.identity:
                _count(counts["identity"], bool(column.identity))
                if key is not None and key.columns == (column.number,):
                    _count(counts["key_wide"], kind == "int8")
    return ColumnHabits(**{name: Share(*each) for name, each in counts.items()})


def _count(counts: list[int], follows: bool) -> None:
    counts[0] += follows
    counts[1] += 1


_habits: OncePerCatalog[Settings, ColumnHabits] = OncePerCatalog(_compute)
