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
from functools import lru_cache

from schemabot.facts.names import Ident, Name
from schemabot.facts.read.tree import Json
from schemabot.text import Span

# scan.l: space is [ \t\n\r\f\v]; identifiers may hold any character above ASCII.
_WORD = r"[^\x00-@\[-^`\x7b-\x7f][^\x00-\x23%-/:-@\[-^`\x7b-\x7f]*"


def _comment(levels: int) -> str:
    """A comment that holds others, `levels` deep: a pattern cannot count."""
    inner = f"|{_comment(levels - 1)}" if levels else ""
    return rf"/\*(?:[^*/]++|\*(?!/)|/(?!\*){inner})*+\*/"


_COMMENT = _comment(3)
# Possessive: a gap must not give back a blank to what follows it.
GAP = rf"(?:[ \t\n\r\f\v]++|--[^\r\n]*+|{_COMMENT})*+"
"""What may stand between two tokens: blanks and comments."""
_GAP = GAP
_QUOTED = r'(?:[uU]&)?"(?:[^"]|"")*"'
_IDENT = rf"(?:{_QUOTED}|{_WORD})"
_STRING = r"'(?:(?<=[eE]')(?<![\w$][eE]')[^'\\]*(?:(?:\\.|'')[^'\\]*)*|[^']*(?:''[^']*)*)'"
_DOLLAR = r"\$(?:[^\x00-@\[-^`\x7b-\x7f][^\x00-/:-@\[-^`\x7b-\x7f]*)?\$"

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
    | -(?:-[^\r\n]*)? | /(?:(?<=/){_COMMENT[1:]})?
    | \$(?:(?<![\w$]\$)(?:(?P<tag>[^\x00-@\[-^`\x7b-\x7f][^\x00-/:-@\[-^`\x7b-\x7f]*)?
        \$.*?\$(?(tag)(?P=tag)|)\$))?""",
    re.DOTALL | re.VERBOSE,
)
_NAME = re.compile(rf"{_IDENT}(?:{_GAP}\.{_GAP}(?:{_IDENT}|\*))*")
_WORDS = re.compile(_IDENT)
_TYPE = re.compile(
    rf"""(?: (?i:double{_GAP}precision | bit{_GAP}varying
             | (?:national{_GAP})?char(?:acter)?(?:{_GAP}varying)?)(?![^\x00-\x23%-/:-@\[-^`\x7b-\x7f])
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
_BLANKS = " \t\n\r\f\v"
_OPENING = frozenset("([")
_CLOSING = frozenset(")]")


@lru_cache(maxsize=512)
def _phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Matches those of `phrases` that stand in a row, each with the gaps between and before its words."""
    pattern = ""
    for phrase in phrases:
        words = [re.escape(word) for word in phrase.split()]
        ends = [r"(?![^\x00-\x23%-/:-@\[-^`\x7b-\x7f])" if word[-1].isalnum() else "" for word in words]
        pattern += "(?:" + "".join(_GAP + word + end for word, end in zip(words, ends, strict=True)) + ")?"
    return re.compile(pattern, re.IGNORECASE)


class StatementText:
    """One statement's text and what can be asked about places in it.

    `start` is where the statement begins: not 0 for an element of CREATE SCHEMA, whose text is cut at its
    end.
    """

    __slots__ = ("start", "text")

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self.start = start

    # -- tokens --

    def token(self, at: int) -> Span:
        """The first token at or behind `at`; an empty span at the text's end when there is none."""
        return Span(*self._token(at))

    def _token(self, at: int) -> tuple[int, int]:
        text = self.text
        while True:
            match = _TOKEN.match(text, at)
            if match is None:
                return len(text), len(text)
            place = match.span(1)
            if text[place[0]] != "/" or not text.startswith("/*", place[0]):
                return place
            at = self._comment_end(place[0])  # the gap's pattern knows no nested comments

    def tokens(self, at: int) -> Iterator[Span]:
        """The tokens from `at` on; what is in brackets is passed over, the brackets are one token each."""
        while True:
            start, end = self._token(at)
            if start >= len(self.text):
                return
            at = self.closing(start) if self.text[start] in _OPENING else end
            yield Span(start, end)

    def word(self, at: int) -> str:
        """The first token at or behind `at`, in lower case."""
        start, end = self._token(at)
        return self.text[start:end].lower()

    def skip(self, at: int, *phrases: str) -> int:
        """The place behind those of `phrases` that stand at `at`, in their order; `a b` is two words."""
        match = _phrases(phrases).match(self.text, at)
        return match.end() if match else at

    def find(self, at: int, *words: str) -> int:
        """The start of the first of `words` outside brackets at or behind `at`; the text's end if none."""
        text = self.text
        while True:
            start, end = self._token(at)
            if start >= len(text) or text[start:end].lower() in words:
                return start
            at = self.closing(start) if text[start] in _OPENING else end

    def after(self, at: int, *words: str) -> int:
        """The place behind the first of `words` outside brackets at or behind `at`."""
        return self._token(self.find(at, *words))[1]

    def head(self, count: int = 2) -> Span:
        """The first `count` words of the statement."""
        start, end = self._token(self.start)
        for _ in range(count - 1):
            following = self._token(end)
            if not self.text[following[0] : following[1]].isidentifier():
                break
            end = following[1]
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
        text = self.text
        while (match := _BRACKET.search(text, at)) is not None:
            start, at = match.span()
            if text[start] in _OPENING:
                return self.trimmed(at, self.closing(start) - 1)
            if text.startswith("/*", start):
                at = self._comment_end(start)
        return Span(len(text), len(text))

    def items(self, at: int, limit: int | None = None) -> list[Span]:
        """The items of the list that starts at `at`, cut at commas.

        The list is ended by `)`, `limit` or the text's end.
        """
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
        if text.find("--", start, end) >= 0 or text.find("/*", start, end) >= 0:
            last = start = min(self._token(start)[0], end)
            at = start
            while True:
                begin, at = self._token(at)
                if at > end or begin == at:
                    return Span(start, last)
                last = at
        while start < end and text[start] in _BLANKS:
            start += 1
        while end > start and text[end - 1] in _BLANKS:
            end -= 1
        return Span(start, end)

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
        start, end = self._token(at)
        for _ in range(len(parts) - 1):
            end = self._token(self._token(end)[1])[1]  # the dot and what follows it
        return Name(tuple(parts), Span(start, end))

    def qualified(self, span: Span) -> list[Span]:
        """The identifiers of the qualified name at `span`."""
        found: list[Span] = []
        at = span.start
        while at < span.end:
            start, end = self._token(at)
            found.append(Span(start, end))
            at = self._token(end)[1]  # the dot
        return found

    def ident_at(self, at: int, name: str) -> Ident:
        """The identifier `name`, written as the first token at or behind `at`."""
        return Ident(name, Span(*self._token(at)))

    def ident_located(self, at: int, name: str) -> Ident:
        """The identifier `name`, written exactly at `at`."""
        match = _WORDS.match(self.text, at) if at >= 0 else None
        return Ident(name, Span(at, match.end()) if match else self.token(max(at, 0)))
