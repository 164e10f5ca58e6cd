"""Access control lists: granting, revoking, and what a new object gets.

The owner's own privileges are never listed: they are implied, as in PostgreSQL's `acldefault`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Acl

PUBLIC: Final = "public"

PRIVILEGES_OF: Final = "privileges of "
"""How a note that the privileges of a role changed begins; only the platform's objects carry such notes."""

# Section 5.8, table 5.2; MAINTAIN since PostgreSQL 17.
ALL_PRIVILEGES: Final[dict[str, frozenset[str]]] = {
    "table": frozenset(
        {"select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"}
    ),
    "column": frozenset({"select", "insert", "update", "references"}),
    "sequence": frozenset({"select", "update", "usage"}),
    "function": frozenset({"execute"}),
    "schema": frozenset({"create", "usage"}),
    "type": frozenset({"usage"}),
}

_BUILT_IN: Final[dict[str, Acl]] = {
    "function": ((PUBLIC, frozenset({"execute"})),),
    "type": ((PUBLIC, frozenset({"usage"})),),
}


def built_in_acl(kind: str) -> Acl:
    """What PostgreSQL gives to others on every new object of `kind` (table, sequence, function ...)."""
    return _BUILT_IN.get(kind, ())


def default_acl(step: Step, kind: str, schema: str | None, owner: str) -> Acl:
    """What others may do with a new object of `kind`: the built-in default, or what ALTER DEFAULT PRIVILEGES
    of its owner made of it; those for its schema are added.

    `kind` is table (views too), sequence, function (procedures too), type or schema.
    """
    result = _BUILT_IN.get(kind, ())
    own = [d for d in step.catalog.default_privileges if d.role == owner and d.kind == kind]
    for item in own:
        if item.schema is None:
            result = item.acl
    for item in own:
        if item.schema is not None and item.schema == schema:
            for role, privileges in item.acl:
                result = granted(result, role, privileges)
    return without_role(result, owner) if own else result


def granted(acl: Acl, role: str, privileges: Iterable[str]) -> Acl:
    """`acl` with `privileges` added for `role`; a grant option once given stays."""
    held = dict(acl)
    now = set(held.get(role, ()))
    for privilege in privileges:
        if privilege.endswith("*"):
            now.discard(privilege[:-1])
            now.add(privilege)
        elif privilege + "*" not in now:
            now.add(privilege)
    held[role] = frozenset(now)
    return tuple(held.items())


def revoked(acl: Acl, role: str, privileges: Iterable[str], *, option_only: bool = False) -> Acl:
    """`acl` without `privileges` for `role`, or with `option_only` without the right to pass them on."""
    held = dict(acl)
    if role not in held:
        return acl
    now = set(held[role])
    for privilege in privileges:
        if privilege + "*" in now:
            now.discard(privilege + "*")
            if option_only:
                now.add(privilege)
        elif not option_only:
            now.discard(privilege)
    if now:
        held[role] = frozenset(now)
    else:
        del held[role]
    return tuple(held.items())


def without_role(acl: Acl, role: str) -> Acl:
    """`acl` without the entry of `role`: what is left to say when `role` becomes the owner."""
    return tuple(entry for entry in acl if entry[0] != role)
