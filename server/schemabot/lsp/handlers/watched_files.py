"""workspace/didChangeWatchedFiles and textDocument/didSave: files changed on disk."""

from __future__ import annotations

from lsprotocol import types

from schemabot.lsp.documents import path_of
from schemabot.lsp.server import SchemaBotServer


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(params: types.DidChangeWatchedFilesParams) -> None:
        server.session.files_changed()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path.endswith(".toml"):
            server.session.files_changed()
        elif (state := server.session.state_of(path)) is not None:
            server.session.look_at_disk(state)
