"""textDocument/definition, declaration, typeDefinition and implementation: where a name was made, typed, last changed."""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol import types

from schemabot.analysis import Analysis
from schemabot.features.navigation import Place, definition, latest_change, type_definition
from schemabot.lsp.handlers.asking import find_ready, location, offset_of
from schemabot.lsp.server import SchemaBotServer

Find = Callable[[Analysis, str, int], Place | None]
PositionParams = (
    types.DefinitionParams | types.DeclarationParams | types.TypeDefinitionParams | types.ImplementationParams
)


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""

    async def answer(params: PositionParams, find: Find) -> types.Location | None:
        found = await find_ready(server, params.text_document.uri)
        if found is None:
            return None
        document, analysis = found
        place = find(analysis, document.path, offset_of(server, document, params.position))
        return location(server, analysis, place)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition_(params: types.DefinitionParams) -> types.Location | None:
        return await answer(params, definition)

    @server.feature(types.TEXT_DOCUMENT_DECLARATION)
    async def declaration(params: types.DeclarationParams) -> types.Location | None:
        return await answer(params, definition)

    @server.feature(types.TEXT_DOCUMENT_TYPE_DEFINITION)
    async def type_definition_(params: types.TypeDefinitionParams) -> types.Location | None:
        return await answer(params, type_definition)

    @server.feature(types.TEXT_DOCUMENT_IMPLEMENTATION)
    async def implementation(params: types.ImplementationParams) -> types.Location | None:
        return await answer(params, latest_change)
