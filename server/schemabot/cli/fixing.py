"""Applying safe fixes to a project in memory, round by round, and to disk in the end."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

import attrs

from schemabot.analysis import Analysis, ChangeSet, MigrationFile, Project, all_safe, analyse, apply_change
from schemabot.rulekit.finding import Finding
from schemabot.syntax.source import Source
from schemabot.text import apply_edits
from schemabot.workspace.files import Unreadable, read_file, write_text
from schemabot.workspace.layouts import Layout, markers_of, migration_files
from schemabot.workspace.loader import LoadedProject

MAX_ROUNDS = 50
"""A fix may make room for another; fixes that undo each other must not go on forever."""

FixKey = tuple[str, str | None, str | None, str]


@attrs.frozen
class FileChange:
    """One file before and after; `old_path` is None for a new one."""

    old_path: str | None
    new_path: str
    old_text: str
    new_text: str
    bom: bool = False

    @classmethod
    def of(
        cls, texts: Mapping[str, str], change: ChangeSet, with_bom: Container[str]
    ) -> tuple[FileChange, ...]:
        """The changes that edits and new files come to; files keep their names."""
        edited = [
            cls(path, path, texts[path], apply_edits(texts[path], edits), path in with_bom)
            for path, edits in change.edits.items()
        ]
        return (*edited, *(cls(None, path, "", text) for path, text in change.created.items()))

    @property
    def verb(self) -> str:
        """What happened to it, for people."""
        if self.old_path is None:
            return "created"
        return "changed" if self.old_path == self.new_path else "renamed"


@attrs.frozen(eq=False)
class Fixed:
    """What fixing a project comes to: `fixed` counts findings that are gone, by rule."""

    loaded: LoadedProject
    changes: tuple[FileChange, ...]
    fixed: Counter[str]
    remaining: tuple[Finding, ...]


def fix_project(loaded: LoadedProject) -> Fixed:
    """Apply safe fixes in memory until nothing changes."""
    paths = [file.path for file in loaded.project.migrations]
    work = _Work(
        loaded=loaded,
        project=loaded.project,
        analysis=analyse(loaded.project, loaded.rules, loaded.base),
        origins={path: path for path in paths},
        wanted={path for path in paths if loaded.scope is None or path in loaded.scope},
    )
    loaded.save_cache()
    before = work.findings()
    for _ in range(MAX_ROUNDS):
        if not work.advance():
            break
    after = work.findings()
    gone = Counter(f.rule for f in before) - Counter(f.rule for f in after)
    return Fixed(loaded, _changes(loaded, work.project, work.origins), gone, tuple(after))


@attrs.define(eq=False)
class _Work:
    """A project on its way: `origins` are the present paths with those on disk, `wanted` the files to fix."""

    loaded: LoadedProject
    project: Project
    analysis: Analysis
    origins: dict[str, str | None]
    wanted: set[str]
    given_up: set[FixKey] = attrs.Factory(set)

    def findings(self) -> list[Finding]:
        """What is found in the files to fix."""
        return [
            finding
            for file in self.project.migrations
            if file.path in self.wanted
            for finding in self.analysis.report(file.path).findings
        ]

    def advance(self) -> bool:
        """Apply as many fixes at once as do no harm together; false when there is none left to apply."""
        candidates = self._candidates()
        while candidates:
            change = _possible(all_safe(self.analysis, candidates), self.origins)
            if self._take(change):
                return True
            if len(candidates) > 1 and not change.empty:
                candidates = candidates[: len(candidates) // 2]
            else:
                self.given_up |= {_key(finding) for finding in candidates}
                candidates = self._candidates()
        return False

    def _candidates(self) -> list[Finding]:
        broken = {item.path for item in self.loaded.bad_files}  # their bytes cannot be written back
        return [
            finding
            for finding in self.findings()
            if finding.at.file not in broken
            and any(fix.safe for fix in finding.fixes)
            and _key(finding) not in self.given_up
        ]

    def _take(self, change: ChangeSet) -> bool:
        """Make the change, unless it does nothing or the server would refuse more than before."""
        texts = {file.path: file.source.text for file in self.project.migrations}
        new = apply_change(texts, change)
        if change.empty or new == texts:
            return False
        project = _with_texts(self.project, self.loaded.layout, new, change)
        analysis = analyse(project, self.loaded.rules, self.loaded.base, self.analysis)
        if _refusals(analysis) - _refusals(self.analysis):
            return False
        for old_path, new_path in change.renamed.items():
            self.origins[new_path] = self.origins.pop(old_path)
        self.origins.update(dict.fromkeys(change.created))
        self.wanted = {change.renamed.get(path, path) for path in self.wanted} | change.created.keys()
        self.project, self.analysis = project, analysis
        return True


def _key(finding: Finding) -> FixKey:
    return finding.rule, finding.object, finding.part, finding.message


def _refusals(analysis: Analysis) -> Counter[str]:
    """What is not analysed, and what does not parse, over all files."""
    reasons = (
        reason
        for file in analysis.project.migrations
        for _, reason in analysis.report(file.path).not_analysed
    )
    return Counter(reasons) + Counter("syntax" for replay in analysis.replays for _ in replay.broken)


def write(result: Fixed) -> None:
    """Write the changes of a project. Raises `OSError` and `Unreadable`."""
    write_changes(result.changes)


def write_changes(changes: Iterable[FileChange]) -> None:
    """Write them all. Raises `OSError`, and `Unreadable` when a file is no longer what it was."""
    changes = tuple(changes)
    for change in changes:
        if change.old_path is None:
            if Path(change.new_path).exists():
                raise Unreadable(change.new_path, "has come into being meanwhile; run the command again")
        elif read_file(change.old_path).text != change.old_text:
            raise Unreadable(change.old_path, "has changed meanwhile; run the command again")
    for change in changes:
        if change.old_path is not None and change.old_path != change.new_path:
            Path(change.old_path).rename(change.new_path)
        if change.old_path is None:  # a runner may want a folder for each migration
            Path(change.new_path).parent.mkdir(parents=True, exist_ok=True)
        if change.old_path is None or change.old_text != change.new_text:
            write_text(change.new_path, change.new_text, bom=change.bom)


def unified(change: FileChange) -> str:
    """The change as a unified diff with three lines of context, as `git apply` and `patch` take it."""
    from schemabot.cli.projects import shown_path

    old = "/dev/null" if change.old_path is None else f"a/{shown_path(change.old_path).lstrip('/')}"
    new = f"b/{shown_path(change.new_path).lstrip('/')}"
    head = ""
    if change.old_path is not None and change.verb == "renamed":
        head = f"rename from {shown_path(change.old_path)}\nrename to {shown_path(change.new_path)}\n"
    lines = difflib.unified_diff(_lines(change.old_text), _lines(change.new_text), old, new)
    return head + "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: str) -> list[str]:
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _possible(change: ChangeSet, origins: dict[str, str | None]) -> ChangeSet:
    """The change without renamings onto a file that exists."""
    renamed: dict[str, str] = {}
    for old, new in change.renamed.items():
        if new not in origins and new not in renamed.values() and not Path(new).exists():
            renamed[old] = new
    return attrs.evolve(change, renamed=renamed)


def _with_texts(project: Project, layout: Layout, texts: dict[str, str], change: ChangeSet) -> Project:
    """The project with other texts and names, in the order that the layout gives to the names now."""
    old = {change.renamed.get(file.path, file.path): file for file in project.migrations}
    files: dict[str, MigrationFile] = {}
    for path, text in texts.items():
        known = old.get(path)
        if known is None:
            files[path] = MigrationFile(path, Source.of(text), markers=markers_of(layout))
        elif known.source.text != text:
            files[path] = attrs.evolve(known, path=path, source=Source.of(text))
        else:
            files[path] = attrs.evolve(known, path=path)
    return attrs.evolve(project, migrations=tuple(files[path] for path in _ordered(layout, files)))


def _ordered(layout: Layout, files: dict[str, MigrationFile]) -> list[str]:
    inside = [path for path in migration_files(layout, files) if path in files]
    known = frozenset(inside)
    downs = [path for path, file in files.items() if file.is_down and path not in known]
    known |= frozenset(downs)
    return [*downs, *inside, *(path for path in files if path not in known)]


def _changes(
    loaded: LoadedProject, project: Project, origins: dict[str, str | None]
) -> tuple[FileChange, ...]:
    texts = {file.path: file.source.text for file in loaded.project.migrations}
    found = []
    for file in project.migrations:
        origin = origins[file.path]
        old = "" if origin is None else texts[origin]
        if origin != file.path or old != file.source.text:
            bom = origin in loaded.with_bom
            found.append(FileChange(origin, file.path, old, file.source.text, bom))
    return tuple(found)
