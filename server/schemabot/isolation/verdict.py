"""What is said about one table, command and role."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Command = Literal["SELECT", "INSERT", "UPDATE", "DELETE"]
Verdict = Literal["isolated", "leaks", "undecided", "denied"]

COMMANDS: Final[tuple[Command, ...]] = ("SELECT", "INSERT", "UPDATE", "DELETE")


class Leak(msgspec.Struct, frozen=True):
    """An alternative that is open: its policy (None without row level security), which OR branch of which clause.

    `conditions` are what the row must be like besides; `writes` tells that a new row may be put elsewhere.
    """

    policy: str | None
    clause: Literal["using", "check"] = "using"
    branch: int = 0
    conditions: tuple[str, ...] = ()
    writes: bool = False


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one table, command and role.

    `policies` are those that apply; `because` and `example` are for people. `constructs` are what was not
    understood where it is undecided; `leak` is what is open where it leaks; `through` are the tables that it rests
    on that a row is the caller's: who may write them makes himself a member.
    """

    table: int
    command: Command
    role: str
    verdict: Verdict
    because: str
    policies: tuple[str, ...] = ()
    example: str = ""
    constructs: tuple[str, ...] = ()
    leak: Leak | None = None
    through: tuple[int, ...] = ()

    def undecided(self, because: str) -> Judgement:
        """The same, with another verdict."""
        return msgspec.structs.replace(self, verdict="undecided", because=because, constructs=(because,))
