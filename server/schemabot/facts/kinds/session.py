"""The session, and what is not understood."""

from __future__ import annotations

from typing import Literal

from schemabot.facts.kinds.base import Fact
from schemabot.text import Span


class SetSearchPath(Fact, frozen=True, tag=True, kw_only=True):
    """SET search_path; None is DEFAULT / RESET. `local` is SET LOCAL."""

    schemas: tuple[str, ...] | None
    local: bool = False


class SetSetting(Fact, frozen=True, tag=True, kw_only=True):
    """SET of any other setting; `value` is None for DEFAULT / RESET. RESET ALL is the name `*`."""

    name: str
    value: str | None
    local: bool = False


class SetRole(Fact, frozen=True, tag=True, kw_only=True):
    """SET ROLE / SET SESSION AUTHORIZATION; None is RESET."""

    role: str | None
    local: bool = False


class SetDefaultSetting(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER ROLE / DATABASE ... SET and RESET: what later sessions start with; RESET ALL is the name `*`.

    `role` is None for all roles (ALTER ROLE ALL, ALTER DATABASE). `schemas` is search_path's value.
    """

    name: str
    role: str | None = None
    database: str | None = None
    schemas: tuple[str, ...] | None = None


class Transaction(Fact, frozen=True, tag=True, kw_only=True):
    """Transaction control; `name` is a savepoint's."""

    action: Literal["begin", "commit", "rollback", "savepoint", "release", "rollback to", "prepare"]
    name: str | None = None
    chain: bool = False


class RunBlock(Fact, frozen=True, tag=True, kw_only=True):
    """DO: the body is expanded during replay. `body_span` is the place of the text between the quotes."""

    body: str
    body_span: Span
    language: str = "plpgsql"


class NoEffect(Fact, frozen=True, tag=True, kw_only=True):
    """A statement that is understood and changes no schema (VACUUM, ANALYZE, LOCK, EXPLAIN, psql's own)."""

    what: str


class Unanalysed(Fact, frozen=True, tag=True, kw_only=True):
    """What is not understood: the reason in plain words, and the names it mentions (folded, as written)."""

    reason: str
    names: tuple[tuple[str, ...], ...] = ()
