"""Binding: what every column, relation, function and type named in an expression or query means.

Results are `Use`s: the place of one name and the object behind it. A qualifier that is the relation's own
name (not an alias) has a use of its own. What is used without being written (a column that `using` or an
alias list renames) has the span `NOT_WRITTEN`; all columns that a `*` stands for share its span. Names that
were not found are in `unresolved`, the name of a function with `()` behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from schemabot.catalog.apply.query_scope import QueryBinder
from schemabot.catalog.apply.scopes import Item, Scope, view_columns
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Bound, Table, Use, View, ViewColumn
from schemabot.catalog.server_functions import server_functions
from schemabot.catalog.state import ProblemKind
from schemabot.facts.expression import Call, Constant, Expression, Query, QueryText
from schemabot.facts.names import Name
from schemabot.text import Span

Unresolved = tuple[tuple[str, ...], ...]


class QueryBinding(NamedTuple):
    """All that is known about a query: `known` is false when some output columns are not."""

    uses: tuple[Use, ...]
    unresolved: Unresolved
    columns: tuple[ViewColumn, ...]
    known: bool


def bind(
    step: Step,
    expression: Expression,
    table: Table | View | None = None,
    *,
    rows: Iterable[str] = (),
    names: Iterable[str] = (),
    report: bool = False,
) -> Bound:
    """`expression` with its names looked up.

    `table` gives the columns, under the table's own name; with `rows` (`new`, `old`) only under those names.
    `names` are parameters and the like (`value` of a domain), which are not looked up. With `report`, the
    first name that was not found rejects the fact, as the server does.
    """
    root = expression.root
    if isinstance(root, Constant) or (isinstance(root, Call) and _is_server_call(root)):
        return Bound(expression)
    binder = QueryBinder(step, expression.text, expression.span)
    binder.expression(expression.root, _scope(step, table, rows, names))
    if report:
        _report(step, binder)
    return Bound(expression, tuple(binder.uses), _unresolved(binder), step.search_path())


def query_columns(step: Step, query: QueryText) -> tuple[tuple[ViewColumn, ...], bool]:
    """The output columns of a query, and whether all of them are known."""
    found = analyse_query(step, query)
    return found.columns, found.known


def analyse_query(step: Step, query: QueryText, *, report: bool = False) -> QueryBinding:
    """What a query uses and gives: names looked up and output columns; `report` as in `bind`."""
    binder = QueryBinder(step, query.text, query.span)
    columns, known = binder.query(query.query, None)
    if report:
        _report(step, binder)
    outputs = tuple(ViewColumn(column.name, column.type) for column in columns)
    return QueryBinding(tuple(binder.uses), _unresolved(binder), outputs, known)


def bind_body(
    step: Step, queries: Iterable[Query], text: str, span: Span, names: Iterable[str] = ()
) -> tuple[tuple[Use, ...], Unresolved]:
    """The uses in the statements of a BEGIN ATOMIC body; `text` is the piece of the statement at `span`."""
    binder = QueryBinder(step, text, span)
    for query in queries:
        binder.query(query, _scope(step, None, (), names))
    return tuple(binder.uses), _unresolved(binder)


def missing_name(step: Step, query: Query, names: Iterable[str]) -> tuple[ProblemKind, str] | None:
    """The first name in a query that is not there; `names` are parameters."""
    binder = QueryBinder(step, "", Span(0, 0))
    binder.query(query, _scope(step, None, (), names))
    for missing in binder.missing:
        if not step.is_tainted(Name(missing.parts, missing.span)):
            return _KINDS[missing.kind], ".".join(missing.parts)
    return None


def bind_rule(
    step: Step,
    relation: Table | View,
    where: Expression | None,
    actions: Iterable[Query],
    text: str,
    span: Span,
) -> tuple[Use, ...]:
    """The uses in a rule's condition and actions; `text` is the piece of the statement at `span`."""
    binder = QueryBinder(step, text, span)
    scope = _scope(step, relation, ("new", "old"), ())
    if where is not None:
        binder.expression(where.root, scope)
    for query in actions:
        binder.query(query, scope)
    return tuple(binder.uses)


def _is_server_call(call: Call) -> bool:
    """`now()`, `current_user`: the most common defaults, in which there is nothing to look up."""
    if call.args or call.extra:
        return False
    return call.special or (len(call.name) == 1 and call.name[0] in server_functions())


def _scope(step: Step, table: Table | View | None, rows: Iterable[str], names: Iterable[str]) -> Scope:
    scope = Scope()
    if names:
        scope.names = frozenset(names)
    aliases = tuple(rows)
    if table is not None and not aliases:
        columns = view_columns(table) if isinstance(table, View) else table.columns
        item = Item(table.name, columns, oid=table.oid, schema=table.schema, known=step.columns_known(table))
        item.written = True
        scope.items.append(item)
    elif table is not None:
        for alias in aliases:
            columns = view_columns(table) if isinstance(table, View) else table.columns
            item = Item(alias, columns, oid=table.oid, known=step.columns_known(table))
            item.qualified_only = True
            scope.items.append(item)
    return scope


def _unresolved(binder: QueryBinder) -> Unresolved:
    return tuple(dict.fromkeys(missing.shown for missing in binder.missing))


_KINDS: dict[Literal["column", "relation", "function"], ProblemKind] = {
    "column": ProblemKind.UNKNOWN_COLUMN,
    "relation": ProblemKind.UNKNOWN_TABLE,
    "function": ProblemKind.UNKNOWN_FUNCTION,
}


def _report(step: Step, binder: QueryBinder) -> None:
    """Say what the server would say: it stops at the first name that it does not find."""
    for missing in binder.missing:
        if step.is_tainted(Name(missing.parts, missing.span)):
            continue
        step.reject(_KINDS[missing.kind], missing.span, ".".join(missing.parts))
