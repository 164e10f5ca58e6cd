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
from schemabot.rulekit.way_back import WayBack
from schemabot.syntax.model import Statement
from schemabot.syntax.source import Source
from schemabot.text import Span

_HEADING = re.compile(r"\s*(?:--|/\*)?[\s=*#-]*\b(?:down|rollback|revert|undo)\b", re.I)
_RULE = re.compile(r"--[\s=*#-]*\Z")
_MARKS = re.compile(r"\s*(?:--+|/\*+|\*+/?)?[ \t]?")
_SQL = re.compile(
    r"(?:alter|begin|call|comment|commit|create|delete|do|drop|grant|insert|revoke|set|truncate|update)\b",
    re.I,
)


@attrs.frozen
class DownPart:
    """A written way back: its statements, and the file and span that it fills.

    `lines` are where the lines of its text begin in the file, where that is in comments: else one behind the other.
    """

    path: str
    span: Span
    source: Source
    lines: tuple[int, ...] = ()

    def origin(self, statement: int | None = None) -> Origin:
        """The place of a statement of it, or of its beginning: of one line where it is in comments."""
        if statement is None or statement >= len(self.source.statements):
            return Origin(self.path, WHOLE_FILE, self.span)
        found = self.source.statements[statement]
        if not self.lines:
            start = self.span.start + found.span.start
            return Origin(self.path, WHOLE_FILE, Span(start, start + found.end - found.span.start))
        text = self.source.text
        number = text.count("\n", 0, found.span.start)
        line = text.rfind("\n", 0, found.span.start) + 1
        end = text.find("\n", found.span.start)
        start = self.lines[number] + found.span.start - line
        return Origin(
            self.path, WHOLE_FILE, Span(start, start + (len(text) if end < 0 else end) - found.span.start)
        )


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
    found = _heading(file)
    return None if found is None else Span(found[0], len(file.source.text.rstrip()))


def _heading(file: MigrationFile) -> tuple[int, Span] | None:
    """Where the section begins, with the lines drawn above the heading, and the heading itself."""
    statements = file.source.statements
    end = statements[-1].end if statements else 0
    comments = [comment for comment in file.source.comments if comment.span.start >= end]
    for place, comment in enumerate(comments):
        if _HEADING.match(comment.text):
            start = comment.span.start
            while place and _RULE.match(comments[place - 1].text):
                place -= 1
                start = comments[place].span.start
            first_line = comment.text.splitlines()[0]
            return start, Span(comment.span.start, comment.span.start + len(first_line))
    return None


def _in_comments(file: MigrationFile) -> DownPart | None:
    found = _heading(file)
    if found is None:
        return None
    text = file.source.text
    lines = list(_uncommented(text, found[1].end))
    source = Source.of("\n".join(line for _, line in lines))
    if not source.statements or not all(_is_step(statement) for statement in source.statements):
        return None  # words about the way back, or queries that look at it
    return DownPart(file.path, found[1], source, tuple(at for at, _ in lines))


def _is_step(statement: Statement) -> bool:
    """Whether a statement changes something and parses: what stands in comments may be prose."""
    text = statement.text.strip()
    if not text:
        return True
    return _SQL.match(text) is not None and extract_statement(statement).error is None


def _uncommented(text: str, start: int) -> Iterator[tuple[int, str]]:
    """The lines behind `start` from the first one that begins a statement, each with where it begins."""
    begun = False
    at = start
    for line in text[start:].splitlines(keepends=True):
        marks = _MARKS.match(line)
        own = line[marks.end() if marks is not None else 0 :].rstrip("\r\n")
        begun = begun or _SQL.match(own.lstrip()) is not None
        if begun:
            yield at + (marks.end() if marks is not None else 0), own.removesuffix("*/")
        at += len(line)


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
            if part.lines:  # outside of comments the mistake is told where it stands
                refused.append((index, extracted.error))
            understood = False
            continue
        outcome = replay_statement(state, extracted, At(part.path, index))
        state = outcome.state
        refused += [(index, refusal(problem)) for problem in outcome.problems if problem.rejected]
        understood = understood and not outcome.not_analysed
    left = difference(state.catalog, replay.before.catalog, by="name").changes if understood else ()
    return DownTrial(part, tuple(refused), left, understood)


def tried_way_back(replay: FileReplay, project: Project) -> WayBack | None:
    """The written way back of a migration with what comes of it; None when nothing was written."""
    part = written_down(project, replay.file)
    if part is None:
        return None
    trial = try_down(replay, part)
    return WayBack(
        at=part.origin(),
        refused=tuple((part.origin(index), words) for index, words in trial.refused),
        left=tuple(f"{change.action} {change.subject}" for change in trial.left),
        understood=trial.understood,
    )
