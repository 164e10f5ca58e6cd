"""Who gets diagnostics how: an open document is pulled where the client can, else pushed, never both; findings in
files that are not open are pushed, a few at a time so that keys are never kept waiting."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from lsprotocol import types

from schemabot.analysis import Analysis, FileReport
from schemabot.lsp.convert import Converter, uri_of
from schemabot.lsp.documents import Document, Documents
from schemabot.lsp.session import ProjectState
from schemabot.syntax.source import Source
from schemabot.workspace.loader import LoadedProject
from schemabot.workspace.settings import SettingsProblem

if TYPE_CHECKING:
    from schemabot.lsp.server import SchemaBotServer

AT_ONCE = 0.004
"""Seconds of pushing after which keys get their turn."""


class Publisher:
    """Sends diagnostics; remembers what it pushed for files that are not open."""

    def __init__(self, server: SchemaBotServer, documents: Documents) -> None:
        self._server = server
        self._documents = documents
        self._pushed: dict[str, tuple[FileReport, Source] | None] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._told: set[str] = set()

    @property
    def converter(self) -> Converter:
        """Makes protocol values in the client's units."""
        return self._server.converter

    def typed(self, document: Document, analysis: Analysis) -> None:
        """An open document was judged: push it, unless the client pulls."""
        if not self._server.client_pulls:
            self._push(document.uri, self.converter.diagnostics(analysis, document.path), document.version)
        self._tell_failures(analysis)

    def settled(self, state: ProjectState) -> None:
        """A project was judged: open documents first, then the files that are not open."""
        analysis = state.analysis
        for document in self._documents.all():
            if document.path in analysis.view.by_path:
                self._pushed.pop(document.path, None)
                self.typed(document, analysis)
        if self._server.client_pulls:
            self._server.refresh_diagnostics()
        self._settings(state.loaded)
        if (task := self._tasks.get(state.key)) is not None:
            task.cancel()
        self._tasks[state.key] = asyncio.get_running_loop().create_task(self._push_closed(analysis))

    def _settings(self, loaded: LoadedProject) -> None:
        """Push what is wrong in the settings file, or clear what was."""
        path = loaded.settings_path
        if path is None:
            return
        found = [_settings_problem(problem) for problem in loaded.settings_problems]
        if found or path in self._pushed:
            self._push(uri_of(path), found, None)
        if found:
            self._pushed[path] = None
        else:
            self._pushed.pop(path, None)

    def failed(self, path: str, message: str) -> None:
        """A project cannot be loaded: say so once."""
        self._tell(f"SchemaBot cannot read the project of {path}: {message}", types.MessageType.Error)

    def opened(self, document: Document) -> None:
        """A document was opened: what was pushed for it as a closed file gives way to what it pulls."""
        if self._pushed.pop(document.path, None) is not None and self._server.client_pulls:
            self._push(document.uri, [], None)

    def closed(self, document: Document) -> None:
        """A document was closed: nothing of its own text counts any more."""
        self._push(document.uri, [], None)

    async def _push_closed(self, analysis: Analysis) -> None:
        """Push what changed in files that are not open, and clear files that are gone."""
        current = {file.path: file.source for file in analysis.project.migrations}
        begin = time.perf_counter()
        for path, source in current.items():
            if self._documents.by_path(path) is not None:
                continue
            report = analysis.report(path)
            before = self._pushed.get(path)
            if before is not None and before[0] is report and before[1] is source:
                continue
            nothing = not report.findings and not report.not_analysed
            if before is None and nothing:
                continue
            self._push(uri_of(path), [] if nothing else self.converter.diagnostics(analysis, path), None)
            if nothing:
                self._pushed.pop(path, None)
            else:
                self._pushed[path] = (report, source)
            if time.perf_counter() - begin > AT_ONCE:
                await asyncio.sleep(0.02)
                begin = time.perf_counter()
        root = analysis.project.root
        for path in [p for p, v in self._pushed.items() if v is not None and p.startswith(root)]:
            if path not in current:
                self._push(uri_of(path), [], None)
                del self._pushed[path]

    def _push(self, uri: str, diagnostics: list[types.Diagnostic], version: int | None) -> None:
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, diagnostics=diagnostics, version=version)
        )

    def _tell_failures(self, analysis: Analysis) -> None:
        for rule, error in tuple(analysis.failures.by_rule.items()):
            message = f"SchemaBot: internal error in rule {rule} ({error}). The other rules go on."
            self._tell(message, types.MessageType.Warning)

    def _tell(self, message: str, kind: types.MessageType) -> None:
        if message not in self._told:
            self._told.add(message)
            self._server.window_show_message(types.ShowMessageParams(kind, message))


def _settings_problem(problem: SettingsProblem) -> types.Diagnostic:
    line, start = problem.line, problem.column
    return types.Diagnostic(
        range=types.Range(types.Position(line, start), types.Position(line, problem.end_column)),
        message=problem.message,
        severity=types.DiagnosticSeverity.Error,
        code="settings-invalid",
        source="schemabot",
    )
