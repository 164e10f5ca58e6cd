"""CREATE and ALTER of functions and procedures, CREATE AGGREGATE, DO.

The span of CreateFunction and AlterFunction is the name, that of RunBlock the word DO.
"""

from __future__ import annotations

from typing import Any

from schemabot.facts.expression import Query
from schemabot.facts.model import (
    AlterFunction,
    AnyFact,
    CreateAggregate,
    CreateFunction,
    ParameterDef,
    ParameterMode,
    RunBlock,
)
from schemabot.facts.names import TypeName
from schemabot.facts.read.build import Builder
from schemabot.facts.read.objects import object_name
from schemabot.facts.read.queries import QUERIES
from schemabot.facts.read.settings import setting_name, setting_value
from schemabot.facts.read.sql_bodies import body_queries
from schemabot.facts.read.tree import Json, constant, flag, items, object_kind, options, strings
from schemabot.facts.read.type_names import type_name
from schemabot.text import Span

_MODES: dict[str, ParameterMode] = {
    "FUNC_PARAM_IN": "in",
    "FUNC_PARAM_DEFAULT": "in",
    "FUNC_PARAM_OUT": "out",
    "FUNC_PARAM_INOUT": "inout",
    "FUNC_PARAM_VARIADIC": "variadic",
    "FUNC_PARAM_TABLE": "table",
}


