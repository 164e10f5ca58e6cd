"""From the analysis to the protocol: ranges, diagnostics, workspace edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lsprotocol import types
from pygls.uris import from_fs_path

from schemabot.analysis import Analysis, ChangeSet
from schemabot.analysis.refusals import REFUSED
from schemabot.catalog.objects import Origin
from schemabot.rulekit.finding import Finding, Severity
from schemabot.text import Edit, Encoding, LineIndex, Span

SEVERITIES: Mapping[Severity, types.DiagnosticSeverity] = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}
SOURCE = "schemabot"
MOST = 1_000
"""Findings of one file that are shown: as many as VS Code shows. A key must not wait for more of them."""


def uri_of(path: str) -> str:
    """The URI of a path; a URI stays as it is."""
    if "://" in path or path.startswith("untitled:"):
        return path
    return from_fs_path(path) or path


def range_of(span: Span, lines: LineIndex, encoding: Encoding) -> types.Range:
    """A span as the protocol's range, in the client's units."""
    start_line, start = lines.position(span.start, encoding)
    end_line, end = lines.position(span.end, encoding)
    return types.Range(types.Position(start_line, start), types.Position(end_line, end))


def _worst(findings: Sequence[Finding]) -> tuple[Sequence[Finding], int]:
    """The worst of very many findings, in order of their places, and how many are left out."""
    left = len(findings) - MOST
    if left <= 0:
        return findings, 0
    chosen = sorted(range(len(findings)), key=lambda index: (findings[index].severity.rank, index))[:MOST]
    return [findings[index] for index in sorted(chosen)], left


def _too_many(left: int) -> types.Diagnostic:
    start = types.Position(0, 0)
    return types.Diagnostic(
        range=types.Range(start, start),
        message=f"{left} more findings of this file are not shown: schemabot check lists them all.",
        severity=types.DiagnosticSeverity.Information,
        source=SOURCE,
    )


class Converter:
    """Makes protocol values for one client: its units, and what it understands."""

    def __init__(self, encoding: Encoding, related: bool = True, descriptions: bool = True) -> None:
        self.encoding: Encoding = encoding
        self._related = related
        self._descriptions = descriptions

    def diagnostics(self, analysis: Analysis, path: str) -> list[types.Diagnostic]:
        """All that is said about one file of the project."""
        file = analysis.project.file(path)
        if file is None:
            return []
        lines = file.source.lines
        report = analysis.report(path)
        shown, left = _worst(report.findings)
        made = [self._diagnostic(finding, analysis, lines) for finding in shown]
        if left:
            made.append(_too_many(left))
        active = analysis.rules.active
        worded = {
            finding.at.statement
            for finding in shown
            if (known := active.get(finding.rule)) is not None and known.rule.category == "correctness"
        }
        for at, reason in report.not_analysed[:MOST]:
            if at.statement in worded and reason.startswith(REFUSED):
                continue  # a rule says it in more words
            made.append(self._not_analysed(at, reason, analysis, lines))
        return [diagnostic for diagnostic in made if diagnostic is not None]

    def _diagnostic(self, finding: Finding, analysis: Analysis, lines: LineIndex) -> types.Diagnostic | None:
        span = analysis.place(finding.at)
        if span is None:
            return None
        message = f"{finding.message}\n{finding.help}" if finding.help else finding.message
        rule = analysis.rules.active.get(finding.rule)
        return types.Diagnostic(
            range=range_of(span, lines, self.encoding),
            message=message,
            severity=SEVERITIES[finding.severity],
            code=finding.rule,
            code_description=(
                types.CodeDescription(rule.rule.url) if rule is not None and self._descriptions else None
            ),
            source=SOURCE,
            related_information=self._related_of(finding, analysis) if self._related else None,
        )

    def _related_of(
        self, finding: Finding, analysis: Analysis
    ) -> list[types.DiagnosticRelatedInformation] | None:
        made: list[types.DiagnosticRelatedInformation] = []
        for item in finding.related:
            span = analysis.place(item.at)
            file = analysis.project.file(item.at.file)
            if span is not None and file is not None:
                location = types.Location(uri_of(file.path), range_of(span, file.source.lines, self.encoding))
                made.append(types.DiagnosticRelatedInformation(location, item.message))
        return made or None

    def _not_analysed(
        self, at: Origin, reason: str, analysis: Analysis, lines: LineIndex
    ) -> types.Diagnostic | None:
        span = analysis.place(at)
        if span is None:
            return None
        return types.Diagnostic(
            range=range_of(span, lines, self.encoding),
            message=f"Not analysed: {reason}. What this changes is unknown to SchemaBot.",
            severity=types.DiagnosticSeverity.Hint,
            code="not-analysed",
            source=SOURCE,
        )

    def workspace_edit(
        self,
        change: ChangeSet,
        analysis: Analysis,
        versions: Mapping[str, int],
        document_changes: bool,
        operations: frozenset[str],
    ) -> types.WorkspaceEdit | None:
        """A change set as the client can apply it; None when it cannot.

        `versions` are those of the open documents by path; `operations` the client's resource operations.
        """
        lines = {file.path: file.source.lines for file in analysis.project.migrations}
        if not document_changes:
            if change.created or change.renamed:
                return None
            return types.WorkspaceEdit(
                changes={
                    uri_of(path): [self._edit(edit, lines[path]) for edit in edits]
                    for path, edits in change.edits.items()
                }
            )
        if (change.created and "create" not in operations) or (change.renamed and "rename" not in operations):
            return None
        changes: list[types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile] = []
        for path, edits in change.edits.items():
            identifier = types.OptionalVersionedTextDocumentIdentifier(uri_of(path), versions.get(path))
            changes.append(
                types.TextDocumentEdit(identifier, [self._edit(edit, lines[path]) for edit in edits])
            )
        for path, text in change.created.items():
            start = types.Range(types.Position(0, 0), types.Position(0, 0))
            changes.append(types.CreateFile(uri_of(path), options=types.CreateFileOptions(overwrite=False)))
            identifier = types.OptionalVersionedTextDocumentIdentifier(uri_of(path), None)
            changes.append(types.TextDocumentEdit(identifier, [types.TextEdit(start, text)]))
        for old, new in change.renamed.items():
            changes.append(types.RenameFile(uri_of(old), uri_of(new)))
        return types.WorkspaceEdit(document_changes=changes)

    def _edit(self, edit: Edit, lines: LineIndex) -> types.TextEdit:
        return types.TextEdit(range_of(edit.span, lines, self.encoding), edit.text)
