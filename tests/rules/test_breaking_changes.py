"""What counts as lost, and what takes its place in the same migration, for the rules of breaking changes."""

from __future__ import annotations

import pytest

from support.rule_examples import check_texts, findings, shown

OLD = """-- file: 20260101000000_create.sql
create type public.mood as enum ('good', 'bad');
create table public.people (id uuid primary key, email text not null);
create table public.notes (
  id uuid primary key,
  title text constraint given check (title <> ''),
  mood public.mood default 'good',
  slug text constraint slugs unique,
  owner uuid constraint owners references public.people (id)
);
alter table public.notes enable row level security;
create policy "Read" on public.notes for select to authenticated using (true);
create policy "Read too" on public.notes for select to authenticated using (true);
create policy "Add" on public.notes for insert to authenticated with check (title is not null);
create view public.titles as select id, title from public.notes;
create function public.count_notes() returns bigint language sql stable set search_path = ''
as $$ select count(*) from public.notes where owner is not null $$;
create function public.stamp() returns trigger language plpgsql set search_path = ''
as $$ begin return new; end $$;
create trigger stamps before update on public.notes for each row execute function public.stamp();
-- file: 20260201000000_change.sql
"""


def said(rule: str, sql: str) -> list[str]:
    """What the rule underlines in a migration behind OLD."""
    return [line.removeprefix(f"{rule}: ") for line in shown(check_texts(OLD + sql), rule)]


def message(rule: str, sql: str) -> str:
    (found,) = findings(check_texts(OLD + sql), rule)
    return found.message


NOTHING_LOST = [
    ("drop-table", "drop table if exists public.never;"),
    ("drop-table", "create temp table notes (id int); drop table notes;"),
    ("drop-table", "drop table if exists auth.users cascade;"),
    ("drop-column", "alter table public.notes drop column slug; drop table public.notes cascade;"),
    ("drop-column", "alter table public.notes drop column if exists never;"),
    ("drop-schema", "drop schema if exists never cascade;"),
    ("drop-schema", "create schema mine; create table mine.t (id int); drop schema mine cascade;"),
    ("drop-type", "drop type if exists public.never;"),
    ("drop-type", "create type public.t as enum ('a'); drop type public.t;"),
    ("drop-function", "drop function if exists public.never();"),
    ("drop-function", "drop trigger stamps on public.notes; drop function public.stamp();"),
    ("drop-function", "drop function public.stamp() cascade; drop trigger if exists stamps on public.notes;"),
    (
        "drop-function",
        "drop function public.stamp() cascade;\n"
        "create trigger stamps before insert on public.notes for each row execute function pg_catalog.f();",
    ),
    ("truncate", "create table public.t (id int); truncate public.t;"),
    ("truncate", "truncate public.notes; drop table public.notes cascade;"),
    ("delete-rows", "delete from public.notes where id is null; drop table public.notes cascade;"),
    ("delete-without-where", "delete from public.notes; drop table public.notes cascade;"),
    ("delete-without-where", "delete from public.notes n using public.people p where p.id = n.owner;"),
    ("update-without-where", "update public.notes set slug = lower(slug);"),
    ("update-without-where", "update public.notes set slug = ''; alter table public.notes drop column slug;"),
    (
        "update-without-where",
        "alter table public.notes add column a text; update public.notes set a = title;",
    ),
    ("drop-cascade", "drop trigger stamps on public.notes cascade;"),
    ("drop-cascade", "drop policy \"Read\" on public.notes cascade;"),
    ("drop-cascade", "drop view public.titles cascade;"),
    (
        "drop-cascade",
        "create view public.loud as select * from public.titles; drop view public.titles cascade;",
    ),
    (
        "drop-cascade",
        "alter table public.people drop constraint people_pkey cascade;\n"
        "alter table public.people add primary key (id);\n"
        "alter table public.notes add foreign key (owner) references public.people (id);",
    ),
    ("rename-table", "alter table public.notes rename to memos; alter table public.memos rename to notes;"),
    (
        "rename-table",
        "alter table public.notes rename to old; create table public.notes (id uuid primary key);",
    ),
    ("rename-table", "create table public.t (id int); alter table public.t rename to s;"),
    (
        "rename-column",
        "alter table public.notes rename column slug to a; alter table public.notes rename column a to slug;",
    ),
    (
        "rename-column",
        "alter table public.notes rename column slug to a; alter table public.notes drop column a;",
    ),
    ("change-column-type", "alter table public.notes alter column slug type text;"),
    (
        "change-column-type",
        "create type public.more as enum ('good', 'bad', 'ugly');\n"
        "alter table public.notes alter column mood drop default, alter column mood type public.more\n"
        "using mood::text::public.more;",
    ),
    ("drop-not-null", "alter table public.notes alter column title drop not null;"),
    (
        "drop-not-null",
        "alter table public.people alter column email drop not null, drop column email;",
    ),
    ("set-not-null", "alter table public.people alter column email set not null;"),
    ("set-not-null", "delete from public.notes where slug is null;\n"
     "alter table public.notes alter column slug set not null;"),
    ("set-not-null", "do $$ begin update public.notes set slug = '' where slug is null; end $$;\n"
     "alter table public.notes alter column slug set not null;"),
    ("set-not-null", "alter table public.notes add constraint c check (slug is not null and slug <> '') not valid;\n"
     "alter table public.notes validate constraint c;\n"
     "alter table public.notes alter column slug set not null;"),
    ("add-not-null-column", "truncate public.notes; alter table public.notes add column a text not null;"),
    ("add-not-null-column", "delete from public.notes; alter table public.notes add column a text not null;"),
    ("add-not-null-column", "alter table public.notes add column a bigserial not null;"),
    ("drop-default", "alter table public.notes alter column mood drop default;"),
    ("drop-constraint", "alter table public.notes drop constraint given, add check (length(title) > 1);"),
    ("drop-constraint", "alter table public.notes add constraint b check (title > 'a'), drop constraint given;"),
    ("drop-constraint", "alter table public.notes drop constraint slugs;\n"
     "create unique index on public.notes (owner, slug);"),
    ("drop-constraint", "alter table public.notes drop constraint owners, drop column owner;"),
    ("drop-constraint", "alter table public.notes drop constraint owners;\n"
     "alter table public.notes rename column owner to author;\n"
     "alter table public.notes add foreign key (author) references public.people (id) on delete cascade;"),
    ("drop-constraint", "alter table public.notes drop constraint given, alter column title type int using 1;"),
    ("drop-constraint", "alter table public.notes drop constraint slugs;\n"
     "alter table public.notes rename column slug to handle; alter table public.notes add unique (handle);"),
    ("drop-constraint", "alter table public.notes add constraint twin unique (slug);\n"
     "-- file: 20260202000000_drop.sql\nalter table public.notes drop constraint twin;"),
    ("drop-constraint", "alter table public.notes add constraint twin foreign key (owner) references public.people;\n"
     "-- file: 20260202000000_drop.sql\nalter table public.notes drop constraint twin;"),
    ("drop-function", "drop function public.stamp() cascade; drop table public.notes cascade;"),
    ("drop-policy", 'drop policy "Read" on public.notes;'),  # the other one says the same
    ("drop-policy", 'drop policy if exists "Never" on public.notes;'),
    ("drop-policy", 'drop policy "Add" on public.notes;\n'
     'create policy "All" on public.notes for all to authenticated using (true);'),
    ("drop-policy", 'drop policy "Read" on public.notes; drop policy "Read too" on public.notes;\n'
     'drop policy "Add" on public.notes;'),  # rls-turned-off says so
    ("drop-policy", 'drop policy "Add" on public.notes; drop table public.notes cascade;'),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "sql"), NOTHING_LOST)
