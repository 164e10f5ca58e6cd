"""Facts: what one statement does, typed and frozen. `extract` is the way in."""

from __future__ import annotations

from functools import lru_cache

from schemabot.facts.model import Extracted
from schemabot.text import Span

CACHED_STATEMENTS = 4096
"""How many statements `extract` remembers."""


@lru_cache(maxsize=CACHED_STATEMENTS)  # thread-safe: functools' manual, lru_cache
def extract(text: str) -> Extracted:
    """All that the statement `text` (without its `;`) does. Never raises.

    A text that does not parse gives one `Unanalysed` with every name that it mentions, the error's message
    and its place. So does, without an error, a statement that is nested too deep or of a kind that has no
    reader.
    """
    # Imported with the first statement: what is known from the cache needs neither (measured: 0.1 s of start-up).
    from schemabot.facts.read import read, unanalysed
    from schemabot.syntax.parse import parse_statement

    parsed = parse_statement(text)
    if parsed.issue is not None:
        span = parsed.issue.span
        clamped = Span(min(span.start, len(text)), min(span.end, len(text)))
        fact = unanalysed(text, "it does not parse: " + parsed.issue.message)
        return Extracted(facts=(fact,), error=parsed.issue.message, error_span=clamped)
    if parsed.tree is None:
        reason = "it is nested too deep to be read" if parsed.too_deep else "it holds no statement"
        return Extracted(facts=(unanalysed(text, reason),))
    try:
        return Extracted(facts=tuple(read(parsed.tree, text)))
    except (
        KeyError,
        IndexError,
        StopIteration,
        ValueError,
        AttributeError,
        TypeError,
        RecursionError,
    ) as error:
        # A tree of a shape that no reader foresaw: say so, as for any statement that is not understood.
        return Extracted(
            facts=(unanalysed(text, f"its parse tree is unknown ({type(error).__name__}: {error})"),)
        )
