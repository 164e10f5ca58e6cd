import json
from pathlib import Path

import pytest

from support.command import git, schemabot, supabase_project

PATH = "supabase/migrations/20240101000000_notes.sql"
ONLY = ("--rule", "fk-index-missing", "--rule", "rls-disabled", "--rule", "syntax-error")


def test_text(project: Path) -> None:
    ran = schemabot("check", "--rule", "fk-index-missing", cwd=project)
    assert ran.code == 1
    head, place, bar, source, carets, *rest = ran.out.splitlines()
    assert head.startswith("warning[fk-index-missing]: ")
    assert place == f" --> {PATH}:2:62"
    assert bar == "  |"
    assert source == (
        "2 | create table public.pages (id uuid primary key, note_id uuid references public.notes (id));"
    )
    assert carets == "  | " + " " * 61 + "^" * len("references public.notes (id)")
    assert any(line.startswith("  = help: ") for line in rest)
    assert "  = fix: Create the index idx_pages_note_id" in rest
    assert rest[-1] == "1 warning in 1 file, 2 statements."
    assert ran.err.startswith("hint: ")
    assert len(ran.err.splitlines()) == 1


def test_json(project: Path) -> None:
    ran = schemabot("check", "--rule", "fk-index-missing", "--format", "json", cwd=project)
    assert ran.code == 1
    assert ran.err == ""
    assert set(ran.json) == {"version", "findings", "not_analysed", "summary"}
    (finding,) = ran.json["findings"]
    message = finding.pop("message")
    assert "public.pages" in message
    assert finding == {
        "rule": "fk-index-missing",
        "aliases": ["advisor:0001_unindexed_foreign_keys"],
        "severity": "warning",
        "path": PATH,
        "range": {"start": {"line": 2, "column": 62}, "end": {"line": 2, "column": 90}},
        "object": "public.pages",
        "part": "pages_note_id_fkey",
        "fixes": ["Create the index idx_pages_note_id"],
    }
    assert ran.json["summary"] == {
        "error": 0, "warning": 1, "information": 0, "hint": 0, "files": 1, "statements": 2,
    }  # fmt: skip


def test_columns_count_code_points(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"1_a.sql": "/* \U0001f600é */ selekt 1;\r\n"})
    ran = schemabot("check", "--rule", "syntax-error", "--format", "json", cwd=tmp_path)
    assert ran.json["findings"][0]["range"]["start"] == {"line": 1, "column": 10}


def test_sarif(project: Path) -> None:
    ran = schemabot("check", *ONLY, "--format", "sarif", cwd=project)
    assert (ran.code, ran.json["version"]) == (1, "2.1.0")
    assert ran.json["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = ran.json["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "SchemaBot"
    names = [rule["id"] for rule in driver["rules"]]
    assert len(names) == len(set(names))
    assert run["results"]
    for result in run["results"]:
        assert names[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == PATH
        region = location["physicalLocation"]["region"]
        assert 1 <= region["startLine"] <= region["endLine"]
        assert region["startColumn"] >= 1
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"][0]["executionSuccessful"] is True


def test_github(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"1_a,b%.sql": "selekt 1;\n"})
    ran = schemabot("check", "--rule", "syntax-error", "--format", "github", cwd=tmp_path)
    (line,) = ran.out.splitlines()
    assert line.startswith(
        "::error file=supabase/migrations/1_a%2Cb%25.sql,line=1,endLine=1,col=1,endColumn=7,"
        "title=syntax-error (error)::"
    )
    assert "%0A" in line


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("information", 1), ("hint", 1)])
def test_fail_on(project: Path, level: str, code: int) -> None:
    assert schemabot("check", "--rule", "fk-index-missing", "--fail-on", level, cwd=project).code == code


def test_clean(tmp_path: Path) -> None:
    supabase_project(tmp_path, {"20240101000000_a.sql": "select 1;\n"})
    ran = schemabot("check", *ONLY, cwd=tmp_path)
    assert (ran.code, ran.out) == (0, "No findings in 1 file, 1 statement.\n")


def test_rules_by_alias_category_and_preset(project: Path) -> None:
    def rules(*arguments: str) -> set[str]:
        ran = schemabot("check", "--format", "json", *arguments, cwd=project)
        assert ran.code == 1, ran
        return {finding["rule"] for finding in ran.json["findings"]}

    assert rules("--rule", "advisor:0001_unindexed_foreign_keys") == {"fk-index-missing"}
    assert "fk-index-missing" not in rules("--category", "security")
    assert "rls-disabled" in rules("--category", "security")
    assert rules("--preset", "advisors") >= {"fk-index-missing", "rls-disabled"}


