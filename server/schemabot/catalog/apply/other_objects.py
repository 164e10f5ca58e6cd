"""Objects that the catalog's JSON does not print and others depend on: operators, casts, servers, statistics ...

They are kept as light as DROP, duplicates, COMMENT and RENAME need them. What every server brings (pg_catalog)
is known by name only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, get_args

import msgspec

from schemabot.catalog.apply.binding import bind
from schemabot.catalog.apply.functions import (
    TypeKey,
    find_function,
    find_functions,
    function_may_exist,
    type_key,
)
from schemabot.catalog.apply.known_by_name import follow_rename
from schemabot.catalog.apply.lookup import require_columns, require_table
from schemabot.catalog.apply.roles import current_role, require_role
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import known_type, type_ref
from schemabot.catalog.objects import Definition, Firing, OtherObject, Table, TypeRef, Use
from schemabot.catalog.state import ProblemKind
from schemabot.catalog.words import words
from schemabot.facts.model import CreateObject, DropObject, ObjectKind, TouchObject
from schemabot.facts.names import Name, TypeName
from schemabot.text import Span

IN_A_SCHEMA: Final[frozenset[ObjectKind]] = frozenset(
    {
        "operator", "operator class", "operator family", "collation", "conversion", "text search configuration",
        "text search dictionary", "text search parser", "text search template", "statistics",
    }
)  # fmt: skip
_ELSEWHERE: Final[frozenset[ObjectKind]] = frozenset(
    {
        "cast", "transform", "foreign data wrapper", "server", "user mapping", "access method", "language",
        "subscription",
    }
)  # fmt: skip
KINDS: Final = IN_A_SCHEMA | _ELSEWHERE

_LANGUAGES: Final = words(
    "arabic armenian basque catalan danish dutch english estonian finnish french german greek hindi hungarian"
    " indonesian irish italian lithuanian nepali norwegian portuguese romanian russian serbian spanish swedish"
    " tamil turkish yiddish"
)
# What initdb makes (PostgreSQL 18): pg_am.dat, pg_language.dat, pg_ts_*.dat, snowball_create.sql.
_BUILT_IN: Final[dict[ObjectKind, frozenset[str]]] = {
    "access method": words("heap btree hash gist gin spgist brin"),
    "language": words("internal c sql plpgsql"),
    "text search configuration": _LANGUAGES | {"simple"},
    "text search dictionary": frozenset(f"{name}_stem" for name in _LANGUAGES) | {"simple"},
    "text search parser": words("default"),
    "text search template": words("simple synonym ispell thesaurus snowball"),
    "foreign data wrapper": frozenset(),
    "server": frozenset(),
    "user mapping": frozenset(),
    "subscription": frozenset(),
    "statistics": frozenset(),
}
# pg_operator of PostgreSQL 18.
_OPERATORS: Final = words(
    "!! !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= + - -> ->> -|- / < <-> << <<="
    " <<| <= <> <@ <^ = > >= >> >>= >^ ? ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ @@@ ^ ^@ | |&> |/ |>> || ||/ ~ ~*"
    " ~<=~ ~<~ ~= ~>=~ ~>~ ~~ ~~*"
)
FIRING: Final[dict[str, Firing]] = {word: word for word in get_args(Firing)}

_STATISTICS_ON: Final = 8  # STATS_MAX_DIMENSIONS


# -- finding ------------------------------------------------------------------------------------------------


def find_object(
    step: Step,
    kind: ObjectKind,
    name: Name,
    arguments: tuple[TypeName, ...] | None = None,
    qualifier: str = "",
) -> OtherObject | None:
    """The object that a statement names here, or None."""
    types = _keys(step, arguments, type_ref)
    found = [
        item
        for item in step.catalog.objects.values()
        if item.kind == kind
        and item.arguments == types
        and item.qualifier == (current_role(step, qualifier) if kind == "user mapping" else qualifier)
        and (kind in ("cast", "transform") or item.name == name.name)
    ]
    if kind not in IN_A_SCHEMA:
        return found[0] if found else None
    for schema in step.search_path() if name.schema is None else (name.schema,):
        for item in found:
            if item.schema == schema:
                return item
    return None


def require_object(
    step: Step,
    kind: ObjectKind,
    name: Name,
    arguments: tuple[TypeName, ...] | None = None,
    qualifier: str = "",
    *,
    if_exists: bool = False,
) -> OtherObject:
    """The object, or the server's refusal; silent where it may exist without being known."""
    found = find_object(step, kind, name, arguments, qualifier)
    if found is not None:
        return found
    if if_exists or may_exist(step, kind, name, arguments):
        step.skip()
    step.reject(ProblemKind.UNKNOWN_OBJECT, name.span, str(name), f"no such {kind}")


