"""A cache on disk of what was said about a project: the same input gives the same findings.

The key is everything that findings depend on: the texts and statuses of all files, settings, rules with their
options, platform, today's date, the schema of the real database, and the code of SchemaBot and of the rule packs. One
file per project beside its facts, holding msgpack. Only what `check` prints is kept, so editors, which need the catalog,
do not use it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

import schemabot
from schemabot.analysis import Analysis, Failures, FileReport, Judged
from schemabot.workspace.facts_cache import cache_folder, forget_oldest
from schemabot.workspace.files import write_bytes
from schemabot.workspace.loader import LoadedProject

_MAX_FILE = 64 * 1024 * 1024
_KEY_BYTES = 32


class ReportCache:
    """The remembered reports of one loaded project. Never raises for what is on disk."""

    def __init__(self, loaded: LoadedProject) -> None:
        self._loaded = loaded
        self._key = _key(loaded)
        folder = cache_folder()
        name = hashlib.sha256(os.fsencode(loaded.key)).hexdigest()[:32]
        self._path = None if folder is None or self._key is None else folder / f"{name}.report"

    def load(self) -> Judged | None:
        """What was said about the same input, or None."""
        if self._path is None or self._key is None:
            return None
        try:
            if self._path.stat().st_size > _MAX_FILE:
                return None
            content = self._path.read_bytes()
            if content[:_KEY_BYTES] != self._key:
                return None
            found = _decoder().decode(memoryview(content)[_KEY_BYTES:])
        except (OSError, msgspec.MsgspecError):
            return None
        project = self._loaded.project
        reports = {report.path: report for report in found}
        return Judged(
            project=project,
            view=project.view(),
            rules=self._loaded.rules,
            reports=reports,
            failures=Failures(),
        )

    def save(self, analysis: Analysis) -> None:
        """Remember an analysis, unless a rule failed in it."""
        if self._path is None or self._key is None or analysis.failures.by_rule:
            return
        reports = [r for r in analysis.reports.values() if r.findings or r.not_analysed]
        content = self._key + msgspec.msgpack.encode(reports)
        if len(content) > _MAX_FILE:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(str(self._path), content)
            forget_oldest(self._path.parent)
        except OSError:  # a full or read-only disk: the next run is slower, that is all
            return


def _decoder() -> msgspec.msgpack.Decoder[list[FileReport]]:
    return msgspec.msgpack.Decoder(list[FileReport])


def _key(loaded: LoadedProject) -> bytes | None:
    """What names the input; None when a part of it has no name (an open buffer)."""
    digest = hashlib.blake2b(digest_size=_KEY_BYTES)
    project = loaded.project
    exposed = sorted(project.exposed or ())
    facts = (project.settings, project.platform, exposed, project.today, project.runner, loaded.outside)
    digest.update(repr(facts).encode("utf-8", "surrogatepass"))
    for active in loaded.rules.active.values():
        said = (active.id, active.severity, active.severity_set, active.options)
        digest.update(repr(said).encode("utf-8", "surrogatepass"))
    for file in project.migrations:
        text = loaded.digests.get(file.path)
        if text is None:
            return None
        parts = repr((file.markers, file.edited, file.differs)).encode()
        digest.update(os.fsencode(file.path) + b"\0" + file.status.encode() + parts + text)
    remote = project.remote
    digest.update(repr(None if remote is None else (remote.origin, remote.taken_at)).encode())
    for stamp in _code(loaded):
        digest.update(stamp.encode())
    return digest.digest()


def _code(loaded: LoadedProject) -> Iterator[str]:
    """Name, size and time of every file of SchemaBot and of the rules that run."""
    yield f"{schemabot.__version__} {sys.version_info[:2]} {msgspec.__version__}"
    packages = {active.rule.module.partition(".")[0] for active in loaded.rules.active.values()}
    for name in sorted({"schemabot", "schemabot_snippets", *packages}):
        module = sys.modules.get(name)
        if module is None or module.__file__ is None:
            continue
        for path in sorted(Path(module.__file__).parent.rglob("*.*")):
            if path.suffix in (".py", ".sql", ".json", ".txt"):
                info = path.stat()
                yield f"{path} {info.st_size} {info.st_mtime_ns}"
