"""textDocument/documentSymbol and workspace/symbol: outlines and searching the schema."""

from __future__ import annotations

from collections.abc import Mapping

from lsprotocol import types

from schemabot.features.navigation import Place
from schemabot.features.symbols import Symbol, SymbolKind, document_symbols
from schemabot.features.workspace_symbols import workspace_symbols
from schemabot.lsp.documents import Document
from schemabot.lsp.handlers.asking import find_ready, in_thread, location, range_in
from schemabot.lsp.server import SchemaBotServer

KINDS: Mapping[SymbolKind, types.SymbolKind] = {
    "section": types.SymbolKind.Module,
    "schema": types.SymbolKind.Namespace,
    "table": types.SymbolKind.Class,
    "view": types.SymbolKind.Interface,
    "column": types.SymbolKind.Field,
    "constraint": types.SymbolKind.Key,
    "index": types.SymbolKind.Key,
    "policy": types.SymbolKind.Property,
    "trigger": types.SymbolKind.Event,
    "function": types.SymbolKind.Function,
    "type": types.SymbolKind.Enum,
    "label": types.SymbolKind.EnumMember,
    "sequence": types.SymbolKind.Number,
    "role": types.SymbolKind.Object,
    "extension": types.SymbolKind.Package,
    "rows": types.SymbolKind.Array,
    "block": types.SymbolKind.Function,
    "change": types.SymbolKind.Operator,
    "statement": types.SymbolKind.Variable,
}


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def document_symbol(
        params: types.DocumentSymbolParams,
    ) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
        found = await find_ready(server, params.text_document.uri)
        if found is None:
            return []
        document, analysis = found
        outline = [_symbol(server, document, item) for item in document_symbols(analysis, document.path)]
        text = server.client_capabilities.text_document
        offered = text.document_symbol if text else None
        if offered is not None and offered.hierarchical_document_symbol_support:
            return outline
        return _flat(params.text_document.uri, outline, None)

    @server.feature(types.WORKSPACE_SYMBOL)
    async def workspace_symbol(params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
        made: list[types.SymbolInformation] = []
        for analysis in [state.analysis for state in server.session.states.values()]:
            # The first search reads the names of the whole catalog.
            found = await in_thread(lambda one=analysis: workspace_symbols(one, params.query))  # type: ignore[misc]
            for item in found:
                place = location(server, analysis, Place(item.path, item.span))
                if place is not None:
                    kind = KINDS[item.kind]
                    made.append(
                        types.SymbolInformation(place, item.name, kind, container_name=item.container)
                    )
        return made


def _symbol(server: SchemaBotServer, document: Document, item: Symbol) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=item.name,
        kind=KINDS[item.kind],
        range=range_in(server, document, item.span),
        selection_range=range_in(server, document, item.name_span),
        detail=item.detail or None,
        children=[_symbol(server, document, child) for child in item.children] or None,
    )


def _flat(
    uri: str, symbols: list[types.DocumentSymbol], container: str | None
) -> list[types.SymbolInformation]:
    """The outline for clients that know no hierarchy."""
    made: list[types.SymbolInformation] = []
    for item in symbols:
        place = types.Location(uri, item.range)
        made.append(types.SymbolInformation(place, item.name, item.kind, container_name=container))
        made += _flat(uri, list(item.children or ()), item.name)
    return made
