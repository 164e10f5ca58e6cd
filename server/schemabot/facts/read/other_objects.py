"""CREATE and ALTER of what no table is made of: operators, casts, collations, text search, servers ...

The fact's span is the object's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemabot.facts.model import AnyFact, CreateObject, DropObject, ObjectKind, TouchObject
from schemabot.facts.names import Name, TypeName
from schemabot.facts.read.build import Builder
from schemabot.facts.read.objects import NO_OPERAND, arguments
from schemabot.facts.read.tree import OBJECTS, Json, cascades, items, options, role, strings
from schemabot.facts.read.type_names import type_name
from schemabot.text import Span

_Function = tuple[Name, tuple[TypeName, ...] | None]

# Which options of CREATE OPERATOR, TEXT SEARCH ... name a function, and which another object.
_FUNCTIONS = frozenset(
    ("function", "procedure", "restrict", "join", "start", "gettoken", "end", "lextypes", "headline", "init",
     "lexize", "handler", "validator")
)  # fmt: skip
_OBJECTS: dict[str, ObjectKind] = {
    "template": "text search template",
    "parser": "text search parser",
    "copy": "text search configuration",
    "from": "collation",
}


def define(node: Json, b: Builder) -> list[AnyFact]:
    """CREATE OPERATOR, COLLATION and TEXT SEARCH share a node."""
    kind, words = OBJECTS[node["kind"]]
    exists = ("if not exists",) if "if_not_exists" in node else ()
    name = b.sql.name_at(b.sql.begins("create", *words.split(), *exists), strings(node["defnames"]))
    functions: list[_Function] = []
    objects: list[tuple[ObjectKind, Name]] = []
    operands: dict[str, TypeName] = {}
    definition = options(node.get("definition"))
    for (option, fields), at in zip(definition, _values(definition, name, b), strict=True):
        argument = fields.get("arg", {})
        if option in ("leftarg", "rightarg") and "TypeName" in argument:
            operands[option] = type_name(argument["TypeName"], b.sql)
        elif parts := _parts(argument):
            written = b.sql.name_at(at, parts)
            if kind == "operator" or option in _FUNCTIONS:
                if option in _FUNCTIONS:
                    functions.append((written, None))
            elif option in _OBJECTS:
                objects.append((_OBJECTS[option], written))
    both = (operands.get("leftarg", NO_OPERAND), operands.get("rightarg", NO_OPERAND))
    return [
        CreateObject(
            span=name.span,
            kind=kind,
            name=name,
            arguments=both if kind == "operator" else None,
            if_not_exists="if_not_exists" in node,
            functions=tuple(functions),
            objects=tuple(objects),
        )
    ]


def _values(definition: list[tuple[str, Json]], name: Name, b: Builder) -> list[int]:
    """Where the options' values stand: `(option = value, ...)`, or COLLATION's FROM."""
    sql = b.sql
    opening = sql.token(name.span.end)
    if opening.of(sql.text) != "(":
        return [sql.after(name.span.end, "from")] * len(definition)
    places = sql.items(opening.end)
    starts = [place.start for place in places] + [opening.end] * len(definition)
    return [sql.after(start, "=") for start in starts[: len(definition)]]


def _parts(argument: Json) -> tuple[str, ...]:
    """A name that is an option's value."""
    if "TypeName" in argument:
        return strings(argument["TypeName"].get("names"))
    if "List" in argument:
        return strings(items(argument))
    return (argument["String"]["sval"],) if "sval" in argument.get("String", {}) else ()


def create_cast(node: Json, b: Builder) -> list[AnyFact]:
    opening = b.sql.token(b.sql.begins("create", "cast"))
    types = (type_name(node["sourcetype"], b.sql), type_name(node["targettype"], b.sql))
    name = Name(tuple(t.name for t in types), Span(opening.start, b.sql.closing(opening.start)))
    functions = _with_arguments([node["func"]] if "func" in node else [], name.span, b)
    return [CreateObject(span=name.span, kind="cast", name=name, arguments=types, functions=functions)]


