"""How a foreign key is written: where its ON DELETE stands, or would stand."""

from __future__ import annotations

from itertools import islice

import msgspec

from schemabot.catalog.objects import Constraint, Origin
from schemabot.rulekit.context import ProjectView
from schemabot.syntax.lexer import Token, tokens
from schemabot.text import Span

_FAR = 200  # tokens: a key of 32 columns is still read
_ACTION = frozenset(
    ("on", "update", "delete", "no", "action", "cascade", "set", "null", "default", "restrict")
)


class WrittenReference(msgspec.Struct, frozen=True):
    """`on_delete` is all of `on delete cascade` where it is stated; `place` is an empty span where it may stand."""

    place: Origin
    on_delete: Origin | None


def written_reference(project: ProjectView, key: Constraint) -> WrittenReference | None:
    """Where the foreign key is written; None where it does not read as expected, or was changed later."""
    if key.changes:
        return None
    text = project.statement_text(key.origin)
    near = islice(tokens(text, key.origin.span.start), _FAR)
    todo = [token for token in near if token.kind != "comment"]
    words = [token.span.of(text).lower() for token in todo]
    if "references" not in words:
        return None
    at = _behind_target(words, words.index("references") + 1)
    if at is None:
        return None
    place = Origin(key.origin.file, key.origin.statement, Span(todo[at - 1].span.end, todo[at - 1].span.end))
    return WrittenReference(place, _stated(todo, words, at, key.origin))


def _behind_target(words: list[str], at: int) -> int | None:
    """The number of the token behind `table (columns) match full`."""
    at += 1
    while at + 1 < len(words) and words[at] == ".":
        at += 2
    if at > len(words):
        return None
    if at < len(words) and words[at] == "(":
        if ")" not in words[at:]:
            return None
        at = words.index(")", at) + 1
    return at + 2 if words[at : at + 1] == ["match"] else at


def _stated(todo: list[Token], words: list[str], at: int, origin: Origin) -> Origin | None:
    """The ON DELETE among the actions that begin with the token of that number."""
    end = at
    while end < len(words) and words[end] in _ACTION:
        end += 1
    for number in range(at, end - 2):
        if words[number : number + 2] == ["on", "delete"]:
            last = number + 3 if words[number + 2] in ("no", "set") else number + 2
            if last < len(todo):
                return Origin(
                    origin.file, origin.statement, Span(todo[number].span.start, todo[last].span.end)
                )
    return None
