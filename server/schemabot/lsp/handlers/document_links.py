"""textDocument/documentLink: from rules in directive comments to their pages."""

from __future__ import annotations

from lsprotocol import types

from schemabot.features.links import links
from schemabot.lsp.handlers.asking import range_in
from schemabot.lsp.server import SchemaBotServer


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)
    def document_link(params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        document = server.documents.get(params.text_document.uri)
        if document is None or not document.is_sql:
            return []
        text = server.client_capabilities.text_document
        offered = text.document_link if text else None
        tooltips = bool(offered and offered.tooltip_support)
        return [
            types.DocumentLink(
                range_in(server, document, link.span),
                target=link.url,
                tooltip=link.tooltip if tooltips else None,
            )
            for link in links(document.source)
        ]
