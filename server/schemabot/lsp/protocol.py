"""pygls's protocol with our own documents and an honest end.

pygls keeps a copy of every document that splits its lines again at each edit (measured: 32 ms an edit in a file of
4 MB); ours are kept by `Documents` instead. A request after `shutdown` is answered, as the specification asks.
"""

# pyright: reportIncompatibleMethodOverride=false
from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.protocol.json_rpc import JsonRPCNotification, RPCRequest

INVALID_REQUEST = -32600
INVALID_PARAMS = -32602
ANSWERED = "$/schemabot/answered"
"""Stands for a request that was answered while it was read; nothing handles it."""


class SchemaBotProtocol(LanguageServerProtocol):
    """Builtin text synchronisation is left to the server's own handlers."""

    @property
    def was_shut_down(self) -> bool:
        """Whether the client said `shutdown`: then `exit` is a success."""
        return self._shutdown

    # pygls's own methods are generators, to call a user's handler in between; it accepts plain functions as well.

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Hand the text to the server's own documents."""
        self._server.did_open(params)  # type: ignore[attr-defined]  # it is a SchemaBotServer

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Hand the edits to the server's own documents."""
        self._server.did_change(params)  # type: ignore[attr-defined]

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget the text."""
        self._server.did_close(params)  # type: ignore[attr-defined]

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> None:  # type: ignore[override]
        """Cancel what is still being answered; pygls walks its requests while they leave, and fails."""
        for message_id, future in [*self._request_futures.items()]:
            if message_id != self.msg_id:
                future.cancel()
        self._shutdown = True

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> None:  # type: ignore[override]  # pygls accepts plain functions too
        """End the message loop; `serve` turns `was_shut_down` into the exit code."""
        self._server.stop_reading()  # type: ignore[attr-defined]

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Turn a message into its type; a request that does not fit its type is answered, not only logged."""
        try:
            return super().structure_message(data)
        except Exception as error:
            if "id" not in data or "method" not in data:
                raise
            reason = error.__cause__ or error
            answer = types.ResponseError(INVALID_PARAMS, f"{data['method']}: {reason}")
            self._send_response(data["id"], error=answer)
            return JsonRPCNotification(method=ANSWERED, jsonrpc="2.0", params=None)

    def handle_message(self, message: Any) -> None:
        """Answer requests that come after `shutdown` with an error instead of with silence."""
        if getattr(message, "method", "") == ANSWERED:
            return
        if self._shutdown and isinstance(message, RPCRequest):
            error = types.ResponseError(INVALID_REQUEST, "the server is shutting down")
            self._send_response(message.id, error=error)
            return
        super().handle_message(message)
