"""psql's own commands in a file: most concern psql alone, some decide what the server is sent."""

from __future__ import annotations

from schemabot.facts.model import Extracted, NoEffect, Unanalysed
from schemabot.text import Span

_INCLUDES = "what the included file does is not read here"
_BRANCH = "which branch psql takes is known only where it runs"

# psql manual, "Meta-Commands".
_REASONS = {
    "i": _INCLUDES,
    "include": _INCLUDES,
    "ir": _INCLUDES,
    "include_relative": _INCLUDES,
    "if": _BRANCH,
    "elif": _BRANCH,
    "gexec": "psql runs what the query gave back, which is known only to the server",
}


def extract_command(text: str) -> Extracted:
    """The one fact of the psql command `text`, which begins with a backslash."""
    words = text[1:].split(None, 1)
    name = words[0] if words else ""
    reason = _REASONS.get(name)
    span = Span(0, len(text))
    if reason is None:
        return Extracted(facts=(NoEffect(span=span, what="psql"),))
    return Extracted(facts=(Unanalysed(span=span, reason=reason),))
