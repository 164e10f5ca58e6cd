"""textDocument/semanticTokens, full and range: what names mean, as numbers relative to the token before."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from schemabot.features.semantic_tokens import TOKEN_TYPES, SemanticToken, semantic_tokens
from schemabot.lsp.documents import Document
from schemabot.lsp.handlers.asking import find_ready, span_of
from schemabot.lsp.server import SchemaBotServer
from schemabot.text import Encoding

MODIFIERS = ("declaration", "defaultLibrary")
_DECLARATION, _LIBRARY = 1, 2


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""
    legend = types.SemanticTokensLegend(token_types=list(TOKEN_TYPES), token_modifiers=list(MODIFIERS))

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, legend)
    async def full(params: types.SemanticTokensParams) -> types.SemanticTokens:
        found = await find_ready(server, params.text_document.uri)
        if found is None:
            return types.SemanticTokens(data=[])
        document, analysis = found
        tokens = semantic_tokens(analysis, document.path)
        return types.SemanticTokens(data=encoded(tokens, document, server.converter.encoding))

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, legend)
    async def range_(params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
        found = await find_ready(server, params.text_document.uri)
        if found is None:
            return types.SemanticTokens(data=[])
        document, analysis = found
        tokens = semantic_tokens(analysis, document.path, span_of(server, document, params.range))
        return types.SemanticTokens(data=encoded(tokens, document, server.converter.encoding))


def encoded(tokens: Iterable[SemanticToken], document: Document, encoding: Encoding) -> list[int]:
    """Five numbers a token: lines and columns since the last, length, type, modifiers."""
    data: list[int] = []
    lines = document.source.lines
    last_line = last_column = 0
    for token in tokens:
        line, column = lines.position(token.span.start, encoding)
        end = lines.position(token.span.end, encoding)[1]
        since = column - last_column if line == last_line else column
        modifiers = _DECLARATION * token.declaration | _LIBRARY * token.platform
        data += (line - last_line, since, end - column, TOKEN_TYPES.index(token.type), modifiers)
        last_line, last_column = line, column
    return data
