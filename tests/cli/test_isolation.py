"""`schemabot isolation`: the matrix, its reasons, its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import schemabot, supabase_project

NAME = "20240101000000_all.sql"
HOUSE = """create table public.organizations (id uuid primary key);
create table public.org_members (
  org_id uuid not null references public.organizations (id), user_id uuid not null references auth.users (id),
  primary key (org_id, user_id)
);
alter table public.org_members enable row level security;
create policy own on public.org_members for select to authenticated using (user_id = (select auth.uid()));
create table public.notes (id uuid primary key, org_id uuid not null references public.organizations (id));
alter table public.notes enable row level security;
create policy members on public.notes for all to authenticated
using (org_id in (select org_id from public.org_members where user_id = (select auth.uid())));
create table public.tasks (id uuid primary key, org_id uuid not null references public.organizations (id));
alter table public.tasks enable row level security;
create policy members on public.tasks for select to authenticated
using (exists (select 1 from public.org_members where org_id = org_id and user_id = (select auth.uid())));
create policy odd on public.tasks for insert to authenticated with check (upper(org_id::text) = 'X');
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    supabase_project(tmp_path, {NAME: HOUSE})
    return tmp_path


def test_the_matrix_is_printed_with_reasons(house: Path) -> None:
    ran = schemabot("isolation", "--table", "notes", "--table", "public.tasks", cwd=house)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == (
        'Tenancy: org_id names the organisation: 3 of 4 tables have it, and refers to "public.organizations".\n'
        'Tenancy: who belongs to an organisation is read from "public.org_members".\n'
        "\n"
        "table         role           SELECT     INSERT     UPDATE     DELETE\n"
        "public.notes  anon           denied     denied     denied     denied\n"
        "public.notes  authenticated  isolated   isolated   isolated   isolated\n"
        "public.tasks  anon           denied     denied     denied     denied\n"
        "public.tasks  authenticated  leaks      undecided  denied     denied\n"
        "\n"
        "Leaks:\n"
        '  public.tasks: authenticated can read a row of another organisation: policy "members" does not tie the row'
        " to the caller\n"
        "\n"
        "Undecided:\n"
        "  public.tasks: authenticated INSERT: upper()\n"
        "\n"
        "What is isolated rests on who may write public.org_members.\n"
        "\n"
        "2 tables: 4 isolated, 1 leaks, 1 undecided, 10 denied.\n"
    )


def test_json_has_what_the_contract_names(house: Path) -> None:
    ran = schemabot("isolation", "--format", "json", cwd=house)
    assert ran.code == 1
    verdicts = ran.json["verdicts"]
    assert len(verdicts) == 4 * 2 * 4
    keys = {"table", "command", "role", "verdict", "policies", "because", "example", "through"}
    assert all(set(said) == keys for said in verdicts)
    by_case = {(said["table"], said["command"], said["role"]): said for said in verdicts}
    leak = by_case["public.tasks", "SELECT", "authenticated"]
    assert (leak["verdict"], leak["policies"]) == ("leaks", ["members"])
    assert leak["example"] == "authenticated can read a row of another organisation"
    kept = by_case["public.notes", "UPDATE", "authenticated"]
    assert (kept["verdict"], kept["through"]) == ("isolated", ["public.org_members"])
    assert ran.json["model"]["column"] == "org_id"


def test_without_a_leak_the_exit_code_is_zero(house: Path) -> None:
    ran = schemabot("isolation", "--table", "notes", "--format", "json", cwd=house)
    assert (ran.code, {said["table"] for said in ran.json["verdicts"]}) == (0, {"public.notes"})


def test_a_table_that_is_not_there_is_told(house: Path) -> None:
    ran = schemabot("isolation", "--table", "nots", cwd=house)
    assert (ran.code, ran.out) == (2, "")
    assert "there is no exposed table nots" in ran.err


def test_partitions_are_judged_by_themselves(tmp_path: Path) -> None:
    """Their parent's policies do not bind who names them."""
    more = """create table public.logs (id uuid, org_id uuid not null references public.organizations (id), at date not null)
partition by range (at);
create table public.logs_2024 partition of public.logs for values from ('2024-01-01') to ('2025-01-01');
alter table public.logs enable row level security;
create policy members on public.logs for select to authenticated
using (org_id in (select org_id from public.org_members where user_id = (select auth.uid())));
"""
    supabase_project(tmp_path, {NAME: HOUSE + more})
    ran = schemabot("isolation", "--format", "json", "--table", "logs", "--table", "logs_2024", cwd=tmp_path)
    found = {(s["table"], s["verdict"]) for s in ran.json["verdicts"] if s["command"] == "SELECT"}
    assert ("public.logs", "isolated") in found
    assert ("public.logs_2024", "leaks") in found


def test_a_file_that_cannot_be_read_fails(house: Path) -> None:
    (house / "supabase/migrations/20240102000000_next.sql").write_bytes(b"select 'abc';\n" + b"\xff\xfe\x00")
    assert schemabot("isolation", cwd=house).code == 2
