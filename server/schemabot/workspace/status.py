"""Which migrations are history: applied (up to the baseline), settled (on the default branch), or pending."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from schemabot.rulekit.context import FileStatus
from schemabot.rulekit.settings import Settings
from schemabot.workspace.git import BASELINE_HINT, HeldFiles, default_branch_files, files_of, repository_root

_TIME_DIGITS = 14


class Statuses(msgspec.Struct, frozen=True):
    """The status of each file by path; `scope` the files asked for, None for all; `hint` for the user."""

    by_path: Mapping[str, FileStatus]
    scope: frozenset[str] | None = None
    hint: str | None = None


def statuses(
    folder: Path,
    files: Mapping[str, bytes],
    settings: Settings,
    *,
    since: str | None = None,
    changed_from: str | None = None,
) -> Statuses:
    """The statuses of the files of one folder, given with their content.

    Files asked for with `since` (that version and later) or `changed_from` (other than in that commit) are
    pending unless the baseline covers them. Raises `GitError` when git does not know `changed_from`.
    """
    scope = frozenset(files)
    asked = since is not None or changed_from is not None
    if since is not None:
        scope &= {path for path in files if (v := version_of(path)) is None or not before(v, since)}
    if changed_from is not None:
        scope -= _held(files_of(folder, changed_from), folder, files)
    branch: HeldFiles | None = None
    if not asked and files and repository_root(folder) is not None:
        branch = default_branch_files(folder)
    settled = frozenset(files) - scope if asked else _held(branch, folder, files)
    result: dict[str, FileStatus] = {}
    for path in files:
        version = version_of(path)
        if settings.baseline is not None and version is not None and at_or_before(version, settings.baseline):
            result[path] = "applied"
        else:
            result[path] = "settled" if path in settled else "pending"
    unknown = settings.baseline is None and branch is None and not asked
    return Statuses(result, scope if asked else None, BASELINE_HINT if unknown else None)


def version_of(path: str) -> str | None:
    """The digits that a file's name starts with."""
    name = os.path.basename(path)  # noqa: PTH119  # a thousand times per load
    digits = len(name) - len(name.lstrip("0123456789"))
    return name[:digits] or None


def at_or_before(version: str, limit: str) -> bool:
    """Whether a version is not behind `limit`; a limit that is only a date includes that whole day."""
    return int(version) <= int(_filled(limit, version, "9"))


def before(version: str, limit: str) -> bool:
    """Whether a version lies before `limit`; a limit that is only a date starts with that day."""
    return int(version) < int(_filled(limit, version, "0"))


def _filled(limit: str, version: str, digit: str) -> str:
    is_date = len(version) == _TIME_DIGITS and 4 <= len(limit) < _TIME_DIGITS
    return limit.ljust(_TIME_DIGITS, digit) if is_date else limit


def _held(held: HeldFiles | None, folder: Path, files: Mapping[str, bytes]) -> frozenset[str]:
    if held is None:
        return frozenset()
    prefix = len(str(folder / "_")) - 1
    return frozenset(path for path in files if held.holds(path[prefix:].replace(os.sep, "/"), files[path]))