def create_function(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    at = sql.begins("create", "or replace", "function", "procedure")
    name = sql.name_at(at, strings(node["funcname"]))
    says = _options(node.get("options"), b)
    body, body_span = _body(node.get("options"), b)
    sql_body = _sql_body(node["sql_body"], b) if "sql_body" in node else ()
    sql_span = _sql_body_span(node, name.span.end, b) if "sql_body" in node else None
    settings: dict[str, str] = {}
    for setting, value in says.pop("settings"):
        if setting == "*":
            settings.clear()
        elif value is None:
            settings.pop(setting, None)
        else:
            settings[setting] = value
    language = says.pop("language", "sql" if "sql_body" in node else None)
    return [
        CreateFunction(
            span=name.span,
            name=name,
            parameters=tuple(
                [parameter(item["FunctionParameter"], b) for item in node.get("parameters", ())]
            ),
            returns=_returns(node["returnType"], b) if "returnType" in node else None,
            language=language,
            body=body,
            body_span=body_span,
            sql_body=sql_body,
            body_queries=body_queries(body) or () if language == "sql" and body else (),
            or_replace="replace" in node,
            procedure="is_procedure" in node,
            settings=tuple(settings.items()),
            sql_text="" if sql_span is None else sql_span.of(sql.text),
            sql_span=sql_span,
            library=_library(node.get("options")),
            **says,
        )
    ]


def alter_function(node: Json, b: Builder) -> list[AnyFact]:
    at = b.sql.begins("alter", "function", "procedure", "routine")
    name, arguments = object_name({"ObjectWithArgs": node["func"]}, at, b)
    says = _options(node.get("actions"), b)
    says.pop("transforms", None)
    says.pop("language", None)
    says.pop("window", None)
    return [
        AlterFunction(
            span=name.span,
            kind=object_kind(node.get("objtype", "OBJECT_FUNCTION")),
            name=name,
            arguments=arguments,
            **says,
        )
    ]


def parameter(node: Json, b: Builder) -> ParameterDef:
    """A FunctionParameter's fields."""
    sql = b.sql
    type_ = type_name(node["argType"], sql)
    default = None
    if "defexpr" in node:
        start = sql.after(type_.span.end, "default", "=")
        default = b.expression(node["defexpr"], sql.trimmed(start, sql.item_end(start)))
    return ParameterDef(
        type=type_, name=node.get("name"), mode=_MODES.get(node["mode"], "in"), default=default
    )


def _returns(node: Json, b: Builder) -> TypeName:
    """RETURNS; for RETURNS TABLE the tree has `setof record` (or the one column's type) at the word TABLE."""
    return type_name(node, b.sql)


def _options(nodes: list[Json] | None, b: Builder) -> dict[str, Any]:
    """Options as fields of the facts."""
    says: dict[str, Any] = {"settings": ()}
    for option, fields in options(nodes):
        if option in ("language", "volatility", "parallel"):
            says[option] = constant(fields["arg"]).lower()
        elif option in ("strict", "leakproof", "window"):
            says[option] = flag(fields)
        elif option == "security":
            says["security_definer"] = flag(fields)
        elif option in ("cost", "rows"):
            says[option] = constant(fields["arg"])
        elif option == "support":
            at = b.sql.after(fields.get("location", 0), "support")
            says["support"] = b.sql.name_at(at, strings(items(fields["arg"])))
        elif option == "transform":
            says["transforms"] = tuple([type_name(item["TypeName"], b.sql) for item in items(fields["arg"])])
        elif option == "set":
            setting = fields["arg"]["VariableSetStmt"]
            says["settings"] = (*says["settings"], (setting_name(setting), setting_value(setting)))
    return says


def _body(nodes: list[Json] | None, b: Builder) -> tuple[str | None, Span | None]:
    """The text between the quotes of AS and its place; a C function's two strings are no body."""
    for option, fields in options(nodes):
        if option != "as":
            continue
        texts = strings(items(fields["arg"])) if "List" in fields["arg"] else (constant(fields["arg"]),)
        if len(texts) != 1:
            return None, None
        at = fields.get("arg_location", -1)
        if at < 0:
            at = b.sql.skip(fields.get("location", 0), "as")
        return texts[0], inside_quotes(at, b)
    return None, None


def inside_quotes(at: int, b: Builder) -> Span:
    """The text between the quotes of the string constant at `at`, the raw text of one that is continued."""
    text = b.sql.text
    token = b.sql.token(at)
    if text.startswith("$", token.start):
        tag = text.index("$", token.start + 1) + 1 - token.start
        return Span(token.start + tag, token.end - tag)
    quote = text.find("'", token.start, token.end)
    end = token.end
    # 'a'<newline>'b' is one constant (manual, 4.1.2.1).
    while text.startswith("'", (following := b.sql.token(end)).start) and "\n" in text[end : following.start]:
        end = following.end
    return Span(quote + 1, end - 1) if quote >= 0 else token


def _library(nodes: list[Json] | None) -> tuple[str, ...]:
    """The object file and symbol of a C function."""
    for option, fields in options(nodes):
        if option == "as" and "List" in fields["arg"] and len(texts := strings(items(fields["arg"]))) > 1:
            return texts
    return ()


def _sql_body_span(node: Json, at: int, b: Builder) -> Span:
    """From RETURN or BEGIN to the end of the statement: the body is its last clause."""
    word = "begin" if "List" in node["sql_body"] else "return"
    start = b.sql.find(b.sql.closing(b.sql.find(at, "(")), word)
    return Span(start, b.sql.rest(start).end)


def _sql_body(node: Json, b: Builder) -> tuple[Query, ...]:
    """The queries of RETURN and BEGIN ATOMIC."""
    if "List" not in node:
        statements = [node]
    else:
        statements = []
        for item in items(node):
            statements += items(item) if "List" in item else [item]
    found = [next(iter(statement.items())) for statement in statements if statement]
    return tuple([b.query(kind, fields) for kind, fields in found if kind in QUERIES])


def do(node: Json, b: Builder) -> list[AnyFact]:
    body, span = _body(node.get("args"), b)
    language = next(
        (constant(f["arg"]) for option, f in options(node.get("args")) if option == "language"), "plpgsql"
    )
    word = b.sql.head(1)
    return [RunBlock(span=word, body=body or "", body_span=span or word, language=language)]


def create_aggregate(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.name_at(b.sql.begins("create", "or replace", "aggregate"), strings(node["defnames"]))
    parameters: tuple[ParameterDef, ...] = ()
    state: TypeName | None = None
    final: tuple[str, ...] = ()
    arguments = node.get("args", [])
    if arguments and "List" in arguments[0]:
        parameters = tuple([parameter(item["FunctionParameter"], b) for item in items(arguments[0])])
    for option, fields in options(node.get("definition")):
        written = fields.get("arg", {}).get("TypeName")
        if written is None:
            continue
        if option == "finalfunc":
            final = strings(written["names"])
            continue
        if option in ("stype", "stype1"):
            state = type_name(written, b.sql)
        elif option == "basetype":  # the old syntax; "any" means none
            base = type_name(written, b.sql)
            parameters = () if base.parts == ("any",) else (ParameterDef(type=base),)
    return [
        CreateAggregate(
            span=name.span,
            name=name,
            parameters=parameters,
            state=state,
            final=final,
            or_replace="replace" in node,
        )
    ]