def require_dropped(step: Step, fact: DropObject, name: Name) -> OtherObject:
    """What DROP names. The server's own objects and those of extensions cannot be dropped either."""
    found = find_object(step, fact.kind, name, fact.arguments, fact.qualifier)
    if found is not None:
        return found
    if fact.if_exists or step.is_tainted(name):
        step.skip()
    step.reject(ProblemKind.UNKNOWN_OBJECT, name.span, str(name), f"no such {fact.kind}")


def may_exist(
    step: Step, kind: ObjectKind, name: Name, arguments: tuple[TypeName, ...] | None = None
) -> bool:
    """Whether an object that the catalog does not have may exist: it is the server's, or an extension's."""
    if step.is_tainted(name) or any(e.name != "plpgsql" for e in step.catalog.extensions.values()):
        return True
    if kind in IN_A_SCHEMA and name.schema not in (None, "pg_catalog"):
        return False
    if kind in ("operator", "cast", "transform"):  # the server's are about the server's types
        own = any(type_ref(step, item).oid for item in arguments or ())
        return not own and (kind != "operator" or name.name in _OPERATORS)
    if kind in ("operator class", "operator family"):
        return name.name.endswith("_ops")
    if kind == "conversion":
        return "_to_" in name.name
    known = _BUILT_IN.get(kind)
    return known is None or name.name in known  # collations are those of the operating system


def _keys(
    step: Step, arguments: tuple[TypeName, ...] | None, look_up: Callable[[Step, TypeName], TypeRef]
) -> tuple[TypeKey, ...]:
    return tuple(
        type_key(look_up(step, item)) if item.name != "none" else ("none", False) for item in arguments or ()
    )


# -- making -------------------------------------------------------------------------------------------------


def create_object(step: Step, fact: CreateObject) -> None:
    kind = fact.kind
    schema = step.creation_schema(fact.name) if kind in IN_A_SCHEMA and fact.name.name else None
    if schema == "pg_catalog":
        step.skip()
    uses: list[Use] = []
    if fact.table is not None:
        schema, uses = _statistics(step, fact, schema)
    qualifier = fact.qualifier
    if kind == "user mapping":
        require_role(step, qualifier, fact.span)
        qualifier = current_role(step, qualifier)
    name = "" if kind in ("cast", "transform") else fact.name.name
    arguments = _keys(step, fact.arguments, known_type)
    if not name and kind == "statistics":
        name = _free_name(step, schema, fact)
    if kind in ("access method", "language") and name in _BUILT_IN[kind]:
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, name)
    old = _same(step, kind, schema, name, arguments, qualifier)
    if old is not None and not fact.or_replace:
        if fact.if_not_exists or step.is_tainted(fact.name):
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, str(fact.name))
    for type_ in (*fact.types, *(item for item in fact.arguments or () if item.name != "none")):
        uses.append(Use(fact.span, known_type(step, type_).oid))
    uses += _needed(step, fact, fact.functions, fact.objects)
    if kind == "operator class" and not any(of == "operator family" for of, _ in fact.objects):
        uses.append(_own_family(step, fact, schema))
    put_object(step, OtherObject(
        oid=step.new_oid() if old is None else old.oid, kind=kind, schema=schema, name=name,
        arguments=arguments, qualifier=qualifier, uses=tuple(use for use in uses if use.oid),
        owner=step.session.role, origin=step.origin(fact.name.span),
        comment=None if old is None else old.comment, definition=_said(step, fact),
    ))  # fmt: skip


