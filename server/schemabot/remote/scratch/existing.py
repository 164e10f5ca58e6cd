"""An empty database that the user names: filled for a verification, and emptied again.

It is refused when anything is in it. While it is in use it holds the schema `schemabot_verify`: what a killed
verification left is known by that, and removed by the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, LiteralString

import attrs
import psycopg
from psycopg import sql

from schemabot.catalog.platform import DEFAULT_GRANTS, platform_text
from schemabot.syntax.source import Source

MARKER = "schemabot_verify"

_OLDEST = 15
_CONNECT_SECONDS = 10
_ROLE = "postgres"  # who runs migrations, and owns what they make

_SYSTEM = "n.nspname like 'pg\\_%' or n.nspname = 'information_schema'"
_OF_EXTENSION = (
    "exists (select from pg_depend d where d.classid = '{}'::regclass and d.objid = {} and d.deptype = 'e')"
)
_CONTENTS = f"""
select 'schema ' || n.nspname from pg_namespace n where not ({_SYSTEM}) and n.nspname not in ('public', '{MARKER}')
union all
select 'relation ' || c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
where not ({_SYSTEM}) and not {_OF_EXTENSION.format("pg_class", "c.oid")}
union all
select 'function ' || p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where not ({_SYSTEM}) and not {_OF_EXTENSION.format("pg_proc", "p.oid")}
union all
select 'type ' || t.oid::regtype from pg_type t join pg_namespace n on n.oid = t.typnamespace
where not ({_SYSTEM}) and not {_OF_EXTENSION.format("pg_type", "t.oid")}
union all select 'extension ' || extname from pg_extension where extname <> 'plpgsql'
union all select 'event trigger ' || evtname from pg_event_trigger
union all select 'publication ' || pubname from pg_publication
union all select 'foreign server ' || srvname from pg_foreign_server
union all select 'large object ' || oid from pg_largeobject_metadata
limit 1
"""
_ROLES = "select rolname from pg_roles where rolname not like 'pg\\_%' order by 1"


_DROPS: Final[tuple[tuple[LiteralString, str], ...]] = (
    ("drop event trigger {}", "select evtname from pg_event_trigger"),
    ("drop publication {}", "select pubname from pg_publication"),
    ("drop server {} cascade", "select srvname from pg_foreign_server"),
    ("drop foreign data wrapper {} cascade", "select fdwname from pg_foreign_data_wrapper"),
    ("drop extension if exists {} cascade", "select extname from pg_extension where extname <> 'plpgsql'"),
    (
        "drop schema {} cascade",
        f"select nspname from pg_namespace n where not ({_SYSTEM}) and nspname <> '{MARKER}'",
    ),
)


class NotEmptyError(ValueError):
    """There is something in the database; the text is for the user."""


class NotUsableError(ValueError):
    """The database cannot be used; the text is for the user and holds no secret."""


@attrs.frozen
class NamedDatabase:
    """The database behind a connection text, as the role that runs migrations."""

    url: str = attrs.field(repr=False)
    title: str
    path: str  # the search_path that sessions begin with

    def connect(self, *, user: str = _ROLE, **options: Any) -> psycopg.Connection[Any]:
        """A connection in autocommit mode."""
        connection = _connected(self.url, options=f"-c search_path={self.path}", **options)
        connection.execute(sql.SQL("set session authorization {}").format(sql.Identifier(user)))
        return connection


@contextmanager
def empty_database(url: str, platform: str, *, default_grants: bool = True) -> Iterator[NamedDatabase]:
    """Make the database look like the platform; empty it behind the block, whatever happens in it.

    Raises NotEmptyError, NotUsableError, psycopg's errors.
    """
    with _connected(url) as connection:
        title = _usable(connection)
        _swept(connection)
        found = connection.execute(_CONTENTS.encode()).fetchone()
        if found is not None:
            raise NotEmptyError(
                f"the database {connection.info.dbname} is not empty: it has the {found[0]}. Verification fills and "
                "empties a database: name one that was made for it (createdb schemabot_verify)"
            )
        roles = [row[0] for row in connection.execute(_ROLES.encode())]
        mark = sql.SQL("create schema {}; comment on schema {} is {}")
        name = sql.Identifier(MARKER)
        connection.execute(mark.format(name, name, sql.Literal("\n".join(roles))))
        try:
            _prepare(connection, platform, roles, default_grants=default_grants)
            path = '"$user",public,extensions' if platform == "supabase" else '"$user",public'
            yield NamedDatabase(url, title, path)
        finally:
            connection.execute("reset session authorization")
            _emptied(connection)


def _connected(url: str, **options: Any) -> psycopg.Connection[Any]:
    return psycopg.connect(
        url, autocommit=True, connect_timeout=_CONNECT_SECONDS, prepare_threshold=None, **options
    )


def _usable(connection: psycopg.Connection[Any]) -> str:
    version = connection.info.server_version // 10000
    if version < _OLDEST:
        raise NotUsableError(f"the server is PostgreSQL {version}; verification needs {_OLDEST} or newer")
    row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    if row is None or not row[0]:
        raise NotUsableError(
            "the role of --database-url is no superuser; verification makes roles and acts as them, so it needs one"
        )
    return f"PostgreSQL {connection.info.parameter_status('server_version')}"


def _prepare(
    connection: psycopg.Connection[Any], platform: str, roles: list[str], *, default_grants: bool
) -> None:
    if _ROLE not in roles:
        connection.execute("create role postgres superuser createdb createrole login replication bypassrls")
    connection.execute("alter schema public owner to pg_database_owner")
    if platform != "supabase":
        return
    for statement in Source.of(platform_text("supabase_roles.sql")).statements:
        words = statement.text.split()
        if words[0] == "create":
            if words[2] in roles:
                continue
        elif words[0] == "alter" and (words[2] == _ROLE or words[2] in roles):
            continue  # somebody's own role stays as it is
        connection.execute(statement.text.encode())
    connection.execute("set session authorization supabase_admin")
    connection.execute('set search_path to "$user", public, auth, extensions')
    for file in ("supabase.sql", *((DEFAULT_GRANTS,) if default_grants else ())):
        connection.execute(platform_text(file).encode())
    connection.execute("reset session authorization; reset search_path")


def _swept(connection: psycopg.Connection[Any]) -> None:
    """Empty what a killed verification left."""
    if connection.execute("select from pg_namespace where nspname = %s", (MARKER,)).fetchone() is not None:
        _emptied(connection)


def _emptied(connection: psycopg.Connection[Any]) -> None:
    """Drop everything in the database and the roles that were made since the marker was set."""
    row = connection.execute(
        "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = %s", (MARKER,)
    ).fetchone()
    before = (row[0] or "").splitlines() if row is not None else None
    for drop, query in _DROPS:
        for (name,) in connection.execute(query.encode()).fetchall():
            connection.execute(sql.SQL(drop).format(sql.Identifier(name)))
    connection.execute("select lo_unlink(oid) from pg_largeobject_metadata")
    connection.execute(
        "create schema public authorization pg_database_owner; grant usage on schema public to public;"
        " comment on schema public is 'standard public schema'"
    )
    if before is not None:
        made = [row[0] for row in connection.execute(_ROLES.encode()) if row[0] not in before]
        for statement in ("drop owned by {} cascade", "drop role {}"):
            for role in made:
                connection.execute(sql.SQL(statement).format(sql.Identifier(role)))
    connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(MARKER)))
