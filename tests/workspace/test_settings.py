from pathlib import Path

import pytest

from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.settings import Ignore, RuleSetting, Settings
from schemabot.workspace.settings import LoadedSettings, load_settings


def _load(tmp_path: Path, text: str, **layers: object) -> LoadedSettings:
    path = tmp_path / "schemabot.toml"
    path.write_bytes(text.encode())
    return load_settings(str(path), all_rules(), **layers)  # type: ignore[arg-type]  # layers are mappings


def _problems(loaded: LoadedSettings, text: str) -> list[tuple[str, str]]:
    """(the marked text, the message) of each problem."""
    lines = text.splitlines()
    return [(lines[p.line][p.column : p.end_column], p.message) for p in loaded.problems]


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    loaded = _load(
        tmp_path,
        """
preset = "schemabot"
platform = "supabase"
postgres-version = 15
migrations = "db"
exposed-schemas = ["public", "api"]
baseline = 20240101000000

[tenancy]
column = "org_id"
service-only = ["public.jobs"]

[rules]
fk-index-missing = "off"
rls-disabled = { level = "warning" }

[[ignore]]
rule = "rls-disabled"
object = "public.*"
reason = "internal"

[[override]]
paths = ["legacy/*.sql"]
[override.rules]
rls-disabled = "off"
""",
    )
    assert loaded.problems == ()
    settings = loaded.settings
    assert (settings.preset, settings.platform, settings.postgres_version) == ("schemabot", "supabase", 15)
    assert settings.baseline == "20240101000000"
    assert settings.tenancy.service_only == ("public.jobs",)
    assert settings.rules["fk-index-missing"] == RuleSetting("off")
    assert settings.rules["rls-disabled"].level == "warning"
    assert settings.ignore == (Ignore("rls-disabled", "public.*", "internal"),)
    assert settings.override[0].rules["rls-disabled"].level == "off"


def test_an_empty_file_and_none_are_the_defaults(tmp_path: Path) -> None:
    assert _load(tmp_path, "").settings == load_settings(None, all_rules()).settings == Settings()


@pytest.mark.parametrize(
    ("text", "marked", "message"),
    [
        ('presett = "all"', "presett", "there is no setting 'presett', did you mean 'preset'?"),
        ('preset = "recommendd"', "preset", "there is no preset 'recommendd'"),
        ("[tenancy]\nx = 1\ncolumn = 5", "column", "tenancy.column: must be a string, not a number"),
        ('a = 1\n[rules]\n"rls-disabld" = "off"', '"rls-disabld"', "did you mean 'rls-disabled'?"),
        ('rules.rls-disabled = "of"', "rules.rls-disabled", "there is no level 'of'"),
        ('[rules]\nrls-disabled = { level = "x" }', "rls-disabled", "there is no level 'x'"),
        ("[rules.rls-disabled]\nnope = 1", "nope", "options of rls-disabled"),
        ("rules = 5", "rules", "must be a table of rules and levels, not a number"),
        ('[[ignore]]\nrule = "rls-disabled"\nobject = "a"\nreason = " "', "reason", "needs a reason"),
        ('[[ignore]]\nobject = "a"\nreason = "b"', "ignore", "'rule' is missing"),
        (
            '[[override]]\npaths = []\n[[override]]\npaths = ["a"]\n[override.rules]\nnope = "off"',
            "nope",
            "there is no rule 'nope'",
        ),
        ("platform = 'oracle'", "platform", "must be 'postgres' or 'supabase', not 'oracle'"),
        ("postgres-version = '17'", "postgres-version", "must be a whole number, not '17'"),
        ("exposed-schemas = 'public'", "exposed-schemas", "must be a list of strings, not 'public'"),
        ("baseline = 'v1'", "baseline", "must be the version of a migration"),
        ("# é\nx = = 1", "= 1", "not valid TOML: invalid value"),
    ],
)
def test_mistakes_are_marked_where_they_stand(tmp_path: Path, text: str, marked: str, message: str) -> None:
    problems = _problems(_load(tmp_path, text), text)
    assert marked in [place for place, _ in problems]
    assert any(message in told for place, told in problems if place == marked)


def test_what_is_right_around_a_mistake_counts(tmp_path: Path) -> None:
    loaded = _load(
        tmp_path,
        '[rules]\nnope = "off"\nfk-index-missing = "off"\n[tenancy]\ncolumn = 1\nhelpers = ["a.b"]\n'
        '[[ignore]]\nrule = "nope"\nobject = "x"\nreason = "y"\n'
        '[[ignore]]\nrule = "rls-disabled"\nobject = "x"\nreason = "y"\n',
    )
    assert [problem.line for problem in loaded.problems] == [1, 4, 7]
    assert set(loaded.settings.rules) == {"fk-index-missing"}
    assert loaded.settings.tenancy.helpers == ("a.b",)
    assert [entry.rule for entry in loaded.settings.ignore] == ["rls-disabled"]


def test_a_file_that_is_no_toml_leaves_the_defaults(tmp_path: Path) -> None:
    for text in ("[", "a = 'x", "\x00", "x = " + "[" * 5000):
        loaded = _load(tmp_path, text)
        assert loaded.settings == Settings()
        assert loaded.problems[0].message.startswith("not valid TOML"), text


def test_line_ends_do_not_move_places(tmp_path: Path) -> None:
    loaded = _load(tmp_path, "\r\npreset = 5\r\n")
    assert [(p.line, p.column, p.end_column) for p in loaded.problems] == [(1, 0, 6)]


def test_precedence(tmp_path: Path) -> None:
    client = {"preset": "all", "baseline": "1", "tenancy": {"column": "a", "helpers": ["h.h"]}, "trace": {}}
    detected = {"postgres-version": 15, "baseline": "2"}
    text = 'baseline = "3"\n[tenancy]\ncolumn = "b"\n'
    settings = _load(tmp_path, text, client=client, detected=detected, overrides={}).settings
    assert (settings.preset, settings.postgres_version, settings.baseline) == ("all", 15, "3")
    assert (settings.tenancy.column, settings.tenancy.helpers) == ("b", ("h.h",))
    assert _load(tmp_path, text, client=client, overrides={"baseline": "4"}).settings.baseline == "4"


def test_mistakes_of_the_client_are_left_out(tmp_path: Path) -> None:
    loaded = load_settings(None, all_rules(), client={"preset": 5, "platform": "supabase"})
    assert (loaded.settings.preset, loaded.settings.platform) == ("recommended", "supabase")
