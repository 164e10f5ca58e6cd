"""What leads from one catalog to another: typed changes with the SQL that makes them, in an order that works."""

from __future__ import annotations

from typing import Literal

import msgspec

Action = Literal["create", "drop", "alter", "rename", "restore"]
Effect = Literal["exact", "loses data", "irreversible"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change. `kind` is PostgreSQL's word (`table`, `column`, `policy` ...), `name` today's name of the object, `part`
    that of its column, constraint, policy ... `statements` are SQL without `;`.

    `restore` means that something unchanged was dropped for the sake of another change and is made again.
    `effect` says what the statements do to data, `why` what exactly, in plain words.
    """

    action: Action
    kind: str
    schema: str | None
    name: str
    part: str | None = None
    statements: tuple[str, ...] = ()
    effect: Effect = "exact"
    why: str = ""

    @property
    def subject(self) -> str:
        """`kind schema.name`, or `kind part of schema.name`, for people."""
        full = self.name if self.schema is None else f"{self.schema}.{self.name}"
        return f"{self.kind} {full}" if self.part is None else f"{self.kind} {self.part} of {full}"


class Left(msgspec.Struct, frozen=True):
    """What the changes do not bring about, and why in plain words."""

    subject: str
    why: str


class Difference(msgspec.Struct, frozen=True):
    """The changes in order; `left` is what is missing after them."""

    changes: tuple[Change, ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """All SQL, in order, without `;`."""
        return tuple(statement for change in self.changes for statement in change.statements)

    @property
    def effect(self) -> Effect:
        """The gravest effect of all."""
        effects = {change.effect for change in self.changes}
        return (
            "irreversible"
            if "irreversible" in effects
            else "loses data"
            if "loses data" in effects
            else "exact"
        )
