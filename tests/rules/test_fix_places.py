"""Where fixes go and how they write: behind what they name, under its name there, in the user's style."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from schemabot.analysis import all_safe, apply_change, change_set
from support.rule_examples import DEFAULT_FILE, check_few, findings, texts_of

if TYPE_CHECKING:
    from support.postgres import Database

NewDatabase = Callable[[str], "Database"]
HELPER = """create function public.get_user_org_id() returns uuid language sql stable security definer
set search_path = '' as $$ select null::uuid $$;
"""
TEAMS = '[tenancy]\ncolumn = "team"\nhelpers = ["get_user_org_id"]'


def added(sql: str, rule: str, title: str | None = None, toml: str = "", platform: str = "supabase") -> str:
    """What a fix inserts, without the blank line in front."""
    analysis = check_few(sql, toml, platform=platform)
    finding = findings(analysis, rule)[0]
    fix = finding.fixes[0] if title is None else next(f for f in finding.fixes if f.title == title)
    change = change_set(analysis, fix)
    assert change is not None
    ((_, edits),) = change.edits.items()
    return "\n\n".join(edit.text.strip() for edit in edits)


def test_keywords_names_and_line_ends_are_the_users() -> None:
    enable = "alter table {} enable row level security;"
    assert added("create table Notes (id int);", "rls-disabled") == enable.format("Notes")
    assert added('create table "My Notes" (id int);', "rls-disabled") == enable.format('"My Notes"')
    shouted = added("CREATE TABLE public.notes (id INT);", "rls-disabled")
    assert shouted == "ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;"
    analysis = check_few({DEFAULT_FILE: "create table a (id int);\r\nselect 1;\r\n"})
    change = all_safe(analysis, findings(analysis))
    (text,) = apply_change({DEFAULT_FILE: analysis.view.migrations[0].text}, change).values()
    assert text == (
        "create table a (id int);\r\n\r\nalter table a enable row level security;\r\nselect 1;\r\n"
    )


def test_a_statement_without_semicolon_gets_one() -> None:
    analysis = check_few("create table a (id int)\n")
    change = all_safe(analysis, findings(analysis))
    (edit,) = change.edits[DEFAULT_FILE]
    assert edit.text == ";\n\nalter table a enable row level security;"


def test_a_renamed_table_is_repaired_behind_its_new_name(new_database: NewDatabase) -> None:
    sql = """-- file: 1_a.sql
create table public.a (id int);
-- file: 2_b.sql
alter table public.a rename to b;
comment on table public.b is 'renamed';
"""
    texts = texts_of(sql)
    analysis = check_few(texts)
    (finding,) = findings(analysis, "rls-disabled")
    assert finding.at.file.endswith("1_a.sql")
    change = change_set(analysis, finding.fixes[0])
    assert change is not None
    after = apply_change(texts, change)
    assert "alter table public.b enable row level security;" in after["migrations/2_b.sql"]
    database = new_database("supabase")
    for text in after.values():
        database.run(text)
    assert findings(check_few(after), "rls-disabled") == []


def test_policies_wait_for_the_helper_they_call(new_database: NewDatabase) -> None:
    sql = f"create table public.notes (org_id uuid not null);\nselect 1;\n{HELPER}select 2;\n"
    texts = {DEFAULT_FILE: sql}
    analysis = check_few(texts)
    (finding,) = findings(analysis, "rls-disabled")
    change = change_set(analysis, finding.fixes[1])
    assert change is not None
    (after,) = apply_change(texts, change).values()
    assert (
        after.index("enable row level security")
        < after.index("create function")
        < after.index("create policy")
    )
    assert after.endswith("get_user_org_id()));\nselect 2;\n")
    new_database("supabase").run(after)


@pytest.mark.parametrize(
    ("table", "toml", "condition"),
    [
        ("org_id uuid", "", "org_id = (select public.get_user_org_id())"),
        ("org_id text", "", "false"),
        ("tenant_id uuid", "", "false"),
        ("team uuid", TEAMS, "team = (select public.get_user_org_id())"),
        ("user_id uuid references auth.users(id)", "", "user_id = (select auth.uid())"),
        ("id uuid primary key references auth.users(id)", "", "id = (select auth.uid())"),
        ("tenant_id uuid, user_id uuid references auth.users(id)", "", "false"),
        ("user_id uuid", "", "false"),
        ("name text", "", "false"),
    ],
)  # fmt: skip
def test_the_policy_that_fits_the_table(table: str, toml: str, condition: str) -> None:
    sql = f"{HELPER}create table public.notes ({table});\nalter table public.notes enable row level security;"
    text = added(sql, "policy-missing", "Add all missing policies", toml)
    assert text.count(f"using ({condition})") == 3
    assert text.count(f"with check ({condition})") == 2
    assert text.count("to authenticated") == 4


def test_nobody_writes_himself_into_an_organisation() -> None:
    sql = f"""{HELPER}create table public.org_memberships (
  org_id uuid not null, user_id uuid not null references auth.users(id)
);
create index idx on public.org_memberships (user_id);
alter table public.org_memberships enable row level security;"""
    text = added(sql, "policy-missing", "Add all missing policies")
    assert "using (org_id = (select public.get_user_org_id()))" in text
    assert text.count("with check (false)") == 2
    without_helper = added(sql.removeprefix(HELPER), "policy-missing", "Add all missing policies")
    assert "using (user_id = (select auth.uid()))" in without_helper
    assert without_helper.count("with check (false)") == 2


def test_a_policy_takes_no_name_that_is_taken() -> None:
    sql = """create table public.notes (id int);
