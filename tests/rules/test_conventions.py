"""Conventions speak where the project follows them itself, or the house's preset asks for them."""

from __future__ import annotations

import pytest

from schemabot.rulekit.finding import Finding, InsertAfter
from support.rule_examples import check_texts, findings, shown

HOUSE = 'preset = "schemabot"\n'
MIGRATION = "-- file: 20260101000000_example.sql\n"


def found(sql: str, rule: str, toml: str = "") -> list[Finding]:
    return findings(check_texts(MIGRATION + sql, toml), rule)


def underlined(sql: str, rule: str, toml: str = "") -> list[str]:
    said = shown(check_texts(MIGRATION + sql, toml), rule)
    return [line.removeprefix(f"{rule}: ") for line in said]


def tables(column: str, count: int) -> str:
    return "".join(f"create table public.t{n} (id uuid primary key, {column});\n" for n in range(count))


AGAINST = [
    ("boolean-nullable", "done boolean default false", "done boolean not null default false"),
    ("status-nullable", "status text default 'a'", "status text not null default 'a'"),
    ("status-without-check", "status text", "status text check (status in ('a', 'b'))"),
    ("timestamp-without-zone", "at timestamp", "at timestamptz"),
    ("varchar-length", "name varchar(100)", "name text"),
    (
        "fk-to-auth-cascade",
        "u uuid references auth.users(id)",
        "u uuid references auth.users(id) on delete cascade",
    ),
]


@pytest.mark.parametrize(("rule", "loose", "strict"), AGAINST)
def test_a_project_that_clearly_does_otherwise_is_left_alone(rule: str, loose: str, strict: str) -> None:
    assert len(found(tables(loose, 7), rule)) == 7  # too few to speak of a habit
    assert found(tables(loose, 8), rule) == []
    assert len(found(tables(loose, 8), rule, HOUSE)) == 8
    mixed = tables(loose, 8) + tables(strict, 8).replace("public.t", "public.s")
    assert len(found(mixed, rule)) == 8


@pytest.mark.parametrize(
    ("rule", "loose"),
    [
        ("int-key", "create table public.t{} (id int generated always as identity primary key);\n"),
        ("serial-not-identity", "create table public.t{} (id bigserial primary key);\n"),
    ],
)
def test_keys_of_a_project_that_has_decided(rule: str, loose: str) -> None:
    def made(count: int) -> str:
        return "".join(loose.format(number) for number in range(count))

    assert len(found(made(7), rule)) == 7
    assert found(made(8), rule) == []
    assert len(found(made(8), rule, HOUSE)) == 8


def test_known_words_are_offered_whatever_the_project_does() -> None:
    sql = (
        tables("status text", 9)
        + "create table public.orders (id uuid primary key,\n  status text -- new, sent\n);"
    )
    (finding,) = found(sql, "status-without-check")
    assert finding.object == "public.orders"
    assert [fix.title for fix in finding.fixes] == ["Allow only new, sent"]


@pytest.mark.parametrize("name", ["old_status", "stripe_status", "next_status", "http_status"])
def test_a_status_that_is_not_this_row_s_own(name: str) -> None:
    assert found(tables(f"{name} text", 1), "status-without-check") == []


SETTER = """create function public.touch() returns trigger language plpgsql set search_path = '' as $$
begin new.updated_at := now(); return new; end $$;
"""


def stamped(
    name: str, column: str = "updated_at timestamptz not null default now()", trigger: bool = True
) -> str:
    made = f"create table public.{name} (id uuid primary key, {column});\n"
    return made + trigger * (
        f"create trigger set_updated_at before update on public.{name} for each row execute function public.touch();\n"
    )


def test_a_trigger_is_missed_where_two_thirds_have_one() -> None:
    rule = "updated-at-trigger-missing"
    four = SETTER + "".join(stamped(name) for name in "abcd")
    forgotten = stamped("y", trigger=False) + stamped("z", trigger=False)
    assert [f.object for f in found(four + forgotten, rule)] == ["public.y", "public.z"]
    assert found(four + forgotten + stamped("x", trigger=False), rule) == []
    assert found(four + stamped("y", "updated_at timestamptz not null", trigger=False), rule) == []
    assert found(four + stamped("y_archive", trigger=False), rule) == []
    assert len(found(stamped("y", trigger=False), rule, HOUSE)) == 1


def test_on_delete_is_missed_where_four_fifths_state_it() -> None:
    rule = "fk-on-delete-unstated"
    base = "create table public.a (id uuid primary key);\n"
    four = base + tables("a uuid references public.a(id) on delete cascade", 4)
    one = "create table public.x (id uuid primary key, a uuid references public.a(id));\n"
    assert [f.object for f in found(four + one, rule)] == ["public.x"]
    assert found(four + one + one.replace("public.x", "public.y"), rule) == []
    assert found(base + one, rule) == []
    stated = one.replace("public.a(id)", "public.a(id) on update cascade on delete no action")
    assert found(four + stated, rule) == []