def _said(step: Step, fact: CreateObject) -> tuple[Definition, ...]:
    said = step.definition(fact.written)
    return () if said is None else (said,)


def put_object(step: Step, item: OtherObject) -> None:
    """Store an object under its oid, and what it depends on."""
    step.catalog = msgspec.structs.replace(step.catalog, objects=step.catalog.objects.set(item.oid, item))
    for oid in {use.oid for use in item.uses}:
        step.depend(item.oid, oid)


def _same(
    step: Step,
    kind: ObjectKind,
    schema: str | None,
    name: str,
    arguments: tuple[TypeKey, ...],
    qualifier: str,
) -> OtherObject | None:
    wanted = (kind, schema, name, arguments, qualifier)
    return next((item for item in step.catalog.objects.values() if _identity(item) == wanted), None)


def _identity(item: OtherObject) -> tuple[Any, ...]:
    return (item.kind, item.schema, item.name, item.arguments, item.qualifier)


def _needed(
    step: Step,
    fact: CreateObject | TouchObject,
    functions: Iterable[tuple[Name, tuple[TypeName, ...] | None]],
    objects: Iterable[tuple[ObjectKind, Name]],
) -> list[Use]:
    """The functions and objects that `fact` names; rejects when one does not exist."""
    uses: list[Use] = []
    for name, arguments in functions:
        function = _function(step, fact, name, arguments)
        if function:
            uses.append(Use(fact.span, function))
    for kind, name in objects:
        qualifier = fact.qualifier if kind == "operator family" else ""
        found = find_object(step, kind, name, None, qualifier)
        if found is not None:
            uses.append(Use(fact.span, found.oid))
        elif not may_exist(step, kind, name):
            step.reject(ProblemKind.UNKNOWN_OBJECT, name.span, str(name), f"no such {kind}")
    return uses


def used_object(step: Step, kind: ObjectKind, name: Name) -> int:
    """The oid of the server or access method of a table, 0 when it is not in the catalog but may exist."""
    found = find_object(step, kind, name)
    if found is None and not may_exist(step, kind, name):
        step.reject(ProblemKind.UNKNOWN_OBJECT, name.span, str(name), f"no such {kind}")
    return 0 if found is None else found.oid


def _function(
    step: Step, fact: CreateObject | TouchObject, name: Name, arguments: tuple[TypeName, ...] | None
) -> int:
    """The oid of a function, 0 when it is the server's. An operator's takes the operands."""
    if arguments is None and fact.kind == "operator":
        arguments = tuple(item for item in fact.arguments or () if item.name != "none")
        if function_may_exist(step, name):
            found = find_function(step, name, arguments)
            return 0 if found is None else found.oid
        others = find_functions(step, name)
        found = find_function(step, name, arguments) or (others[0] if others else None)
    elif arguments is None:
        found = next(iter(find_functions(step, name)), None)
    else:
        found = find_function(step, name, arguments)
    if found is not None:
        return found.oid
    if not function_may_exist(step, name):
        step.reject(ProblemKind.UNKNOWN_FUNCTION, name.span, str(name))
    return 0


def _own_family(step: Step, fact: CreateObject, schema: str | None) -> Use:
    """The family of the operator class's own name, which is made when there is none (opclasscmds.c)."""
    name, span = fact.name.name, fact.name.span
    found = _same(step, "operator family", schema, name, (), fact.qualifier)
    if found is None:
        found = OtherObject(
            oid=step.new_oid(), kind="operator family", schema=schema, name=name, qualifier=fact.qualifier,
            owner=step.session.role, origin=step.origin(span),
        )  # fmt: skip
        put_object(step, found)
    return Use(span, found.oid)


