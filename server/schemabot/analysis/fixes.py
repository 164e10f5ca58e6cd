"""From a fix of a rule to edits of files: text positions, new migrations, and many fixes at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import attrs

from schemabot.analysis.analysis import Analysis
from schemabot.analysis.way_back_text import generated_way_back
from schemabot.rulekit.finding import (
    Finding,
    Fix,
    InsertAfter,
    InsertBefore,
    RenameFile,
    Replace,
    WriteWayBack,
)
from schemabot.text import Edit, Span, apply_edits, line_end_of


@attrs.frozen
class ChangeSet:
    """Edits by path, each against the file's text as analysed; files to create; files to rename."""

    edits: Mapping[str, tuple[Edit, ...]] = attrs.Factory(dict)
    created: Mapping[str, str] = attrs.Factory(dict)
    renamed: Mapping[str, str] = attrs.Factory(dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.edits or self.created or self.renamed)


def change_set(analysis: Analysis, fix: Fix, slug: str = "fix") -> ChangeSet | None:
    """What a fix does to the files; None when it cannot be done here.

    A file that is applied or settled is not edited: there the fix goes into a new migration.
    """
    if any(_is_history(analysis, path) for path in _paths(fix)):
        return None if fix.later is None else new_migration(analysis, fix.later, slug)
    edits: defaultdict[str, list[Edit]] = defaultdict(list)
    created: dict[str, str] = {}
    renamed: dict[str, str] = {}
    for step in fix.steps:
        if isinstance(step, WriteWayBack):
            written = _way_back(analysis, step.file)
            if written is None:
                return None
            created |= written.created
            for path, added in written.edits.items():
                edits[path] += added
            continue
        if isinstance(step, RenameFile):
            folder = step.file[: len(step.file) - len(step.file.replace("\\", "/").rpartition("/")[2])]
            renamed[step.file] = folder + step.name
            continue
        edit = _edit(analysis, step)
        if edit is None:
            return None
        edits[step.at.file].append(edit)
    return ChangeSet({path: tuple(found) for path, found in edits.items()}, created, renamed)


def all_safe(analysis: Analysis, findings: Iterable[Finding]) -> ChangeSet:
    """The safe fixes of many findings at once: the first safe fix of each, as far as they do not overlap and no
    two write the same statement.

    Those left out are found again after these are applied. Fixes for history go into one new migration.
    """
    edits: defaultdict[str, list[Edit]] = defaultdict(list)
    written: set[str] = set()
    renamed: dict[str, str] = {}
    beside: dict[str, str] = {}
    later: list[str] = []
    for finding in findings:
        fix = next((fix for fix in finding.fixes if fix.safe), None)
        if fix is None:
            continue
        if any(_is_history(analysis, path) for path in _paths(fix)):
            if fix.later is not None and fix.later not in later:
                later.append(fix.later)
            continue
        change = change_set(analysis, fix)
        statements = {step.sql for step in fix.steps if isinstance(step, InsertAfter)}
        if change is None or not _fits(edits, change) or statements & written:
            continue
        written |= statements
        for path, added in change.edits.items():
            edits[path] += added
        beside |= change.created
        renamed.update(change.renamed)
    new = new_migration(analysis, "\n\n".join(later), "schemabot_fixes") if later else None
    created = beside if new is None else {**beside, **new.created}
    return ChangeSet({path: tuple(found) for path, found in edits.items()}, created, renamed)


def _fits(edits: Mapping[str, list[Edit]], change: ChangeSet) -> bool:
    for path, added in change.edits.items():
        for edit in added:
            for other in edits.get(path, ()):
                inserts = edit.span.start == edit.span.end and other.span.start == other.span.end
                if not inserts and edit.span.touches(other.span):
                    return False
    return True


def _paths(fix: Fix) -> set[str]:
    return {step.file if isinstance(step, (RenameFile, WriteWayBack)) else step.at.file for step in fix.steps}


def _way_back(analysis: Analysis, path: str) -> ChangeSet | None:
    # Not at the top: where it is placed is a change set, as everything here.
    from schemabot.analysis.down_place import placed

    file, index = analysis.project.file(path), analysis.project.index(path)
    if file is None or index is None:
        return None
    sql = generated_way_back(analysis.replays[index])
    return placed(analysis.project, file, sql) if sql else None


def _is_history(analysis: Analysis, path: str) -> bool:
    view = analysis.view.by_path.get(path)
    return view is None or view.status != "pending"


def _edit(analysis: Analysis, step: InsertAfter | InsertBefore | Replace) -> Edit | None:
    view = analysis.view.by_path.get(step.at.file)
    span = analysis.place(step.at)
    if view is None or span is None:
        return None
    if isinstance(step, Replace):
        return Edit(span, step.text)
    statement = view.statements[step.at.statement]
    end = line_end_of(view.text)
    if isinstance(step, InsertBefore):
        line = view.text.rfind("\n", 0, statement.span.start) + 1
        indent = view.text[line : statement.span.start]
        if indent.strip():  # something else stands before it on the line
            return Edit(Span(statement.span.start, statement.span.start), f"{end}{step.text}{end}")
        return Edit(Span(line, line), f"{indent}{step.text}{end}")
    sql = step.sql.rstrip()
    if statement.terminated:
        behind = _line_rest(view.text, statement.end)
        return Edit(Span(behind, behind), f"{end}{end}{sql}")
    return Edit(Span(statement.span.end, statement.span.end), f";{end}{end}{sql}")


def _line_rest(text: str, offset: int) -> int:
    """The end of the line at `offset`, if nothing but blanks and a line comment follow there; else `offset`."""
    match = re.compile(r"[ \t]*(?:--[^\r\n]*)?(?=[\r\n]|\Z)").match(text, offset)
    return match.end() if match else offset


def new_migration(analysis: Analysis, sql: str, slug: str) -> ChangeSet | None:
    """A new newest migration file with that SQL, named as the layout names its files; None where none can be."""
    project = analysis.project
    naming = project.naming
    if naming is None:
        return None
    files = [file for file in project.migrations if not file.is_down]
    folder = naming.folder
    if folder is None:
        folder = files[-1].path.replace("\\", "/").rpartition("/")[0] if files else project.root
    versions = [file.version for file in files if file.version is not None]
    name, text = naming.new_file(slug, sql, versions, project.today)
    return ChangeSet({}, {f"{folder}/{name}": text}, {})


def apply_change(texts: Mapping[str, str], change: ChangeSet) -> dict[str, str]:
    """The texts of all files after `change`, by their new paths."""
    result = {
        change.renamed.get(path, path): apply_edits(text, change.edits.get(path, ()))
        for path, text in texts.items()
    }
    result.update(change.created)
    return result
