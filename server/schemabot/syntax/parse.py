"""One statement's text to its parse tree, with PostgreSQL's own grammar (libpg_query).

The tree is read from libpg_query's JSON, which costs a tenth of pglast's typed tree and, unlike it, tells
where constants stand. Offsets in the JSON count UTF-8 bytes; here they become code points of the text.
"""

from __future__ import annotations

import gc
import re
from bisect import bisect_right

import msgspec
from pglast.parser import ParseError, parse_sql_json

from schemabot.syntax.json_tree import read_json
from schemabot.syntax.lexer import WHITESPACE, Token, tokens
from schemabot.syntax.model import Parsed, SyntaxIssue, Tree
from schemabot.text import Span

DEEPEST = 10_000
"""The most operators, casts, joins and set operations in one chain that are given to the parser.

Measured: with a stack of 8 MB libpg_query answers "stack depth limit exceeded" from about 15,000 on; asked
for the typed tree it kills the process at 30,000.
"""

# Every field that is an offset ("ParseLoc" in PostgreSQL's node definitions). A quote inside a JSON string is
# escaped, so that `,"location":` cannot be part of one.
_OFFSET = re.compile(
    r'([{,]"(?:location|rexpr_list_start|rexpr_list_end|list_start|list_end|arg_location|name_location'
    r'|conninfo_location|payload_location|stmt_location)":)([0-9]++)'
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_DEEPENING = (
    r"::|[-+*/<>=~!@#%^&|`?]++"
    r"|\b(?i:union|except|intersect|join|not|collate|zone|is|isnull|notnull)\b"
)
# PostgreSQL's scanner takes quadratic time for a run of comment openings (80,000 characters: 10 s).
_OPERATOR_RUN = re.compile(r"[-+*/<>=~!@#%^&|`?]{2000}")
_LINK = re.compile(_DEEPENING)
_STRUCTURE = re.compile(
    r"'[^']*+'|\"[^\"]*+\"|--[^\n\r]*+|/\*.*?\*/|(\$[A-Za-z_0-9]*+\$).*?\1|(?P<mark>[(),;\[\]])|(?P<link>"
    + _DEEPENING
    + ")",
    re.S,
)
_NEAR = re.compile(r' at or near "(.*)"\Z', re.S)
_LINE = re.compile(r"[^\n\r]++")
_FIRST_LINE = re.compile(r"[^\n\r]{1,60}")
_TOO_DEEP = ("memory exhausted", "stack depth limit exceeded")
# From this size on the collector is held back: it would walk the growing tree again and again (measured for
# an INSERT of 5 MB: 3.3 s against 0.4 s).
_LARGE_JSON = 200_000


def parse_statement(text: str) -> Parsed:
    """The parse tree of the one statement that `text`, already masked, holds; neither tree nor issue if none.

    Every offset in the tree counts code points of `text`. What is 0 is left out: a kind of node that has a
    location but shows none stands at 0; -1 means that PostgreSQL does not know. Never raises.
    """
    if "\0" in text:
        # The parser takes it for the end of the text.
        text = text.replace("\0", " ")
    if _chains_too_deep(text):
        return Parsed(too_deep=True)
    try:
        json = parse_sql_json(text)
    except ParseError as error:
        return _refused(text, *error.args)
    except UnicodeError:
        found = _SURROGATE.search(text)
        at = found.start() if found else 0
        message = "a character that UTF-8 cannot hold (half of a surrogate pair)"
        return Parsed(issue=SyntaxIssue(message, Span(at, min(at + 1, len(text)))))
    if not text.isascii():
        json = _in_code_points(text, json)
    statements = _decode(json)["stmts"]
    return Parsed(tree=statements[0]["stmt"]) if statements else Parsed()


def _decode(json: str) -> Tree:
    held = len(json) > _LARGE_JSON and gc.isenabled()
    if held:
        gc.disable()
    try:
        tree: Tree = msgspec.json.decode(json)
    except RecursionError:
        tree = read_json(json)
    finally:
        if held:
            gc.enable()
    return tree


def _in_code_points(text: str, json: str) -> str:
    """`json` with its offsets, which count the bytes of `text` in UTF-8, counting code points instead."""
    behind: list[int] = []
    surplus = [0]
    for found in _NOT_ASCII.finditer(text):
        extra = 1 if (char := found.group()) < "\u0800" else 2 if char < "\U00010000" else 3
        behind.append(found.start() + surplus[-1] + 1)
        surplus.append(surplus[-1] + extra)

    def replaced(found: re.Match[str]) -> str:
        offset = int(found[2])
        return f"{found[1]}{offset - surplus[bisect_right(behind, offset)]}"

    return _OFFSET.sub(replaced, json)


class _Level:
    """One level of parentheses: links since the last comma, the deepest thing in them, and before them."""

    __slots__ = ("before", "inner", "links")

    def __init__(self) -> None:
        self.links = self.inner = self.before = 0


def _chains_too_deep(text: str) -> bool:
    """Whether more than `DEEPEST` links may hang on each other in `text`.

    The links of one level of parentheses add up until a comma; what stands in parentheses hangs below them.
    """
    if len(text) <= 2 * DEEPEST:
        return False
    if _OPERATOR_RUN.search(text):
        return True
    if sum(1 for _ in _LINK.finditer(text)) <= DEEPEST:
        return False
    level = _Level()
    above: list[_Level] = []
    for found in _STRUCTURE.finditer(text):
        group = found.lastgroup
        if group == "link":
            level.links += 1
        elif group != "mark":
            continue
        elif (mark := found.group()) in "([":
            above.append(level)
            level = _Level()
        else:
            level.before = max(level.before, level.links + level.inner)
            if mark in ")]" and above:
                depth = level.before
                level = above.pop()
                level.inner = max(level.inner, depth)
            else:
                level.links = level.inner = 0
        if level.links + level.inner > DEEPEST:
            return True
    return False


def _refused(text: str, message: str, location: int | None = None) -> Parsed:
    if message.startswith(_TOO_DEEP):
        return Parsed(too_deep=True)
    return Parsed(issue=SyntaxIssue(_NEAR.sub(_shortened, message), _error_span(text, message, location)))


def _shortened(near: re.Match[str]) -> str:
    """PostgreSQL quotes all the rest of the text behind an unterminated quote."""
    token = near[1]
    short = _FIRST_LINE.match(token)
    if short is None or short.group() == token:
        return near.group()
    return f' at or near "{short.group()}..."'


def _error_span(text: str, message: str, location: int | None) -> Span:
    """What the message is about: the token at `location`, the last one at the end of the input."""
    if location is None:
        token = _last_token(text) if message.endswith("end of input") else next(tokens(text), None)
        return token.span if token else Span(0, len(text))
    near = _NEAR.search(message)
    if near is not None and near[1] and text.startswith(near[1], location):
        end = location + len(near[1])
    else:
        token = next(tokens(text, location), None)
        end = max(token.span.end, location + 1) if token else location + 1
    # An unterminated quote is "near" all the rest of the text: its first line says it.
    first_line = _LINE.match(text, location, end)
    return Span(location, first_line.end() if first_line else min(location + 1, len(text)))


def _last_token(text: str) -> Token | None:
    last: Token | None = None
    for token in tokens(text.rstrip(WHITESPACE)):
        if token.kind != "comment":
            last = token
    return last
