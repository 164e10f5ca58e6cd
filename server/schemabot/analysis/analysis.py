"""A project analysed: its history replayed, its findings, everything that features and faces ask for.

`analyse` does all of it; `retype` does what one keystroke needs, from an earlier analysis. Both give a new
immutable value, so a thread that holds one is never disturbed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import attrs

from schemabot.analysis.checks import (
    Failures,
    StateJudge,
    all_subjects,
    change_findings,
    file_findings,
    to_judge_again,
    touched_subjects,
)
from schemabot.analysis.down_parts import tried_way_back, usually_has_way_back
from schemabot.analysis.history import FileReplay, replay_file
from schemabot.analysis.project import MigrationFile, Project
from schemabot.analysis.report import FileReport, moved_finding, report_file
from schemabot.analysis.ruleset import RuleSet
from schemabot.analysis.way_back_text import generated_way_back
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.diff.concerned import changed, with_dependents
from schemabot.catalog.objects import Origin
from schemabot.catalog.state import State
from schemabot.rulekit.context import ProjectView
from schemabot.rulekit.finding import WHOLE_FILE, Finding
from schemabot.rulekit.way_back import WaysBack
from schemabot.rulekit.whole_view import WholeView, whole_view
from schemabot.syntax.source import Source
from schemabot.text import Span

_BETWEEN_LOOKS = 4  # objects that are judged before somebody is asked whether the work is still wanted
_SEEN_BY_RULES = ("settings", "platform", "exposed", "today", "runner", "remote")


class Cancelled(Exception):  # noqa: N818  # not an error: newer text has arrived
    """The analysis was told to stop because its input is out of date."""


@attrs.frozen(eq=False, kw_only=True)
class Judged:
    """A project with what is said about it: all that formats need, and little enough to be remembered on disk."""

    project: Project
    view: ProjectView
    rules: RuleSet
    reports: Mapping[str, FileReport]
    failures: Failures

    def report(self, path: str) -> FileReport:
        """The findings of one file, suppressions applied, and what in it was not analysed."""
        return self.reports.get(path) or FileReport(path)

    def place(self, at: Origin) -> Span | None:
        """The absolute span of a place in its file's text; None when the file is not of this project."""
        view = self.view.by_path.get(at.file)
        if view is None:
            return None
        if at.statement == WHOLE_FILE:
            return at.span
        if at.statement >= len(view.statements):
            return None
        statement = view.statements[at.statement].span
        start = min(statement.start + at.span.start, statement.end)
        # What a block makes while it runs may be longer than the text that makes it.
        return Span(start, max(start, min(statement.start + at.span.end, statement.end)))


@attrs.frozen(eq=False, kw_only=True)
class Analysis(Judged):
    """`replays` are per file, in the order of the history. `behind` is the index of the first file whose replay
    predates an edit before it, or None when all is true of the texts in `project`. `settled` is the catalog at the
    head when all of it was analysed last."""

    base: State
    replays: tuple[FileReplay, ...]
    local: Mapping[str, tuple[Finding, ...]]  # change and file findings, by path
    patient: Mapping[str, tuple[Finding, ...]]  # those of patient file rules, as of the last whole analysis
    state: Mapping[str, tuple[Finding, ...]]  # state findings, by the path of their place
    judged: Mapping[int, tuple[Finding, ...]]  # the same, by the oid of the object they are about
    settled: Catalog
    settled_findings: Mapping[int, tuple[Finding, ...]]  # `judged` as it was then
    common: WholeView  # what rules know of `settled` as a whole
    behind: int | None = None
    typed: frozenset[str] = frozenset()  # files that were edited since

    @property
    def head(self) -> State:
        """The state behind the last migration."""
        return self.replays[-1].after if self.replays else self.base


