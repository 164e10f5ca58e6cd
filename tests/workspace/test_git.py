import hashlib
from pathlib import Path

import pytest

from schemabot.rulekit.settings import Settings
from schemabot.workspace.git import GitError, blob_hash, default_branch_files, files_of
from schemabot.workspace.loader import Selection, load_project
from schemabot.workspace.status import at_or_before, before, statuses
from support.command import git, supabase_project

A, B, C = "20240101000000_a.sql", "20240102000000_b.sql", "20240103000000_ü c.sql"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose branch main holds A, B and C; the work is on a branch where B differs."""
    folder = supabase_project(tmp_path, {A: "select 1;\n", B: "select 2;\n", C: "select 3;\n"})
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    git(tmp_path, "switch", "-qc", "work")
    (folder / B).write_text("select 22;\n")
    git(tmp_path, "commit", "-qam", "second")
    (folder / "20240104000000_d.sql").write_text("select 4;\n")
    return tmp_path


def _statuses(root: Path, selection: Selection = Selection()) -> list[str]:  # noqa: B008  # frozen
    return [file.status for file in load_project(root, selection=selection).project.migrations]


def test_the_hash_is_git_s_own(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a\r\n\x00")
    git(tmp_path, "init", "-q")
    assert blob_hash(b"a\r\n\x00") == git(tmp_path, "hash-object", "--no-filters", "x")
    assert blob_hash(b"", 64) == hashlib.sha256(b"blob 0\0").hexdigest()


def test_what_the_default_branch_holds_is_settled(repository: Path) -> None:
    assert _statuses(repository) == ["settled", "pending", "settled", "pending"]


def test_the_remote_s_default_branch_comes_first(repository: Path) -> None:
    git(repository, "update-ref", "refs/remotes/origin/trunk", "work")
    git(repository, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert _statuses(repository) == ["settled", "settled", "settled", "pending"]


def test_the_baseline_makes_applied(repository: Path) -> None:
    (repository / "schemabot.toml").write_text('baseline = "20240102000000"\n')
    assert _statuses(repository) == ["applied", "applied", "settled", "pending"]
    assert load_project(repository).hint is None


def test_line_ends_that_git_converts_make_no_difference(repository: Path) -> None:
    path = repository / "supabase" / "migrations" / A
    path.write_bytes(b"select 1;\r\n")
    assert _statuses(repository)[0] == "settled"


def test_changed_from(repository: Path) -> None:
    loaded = load_project(repository, selection=Selection(changed_from="main"))
    assert loaded.scope is not None
    assert {Path(path).name for path in loaded.scope} == {B, "20240104000000_d.sql"}
    assert _statuses(repository, Selection(changed_from="work")) == [
        "settled",
        "settled",
        "settled",
        "pending",
    ]
    for bad in ("nowhere", "--upload-pack=touch x", "main:supabase"):
        with pytest.raises(GitError, match=r"\w"):
            load_project(repository, selection=Selection(changed_from=bad))


def test_since(repository: Path) -> None:
    loaded = load_project(repository, selection=Selection(since="20240103000000"))
    assert loaded.scope is not None
    assert {Path(path).name for path in loaded.scope} == {C, "20240104000000_d.sql"}
    assert [file.status for file in loaded.project.migrations] == ["settled", "settled", "pending", "pending"]


def test_without_a_repository_everything_is_pending_with_a_hint(tmp_path: Path) -> None:
    supabase_project(tmp_path, {A: "select 1;"})
    loaded = load_project(tmp_path)
    assert [file.status for file in loaded.project.migrations] == ["pending"]
    assert loaded.hint is not None
    assert "baseline" in loaded.hint


def test_without_git_or_without_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = supabase_project(tmp_path, {A: "select 1;"})
    git(tmp_path, "init", "-q")
    assert default_branch_files(folder) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert default_branch_files(folder) is None
    with pytest.raises(GitError, match="git is not installed"):
        files_of(folder, "main")


def test_nothing_that_the_repository_configures_is_run(repository: Path) -> None:
    program = repository / "evil.sh"
    program.write_text(f"#!/bin/sh\ntouch {repository}/pwned\n")
    program.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "core.hooksPath"):
        git(repository, "config", key, str(program))
    assert _statuses(repository)[0] == "settled"
    assert not (repository / "pwned").exists()


def test_a_hook_s_environment_does_not_mislead(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path_factory.mktemp("other")))
    assert _statuses(repository)[0] == "settled"


def test_versions_compare_as_numbers_and_dates_as_days() -> None:
    assert at_or_before("9", "10")
    assert not at_or_before("10", "9")
    assert at_or_before("20240101235959", "20240101")
    assert not at_or_before("20240102000000", "20240101")
    assert not before("20240101000000", "20240101")
    assert before("20231231235959", "20240101")


def test_a_version_with_the_baseline_s_number_but_no_digits_stays_pending(tmp_path: Path) -> None:
    files = {str(tmp_path / "first.sql"): b"", str(tmp_path / "1.sql"): b""}
    result = statuses(tmp_path, files, Settings(baseline="5")).by_path
    assert list(result.values()) == ["pending", "applied"]