def test_files_speak_for_themselves_alone(project: Path) -> None:
    other = project / "supabase" / "migrations" / "20240102000000_other.sql"
    other.write_text("create table public.others (id uuid primary key);\n")
    ran = schemabot("check", other, "--format", "json", *ONLY, cwd=project)
    assert {finding["object"] for finding in ran.json["findings"]} == {"public.others"}
    assert ran.json["summary"]["files"] == 1
    both = schemabot("check", other, PATH, "--format", "json", *ONLY, cwd=project)
    assert both.json["summary"]["files"] == 2


def test_a_seed_is_read_against_the_head(project: Path) -> None:
    seed = project / "supabase" / "seed.sql"
    seed.write_text("insert into public.notes default values;\ncreate table public.extra (id int);\n")
    ran = schemabot("check", "supabase/seed.sql", "--format", "json", *ONLY, cwd=project)
    assert {finding["path"] for finding in ran.json["findings"]} == {"supabase/seed.sql"}
    assert {finding["object"] for finding in ran.json["findings"]} == {"public.extra"}


def test_several_projects_of_a_tree(tmp_path: Path) -> None:
    for name in ("one", "two"):
        supabase_project(tmp_path / name, {"1_a.sql": "selekt 1;"})
    ran = schemabot("check", "--format", "json", *ONLY, cwd=tmp_path)
    assert [f["path"] for f in ran.json["findings"]] == [
        "one/supabase/migrations/1_a.sql",
        "two/supabase/migrations/1_a.sql",
    ]


def test_a_path_given_twice_counts_once(project: Path) -> None:
    ran = schemabot("check", ".", PATH, "supabase", "--format", "json", *ONLY, cwd=project)
    assert ran.json["summary"]["files"] == 1


def test_since_and_changed_from(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    git(project, "commit", "-qm", "first")
    new = "20240102000000_new.sql"
    (project / "supabase" / "migrations" / new).write_text(
        "create table public.others (id uuid primary key);\n"
    )
    for option, value in (("--since", "20240102000000"), ("--changed-from", "main")):
        ran = schemabot("check", option, value, "--format", "json", *ONLY, cwd=project)
        assert {finding["path"] for finding in ran.json["findings"]} == {f"supabase/migrations/{new}"}, option
        assert ran.json["summary"]["files"] == 1
    assert schemabot("check", "--since", "20990101000000", cwd=project).code == 0


def test_baseline(project: Path) -> None:
    ran = schemabot("check", *ONLY, "--write-baseline", "known.json", cwd=project)
    assert (ran.code, ran.out) == (0, "Recorded 3 findings in known.json.\n")
    known = json.loads((project / "known.json").read_text())
    assert known["version"] == 1
    assert {
        "rule": "fk-index-missing", "object": "public.pages", "part": "pages_note_id_fkey",
        "path": PATH, "count": 1,
    } in known["findings"]  # fmt: skip
    path = project / PATH
    path.write_text("\n\n-- moved\n" + path.read_text())
    ran = schemabot("check", *ONLY, "--baseline", "known.json", cwd=project)
    assert (ran.code, ran.out) == (0, "No findings in 1 file, 2 statements.\n")
    path.write_text(path.read_text() + "create table public.later (id uuid primary key);\n")
    ran = schemabot(
        "check", *ONLY, "--baseline", "../" + project.name + "/known.json", "--format", "json", cwd=project
    )
    assert [finding["object"] for finding in ran.json["findings"]] == ["public.later"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"version": 1}', '{"version": 1, "findings": [{}]}', "{}"]
)
def test_a_broken_baseline(project: Path, content: str) -> None:
    (project / "known.json").write_text(content)
    ran = schemabot("check", "--baseline", "known.json", cwd=project)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "schemabot: known.json: is not a baseline written by check --write-baseline\n"


def test_colour_only_where_it_is_wanted(project: Path) -> None:
    assert "\x1b" not in schemabot("check", cwd=project).out
    assert "\x1b" not in schemabot("check", cwd=project, NO_COLOR="1").out


def test_settings_are_found_from_the_migrations(project: Path) -> None:
    (project / "schemabot.toml").write_text('[rules]\nrls-disabled = "off"\nfk-index-missing = "hint"\n')
    ran = schemabot("check", "--format", "json", "--category", "performance", cwd=project)
    assert [(f["rule"], f["severity"]) for f in ran.json["findings"]] == [("fk-index-missing", "hint")]
    assert ran.code == 0