def analyse(
    project: Project,
    rules: RuleSet,
    base: State,
    previous: Analysis | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    keep: frozenset[str] = frozenset(),
) -> Analysis:
    """Replay and judge the whole project. `previous` lends what is still true.

    Files in `keep` keep the states between their statements, for quick edits. Raises `Cancelled`.
    """
    view = project.view()
    failures = Failures()
    known = _reusable(previous, project, rules, base)
    replays: list[FileReplay] = []
    local: dict[str, tuple[Finding, ...]] = {}
    patient: dict[str, tuple[Finding, ...]] = {}
    state = base
    for file in project.migrations:
        if cancelled():
            raise Cancelled
        old = known.get(file.path)
        is_same = old is not None and old[0].before is state and old[0].file == file
        if old is not None and is_same:
            replay, local[file.path] = old
        else:
            replay = replay_file(file, state)
            local[file.path] = _local_findings(replay, rules, view, failures)
        if previous is not None and is_same and file.path not in previous.typed:
            patient[file.path] = previous.patient[file.path]
        else:
            patient[file.path] = _patient_findings(replay, project, rules, view, failures)
        replays.append(replay if is_same or file.path in keep else replay.slim())
        state = replay.after
    catalog = state.catalog
    common = whole_view(catalog, project.settings)
    judge = StateJudge(catalog, catalog, rules, view, failures)
    again = _to_judge(previous if known else None, catalog, common)
    judged: dict[int, tuple[Finding, ...]] = {}
    for number, subject in enumerate(all_subjects(catalog)):
        if previous is not None and again is not None and subject.oid not in again:
            found = previous.settled_findings.get(subject.oid, ())
        else:
            if number % _BETWEEN_LOOKS == 0 and cancelled():
                raise Cancelled
            found = judge.findings(subject)
        if found:
            judged[subject.oid] = found
    by_file: defaultdict[str, list[Finding]] = defaultdict(list)
    for found in judged.values():
        for finding in found:
            by_file[finding.at.file].append(finding)
    grouped = {path: tuple(found) for path, found in by_file.items()}
    reports: dict[str, FileReport] = {}
    for replay in replays:
        path = replay.file.path
        if cancelled():
            raise Cancelled
        state_there = grouped.get(path, ())
        if previous is not None and _is_same_report(
            previous, replay, local[path], patient[path], state_there
        ):
            reports[path] = previous.reports[path]
            continue
        made = report_file(replay, (*local[path], *patient[path], *state_there), rules, view, failures)
        reports[path] = _same_or_new(previous, made)
    return Analysis(
        project=project,
        view=view,
        rules=rules,
        base=base,
        replays=tuple(replays),
        local=local,
        patient=patient,
        state=grouped,
        judged=judged,
        settled=catalog,
        settled_findings=judged,
        common=common,
        reports=reports,
        failures=failures,
    )


def retype(analysis: Analysis, path: str, source: Source) -> Analysis:
    """The analysis after an edit of one file, as far as a keystroke waits for it.

    In the newest file everything about that file is true. In an older one the file's own facts are; what the
    catalog at the head says about it is that of before the edit, until `analyse` has replayed the rest.
    """
    index = analysis.project.index(path)
    if index is None:
        return analysis
    old = analysis.replays[index]
    file = attrs.evolve(analysis.project.migrations[index], source=source)
    project = analysis.project.with_file(index, file)
    view = analysis.view.with_migration(index, file.view())
    replay = replay_file(file, old.before, old)
    found = _local_findings(replay, analysis.rules, view, analysis.failures)
    newest = index == len(analysis.replays) - 1
    judged = analysis.judged
    if newest:
        judged, state = _judged_again(analysis, replay, view)
    else:
        state = _moved(analysis.state.get(path, ()), old, replay)
    patient = _moved(analysis.patient.get(path, ()), old, replay)
    report = report_file(replay, (*found, *patient, *state), analysis.rules, view, analysis.failures)
    behind = index + 1 if analysis.behind is None else min(index + 1, analysis.behind)
    replays = (*analysis.replays[:index], replay, *analysis.replays[index + 1 :])
    return attrs.evolve(
        analysis,
        project=project,
        view=view,
        replays=replays,
        local={**analysis.local, path: found},
        patient={**analysis.patient, path: patient},
        typed=analysis.typed | {path},
        state={**analysis.state, path: state},
        judged=judged,
        reports={**analysis.reports, path: report},
        behind=behind,
    )


