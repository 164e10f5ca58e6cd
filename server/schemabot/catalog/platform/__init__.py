"""The catalog before the first migration: our own SQL files for each platform, replayed like any migration.

`postgres` is a fresh database of PostgreSQL; `supabase` is a new project with the schemas, roles, tables,
functions and grants that Supabase puts into it. Files are named `platform:<file>` in origins.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

from schemabot.catalog.objects import PLATFORM_FILE
from schemabot.catalog.replay import end_file, replay_statement
from schemabot.catalog.state import DEFAULT_SEARCH_PATH, At, Session, State
from schemabot.facts import extract
from schemabot.syntax.source import Source

PlatformName = Literal["postgres", "supabase"]

PLATFORM_FILES: Final[dict[PlatformName, tuple[str, ...]]] = {
    "postgres": ("postgres.sql",),
    "supabase": ("postgres.sql", "supabase_roles.sql", "supabase.sql", "supabase_default_grants.sql"),
}

_SEARCH_PATHS: Final[dict[PlatformName, tuple[str, ...]]] = {
    "postgres": DEFAULT_SEARCH_PATH,
    # Supabase sets it for the role postgres: `alter role postgres set search_path = ...`.
    "supabase": (*DEFAULT_SEARCH_PATH, "extensions"),
}


def platform_text(file: str) -> str:
    """The text of one platform file."""
    return files(__name__).joinpath(file).read_text("utf-8")


# Who runs a file, where it is not the role `postgres` that runs migrations.
_RUN_AS: Final = {"supabase.sql": "supabase_admin", "supabase_default_grants.sql": "supabase_admin"}


DEFAULT_GRANTS: Final = "supabase_default_grants.sql"


@cache
def platform_state(name: PlatformName, *, default_grants: bool = True) -> State:
    """The state in which the first migration finds a database of that platform; worked out once a process.

    `default_grants` tells whether the roles of the API may use new tables, functions and sequences of schema public
    by default, as in Supabase projects made before 2026-05-30; it means nothing on plain PostgreSQL.
    """
    state = State()
    for file in PLATFORM_FILES[name]:
        if file == DEFAULT_GRANTS and not default_grants:
            continue
        state = _replayed(state, file)
    state = State(msgspec.structs.replace(state.catalog, platform=state.catalog), state.session)
    path = _SEARCH_PATHS[name]
    session = Session(search_path=path, default_search_path=path)
    return msgspec.structs.replace(state, session=session)


def _replayed(state: State, file: str) -> State:
    path = PLATFORM_FILE + file
    role = _RUN_AS.get(file, Session().role)
    state = State(state.catalog, Session(role=role, default_role=role))
    statements = Source.of(platform_text(file)).statements
    for index, statement in enumerate(statements):
        state = replay_statement(state, extract(statement.text), At(path, index)).state
    return end_file(state, At(path, max(len(statements) - 1, 0))).state
