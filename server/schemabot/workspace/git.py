"""What git knows of a folder: the files of a commit with the hashes of their content.

Nothing of the repository's configuration is executed: no fsmonitor, no hooks, no pager, no prompt, no lazy
fetching; only plumbing that reads is called.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import msgspec

TIMEOUT = 10.0
"""Seconds for one call; a repository on a dead network drive must not hang the tool."""

_GUARD = (
    "git", "--no-pager", "--no-optional-locks",
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
)  # fmt: skip
_CANDIDATES = (
    "refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master",
    "refs/remotes/origin/main", "refs/remotes/origin/master",
)  # fmt: skip

BASELINE_HINT = (
    "every migration counts as not yet applied: no default branch of git was found to compare with. "
    'Name the newest applied migration in schemabot.toml: baseline = "VERSION"'
)


class GitError(Exception):
    """git is missing, refuses, or does not know the name; the text is for the user."""


class HeldFiles(msgspec.Struct, frozen=True):
    """The files of a commit under one folder: the hash of the content by path relative to that folder."""

    ref: str
    by_path: dict[str, str]

    def holds(self, relative: str, data: bytes) -> bool:
        """Whether the commit has this file with this content; `\\r\\n` may be `\\n` there (autocrlf)."""
        wanted = self.by_path.get(relative)
        if wanted is None:
            return False
        if blob_hash(data, len(wanted)) == wanted:
            return True
        return b"\r\n" in data and blob_hash(data.replace(b"\r\n", b"\n"), len(wanted)) == wanted


def blob_hash(data: bytes, digits: int = 40) -> str:
    """The name git gives to a file's content: SHA-1, or SHA-256 in repositories with 64 digits
    (gitformat-object-names: the hash of `blob <size>\\0<content>`)."""
    new = hashlib.sha256 if digits == 64 else hashlib.sha1
    digest = new(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def repository_root(folder: Path) -> Path | None:
    """The folder with `.git`, at or above `folder`; `.git` is a file in worktrees and submodules."""
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return None


def default_branch_files(folder: Path) -> HeldFiles | None:
    """What the default branch holds under `folder`; None without git, repository or such a branch."""
    try:
        listed = _git(folder, "for-each-ref", "--format=%(refname)", *_CANDIDATES).decode().splitlines()
        ref = next((name for name in _CANDIDATES if name in listed), None)
        return None if ref is None else files_of(folder, ref)
    except GitError:
        return None


def files_of(folder: Path, ref: str) -> HeldFiles:
    """What the commit that `ref` names holds under `folder`. Raises `GitError`."""
    if ref.startswith("-"):
        raise GitError(f"{ref!r} is not the name of a commit")
    try:
        commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except GitError as error:
        raise GitError(str(error) if str(error) else f"git knows no commit {ref!r}") from None
    # Run inside the folder, ls-tree lists that part of the tree alone and names files relative to it.
    listing = _git(folder, "ls-tree", "-r", "-z", commit.decode().strip())
    by_path: dict[str, str] = {}
    for line in listing.split(b"\0"):
        meta, _, name = line.partition(b"\t")
        if meta:
            by_path[os.fsdecode(name)] = meta.rsplit(b" ", 1)[1].decode()
    return HeldFiles(ref, by_path)


def _git(folder: Path, *arguments: str) -> bytes:
    environment = {
        **{name: value for name, value in os.environ.items() if name not in _UNWANTED},
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }
    try:
        done = subprocess.run(
            [*_GUARD, *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git could not be asked: {error}") from None
    if done.returncode:
        raise GitError(_first_line(done.stderr))
    return done.stdout


def _first_line(message: bytes) -> str:
    return message.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: ")


# A caller that is itself a git hook has these set; they would point git at another repository.
_UNWANTED = frozenset(
    {
        "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF", "GIT_PAGER",
        "GIT_ASKPASS", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG_PARAMETERS",
        "GIT_CONFIG_COUNT",
    }
)  # fmt: skip
