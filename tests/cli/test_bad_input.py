"""Whatever is on disk: one clear message, the right exit code, and never a traceback."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.command import Ran, schemabot, supabase_project

OK = "20240101000000_ok.sql"


def _one_message(ran: Ran, *parts: str) -> None:
    assert ran.code == 2, ran
    assert ran.out == ""
    assert ran.err.startswith("schemabot: ")
    assert len(ran.err.splitlines()) == 1, ran.err
    for part in parts:
        assert part in ran.err


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["check", "nowhere"], ["nowhere: does not exist"]),
        (["check", "dangling.sql"], ["dangling.sql: is a symbolic link to nothing"]),
        (["check", "pipe.sql"], ["pipe.sql: is not a regular file"]),
        (["check", "folder.sql"], ["folder.sql: no migrations found"]),
        (["check", "empty"], ["empty: no migrations found", "schemabot.toml"]),
        (["check", "README.md"], ["README.md: is not an SQL file"]),
        (["fix", "nowhere"], ["nowhere: does not exist"]),
        (["catalog", "nowhere"], ["nowhere: does not exist"]),
        (["check", "--rule", "fk-index-mising"], ["did you mean 'fk-index-missing'?"]),
        (["check", "--category", "securty"], ["there is no category 'securty'", "security"]),
        (["check", "--preset", "best"], ["there is no preset 'best'", "recommended"]),
        (["check", "--format", "xml"], ["'xml'", "schemabot check --help"]),
        (["check", "--fail-on", "never"], ["'never'"]),
        (["check", "--since", "yesterday"], ["--since needs a version"]),
        (["check", "--bogus"], ["--bogus"]),
        (["explain", "rls-disable"], ["did you mean 'rls-disabled'?"]),
        (["explain"], ["RULE"]),
        (["catalogue"], ["catalogue"]),
        (["lsp", "--tcp", "nonsense"], ["HOST:PORT"]),
        (["lsp", "--stdio", "--tcp", "localhost:1"], ["exclude each other"]),
    ],
)
def test_what_was_asked_for_is_not_there(tmp_path: Path, arguments: list[str], parts: list[str]) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder.sql").mkdir()
    (tmp_path / "README.md").touch()
    (tmp_path / "dangling.sql").symlink_to("nowhere.sql")
    os.mkfifo(tmp_path / "pipe.sql")
    _one_message(schemabot(*arguments, cwd=tmp_path), *parts)


def test_a_project_without_files(tmp_path: Path) -> None:
    supabase_project(tmp_path, {})
    _one_message(schemabot("check", cwd=tmp_path), "no SQL files in supabase/migrations")


def test_an_unknown_commit_and_no_repository(tmp_path: Path) -> None:
    supabase_project(tmp_path, {OK: "select 1;"})
    _one_message(schemabot("check", "--changed-from", "main", cwd=tmp_path), "git")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("preset = ", "schemabot.toml:1:1: not valid TOML"),
        ('[rules]\nrls-disable = "off"', "schemabot.toml:2:1: there is no rule 'rls-disable', did you mean"),
        ("\n\ncolour = 1", "schemabot.toml:3:1: there is no setting 'colour'"),
    ],
)
@pytest.mark.parametrize("command", ["check", "fix", "catalog"])
def test_broken_settings(tmp_path: Path, command: str, text: str, message: str) -> None:
    supabase_project(tmp_path, {OK: "select 1;"})
    (tmp_path / "schemabot.toml").write_text(text)
    _one_message(schemabot(command, cwd=tmp_path), message)


def test_files_that_are_no_text(tmp_path: Path) -> None:
    folder = supabase_project(tmp_path, {OK: "select 1;"})
    (folder / "20240101000001_binary.sql").write_bytes(bytes(range(256)) * 10)
    (folder / "20240101000002_latin.sql").write_bytes(b"select 1;\n-- caf\xe9\nselekt 2;\n")
    (folder / "20240101000003_utf16.sql").write_bytes("select 1;".encode("utf-16"))
    ran = schemabot("check", "--rule", "syntax-error", "--format", "json", cwd=tmp_path)
    assert ran.code == 1
    found = [(Path(f["path"]).name[15:-4], f["range"]["start"], f["message"]) for f in ran.json["findings"]]
    assert [(name, start) for name, start, _ in found] == [
        ("binary", {"line": 1, "column": 1}),
        ("latin", {"line": 2, "column": 7}),
        ("latin", {"line": 3, "column": 1}),
        ("utf16", {"line": 1, "column": 1}),
    ]
    assert "byte 16" in found[1][2]
    assert "UTF-16" in found[3][2]
    before = (folder / "20240101000002_latin.sql").read_bytes()
    assert schemabot("fix", cwd=tmp_path).code == 0
    assert (folder / "20240101000002_latin.sql").read_bytes() == before


def test_files_that_cannot_be_read_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = supabase_project(tmp_path, {OK: "selekt 1;"})
    (folder / "20240101000001_dangling.sql").symlink_to("nowhere")
    (folder / "20240101000002_folder.sql").mkdir()
    os.mkfifo(folder / "20240101000003_pipe.sql")
    ran = schemabot("check", "--rule", "syntax-error", "--format", "json", cwd=tmp_path)
    assert ran.code == 2
    assert ran.err == (
        "schemabot: supabase/migrations/20240101000001_dangling.sql: is a symbolic link to nothing\n"
    )
    assert [finding["rule"] for finding in ran.json["findings"]] == ["syntax-error"]
    assert [item["reason"] for item in ran.json["not_analysed"]] == [
        "the file is a symbolic link to nothing",
        "the file is a folder, not a file",
        "the file is not a regular file",
    ]


def test_files_without_permission(tmp_path: Path) -> None:
    folder = supabase_project(tmp_path, {OK: "select 1;"})
    (folder / "20240101000001_secret.sql").touch(mode=0)
    ran = schemabot("check", cwd=tmp_path)
    assert ran.code == 2
    assert "20240101000001_secret.sql: cannot be read: Permission denied" in ran.err


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        ";;;",
        "$$",
        "/* /* ",
        "select '",
        "\x0c\x0b",
        "select " + "(" * 20_000 + "1" + ")" * 20_000 + ";",
        "select 1" + " + 1" * 50_000 + ";",
        "select 1;\n" * 60_000,
        "create table t (a int" + ", b int" * 100_000 + ");",
        "select '" + "x" * 5_000_000 + "';",
        "-- schemabot: ignore rls-disabled",
        "\ufeffselect 1;",
    ],
    ids=lambda text: f"{text[:12]!r}-{len(text)}",
)
def test_extreme_texts(tmp_path: Path, text: str) -> None:
    supabase_project(tmp_path, {OK: text})
    ran = schemabot("check", "--format", "json", cwd=tmp_path)
    assert ran.code in (0, 1), ran.err
    assert ran.err == ""
    assert ran.json["summary"]["files"] == 1


def test_names_that_are_no_text(tmp_path: Path) -> None:
    folder = supabase_project(tmp_path, {})
    name = os.fsencode(folder) + b"/20240101000000_caf\xe9.sql"
    try:
        with open(name, "wb") as stream:
            stream.write(b"selekt 1;")
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")
    for format_ in ("text", "json", "sarif"):
        ran = schemabot("check", "--format", format_, "--rule", "syntax-error", cwd=tmp_path)
        assert ran.code == 1, ran.err
        assert "20240101000000_caf" in ran.out


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    supabase_project(tmp_path, {OK: 'selekt "\x1b]0;title\x07\u202e" ;'})
    ran = schemabot("check", "--rule", "syntax-error", cwd=tmp_path)
    assert ran.code == 1
    assert not set(ran.out) & {"\x1b", "\x07", "\u202e"}


def test_a_terminal_of_another_encoding(tmp_path: Path) -> None:
    supabase_project(tmp_path, {OK: 'selekt "žluťoučký" ;'})
    ran = schemabot("check", "--rule", "syntax-error", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert ran.code == 1
    assert "\\u017e" in ran.out


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    supabase_project(tmp_path, {OK: "selekt 1;\n" * 3000})
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "schemabot", "check", "--rule", "syntax-error"],
        cwd=tmp_path,
        env={**os.environ, "SCHEMABOT_CACHE_DIR": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        assert process.stdout.read(10)
        process.stdout.close()
        errors = process.stderr.read().decode()
        assert process.wait(60) == 1
    assert "Traceback" not in errors
    assert "Exception" not in errors


def test_interrupted(tmp_path: Path) -> None:
    supabase_project(
        tmp_path, {f"2024010100{n:04}_x.sql": "create table a (id int);\n" * 400 for n in range(400)}
    )
    program = (  # who starts the tests in the background of a shell has SIGINT ignored, for its children too
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "import schemabot.__main__ as entry, schemabot.cli.check, schemabot.cli.main as command;"
        "prepare = command._accept_any_name;"
        "command._accept_any_name = lambda: (prepare(), print(flush=True));"
        "entry.main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", program, "check"],
        cwd=tmp_path,
        env={**os.environ, "SCHEMABOT_CACHE_DIR": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline()  # everything is imported: what follows is work
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors.decode()
    assert process.returncode == 130
    assert errors.decode().strip() in ("", "interrupted")


def test_modules_of_the_workspace_are_not_imported(tmp_path: Path) -> None:
    supabase_project(tmp_path, {OK: "select 1;"})
    for name in ("click", "attrs", "json", "schemabot_rules"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the workspace')\n")
    done = subprocess.run(
        [sys.executable, "-m", "schemabot", "rules"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
    )
    assert b"imported from the workspace" not in done.stdout + done.stderr
    assert done.returncode == 0