alter table public.notes enable row level security;
create policy "Nobody can view data yet" on public.notes for insert to authenticated with check (true);"""
    assert 'create policy "Nobody can view data yet_2"' in added(sql, "policy-missing")


def test_no_policy_is_added_without_a_look() -> None:
    analysis = check_few(f"{HELPER}create table public.notes (org_id uuid);")
    (finding,) = findings(analysis, "rls-disabled")
    assert [fix.safe for fix in finding.fixes] == [True, False]
    locked = check_few(
        f"{HELPER}create table public.a (org_id uuid);alter table a enable row level security;"
    )
    assert not any(fix.safe for finding in findings(locked) for fix in finding.fixes)


def test_index_names_fit_and_are_free(new_database: NewDatabase) -> None:
    long = "a_table_with_a_name_that_is_almost_as_long_as_names_may_be"
    sql = f"""create table other (id int primary key);
create table {long} (other_id int references other, "Other" int references other);
create index idx_{long} on {long} (other_id) where other_id > 0;
create table b (other_id int references other);
create table idx_b_other_id (id int);
"""
    analysis = check_few(sql, '[rules]\nrls-disabled = "off"')
    found = findings(analysis, "fk-index-missing")
    names = [finding.fixes[0].title.removeprefix("Create the index ") for finding in found]
    assert len(set(names)) == len(names) == 3
    assert all(len(name.encode()) <= 63 for name in names)
    assert names[-1] == "idx_b_other_id_2"
    (after,) = apply_change({DEFAULT_FILE: sql}, all_safe(analysis, found)).values()
    assert findings(check_few(after), "fk-index-missing") == []
    new_database("postgres").run(after)


def test_one_finding_for_two_foreign_keys_on_the_same_columns() -> None:
    sql = """create table a (id int primary key); create table b (id int primary key);
create table c (id int references a, constraint also_b foreign key (id) references b);"""
    analysis = check_few(sql, '[rules]\nrls-disabled = "off"')
    assert len(findings(analysis)) == 1


def test_an_open_parent_is_repaired_with_its_partitions() -> None:
    sql = """create table e (d date not null) partition by range (d);
create table e1 partition of e for values from ('2026-01-01') to ('2027-01-01') partition by range (d);
create table e11 partition of e1 for values from ('2026-01-01') to ('2026-02-01');
"""
    analysis = check_few(sql)
    found = findings(analysis)
    assert [finding.object for finding in found] == ["public.e"]
    change = change_set(analysis, found[0].fixes[0])
    assert change is not None
    after = apply_change({DEFAULT_FILE: sql}, change)
    assert [(f.rule, f.object) for f in findings(check_few(after))] == [("policy-missing", "public.e")]


def test_a_dropped_table_is_described_with_what_goes_with_it() -> None:
    sql = """-- file: 1_a.sql
create table a (id int primary key);
create table b (a_id int references a);
create view v as select id from a;
-- file: 2_b.sql
drop table a cascade;
"""
    toml = '[rules]\nrls-disabled = "off"\nfk-index-missing = "off"'
    (finding,) = findings(check_few(sql, toml))
    assert finding.rule == "drop-table"
    assert "CASCADE also drops foreign key b_a_id_fkey of public.b and view public.v" in finding.message


def test_policies_on_a_plain_server_name_no_role_that_is_not_there(new_database: NewDatabase) -> None:
    sql = "create table notes (id int);\nalter table notes enable row level security;"
    text = added(sql, "policy-missing", "Add all missing policies", platform="postgres")
    assert text.count("to public") == 4
    new_database("postgres").run(sql + text)
