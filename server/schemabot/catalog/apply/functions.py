"""Functions and procedures: creating, replacing and altering them, and finding one by its argument types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from schemabot.catalog.apply.acl import default_acl
from schemabot.catalog.apply.binding import bind, bind_body, missing_name
from schemabot.catalog.apply.conversions import POLYMORPHIC, Conversions, key_of
from schemabot.catalog.apply.lookup import depend_on
from schemabot.catalog.apply.overloads import resolve_call
from schemabot.catalog.apply.session import parse_search_path
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import known_type, type_ref
from schemabot.catalog.objects import Function, FunctionParameter, TypeRef, Use
from schemabot.catalog.provided import SERVER_SCHEMAS, may_be_provided
from schemabot.catalog.server_functions import server_functions
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import AlterFunction, CreateAggregate, CreateFunction, ObjectKind, ParameterDef
from schemabot.facts.names import Name, TypeName

TypeKey = tuple[int | str, bool]

_INPUT: Final = ("in", "inout", "variadic")
_RECORD: Final = TypeRef("record")
_VOID: Final = TypeRef("void")


def type_key(ref: TypeRef) -> TypeKey:
    """What tells two types of parameters apart: modifiers do not count (CREATE FUNCTION discards them)."""
    return (ref.oid or ref.name, ref.array)


def function_label(function: Function) -> str:
    """`schema.name`, as problems name a function."""
    return f"{function.schema}.{function.name}"


# -- finding ----------------------------------------------------------------------------------------------


def find_functions(step: Step, name: Name) -> tuple[Function, ...]:
    """All overloads that `name` may mean here, those of earlier schemas of the search path first."""
    schemas = step.search_path() if name.schema is None else (name.schema,)
    return tuple(f for schema in schemas for f in step.catalog.functions_named(schema, name.name))


def find_function(
    step: Step, name: Name, arguments: tuple[TypeName, ...] | None, kind: ObjectKind = "function"
) -> Function | None:
    """The function of that name and those argument types; without types the only one of that name.

    `kind` narrows it to functions, procedures or aggregates; a routine is any of them. Rejects when the name
    alone is not unique.
    """
    candidates = [f for f in find_functions(step, name) if _is_kind(f, kind)]
    if arguments is not None:
        wanted = [type_key(type_ref(step, argument)) for argument in arguments]
        return next((f for f in candidates if [type_key(t) for t in f.signature] == wanted), None)
    if not candidates:
        return None
    first = [f for f in candidates if f.schema == candidates[0].schema]
    if len(first) > 1:
        step.reject(ProblemKind.INVALID, name.span, str(name), f'{kind} name "{name}" is not unique')
    return first[0]


def _is_kind(function: Function, kind: ObjectKind) -> bool:
    if kind == "routine":
        return True
    if kind == "function":
        return function.kind != "procedure"
    return function.kind == kind


def require_function(
    step: Step, name: Name, arguments: tuple[TypeName, ...] | None, kind: ObjectKind = "function"
) -> Function:
    """`find_function`, or a rejection; silent where the server or an extension may provide the function."""
    found = find_function(step, name, arguments, kind)
    if found is not None:
        return found
    if function_may_exist(step, name):
        step.skip()
    if arguments is not None and any(not type_ref(step, argument).known for argument in arguments):
        step.skip()
    others = tuple(function_label(f) for f in find_functions(step, name))
    step.reject(ProblemKind.UNKNOWN_FUNCTION, name.span, str(name), others=others)


def function_may_exist(step: Step, name: Name) -> bool:
    """Whether a function of that name may exist though the catalog does not have it."""
    return (
        step.is_tainted(name)
        or may_be_provided(step.catalog, "function", name.schema, name.name)
        or (name.schema is None and name.name in server_functions())
    )


# -- creating -----------------------------------------------------------------------------------------------


def create_function(step: Step, fact: CreateFunction) -> None:
    schema = step.creation_schema(fact.name)
    if schema in SERVER_SCHEMAS:
        step.skip()
    _check(step, fact)
    parameters = tuple(_parameter(step, parameter) for parameter in fact.parameters)
    returns, returns_set = _returns(step, fact, parameters)
    old = _same_signature(step, schema, fact.name.name, parameters)
    kind: Literal["procedure", "window", "function"] = (
        "procedure" if fact.procedure else "window" if fact.window else "function"
    )
    if old is not None:
        if not fact.or_replace:
            if step.is_tainted(fact.name):
                step.skip()
            step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, function_label(old))
        _check_replacement(step, fact, old, kind, parameters, returns, returns_set)
    uses: tuple[Use, ...] = ()
    if fact.sql_body:
        names = [p.name for p in parameters if p.name]
        span = fact.sql_span or fact.span
        uses, _ = bind_body(step, fact.sql_body, fact.sql_text, span, (*names, fact.name.name))
    if fact.body_queries:
        _check_body(step, fact, parameters)
    owner = step.session.role if old is None else old.owner
    function = Function(
        oid=step.new_oid() if old is None else old.oid,
        schema=schema,
        name=fact.name.name,
        origin=step.origin(fact.name.span),
        kind=kind,
        parameters=parameters,
        returns=returns,
        returns_set=returns_set,
        language=fact.language or "sql",
        body=fact.body,
        body_span=fact.body_span,
        sql_body=fact.sql_body,
        uses=uses,
        security_definer=fact.security_definer,
        volatility=fact.volatility,
        strict=fact.strict,
        leakproof=fact.leakproof,
        parallel=fact.parallel,
        settings=fact.settings,
        sql_text=None if fact.sql_span is None else step.definition(fact.sql_text, uses, fact.sql_span.start),
        library=fact.library,
        cost=fact.cost,
        rows=fact.rows,
        support=None if fact.support is None else ".".join(fact.support.parts),
        transforms=tuple(type_ref(step, written) for written in fact.transforms),
        owner=owner,
        acl=default_acl(step, "function", schema, owner) if old is None else old.acl,
        extension=None if old is None else old.extension,
        comment=None if old is None else old.comment,
    )
    step.put_function(function)
    for parameter in parameters:
        step.depend(function.oid, parameter.type.oid)
    if returns is not None:
        step.depend(function.oid, returns.oid)
    depend_on(step, function.oid, uses)


def _check_body(step: Step, fact: CreateFunction, parameters: tuple[FunctionParameter, ...]) -> None:
    """Reject a LANGUAGE sql body that names what is not there (fmgr_sql_validator), under the function's own
    search_path; with polymorphic parameters the server does not look, nor with check_function_bodies off."""
    settings = dict(step.session.settings)
    if settings.get("check_function_bodies", "on").lower() in ("off", "false", "0", "no"):
        return
    if any(p.type.name in POLYMORPHIC for p in parameters) or not all(p.type.known for p in parameters):
        return
    names = [p.name for p in parameters if p.name]
    own = dict(fact.settings).get("search_path")
    path = None if own is None else parse_search_path(own)
    session = step.session
    if path is not None:
        step.session = msgspec.structs.replace(session, search_path=path)
    for query in fact.body_queries:
        missing = missing_name(step, query, (*names, fact.name.name))
        if missing is not None:
            step.reject(missing[0], fact.body_span or fact.name.span, missing[1], "the body names it")
    step.session = session


def _parameter(step: Step, written: ParameterDef) -> FunctionParameter:
    ref = known_type(step, written.type)
    return FunctionParameter(
        type=msgspec.structs.replace(ref, modifiers=()) if ref.modifiers else ref,
        name=written.name or None,
        mode=written.mode,
        default=None if written.default is None else bind(step, written.default, report=True),
    )


def _returns(
    step: Step, fact: CreateFunction, parameters: tuple[FunctionParameter, ...]
) -> tuple[TypeRef | None, bool]:
    """The result type, and whether it is a set. OUT parameters decide it; RETURNS TABLE is a set of them."""
    outputs = [p for p in parameters if p.mode in ("out", "inout", "table")]
    is_set = any(p.mode == "table" for p in parameters) or (fact.returns is not None and fact.returns.setof)
    if fact.procedure:
        return (_RECORD if outputs else _VOID), False
    if outputs:
        return (outputs[0].type if len(outputs) == 1 else _RECORD), is_set
    if fact.returns is None:
        step.reject(
            ProblemKind.INVALID, fact.name.span, str(fact.name), "function result type must be specified"
        )
    ref = known_type(step, fact.returns)
    return (msgspec.structs.replace(ref, modifiers=()) if ref.modifiers else ref), is_set


def _check(step: Step, fact: CreateFunction) -> None:
    """What the server refuses whatever the catalog holds (compute_function_attributes, parameter lists)."""
    name = str(fact.name)
    if fact.language is None and not fact.sql_body and fact.body is not None:
        step.reject(ProblemKind.INVALID, fact.name.span, name, "no language specified")
    seen_in: set[str] = set()
    seen_out: set[str] = set()
    for parameter in fact.parameters:
        if not parameter.name:
            continue
        is_in, is_out = parameter.mode in _INPUT, parameter.mode not in ("in", "variadic")
        if (is_in and parameter.name in seen_in) or (is_out and parameter.name in seen_out):
            detail = f'parameter name "{parameter.name}" used more than once'
            step.reject(ProblemKind.INVALID, fact.name.span, name, detail)
        if is_in:
            seen_in.add(parameter.name)
        if is_out:
            seen_out.add(parameter.name)


def _check_replacement(
    step: Step,
    fact: CreateFunction,
    old: Function,
    kind: str,
    parameters: tuple[FunctionParameter, ...],
    returns: TypeRef | None,
    returns_set: bool,
) -> None:
    """What CREATE OR REPLACE may not change (ProcedureCreate in pg_proc.c)."""
    label = function_label(old)
    if old.kind != kind:
        step.reject(ProblemKind.WRONG_KIND, fact.name.span, label, f"it is a {old.kind}")
    if old.returns is not None and returns is not None and old.returns.known and returns.known:
        outputs = [(p.name, type_key(p.type)) for p in parameters if p.mode in ("out", "inout", "table")]
        before = [(p.name, type_key(p.type)) for p in old.parameters if p.mode in ("out", "inout", "table")]
        if type_key(old.returns) != type_key(returns) or old.returns_set != returns_set:
            step.reject(ProblemKind.CHANGED_SIGNATURE, fact.name.span, label, "it changes the return type")
        if returns == _RECORD and outputs != before:
            step.reject(
                ProblemKind.CHANGED_SIGNATURE, fact.name.span, label,
                "it changes the row type that the OUT parameters define",
            )  # fmt: skip
    inputs = [p for p in parameters if p.mode in _INPUT]
    for was, now in zip((p for p in old.parameters if p.mode in _INPUT), inputs, strict=True):
        if was.name is not None and was.name != now.name:
            step.reject(
                ProblemKind.CHANGED_SIGNATURE, fact.name.span, label,
                f'it changes the name of the input parameter "{was.name}"',
            )  # fmt: skip
        if was.default is not None and now.default is None:
            step.reject(
                ProblemKind.CHANGED_SIGNATURE, fact.name.span, label,
                "it removes a default value of a parameter",
            )  # fmt: skip


def create_aggregate(step: Step, fact: CreateAggregate) -> None:
    schema = step.creation_schema(fact.name)
    parameters = tuple(_parameter(step, parameter) for parameter in fact.parameters)
    old = _same_signature(step, schema, fact.name.name, parameters)
    if old is not None and not fact.or_replace:
        if step.is_tainted(fact.name):
            step.skip()
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, function_label(old))
    owner = step.session.role if old is None else old.owner
    step.put_function(Function(
        oid=step.new_oid() if old is None else old.oid, schema=schema, name=fact.name.name,
        origin=step.origin(fact.name.span), kind="aggregate", parameters=parameters,
        returns=_aggregate_result(step, fact), language="internal",
        volatility="immutable", owner=owner, definition=step.definition(fact.written),
        acl=default_acl(step, "function", schema, owner) if old is None else old.acl,
        comment=None if old is None else old.comment,
    ))  # fmt: skip


def _aggregate_result(step: Step, fact: CreateAggregate) -> TypeRef | None:
    """What the final function returns for the state, or the state; None where that is not known."""
    state = None if fact.state is None else type_ref(step, fact.state)
    if state is None or not state.known or not fact.final:
        return state
    rules = Conversions(step)
    key = key_of(state) or ""
    schemas = step.search_path() if len(fact.final) == 1 else fact.final[-2:-1]
    functions = [f for schema in schemas for f in step.catalog.functions_named(schema, fact.final[-1])]
    inputs = [key_of(type_ref(step, p.type)) or "" for p in fact.parameters]
    for given in ([key], [key, *inputs]):  # FINALFUNC_EXTRA passes the arguments' types too
        found = resolve_call(
            rules, fact.final[-1], functions, fact.final[0] == "pg_catalog" or len(fact.final) == 1, given
        )
        if found is not None:
            return None if found.result is None else rules.ref(found.result)
    return None


def _same_signature(
    step: Step, schema: str, name: str, parameters: tuple[FunctionParameter, ...]
) -> Function | None:
    wanted = [type_key(p.type) for p in parameters if p.mode in _INPUT]
    overloads = step.catalog.functions_named(schema, name)
    return next((f for f in overloads if [type_key(t) for t in f.signature] == wanted), None)


# -- altering -----------------------------------------------------------------------------------------------


def alter_function(step: Step, fact: AlterFunction) -> None:
    function = require_function(step, fact.name, fact.arguments, fact.kind)
    changed: dict[str, object] = {}
    for field in ("security_definer", "volatility", "strict", "leakproof", "parallel", "cost", "rows"):
        value = getattr(fact, field)
        if value is not None and value != getattr(function, field):
            changed[field] = value
    if fact.settings:
        settings = dict(function.settings)
        for name, value in fact.settings:
            if name == "*":
                settings.clear()
            elif value is None:
                settings.pop(name, None)
            else:
                settings[name] = value
        changed["settings"] = tuple(settings.items())
    if not changed:
        return
    notes = tuple(step.change(field.replace("_", " "), fact.span) for field in changed)
    step.put_function(msgspec.structs.replace(function, changes=(*function.changes, *notes), **changed))


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    CreateFunction: create_function,
    AlterFunction: alter_function,
    CreateAggregate: create_aggregate,
}
