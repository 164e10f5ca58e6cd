"""Writing SQL for fixes in the user's own style."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

from schemabot.text import line_end_of

NAME_BYTES = 63
"""How long an identifier may be (NAMEDATALEN - 1)."""

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")
_FIRST_WORD = re.compile(r"\s*([A-Za-z]+)")
_WRITTEN_NAME = re.compile(r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[^\W\d][\w$]*))*')
_WRITTEN_PART = re.compile(r'"(?:[^"]|"")+"|[^\W\d][\w$]*')
_PLACEHOLDER = re.compile(r"\{(\w*)\}")

# Words that the grammar does not accept as a plain table or column name (manual, appendix C: "reserved").
_RESERVED_WORDS = """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate
    collation column concurrently constraint create cross current_catalog current_date current_role
    current_schema current_time current_timestamp current_user default deferrable desc distinct do else end
    except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into
    is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on
    only or order outer overlaps placing primary references returning right select session_user similar some
    symmetric system_user table tablesample then to trailing true union unique user using variadic verbose
    when where window with"""
RESERVED = frozenset(_RESERVED_WORDS.split())


def quote(name: str) -> str:
    """An identifier as SQL writes it: quoted only where it has to be."""
    if _PLAIN.match(name) and name not in RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def quote_name(schema: str, name: str) -> str:
    """A qualified name, each part quoted where it has to be."""
    return f"{quote(schema)}.{quote(name)}"


def read_name(written: str) -> tuple[str, ...]:
    """The parts of a possibly qualified name as written, folded; empty when the text is no such name."""
    if not _WRITTEN_NAME.fullmatch(written):
        return ()
    return tuple(
        part[1:-1].replace('""', '"') if part.startswith('"') else part.lower()
        for part in _WRITTEN_PART.findall(written)
    )


def fitting_name(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """`wanted`, cut to the 63 bytes that PostgreSQL keeps (manual, 4.1.1), numbered if it is taken."""
    name, number = _cut(wanted, NAME_BYTES), 1
    while is_taken(name):
        number += 1
        name = f"{_cut(wanted, NAME_BYTES - len(str(number)) - 1)}_{number}"
    return name


def _cut(name: str, size: int) -> str:
    return name.encode()[:size].decode(errors="ignore")


def literal(text: str) -> str:
    """A string constant."""
    return "'" + text.replace("'", "''") + "'"


@attrs.frozen
class Style:
    """How the user writes: keywords in upper case or not, and which line end."""

    upper: bool = False
    line_end: str = "\n"

    def sql(self, template: str, *values: str, **named: str) -> str:
        """`template` with its own words in the user's case; `{}` and `{name}` become values as they are.

        The template is written in lower case; everything that is not a keyword comes in by a placeholder.
        """
        todo = iter(values)
        pieces: list[str] = []
        done = 0
        for match in _PLACEHOLDER.finditer(template):
            value = named[match[1]] if match[1] else next(todo)
            pieces += (self._cased(template[done : match.start()]), value)
            done = match.end()
        pieces.append(self._cased(template[done:]))
        return "".join(pieces).replace("\n", self.line_end)

    def _cased(self, words: str) -> str:
        return words.upper() if self.upper else words


def style_of(statement: str, text: str) -> Style:
    """The style of a statement in a file of that text."""
    word = _FIRST_WORD.match(statement)
    return Style(word is not None and word[1].isupper(), line_end_of(text))
