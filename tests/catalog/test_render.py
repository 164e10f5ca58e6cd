"""The catalog rendered as DDL: the database that the DDL makes is the one that the text made, in PostgreSQL's words.

Every case of cases/*.sql is run, what the server takes of it; then the rendering is run in an empty database, and both
are compared by `definitions` and by the catalog's JSON. Without a server, the rendering must replay to the same catalog.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from schemabot.catalog.platform import platform_state
from schemabot.catalog.render import Rendered, render
from schemabot.catalog.replay import begin_file, end_file, replay_statement
from schemabot.catalog.state import At, State
from schemabot.catalog.to_json import catalog_json
from schemabot.facts import extract
from schemabot.remote.described.definitions import definition_difference, definitions
from schemabot.syntax.source import Source
from support.introspect import difference, introspect
from support.replay import replay

if TYPE_CHECKING:
    from _pytest.mark.structures import ParameterSet

    from support.postgres import Platform

HERE = Path(__file__).parent


KNOWN_LIMITS = frozenset(
    {
        "INHERITS would give its columns another order",
        "deutsch had another name when it was made",
    }
)
"""Why an object is not written, where that is right."""

NOT_YET = {
    "primary key and set not null of only the parent": "a NOT NULL that ONLY the parent has is inherited by the rendering",
    "foreign keys reach partitions of partitions, and fit or are made anew": "a partition's own twin of a foreign key",
}
"""Cases whose rendering is known to be wrong, with what is wrong."""


def _texts() -> list[ParameterSet]:
    found: list[ParameterSet] = []
    for file in sorted((HERE / "cases").glob("*.sql")):
        for case in re.split(r"(?m)^-- case: ", file.read_text("utf-8"))[1:]:
            title, _, text = case.partition("\n")
            marks = pytest.mark.xfail(strict=True, reason=NOT_YET[title]) if title in NOT_YET else ()
            found.append(pytest.param(text, id=f"{file.stem}: {title}", marks=marks))
    return [*found, pytest.param((HERE / "dumps" / "rich.sql").read_text("utf-8"), id="rich")]


def replay_all(text: str) -> State:
    """The state behind what the server takes of `text`."""
    state = begin_file(platform_state("postgres"))
    for index, statement in enumerate(Source.of(text).statements):
        state = replay_statement(state, extract(statement.text), At("test.sql", index)).state
    return end_file(state, At("test.sql", 0)).state


def script(rendered: Rendered) -> str:
    return ";\n".join((*rendered.statements, ""))


@pytest.mark.parametrize("text", _texts())
def test_the_rendering_replays_to_the_same_catalog(text: str) -> None:
    catalog = replay_all(text).catalog
    rendered = render(catalog)
    if rendered.not_rendered:
        assert {item.why for item in rendered.not_rendered} <= KNOWN_LIMITS
        return
    state, problems = replay(script(rendered))
    assert not problems
    assert difference(catalog_json(catalog), catalog_json(state.catalog), str) == []


@pytest.fixture(scope="module")
def connection(platforms: Callable[[str], Platform]) -> Iterator[psycopg.Connection]:
    """One connection to an empty database; what runs in it is rolled back."""
    database = platforms("postgres").database()
    try:
        with database.connect() as opened:
            yield opened
    finally:
        database.close()


@pytest.mark.parametrize("text", [t for t in _texts() if "concurrently" not in str(t.values[0])])
def test_the_rendering_makes_the_same_database(connection: psycopg.Connection, text: str) -> None:
    catalog = replay_all(text).catalog
    rendered = render(catalog)
    assert {item.why for item in rendered.not_rendered} <= KNOWN_LIMITS
    with connection.transaction(force_rollback=True):
        for statement in Source.of(text).statements:
            with suppress(psycopg.Error), connection.transaction():
                connection.execute(statement.text.encode())
        connection.execute("reset search_path")
        wanted = definitions(connection)
    if rendered.not_rendered:
        return
    with connection.transaction(force_rollback=True):
        connection.execute(script(rendered).encode())
        made = definitions(connection)
        found = introspect(connection)
    assert definition_difference(wanted, made) == []
    assert difference(found, catalog_json(catalog)) == []


PLATFORM = r"""
create table public.notes (id uuid primary key default gen_random_uuid(), owner uuid references auth.users (id));
alter table public.notes enable row level security;
create policy own on public.notes using (owner = (select auth.uid()));
grant select on public.notes to anon with grant option;
revoke all on public.notes from authenticated;
create policy files on storage.objects for select to authenticated using (bucket_id = 'notes');
create function public.made() returns trigger language plpgsql security definer set search_path = '' as
$$ begin return new; end $$;
create trigger on_made after insert on auth.users for each row execute function public.made();
alter publication supabase_realtime add table public.notes;
alter default privileges in schema public revoke execute on functions from anon;
comment on table public.notes is 'with \ and ''quotes''';
"""


def test_what_was_added_to_the_platform_is_rendered(platforms: Callable[[str], Platform]) -> None:
    state, problems = replay(PLATFORM, "supabase")
    assert not problems
    rendered = render(state.catalog)
    assert rendered.not_rendered == ()
    found = []
    for text in (PLATFORM, script(rendered)):
        database = platforms("supabase").database()
        try:
            database.run(text)
            with database.connect() as connection:
                found.append(definitions(connection))
                assert difference(introspect(connection), catalog_json(state.catalog)) == []
        finally:
            database.close()
    assert definition_difference(found[0], found[1]) == []
