"""textDocument/codeLens and codeLens/resolve: what is known of a table, above its CREATE TABLE.

The titles are no commands: what a click could do is not the same in any two clients.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types

from schemabot.features.lenses import lenses, title
from schemabot.lsp.handlers.asking import find_ready, in_thread, range_in
from schemabot.lsp.server import SchemaBotServer


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True))
    async def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        found = await find_ready(server, params.text_document.uri)
        if found is None:
            return []
        document, analysis = found
        uri = params.text_document.uri
        return [
            types.CodeLens(
                range_in(server, document, lens.span),
                data={"uri": uri, "oid": lens.oid, "topic": lens.topic},
            )
            for lens in lenses(analysis, document.path)
        ]

    @server.feature(types.CODE_LENS_RESOLVE)
    async def resolve(lens: types.CodeLens) -> types.CodeLens:
        data = _mapping(lens.data)
        found = await find_ready(server, str(data.get("uri", "")))
        oid, topic = data.get("oid"), str(data.get("topic", ""))
        shown: str | None = None
        if found is not None and isinstance(oid, int):
            _, analysis = found
            shown = await in_thread(lambda: title(analysis, oid, topic))
        lens.command = types.Command(shown or "–", "")
        return lens


def _mapping(data: Any) -> Mapping[str, Any]:
    """The data as it comes back: a mapping, or pygls's object with attributes."""
    if isinstance(data, Mapping):
        return data
    asdict = getattr(data, "_asdict", None)
    found: Mapping[str, Any] = asdict() if asdict is not None else getattr(data, "__dict__", {})
    return found