def _statistics(step: Step, fact: CreateObject, schema: str | None) -> tuple[str, list[Use]]:
    """The schema of extended statistics and the columns that they are about (statscmds.c)."""
    assert fact.table is not None
    table = require_table(step, fact.table)
    require_columns(step, table, ((column, fact.span) for column in fact.columns))
    count = len(fact.columns) + len(fact.expressions)
    label = f"{table.schema}.{table.name}"
    if count > _STATISTICS_ON:
        step.reject(ProblemKind.INVALID, fact.span, label, "statistics are about at most 8 columns")
    if len(set(fact.columns)) < len(fact.columns):
        step.reject(ProblemKind.INVALID, fact.span, label, "a column is named twice in the statistics")
    if count < 2 and not fact.expressions:
        step.reject(ProblemKind.INVALID, fact.span, label, "statistics need at least two columns")
    uses = [Use(fact.span, table.oid, number) for number in _numbers(table, fact.columns)]
    for expression in fact.expressions:
        uses += bind(step, expression, table, report=True).uses
    return (table.schema if schema is None else schema), [Use(fact.span, table.oid), *uses]


def _numbers(table: Table, columns: Iterable[str]) -> list[int]:
    return [column.number for name in columns if (column := table.column(name)) is not None]


def _free_name(step: Step, schema: str | None, fact: CreateObject) -> str:
    """The name that PostgreSQL chooses: table_columns_stat (ChooseExtendedStatisticName)."""
    assert fact.table is not None
    columns = [*fact.columns, *("expr" if n == 0 else f"expr{n}" for n in range(len(fact.expressions)))]
    name = f"{fact.table.name}_{'_'.join(columns)}_stat"
    taken = {
        item.name
        for item in step.catalog.objects.values()
        if item.kind == "statistics" and item.schema == schema
    }
    return next(made for n in range(len(taken) + 1) if (made := f"{name}{n or ''}") not in taken)


# -- changing -----------------------------------------------------------------------------------------------


def touch_object(step: Step, fact: TouchObject) -> None:
    """ALTER of options: the object must be there, and may depend on more from now on."""
    if fact.kind in ("event trigger", "publication"):
        known = step.catalog.event_triggers if fact.kind == "event trigger" else step.catalog.publications
        if fact.name.name not in known and not step.is_tainted(fact.name):
            step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, fact.name.name, f"no such {fact.kind}")
        _touch_global(step, fact)
        return
    found = require_object(
        step, fact.kind, fact.name, fact.arguments, fact.qualifier, if_exists=fact.if_exists
    )
    uses = tuple(use for use in _needed(step, fact, fact.functions, fact.objects) if use.oid)
    said = step.definition(fact.written)
    definition = found.definition if said is None else (*found.definition, said)
    put_object(step, msgspec.structs.replace(found, uses=(*found.uses, *uses), definition=definition))


def _touch_global(step: Step, fact: TouchObject) -> None:
    """The options of a publication, and when an event trigger fires."""
    publication = step.catalog.publications.get(fact.name.name) if fact.kind == "publication" else None
    trigger = step.catalog.event_triggers.get(fact.name.name) if fact.kind == "event trigger" else None
    if publication is not None:
        options = tuple({**dict(publication.options), **dict(fact.options)}.items())
        made = msgspec.structs.replace(publication, options=options)
        publications = step.catalog.publications.set(made.name, made)
        step.catalog = msgspec.structs.replace(step.catalog, publications=publications)
    elif trigger is not None:
        enabled = FIRING.get(dict(fact.options).get("enabled", ""), trigger.enabled)
        triggers = step.catalog.event_triggers.set(
            trigger.name, msgspec.structs.replace(trigger, enabled=enabled)
        )
        step.catalog = msgspec.structs.replace(step.catalog, event_triggers=triggers)


def move_object(
    step: Step, item: OtherObject, span: Span, *, name: str | None = None, schema: str | None = None
) -> None:
    """Give an object another name or schema; rejects when that is taken."""
    made = msgspec.structs.replace(item, name=name or item.name, schema=schema or item.schema)
    if made == item:
        if name is not None:
            step.reject(ProblemKind.ALREADY_EXISTS, span, item.name)
        return
    if any(_identity(other) == _identity(made) for other in step.catalog.objects.values()):
        step.reject(ProblemKind.ALREADY_EXISTS, span, made.name)
    put_object(step, made)
    if item.kind == "server":  # user mappings are named by their server
        for other in step.catalog.objects.values():
            if other.kind == "user mapping" and other.name == item.name:
                put_object(step, msgspec.structs.replace(other, name=made.name))
    follow_rename(step, item, made)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    CreateObject: create_object,
    TouchObject: touch_object,
}
