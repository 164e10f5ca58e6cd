"""textDocument/references and documentHighlight: the places that name the same thing."""

from __future__ import annotations

from lsprotocol import types

from schemabot.features.navigation import all_references, highlights
from schemabot.lsp.handlers.asking import find_ready, in_thread, locations, offset_of, range_in
from schemabot.lsp.server import SchemaBotServer


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def references(params: types.ReferenceParams) -> list[types.Location]:
        found = await find_ready(server, params.text_document.uri)
        if found is None:
            return []
        document, analysis = found
        offset = offset_of(server, document, params.position)
        declaration = params.context.include_declaration

        def work() -> list[types.Location]:
            places = all_references(analysis, document.path, offset, declaration)
            return list(locations(server, analysis, places))

        return await in_thread(work)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    async def document_highlight(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        found = await find_ready(server, params.text_document.uri)
        if found is None:
            return []
        document, analysis = found
        kinds = types.DocumentHighlightKind
        return [
            types.DocumentHighlight(
                range_in(server, document, item.span), kinds.Write if item.declares else kinds.Read
            )
            for item in highlights(analysis, document.path, offset_of(server, document, params.position))
        ]
