"""textDocument/foldingRange and selectionRange: what belongs together in a text."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from schemabot.features.folding import folds
from schemabot.features.selection import selection
from schemabot.lsp.handlers.asking import offset_of, range_in
from schemabot.lsp.server import SchemaBotServer


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folding_range(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        document = server.documents.get(params.text_document.uri)
        if document is None or not document.is_sql:
            return []
        return [
            types.FoldingRange(
                start_line=fold.first,
                end_line=fold.last,
                kind=None if fold.kind is None else types.FoldingRangeKind(fold.kind),
            )
            for fold in folds(document.source)
        ]

    @server.feature(types.TEXT_DOCUMENT_SELECTION_RANGE)
    def selection_range(params: types.SelectionRangeParams) -> list[types.SelectionRange] | None:
        document = server.documents.get(params.text_document.uri)
        if document is None or not document.is_sql:
            return None
        made: list[types.SelectionRange] = []
        for position in params.positions:
            spans = selection(document.source, offset_of(server, document, position))
            made.append(_chain([range_in(server, document, span) for span in spans], position))
        return made


def _chain(ranges: Sequence[types.Range], position: types.Position) -> types.SelectionRange:
    """Each range with the next outer one as its parent; the protocol wants one even where there is no text."""
    parent: types.SelectionRange | None = None
    for range_ in reversed(ranges):
        parent = types.SelectionRange(range_, parent)
    return parent if parent is not None else types.SelectionRange(types.Range(position, position))
