"""SQL expressions and queries: the one tree that policies, defaults, checks, indexes and views share.

Built from the parse tree by `facts.read.expression`. All spans are code points relative to the text of the
statement the expression stands in. `Opaque` keeps what has no node of its own, with its children, so that
every name mentioned anywhere is found by `walk`. Nothing here recurses: long chains of operators are
ordinary input.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from schemabot.facts.names import Ident, Name, TypeName
from schemabot.text import Span


class ExpressionPart(msgspec.Struct, frozen=True, gc=False, array_like=True, tag_field="node"):
    """The base of every node and source; it only fixes how they are stored."""


class Constant(ExpressionPart, frozen=True, array_like=True, tag="lit"):
    """A constant. `value` is its text without quotes; null's is empty."""

    kind: Literal["string", "number", "boolean", "null", "bit"]
    value: str


class Column(ExpressionPart, frozen=True, array_like=True, tag="col"):
    """A column reference `a`, `t.a`, `s.t.a`, or with `star` a `*` / `t.*` (`parts` is what precedes)."""

    parts: tuple[str, ...]
    span: Span
    star: bool = False


class Parameter(ExpressionPart, frozen=True, array_like=True, tag="par"):
    """`$1`."""

    number: int


class Call(ExpressionPart, frozen=True, array_like=True, tag="call"):
    """A function call; `star` is `count(*)`. `extra` holds FILTER, ORDER BY and window expressions.

    SQL-standard functions without parentheses (`current_user`, `current_timestamp`) are calls with
    `special` set. COALESCE, GREATEST, LEAST, NULLIF are calls too, `special` set.
    """

    name: tuple[str, ...]
    args: tuple[Node, ...]
    span: Span
    star: bool = False
    distinct: bool = False
    window: bool = False
    special: bool = False
    extra: tuple[Node, ...] = ()


class Operator(ExpressionPart, frozen=True, array_like=True, tag="op"):
    """A prefix or binary operator. `quantifier` is set for `= any (array)` and `= all (array)`."""

    name: str
    left: Node | None
    right: Node
    quantifier: Literal["", "any", "all"] = ""


class Logical(ExpressionPart, frozen=True, array_like=True, tag="bool"):
    """AND and OR of two or more, NOT of one."""

    operator: Literal["and", "or", "not"]
    args: tuple[Node, ...]


class Test(ExpressionPart, frozen=True, array_like=True, tag="test"):
    """`x is null`, `x is not true` ...: the operator is `null`, `not null`, `true`, `not true` ..."""

    operator: str
    arg: Node


class InList(ExpressionPart, frozen=True, array_like=True, tag="in"):
    """`x in (a, b)`."""

    arg: Node
    items: tuple[Node, ...]
    negated: bool = False


class Between(ExpressionPart, frozen=True, array_like=True, tag="between"):
    """`x between a and b`."""

    arg: Node
    low: Node
    high: Node
    negated: bool = False
    symmetric: bool = False


class Cast(ExpressionPart, frozen=True, array_like=True, tag="cast"):
    """`x::type`, `cast(x as type)` and `type 'literal'`."""

    arg: Node
    type: TypeName


class Case(ExpressionPart, frozen=True, array_like=True, tag="case"):
    """CASE; `whens` are (condition, result) pairs."""

    arg: Node | None
    whens: tuple[tuple[Node, Node], ...]
    default: Node | None


class SubQuery(ExpressionPart, frozen=True, array_like=True, tag="sub"):
    """A query inside an expression. `in` is `x in (select ...)`; `any` / `all` carry an operator."""

    kind: Literal["exists", "in", "any", "all", "scalar", "array"]
    query: Query
    arg: Node | None = None
    operator: str = ""


class Items(ExpressionPart, frozen=True, array_like=True, tag="items"):
    """`array[...]` or `row(...)`."""

    kind: Literal["array", "row"]
    items: tuple[Node, ...]


class Opaque(ExpressionPart, frozen=True, array_like=True, tag="opaque"):
    """Anything else; `kind` is the parse tree's name for it.

    Some have a spelling of their own: `collate de_DE`, `x =>` (a named argument), and paths behind a value:
    `.field`, `.*`, `[]` (subscript, the second child), `[:]` (slice), or several of them in a row.
    """

    kind: str
    children: tuple[Node, ...] = ()


