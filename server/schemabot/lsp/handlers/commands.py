"""workspace/executeCommand: what a client may ask for by name. Nothing runs unless somebody asks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lsprotocol import types

from schemabot.features.new_migration import NoNameError, new_migration
from schemabot.lsp.convert import uri_of
from schemabot.lsp.server import SchemaBotServer
from schemabot.lsp.session import ProjectState

NEW_MIGRATION = "schemabot.newMigration"


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""

    @server.command(NEW_MIGRATION)
    async def new(*arguments: Any) -> str | None:
        """(title, uri): make a migration in the project of `uri`, or in the only one; gives the URI of the new file."""
        title, uri = texts(arguments, 2)
        state = project_of(server, uri)
        if state is None:
            server.tell("No project is open: open one of its migrations first.")
            return None
        try:
            change = new_migration(state.analysis.project, title, datetime.now(UTC))
        except NoNameError as error:
            server.tell(f"No migration was made: {error}.")
            return None
        edit = server.edit(state.analysis, change)
        if edit is None:
            server.tell(
                "This editor cannot create files for a language server: use schemabot new on the command line."
            )
            return None
        done = await server.workspace_apply_edit_async(
            types.ApplyWorkspaceEditParams(edit, label=f"New migration: {title}")
        )
        if not done.applied:
            server.tell(f"The editor did not make the file: {done.failure_reason or 'it did not say why'}.")
            return None
        made = uri_of(next(iter(change.created)))
        window = server.client_capabilities.window
        if window is not None and window.show_document is not None and window.show_document.support:
            await server.window_show_document_async(types.ShowDocumentParams(made, take_focus=True))
        return made


def texts(arguments: tuple[Any, ...], count: int) -> tuple[str, ...]:
    """The first arguments of a command, empty where the client gave none or something else (pygls takes no defaults)."""
    given = [argument if isinstance(argument, str) else "" for argument in arguments[:count]]
    return (*given, *[""] * (count - len(given)))


def project_of(server: SchemaBotServer, uri: str) -> ProjectState | None:
    """The project of an open document, or the only one that is open."""
    states = server.session.states
    document = server.documents.get(uri) if uri else None
    if document is not None:
        return server.session.state_of(document.path)
    return next(iter(states.values())) if len(states) == 1 else None
