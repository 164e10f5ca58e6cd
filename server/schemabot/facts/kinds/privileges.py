"""Privileges and memberships."""

from __future__ import annotations

from schemabot.facts.kinds.base import Fact, ObjectKind
from schemabot.facts.names import Name, TypeName


class ChangePrivileges(Fact, frozen=True, tag=True, kw_only=True):
    """GRANT and REVOKE. `privileges` are lower-case, empty for ALL; each with its columns (`all` has some).

    `in_schemas` is set for ALL TABLES / SEQUENCES / FUNCTIONS IN SCHEMA. Functions carry argument types.
    """

    grant: bool
    kind: ObjectKind
    privileges: tuple[tuple[str, tuple[str, ...]], ...]
    grantees: tuple[str, ...]
    objects: tuple[Name, ...] = ()
    arguments: tuple[tuple[TypeName, ...] | None, ...] = ()
    in_schemas: tuple[str, ...] = ()
    grant_option: bool = False
    option_only: bool = False
    cascade: bool = False


class GrantRole(Fact, frozen=True, tag=True, kw_only=True):
    """GRANT role TO role, and its REVOKE; REVOKE ... OPTION FOR takes no membership and has no roles."""

    grant: bool
    roles: tuple[str, ...]
    members: tuple[str, ...]


class ChangeDefaultPrivileges(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER DEFAULT PRIVILEGES; `for_roles` and `in_schemas` are empty when not written."""

    grant: bool
    kind: ObjectKind
    privileges: tuple[str, ...]
    grantees: tuple[str, ...]
    for_roles: tuple[str, ...] = ()
    in_schemas: tuple[str, ...] = ()
    grant_option: bool = False
    option_only: bool = False
