"""The language server: one client, its documents, its projects."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

import schemabot
from schemabot.analysis import Analysis, ChangeSet
from schemabot.lsp.convert import Converter
from schemabot.lsp.documents import Document, Documents
from schemabot.lsp.protocol import SchemaBotProtocol
from schemabot.lsp.publisher import Publisher
from schemabot.lsp.session import Session
from schemabot.lsp.worker import Worker
from schemabot.text import Encoding

logger = logging.getLogger(__name__)

PARENT_CHECK = 5.0
"""Seconds between two looks whether the editor still lives."""


class SchemaBotServer(LanguageServer):
    """pygls's server with our documents and session; requests are answered by the modules in `handlers`."""

    protocol: SchemaBotProtocol  # pyright: ignore[reportIncompatibleVariableOverride]  # set once, by pygls

    def __init__(self) -> None:
        super().__init__("schemabot", schemabot.__version__, protocol_cls=SchemaBotProtocol)
        self.documents = Documents()
        self.publisher = Publisher(self, self.documents)
        self.converter = Converter("utf-16")
        self.client_pulls = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reading: asyncio.Task[None] | None = None
        self._session: Session | None = None
        self._worker: Worker | None = None
        self._parent: asyncio.Task[None] | None = None

    @property
    def session(self) -> Session:
        """The projects; made with the first use on the event loop."""
        if self._session is None:
            self._loop = asyncio.get_running_loop()
            self._worker = Worker(self._on_loop)
            self._session = Session(self.documents, self._worker, self.publisher)
        return self._session

    def _on_loop(self, call: Callable[[], None]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(call)

    # -- life --

    def started(self, params: types.InitializeParams) -> None:
        """Learn from the client's capabilities and options, and watch its process."""
        capabilities = params.capabilities
        text = capabilities.text_document or types.TextDocumentClientCapabilities()
        workspace = capabilities.workspace or types.WorkspaceClientCapabilities()
        published = text.publish_diagnostics
        self.converter = Converter(
            encoding_of(self.workspace.position_encoding),
            related=bool(published and published.related_information),
            descriptions=bool(published and published.code_description_support),
        )
        # A client that pulls but cannot be asked to pull again (Neovim 0.11) would show what an edit elsewhere has
        # changed only after its own next edit: it gets pushes.
        refreshes = workspace.diagnostics and workspace.diagnostics.refresh_support
        self.client_pulls = text.diagnostic is not None and bool(refreshes)
        self.session.client_settings = settings_of(params.initialization_options)
        if params.process_id is not None and sys.platform != "win32":  # there, asking a process ends it
            self._parent = asyncio.get_running_loop().create_task(self._watch_parent(params.process_id))

    async def _watch_parent(self, process: int) -> None:
        while _alive(process):
            await asyncio.sleep(PARENT_CHECK)
        logger.warning("the editor (process %s) is gone: ending", process)
        self.stop_reading()

    def reading(self, task: asyncio.Task[None]) -> None:
        """Remember the task that reads messages, so that `stop_reading` can end it."""
        self._reading = task

    def stop_reading(self) -> None:
        """End the message loop and the background work."""
        if self._worker is not None:
            self._worker.stop()
        if self._stop_event is not None:
            self._stop_event.set()
        if self._reading is not None:
            self._reading.cancel()

    # -- documents --

    def did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """A document is open: its text counts from now on."""
        document = self.documents.open(params.text_document)
        if document.is_sql:
            self.publisher.opened(document)
            self.session.opened(document)

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """A document was edited."""
        document = self.documents.get(params.text_document.uri)
        if document is None:
            logger.warning("change of a document that is not open: %s", params.text_document.uri)
            return
        document.change(params.content_changes, params.text_document.version, self.converter.encoding)
        if document.is_sql:
            self.session.changed(document)

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """A document was closed: what is on disk counts again."""
        document = self.documents.close(params.text_document.uri)
        if document is not None and document.is_sql:
            self.publisher.closed(document)
            self.session.closed(document)

    # -- what handlers ask --

    def find(self, uri: str) -> tuple[Document, Analysis] | None:
        """The open document of that URI with the analysis of its project; None when either is missing."""
        document = self.documents.get(uri)
        state = self.session.state_of(document.path) if document is not None else None
        return None if document is None or state is None else (document, state.analysis)

    def edit(self, analysis: Analysis, change: ChangeSet) -> types.WorkspaceEdit | None:
        """A change set as the client can apply it; None when it cannot."""
        workspace = self.client_capabilities.workspace
        can = workspace.workspace_edit if workspace else None
        kinds = (can.resource_operations or ()) if can else ()
        # Files are made and renamed in document changes only: a client that does either (Neovim) knows them, said or not.
        knows = bool(can and can.document_changes) or bool(kinds and (change.created or change.renamed))
        versions = {document.path: document.version for document in self.documents.all()}
        return self.converter.workspace_edit(
            change, analysis, versions, knows, frozenset(k.value for k in kinds)
        )

    def tell(self, message: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Show the user a message."""
        self.window_show_message(types.ShowMessageParams(kind, message))

    def refresh_diagnostics(self) -> None:
        """Ask the client to pull again."""
        self.workspace_diagnostic_refresh(None)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log it; a message box for each malformed message would drive the user away."""
        logger.error("%s: %s", getattr(source, "__name__", source), error)


def encoding_of(kind: types.PositionEncodingKind | str | None) -> Encoding:
    """The agreed unit of columns; the protocol's default is UTF-16."""
    word = kind.value if isinstance(kind, types.PositionEncodingKind) else kind
    return "utf-8" if word == "utf-8" else "utf-32" if word == "utf-32" else "utf-16"


def settings_of(options: object) -> Mapping[str, Any]:
    """The `schemabot` section of whatever a client sends as settings; empty for anything else."""
    outer = _mapping(options)
    return dict(_mapping(outer["schemabot"])) if "schemabot" in outer else dict(outer)


def _mapping(value: object) -> Mapping[str, Any]:
    """A JSON object as pygls hands it over: a mapping, or an object with attributes."""
    if isinstance(value, Mapping):
        return value
    found: Mapping[str, Any] | None = getattr(value, "__dict__", None)
    return found or {}


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it lives, but belongs to somebody else
        return True
    return True
