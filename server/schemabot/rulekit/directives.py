"""Comments that speak to SchemaBot: suppressions and approvals.

-- schemabot: ignore RULE[, RULE] -- reason       above a statement, in it, or at its end
-- schemabot: allow RULE[, RULE] -- reason        the same, for rules that ask for an approval
-- schemabot: ignore-file RULE -- reason          before the first statement
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from schemabot.syntax.model import Comment, Statement
from schemabot.text import LineIndex, Span

Verb = Literal["ignore", "allow", "ignore-file", "unknown"]

_DIRECTIVE = re.compile(
    r"(?:--|/\*)\s*schemabot\s*:\s*(?P<verb>[\w-]*)\s*(?P<rules>[^\n]*?)"
    r"(?:\s*--\s*(?P<reason>[^\n]*?))?\s*(?:\*/)?\s*\Z",
    re.I,
)
_VERBS: dict[str, Verb] = {"ignore": "ignore", "allow": "allow", "ignore-file": "ignore-file"}
_RULE = re.compile(r"[^\s,]+")


class Directive(msgspec.Struct, frozen=True):
    """One such comment. `statement` is the index of the statement it speaks of; None for the whole file
    and where no statement follows.

    `span` is the comment's, absolute; `rules` are (id, absolute span) pairs. With the verb `unknown` they
    hold the word that is none of the verbs, and the directive does nothing.
    """

    verb: Verb
    rules: tuple[tuple[str, Span], ...]
    reason: str
    span: Span
    statement: int | None

    def names(self, rule_id: str) -> bool:
        """Whether the directive speaks of that rule."""
        return self.verb != "unknown" and any(name == rule_id for name, _ in self.rules)


class DirectiveUse(msgspec.Struct, frozen=True):
    """A directive with what came of it, for the rules about directives.

    `unknown` are names of no rule, `unused` those of rules of which it silenced nothing.
    """

    directive: Directive
    unknown: tuple[tuple[str, Span], ...] = ()
    unused: tuple[tuple[str, Span], ...] = ()


def read_directives(
    comments: Sequence[Comment], statements: Sequence[Statement], lines: Callable[[], LineIndex]
) -> tuple[Directive, ...]:
    """The directives among a file's comments, each with the statement it belongs to.

    `lines` is asked only when there are some: most files have none, and counting lines costs.
    """
    found: list[Directive] = []
    for comment in comments:
        if "schemabot" not in comment.text[:40].lower():
            continue
        match = _DIRECTIVE.match(comment.text)
        if match is None:
            continue
        start = comment.span.start
        verb = _VERBS.get(match["verb"].lower(), "unknown")
        base = start + match.start("rules")
        rules = tuple(
            (m.group(), Span(base + m.start(), base + m.end())) for m in _RULE.finditer(match["rules"])
        )
        if verb == "unknown":
            rules = ((match["verb"], Span(start + match.start("verb"), start + match.end("verb"))),)
        statement = None if verb == "ignore-file" else _statement_of(comment, statements, lines())
        found.append(Directive(verb, rules, (match["reason"] or "").strip(), comment.span, statement))
    return tuple(found)


def _statement_of(comment: Comment, statements: Sequence[Statement], lines: LineIndex) -> int | None:
    """The statement that a comment stands in, at the end of, or else above."""
    line = lines.position(comment.span.start)[0]
    for index, statement in enumerate(statements):
        if comment.span.start < statement.span.start:
            return index
        if comment.span.start < statement.end or lines.position(max(statement.end - 1, 0))[0] == line:
            following = statements[index + 1] if index + 1 < len(statements) else None
            starts_later_here = following is not None and following.span.end <= comment.span.start
            if not starts_later_here:
                return index
    return None
