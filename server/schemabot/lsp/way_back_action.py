"""The code action "Write the way back": offered at the head, the end and the down part of a migration.

Working it out means comparing two catalogs, so clients that can resolve an action's edit are asked to.
"""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from schemabot.analysis import Analysis
from schemabot.analysis.down_parts import comment_section, written_down
from schemabot.analysis.down_place import placed
from schemabot.analysis.project import MigrationFile
from schemabot.analysis.way_back import way_back
from schemabot.analysis.way_back_text import as_sql
from schemabot.lsp.documents import Document
from schemabot.lsp.server import SchemaBotServer
from schemabot.text import Span

KIND = "refactor.rewrite.wayBack.schemabot"


def offered(
    server: SchemaBotServer, analysis: Analysis, document: Document, span: Span
) -> Iterator[types.CodeAction]:
    """The action, where the cursor is at a place that has to do with it."""
    file = analysis.project.file(document.path)
    if file is None or file.is_down or not file.source.statements or not _is_about(file, span):
        return
    written = written_down(analysis.project, file) is not None
    title = "Write the way back again" if written else "Write the way back"
    action = types.CodeAction(title=title, kind=KIND, data={"uri": document.uri})
    if _resolves(server):
        yield action
        return
    action.edit = _edit(server, document.uri)
    if action.edit is not None:
        yield action


def resolved(server: SchemaBotServer, action: types.CodeAction) -> types.CodeAction:
    """The action with its edit. Without one, when there is nothing to undo or the file is applied."""
    uri = action.data.get("uri") if isinstance(action.data, dict) else None
    if isinstance(uri, str):
        action.edit = _edit(server, uri)
    return action


def _is_about(file: MigrationFile, span: Span) -> bool:
    """Whether the span is above or in the first statement, behind the last one, or in the down part."""
    statements, down = file.source.statements, file.down()
    up = [statement for index, statement in enumerate(statements) if index not in down]
    section = comment_section(file)
    if not up or span.start <= up[0].end or span.start > up[-1].end:
        return True
    return section is not None and section.touches(span)


def _resolves(server: SchemaBotServer) -> bool:
    text = server.client_capabilities.text_document
    action = text.code_action if text else None
    support = action.resolve_support if action else None
    return bool(support and "edit" in support.properties and action and action.data_support)


def _edit(server: SchemaBotServer, uri: str) -> types.WorkspaceEdit | None:
    found = server.find(uri)
    if found is None:
        return None
    document, analysis = found
    file = analysis.project.file(document.path)
    back = way_back(analysis, document.path)
    sql = "" if back is None else as_sql(back)
    if file is None or not sql:
        return None
    change = placed(analysis.project, file, sql)
    return None if change is None else server.edit(analysis, change)