def test_a_key_in_an_index_expression_has_no_other_type_to_offer() -> None:
    sql = "create table public.t (id uuid primary key, at timestamp);\n"
    assert [len(f.fixes) for f in found(sql, "timestamp-without-zone")] == [1]
    sql += "create index on public.t (date(at));\n"
    assert [len(f.fixes) for f in found(sql, "timestamp-without-zone")] == [0]


@pytest.mark.parametrize(
    ("length", "expected"), [(3, 0), (10, 0), (17, 0), (36, 0), (20, 1), (64, 1), (255, 1)]
)
def test_a_length_is_a_guess_when_it_is_round(length: int, expected: int) -> None:
    sql = tables(f"name varchar({length})", 1)
    assert len(found(sql, "varchar-length")) == expected
    assert len(found(sql, "varchar-length", HOUSE)) == 1


def test_a_renamed_column_is_not_checked_by_its_new_name() -> None:
    sql = tables("name varchar(100)", 1) + "alter table public.t0 rename column name to title;"
    (finding,) = found(sql, "varchar-length")
    assert [fix.title for fix in finding.fixes] == ["Use text"]


def test_one_finding_for_a_serial_of_four_bytes() -> None:
    analysis = check_texts(MIGRATION + "create table public.t (id serial primary key);")
    said = [f.rule for f in findings(analysis) if f.rule in ("int-key", "serial-not-identity")]
    assert said == ["int-key"]


@pytest.mark.parametrize(
    ("above", "words"),
    [
        ("-- Who buys plants from us.", "Who buys plants from us."),
        ("-- =====\n-- CUSTOMERS\n-- Who buys plants\n-- from us.\n-- =====", "Who buys plants from us."),
        ("/* Who buys plants from us. */", "Who buys plants from us."),
        ("-- 1. Who buys plants from us", "Who buys plants from us"),
        ("-- Create the table of those who buy plants", ""),
        ("-- Customers table (new)", ""),
        ("-- the customers of t", ""),
        ("-- Who buys plants from us.\n", ""),
        ("-- Migration: who buys plants from us", ""),
        ("-- schemabot: ignore rls-disabled -- who buys plants from us", ""),
    ],
)
def test_which_comment_gives_a_reason(above: str, words: str) -> None:
    sql = f"select 1;\n{above}\ncreate table public.customers (id uuid primary key);\n"
    (finding,) = found(sql, "comment-missing", HOUSE)
    steps = [step for fix in finding.fixes for step in fix.steps if fix.preferred]
    texts = [step.sql for step in steps if isinstance(step, InsertAfter)]
    assert texts == ([f"comment on table public.customers is '{words}';"] if words else [])


def test_names_that_others_rely_on_are_not_changed() -> None:
    sql = """create table public.t (id uuid primary key, at timestamptz);
create index t_at on public.t (at);
comment on index public.t_at is 'newest first';
"""
    assert [f.fixes for f in found(sql, "object-naming", HOUSE)] == [()]
    sql = (
        SETTER
        + stamped("t").replace("set_updated_at", "touch_t")
        + stamped("t")
        .partition("\n")[2]
        .replace("set_updated_at", "aaa")
        .replace("before update", "before insert")
    )
    assert [(f.part, len(f.fixes)) for f in found(sql, "object-naming", HOUSE)] == [
        ("touch_t", 0),
        ("aaa", 0),
    ]


@pytest.mark.parametrize(
    "body", ["raise notice 'x'; return new;", "new.updated_at := old.updated_at; return new;"]
)
def test_a_trigger_that_does_more_may_be_called_as_it_likes(body: str) -> None:
    plain = SETTER + stamped("t").replace("set_updated_at", "guard")
    assert [f.part for f in found(plain, "object-naming", HOUSE)] == ["guard"]
    assert found(plain.replace("return new;", body), "object-naming", HOUSE) == []


def test_a_copy_that_a_trigger_keeps_is_none() -> None:
    sql = """create table public.customers (id uuid primary key, name text);
create table public.visits (
  id uuid primary key, customer_id uuid references public.customers(id) on delete cascade, customer_name text
);
"""
    assert underlined(sql, "copied-column") == ["customer_name"]
    sql += """create function public.copy() returns trigger language plpgsql set search_path = '' as $$
begin new.customer_name := (select name from public.customers where id = new.customer_id); return new; end $$;
create trigger copy before insert on public.visits for each row execute function public.copy();
"""
    assert found(sql, "copied-column") == []


def test_a_column_in_two_foreign_keys_is_told_once() -> None:
    sql = """create table public.a (org int, id bigint primary key, unique (org, id));
create table public.b (
  id uuid primary key, org int, a_id int references public.a(id) on delete cascade,
  foreign key (org, a_id) references public.a(org, id) on delete cascade
);
"""
    assert underlined(sql, "fk-type-mismatch") == ["int"]


def test_standard_columns_that_nobody_knows_are_asked_for_without_a_fix() -> None:
    toml = '[rules.standard-columns]\nlevel = "warning"\ncolumns = ["deleted_at"]\n'
    assert [f.fixes for f in found(tables("a int", 1), "standard-columns", toml)] == [()]
