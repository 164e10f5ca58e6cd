"""textDocument/signatureHelp: what the call around the place takes."""

from __future__ import annotations

from lsprotocol import types

from schemabot.features.signatures import Signature, signature_help
from schemabot.lsp.handlers.asking import find_ready, offset_of
from schemabot.lsp.server import SchemaBotServer

_OPTIONS = types.SignatureHelpOptions(trigger_characters=["(", ","], retrigger_characters=[","])


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""

    @server.feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, _OPTIONS)
    async def signature_help_(params: types.SignatureHelpParams) -> types.SignatureHelp | None:
        found = await find_ready(server, params.text_document.uri)
        if found is None:
            return None
        document, analysis = found
        answer = signature_help(analysis, document.path, offset_of(server, document, params.position))
        if answer is None:
            return None
        by_offset = _knows_offsets(server)
        signatures = [_signature(one, by_offset) for one in answer.signatures]
        return types.SignatureHelp(signatures, answer.active, answer.parameter)


def _knows_offsets(server: SchemaBotServer) -> bool:
    text = server.client_capabilities.text_document
    asked = text.signature_help if text else None
    information = asked.signature_information if asked else None
    given = information.parameter_information if information else None
    return bool(given and given.label_offset_support)


def _signature(one: Signature, by_offset: bool) -> types.SignatureInformation:
    """Offsets of parameters count UTF-16 units, whatever the encoding of positions is."""
    parameters = [
        types.ParameterInformation(
            (_units(one.label, start), _units(one.label, end)) if by_offset else one.label[start:end]
        )
        for start, end in one.parameters
    ]
    return types.SignatureInformation(one.label, one.documentation or None, parameters)


def _units(label: str, offset: int) -> int:
    return len(label[:offset].encode("utf-16-le")) // 2
