import tomllib
from pathlib import Path

import pytest

from schemabot.analysis import analyse, select_rules
from schemabot.isolation.tenancy_model import TenancyModel
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.tenancy_model import model_of
from schemabot.workspace.loader import load_project
from schemabot.workspace.settings import load_settings
from support.command import schemabot, supabase_project

HOUSE = """create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations (id), user_id uuid references auth.users (id),
  primary key (org_id, user_id)
);
create function public.get_user_org_id() returns uuid language sql stable security definer as $$
  select org_id from public.org_memberships where user_id = auth.uid() order by org_id limit 1
$$;
create function public.unused() returns uuid language sql stable security definer as $$
  select org_id from public.org_memberships where user_id = auth.uid() order by org_id limit 1
$$;
create table public.customers (id uuid primary key, org_id uuid references public.organizations (id));
alter table public.customers enable row level security;
create policy own on public.customers for all to authenticated using (org_id = (select public.get_user_org_id()));
create table public.countries (code text primary key);
create table public.deliveries (id uuid primary key, org_id uuid references public.organizations (id));
alter table public.deliveries enable row level security;
create policy backend on public.deliveries for all to service_role using (true);
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    supabase_project(tmp_path, {"20240101000000_all.sql": HOUSE})
    return tmp_path


def settings_in(folder: Path) -> dict[str, object]:
    """What the file sets, after it was read without a mistake."""
    path = folder / "schemabot.toml"
    assert load_settings(str(path), all_rules()).problems == ()
    return tomllib.loads(path.read_text())


def model_in(folder: Path) -> TenancyModel:
    loaded = load_project(folder)
    analysis = analyse(loaded.project, select_rules({}, loaded.project.settings), loaded.base)
    return model_of(analysis.head.catalog, loaded.project.settings)


def test_what_was_found_is_written_with_why(house: Path) -> None:
    ran = schemabot("init", cwd=house)
    assert (ran.code, ran.out) == (0, "Wrote schemabot.toml.\n")
    assert settings_in(house) == {
        "preset": "schemabot",
        "migrations": "supabase/migrations",
        "layout": "supabase",
        "platform": "supabase",
        "tenancy": {
            "column": "org_id",
            "organizations": "public.organizations",
            "memberships": "public.org_memberships",
        },
    }
    text = (house / "schemabot.toml").read_text()
    assert (
        '# org_id names the organisation: 3 of 5 tables have it, and refers to "public.organizations"' in text
    )
    assert '# who belongs to an organisation is read from "public.org_memberships"' in text
    assert '# baseline = "20240101000000"' in text
    assert '#   "public.get_user_org_id",\n# ]' in text
    assert "public.unused" not in text
    assert '# service-only = [\n#   "public.deliveries",\n# ]' in text
    assert '# exempt = [\n#   "public.countries",\n# ]' in text


def test_what_was_written_changes_nothing_that_was_found(house: Path) -> None:
    before = model_in(house)
    schemabot("init", cwd=house)
    after = model_in(house)
    assert (before.kind, before.column, before.organisations, before.memberships) == (
        after.kind,
        after.column,
        after.organisations,
        after.memberships,
    )


def test_every_suggestion_is_valid_when_it_is_uncommented(house: Path) -> None:
    schemabot("init", cwd=house)
    path = house / "schemabot.toml"
    lines = path.read_text().splitlines()
    code = ("[", "]", '  "', "helpers", "exempt", "service", "baseline", "exposed", "postgres", "fk-")
    path.write_text(
        "\n".join(line[2:] if line.startswith("# ") and line[2:].startswith(code) else line for line in lines)
    )
    written = settings_in(house)
    assert written["postgres-version"] == 17
    assert written["exposed-schemas"] == ["graphql_public", "public"]
    assert written["tenancy"]["helpers"] == ["public.get_user_org_id"]  # type: ignore[index]  # a table
    assert written["rules"] == {"fk-index-missing": "error"}


def test_a_file_that_is_there_stays(house: Path) -> None:
    (house / "schemabot.toml").write_text('preset = "all"\n[tenancy]\ncolumn = "nonsense"\n')
    ran = schemabot("init", cwd=house)
    assert (ran.code, ran.out) == (2, "")
    assert "schemabot.toml is there already; --force replaces it" in ran.err
    assert settings_in(house)["preset"] == "all"
    assert schemabot("init", "--force", cwd=house).code == 0
    assert settings_in(house)["tenancy"]["column"] == "org_id"  # type: ignore[index]  # a table


def test_force_replaces_a_file_that_is_broken(house: Path) -> None:
    (house / "schemabot.toml").write_text("preset = [")
    assert schemabot("init", cwd=house).code == 2
    assert schemabot("init", "--force", cwd=house).code == 0
    assert settings_in(house)["preset"] == "schemabot"


def test_a_file_above_that_speaks_for_the_project_is_not_passed_over(tmp_path: Path) -> None:
    supabase_project(tmp_path / "app", {"1_a.sql": HOUSE})
    (tmp_path / ".git").mkdir()
    (tmp_path / "schemabot.toml").write_text('preset = "all"\n')
    ran = schemabot("init", "app", cwd=tmp_path)
    assert ran.code == 2
    assert "schemabot.toml is there already; --force writes app/schemabot.toml beside it" in ran.err
    assert not (tmp_path / "app" / "schemabot.toml").exists()
    assert schemabot("init", "app", "--force", cwd=tmp_path).code == 0
    assert settings_in(tmp_path)["preset"] == "all"
    assert settings_in(tmp_path / "app")["preset"] == "schemabot"


def test_without_organisations_nothing_is_set_about_them(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"1_a.sql": "create table public.notes (id uuid primary key);\n"})
    assert schemabot("init", cwd=tmp_path).code == 0
    assert settings_in(tmp_path)["preset"] == "recommended"
    assert "tenancy" not in settings_in(tmp_path)
    assert "# no column names an organisation or a user" in (tmp_path / "schemabot.toml").read_text()


def test_the_house_is_not_proposed_where_most_tables_do_otherwise(tmp_path: Path) -> None:
    others = "".join(f"create table public.t{n} (id uuid primary key);\n" for n in range(9))
    supabase_project(tmp_path, {"1_a.sql": HOUSE + others})
    schemabot("init", cwd=tmp_path)
    assert settings_in(tmp_path)["preset"] == "recommended"
    assert settings_in(tmp_path)["tenancy"]["column"] == "org_id"  # type: ignore[index]  # a table


def test_names_that_toml_must_escape(tmp_path: Path) -> None:
    sql = HOUSE.replace("public.organizations", r'public."my \ ""orgs"""')
    supabase_project(tmp_path, {"1_a.sql": sql})
    assert schemabot("init", cwd=tmp_path).code == 0
    assert settings_in(tmp_path)["tenancy"]["organizations"] == 'public.my \\ "orgs"'  # type: ignore[index]  # a table
    assert model_in(tmp_path).kind == "organisation"


