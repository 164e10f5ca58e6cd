"""Extensions: CREATE, DROP and SET SCHEMA bring, take and move the same objects here and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.extension_files import extension_file
from schemabot.catalog.objects import IndexEntry, OtherType, Table, TypeRef, View
from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import begin_file, replay_statement
from schemabot.catalog.state import At, State
from schemabot.facts import extract
from schemabot.syntax.source import Source
from support.agreement import assert_agreement
from support.postgres import PLATFORM

if TYPE_CHECKING:
    from support.postgres import Database

_MEMBER = (
    "exists (select from pg_depend d where d.classid = '{}'::regclass and d.objid = x.oid and d.deptype = 'e'"
    " and d.refobjid = (select oid from pg_extension where extname = %(name)s))"
)
_QUERIES = {
    "functions": (
        "select x.pronamespace::regnamespace::text, x.proname,"
        " array(select format_type(t, null) from unnest(x.proargtypes) with ordinality u (t, n) order by n),"
        " case when x.prokind = 'p' then 'void' else format_type(x.prorettype, null) end, x.proretset,"
        " x.provolatile::text, x.prosecdef"
        f" from pg_proc x where {_MEMBER.format('pg_proc')}"
    ),
    "types": (
        "select x.typnamespace::regnamespace::text, x.typname from pg_type x"
        f" where {_MEMBER.format('pg_type')} and x.typtype in ('b', 'd', 'e', 'r', 'm')"
        " and not exists (select from pg_type e where e.typarray = x.oid)"
    ),
    "relations": (
        "select x.relnamespace::regnamespace::text, x.relname, array(select array[attname::text,"
        " format_type(atttypid, atttypmod)] from pg_attribute where attrelid = x.oid and attnum > 0 order by attnum)"
        f" from pg_class x where x.relkind in ('r', 'p', 'v', 'm') and {_MEMBER.format('pg_class')}"
    ),
    "operators": (
        "select x.oprnamespace::regnamespace::text, x.oprname, format_type(nullif(x.oprleft, 0), null),"
        " format_type(x.oprright, null), format_type(x.oprresult, null)"
        f" from pg_operator x where {_MEMBER.format('pg_operator')}"
    ),
    "classes": (
        "select x.opcnamespace::regnamespace::text, x.opcname, a.amname from pg_opclass x"
        f" join pg_am a on a.oid = x.opcmethod where {_MEMBER.format('pg_opclass')}"
    ),
    "schemas": f"select x.nspname from pg_namespace x where {_MEMBER.format('pg_namespace')}",
}


def _of_server(database: Database, name: str) -> dict[str, list[Any]]:
    with database.connect() as connection:
        return {
            kind: sorted(map(repr, connection.execute(query.encode(), {"name": name}).fetchall()))
            for kind, query in _QUERIES.items()
        }


def _of_replay(catalog: Catalog, name: str) -> dict[str, list[Any]]:
    def spelled(ref: TypeRef | None) -> str | None:
        if ref is None:
            return None
        assert ref.known or ref.name.startswith("information_schema."), ref
        plain = {"bpchar": "character", "bit": "bit"}.get(ref.name) if not ref.oid else None
        return (plain + "[]" * ref.array) if plain else format_type(catalog, ref, ("public",))

    functions = [f for f in catalog.functions.values() if f.extension == name]
    types = [t for t in catalog.types.values() if t.extension == name]
    relations = [
        r for r in catalog.relations.values() if not isinstance(r, IndexEntry) and r.extension == name
    ]
    objects = [o for o in catalog.objects.values() if o.extension == name]
    found: dict[str, list[Any]] = {
        "functions": [
            (f.schema, f.name, [spelled(t) for t in f.signature], spelled(f.returns), f.returns_set,
             f.volatility[0], f.security_definer)
            for f in functions
        ],
        "types": [(t.schema, t.name) for t in types if not isinstance(t, OtherType) or t.kind not in ("row", "composite")],
        "relations": [
            (r.schema, r.name, [[c.name, spelled(c.type)] for c in r.columns])
            for r in relations if isinstance(r, (Table, View))
        ],
        "operators": [
            (o.schema, o.name, *(spelled(_operand(key)) for key in o.arguments), spelled(o.result))
            for o in objects if o.kind == "operator"
        ],
        "classes": [(o.schema, o.name, o.qualifier) for o in objects if o.kind == "operator class"],
        "schemas": [(s.name,) for s in catalog.schemas.values() if s.extension == name],
    }  # fmt: skip
    return {kind: sorted(map(repr, items)) for kind, items in found.items()}


def _operand(key: tuple[int | str, bool]) -> TypeRef | None:
    of, array = key
    if of == "none":
        return None
    return TypeRef("", of, (), array) if isinstance(of, int) else TypeRef(of, 0, (), array)


def _run(database: Database, state: State, text: str) -> State:
    """Run `text` on both sides; both must accept every statement."""
    database.run(text)
    for index, statement in enumerate(Source.of(text).statements):
        outcome = replay_statement(state, extract(statement.text), At("a.sql", index))
        assert not outcome.problems, (statement.text, outcome.problems)
        assert not outcome.not_analysed, (statement.text, outcome.not_analysed)
        state = outcome.state
    return state


_FILES = sorted({path.stem for path in (PLATFORM / "extensions").glob("*.json")} - {"plpgsql"})
_EMBEDDED = [name for name in _FILES if (file := extension_file(name)) and "embedded" in file.source]


@pytest.mark.parametrize("name", _EMBEDDED)
def test_brings_and_takes_what_postgresql_does(database: Database, name: str) -> None:
    file = extension_file(name)
    assert file is not None
    state = begin_file(platform_state("postgres"))
    state = _run(database, state, f'create schema other; create extension "{name}" cascade')
    assert _of_replay(state.catalog, name) == _of_server(database, name)
    if file.relocatable:
        state = _run(database, state, f'alter extension "{name}" set schema other')
        assert _of_replay(state.catalog, name) == _of_server(database, name)
    state = _run(database, state, f'drop extension "{name}"')
    for required in file.requires:
        state = _run(database, state, f'drop extension "{required}"')
    before = begin_file(platform_state("postgres"))
    assert state.catalog.functions.keys() == before.catalog.functions.keys()
    assert state.catalog.types.keys() == before.catalog.types.keys()
    assert state.catalog.relations.keys() == before.catalog.relations.keys()
    assert state.catalog.objects.keys() == before.catalog.objects.keys()
    assert state.catalog.function_names.keys() == before.catalog.function_names.keys()
    assert state.catalog.type_names.keys() == before.catalog.type_names.keys()


@pytest.mark.parametrize("name", _FILES)
def test_every_file_can_be_replayed(name: str) -> None:
    state = begin_file(platform_state("postgres"))
    made = replay_statement(state, extract(f'create extension "{name}" cascade'), At("a.sql", 0))
    assert not made.problems
    members = _of_replay(made.state.catalog, name)
    file = extension_file(name)
    assert file is not None
    assert len(members["functions"]) == len(file.functions)
    gone = replay_statement(made.state, extract(f'drop extension "{name}" cascade'), At("a.sql", 1))
    assert not gone.problems
    assert not any(_of_replay(gone.state.catalog, name).values())


_CASES: dict[str, str] = {
    "a column of its type stands in the way": """
        create extension citext;
        create table t (id int primary key, name citext);
        drop extension citext;
        drop extension citext cascade;
        alter table t drop column name;
    """,
    "an index with its operator class": """
        create extension pg_trgm;
        create table t (name text);
        create index t_name on t using gin (name gin_trgm_ops);
        drop extension pg_trgm;
        drop extension pg_trgm cascade;
        create index t_name on t (name);
    """,
    "a default that calls its function": """
        create schema tools;
        create extension "uuid-ossp" schema tools;
        create table t (id uuid primary key default tools.uuid_generate_v4(), other uuid);
        drop extension "uuid-ossp";
        alter table t alter column id drop default;
        drop extension "uuid-ossp";
        drop function tools.uuid_generate_v4();
    """,
    "a member cannot be dropped by itself": """
        create extension hstore;
        drop function hstore(text, text);
        drop type hstore cascade;
        drop extension hstore;
        drop extension hstore;
        drop extension if exists hstore;
    """,
    "the schema must be there": """
        create extension citext schema missing;
        create schema missing;
        create extension citext schema missing;
        create table t (a missing.citext);
        create extension citext;
        create extension if not exists citext schema nowhere;
        drop schema missing;
        drop schema missing cascade;
    """,
    "what it requires": """
        create extension earthdistance;
        create extension earthdistance cascade;
        drop extension cube;
        drop extension earthdistance;
        create extension if not exists earthdistance cascade;
        create table t (a cube);
        drop extension cube cascade;
        alter table t drop column a;
        drop extension earthdistance;
    """,
    "something has its name": """
        create function unaccent(text) returns text language sql as 'select $1';
        create extension unaccent;
        create schema own;
        create extension unaccent schema own;
        create type own.hstore as (a int);
        create extension hstore schema own;
    """,
    "it moves": """
        create schema extra;
        create extension citext;
        create table t (a citext not null, b citext[] default '{}');
        alter extension citext set schema extra;
        create table u (a extra.citext);
        drop type citext;
        alter extension citext set schema nowhere;
        alter extension plpgsql set schema extra;
    """,
    "functions without an argument list": """
        create extension moddatetime;
        create table t (id int, changed timestamptz);
        create trigger touch before update on t for each row execute function moddatetime(changed);
        drop extension moddatetime;
        drop trigger touch on t;
        drop extension moddatetime;
    """,
}


@pytest.mark.parametrize("title", _CASES)
def test_cases(new_database: Callable[[Any], Database], title: str) -> None:
    assert_agreement(new_database("postgres"), _CASES[title])


def test_an_unknown_extension_may_bring_anything() -> None:
    use = extract("alter function some_id() stable")
    state, _ = _replayed("create extension something")
    assert not replay_statement(state, use, At("a.sql", 1)).problems
    assert state.catalog.extensions["something"].schema == "public"
    assert replay_statement(_replayed()[0], use, At("a.sql", 1)).problems


def test_what_supabase_has_of_pg_net_belongs_to_the_extension_once_made(supabase_database: Database) -> None:
    state = assert_agreement(
        supabase_database,
        "create extension pg_net with schema extensions; select net.http_get('http://x');",
        "supabase",
    )
    table = state.catalog.table("net", "http_request_queue")
    assert table is not None
    assert table.extension == "pg_net"
    assert state.catalog.extensions["pg_net"].schema == "extensions"


_CALLS: dict[str, str] = {
    "queues of pgmq": """
        create extension pgmq;
        select pgmq.create('orders');
        select pgmq.create('orders');
        select pgmq.create_unlogged(queue_name => 'quick');
        alter table pgmq.q_orders enable row level security;
        create policy mine on pgmq.q_orders using (true);
        drop table pgmq.q_quick;
        select pgmq.detach_archive('orders');
        select * from pgmq.drop_queue('quick');
        alter table pgmq.q_quick add column a int;
        drop extension pgmq;
        drop extension pgmq cascade;
    """,
    "a hypertable": """
        create extension timescaledb;
        create table metrics (at timestamptz, value int);
        select create_hypertable('metrics', 'at');
        create table events (at timestamptz, value int);
        select create_hypertable('events'::regclass, 'at', create_default_indexes => false);
    """,
}


@pytest.mark.parametrize("title", _CALLS)
def test_calls(new_database: Callable[[Any], Database], title: str) -> None:
    assert_agreement(new_database("postgres"), _CALLS[title])


def _replayed(*texts: str) -> tuple[State, list[str]]:
    state, reasons = begin_file(platform_state("postgres")), []
    for index, text in enumerate(texts):
        outcome = replay_statement(state, extract(text), At("a.sql", index))
        assert not outcome.problems, (text, outcome.problems)
        reasons += [item.reason for item in outcome.not_analysed]
        state = outcome.state
    return state, reasons


def test_a_queue_is_a_member_with_its_indexes() -> None:
    state, reasons = _replayed("create extension pgmq", "select pgmq.create('orders')")
    table = state.catalog.table("pgmq", "q_orders")
    assert table is not None
    assert not reasons
    assert (table.extension, table.origin.statement) == ("pgmq", 1)
    assert [index.name for index in table.indexes] == ["q_orders_pkey", "q_orders_vt_idx"]


def test_what_depends_on_the_clock_or_on_rows_is_said() -> None:
    _, reasons = _replayed(
        "create extension pgmq",
        "create table names (name text)",
        "select pgmq.create_partitioned('a')",
        "select pgmq.create(name) from names",
    )
    assert len(reasons) == 2


def test_geometry_columns() -> None:
    state, reasons = _replayed(
        "create extension postgis",
        "create table roads (id int)",
        "select AddGeometryColumn('public', 'roads', 'line', 4326, 'LINESTRING', 2)",
        "select AddGeometryColumn('roads', 'spot', 0, 'POINT', 3)",
        "select DropGeometryColumn('roads', 'spot')",
    )
    table = state.catalog.table("public", "roads")
    assert table is not None
    assert not reasons
    types = [format_type(state.catalog, column.type) for column in table.columns]
    assert types == ["integer", "geometry(LineString,4326)"]


def test_types_of_postgis_are_spelled_as_it_does() -> None:
    """What format_type answers with PostGIS 3.3."""
    spelled = {
        "geometry(point, 4326)": "geometry(Point,4326)",
        "geography(POINTZ,4326)": "geography(PointZ,4326)",
        "geography(point)": "geography(Point,4326)",
        "geometry(linestring, 0)": "geometry(LineString)",
        "geometry(multipolygonzm, 3857)": "geometry(MultiPolygonZM,3857)",
        "geometry": "geometry",
    }
    columns = ", ".join(f"c{number} {written}" for number, written in enumerate(spelled))
    state, _ = _replayed("create extension postgis", f"create table t ({columns})")
    table = state.catalog.table("public", "t")
    assert table is not None
    assert [format_type(state.catalog, c.type) for c in table.columns] == list(spelled.values())


def test_an_extension_with_its_own_schema_says_nothing_of_other_names(supabase_database: Database) -> None:
    """assert_agreement: both refuse what is not there."""
    assert_agreement(
        supabase_database,
        "create extension pg_net with schema extensions; drop table nope; drop function nope(); "
        "revoke all on function nope(uuid) from public;",
        "supabase",
    )
