"""policy-recursive says what the server answers: each set of policies is tried on a real PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.rule_examples import check_texts, findings

if TYPE_CHECKING:
    from support.postgres import Database

USER = "00000000-0000-4000-8000-000000000001"
TABLES = f"""
create table public.t (
  id uuid primary key default gen_random_uuid(), org uuid, user_id uuid references auth.users(id), name text
);
create table public.u (id uuid primary key default gen_random_uuid(), t_id uuid, user_id uuid);
alter table public.t enable row level security;
alter table public.u enable row level security;
insert into auth.users (id) values ('{USER}');
insert into public.t (user_id, org) values ('{USER}', gen_random_uuid());
insert into public.u (user_id, t_id) select user_id, id from public.t;
"""
OWN = "create policy own on public.t for select using (user_id = auth.uid());"
OWN_WRAPPED = "create policy own on public.t for select using (user_id = (select auth.uid()));"
COLLEAGUES = "org in (select x.org from public.t x where x.user_id = auth.uid())"
FIRST = "with check (not exists (select from public.t x where x.name = 'a'))"
BODY = "select org from public.t where user_id = auth.uid()"
ORGS = "create function public.orgs() returns setof uuid language sql stable {} as $$ " + BODY + " $$;"
MEMBER = (
    "create function public.member(o uuid) returns boolean language plpgsql stable as $$ begin "
    "return exists (select from public.t where org = o and user_id = auth.uid()); end $$;"
)
T_BY_U = "exists (select from public.u where u.t_id = t.id)"
U_BY_T = "exists (select from public.t where t.id = u.t_id)"

CASES = {
    "reads itself": (f"create policy p on public.t for select using ({COLLEAGUES});", {"p"}),
    "for all": (f"create policy p on public.t using ({COLLEAGUES});", {"p"}),
    "of a CTE": (
        f"create policy p on public.t for select using (org in (with me as ({BODY}) select * from me));",
        {"p"},
    ),
    "restrictive": (
        "create policy a on public.t for select using (true);"
        f"create policy p on public.t as restrictive using ({COLLEAGUES});",
        {"p"},
    ),
    "restrictive, and nothing to narrow": (
        f"create policy p on public.t as restrictive for select using ({COLLEAGUES});",
        set(),
    ),
    "insert, reading is plain": (f"{OWN} create policy p on public.t for insert {FIRST};", set()),
    "insert, reading has a sub-select": (
        f"{OWN_WRAPPED} create policy p on public.t for insert {FIRST};",
        {"p"},
    ),
    "insert, nothing may be read": (f"create policy p on public.t for insert {FIRST};", set()),
    "delete, reading is plain": (
        f"{OWN} create policy p on public.t for delete using ({COLLEAGUES});",
        set(),
    ),
    "delete, reading has a sub-select": (
        f"{OWN_WRAPPED} create policy p on public.t for delete using ({COLLEAGUES});",
        {"p"},
    ),
    "only in WITH CHECK of a policy for all": (
        f"create policy p on public.t using (user_id = auth.uid()) with check ({COLLEAGUES});",
        {"p"},
    ),
    "two tables": (
        f"create policy p on public.t for select using ({T_BY_U}); create policy q on public.u for select using ({U_BY_T});",
        {"q"},
    ),
    "two tables, but the way back is none": (
        f"create policy p on public.t for select using ({T_BY_U}); {OWN_WRAPPED.replace('.t ', '.u ')}",
        set(),
    ),
    "two tables, one policy only writes": (
        f"{OWN_WRAPPED} create policy p on public.t for insert with check ({T_BY_U}); "
        f"create policy q on public.u for select using ({U_BY_T});",
        {"p"},
    ),
    "for other roles": (
        f"create policy p on public.t for select to service_role using ({COLLEAGUES});",
        set(),
    ),
    "the way back is for other roles": (
        f"create policy p on public.t for select to authenticated using ({T_BY_U}); "
        f"create policy q on public.u for select to anon using ({U_BY_T});",
        set(),
    ),
    "definer function": (
        ORGS.format("security definer")
        + "create policy p on public.t for select using (org in (select orgs()));",
        set(),
    ),
    "invoker function": (
        ORGS.format("") + "create policy p on public.t for select using (org in (select orgs()));",
        {"p"},
    ),
    "invoker function in FROM": (
        ORGS.format("") + "create policy p on public.t for select using (org in (select * from orgs()));",
        {"p"},
    ),
    "invoker function of plpgsql": (
        MEMBER + "create policy p on public.t for select using (member(org));",
        {"p"},
    ),
    "invoker function that calls another": (
        MEMBER
        + "create function public.may(o uuid) returns boolean language sql stable as $$ select public.member(o) $$;"
        + "create policy p on public.t for select using (may(org));",
        {"p"},
    ),
    "invoker function behind an alternative": (
        MEMBER + "create policy p on public.t for select using (user_id = auth.uid() or member(org));",
        set(),
    ),
    "invoker function as the first alternative": (
        MEMBER + "create policy p on public.t for select using (member(org) or user_id = auth.uid());",
        {"p"},
    ),
    "invoker function beside a policy that is asked first": (
        MEMBER + OWN.replace("own", "z") + "create policy p on public.t for select using (member(org));",
        set(),
    ),
    "invoker function for writing": (
        MEMBER + OWN + "create policy p on public.t for delete using (member(org));",
        set(),
    ),
    "view with the caller's rights": (
        "create view public.v with (security_invoker = true) as select * from public.t;"
        f"create policy p on public.t for select using ({COLLEAGUES.replace('.t ', '.v ')});",
        {"p"},
    ),
    "view with its owner's rights": (
        "create view public.v as select * from public.t;"
        f"create policy p on public.t for select using ({COLLEAGUES.replace('.t ', '.v ')});",
        set(),
    ),
}
COMMANDS = (
    "select * from public.t",
    "select * from public.u",
    f"insert into public.t (user_id) values ('{USER}')",
    "update public.t set name = 'x' where id is not null",
    "delete from public.t where id is not null",
)


@pytest.mark.parametrize(("policies", "reported"), CASES.values(), ids=CASES)
def test_the_server_agrees(policies: str, reported: set[str], supabase_database: Database) -> None:
    analysis = check_texts({"migrations/20260101000000_t.sql": TABLES + policies})
    assert {f.part for f in findings(analysis, "policy-recursive")} == reported
    supabase_database.run(TABLES + policies)
    assert any(_is_refused(supabase_database, command) for command in COMMANDS) == bool(reported)


def _is_refused(database: Database, command: str) -> bool:
    """Whether a signed-in caller gets 42P17 or 54001."""
    import psycopg

    claims = f'{{"sub": "{USER}", "role": "authenticated"}}'
    with database.connect() as connection:
        connection.execute("select set_config('request.jwt.claims', %s, false)", [claims])
        connection.execute("set role authenticated")
        try:
            connection.execute(f"begin; {command}; rollback".encode())
        except (psycopg.errors.InvalidObjectDefinition, psycopg.errors.StatementTooComplex):
            return True
        except psycopg.Error:
            pass
    return False


def test_the_message_names_the_way() -> None:
    policies, _ = CASES["two tables"]
    (finding,) = findings(
        check_texts({"migrations/20260101000000_t.sql": TABLES + policies}), "policy-recursive"
    )
    assert '("public.u" -> "public.t" -> "public.u")' in finding.message
    policies, _ = CASES["invoker function"]
    (finding,) = findings(
        check_texts({"migrations/20260101000000_t.sql": TABLES + policies}), "policy-recursive"
    )
    assert '("public.t" -> public.orgs() -> "public.t")' in finding.message
    assert "54001" in finding.message
