"""From raw findings to what is reported of a file: levels, suppressions, approvals, one finding for one cause."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

import msgspec

from schemabot.analysis.checks import Failures, directive_findings, distinct
from schemabot.analysis.history import FileReplay
from schemabot.analysis.ruleset import RuleSet
from schemabot.catalog.objects import Origin
from schemabot.rulekit.context import ProjectView
from schemabot.rulekit.directives import Directive, DirectiveUse, read_directives
from schemabot.rulekit.finding import (
    WHOLE_FILE,
    Finding,
    Fix,
    FixStep,
    InsertBefore,
    RenameFile,
    Severity,
    WriteWayBack,
)


class FileReport(msgspec.Struct, frozen=True):
    """What is said about one file: findings in order of place, and the places that were not analysed."""

    path: str
    findings: tuple[Finding, ...] = ()
    not_analysed: tuple[tuple[Origin, str], ...] = ()


def report_file(
    replay: FileReplay,
    findings: Iterable[Finding],
    rules: RuleSet,
    view: ProjectView,
    failures: Failures,
) -> FileReport:
    """The report of one file from everything its rules found."""
    path = replay.file.path
    source = replay.file.source
    directives = read_directives(source.comments, source.statements, lambda: source.lines)
    used: set[tuple[int, str]] = set()
    kept = [
        leveled
        for finding in distinct(findings, rules)
        if not (finding.at.statement in replay.broken and finding.rule != "syntax-error")
        and (leveled := _leveled(finding, rules, path)) is not None
        and not _silenced(leveled, directives, rules, used)
        and not _ignored(leveled, rules)
    ]
    if directives and rules.directive:
        uses = [_use(number, item, used, rules) for number, item in enumerate(directives)]
        extra = directive_findings(uses, replay, rules, view, failures)
        kept += [
            item
            for finding in extra
            if (item := _leveled(finding, rules, path)) is not None
            and not _silenced(item, directives, rules, used)
        ]
    kept = [_approvable(finding, rules) for finding in kept]
    kept.sort(key=lambda f: (f.at.statement, f.at.span, f.severity.rank, f.rule))
    return FileReport(path, tuple(kept), replay.not_analysed)


def _leveled(finding: Finding, rules: RuleSet, path: str) -> Finding | None:
    """The finding at the level that the settings want; None when it is off there."""
    active = rules.active.get(finding.rule)
    severity: Severity | None = finding.severity
    if active is not None and active.severity_set:
        severity = active.severity
    if rules.settings.override:
        level = rules.level_for(finding.rule, path)
        if level is None:
            return None
        if isinstance(level, Severity):
            severity = level
    if severity is finding.severity:
        return finding
    return msgspec.structs.replace(finding, severity=severity)


def _silenced(
    finding: Finding, directives: tuple[Directive, ...], rules: RuleSet, used: set[tuple[int, str]]
) -> bool:
    """Whether a comment speaks for this finding; an approval counts only with its reason."""
    active = rules.active.get(finding.rule)
    silenced = False
    for number, directive in enumerate(directives):
        if not directive.names(finding.rule):
            continue
        if directive.verb != "ignore-file" and directive.statement != finding.at.statement:
            continue
        if directive.verb == "allow" and not (active and active.rule.needs_approval):
            continue
        used.add((number, finding.rule))
        if directive.reason or directive.verb != "allow":
            silenced = True
    return silenced


def _ignored(finding: Finding, rules: RuleSet) -> bool:
    """Whether schemabot.toml suppresses it by rule and object."""
    return finding.object is not None and any(
        ignore.rule == finding.rule and fnmatchcase(finding.object, ignore.object)
        for ignore in rules.settings.ignore
    )


def _use(number: int, directive: Directive, used: set[tuple[int, str]], rules: RuleSet) -> DirectiveUse:
    unknown = tuple((name, span) for name, span in directive.rules if name not in rules.known)
    unused = tuple(
        (name, span) for name, span in directive.rules if name in rules.active and (number, name) not in used
    )
    return DirectiveUse(directive, unknown, unused)


def _approvable(finding: Finding, rules: RuleSet) -> Finding:
    """The finding with the fix that writes an approval, if its rule accepts one."""
    active = rules.active.get(finding.rule)
    if active is None or not active.rule.needs_approval or finding.at.statement == WHOLE_FILE:
        return finding
    comment = f"-- schemabot: allow {finding.rule} -- "
    approve = Fix(title="Approve this, with a reason", steps=(InsertBefore(finding.at, comment),))
    return msgspec.structs.replace(finding, fixes=(*finding.fixes, approve))


def moved_finding(finding: Finding, moved: Callable[[Origin], Origin | None]) -> Finding | None:
    """The finding with every place in it taken through `moved`; None when its own place is gone.

    A fix that has lost one of its places is left out.
    """
    at = moved(finding.at)
    if at is None:
        return None
    fixes = tuple(fix for old in finding.fixes if (fix := _moved_fix(old, moved)) is not None)
    related = tuple(
        msgspec.structs.replace(item, at=place)
        for item in finding.related
        if (place := moved(item.at)) is not None
    )
    return msgspec.structs.replace(finding, at=at, fixes=fixes, related=related)


def _moved_fix(fix: Fix, moved: Callable[[Origin], Origin | None]) -> Fix | None:
    steps: list[FixStep] = []
    for step in fix.steps:
        if isinstance(step, (RenameFile, WriteWayBack)):
            steps.append(step)
            continue
        at = moved(step.at)
        if at is None:
            return None
        steps.append(msgspec.structs.replace(step, at=at))
    return msgspec.structs.replace(fix, steps=tuple(steps))
