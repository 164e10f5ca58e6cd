from pathlib import Path

from support.command import git, schemabot, supabase_project

ORGS = """create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations (id), user_id uuid references auth.users (id),
  primary key (org_id, user_id)
);
create table public.customers (id uuid primary key, org_id uuid not null references public.organizations (id));
"""


def why(root: Path, *arguments: str) -> str:
    """What is said on standard error; the result itself is the same with and without."""
    ran = schemabot("check", "--verbose", "--format", "json", *arguments, cwd=root)
    quiet = schemabot("check", "--format", "json", *arguments, cwd=root)
    assert (ran.code, ran.out) == (quiet.code, quiet.out)
    assert "why rules" not in quiet.err
    return ran.err


def test_tenancy(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"1_a.sql": ORGS})
    said = why(tmp_path)
    assert "supabase/migrations: why rules may say nothing\n" in said
    assert (
        '  tenancy: org_id names the organisation: 2 of 3 tables have it, and refers to "public.org' in said
    )
    assert "less than three of five" not in said


def test_no_tenancy(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"1_a.sql": "create table public.notes (id uuid primary key);"})
    said = why(tmp_path)
    assert (
        "  tenancy: no column names an organisation or a user: rules about organisations stay silent\n"
        in said
    )


def test_few_tables_with_the_column(tmp_path: Path) -> None:
    others = "".join(f"create table public.t{n} (id uuid primary key);\n" for n in range(9))
    supabase_project(tmp_path, {"1_a.sql": ORGS + others})
    assert "  tenancy: less than three of five tables have org_id" in why(tmp_path)


def test_tables_that_rules_pass_over(tmp_path: Path) -> None:
    supabase_project(
        tmp_path,
        {"1_a.sql": ORGS + "create schema jobs; create table jobs.todo (id int primary key);"},
        **{"schemabot.toml": '[tenancy]\nservice-only = ["customers"]\nexempt = ["public.gone"]\n'},
    )
    said = why(tmp_path)
    assert "  not exposed: schema jobs (1 table): the API does not serve it" in said
    assert "  service-only: public.customers, as schemabot.toml says\n" in said
    assert "exempt" not in said


def test_history(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"1_a.sql": ORGS, "2_b.sql": "select 1;"})
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "x")
    assert "  settled: 2 files (unchanged on the default branch of git): 1 rule that" in why(
        tmp_path, "--rule", "drop-table"
    )
    assert "settled" not in why(tmp_path, "--rule", "rls-disabled")
    (tmp_path / "schemabot.toml").write_text('baseline = "1"\n')
    said = why(tmp_path, "--rule", "drop-table")
    assert "  applied: 1 file (at or before the baseline)" in said
    assert "  settled: 1 file (" in said


def test_rules_that_are_off(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"1_a.sql": ORGS}, **{"schemabot.toml": '[rules]\nfk-index-missing = "off"\n'})
    said = why(tmp_path)
    assert "  off in schemabot.toml: fk-index-missing\n" in said
    preset = next(line for line in said.splitlines() if line.startswith("  off in the preset recommended: "))
    assert "standard-columns" in preset
    assert "rls-disabled" not in preset
    assert " off in " not in why(tmp_path, "--rule", "rls-disabled")
    assert " off in " not in why(tmp_path, "--category", "security")


def test_what_was_not_understood(tmp_path: Path) -> None:
    supabase_project(
        tmp_path,
        {
            "1_a.sql": ORGS
            + "do $$ begin if random() > 0.5 then alter table customers add x int; end if; end $$;"
        },
    )
    said = why(tmp_path)
    assert "  not understood: " in said
    assert "customers" in said.partition("not understood")[2]
