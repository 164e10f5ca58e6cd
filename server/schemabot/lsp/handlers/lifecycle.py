"""initialize and initialized: what the client can do, and what we ask it to watch."""

from __future__ import annotations

from lsprotocol import types

from schemabot.lsp.handlers import diagnostics
from schemabot.lsp.server import SchemaBotServer

WATCHED = (
    "**/*.sql", "**/schemabot.toml", "**/supabase/config.toml", "**/meta/_journal.json", "**/migration_lock.toml",
    "**/sqitch.plan", "**/sqitch.conf", "**/atlas.sum",
)  # fmt: skip
"""Migrations, settings, and the files that say in which order migrations run."""


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.started(params)
        if server.client_pulls:
            diagnostics.register(server)

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        if not server.client_pulls:  # not offered, so that nobody gets both, but answered
            diagnostics.register(server)
        workspace = server.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace else None
        if watched is not None and watched.dynamic_registration:
            watchers = [types.FileSystemWatcher(pattern) for pattern in WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            server.client_register_capability(
                types.RegistrationParams(
                    [types.Registration("watch", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)]
                )
            )
