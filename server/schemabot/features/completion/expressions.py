"""Values: what may stand inside of an expression, and which query it is in."""

from __future__ import annotations

from collections.abc import Sequence

from schemabot.features.completion.frames import QUERY_STARTS, open_groups
from schemabot.features.completion.query import query
from schemabot.features.completion.reader import Names
from schemabot.features.completion.values import operand
from schemabot.features.completion.wanted import Scope, Wanted
from schemabot.features.names.words import Word


def expression(words: Sequence[Word], rest: Sequence[Word], scope: Scope, names: Names) -> Wanted:
    """What may stand behind these words of an expression (or of a query, when they begin one)."""
    starts = [-1, *open_groups(words)]
    frames = [
        start + 1 for start in starts if start + 1 < len(words) and words[start + 1].written in QUERY_STARTS
    ]
    if not frames:
        return operand(words, scope)
    return query(words, rest, frames, scope, names)