def create_transform(node: Json, b: Builder) -> list[AnyFact]:
    type_ = type_name(node["type_name"], b.sql)
    name = Name(type_.parts, type_.span)
    written = [node[key] for key in ("fromsql", "tosql") if key in node]
    return [
        CreateObject(
            span=name.span,
            kind="transform",
            name=name,
            arguments=(type_,),
            qualifier=node["lang"],
            or_replace="replace" in node,
            functions=_with_arguments(written, name.span, b),
            objects=(("language", Name((node["lang"],), name.span)),),
        )
    ]


def create_conversion(node: Json, b: Builder) -> list[AnyFact]:
    at = b.sql.begins("create", "default", "conversion")
    name = b.sql.name_at(at, strings(node["conversion_name"]))
    function = b.sql.name_at(b.sql.after(name.span.end, "from"), strings(node["func_name"]))
    return [CreateObject(span=name.span, kind="conversion", name=name, functions=((function, None),))]


def create_operator_class(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.name_at(b.sql.begins("create", "operator", "class"), strings(node["opclassname"]))
    parts = [item["CreateOpClassItem"] for item in node.get("items", ())]
    types = [type_name(node["datatype"], b.sql)]
    types += [type_name(part["storedtype"], b.sql) for part in parts if "storedtype" in part]
    method: tuple[ObjectKind, Name] = ("access method", Name((node["amname"],), name.span))
    family: tuple[tuple[ObjectKind, Name], ...] = ()
    if "opfamilyname" in node:
        family = (("operator family", Name(strings(node["opfamilyname"]), name.span)),)
    return [
        CreateObject(
            span=name.span,
            kind="operator class",
            name=name,
            qualifier=node["amname"],
            types=tuple(types),
            functions=_support_functions(parts, name, b),
            objects=(*family, method),
        )
    ]


def _support_functions(parts: Iterable[Json], name: Name, b: Builder) -> tuple[_Function, ...]:
    """The functions (item type 2: OPCLASS_ITEM_FUNCTION, parsenodes.h) of an operator class."""
    written = [part["name"] for part in parts if part.get("itemtype") == 2 and "name" in part]
    return _with_arguments(written, name.span, b)


def create_operator_family(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.name_at(b.sql.begins("create", "operator", "family"), strings(node["opfamilyname"]))
    method = node["amname"]
    objects: tuple[tuple[ObjectKind, Name], ...] = (("access method", Name((method,), name.span)),)
    return [
        CreateObject(span=name.span, kind="operator family", name=name, qualifier=method, objects=objects)
    ]


def alter_operator_family(node: Json, b: Builder) -> list[AnyFact]:
    name = b.sql.name_at(b.sql.begins("alter", "operator", "family"), strings(node["opfamilyname"]))
    parts = [item["CreateOpClassItem"] for item in node.get("items", ())]
    functions = () if "isDrop" in node else _support_functions(parts, name, b)
    return [
        TouchObject(
            span=name.span,
            kind="operator family",
            name=name,
            what="alter operator family",
            qualifier=node["amname"],
            functions=functions,
        )
    ]


def create_access_method(node: Json, b: Builder) -> list[AnyFact]:
    return _simple(node, b, "access method", node["amname"], [("handler", node["handler_name"])])


def create_language(node: Json, b: Builder) -> list[AnyFact]:
    clauses = ("handler", "inline", "validator")
    written = [(word, node["pl" + word]) for word in clauses if "pl" + word in node]
    return _simple(node, b, "language", node["plname"], written)


def create_wrapper(node: Json, b: Builder) -> list[AnyFact]:
    written = [
        (option, items(fields["arg"]))
        for option, fields in options(node.get("func_options"))
        if option in _FUNCTIONS and "List" in fields.get("arg", {})
    ]
    return _simple(node, b, "foreign data wrapper", node["fdwname"], written)


def create_subscription(node: Json, b: Builder) -> list[AnyFact]:
    return _simple(node, b, "subscription", node["subname"], [])


def _simple(
    node: Json, b: Builder, kind: ObjectKind, own: str, written: Iterable[tuple[str, list[Json]]]
) -> list[AnyFact]:
    """`written` are the functions, each with the word in front of it."""
    at = b.sql.begins("create", "or replace", "trusted", "procedural", *kind.split())
    name = b.sql.name_at(at, (own,))
    end = name.span.end
    functions = tuple(
        [(b.sql.name_at(b.sql.after(end, word), strings(parts)), None) for word, parts in written]
    )
    return [
        CreateObject(span=name.span, kind=kind, name=name, or_replace="replace" in node, functions=functions)
    ]


def create_server(node: Json, b: Builder) -> list[AnyFact]:
    exists = ("if not exists",) if "if_not_exists" in node else ()
    name = b.sql.name_at(b.sql.begins("create", "server", *exists), (node["servername"],))
    at = b.sql.skip(b.sql.find(name.span.end, "foreign"), "foreign data wrapper")
    wrapper = b.sql.name_at(at, (node["fdwname"],))
    return [
        CreateObject(
            span=name.span,
            kind="server",
            name=name,
            if_not_exists="if_not_exists" in node,
            objects=(("foreign data wrapper", wrapper),),
        )
    ]


def create_user_mapping(node: Json, b: Builder) -> list[AnyFact]:
    server = _mapped_server(node, b)
    return [
        CreateObject(
            span=server.span,
            kind="user mapping",
            name=server,
            qualifier=role(node["user"]),
            if_not_exists="if_not_exists" in node,
            objects=(("server", server),),
        )
    ]


def alter_user_mapping(node: Json, b: Builder) -> list[AnyFact]:
    server = _mapped_server(node, b)
    what, user = "alter user mapping", role(node["user"])
    return [TouchObject(span=server.span, kind="user mapping", name=server, what=what, qualifier=user)]


def drop_user_mapping(node: Json, b: Builder) -> list[AnyFact]:
    server = _mapped_server(node, b)
    return [
        DropObject(
            span=server.span,
            kind="user mapping",
            name=server,
            if_exists="missing_ok" in node,
            qualifier=role(node["user"]),
        )
    ]


def _mapped_server(node: Json, b: Builder) -> Name:
    return b.sql.name_at(b.sql.after(b.sql.start, "server"), (node["servername"],))


def drop_subscription(node: Json, b: Builder) -> list[AnyFact]:
    exists = ("if exists",) if "missing_ok" in node else ()
    name = b.sql.name_at(b.sql.begins("drop", "subscription", *exists), (node["subname"],))
    return [
        DropObject(
            span=name.span,
            kind="subscription",
            name=name,
            if_exists="missing_ok" in node,
            cascade=cascades(node),
        )
    ]


def create_statistics(node: Json, b: Builder) -> list[AnyFact]:
    """CREATE STATISTICS on one table: the server refuses any other FROM."""
    exists = ("if not exists",) if "if_not_exists" in node else ()
    at = b.sql.begins("create", "statistics", *exists)
    table = b.sql.relation(node["relations"][0]["RangeVar"])
    named = "defnames" in node
    name = b.sql.name_at(at, strings(node["defnames"])) if named else Name(("",), table.span)
    elements = [item["StatsElem"] for item in node["exprs"]]
    where = b.sql.rest(at)
    return [
        CreateObject(
            span=name.span,
            kind="statistics",
            name=name,
            if_not_exists="if_not_exists" in node,
            table=table,
            columns=tuple([element["name"] for element in elements if "name" in element]),
            expressions=tuple([b.expression(e["expr"], where) for e in elements if "expr" in e]),
        )
    ]


def _with_arguments(written: Iterable[Json], span: Span, b: Builder) -> tuple[_Function, ...]:
    return tuple([(Name(strings(item["objname"]), span), arguments(item, b)) for item in written])


# -- ALTER of options --------------------------------------------------------------------------------------

_NAMED_BY: dict[str, tuple[ObjectKind, str, str]] = {
    "AlterFdwStmt": ("foreign data wrapper", "fdwname", "alter foreign data wrapper"),
    "AlterForeignServerStmt": ("server", "servername", "alter server"),
    "AlterSubscriptionStmt": ("subscription", "subname", "alter subscription"),
    "AlterEventTrigStmt": ("event trigger", "trigname", "alter event trigger enable or disable"),
    "AlterTSConfigurationStmt": ("text search configuration", "cfgname", "alter text search configuration"),
    "AlterTSDictionaryStmt": ("text search dictionary", "dictname", "alter text search dictionary"),
    "AlterCollationStmt": ("collation", "collname", "alter collation refresh version"),
    "AlterStatsStmt": ("statistics", "defnames", "alter statistics"),
}


FIRING = {"O": "origin", "D": "disabled", "R": "replica", "A": "always"}


def _touched(statement: str, node: Json, b: Builder) -> list[AnyFact]:
    kind, field, what = _NAMED_BY[statement]
    exists = ("if exists",) if "missing_ok" in node else ()
    value = node[field]
    parts = (value,) if isinstance(value, str) else strings(value)
    name = b.sql.name_at(b.sql.begins("alter", *kind.split(), *exists), parts)
    dictionaries = _dictionaries(node, name.span.end, b) if "dicts" in node else []
    return [
        TouchObject(
            span=name.span,
            kind=kind,
            name=name,
            what=what,
            if_exists="missing_ok" in node,
            objects=tuple([("text search dictionary", item) for item in dictionaries]),
            options=(("enabled", FIRING.get(node["tgenabled"], "origin")),) if "tgenabled" in node else (),
        )
    ]


def _dictionaries(node: Json, at: int, b: Builder) -> list[Name]:
    """Those of `... MAPPING ... WITH a, b`, and of `REPLACE a WITH b`."""
    sql = b.sql
    parts = [strings(items(item)) for item in node["dicts"]]
    last = sql.after(at, "with")
    if "replace" in node:
        starts = [sql.after(at, "replace"), last]
    else:
        starts = [place.start for place in sql.items(last)]
    return [sql.name_at(start, own) for start, own in zip(starts, parts, strict=True)]


def alter_operator(node: Json, b: Builder) -> list[AnyFact]:
    fields = node["opername"].get("ObjectWithArgs", node["opername"])
    name = b.sql.name_at(b.sql.begins("alter", "operator"), strings(fields["objname"]))
    return [
        TouchObject(
            span=name.span, kind="operator", name=name, what="alter operator", arguments=arguments(fields, b)
        )
    ]


def _reader(statement: str) -> Any:
    return lambda node, b: _touched(statement, node, b)


READERS: dict[str, Any] = {
    "AlterOpFamilyStmt": alter_operator_family,
    "AlterOperatorStmt": alter_operator,
    "AlterUserMappingStmt": alter_user_mapping,
    "CreateAmStmt": create_access_method,
    "CreateCastStmt": create_cast,
    "CreateConversionStmt": create_conversion,
    "CreateFdwStmt": create_wrapper,
    "CreateForeignServerStmt": create_server,
    "CreateOpClassStmt": create_operator_class,
    "CreateOpFamilyStmt": create_operator_family,
    "CreatePLangStmt": create_language,
    "CreateStatsStmt": create_statistics,
    "CreateSubscriptionStmt": create_subscription,
    "CreateTransformStmt": create_transform,
    "CreateUserMappingStmt": create_user_mapping,
    "DropSubscriptionStmt": drop_subscription,
    "DropUserMappingStmt": drop_user_mapping,
    **{statement: _reader(statement) for statement in _NAMED_BY},
}
