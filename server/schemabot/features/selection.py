"""Growing a selection: word, expression, item of a list, clause, statement, section, file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemabot.features.names.words import Word, words_of
from schemabot.features.sections import sections
from schemabot.syntax.lexer import tokens
from schemabot.syntax.model import Statement
from schemabot.syntax.source import Source
from schemabot.text import Span

_CLAUSES = frozenset(
    """from where group order having limit offset returning set values on join left right inner full cross using with
    union intersect except select insert update delete create alter drop references check default as language returns
    for to execute when window add""".split()  # noqa: SIM905  # a list of words
)
_OPERATORS_OF_WORDS = frozenset(("and", "or"))


def selection(source: Source, offset: int) -> tuple[Span, ...]:
    """The spans around an absolute offset, from the innermost out; each holds the one before."""
    found: list[Span] = []
    statement = _statement_at(source, offset)
    if statement is not None:
        start = statement.span.start
        found += [span.shifted(start) for span in _inside(statement.text, offset - start)]
        found += [statement.span, Span(start, statement.end)]
    else:
        found += [comment.span for comment in source.comments if _holds(comment.span, offset)]
    found += [section.span for section in sections(source) if _holds(section.span, offset)]
    found.append(Span(0, len(source.text)))
    return tuple(_nested(found, offset))


def _nested(spans: Sequence[Span], offset: int) -> Iterator[Span]:
    """Only those that hold the offset and grow."""
    last = Span(offset, offset)
    for span in sorted(set(spans), key=lambda span: (span.end - span.start, span.start)):
        if span.start <= last.start and last.end <= span.end and span != last:
            yield span
            last = span


def _statement_at(source: Source, offset: int) -> Statement | None:
    return next((s for s in source.statements if s.span.start <= offset <= s.end), None)


def _holds(span: Span, offset: int) -> bool:
    return span.start <= offset <= span.end


def _inside(text: str, offset: int) -> Iterator[Span]:
    """The spans inside a statement or a body."""
    for token in tokens(text):
        if token.kind == "dollar-string" and token.span.start < offset < token.span.end:
            opening = text.index("$", token.span.start + 1) + 1
            closing = token.span.end - (opening - token.span.start)
            inner = Span(opening, max(opening, closing))
            if _holds(inner, offset):
                yield from (span.shifted(opening) for span in _body(inner.of(text), offset - opening))
                yield inner
            yield token.span
        elif token.kind in ("string", "comment", "quoted-identifier") and _holds(token.span, offset):
            quote = text[token.span.start]
            closed = token.span.end - token.span.start > 1 and text[token.span.end - 1] == quote
            yield Span(token.span.start + 1, token.span.end - closed)
            yield token.span
    yield from _levels(words_of(text).all, offset)


def _body(text: str, offset: int) -> Iterator[Span]:
    """A body: its statements, between `;`."""
    yield from _inside(text, offset)
    start = 0
    words = words_of(text).all
    for at, word in enumerate(words):
        if word.written == ";":
            if start < at and words[start].span.start <= offset <= word.span.end:
                yield Span(words[start].span.start, words[at - 1].span.end)
                yield Span(words[start].span.start, word.span.end)
            start = at + 1
    stripped = text.strip()
    if stripped:
        begin = text.index(stripped)
        yield Span(begin, begin + len(stripped))


def _levels(words: Sequence[Word], offset: int) -> Iterator[Span]:
    """Word, name, and for each level of parentheses: operand, item, clause, content, parentheses."""
    yield from _names(words, offset)
    opened: list[int] = []
    for at, word in enumerate(words):
        if word.written in ("(", "["):
            opened.append(at)
        elif word.written in (")", "]") and opened:
            first = opened.pop()
            outside = words[first].span
            if outside.start <= offset <= word.span.end:
                yield from _pieces(words[first + 1 : at], offset)
                if first + 1 < at:
                    yield Span(words[first + 1].span.start, words[at - 1].span.end)
                yield Span(outside.start, word.span.end)
                if first and words[first - 1].name is not None and words[first - 1].span.end == outside.start:
                    yield Span(_chain_start(words, first - 1), word.span.end)
    yield from _pieces(words, offset)


def _names(words: Sequence[Word], offset: int) -> Iterator[Span]:
    for at, word in enumerate(words):
        if _holds(word.span, offset):
            yield word.span
            if word.name is not None:
                end = at
                while (
                    end + 2 < len(words) and words[end + 1].written == "." and words[end + 2].name is not None
                ):
                    end += 2
                yield Span(_chain_start(words, at), words[end].span.end)


def _chain_start(words: Sequence[Word], at: int) -> int:
    while at >= 2 and words[at - 1].written == "." and words[at - 2].name is not None:
        at -= 2
    return words[at].span.start


def _pieces(words: Sequence[Word], offset: int) -> Iterator[Span]:
    """What commas, AND and OR, and the keywords of clauses divide one level into."""
    starts = {"operand": 0, "item": 0, "list": 0, "clause": 0}
    depth = 0
    for at, word in enumerate(words):
        depth += (word.written in ("(", "[")) - (word.written in (")", "]"))
        ended: tuple[str, ...] = ()
        if depth == 0 and word.written == ",":
            ended = ("operand", "item")
        elif depth == 0 and word.written in _OPERATORS_OF_WORDS:
            ended = ("operand",)
        elif depth == 0 and word.written in _CLAUSES:
            ended = ("operand", "item", "list", "clause")
        for kind in ended:
            yield from _piece(words[starts[kind] : at], offset)
            starts[kind] = at if kind == "clause" else at + 1
    for start in starts.values():
        yield from _piece(words[start:], offset)


def _piece(words: Sequence[Word], offset: int) -> Iterator[Span]:
    if words and words[0].span.start <= offset <= words[-1].span.end:
        yield Span(words[0].span.start, words[-1].span.end)
