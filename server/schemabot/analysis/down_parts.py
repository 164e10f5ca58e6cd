"""The way back that somebody wrote for a migration, and what comes of it: up and then down must be nothing.

It stands in the file's down part (`-- migrate:down`), in a file beside it (`.down.sql`, `down.sql`), in a folder of
its own, or in comments under a heading that says DOWN, as the house writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from schemabot.analysis.history import FileReplay, extract_statement
from schemabot.analysis.project import MigrationFile, Project
from schemabot.analysis.refusals import refusal
from schemabot.catalog.diff import Change, difference
from schemabot.catalog.objects import Origin
from schemabot.catalog.replay import begin_file, replay_statement
from schemabot.catalog.state import At
from schemabot.rulekit.finding import WHOLE_FILE
from schemabot.syntax.source import Source
from schemabot.text import Span

_HEADING = re.compile(r"\s*(?:--|/\*)?[\s=*#-]*\b(?:down|rollback|revert|undo)\b", re.I)
_RULE = re.compile(r"--[\s=*#-]*\Z")
_SQL = re.compile(
    r"(?:alter|begin|call|comment|commit|create|delete|do|drop|grant|insert|revoke|select|set|truncate|update|with)\b",
    re.I,
)


@attrs.frozen
class DownPart:
    """A written way back: its statements, and the file and span that it fills."""

    path: str
    span: Span
    source: Source
    in_comments: bool = False

    def origin(self, statement: int | None = None) -> Origin:
        """The place of a statement of it, or of all of it."""
        if statement is None or self.in_comments or statement >= len(self.source.statements):
            return Origin(self.path, WHOLE_FILE, self.span)
        span = self.source.statements[statement].span
        return Origin(self.path, WHOLE_FILE, Span(span.start + self.span.start, span.end + self.span.start))


@attrs.frozen
class DownTrial:
    """What replaying a way back comes to: what the server would refuse, as (statement, words), and the changes
    that it lacks."""

    part: DownPart
    refused: tuple[tuple[int, str], ...] = ()
    left: tuple[Change, ...] = ()
    understood: bool = True


def written_down(project: Project, file: MigrationFile) -> DownPart | None:
    """The way back of a migration, or None."""
    if file.is_down:
        return None
    inside = file.down()
    statements = file.source.statements
    if inside:
        first, last = statements[min(inside)], statements[max(inside)]
        span = Span(first.span.start, last.end)
        return DownPart(file.path, span, Source.of(span.of(file.source.text)))
    beside = down_file(project, file)
    if beside is not None:
        text = beside.source.text
        return DownPart(beside.path, Span(0, len(text)), beside.source)
    return _in_comments(file)


def down_file(project: Project, file: MigrationFile) -> MigrationFile | None:
    """The file that undoes this one, by its name."""
    return next((other for other in project.migrations if other.is_down and _undoes(other, file)), None)


def _undoes(down: MigrationFile, up: MigrationFile) -> bool:
    one, other = down.path.replace("\\", "/"), up.path.replace("\\", "/")
    if one.rpartition("/")[0] == other.rpartition("/")[0]:
        return down.version is not None and (down.version, _stem(one)) == (up.version, _stem(other))
    return False


def _stem(path: str) -> str:
    return re.sub(r"\.(?:up|down|undo)\b|\b(?:up|down)(?=\.sql\Z)", "", path.rpartition("/")[2], flags=re.I)


def comment_section(file: MigrationFile) -> Span | None:
    """The comments under a heading that says DOWN, with the heading, when nothing but comments follows it."""
    text, statements = file.source.text, file.source.statements
    end = statements[-1].end if statements else 0
    comments = [comment for comment in file.source.comments if comment.span.start >= end]
    for place, comment in enumerate(comments):
        if _HEADING.match(comment.text):
            start = comment.span.start
            while place and _RULE.match(comments[place - 1].text):
                place -= 1
                start = comments[place].span.start
            return Span(start, len(text.rstrip()))
    return None


def _in_comments(file: MigrationFile) -> DownPart | None:
    span = comment_section(file)
    if span is None:
        return None
    lines = list(_uncommented(span.of(file.source.text)))
    text = "\n".join(lines)
    source = Source.of(text)
    if not source.statements or not _SQL.match(source.statements[0].text.lstrip()):
        return None
    return DownPart(file.path, span, source, in_comments=True)


def _uncommented(text: str) -> Iterator[str]:
    """The lines of the section from the first one that begins a statement."""
    begun = False
    for line in text.splitlines():
        inner = re.sub(r"^\s*(?:--+|/\*+|\*+/?)?[ \t]?", "", line)
        begun = begun or _SQL.match(inner.lstrip()) is not None
        if begun:
            yield inner


def try_down(replay: FileReplay, part: DownPart) -> DownTrial:
    """Replay the way back behind the migration."""
    state = begin_file(replay.after)
    refused: list[tuple[int, str]] = []
    understood = not replay.not_analysed
    for index, statement in enumerate(part.source.statements):
        if not statement.text.strip():
            continue
        extracted = extract_statement(statement)
        if extracted.error is not None:
            refused.append((index, extracted.error))
            continue
        outcome = replay_statement(state, extracted, At(part.path, index))
        state = outcome.state
        refused += [(index, refusal(problem)) for problem in outcome.problems if problem.rejected]
        understood = understood and not outcome.not_analysed
    left = difference(state.catalog, replay.before.catalog, by="name").changes if understood else ()
    return DownTrial(part, tuple(refused), left, understood)
