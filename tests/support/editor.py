"""An editor made of pytest-lsp's client: opens files, types, waits for diagnostics, applies edits."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import make_test_lsp_client

from schemabot.text import Encoding, LineIndex

SERVER = [str(Path(sys.executable).with_name("schemabot")), "lsp"]
TIMEOUT = 20.0


def capabilities(
    *,
    pull: bool = False,
    encodings: Sequence[str] = ("utf-16",),
    operations: Sequence[str] = ("create", "rename"),
) -> types.ClientCapabilities:
    """What this editor can do."""
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(
            position_encodings=[types.PositionEncodingKind(item) for item in encodings]
        ),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
                related_information=True, version_support=True, code_description_support=True
            ),
            diagnostic=types.DiagnosticClientCapabilities() if pull else None,
        ),
        workspace=types.WorkspaceClientCapabilities(
            workspace_edit=types.WorkspaceEditClientCapabilities(
                document_changes=True,
                resource_operations=[types.ResourceOperationKind(item) for item in operations],
            ),
            diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True),
        ),
    )


class Editor:
    """One client with one server on one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.client = make_test_lsp_client()
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.encoding: Encoding = "utf-16"
        self.created: list[str] = []  # paths of files that the server had made
        self.client.feature(types.WORKSPACE_APPLY_EDIT)(lambda params: self._apply_edit(params))

    def _apply_edit(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        self.apply(types.CodeAction("asked by the server", edit=params.edit))
        for change in params.edit.document_changes or ():
            if isinstance(change, types.CreateFile):
                self.created.append(change.uri.removeprefix("file://"))
        return types.ApplyWorkspaceEditResult(applied=True)

    def messages(self) -> list[str]:
        """What the user was shown."""
        return [message.message for message in self.client.messages]

    async def start(
        self, given: types.ClientCapabilities | None = None, **options: Any
    ) -> types.InitializeResult:
        """Start the server and initialize it."""
        await self.client.start_io(*SERVER, env=None)
        result = await self.client.initialize_session(
            types.InitializeParams(
                capabilities=given or capabilities(),
                root_uri=self.root.as_uri(),
                workspace_folders=[types.WorkspaceFolder(self.root.as_uri(), "root")],
                initialization_options=options or None,
            )
        )
        chosen = result.capabilities.position_encoding
        self.encoding = chosen.value if isinstance(chosen, types.PositionEncodingKind) else chosen or "utf-16"  # type: ignore[assignment]
        return result

    async def stop(self) -> int | None:
        """Shut the server down; its exit code."""
        server = self.client._server
        await self.client.shutdown_session()
        code = None
        if server is not None:
            code = await asyncio.wait_for(server.wait(), TIMEOUT)
        await self.client.stop()
        return code

    def uri(self, name: str) -> str:
        """The URI of a file of the folder."""
        return (self.root / name).as_uri()

    def open(self, name: str, text: str | None = None) -> str:
        """Open a file with the text on disk, or with another."""
        uri = self.uri(name)
        self.texts[uri] = (self.root / name).read_text("utf-8") if text is None else text
        self.versions[uri] = 1
        item = types.TextDocumentItem(uri, "sql", 1, self.texts[uri])
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def close(self, uri: str) -> None:
        """Close a document."""
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
        )

    def edit(self, uri: str, start: int, end: int, text: str) -> None:
        """Replace a range of code points of an open document."""
        lines = LineIndex(self.texts[uri])
        range_ = types.Range(
            types.Position(*lines.position(start, self.encoding)),
            types.Position(*lines.position(end, self.encoding)),
        )
        self.texts[uri] = self.texts[uri][:start] + text + self.texts[uri][end:]
        self.change(uri, types.TextDocumentContentChangePartial(range=range_, text=text))

    def change(self, uri: str, *changes: types.TextDocumentContentChangeEvent) -> None:
        """Send changes as they are."""
        self.versions[uri] += 1
        identifier = types.VersionedTextDocumentIdentifier(version=self.versions[uri], uri=uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, list(changes)))

    def codes(self, uri: str) -> list[str]:
        """The rule ids that were pushed last for a file."""
        return sorted(str(item.code) for item in self.client.diagnostics.get(uri, ()))

    async def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until a condition holds."""
        for _ in range(int(TIMEOUT / 0.02)):
            if condition():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"waited in vain for {what}; have {self.client.diagnostics}")

    async def has(self, uri: str, *codes: str) -> Sequence[types.Diagnostic]:
        """Wait until exactly these rules are pushed for a file."""
        await self.wait(
            lambda: uri in self.client.diagnostics and self.codes(uri) == sorted(codes), f"{codes} in {uri}"
        )
        return self.client.diagnostics[uri]

    async def actions(
        self, uri: str, range_: types.Range | None = None, only: Sequence[str] = ()
    ) -> list[types.CodeAction]:
        """The code actions in a range, by default the whole file."""
        everything = types.Range(types.Position(0, 0), types.Position(10_000, 0))
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri),
                range_ or everything,
                types.CodeActionContext(diagnostics=[], only=list(only) or None),
            )
        )
        return [item for item in found or [] if isinstance(item, types.CodeAction)]

    def apply(self, action: types.CodeAction) -> None:
        """Apply a code action's edit: to open documents by typing, to new files by writing them."""
        assert action.edit is not None
        assert action.edit.document_changes is not None
        for change in action.edit.document_changes:
            if isinstance(change, types.CreateFile):
                path = Path(change.uri.removeprefix("file://"))
                assert not path.exists()
                path.write_text("")
            elif isinstance(change, types.TextDocumentEdit):
                uri = change.text_document.uri
                edits = [edit for edit in change.edits if isinstance(edit, types.TextEdit)]
                if uri not in self.texts:
                    Path(uri.removeprefix("file://")).write_text(edits[0].new_text)
                    continue
                assert change.text_document.version == self.versions[uri]
                lines = LineIndex(self.texts[uri])
                placed = [
                    (
                        lines.offset(e.range.start.line, e.range.start.character, self.encoding),
                        lines.offset(e.range.end.line, e.range.end.character, self.encoding),
                        e.new_text,
                    )
                    for e in edits
                ]
                for start, end, text in sorted(placed, reverse=True):
                    self.edit(uri, start, end, text)
