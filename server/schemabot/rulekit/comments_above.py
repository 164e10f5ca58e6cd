"""What a user wrote in the comment right above a statement."""

from __future__ import annotations

import re

from schemabot.catalog.objects import Origin
from schemabot.rulekit.context import ProjectView

_MARKS = re.compile(r"^[ \t]*(?:--+|/\*+|\*+/?)?[ \t=#*>─═-]*|[ \t=#*>─═-]*(?:\*+/)?[ \t]*$")
_NUMBER = re.compile(r"\(?\d+[a-z]?[.):]\s+")
_WORD = re.compile(r"[^\W\d_]+")
_FIELD = re.compile(r"(?:migration|description|author|date|reversible|name|id|file)[ \t]*:", re.I)
_FEWEST_NEW_WORDS = 3
_SHORT_WORD = 3
_HEADING = 8
_DOES = re.compile(
    r"(?:create[sd]?|adds?|enable[sd]?|drop|alter|set|make|ensure|fix|update|insert|remove|recreate|replace|grant|revoke|"
    r"rls|table|polic(?:y|ies)|index(?:es)?|trigger|step|todo|note|fixme|warning|criar?|crear?)\b",
    re.I,
)
_IS_HEADING = re.compile(r"\b(?:polic(?:y|ies)|pol[ií]ticas|tables?|tabelas?)\b", re.I)


def words_above(project: ProjectView, at: Origin, name: str) -> str:
    """The text of the comment lines right above the statement of `at`, if they say what it is for.

    Empty where there is none, or where it only says what the statement does ("create the table"), heads a section,
    repeats the `name` of what is made, or is the header of the migration.
    """
    lines = _lines_above(project, at)
    if any("schemabot:" in line or _FIELD.match(line) for line in lines):
        return ""
    text = " ".join(line for line in lines if not line.isupper())
    text = text[numbered.end() :] if (numbered := _NUMBER.match(text)) else text
    known = {word.lower() for word in _WORD.findall(name)}
    new = {word.lower() for word in _WORD.findall(text) if len(word) > _SHORT_WORD} - known
    if len(new) < _FEWEST_NEW_WORDS or _DOES.match(text):
        return ""
    return "" if len(text.split()) < _HEADING and _IS_HEADING.search(text) else text


def _lines_above(project: ProjectView, at: Origin) -> list[str]:
    """The lines of the comments that end on the line above the statement, without marks and rulers."""
    migration = project.by_path.get(at.file)
    if migration is None or not 0 <= at.statement < len(migration.statements):
        return []
    place = migration.statements[at.statement].span.start
    lines: list[str] = []
    for comment in reversed(migration.comments):
        if comment.span.end > place:
            continue
        between = migration.text[comment.span.end : place]
        if between.strip() or between.count("\n") > 1:
            break
        lines[:0] = (_MARKS.sub("", line) for line in comment.text.splitlines())
        place = comment.span.start
    return [line for line in lines if _WORD.search(line)]
