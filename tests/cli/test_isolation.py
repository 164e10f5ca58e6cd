import json
from pathlib import Path

from support.command import schemabot, supabase_project

SQL = """
create table public.organizations (id uuid primary key);
create table public.org_members (
  org_id uuid not null references public.organizations (id), user_id uuid not null references auth.users (id),
  primary key (org_id, user_id)
);
alter table public.org_members enable row level security;
create policy own on public.org_members for select to authenticated using (user_id = (select auth.uid()));
create table public.notes (id uuid primary key, org_id uuid not null references public.organizations (id));
alter table public.notes enable row level security;
create policy members on public.notes for select to authenticated
using (org_id in (select m.org_id from public.org_members m where m.user_id = (select auth.uid())));
"""
LEAK = """
create policy signed_in on public.notes for select to authenticated using ((select auth.uid()) is not null);
"""


def test_the_matrix_of_a_tight_project(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"20240101000000_a.sql": SQL})
    ran = schemabot("isolation", "--table", "notes", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Org_id names the organisation")
    rows = [line.split() for line in ran.out.splitlines() if line.startswith("public.notes")]
    assert rows == [
        ["public.notes", "anon", "denied", "denied", "denied", "denied"],
        ["public.notes", "authenticated", "isolated", "denied", "denied", "denied"],
    ]


def test_a_leak_is_named_and_counts(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"20240101000000_a.sql": SQL + LEAK})
    ran = schemabot("isolation", "--table", "public.notes", cwd=tmp_path)
    assert ran.code == 1
    assert "public.notes: authenticated can read a row of another organisation" in ran.out
    assert "Leaks:" in ran.out and 'policy "signed_in" does not tie the row to the caller' in ran.out
    report = schemabot("isolation", "--format", "json", cwd=tmp_path)
    assert report.code == 1
    verdicts = json.loads(report.out)["verdicts"]
    found = {(v["table"], v["command"], v["role"]): v for v in verdicts}
    leak = found["public.notes", "SELECT", "authenticated"]
    assert set(leak) == {"table", "command", "role", "verdict", "policies", "because", "example"}
    assert (leak["verdict"], leak["policies"]) == ("leaks", ["members", "signed_in"])
    assert found["public.org_members", "SELECT", "authenticated"]["verdict"] == "isolated"
    assert found["public.notes", "SELECT", "anon"]["verdict"] == "denied"


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"20240101000000_a.sql": SQL})
    ran = schemabot("isolation", "--table", "nots", cwd=tmp_path)
    assert ran.code == 2
    assert "there is no exposed table nots" in ran.err
