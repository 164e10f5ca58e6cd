"""Functions, procedures and aggregates."""

from __future__ import annotations

from typing import Final

from schemabot.catalog.apply.session import parse_search_path
from schemabot.catalog.objects import Function, FunctionParameter
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render.kept import kept_statement
from schemabot.catalog.render.writer import NotExactError, Writer, dollar_quoted, literal, parts

_LISTS: Final = ("search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries")


def write_function(w: Writer, item: Function, *, replace: bool = False) -> list[str]:
    """CREATE FUNCTION, PROCEDURE or AGGREGATE."""
    if item.kind == "aggregate":
        if item.definition is None:
            raise NotExactError("its definition is not known")
        return kept_statement(w, item.definition, (item.name,))
    word = "procedure" if item.kind == "procedure" else "function"
    create = "create or replace" if replace else "create"
    parameters = ", ".join(_parameter(w, p) for p in item.parameters if p.mode != "table")
    clauses = [f"{create} {word} {quote_qualified(item.schema, item.name)}({parameters})"]
    if item.kind != "procedure":
        clauses.append(f"returns {_returns(w, item)}")
    if item.transforms:
        clauses.append("transform " + ", ".join(f"for type {w.type(t)}" for t in item.transforms))
    clauses.append(f"language {quote_identifier(item.language)}")
    clauses += _attributes(item)
    clauses += _settings(item)
    if item.sql_text is not None:
        w.searched(item.sql_text.path)
        clauses.append(w.definition(item.sql_text, item.sql_body))
    elif item.library:
        clauses.append("as " + ", ".join(literal(text).strip() for text in item.library))
    elif item.body is not None:
        clauses.append(f"as {dollar_quoted(item.body)}")
    else:
        raise NotExactError("its body is not known")
    return ["\n".join(clauses)]


def _attributes(item: Function) -> list[str]:
    found: list[str] = []
    if item.kind == "window":
        found.append("window")
    if item.kind != "procedure":
        if item.volatility != "volatile":
            found.append(item.volatility)
        if item.strict:
            found.append("strict")
        if item.leakproof:
            found.append("leakproof")
        if item.parallel != "unsafe":
            found.append(f"parallel {item.parallel}")
        if item.cost is not None:
            found.append(f"cost {item.cost}")
        if item.rows is not None:
            found.append(f"rows {item.rows}")
        if item.support is not None:
            found.append(f"support {parts(item.support)}")
    if item.security_definer:
        found.append("security definer")
    return found


def _settings(item: Function) -> list[str]:
    found: list[str] = []
    for name, value in item.settings:
        if value == "from current":
            raise NotExactError(f"{name} is set from the session that made it")
        if name in _LISTS:
            schemas = parse_search_path(value)
            if schemas is None:
                raise NotExactError(f"the value of {name} is not a list")
            shown = ", ".join(literal(schema).strip() for schema in schemas) or "''"
        else:
            shown = literal(value).strip()
        found.append(f"set {parts(name)} to {shown}")
    return found


def _parameter(w: Writer, item: FunctionParameter) -> str:
    words: list[str] = [] if item.mode == "in" else [item.mode]
    if item.name is not None:
        words.append(quote_identifier(item.name))
    words.append(w.type(item.type))
    if item.default is not None:
        words.append(f"default {w.expression(item.default)}")
    return " ".join(words)


def _returns(w: Writer, item: Function) -> str:
    table = [p for p in item.parameters if p.mode == "table"]
    if table:
        return "table(" + ", ".join(f"{quote_identifier(p.name or '')} {w.type(p.type)}" for p in table) + ")"
    return ("setof " if item.returns_set else "") + w.type(item.returns)
