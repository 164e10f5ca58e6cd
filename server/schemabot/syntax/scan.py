"""One pass over a text, statement by statement, as psql would read it.

The pass knows no recovery: it stops at the first quote, comment or body that is never closed, and
`syntax.splitter` decides where reading goes on. What it makes of the text behind a statement depends on
nothing before that, and what it makes of a statement on nothing behind it: `Source.edited` lives on this.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from schemabot.syntax.bodies import FROM_STDIN, SPECIAL_HEAD, body_around
from schemabot.syntax.keywords import DEFINING_LINE, STATEMENT_LINE
from schemabot.syntax.lexer import (
    DOLLAR_TAG,
    ESCAPE_STRING,
    LETTER,
    LINE_COMMENT,
    NAME_CHARACTER,
    WHITESPACE,
    block_comment_end,
)
from schemabot.syntax.masking import BOM, Brackets, Mask, lone_template_end, mask_at, masked
from schemabot.syntax.model import Comment, Statement, StatementKind, SyntaxIssue
from schemabot.text import Span

# Everything up to a character that needs a look; quotes on one line are passed at once.
_RUN = re.compile(
    rf"""(?:[^;'"$\-/\\:{{{BOM}]++|(?<![eE])'[^'\n\r]*+'|"[^"\n\r]*+"|-(?!-)|/(?!\*)|::|:(?!{LETTER}|['"{{])"""
    rf"""|\{{(?!\{{)|\$(?=[0-9])|(?<={NAME_CHARACTER})\$(?!\{{)|\\(?![A-Za-z!?.]))*+"""
)
_GAP = re.compile(rf"[{WHITESPACE};{BOM}]*+")
_STRING = re.compile(r"'(?:[^']++|'')*+'")
_IDENTIFIER = re.compile(r'"(?:[^"]++|"")*+"')
_NAME_CHARACTER = re.compile(NAME_CHARACTER)
_COMMAND = re.compile(r"\\[A-Za-z!?.][^\n\r]*+")
_REST_OF_LINE = re.compile(r"[ \t]*+(--[^\n\r]*+)?(?:\r\n|\r|\n)")
_END_OF_DATA = re.compile(r"(?<=[\n\r])\\\.[ \t]*+(?=[\n\r]|\Z)")

# What stands behind a string or a dollar quote that was closed where it was meant to be.
_BEHIND_STRING = re.compile(rf"[{WHITESPACE};,)\]:|=<>+*/\\-]|\Z")
_BEHIND_DOLLAR = re.compile(
    rf"[{WHITESPACE}]*+(?:[;,):|\\-]|/\*|\Z|(?i:language|volatile|stable|immutable|strict|security|set|cost|rows|parallel"
    r"|leakproof|not|called|returns|window|support|transform|as|using)\b)"
)

Opened = Literal["quote", "dollar", "comment", "atomic", "rule"]
Converged = Callable[["Pass"], bool]


class Unclosed(NamedTuple):
    """Something opened in the statement at `start` that is not, or not where it was meant to be, closed.

    `number` is how many statements were before, `masks` are those of the statement.
    """

    number: int
    start: int
    opener: Span
    what: Opened
    masks: list[Mask]


class Pass:
    """The state of a pass: what was read so far, and the position behind it.

    `suspects` are quotes that are closed but probably by the wrong one: they swallow the beginning of a
    statement, and what follows them is odd. They matter only when the pass comes to no good end.
    """

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        # The parser takes NUL for the end of its input.
        self.code = text.replace("\0", " ") if "\0" in text else text
        self.position = start
        self.statements: list[Statement] = []
        self.comments: list[Comment] = []
        self.suspects: list[Unclosed] = []

    def run(self, converged: Converged | None) -> Unclosed | None:
        """Read until the end of the text, or until `converged` says so at the end of a statement.

        Returns what was found to be never closed; the statement that holds it is not added.
        """
        code, length = self.code, len(self.code)
        while True:
            if converged is not None and converged(self):
                return None
            position = _GAP.match(code, self.position).end()  # type: ignore[union-attr]  # it matches nothing, too
            char = code[position : position + 1]
            self.position = position
            if position >= length:
                return None
            if char == "-" and code.startswith("--", position):
                self._line_comment(position)
            elif char == "/" and code.startswith("/*", position):
                if (end := self._block_comment(position)) is None:
                    return self._unclosed(position, position, "comment", [])
                self.position = end
            elif char == "\\" and (command := _COMMAND.match(code, position)):
                self._add("psql", position, len(command.group().rstrip()) + position)
            elif char in "{$" and (end := lone_template_end(code, position)) is not None:
                self.position = end
            elif (unclosed := self._statement(position)) is not None:
                return unclosed

    def _statement(self, start: int) -> Unclosed | None:
        """Read the statement that begins at `start`."""
        code, length = self.code, len(self.code)
        run = _RUN.match
        head = SPECIAL_HEAD.match(code, start) if code[start] in "cC" else None
        special = head.lastgroup if head else None
        position = last = start
        masks: list[Mask] = []
        body_end = 0
        body: Unclosed | None = None
        brackets: Brackets | None = None
        while True:
            stop = run(code, position).end()  # type: ignore[union-attr]  # it matches nothing, too
            if stop > position:
                end = stop
                while end > position and code[end - 1] in WHITESPACE:
                    end -= 1
                if end > position:
                    last = end
            if stop >= length:
                if body is not None:
                    return body
                self._finish(start, last, last, masks)
                return None
            char = code[stop]
            if char == ";":
                position = stop + 1
                if special in ("routine", "rule") and stop >= body_end and body is None:
                    found = body_around(code, start, stop, special)
                    if found is not None and found.end is None:
                        what: Opened = "rule" if special == "rule" else "atomic"
                        body = Unclosed(len(self.statements), start, found.opener, what, masks)
                    elif found is not None and found.end is not None:
                        body_end = found.end
                if body is None and stop >= body_end:
                    self._finish(start, last, position, masks)
                    if special == "copy" and FROM_STDIN.search(self.statements[-1].text):
                        self._copy_data(position)
                    return None
                last = position
            elif char == "-":
                position = self._line_comment(stop)
            elif char == "/":
                end_of_comment = self._block_comment(stop)
                if end_of_comment is None:
                    return self._unclosed(start, stop, "comment", masks)
                position = end_of_comment
            elif char in "'\"":
                end_of_quote = self._quoted(start, stop, masks)
                if end_of_quote is None:
                    return self._unclosed(start, stop, "quote", masks)
                position = last = end_of_quote
            elif char == "\\":
                # psql takes a backslash anywhere outside of quotes for a command.
                self._finish(start, last, last, masks)
                return None
            elif (mask := mask_at(code, stop, brackets := brackets or Brackets(code, start))) is not None:
                masks.append(mask)
                position = mask[1]
                if char != BOM:
                    last = position
            elif char == "$" and (tag := DOLLAR_TAG.match(code, stop)):
                closing = code.find(tag.group(), tag.end())
                if closing < 0:
                    return self._unclosed(start, stop, "dollar", masks, tag.end())
                position = last = closing + len(tag.group())
                if not _BEHIND_DOLLAR.match(code, position):
                    self._suspect(start, stop, tag.end(), closing, "dollar", masks)
            else:
                position = last = stop + 1

    def _quoted(self, start: int, opener: int, masks: list[Mask]) -> int | None:
        code = self.code
        if code[opener] == '"':
            pattern = _IDENTIFIER
        elif (
            opener > start
            and code[opener - 1] in "eE"
            and (opener - 1 == start or not _NAME_CHARACTER.match(code, opener - 2))
        ):
            pattern = ESCAPE_STRING
        else:
            pattern = _STRING
        found = pattern.match(code, opener)
        if found is None:
            return None
        end = found.end()
        if not _BEHIND_STRING.match(code, end):
            self._suspect(start, opener, opener + 1, end, "quote", masks)
        return end

    def _unclosed(
        self, start: int, opener: int, what: Opened, masks: list[Mask], opener_end: int | None = None
    ) -> Unclosed:
        if opener_end is None:
            opener_end = opener + (2 if what == "comment" else 1)
        return Unclosed(len(self.statements), start, Span(opener, opener_end), what, masks)

    def _suspect(
        self, start: int, opener: int, opener_end: int, end: int, what: Opened, masks: list[Mask]
    ) -> None:
        swallowed = DEFINING_LINE if what == "dollar" else STATEMENT_LINE
        if swallowed.search(self.code, opener_end, end):
            self.suspects.append(self._unclosed(start, opener, what, list(masks), opener_end))

    def _line_comment(self, start: int) -> int:
        end = LINE_COMMENT.match(self.code, start).end()  # type: ignore[union-attr]  # the caller saw the dashes
        self._comment(start, end)
        return end

    def _block_comment(self, start: int) -> int | None:
        end = block_comment_end(self.code, start)
        if end is not None:
            self._comment(start, end)
        return end

    def _comment(self, start: int, end: int) -> None:
        self.comments.append(Comment(Span(start, end), self.text[start:end]))
        self.position = end

    def _finish(self, start: int, last: int, end: int, masks: list[Mask]) -> None:
        """Add the statement. Without a `;`, what follows its last token is left to the next round."""
        if end == last:
            while self.comments and self.comments[-1].span.start >= last:
                self.comments.pop()
        self._add("sql", start, last, end, masks)

    def _add(
        self,
        kind: StatementKind,
        start: int,
        last: int,
        end: int | None = None,
        masks: list[Mask] | None = None,
    ) -> None:
        self.statements.append(statement_of(self.code, kind, start, last, end, masks))
        self.position = last if end is None else end

    def _copy_data(self, position: int) -> None:
        """Add the lines that psql sends to the server, up to the line `\\.`."""
        code = self.code
        rest = _REST_OF_LINE.match(code, position)
        if rest is None:
            return
        begin = rest.end()
        closing = _END_OF_DATA.search(code, begin)
        end = closing.start() + 2 if closing else len(code.rstrip())
        if end <= begin:
            return
        if rest[1]:
            self._comment(rest.start(1), rest.end(1))
        self._add("copy-data", begin, end)


def statement_of(
    code: str,
    kind: StatementKind,
    start: int,
    last: int,
    end: int | None = None,
    masks: list[Mask] | None = None,
    issue: SyntaxIssue | None = None,
) -> Statement:
    """The statement from `start` to `last` with its masks put in."""
    if masks:
        # A BOM may stand behind the last token.
        masks = [mask for mask in masks if mask[1] <= last]
    text = masked(code, start, last, masks) if masks else code[start:last]
    placeholders = tuple(Span(m[0] - start, m[1] - start) for m in masks if m[2] != " ") if masks else ()
    return Statement(kind, Span(start, last), text, last if end is None else end, issue, placeholders)
