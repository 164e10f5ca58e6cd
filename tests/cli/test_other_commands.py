import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import schemabot as package
from schemabot.rulekit.registry import all_rules
from support.command import schemabot, supabase_project


def test_version_and_help(tmp_path: Path) -> None:
    assert schemabot("--version", cwd=tmp_path).out == f"schemabot {package.__version__}\n"
    for name in ("check", "fix", "explain", "rules", "catalog", "lsp"):
        assert re.search(rf"^  {name}  ", schemabot("--help", cwd=tmp_path).out, re.M)
        ran = schemabot(name, "--help", cwd=tmp_path)
        assert ran.code == 0
        assert ran.out.startswith(f"Usage: schemabot {name}")


def test_rules_as_json(tmp_path: Path) -> None:
    ran = schemabot("rules", "--format", "json", cwd=tmp_path)
    assert [rule["id"] for rule in ran.json] == sorted(all_rules())
    for rule in ran.json:
        assert set(rule) == {
            "id", "category", "kind", "severity", "fixable", "aliases", "presets", "summary",
        }  # fmt: skip
        assert rule["kind"] in {"state", "change", "file"}
        assert rule["summary"]


def test_rules_as_text(tmp_path: Path) -> None:
    out = schemabot("rules", cwd=tmp_path).out
    assert re.search(r"^  fk-index-missing +warning +fix  ", out, re.M)
    assert f"{len(all_rules())} rules;" in out


def test_every_rule_is_explained(tmp_path: Path) -> None:
    ran = schemabot("explain", "fk-index-missing", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("# fk-index-missing\n")
    assert schemabot("explain", "advisor:0001_unindexed_foreign_keys", cwd=tmp_path).out == ran.out


def test_catalog(tmp_path: Path) -> None:
    supabase_project(
        tmp_path,
        {
            "20240101000000_a.sql": "create table public.b (id uuid primary key);\n",
            "20240102000000_b.sql": "create table public.a (id int);\ndrop table public.b;\n",
        },
    )
    ran = schemabot("catalog", ".", "--format", "json", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert [table["name"] for table in ran.json["tables"]] == ["a"]
    before = schemabot("catalog", ".", "--at", "20240101000000", cwd=tmp_path)
    assert [table["name"] for table in before.json["tables"]] == ["b"]
    missing = schemabot("catalog", ".", "--at", "1", cwd=tmp_path)
    assert missing.code == 2
    assert "has the version '1'" in missing.err


def test_catalog_of_several_projects_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        supabase_project(tmp_path / name, {"1_a.sql": "select 1;"})
    ran = schemabot("catalog", cwd=tmp_path)
    assert ran.code == 2
    assert "one/supabase/migrations, two/supabase/migrations" in ran.err


def test_the_command_line_knows_no_protocol(project: Path) -> None:
    program = (
        "import sys, schemabot.cli.main as m;"
        "m.run(['check']); m.run(['rules']); m.run(['explain', 'rls-disabled']);"
        "print([n for n in sys.modules if n.split('.')[0] in ('pygls', 'lsprotocol', 'rich', 'psycopg')],"
        " file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", program], cwd=project, capture_output=True)
    assert done.stderr.decode().splitlines()[-1] == "[]"


def _on_a_terminal(*arguments: str, cwd: Path, **environment: str) -> str:
    inner, outer = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "schemabot", *arguments],
        cwd=cwd,
        env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, "TERM": "xterm", **environment},
        stdout=outer,
        stderr=subprocess.DEVNULL,
    )
    os.close(outer)
    shown = b""
    while True:
        try:
            piece = os.read(inner, 65536)
        except OSError:  # Linux says EIO when the other side is closed
            break
        if not piece:
            break
        shown += piece
    os.close(inner)
    process.wait(60)
    return shown.decode()


def test_colour_on_a_terminal_unless_it_is_not_wanted(project: Path) -> None:
    assert "\x1b[" in _on_a_terminal("check", cwd=project)
    assert "\x1b[" in _on_a_terminal("explain", "rls-disabled", cwd=project)
    assert "\x1b[" not in _on_a_terminal("check", cwd=project, NO_COLOR="1")
    assert "\x1b[" not in _on_a_terminal("explain", "rls-disabled", cwd=project, NO_COLOR="1")
    assert "\x1b[" not in _on_a_terminal("check", "--format", "json", cwd=project)
