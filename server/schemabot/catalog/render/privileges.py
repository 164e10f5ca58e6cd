"""Owners and privileges: what makes a new object's access control list the one that it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schemabot.catalog.apply.acl import ALL_PRIVILEGES, built_in_acl
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Acl, DefaultPrivilege
from schemabot.catalog.quoting import quote_identifier
from schemabot.catalog.render.writer import role_name

_KINDS = {
    "table": "tables",
    "sequence": "sequences",
    "function": "functions",
    "type": "types",
    "schema": "schemas",
}


def new_acl(platform: Catalog | None, kind: str, schema: str | None, creator: str) -> Acl:
    """What others may do with an object that `creator` has just made, under the platform's default privileges."""
    result = dict(built_in_acl(kind))
    own = [
        d
        for d in (() if platform is None else platform.default_privileges)
        if d.role == creator and d.kind == kind
    ]
    for item in own:
        if item.schema is None:
            result = dict(item.acl)
    for item in own:
        if item.schema is not None and item.schema == schema:
            for role, privileges in item.acl:
                result[role] = result.get(role, frozenset()) | privileges
    return tuple((role, held) for role, held in result.items() if role != creator)


def write_acl(target: str, now: Acl, wanted: Acl, kind: str) -> Iterator[str]:
    """GRANT and REVOKE that make `wanted` of `now`; `target` is the object as GRANT names it."""
    have, want = dict(now), dict(wanted)
    for role in sorted({*have, *want}):
        held, given = have.get(role, frozenset()), want.get(role, frozenset())
        if held == given:
            continue
        yield from _revoked(target, role, held, given, kind)
        missing = given - held
        for option in (False, True):
            words = sorted(
                own
                for p in missing
                if p.endswith("*") == option and ((own := p.rstrip("*")) + "*" not in held or option)
            )
            if words:
                shown = "all" if frozenset(words) == ALL_PRIVILEGES.get(kind) else ", ".join(words)
                tail = " with grant option" if option else ""
                yield f"grant {shown} on {target} to {role_name(role)}{tail}"


def _revoked(target: str, role: str, held: frozenset[str], given: frozenset[str], kind: str) -> Iterator[str]:
    """Only what goes: REVOKE ALL on a table takes the privileges on its columns along."""
    plain = {privilege.rstrip("*") for privilege in given}
    gone = sorted({privilege.rstrip("*") for privilege in held} - plain)
    options = sorted(
        own for p in held - given if p.endswith("*") and (own := p.rstrip("*")) in plain and own in given
    )
    if gone:
        shown = "all" if frozenset(gone) == ALL_PRIVILEGES.get(kind) else ", ".join(gone)
        yield f"revoke {shown} on {target} from {role_name(role)}"
    if options:
        yield f"revoke grant option for {', '.join(options)} on {target} from {role_name(role)}"


def without_revoked(column: Acl, now: Acl, wanted: Acl) -> Acl:
    """What a column still grants after REVOKE on its table: that takes the same privilege on columns along."""
    have, want = dict(now), dict(wanted)
    gone = {
        role: {p.rstrip("*") for p in held} - {p.rstrip("*") for p in want.get(role, ())}
        for role, held in have.items()
    }
    return tuple(
        (role, frozenset(p for p in held if p.rstrip("*") not in gone.get(role, ()))) for role, held in column
    )


def write_column_acl(table: str, column: str, now: Acl, wanted: Acl) -> Iterator[str]:
    """The same for a column."""
    have, want = dict(now), dict(wanted)
    name = quote_identifier(column)
    for role in sorted({*have, *want}):
        held, given = have.get(role, frozenset()), want.get(role, frozenset())
        for privilege in sorted(held - given):
            yield f"revoke {privilege.rstrip('*')} ({name}) on table {table} from {role_name(role)}"
        for privilege in sorted(given - held):
            tail = " with grant option" if privilege.endswith("*") else ""
            yield f"grant {privilege.rstrip('*')} ({name}) on table {table} to {role_name(role)}{tail}"


def write_default_privileges(
    known: Iterable[DefaultPrivilege], wanted: Iterable[DefaultPrivilege]
) -> Iterator[str]:
    """ALTER DEFAULT PRIVILEGES."""
    before = {(d.role, d.schema, d.kind): d.acl for d in known}
    after = {(d.role, d.schema, d.kind): d.acl for d in wanted}
    for key in dict.fromkeys((*before, *after)):
        role, schema, kind = key
        none: Acl = built_in_acl(kind) if schema is None else ()
        now, then = before.get(key, none), after.get(key, none)
        place = "" if schema is None else f" in schema {quote_identifier(schema)}"
        words = f"alter default privileges for role {quote_identifier(role)}{place}"
        for statement in write_acl(_KINDS.get(kind, f"{kind}s"), now, then, kind):
            yield f"{words} {statement}"
