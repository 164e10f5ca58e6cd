"""A PL/pgSQL body as a tree. Places are code points in the body; expressions are kept as their source text.

Names of the nodes follow the manual's chapter "PL/pgSQL". What has no meaning for a schema (RAISE NOTICE, NULL, COMMIT, the
handling of cursors) is `Other`.
"""

from __future__ import annotations

import msgspec

from schemabot.text import Span


class Statement(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The base of all statements; `span` is where it begins, with its SQL text where it has one."""

    span: Span


class Variable(msgspec.Struct, frozen=True, gc=False):
    """A declared variable; `default` is the expression it starts with."""

    name: str
    type: str
    default: str | None = None


class Assign(Statement, frozen=True):
    """`target := value`; a field of a record is `r.field`."""

    target: str
    value: str


class Sql(Statement, frozen=True):
    """A statement of SQL; `into` are the variables that take the first row."""

    text: str
    into: tuple[str, ...] = ()
    strict: bool = False


class Execute(Statement, frozen=True):
    """EXECUTE of an expression that gives a statement's text."""

    query: str
    into: tuple[str, ...] = ()
    strict: bool = False


class Perform(Statement, frozen=True):
    """PERFORM: a query, beginning with SELECT, whose result is thrown away."""

    query: str


class If(Statement, frozen=True):
    """IF and CASE: conditions with what follows them, in order. An `else` comes last under the condition `true`."""

    branches: tuple[tuple[str, tuple[Statement, ...]], ...]


class Loop(Statement, frozen=True):
    """LOOP and WHILE (`condition`)."""

    body: tuple[Statement, ...]
    condition: str | None = None
    label: str | None = None


class ForRange(Statement, frozen=True):
    """FOR over numbers."""

    variable: str
    lower: str
    upper: str
    step: str
    reverse: bool
    body: tuple[Statement, ...]
    label: str | None = None


class ForQuery(Statement, frozen=True):
    """FOR over a query, or (`dynamic`) over what an expression gives as a query's text."""

    variables: tuple[str, ...]
    query: str
    body: tuple[Statement, ...]
    dynamic: bool = False
    label: str | None = None


class ForEach(Statement, frozen=True):
    """FOREACH over the elements of an array."""

    variable: str
    array: str
    body: tuple[Statement, ...]
    label: str | None = None


class Exit(Statement, frozen=True):
    """EXIT and CONTINUE."""

    leaves: bool
    condition: str | None = None
    label: str | None = None


class Return(Statement, frozen=True):
    """RETURN; not RETURN NEXT and RETURN QUERY, after which the function goes on."""

    value: str | None = None


class Raise(Statement, frozen=True):
    """RAISE of an error; `condition` is its name, empty for RAISE without anything."""

    condition: str = "raise_exception"


class Handler(msgspec.Struct, frozen=True, gc=False):
    """WHEN conditions THEN statements; conditions are lower-case names or SQLSTATE codes."""

    conditions: tuple[str, ...]
    body: tuple[Statement, ...]


class Block(Statement, frozen=True):
    """BEGIN ... END with its handlers."""

    body: tuple[Statement, ...]
    handlers: tuple[Handler, ...] = ()
    label: str | None = None


class Other(Statement, frozen=True):
    """A statement that changes no schema. `assigns` are variables it gives a value that is not known here."""

    assigns: tuple[str, ...] = ()


class Body(msgspec.Struct, frozen=True, gc=False):
    """A whole body: every variable of every block, `record` variables among `variables` with the type `record`."""

    variables: tuple[Variable, ...]
    block: Block
