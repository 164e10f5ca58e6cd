"""Which migrations are history: applied (up to the baseline), settled (on the default branch), or pending."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from schemabot.rulekit.context import FileStatus
from schemabot.rulekit.settings import Settings
from schemabot.rulekit.versions import dotted_key
from schemabot.workspace.git import BASELINE_HINT, HeldFiles, default_branch_files, files_of, repository_root
from schemabot.workspace.layouts import Entry
from schemabot.workspace.recorded import NOTHING, Recorded

_TIME_DIGITS = 14
_NUMBER = re.compile(r"[0-9]+(?:[._][0-9]+)*")


class Statuses(msgspec.Struct, frozen=True):
    """The status of each file by path; `scope` the files asked for, None for all; `hint` for the user.

    `edited` are files that the default branch, or the commit asked about, holds with another text; `differing` those
    that ran with another text in a real database.
    """

    by_path: Mapping[str, FileStatus]
    scope: frozenset[str] | None = None
    hint: str | None = None
    edited: frozenset[str] = frozenset()
    differing: frozenset[str] = frozenset()


def statuses(
    folder: Path,
    files: Mapping[str, bytes],
    settings: Settings,
    *,
    since: str | None = None,
    changed_from: str | None = None,
    versions: Mapping[str, Entry] | None = None,
    recorded: Recorded = NOTHING,
) -> Statuses:
    """The statuses of the files of one folder, given with their content and in their order.

    `versions` is what the project's runner calls each of them; without it, versions are leading digits. A limit
    that is the version or the name of a migration means its place in the order, else its place among numbers.
    `recorded` is what a real database says of the files.

    Files asked for with `since` (that version and later) or `changed_from` (other than in that commit) are
    pending unless the baseline covers them. Raises `GitError` when git does not know `changed_from`.
    """
    scope = frozenset(files)
    asked = since is not None or changed_from is not None
    known = _Versions(files, versions)
    if since is not None:
        scope &= {path for path in files if not known.is_before(path, since)}
    commit = None if changed_from is None else files_of(folder, changed_from)
    scope -= _held(commit, folder, files)
    branch: HeldFiles | None = None
    if not asked and files and repository_root(folder) is not None:
        branch = default_branch_files(folder)
    settled = frozenset(files) - scope if asked else _held(branch, folder, files)
    result: dict[str, FileStatus] = {}
    for path in files:
        covered = settings.baseline is not None and known.is_covered(path, settings.baseline)
        if covered or path in recorded.applied:
            result[path] = "applied"
        else:
            result[path] = "settled" if path in settled else "pending"
    unknown = settings.baseline is None and branch is None and not asked and not recorded.applied
    there = commit or branch
    edited = _named(there, folder, files) - _held(there, folder, files)
    hint = BASELINE_HINT if unknown else None
    return Statuses(result, scope if asked else None, hint, edited, recorded.differing)


def version_of(path: str) -> str | None:
    """The digits that a file's name starts with."""
    name = os.path.basename(path)  # noqa: PTH119  # a thousand times per load
    digits = len(name) - len(name.lstrip("0123456789"))
    return name[:digits] or None


class _Versions:
    """The versions of files, and the places of those that a limit may name."""

    def __init__(self, files: Mapping[str, bytes], entries: Mapping[str, Entry] | None) -> None:
        self._versions: dict[str, str | None] = {}
        self._first: dict[str, int] = {}
        self._last: dict[str, int] = {}
        for place, path in enumerate(files):
            entry = None if entries is None else entries.get(path)
            version = version_of(path) if entry is None else entry.version
            self._versions[path] = version
            if entries is None:
                continue
            for name in {version, None if entry is None else entry.full_name} - {None}:
                self._first.setdefault(str(name), place)
                self._last[str(name)] = place

    def is_covered(self, path: str, limit: str) -> bool:
        """Whether the file is not behind `limit`."""
        version = self._versions[path]
        if version is None:
            return False
        if limit in self._last and version in self._last:
            return self._last[version] <= self._last[limit]
        return _is_number(version) and _is_number(limit) and at_or_before(version, limit)

    def is_before(self, path: str, limit: str) -> bool:
        """Whether the file lies before `limit`; one without a version does not."""
        version = self._versions[path]
        if version is None:
            return False
        if limit in self._first and version in self._first:
            return self._last[version] < self._first[limit]
        return _is_number(version) and _is_number(limit) and before(version, limit)


def at_or_before(version: str, limit: str) -> bool:
    """Whether a version is not behind `limit`; a limit that is only a date includes that whole day."""
    return dotted_key(version) <= dotted_key(_filled(limit, version, "9"))


def before(version: str, limit: str) -> bool:
    """Whether a version lies before `limit`; a limit that is only a date starts with that day."""
    return dotted_key(version) < dotted_key(_filled(limit, version, "0"))


def _is_number(version: str) -> bool:
    return _NUMBER.fullmatch(version) is not None


def _filled(limit: str, version: str, digit: str) -> str:
    is_date = len(version) == _TIME_DIGITS and 4 <= len(limit) < _TIME_DIGITS and limit.isdigit()
    return limit.ljust(_TIME_DIGITS, digit) if is_date else limit


def _held(held: HeldFiles | None, folder: Path, files: Mapping[str, bytes]) -> frozenset[str]:
    if held is None:
        return frozenset()
    prefix = len(str(folder / "_")) - 1
    return frozenset(path for path in files if held.holds(path[prefix:].replace(os.sep, "/"), files[path]))


def _named(held: HeldFiles | None, folder: Path, files: Mapping[str, bytes]) -> frozenset[str]:
    """The files that a commit holds, whatever stands in them there."""
    if held is None:
        return frozenset()
    prefix = len(str(folder / "_")) - 1
    return frozenset(path for path in files if path[prefix:].replace(os.sep, "/") in held.by_path)
