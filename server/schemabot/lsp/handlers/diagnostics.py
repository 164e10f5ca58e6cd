"""textDocument/diagnostic: the findings of one open document, pulled."""

from __future__ import annotations

from lsprotocol import types

from schemabot.lsp.server import SchemaBotServer


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""
    options = types.DiagnosticOptions(
        inter_file_dependencies=True, workspace_diagnostics=False, identifier="schemabot"
    )

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def diagnostic(
        params: types.DocumentDiagnosticParams,
    ) -> types.RelatedFullDocumentDiagnosticReport:
        document = server.documents.get(params.text_document.uri)
        if document is not None:
            await server.session.ready(document.path)
        found = server.find(params.text_document.uri)
        if found is None:
            return types.RelatedFullDocumentDiagnosticReport(items=[])
        document, analysis = found
        return types.RelatedFullDocumentDiagnosticReport(
            items=server.converter.diagnostics(analysis, document.path)
        )
