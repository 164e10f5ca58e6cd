"""What PostgreSQL's grammar does not know, replaced by fillers of equal length that it does.

| in the source     | in the statement's text |
| ----------------- | ----------------------- |
| NUL, BOM          | a blank: the parser stops at NUL, and a BOM is a letter to it |
| `:name`           | `_name`: an identifier fits where a value or a name is wanted; this is no keyword, |
|                   | and hardly the column `name` |
| `:'name'`         | a blank and `'name'`: psql puts a literal there |
| `:"name"`         | a blank and `"name"`: psql puts an identifier there |
| `:{?name}`        | `true`: psql puts a boolean there |
| `{{ x }}`, `${x}` | `___x___`, `__x_`: an identifier or a part of one, the same for the same template |

A template that stands alone on its line outside of a statement is skipped.

psql variables: psql manual, "SQL Interpolation". `::`, `:=` and array slices (`[lower:upper]`) are none, nor
is a colon directly behind a name. psql does not look into quotes, and neither does this.
"""

from __future__ import annotations

import re

from schemabot.syntax.lexer import LETTER, LETTER_OR_DIGIT, NAME_CHARACTER, tokens

BOM = "\ufeff"

_VARIABLE = re.compile(
    rf""":(?:(?P<name>{LETTER}{LETTER_OR_DIGIT}*+)|'[^'\n\r]*+'|"[^"\n\r]*+"|(?P<test>\{{\?{LETTER_OR_DIGIT}++\}}))"""
)
# On one line and without a `;`: where a statement ends must not hang on what is behind it.
_BRACES = r"\{\{[^{};\n\r]*+\}\}|\$\{[^{};\n\r]*+\}"
_TEMPLATE = re.compile(_BRACES)
_LONE_TEMPLATE = re.compile(rf"(?:{_BRACES})[ \t]*+(?=[;\n\r]|\Z)")
_NO_LETTER = re.compile(r"[\x00-/:-@\[-^`\x7b-\x7f]")
_BEHIND_NAME = re.compile(rf"{NAME_CHARACTER}|[)\]\"':]")

Mask = tuple[int, int, str]
"""Start and end in the source, and what stands there instead, equally long."""


class Brackets:
    """How many square brackets of a statement are open, counted as far as somebody asked."""

    __slots__ = ("_counted", "_open", "_text")

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._counted = start
        self._open = 0

    def hold(self, position: int) -> bool:
        """Whether `position`, the begin of a token and not before the last one asked for, is inside some."""
        text = self._text
        if self._open or text.find("[", self._counted, position) >= 0:
            for token in tokens(text, self._counted, position):
                if token.kind == "punctuation":
                    char = text[token.span.start]
                    self._open += (char == "[") - (char == "]")
        self._counted = position
        return self._open > 0


def mask_at(text: str, position: int, brackets: Brackets) -> Mask | None:
    """The mask for the placeholder that begins at `position`, None if there is none."""
    char = text[position]
    if char == BOM:
        return position, position + 1, " "
    if char == ":":
        return _variable_at(text, position, brackets)
    found = _TEMPLATE.match(text, position)
    if found is None:
        return None
    return position, found.end(), _NO_LETTER.sub("_", found.group())


def lone_template_end(text: str, position: int) -> int | None:
    """Where the template that is all the rest of the line at `position` ends; None if there is no such."""
    found = _LONE_TEMPLATE.match(text, position)
    return found.end() if found else None


def masked(text: str, start: int, end: int, masks: list[Mask]) -> str:
    """`text[start:end]` with the masks, which are in order and inside, put in."""
    pieces: list[str] = []
    done = start
    for mask_start, mask_end, filler in masks:
        pieces += (text[done:mask_start], filler)
        done = mask_end
    pieces.append(text[done:end])
    return "".join(pieces)


def _variable_at(text: str, position: int, brackets: Brackets) -> Mask | None:
    found = _VARIABLE.match(text, position)
    if found is None or (position and _BEHIND_NAME.match(text, position - 1)) or brackets.hold(position):
        return None
    if found["name"]:
        filler = "_" + found["name"]
    elif found["test"]:
        filler = "true".ljust(found.end() - position)
    else:
        filler = " " + found.group()[1:]
    return position, found.end(), filler
