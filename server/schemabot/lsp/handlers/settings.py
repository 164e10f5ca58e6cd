"""workspace/didChangeConfiguration: the client's settings, pushed or asked for."""

from __future__ import annotations

from lsprotocol import types

from schemabot.lsp.server import SchemaBotServer, settings_of


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def did_change_configuration(params: types.DidChangeConfigurationParams) -> None:
        workspace = server.client_capabilities.workspace
        pushed = settings_of(params.settings)
        if pushed or not (workspace and workspace.configuration):
            server.session.settings_changed(pushed)
            return
        answer = await server.workspace_configuration_async(
            types.ConfigurationParams([types.ConfigurationItem(section="schemabot")])
        )
        server.session.settings_changed(settings_of(answer[0] if answer else None))
