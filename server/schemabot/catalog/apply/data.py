"""Statements that change rows or run code: what they name must exist, and the schema mostly stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from schemabot.catalog.apply.do_blocks import run_block, run_function
from schemabot.catalog.apply.extension_calls import extension_call
from schemabot.catalog.apply.functions import find_functions
from schemabot.catalog.apply.lookup import require_relation
from schemabot.catalog.apply.session import (
    change_role,
    change_search_path,
    change_setting,
    parse_search_path,
)
from schemabot.catalog.apply.step import Step
from schemabot.catalog.blocks import Effects, effects_of
from schemabot.catalog.objects import Function, IndexEntry, OtherType, Table, View
from schemabot.catalog.plpgsql.queries import Queries
from schemabot.catalog.provided import may_be_provided
from schemabot.catalog.state import NotAnalysed, ProblemKind
from schemabot.facts.expression import (
    Call,
    Case,
    CommonTable,
    Constant,
    FunctionRef,
    Logical,
    Opaque,
    Query,
    SubQuery,
    TableRef,
    walk,
)
from schemabot.facts.model import (
    DeleteRows,
    InsertRows,
    RunBlock,
    RunQuery,
    TruncateTable,
    Unanalysed,
    UpdateRows,
)
from schemabot.facts.names import Ident, Name
from schemabot.text import Span


def insert_rows(step: Step, fact: InsertRows) -> None:
    _check_target(step, fact.table, fact.columns)
    if fact.query is not None:
        _examine(step, fact.query, fact.span)


def update_rows(step: Step, fact: UpdateRows) -> None:
    _check_target(step, fact.table, fact.columns)
    _examine(step, fact.query, fact.span)


def delete_rows(step: Step, fact: DeleteRows) -> None:
    _check_target(step, fact.table, ())
    _examine(step, fact.query, fact.span)


def truncate_table(step: Step, fact: TruncateTable) -> None:
    relation = require_relation(step, fact.table)
    if not isinstance(relation, Table):
        step.reject(ProblemKind.WRONG_KIND, fact.table.span, str(fact.table), "it is not a table")


def run_query(step: Step, fact: RunQuery) -> None:
    for target in fact.query.targets:
        if isinstance(target.value, Call) and target.value.name[-1] == "set_config":
            _set_config(step, target.value)
    _examine(step, fact.query, fact.span)


def _check_target(step: Step, name: Name, columns: Iterable[Ident]) -> None:
    relation = require_relation(step, name)
    if isinstance(relation, (IndexEntry, OtherType)):
        step.reject(ProblemKind.WRONG_KIND, name.span, str(name), "it has no rows to change")
    if not isinstance(relation, (Table, View)) or not relation.columns_known or step.is_tainted(name):
        return
    names = {column.name for column in relation.columns}
    for column in columns:
        if column.name not in names:
            step.reject(
                ProblemKind.UNKNOWN_COLUMN, column.span, f"{relation.schema}.{relation.name}.{column.name}"
            )


def _examine(step: Step, query: Query, span: Span) -> None:
    """Reject when a relation that the query reads does not exist, and look at the functions that it calls."""
    ctes: set[str] = set()
    tables: list[Name] = []
    calls: list[Call] = []
    for part in walk(query):
        if isinstance(part, TableRef):
            tables.append(part.name)
        elif isinstance(part, Call):
            calls.append(part)
        elif isinstance(part, CommonTable):
            ctes.add(part.name)
    for name in tables:
        known = (
            (name.schema is None and name.name in ctes)
            or step.find_relation(name) is not None
            or step.is_tainted(name)
            or may_be_provided(step.catalog, "relation", name.schema, name.name)
        )
        if not known:
            step.reject(ProblemKind.UNKNOWN_TABLE, name.span, str(name))
    doubted = _may_not_run(query)
    for call in calls:
        _call(step, call, span, sure=call not in doubted)


def _may_not_run(query: Query) -> list[Call]:
    """The calls of a query of which it depends on rows or conditions whether they run, and how often."""
    once = (
        query.where is None
        and not (query.with_ or query.limited or query.arms)
        and all(isinstance(source, FunctionRef) for source in query.sources)
    )
    parts = [query] if not once else [p for p in walk(query) if isinstance(p, (Case, Logical, SubQuery))]
    return [call for part in parts for call in walk(part) if isinstance(call, Call)]


# -- code that runs -----------------------------------------------------------------------------------------


def _set_config(step: Step, call: Call) -> None:
    """`set_config(name, value, is_local)` with constants, as pg_dump writes it for search_path."""
    values = [argument.value for argument in call.args if isinstance(argument, Constant)]
    if len(values) != 3 or len(call.args) != 3:
        return
    name, value, is_local = values[0].lower(), values[1], values[2] in ("true", "t", "on", "1", "yes")
    if name == "search_path":
        schemas = parse_search_path(value)
        if schemas is not None:
            change_search_path(step, schemas, local=is_local)
    elif name == "role":
        change_role(step, value, local=is_local)
    else:
        change_setting(step, name, value, local=is_local)


def _call(step: Step, call: Call, span: Span, *, sure: bool) -> None:
    """A function of the project's own may change the schema: say so, and doubt what it may touch."""
    for member in find_functions(step, Name(call.name, call.span)):
        if member.extension and extension_call(step, member.schema, member.name, call.args, call.span):
            return
    found = _changing_function(step, Name(call.name, call.span))
    if found is not None:
        function, effects = found
        if sure:
            values, named = _arguments(step, call)
            if run_function(step, function, values, named, span):
                return
        step.not_analysed.append(
            NotAnalysed(f"{function.schema}.{function.name} may change the schema", call.span)
        )
        _taint(step, (*effects.names, *_named_by(call)), span)


def _arguments(step: Step, call: Call) -> tuple[list[Any], dict[str, Any]]:
    """The values of a call's arguments: those by place, and those by name."""
    evaluator = Queries(step, step.variables).evaluator
    values: list[Any] = []
    named: dict[str, Any] = {}
    for argument in call.args:
        if isinstance(argument, Opaque) and argument.kind.endswith(" =>"):
            named[argument.kind.removesuffix(" =>")] = evaluator.value(argument.children[0], ())
        else:
            values.append(evaluator.value(argument, ()))
    return values, named


def _changing_function(step: Step, name: Name) -> tuple[Function, Effects] | None:
    for function in find_functions(step, name):
        if function.origin.platform or function.body is None or function.volatility != "volatile":
            continue
        if function.returns is not None and function.returns.name == "trigger":
            continue
        effects = effects_of(function.body)
        if effects.changes:
            return function, effects
    return None


def _named_by(call: Call) -> list[tuple[str, ...]]:
    """What the constants among the arguments may name."""
    texts = (a.value for a in call.args if isinstance(a, Constant) and a.kind == "string")
    return [tuple(text.split(".")) for text in texts if text and " " not in text]


def unanalysed(step: Step, fact: Unanalysed) -> None:
    _taint(step, fact.names, fact.span)


def _taint(step: Step, names: Iterable[tuple[str, ...]], span: Span) -> None:
    for parts in names:
        step.taint(parts, span)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    InsertRows: insert_rows,
    UpdateRows: update_rows,
    DeleteRows: delete_rows,
    TruncateTable: truncate_table,
    RunQuery: run_query,
    RunBlock: run_block,
    Unanalysed: unanalysed,
}
