"""What `check` found, in terms of files, lines and columns, ready for any format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import attrs

from schemabot.analysis import Judged
from schemabot.catalog.objects import Origin
from schemabot.cli.projects import Checked, shown_path
from schemabot.rulekit.finding import Finding, Severity
from schemabot.syntax.source import Source
from schemabot.text import Span
from schemabot.workspace.loader import BadFile

SYNTAX_ERROR = "syntax-error"

Texts: TypeAlias = Mapping[str, Source]


@attrs.frozen
class Place:
    """A range in a file; lines and columns are 1-based, columns in code points, the end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@attrs.frozen
class Shown:
    """One finding as formats print it. `path` in `place` is relative to the current folder where it can be;
    `file` is the absolute one."""

    rule: str
    aliases: tuple[str, ...]
    severity: Severity
    place: Place
    message: str
    help: str
    object: str | None
    part: str | None
    fixes: tuple[str, ...]
    related: tuple[tuple[Place, str], ...]
    file: str


@attrs.frozen
class NotAnalysed:
    """A place that was not understood, or a file that could not be read (then at its start)."""

    place: Place
    reason: str
    file: str


@attrs.frozen
class Report:
    """Everything that one run of `check` says. `sources` are the texts by shown path."""

    findings: tuple[Shown, ...]
    not_analysed: tuple[NotAnalysed, ...]
    sources: dict[str, Source]
    files: int
    statements: int
    failed: tuple[str, ...]  # messages about files that the system refused to read

    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity, all of them named."""
        found = Counter(item.severity for item in self.findings)
        return {severity.value: found[severity] for severity in Severity}

    def at_or_above(self, level: Severity) -> bool:
        """Whether a finding is at least as grave as `level`."""
        return any(item.severity.rank <= level.rank for item in self.findings)


def make_report(checked: Iterable[Checked]) -> Report:
    """The report of all projects, findings in order of path and place."""
    findings: list[Shown] = []
    missed: list[NotAnalysed] = []
    sources: dict[str, Source] = {}
    failed: list[str] = []
    files = statements = 0
    for item in checked:
        loaded = item.loaded
        asked = loaded.scope
        texts = {file.path: file.source for file in loaded.project.migrations}
        for error in loaded.unreadable:
            if error.failed:
                failed.append(f"{shown_path(error.path)}: {error.reason}")
            if asked is None or error.path in asked or error.failed:
                place = Place(shown_path(error.path), 1, 1, 1, 1)
                missed.append(NotAnalysed(place, f"the file {error.reason}", error.path))
        for file in loaded.project.migrations:
            if file.path not in item.wanted:
                continue
            files += 1
            statements += len(file.source.statements)
            sources[shown_path(file.path)] = file.source
            report = item.analysis.report(file.path)
            findings += (_shown(finding, item.analysis, texts) for finding in report.findings)
            missed += _missed(item.analysis, file.path, texts)
        findings += (_bad(file, item) for file in loaded.bad_files if file.path in item.wanted)
    findings.sort(key=lambda f: (f.file, f.place.line, f.place.column, f.severity.rank, f.rule))
    missed.sort(key=lambda m: (m.file, m.place.line, m.place.column))
    return Report(tuple(findings), tuple(missed), sources, files, statements, tuple(failed))


def _shown(finding: Finding, analysis: Judged, texts: Texts) -> Shown:
    active = analysis.rules.active.get(finding.rule)
    return Shown(
        rule=finding.rule,
        aliases=active.rule.aliases if active else (),
        severity=finding.severity,
        place=_place(finding.at, analysis, texts),
        message=finding.message,
        help=finding.help,
        object=finding.object,
        part=finding.part,
        fixes=tuple(fix.title for fix in finding.fixes),
        related=tuple((_place(other.at, analysis, texts), other.message) for other in finding.related),
        file=finding.at.file,
    )


def _missed(analysis: Judged, path: str, texts: Texts) -> Iterator[NotAnalysed]:
    """The places not understood, without those that a finding of the rule `not-analysed` tells already."""
    report = analysis.report(path)
    told = {finding.at for finding in report.findings if finding.rule == "not-analysed"}
    for at, reason in report.not_analysed:
        if at not in told:
            yield NotAnalysed(_place(at, analysis, texts), reason, path)


def _bad(file: BadFile, item: Checked) -> Shown:
    source = next(m.source for m in item.loaded.project.migrations if m.path == file.path)
    return Shown(
        rule=SYNTAX_ERROR,
        aliases=(),
        severity=Severity.ERROR,
        place=_range(file.path, source, Span(file.bad.offset, min(file.bad.offset + 1, len(source.text)))),
        message=file.bad.message,
        help="",
        object=None,
        part=None,
        fixes=(),
        related=(),
        file=file.path,
    )


def _place(at: Origin, analysis: Judged, texts: Texts) -> Place:
    span = analysis.place(at)
    source = texts.get(at.file)
    if span is None or source is None:  # in the platform's own files
        return Place(shown_path(at.file), 1, 1, 1, 1)
    return _range(at.file, source, span)


def _range(path: str, source: Source, span: Span) -> Place:
    line, column = source.lines.position(span.start)
    end_line, end_column = source.lines.position(max(span.end, span.start))
    return Place(shown_path(path), line + 1, column + 1, end_line + 1, end_column + 1)
