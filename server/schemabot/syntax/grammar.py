"""What PostgreSQL's grammar takes next: asked of its parser, which answers in a few microseconds."""

from __future__ import annotations

from typing import Final

from pglast import keywords
from pglast.parser import ParseError, parse_sql_json

RESERVED: Final = frozenset(keywords.RESERVED_KEYWORDS) | frozenset(keywords.TYPE_FUNC_NAME_KEYWORDS)
"""Keywords that are no name of a table or column unless quoted."""

KEYWORDS: Final = RESERVED | frozenset(keywords.COL_NAME_KEYWORDS) | frozenset(keywords.UNRESERVED_KEYWORDS)
"""All keywords of PostgreSQL 18, in small letters."""

_AT_END: Final = "at end of input"


def continues(text: str, word: str) -> bool:
    """Whether a statement that begins with `text` may go on with `word`."""
    try:
        parse_sql_json(f"{text} {word}")
    except ParseError as error:
        return str(error.args[0]).endswith(_AT_END)
    except (ValueError, RecursionError):
        return False
    return True
