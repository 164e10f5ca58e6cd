"""textDocument/hover: what a name means here; in settings files what a rule is about."""

from __future__ import annotations

from lsprotocol import types

from schemabot.features.hover import Hover, hover, rule_in_settings
from schemabot.lsp.documents import Document
from schemabot.lsp.handlers.asking import find_ready, in_thread, offset_of, range_in
from schemabot.lsp.server import SchemaBotServer


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover_(params: types.HoverParams) -> types.Hover | None:
        document = server.documents.get(params.text_document.uri)
        if document is not None and not document.is_sql:
            said = rule_in_settings(document.source.text, offset_of(server, document, params.position))
            return None if said is None else _answer(server, document, Hover(*said))
        found = await find_ready(server, params.text_document.uri)
        if found is None:
            return None
        document, analysis = found
        offset = offset_of(server, document, params.position)
        # The first verdicts on a project's tables take longer than a key may wait.
        shown = await in_thread(lambda: hover(analysis, document.path, offset))
        return None if shown is None else _answer(server, document, shown)


def _answer(server: SchemaBotServer, document: Document, shown: Hover) -> types.Hover:
    content = types.MarkupContent(types.MarkupKind.Markdown, shown.markdown)
    return types.Hover(content, range_in(server, document, shown.span))
