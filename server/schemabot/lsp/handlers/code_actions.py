"""textDocument/codeAction: the fixes of the findings in a range, all safe ones of the document, its way back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from schemabot.analysis import Analysis, ChangeSet, all_safe, change_set
from schemabot.lsp import way_back_action
from schemabot.lsp.convert import SEVERITIES, SOURCE, range_of
from schemabot.lsp.documents import Document
from schemabot.lsp.server import SchemaBotServer
from schemabot.rulekit.finding import Finding, Fix
from schemabot.text import Span

FIX_ALL = "source.fixAll.schemabot"


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""
    options = types.CodeActionOptions(
        code_action_kinds=[
            types.CodeActionKind.QuickFix,
            types.CodeActionKind.SourceFixAll,
            FIX_ALL,
            way_back_action.KIND,
        ],
        resolve_provider=True,
    )

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        found = server.find(params.text_document.uri)
        if found is None:
            return []
        document, analysis = found
        only = params.context.only
        actions: list[types.CodeAction] = []
        if _wanted(types.CodeActionKind.QuickFix, only):
            span = _span(params.range, document, server)
            for finding in _findings_at(analysis, document, span):
                actions += _quick_fixes(server, analysis, document, finding)
        if only and _wanted(FIX_ALL, only):
            actions += _fix_all(server, analysis, document)
        if _wanted(way_back_action.KIND, only):
            actions += way_back_action.offered(
                server, analysis, document, _span(params.range, document, server)
            )
        return actions

    @server.feature(types.CODE_ACTION_RESOLVE)
    def resolve(action: types.CodeAction) -> types.CodeAction:
        return way_back_action.resolved(server, action)


def _wanted(kind: str, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    return not only or any(kind == item or kind.startswith(f"{_word(item)}.") for item in only)


def _word(kind: types.CodeActionKind | str) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind


def _span(range_: types.Range, document: Document, server: SchemaBotServer) -> Span:
    lines, encoding = document.source.lines, server.converter.encoding
    start = lines.offset(range_.start.line, range_.start.character, encoding)
    return Span(start, max(start, lines.offset(range_.end.line, range_.end.character, encoding)))


def _findings_at(analysis: Analysis, document: Document, span: Span) -> Iterator[Finding]:
    for finding in analysis.report(document.path).findings:
        place = analysis.place(finding.at)
        if place is not None and place.touches(span):
            yield finding


def _quick_fixes(
    server: SchemaBotServer, analysis: Analysis, document: Document, finding: Finding
) -> Iterator[types.CodeAction]:
    place = analysis.place(finding.at)
    for fix in finding.fixes:
        change = change_set(analysis, fix, f"fix {finding.rule} {finding.object or ''}")
        if change is None or place is None:
            continue
        edit = server.edit(analysis, change)
        if edit is None:
            continue
        diagnostic = types.Diagnostic(
            range=range_of(place, document.source.lines, server.converter.encoding),
            message=f"{finding.message}\n{finding.help}" if finding.help else finding.message,
            severity=SEVERITIES[finding.severity],
            code=finding.rule,
            source=SOURCE,
        )
        yield types.CodeAction(
            title=_title(fix, change),
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic],
            is_preferred=fix.preferred or None,
            edit=edit,
        )


def _title(fix: Fix, change: ChangeSet) -> str:
    return f"{fix.title} (in a new migration)" if change.created else fix.title


def _fix_all(server: SchemaBotServer, analysis: Analysis, document: Document) -> Iterator[types.CodeAction]:
    change = all_safe(analysis, analysis.report(document.path).findings)
    here = ChangeSet({path: edits for path, edits in change.edits.items() if path == document.path})
    edit = None if here.empty else server.edit(analysis, here)
    if edit is not None:
        yield types.CodeAction(title="Apply all safe fixes", kind=FIX_ALL, edit=edit)
