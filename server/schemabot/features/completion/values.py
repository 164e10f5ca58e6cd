"""Whether a value, a type or neither may follow."""

from __future__ import annotations

from collections.abc import Sequence

from schemabot.catalog.words import words as words_of
from schemabot.features.completion.frames import open_groups
from schemabot.features.completion.wanted import ANY, TYPES, Scope, Wanted
from schemabot.features.names.words import Word

_BEFORE_VALUES = words_of(
    """
    and or not select distinct all where on by having when then else case in like ilike between any some
    returning set using default values limit offset return if elsif elseif while from similar escape check is
    perform next query raise := call array filter over partition exists
    """
)
_OPERATOR_CHARACTERS = frozenset("+-*/<>=~!@#%^&|`?")


def operand(words: Sequence[Word], scope: Scope) -> Wanted:
    """What may follow the last word of an expression."""
    if not words:
        return Wanted(expression=True, scope=scope)
    last = words[-1]
    if last.written == "::":
        return Wanted(kinds=TYPES, keywords=False)
    if last.written == "as":
        opened = open_groups(words)
        if opened and opened[-1] and words[opened[-1] - 1].written in ("cast", "row"):
            return Wanted(kinds=TYPES)
        return Wanted(keywords=False)
    if begins_value(last):
        return Wanted(expression=True, scope=scope)
    return ANY


def begins_value(last: Word) -> bool:
    """Whether a value may stand behind a word."""
    if last.written in ("(", ",", "[") or last.written in _BEFORE_VALUES:
        return True
    return last.name is None and last.written[0] in _OPERATOR_CHARACTERS