def test_plain_folders_and_files_that_are_no_project(tmp_path: Path) -> None:
    folder = tmp_path / "sql"
    folder.mkdir()
    (folder / "1_a.sql").write_text("create table a (id int primary key);\n")
    assert schemabot("init", "sql", cwd=tmp_path).code == 0
    written = settings_in(folder)
    assert (written["migrations"], written["layout"], written["platform"]) == (".", "plain", "postgres")
    assert schemabot("check", "sql", cwd=tmp_path).err.count("hint") == 1
    empty = tmp_path / "empty"
    empty.mkdir()
    for path, why in (("empty", "no migrations found"), ("none", "does not exist")):
        ran = schemabot("init", path, cwd=tmp_path)
        assert ran.code == 2
        assert why in ran.err


def test_of_several_projects_one_must_be_named(tmp_path: Path) -> None:
    for name in ("one", "two"):
        supabase_project(tmp_path / name, {"1_a.sql": HOUSE})
    ran = schemabot("init", cwd=tmp_path)
    assert ran.code == 2
    assert "one/supabase/migrations, two/supabase/migrations" in ran.err
    assert schemabot("init", "two", cwd=tmp_path).out == "Wrote two/schemabot.toml.\n"


def test_a_folder_that_cannot_be_written_is_one_message(house: Path) -> None:
    house.chmod(0o555)
    try:
        ran = schemabot("init", cwd=house)
    finally:
        house.chmod(0o755)
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert list(house.glob("*.toml*")) == []
    assert list(house.glob(".schemabot*")) == []