class TableRef(ExpressionPart, frozen=True, array_like=True, tag="table"):
    """A table, view or CTE in FROM."""

    name: Name
    alias: str | None = None
    columns: tuple[str, ...] = ()


class QueryRef(ExpressionPart, frozen=True, array_like=True, tag="subfrom"):
    """A sub-select in FROM."""

    query: Query
    alias: str | None = None
    columns: tuple[str, ...] = ()
    lateral: bool = False


class FunctionRef(ExpressionPart, frozen=True, array_like=True, tag="funcfrom"):
    """One or more function calls in FROM.

    `columns` are the alias's, `types` those of a column definition list.
    """

    calls: tuple[Node, ...]
    alias: str | None = None
    columns: tuple[str, ...] = ()
    types: tuple[TypeName, ...] = ()
    lateral: bool = False
    ordinality: bool = False


class Join(ExpressionPart, frozen=True, array_like=True, tag="join"):
    """A join; `using` or `natural` merge columns."""

    kind: Literal["inner", "left", "right", "full", "cross"]
    left: Source
    right: Source
    on: Node | None = None
    using: tuple[str, ...] = ()
    natural: bool = False
    alias: str | None = None


Source = TableRef | QueryRef | FunctionRef | Join

Node = (
    Constant
    | Column
    | Parameter
    | Call
    | Operator
    | Logical
    | Test
    | InList
    | Between
    | Cast
    | Case
    | SubQuery
    | Items
    | Opaque
)


class Target(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One item of a select list or RETURNING."""

    value: Node
    alias: str | None = None


class CommonTable(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One WITH query."""

    name: str
    query: Query
    columns: tuple[str, ...] = ()
    recursive: bool = False


class Query(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A SELECT, VALUES, or a data-changing statement in WITH (`verb` tells, `into` names its table).

    A set operation has `operator` and `arms` (two or more, flattened on the left) and no own FROM.
    `others` are GROUP BY, HAVING, ORDER BY, LIMIT and window expressions. A set operation is `distinct`
    without ALL.

    The data-changing ones have RETURNING as `targets`. INSERT has VALUES' rows as `values`, any other query
    as its one source, ON CONFLICT's expressions as `others`. UPDATE and DELETE have the table as first
    source, FROM and USING behind it; UPDATE's one row of `values` is what the columns become, in the order
    of SET. MERGE has the join of table and source as source, what its WHEN clauses hold as `others`.
    """

    verb: Literal["select", "values", "insert", "update", "delete", "merge"] = "select"
    with_: tuple[CommonTable, ...] = ()
    targets: tuple[Target, ...] = ()
    sources: tuple[Source, ...] = ()
    where: Node | None = None
    values: tuple[tuple[Node, ...], ...] = ()
    operator: Literal["", "union", "intersect", "except"] = ""
    arms: tuple[Query, ...] = ()
    others: tuple[Node, ...] = ()
    into: Name | None = None
    distinct: bool = False
    ordered: bool = False
    limited: bool = False
    grouped: bool = False


class Expression(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An expression with its place and its source text.

    Parentheses that the clause demands (`check (...)`, `using (...)` of a policy, `(...)` of an index key)
    are left out; those that the writer added (`default (now())`) are part of it. Either may need parentheses
    again where it is written anew.
    """

    text: str
    span: Span
    root: Node


class QueryText(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A query with its place and its source text."""

    text: str
    span: Span
    query: Query


Part = Node | Source | Target | CommonTable | Query

_LEAVES = (str, int, bool, type(None), Span, Name, Ident, TypeName)


def walk(part: Part | None) -> Iterator[Part]:
    """Every node, source and query below `part`, itself first, in no promised order."""
    todo: list[object] = [part]
    while todo:
        item = todo.pop()
        if isinstance(item, tuple):
            todo.extend(item)
        elif isinstance(item, msgspec.Struct) and not isinstance(item, _LEAVES):
            yield item  # type: ignore[misc]
            todo.extend(getattr(item, field) for field in item.__struct_fields__)
