"""One module per request or family of requests; each has `register(server)`."""

from __future__ import annotations

from schemabot.lsp.handlers import (
    code_actions,
    code_lens,
    commands,
    completion,
    definition,
    document_links,
    hover,
    lifecycle,
    pull,
    ranges,
    references,
    semantic_tokens,
    settings,
    signature,
    symbols,
    verify,
    watched_files,
)
from schemabot.lsp.server import SchemaBotServer


def register_all(server: SchemaBotServer) -> None:
    """Let the server answer everything that it can; pulling diagnostics is offered at initialize."""
    for module in (
        code_actions, code_lens, commands, completion, definition, document_links, hover, lifecycle, pull, ranges,
        references, semantic_tokens, settings, signature, symbols, verify, watched_files,
    ):  # fmt: skip
        module.register(server)
