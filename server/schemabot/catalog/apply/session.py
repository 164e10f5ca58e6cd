"""What a session carries: search_path, role, settings and transactions.

A file is taken to run in one transaction of its runner (`Session.implicit`), as the Supabase CLI and most
runners do. SET LOCAL therefore holds until the end of the file, or of the transaction that the file opens
itself; COMMIT and ROLLBACK outside such a transaction only earn PostgreSQL's warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from schemabot.catalog.apply.dependencies import Target, closure
from schemabot.catalog.apply.removal import remove
from schemabot.catalog.apply.roles import current_role, require_role
from schemabot.catalog.apply.step import TEMPORARY_SCHEMA, Step
from schemabot.catalog.state import DEFAULT_SEARCH_PATH, ProblemKind, Savepoint, Session
from schemabot.facts.model import SetDefaultSetting, SetRole, SetSearchPath, SetSetting, Transaction
from schemabot.text import Span

_Value: TypeAlias = "str | tuple[str, ...] | None"

_PATH_ITEM = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^",\s]+))\s*(?:,|\Z)')


def set_search_path(step: Step, fact: SetSearchPath) -> None:
    change_search_path(step, fact.schemas, local=fact.local)


def change_search_path(step: Step, schemas: tuple[str, ...] | None, *, local: bool) -> None:
    """SET [LOCAL] search_path; None gives back the default."""
    path = step.session.default_search_path if schemas is None else schemas
    _change(step, "search_path", path, local=local)


def parse_search_path(text: str) -> tuple[str, ...] | None:
    """The schemas of a search_path given as one string; None when it is malformed."""
    if not text.strip():
        return ()
    schemas: list[str] = []
    at = 0
    while at < len(text):
        item = _PATH_ITEM.match(text, at)
        if item is None:
            return None
        quoted, plain = item.groups()
        schemas.append(quoted.replace('""', '"') if quoted is not None else plain.lower())
        at = item.end()
    return tuple(schemas)


def set_setting(step: Step, fact: SetSetting) -> None:
    if fact.name == "*":
        session = step.session
        step.session = msgspec.structs.replace(
            session, settings=(), search_path=session.default_search_path, local=()
        )
        return
    change_setting(step, fact.name, fact.value, local=fact.local)


def change_setting(step: Step, name: str, value: str | None, *, local: bool) -> None:
    """SET [LOCAL] of a setting that is neither search_path nor role; None gives back the default."""
    _change(step, name, value, local=local)


def set_role(step: Step, fact: SetRole) -> None:
    if fact.role is not None:
        require_role(step, fact.role, fact.span)
    change_role(step, fact.role, local=fact.local)


def change_role(step: Step, role: str | None, *, local: bool) -> None:
    """SET [LOCAL] ROLE; None gives back the role that the session started with."""
    started = step.session.default_role
    _change(step, "role", started if role is None or role == "none" else role, local=local)


def _change(step: Step, name: str, value: _Value, *, local: bool) -> None:
    session = step.session
    remembered = session.local
    if local:
        if not session.in_transaction and not session.implicit:
            return
        if all(known != name for known, _ in remembered):
            remembered = (*remembered, (name, _value(session, name)))
    else:
        remembered = tuple(item for item in remembered if item[0] != name)
    step.session = msgspec.structs.replace(_with(session, name, value), local=remembered)


def _value(session: Session, name: str) -> _Value:
    if name == "search_path":
        return session.search_path
    if name == "role":
        return session.role
    return dict(session.settings).get(name)


def _with(session: Session, name: str, value: _Value) -> Session:
    if name == "search_path" and isinstance(value, tuple):
        return msgspec.structs.replace(session, search_path=value)
    if name == "role" and isinstance(value, str):
        return msgspec.structs.replace(session, role=value)
    others = tuple(item for item in session.settings if item[0] != name)
    settings = (*others, (name, value)) if isinstance(value, str) else others
    return msgspec.structs.replace(session, settings=settings)


# -- transactions ---------------------------------------------------------------------------------------


def transaction(step: Step, fact: Transaction) -> None:
    action = fact.action
    session = step.session
    if action == "begin":
        if session.in_transaction:
            _warn(step, fact.span, "there is already a transaction in progress")
            step.skip()
        step.session = msgspec.structs.replace(session, savepoints=(_savepoint(step, None),))
    elif action in ("commit", "rollback", "prepare"):
        if not session.in_transaction:
            if fact.chain:
                detail = f"{action.upper()} AND CHAIN can only be used in transaction blocks"
                step.reject(ProblemKind.TRANSACTION, fact.span, "", detail)
            _warn(step, fact.span, "there is no transaction in progress")
            if session.local and action != "rollback":
                step.session = _committed(session)
            return
        if action == "rollback":
            _roll_back(step, 0)
            step.session = msgspec.structs.replace(step.session, savepoints=(), local=())
        else:
            _drop_on_commit(step)
            step.session = _committed(session)
        if fact.chain:
            step.session = msgspec.structs.replace(step.session, savepoints=(_savepoint(step, None),))
    elif action == "savepoint":
        if not session.in_transaction and not session.implicit:
            step.reject(
                ProblemKind.TRANSACTION, fact.span, "", "SAVEPOINT can only be used in transaction blocks"
            )
        points = (*session.savepoints, _savepoint(step, fact.name))
        step.session = msgspec.structs.replace(session, savepoints=points)
    else:
        index = _index(session, fact.name)
        if index is None:
            step.reject(
                ProblemKind.TRANSACTION, fact.span, fact.name or "", "there is no savepoint of that name"
            )
        if action == "release":
            step.session = msgspec.structs.replace(session, savepoints=session.savepoints[:index])
        else:
            _roll_back(step, index)


def _warn(step: Step, span: Span, detail: str) -> None:
    step.note(ProblemKind.TRANSACTION, span, "", detail)


def _savepoint(step: Step, name: str | None) -> Savepoint:
    session = step.session
    return Savepoint(name, step.catalog, session.search_path, session.role, session.settings, session.local)


def _index(session: Session, name: str | None) -> int | None:
    points = session.savepoints
    return next((i for i in range(len(points) - 1, -1, -1) if points[i].name == name and name), None)


def _drop_on_commit(step: Step) -> None:
    """Temporary tables that were made ON COMMIT DROP go, and what depends on them."""
    if not step.session.temporary:
        return
    roots: list[Target] = []
    for (schema, _), oid in step.catalog.relation_names.items():
        if schema == TEMPORARY_SCHEMA:
            table = step.catalog.table_by_oid(oid)
            if table is not None and table.on_commit == "drop":
                roots.append(Target("relation", oid))
    if roots:
        remove(step, closure(step.catalog, roots, cascade=True))


def _committed(session: Session) -> Session:
    """The session behind a COMMIT: what SET LOCAL changed is given back."""
    for name, value in session.local:
        session = _with(session, name, value)
    return msgspec.structs.replace(session, savepoints=(), local=())


def _roll_back(step: Step, index: int) -> None:
    """Back to the savepoint `index`, which stays."""
    point = step.session.savepoints[index]
    step.catalog = point.catalog
    step.session = msgspec.structs.replace(
        step.session,
        search_path=point.search_path,
        role=point.role,
        settings=point.settings,
        local=point.local,
        savepoints=step.session.savepoints[: index + 1],
    )


def set_default(step: Step, fact: SetDefaultSetting) -> None:
    """ALTER ROLE / DATABASE ... SET: later sessions start with it, this one goes on as it is (section 20.1.3).

    A role's own search_path has precedence over the database's.
    """
    if fact.role is not None:
        require_role(step, fact.role, fact.span)
        if current_role(step, fact.role) != step.session.default_role:
            return
    session = step.session
    if fact.name not in ("search_path", "*") or (fact.name == "*" and fact.role is None):
        return
    if fact.role is None and session.default_search_path != DEFAULT_SEARCH_PATH:
        return
    path = DEFAULT_SEARCH_PATH if fact.schemas is None else fact.schemas
    step.session = msgspec.structs.replace(session, default_search_path=path)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    SetSearchPath: set_search_path,
    SetSetting: set_setting,
    SetDefaultSetting: set_default,
    SetRole: set_role,
    Transaction: transaction,
}