def test_nothing_is_lost(rule: str, sql: str) -> None:
    assert said(rule, sql) == []


LOST = [
    ("drop-table", "drop table public.notes cascade; create view public.notes as select 1 as a;", "public.notes"),
    ("drop-table", "do $$ begin drop table public.notes cascade; end $$;", "public.notes"),
    ("drop-column", "alter table public.notes drop column slug, add column slug text;", "drop column slug"),
    ("drop-column", "do $$ begin alter table public.notes drop column slug; end $$;", "drop column slug"),
    ("truncate", "truncate public.people, public.notes;", "public.people"),
    ("delete-rows", "delete from public.notes where id is null;", "public.notes"),
    ("delete-rows", "delete from public.notes n using public.people p where p.id = n.owner;", "public.notes"),
    ("delete-without-where", "delete from public.notes where 1 = 1;", "public.notes"),
    ("update-without-where", "update public.notes set slug = 'a' where true;", "public.notes"),
    ("add-not-null-column", "delete from public.notes where id is null;\n"
     "alter table public.notes add column a text not null;", "a"),
    ("add-not-null-column", "truncate public.notes;\ninsert into public.notes (id) values (gen_random_uuid());\n"
     "alter table public.notes add column a text not null;", "a"),
    ("set-not-null", "alter table public.notes add constraint c check (slug is not null) not valid;\n"
     "alter table public.notes alter column slug set not null;", "slug"),
    ("set-not-null", "alter table public.notes alter column slug set not null;\n"
     "update public.notes set slug = '' where slug is null;", "slug"),
    ("set-not-null", "create function public.f() returns void language sql as $$ update public.notes set slug = '' $$;\n"
     "alter table public.notes alter column slug set not null;", "slug"),
    ("drop-constraint", "alter table public.notes drop constraint owners;\n"
     "alter table public.notes add constraint b check (slug <> '');", "owners"),
    ("drop-constraint", "alter table public.notes drop constraint slugs;\n"
     "create unique index on public.people (email);", "slugs"),
    ("drop-policy", 'drop policy "Add" on public.notes;', '"Add"'),
    ("drop-policy", 'drop policy "Read" on public.notes; drop policy "Read too" on public.notes;', '"Read"'),
    ("drop-type", "alter table public.notes drop column mood; drop type public.mood;", "public.mood"),
    ("rename-table", "do $$ begin alter table public.notes rename to memos; end $$;", "public.notes"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "sql", "place"), LOST)
