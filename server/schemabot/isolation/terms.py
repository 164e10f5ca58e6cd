"""What a predicate says, once its names are looked up: terms, formulas, and the sub-selects in them.

A term is a value as far as it matters who may choose it. A formula is a condition of SQL's three-valued logic.
Functions whose body is understood are inlined before, so no call of the project's own is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from schemabot.facts.expression import Node
    from schemabot.isolation.scope import Frame

Rights = Literal["caller", "bypass", "other"]
"""With whose rights a sub-select runs: those of the caller, of somebody whom row level security does not bind,
or of some other role."""

ROW = 0
"""The number of the row that the policy judges, among the sources."""


class Value(msgspec.Struct, frozen=True):
    """The base of terms; each is hashable, and equal terms are the same value within one statement."""


class Uid(Value, frozen=True):
    """The caller's user id; null for an anonymous caller."""


class RoleName(Value, frozen=True):
    """The name of the role that the caller acts as."""


class OwnKey(Value, frozen=True):
    """An organisation of the caller that a trusted source names, or null: a signed claim, a trusted helper.

    `number` tells occurrences apart where the source names several: two of them need not be equal.
    """

    what: str
    number: int = 0


class Chosen(Value, frozen=True):
    """A value that the caller sets as he likes: user_metadata, a request header.

    `of_user`: only who is signed in has it.
    """

    what: str
    of_user: bool = False


class Fixed(Value, frozen=True):
    """A constant."""

    kind: str
    text: str


class Null(Value, frozen=True):
    """NULL."""


class Field(Value, frozen=True):
    """A column of a source: of the judged row (source `ROW`) or of a table in a sub-select."""

    source: int
    number: int


class Clock(Value, frozen=True):
    """The present time."""


class Unclear(Value, frozen=True):
    """A term that was not understood; each has a number of its own, so that no two are taken for equal."""

    text: str
    number: int


class Picked(Value, frozen=True):
    """A value out of the rows of a sub-select: the only one of a scalar sub-select, any one of a set."""

    arms: tuple[Arm, ...]
    column: int = 0


Term: TypeAlias = Uid | RoleName | OwnKey | Chosen | Fixed | Null | Field | Clock | Unclear | Picked


class Source(msgspec.Struct, frozen=True):
    """A table in a sub-select; `table` is 0 for what is no known table. `nullable`: the far side of an outer join."""

    number: int
    table: int
    rights: Rights
    nullable: bool = False


class Arm(msgspec.Struct, frozen=True, eq=False):
    """One SELECT of a sub-select (several where UNION stands): its tables, what it demands, what it gives.

    `outputs` are (name, expression, where its names are looked up); they are read when somebody asks.
    """

    sources: tuple[Source, ...]
    condition: Formula
    outputs: tuple[tuple[str, Node, Frame], ...] = ()
    values: tuple[Term, ...] | None = None  # what it gives, where that is no expression
    aggregated: bool = False  # gives one row whether or not there are any


class And(msgspec.Struct, frozen=True):
    args: tuple[Formula, ...]


class Or(msgspec.Struct, frozen=True):
    args: tuple[Formula, ...]


class Not(msgspec.Struct, frozen=True):
    arg: Formula


class Surely(msgspec.Struct, frozen=True):
    """`arg is true`: the same where it is demanded, not where it is denied."""

    arg: Formula


class Truth(msgspec.Struct, frozen=True):
    """true, false or null."""

    value: bool | None


class Compare(msgspec.Struct, frozen=True):
    """Two terms compared; null makes it null."""

    operator: str
    left: Term
    right: Term


class NullTest(msgspec.Struct, frozen=True):
    term: Term
    null: bool


class Exists(msgspec.Struct, frozen=True):
    """A sub-select has a row."""

    arms: tuple[Arm, ...]


class Held(msgspec.Struct, frozen=True):
    """The boolean that a sub-select gives: `true` are its arms with the demand that it is true, `false` that it is
    false. Without a row it is null."""

    true: tuple[Arm, ...]
    false: tuple[Arm, ...]


class Sole(msgspec.Struct, frozen=True):
    """The rows of these sources must be the only ones that fulfil the conditions: more make the statement fail."""

    sources: tuple[int, ...]


class Opaque(msgspec.Struct, frozen=True):
    """A condition that was not understood; `text` names the construct."""

    text: str


class Tagged(msgspec.Struct, frozen=True):
    """A formula that stands for one OR branch of one policy."""

    policy: str
    branch: int
    arg: Formula


Formula: TypeAlias = (
    And | Or | Not | Surely | Truth | Compare | NullTest | Exists | Held | Sole | Opaque | Tagged
)

TRUE = Truth(True)
FALSE = Truth(False)


def both(*args: Formula) -> Formula:
    """AND of those that say something."""
    kept = tuple(arg for arg in args if arg != TRUE)
    return kept[0] if len(kept) == 1 else And(kept) if kept else TRUE


def either(*args: Formula) -> Formula:
    """OR."""
    return args[0] if len(args) == 1 else Or(args) if args else FALSE
