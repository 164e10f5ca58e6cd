"""Finding the words of a statement that its parse tree has no place for.

libpg_query gives the start of most nodes and the end of none, and no place at all for many names
(sub-commands of ALTER TABLE, policies, triggers). `StatementText` looks them up in the text on demand:
nothing is tokenised until a span is asked for, and then only from there on. Offsets are code points of the
statement's text. The text has been parsed, so it is lexically sound; where it is not (a caller's mistake),
the functions clamp instead of raising.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from schemabot.facts.names import Ident, Name
from schemabot.facts.read.tree import Json
from schemabot.text import Span

# scan.l: space is [ \t\n\r\f\v]; identifiers may hold any character above ASCII.
_WORD = r"[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_$\u0080-\U0010ffff]*"
_GAP = r"(?:[ \t\n\r\f\v]+|--[^\r\n]*|/\*(?:[^*/]|\*(?!/)|/(?!\*))*\*/)*"
_QUOTED = r'(?:[uU]&)?"(?:[^"]|"")*"'
_IDENT = rf"(?:{_QUOTED}|{_WORD})"
_STRING = r"'(?:(?<=[eE]')(?<![\w$][eE]')[^'\\]*(?:(?:\\.|'')[^'\\]*)*|[^']*(?:''[^']*)*)'"
_DOLLAR = r"\$(?:[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_\u0080-\U0010ffff]*)?\$"

_TOKEN = re.compile(
    rf"""{_GAP}(
      [eE]'[^'\\]*(?:(?:\\.|'')[^'\\]*)*' | (?:[bBxXnN]|[uU]&)?'[^']*(?:''[^']*)*'
    | {_QUOTED} | {_WORD}
    | (?P<dollar>{_DOLLAR}).*?(?P=dollar)
    | \$\d+ | (?:\d[\w]*\.?(?:\d[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?
    | :: | := | \.\. | (?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?])+ | .
    )""",
    re.DOTALL | re.VERBOSE,
)
_BRACKET = re.compile(
    rf"""\( | \) | \[ | \] | , | {_STRING} | "(?:[^"]|"")*"
    | -(?:-[^\r\n]*)? | /(?:\*(?:[^*/]|\*(?!/)|/(?!\*))*\*/)?
    | \$(?:(?<![\w$]\$)(?:(?P<tag>[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_\u0080-\U0010ffff]*)?
        \$.*?\$(?(tag)(?P=tag)|)\$))?""",
    re.DOTALL | re.VERBOSE,
)
_NAME = re.compile(rf"{_IDENT}(?:{_GAP}\.{_GAP}(?:{_IDENT}|\*))*")
_WORDS = re.compile(_IDENT)
_TYPE = re.compile(
    rf"""(?: (?i:double{_GAP}precision | bit{_GAP}varying
             | (?:national{_GAP})?char(?:acter)?(?:{_GAP}varying)?)(?![\w$\u0080-\U0010ffff])
         | {_IDENT}(?:{_GAP}\.{_GAP}{_IDENT})* )
    (?:{_GAP}\([^()]*\))?
    (?:{_GAP}(?i:with(?:out)?){_GAP}(?i:time){_GAP}(?i:zone))?
    (?:{_GAP}%{_GAP}(?i:type))?
    (?:{_GAP}\[{_GAP}\d*{_GAP}\])*
    (?:{_GAP}(?i:array)\b(?:{_GAP}\[{_GAP}\d+{_GAP}\])?)?""",
    re.VERBOSE,
)
_INTERVAL_FIELDS = re.compile(
    rf"{_GAP}(?:year|month|day|hour|minute|second)(?:{_GAP}to{_GAP}(?:month|hour|minute|second))?"
    rf"(?:{_GAP}\({_GAP}\d+{_GAP}\))?(?:{_GAP}\[{_GAP}\d*{_GAP}\])*",
    re.IGNORECASE,
)
_COMMENT_MARK = re.compile(r"/\*|\*/")
_OPENING = frozenset("([")
_CLOSING = frozenset(")]")


class StatementText:
    """One statement's text and what can be asked about places in it.

    `start` is where the statement begins: not 0 for an element of CREATE SCHEMA, whose text is cut at its end.
    """

    __slots__ = ("start", "text")

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self.start = start

    # -- tokens --

    def token(self, at: int) -> Span:
        """The first token at or behind `at`; an empty span at the text's end when there is none."""
        text = self.text
        while True:
            match = _TOKEN.match(text, at)
            if match is None:
                return Span(len(text), len(text))
            start, end = match.span(1)
            if text.startswith("/*", start):  # the gap's pattern knows no nested comments
                at = self._comment_end(start)
                continue
            return Span(start, end)

    def tokens(self, at: int) -> Iterator[Span]:
        """The tokens from `at` on; what is in brackets is passed over, the brackets are one token each."""
        while True:
            span = self.token(at)
            if span.start >= len(self.text):
                return
            at = self.closing(span.start) if self.text[span.start] in _OPENING else span.end
            yield span

    def word(self, at: int) -> str:
        """The first token at or behind `at`, in lower case."""
        return self.token(at).of(self.text).lower()

    def skip(self, at: int, *phrases: str) -> int:
        """The place behind those of `phrases` that stand at `at`, in their order; `a b` is two words."""
        for phrase in phrases:
            end = at
            for word in phrase.split():
                span = self.token(end)
                if span.of(self.text).lower() != word:
                    break
                end = span.end
            else:
                at = end
        return at

    def find(self, at: int, *words: str) -> int:
        """The start of the first of `words` outside brackets at or behind `at`; the text's end if none."""
        for span in self.tokens(at):
            if span.of(self.text).lower() in words:
                return span.start
        return len(self.text)

    def after(self, at: int, *words: str) -> int:
        """The place behind the first of `words` outside brackets at or behind `at`."""
        return self.token(self.find(at, *words)).end

    def head(self, count: int = 2) -> Span:
        """The first `count` words of the statement."""
        start = end = self.start
        for index in range(count):
            span = self.token(end)
            if span.start == span.end:
                break
            start, end = span.start if index == 0 else start, span.end
        return Span(start, end)

    def begins(self, *phrases: str) -> int:
        """The place behind those of `phrases` that the statement begins with."""
        return self.skip(self.start, *phrases)

    def rest(self, at: int) -> Span:
        """The text from the first token at or behind `at` to the last token."""
        return self.trimmed(at, len(self.text))

    # -- brackets and lists --

    def closing(self, at: int) -> int:
        """The place behind the bracket that matches the one at `at`."""
        depth = 0
        text = self.text
        while True:
            match = _BRACKET.search(text, at)
            if match is None:
                return len(text)
            start, at = match.span()
            char = text[start]
            if char in _OPENING:
                depth += 1
            elif char in _CLOSING:
                depth -= 1
                if depth <= 0:
                    return at
            elif char == "/" and text.startswith("/*", start):
                at = self._comment_end(start)

    def inside(self, at: int) -> Span:
        """What stands between the first bracket at or behind `at` and its match, gaps left out."""
        span = self.token(at)
        while span.end > span.start and self.text[span.start] not in _OPENING:
            span = self.token(span.end)
        if span.end == span.start:
            return span
        return self.trimmed(span.end, self.closing(span.start) - 1)

    def items(self, at: int, limit: int | None = None) -> list[Span]:
        """The items of the list that starts at `at`: cut at commas, ended by `)`, `limit` or the text's end."""
        text = self.text
        limit = len(text) if limit is None else limit
        found: list[Span] = []
        start = at
        depth = 0
        while True:
            match = _BRACKET.search(text, at, limit)
            if match is None:
                break
            place, at = match.span()
            char = text[place]
            if char in _OPENING:
                depth += 1
            elif char in _CLOSING:
                depth -= 1
                if depth < 0:
                    limit = place
                    break
            elif char == "," and depth == 0:
                found.append(self.trimmed(start, place))
                start = at
            elif char == "/" and text.startswith("/*", place):
                at = self._comment_end(place)
        found.append(self.trimmed(start, limit))
        return found

    def item_end(self, at: int) -> int:
        """Where the list item that `at` lies in ends: at a `,` or `)` outside brackets, or the text's end."""
        text = self.text
        while True:
            match = _BRACKET.search(text, at)
            if match is None:
                return len(text)
            place, at = match.span()
            char = text[place]
            if char in _OPENING:
                at = self.closing(place)
            elif char in _CLOSING or char == ",":
                return place
            elif char == "/" and text.startswith("/*", place):
                at = self._comment_end(place)

    def trimmed(self, start: int, end: int) -> Span:
        """`start` to `end` without blanks and comments at either side."""
        text = self.text
        piece = text[start:end]
        if "--" in piece or "/*" in piece:
            last = start = min(self.token(start).start, end)
            at = start
            while (span := self.token(at)).end <= end and span.end > span.start:
                last = at = span.end
            return Span(start, last)
        left = piece.lstrip(" \t\n\r\f\v")
        start += len(piece) - len(left)
        return Span(start, start + len(left.rstrip(" \t\n\r\f\v")))

    def _comment_end(self, at: int) -> int:
        """The end of the comment that starts at `at`; comments nest."""
        depth = 0
        for match in _COMMENT_MARK.finditer(self.text, at):
            depth += 1 if match.group() == "/*" else -1
            if depth == 0:
                return match.end()
        return len(self.text)

    # -- names --

    def name_span(self, at: int) -> Span:
        """The possibly qualified name that starts at `at`, a closing `.*` included."""
        match = _NAME.match(self.text, max(at, 0)) if at >= 0 else None
        return Span(at, match.end()) if match else Span(max(at, 0), max(at, 0))

    def type_span(self, at: int, interval: bool) -> Span:
        """The type that starts at `at`, with modifiers, array brackets and an interval's fields."""
        match = _TYPE.match(self.text, at) if at >= 0 else None
        if match is None:
            return Span(max(at, 0), max(at, 0))
        end = match.end()
        if interval and (fields := _INTERVAL_FIELDS.match(self.text, end)):
            end = fields.end()
        return Span(at, end)

    def relation(self, node: Json) -> Name:
        """The name of a RangeVar."""
        schema = node.get("schemaname")
        parts: tuple[str, ...] = (node["relname"],) if schema is None else (schema, node["relname"])
        if "catalogname" in node:
            parts = (node["catalogname"], *parts)
        return Name(parts, self.name_span(node.get("location", 0)))

    def name_at(self, at: int, parts: Sequence[str]) -> Name:
        """The name `parts`, written at the first token at or behind `at`."""
        start = end = self.token(at).start
        for index in range(len(parts)):
            end = self.token(end).end
            if index < len(parts) - 1:  # the dot
                end = self.token(end).end
        return Name(tuple(parts), Span(start, end))

    def ident_at(self, at: int, name: str) -> Ident:
        """The identifier `name`, written as the first token at or behind `at`."""
        return Ident(name, self.token(at))

    def ident_located(self, at: int, name: str) -> Ident:
        """The identifier `name`, written exactly at `at`."""
        match = _WORDS.match(self.text, at) if at >= 0 else None
        return Ident(name, Span(at, match.end()) if match else self.token(max(at, 0)))