def _judged_again(
    analysis: Analysis, replay: FileReplay, view: ProjectView
) -> tuple[Mapping[int, tuple[Finding, ...]], tuple[Finding, ...]]:
    """What is said about the objects that the newest file touches: all of it, and what stands in that file."""
    head = replay.after
    judge = StateJudge(head.catalog, analysis.settled, analysis.rules, view, analysis.failures, typing=True)
    judged = dict(analysis.judged)
    touched = touched_subjects(replay.before, head)
    here: list[Finding] = []
    for subject, again in to_judge_again(touched, analysis.head.catalog, head.catalog):
        if again:
            judged[subject.oid] = judge.findings(subject)
        here += [f for f in judged.get(subject.oid, ()) if f.at.file == replay.file.path]
    return judged, tuple(here)


def _to_judge(previous: Analysis | None, catalog: Catalog, common: WholeView) -> frozenset[int] | None:
    """The oids of what has to be judged again: what changed, and all that refers to it. None for everything.

    Functions are read by rules about whatever their text names, so a changed one means everything.
    """
    if previous is None or previous.common != common:
        return None
    before = previous.settled.functions
    if any(catalog.functions.get(oid) != before.get(oid) for oid in catalog.functions.changed_since(before)):
        return None
    return with_dependents(changed(catalog, previous.settled), catalog, previous.settled)


def _is_same_report(
    previous: Analysis,
    replay: FileReplay,
    local: tuple[Finding, ...],
    patient: tuple[Finding, ...],
    state: tuple[Finding, ...],
) -> bool:
    """Whether a file's report rests on what it did before; the findings are compared as objects."""
    path = replay.file.path
    index = previous.project.index(path)
    return (
        index is not None
        and path not in previous.typed
        and previous.replays[index] is replay
        and previous.local.get(path) is local
        and previous.patient.get(path) is patient
        and len(before := previous.state.get(path, ())) == len(state)
        and all(one is other for one, other in zip(before, state, strict=True))
    )


def _same_or_new(previous: Analysis | None, report: FileReport) -> FileReport:
    """The report of before when it says the same: who shows reports compares identities."""
    before = previous.reports.get(report.path) if previous is not None else None
    return before if before is not None and before == report else report


def _local_findings(
    replay: FileReplay, rules: RuleSet, view: ProjectView, failures: Failures
) -> tuple[Finding, ...]:
    return (
        *change_findings(replay, rules, view, failures),
        *file_findings(replay, rules, view, failures, WaysBack(), patient=False),
    )


def _patient_findings(
    replay: FileReplay, project: Project, rules: RuleSet, view: ProjectView, failures: Failures
) -> tuple[Finding, ...]:
    ways_back = WaysBack(
        written=cache(lambda: tried_way_back(replay, project)),
        usual=lambda: usually_has_way_back(project, replay.file),
        generated=lambda: generated_way_back(replay),
    )
    return tuple(file_findings(replay, rules, view, failures, ways_back, patient=True))


def _reusable(
    previous: Analysis | None, project: Project, rules: RuleSet, base: State
) -> Mapping[str, tuple[FileReplay, tuple[Finding, ...]]]:
    """What of an earlier analysis may still be true: nothing, if rules or settings are others."""
    if previous is None or previous.rules is not rules or previous.base is not base:
        return {}
    if any(getattr(previous.project, name) != getattr(project, name) for name in _SEEN_BY_RULES):
        return {}
    if _around(previous.project) != _around(project):
        return {}  # a file rule may look at the files around it: their names, and whether they have run
    return {replay.file.path: (replay, previous.local[replay.file.path]) for replay in previous.replays}


def _around(project: Project) -> list[tuple[str, str]]:
    return [(file.path, file.status) for file in project.migrations]


def _moved(findings: Iterable[Finding], old: FileReplay, new: FileReplay) -> tuple[Finding, ...]:
    """State findings of before an edit, at the statements they belong to now; those of edited ones go."""
    before = [statement.text for statement in old.file.source.statements]
    after = [statement.text for statement in new.file.source.statements]
    same = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        same += 1
    tail = 0
    while tail < min(len(before), len(after)) - same and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    grown = len(after) - len(before)

    def moved(at: Origin) -> Origin | None:
        if at.file != new.file.path or at.statement < same:
            return at
        if at.statement < len(before) - tail:
            return None
        return Origin(at.file, at.statement + grown, at.span)

    return tuple(kept for finding in findings if (kept := moved_finding(finding, moved)) is not None)


__all__ = ["Analysis", "Cancelled", "Judged", "MigrationFile", "analyse", "retype"]
