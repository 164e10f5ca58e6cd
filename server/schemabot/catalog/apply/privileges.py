"""GRANT, REVOKE and ALTER DEFAULT PRIVILEGES; the facts about roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn

import msgspec

from schemabot.catalog.apply.acl import (
    ALL_PRIVILEGES,
    PRIVILEGES_OF,
    PUBLIC,
    built_in_acl,
    granted,
    revoked,
)
from schemabot.catalog.apply.functions import require_function
from schemabot.catalog.apply.lookup import kind_word, require_columns, require_relation, require_type
from schemabot.catalog.apply.other_objects import KINDS as OTHER_KINDS
from schemabot.catalog.apply.other_objects import require_object
from schemabot.catalog.apply.roles import create_role, current_role, grant_role, require_role
from schemabot.catalog.apply.schemas import put_schema
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import (
    Acl,
    Column,
    DefaultPrivilege,
    Function,
    SchemaObject,
    Sequence,
    Table,
    TypeObject,
    View,
)
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import (
    ChangeDefaultPrivileges,
    ChangePrivileges,
    CreateRole,
    GrantRole,
    ObjectKind,
)
from schemabot.facts.names import Name
from schemabot.text import Span

_Holder = Table | View | Sequence | Function | TypeObject | SchemaObject

_ACL_KIND: Final[dict[ObjectKind, str]] = {
    "table": "table", "view": "table", "materialized view": "table", "foreign table": "table",
    "sequence": "sequence", "function": "function", "procedure": "function", "routine": "function",
    "aggregate": "function", "schema": "schema", "type": "type", "domain": "type",
}  # fmt: skip


def change_privileges(step: Step, fact: ChangePrivileges) -> None:
    kind = _ACL_KIND.get(fact.kind)
    if kind is None:
        _check_other(step, fact)
        return
    grantees = _grantees(step, fact.grantees, fact.span)
    _check_public(step, fact)
    whole = frozenset(name for name, columns in fact.privileges if not columns)
    by_column = tuple((name, columns) for name, columns in fact.privileges if columns)
    _check_privileges(step, fact, kind, whole)
    for schema in fact.in_schemas:
        _require_schema(step, schema, fact.span)
        for held in _all_in_schema(step, fact.kind, schema):
            _change(step, fact, held, grantees, _expanded(fact, kind, whole))
    for index, name in enumerate(fact.objects):
        arguments = fact.arguments[index] if index < len(fact.arguments) else None
        holder = _find(step, fact, kind, name, arguments)
        if by_column:
            _change_columns(step, fact, holder, grantees, by_column)
        if whole or not fact.privileges:
            # On a sequence GRANT without the word SEQUENCE means the sequence's own privileges.
            of = "sequence" if isinstance(holder, Sequence) else kind
            if of == "table" and "usage" in whole:
                _reject_privilege(step, fact, "usage", "table")
            _change(step, fact, holder, grantees, _expanded(fact, of, whole))


def _check_other(step: Step, fact: ChangePrivileges) -> None:
    """Privileges on servers, languages, databases ...: none are kept, but roles and objects must be there."""
    _grantees(step, fact.grantees, fact.span)
    for name in fact.objects:
        if fact.kind in OTHER_KINDS:
            require_object(step, fact.kind, name)


def _grantees(step: Step, written: Iterable[str], span: Span) -> tuple[str, ...]:
    for role in written:
        require_role(step, role, span)
    return tuple(current_role(step, role) for role in written)


def _check_public(step: Step, fact: ChangePrivileges | ChangeDefaultPrivileges) -> None:
    if fact.grant_option and PUBLIC in fact.grantees:
        step.reject(ProblemKind.INVALID, fact.span, PUBLIC, "grant options can only be granted to roles")


def _check_privileges(step: Step, fact: ChangePrivileges, kind: str, whole: frozenset[str]) -> None:
    allowed = ALL_PRIVILEGES[kind]
    if kind == "table":
        allowed = allowed | ALL_PRIVILEGES["sequence"]
    for privilege in sorted(whole - allowed):
        _reject_privilege(step, fact, privilege, kind)


def _reject_privilege(step: Step, fact: ChangePrivileges, privilege: str, kind: str) -> NoReturn:
    step.reject(
        ProblemKind.INVALID, fact.span, str(fact.objects[0]) if fact.objects else "",
        f"there is no privilege {privilege.upper()} for a {kind}",
    )  # fmt: skip


def _expanded(fact: ChangePrivileges, kind: str, whole: frozenset[str]) -> frozenset[str]:
    return whole & ALL_PRIVILEGES[kind] if fact.privileges else ALL_PRIVILEGES[kind]


def _require_schema(step: Step, schema: str, span: Span) -> SchemaObject:
    found = step.catalog.schemas.get(schema)
    if found is None:
        if (schema,) in step.catalog.tainted or schema in ("pg_catalog", "information_schema"):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_SCHEMA, span, schema)
    return found


def _find(
    step: Step, fact: ChangePrivileges, kind: str, name: Name, arguments: tuple[Any, ...] | None
) -> _Holder:
    if kind == "schema":
        return _require_schema(step, name.name, name.span)
    if kind == "type":
        return require_type(step, name)
    if kind == "function":
        return require_function(step, name, arguments, fact.kind)
    found = require_relation(step, name)
    if kind == "sequence" and not isinstance(found, Sequence):
        step.reject(ProblemKind.WRONG_KIND, name.span, str(name), f"it is {kind_word(found)}")
    if isinstance(found, (Table, View, Sequence)):
        return found
    step.reject(ProblemKind.WRONG_KIND, name.span, str(name), f"it is {kind_word(found)}")


def _all_in_schema(step: Step, kind: ObjectKind, schema: str) -> list[_Holder]:
    catalog = step.catalog
    if _ACL_KIND.get(kind) == "function":
        return [
            f
            for f in catalog.functions.values()
            if f.schema == schema and (kind == "routine" or (f.kind == "procedure") == (kind == "procedure"))
        ]
    wanted: tuple[type, ...] = (Sequence,) if kind == "sequence" else (Table, View)
    return [
        r
        for r in catalog.relations.values()
        if isinstance(r, (Table, View, Sequence)) and isinstance(r, wanted) and r.schema == schema
    ]


def _change(
    step: Step,
    fact: ChangePrivileges,
    holder: _Holder,
    grantees: tuple[str, ...],
    privileges: frozenset[str],
) -> None:
    acl = holder.acl
    taken = privileges
    if not fact.grant and isinstance(holder, View):
        # REVOKE on a view, as on a table below, takes the privilege from its columns too (see REVOKE).
        taken |= {p for _, held in acl for p in held if p.rstrip("*").partition("(")[0] in privileges}
    for role in grantees:
        if role != holder.owner:
            acl = _changed(fact, acl, role, taken)
    columns: tuple[Column, ...] = ()
    if not fact.grant and isinstance(holder, Table) and any(column.acl for column in holder.columns):
        columns = holder.columns
        for role in grantees:
            columns = tuple(
                msgspec.structs.replace(column, acl=_changed(fact, column.acl, role, privileges))
                if column.acl
                else column
                for column in columns
            )
    changed = {"columns": columns} if columns else {}
    _store(step, fact, holder, msgspec.structs.replace(holder, acl=acl, **changed), grantees)


def _store(
    step: Step, fact: ChangePrivileges, before: _Holder, made: _Holder, grantees: tuple[str, ...]
) -> None:
    """Store an object with new privileges; one of the platform notes whose they are."""
    if made == before:
        return
    if made.origin.platform:
        notes = tuple(step.change(PRIVILEGES_OF + role, fact.span) for role in grantees)
        made = msgspec.structs.replace(made, changes=(*made.changes, *notes))
    put_holder(step, made)


def _changed(
    fact: ChangePrivileges | ChangeDefaultPrivileges, acl: Acl, role: str, privileges: Iterable[str]
) -> Acl:
    if not fact.grant:
        return revoked(acl, role, privileges, option_only=fact.option_only)
    return granted(acl, role, (p + "*" for p in privileges) if fact.grant_option else privileges)


def _change_columns(
    step: Step,
    fact: ChangePrivileges,
    holder: _Holder,
    grantees: tuple[str, ...],
    by_column: tuple[tuple[str, tuple[str, ...]], ...],
) -> None:
    """Privileges on columns; those of a table are kept with the column, those of a view as `select(a)`."""
    if isinstance(holder, View):
        require_columns(step, holder, ((c, fact.span) for _, columns in by_column for c in columns))
        wanted = [
            f"{name}({column})"
            for privilege, columns in by_column
            for name in _column_privileges(privilege)
            for column in columns
        ]
        acl = holder.acl
        for role in grantees:
            if role != holder.owner:
                acl = _changed(fact, acl, role, wanted)
        _store(step, fact, holder, msgspec.structs.replace(holder, acl=acl), grantees)
        return
    if not isinstance(holder, Table):
        step.reject(ProblemKind.INVALID, fact.span, "", "only tables and views have column privileges")
    require_columns(step, holder, ((c, fact.span) for _, columns in by_column for c in columns))
    made = []
    for column in holder.columns:
        privileges = [
            name for p, columns in by_column if column.name in columns for name in _column_privileges(p)
        ]
        acl = column.acl
        for role in grantees:
            if role != holder.owner and privileges:
                acl = _changed(fact, acl, role, privileges)
        made.append(column if acl == column.acl else msgspec.structs.replace(column, acl=acl))
    _store(step, fact, holder, msgspec.structs.replace(holder, columns=tuple(made)), grantees)


def _column_privileges(privilege: str) -> Iterable[str]:
    return ALL_PRIVILEGES["column"] if privilege in ("all", "") else (privilege,)


def put_holder(step: Step, holder: _Holder) -> None:
    """Store an object that has privileges in its place."""
    if isinstance(holder, SchemaObject):
        put_schema(step, holder)
    elif isinstance(holder, Function):
        step.put_function(holder)
    elif isinstance(holder, (Table, View, Sequence)):
        step.put_relation(holder)
    else:
        step.put_type(holder)
        if holder.oid in step.catalog.relations:
            step.put_relation(holder)  # type: ignore[arg-type]  # only a composite type is in both


# -- default privileges -----------------------------------------------------------------------------------


def change_default_privileges(step: Step, fact: ChangeDefaultPrivileges) -> None:
    kind = _ACL_KIND.get(fact.kind)
    if kind is None:
        return
    grantees = _grantees(step, fact.grantees, fact.span)
    _check_public(step, fact)
    roles = _grantees(step, fact.for_roles, fact.span) or (step.session.role,)
    privileges = frozenset(fact.privileges) or ALL_PRIVILEGES[kind]
    if fact.in_schemas and kind == "schema":
        step.reject(
            ProblemKind.INVALID, fact.span, "", "IN SCHEMA cannot be used with GRANT or REVOKE ON SCHEMAS"
        )
    for schema in fact.in_schemas:
        _require_schema(step, schema, fact.span)
    for role in roles:
        for place in fact.in_schemas or (None,):
            _change_default(step, fact, role, place, kind, grantees, privileges)


def _change_default(
    step: Step,
    fact: ChangeDefaultPrivileges,
    role: str,
    schema: str | None,
    kind: str,
    grantees: tuple[str, ...],
    privileges: frozenset[str],
) -> None:
    """Entries without a schema replace the built-in default, those of a schema add to it (pg_default_acl)."""
    base = built_in_acl(kind) if schema is None else ()
    known = step.catalog.default_privileges
    index = next((i for i, d in enumerate(known) if (d.role, d.schema, d.kind) == (role, schema, kind)), None)
    acl = base if index is None else known[index].acl
    for grantee in grantees:
        if grantee != role:
            acl = _changed(fact, acl, grantee, privileges)
    rest = known if index is None else (*known[:index], *known[index + 1 :])
    if dict(acl) != dict(base):
        rest = (*rest, DefaultPrivilege(role, schema, kind, acl, step.origin(fact.span)))
    step.catalog = msgspec.structs.replace(step.catalog, default_privileges=rest)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    ChangePrivileges: change_privileges,
    ChangeDefaultPrivileges: change_default_privileges,
    CreateRole: create_role,
    GrantRole: grant_role,
}