def test_something_is_lost(rule: str, sql: str, place: str) -> None:
    assert said(rule, sql)[:1] == [place]


def test_cascade_names_what_goes_and_nothing_that_comes_back() -> None:
    sql = "create view public.loud as select * from public.titles;\n"
    later = "-- file: 20260202000000_drop.sql\ndrop view public.titles cascade;"
    assert message("drop-cascade", sql + later).endswith("with it goes view public.loud.")
    assert said("drop-cascade", f"{sql}{later} create view public.loud as select 1 as a;") == []


def test_what_the_file_made_itself_is_no_loss() -> None:
    made = (
        'create policy "Few" on public.notes for delete to authenticated using (public.count_notes() > 1);\n'
    )
    drop = "drop function public.count_notes() cascade;"
    assert 'policy "Few"' in message("drop-function", f"{made}-- file: 20260202000000_drop.sql\n{drop}")
    assert "Few" not in message("drop-function", made + drop)


def test_one_cause_is_told_once() -> None:
    found = findings(check_texts(OLD + "alter table public.people drop constraint people_pkey cascade;"))
    rules = [item.rule for item in found if item.at.file.endswith("change.sql")]
    assert "drop-cascade" in rules
    assert "drop-constraint" not in rules
    assert said("delete-rows", "delete from public.notes;") == []
    assert said("drop-table", "drop table public.people cascade; create table public.people (id uuid);") == []
    assert (
        said("replace-table", "drop table public.notes cascade; create view public.notes as select 1 as a;")
        == []
    )


def test_a_loop_is_one_finding() -> None:
    loop = """do $$ declare t text; begin
      foreach t in array array['notes', 'scribbles'] loop
        execute format('drop policy if exists "Add" on public.%I', t);
      end loop; end $$;"""
    more = """create table public.scribbles (id uuid primary key);
    alter table public.scribbles enable row level security;
    create policy "Read" on public.scribbles for select to authenticated using (true);
    create policy "Add" on public.scribbles for insert to authenticated with check (true);
    -- file: 20260202000000_drop.sql
    """
    assert '"public.notes" (and 1 more in a loop)' in message(
        "drop-policy", more.replace("    -- ", "-- ") + loop
    )


def test_functions_that_still_say_the_old_name() -> None:
    assert "public.count_notes" in message("rename-table", "alter table public.notes rename to memos;")
    assert "public.count_notes" in message(
        "rename-column", "alter table public.notes rename column owner to o;"
    )
    assert "count_notes" not in message("rename-column", "alter table public.notes rename column slug to s;")
    swapped = (
        "alter table public.notes rename column slug to s; alter table public.notes add column slug text;"
    )
    assert "get another column" in message("rename-column", swapped)
    mended = """create or replace function public.count_notes() returns bigint language sql stable
    set search_path = '' as $$ select count(*) from public.memos -- once public.notes
    $$;"""
    renamed = f"alter table public.notes rename to memos; {mended}"
    assert "count_notes" not in message("rename-table", renamed)
    mentioned = """create function public.f() returns text language sql as $$ select 'from notes' -- from notes
    $$;
-- file: 20260202000000_rename.sql
alter table public.notes rename to memos;"""
    assert "public.f" not in message("rename-table", mentioned)


def test_the_values_that_an_enum_loses() -> None:
    fewer = (
        "alter type public.mood rename to old; create type public.mood as enum ('good');\n"
        "alter table public.notes alter column mood drop default,\n"
        "alter column mood type public.mood using {};\ndrop type public.old;"
    )
    cast = fewer.format("mood::text::public.mood")
    assert "can no longer be 'bad': the migration fails" in message("change-column-type", cast)
    mapped = fewer.format("case when mood = 'bad' then 'good' end::public.mood")
    assert "can no longer be 'bad': clients" in message("change-column-type", mapped)
    assert said("drop-type", cast) == []


def test_a_copied_table_loses_what_is_not_made_again() -> None:
    copy = """create table public.n (id uuid primary key);
    insert into public.n select id from public.notes;
    drop table public.notes cascade;
    alter table public.n rename to notes;
    """
    assert "rows" not in message("replace-table", copy)
    assert 'policy "Add"' in message("replace-table", copy)
    assert said("drop-table", copy) == []
    made = (
        "create trigger stamps before update on public.notes for each row execute function public.stamp();"
        + "".join(
            f'create policy "{name}" on public.notes for select to authenticated using (true);'
            for name in ("Read", "Read too", "Add")
        )
    )
    assert said("replace-table", copy + made) == []
