"""Questions that a project asks of its own schema: `-- verify:` lines in migrations, and invariants of the settings.

    -- verify: select count(*) = 4 from public.roles;
    -- verify: select column_name, data_type from information_schema.columns
    --   where table_name = 'customers' and column_name = 'email';
    -- result: email | text

A question passes when its one value is true, when it gives a row at all, or, with `-- result:` lines, when it gives
those rows, columns apart by ` | `. It runs in a read-only transaction behind its migration, and has half a minute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import psycopg

from schemabot.analysis.project import MigrationFile
from schemabot.remote.verify.model import Answer
from schemabot.remote.verify.pieces import reaches_out
from schemabot.rulekit.settings import Invariant
from schemabot.syntax.model import Comment
from schemabot.text import Span

_ASKED = re.compile(r"--\s*verify:\s*(?P<query>.*)", re.I)
_RESULT = re.compile(r"--\s*result:\s?(?P<row>.*)", re.I)
_MORE = re.compile(r"--(?P<text>\s.*)")
_TIMEOUT = "30s"
_SHOWN_ROWS = 3


@attrs.frozen
class Question:
    """A query and the rows that it is to give; None when any row will do."""

    query: str
    span: Span
    rows: tuple[str, ...] | None = None


def questions_of(file: MigrationFile) -> list[Question]:
    """The questions of a migration in order."""
    found: list[Question] = []
    comments = [comment for comment in file.source.comments if comment.text.startswith("--")]
    place = 0
    while place < len(comments):
        asked = _ASKED.match(comments[place].text)
        first = comments[place]
        place += 1
        if asked is None:
            continue
        query, rows, last = asked["query"].strip(), [], first
        for comment in _following(file.source.text, comments[place:], first):
            if result := _RESULT.match(comment.text):
                rows.append(result["row"].strip())
            elif (
                rows
                or query.endswith(";")
                or (more := _MORE.match(comment.text)) is None
                or _ASKED.match(comment.text)
            ):
                break
            else:
                query += "\n" + more["text"].strip()
            last = comment
            place += 1
        found.append(
            Question(query.rstrip("; \n"), Span(first.span.start, last.span.end), tuple(rows) or None)
        )
    return found


def _following(text: str, comments: Iterable[Comment], first: Comment) -> Iterator[Comment]:
    """The comments on the lines right below."""
    end = first.span.end
    for comment in comments:
        between = text[end : comment.span.start]
        if between.strip() or between.count("\n") != 1:
            return
        yield comment
        end = comment.span.end


def ask(connection: psycopg.Connection[Any], path: str, question: Question) -> Answer:
    """Run a question and judge what it gives."""
    passed, message = _asked(connection, question.query, question.rows)
    return Answer(path, question.span, question.query, passed, message)


def hold(connection: psycopg.Connection[Any], path: str, invariant: Invariant) -> Answer:
    """Whether an invariant of the settings holds: its query gives true, or no row that breaks it."""
    if invariant.violations is not None:
        rows, problem = _rows(connection, invariant.violations)
        message = problem or (f"{len(rows)} rows break it: {_shown(rows)}" if rows else "")
        return Answer(path, Span(0, 0), invariant.name, not message, message)
    passed, message = _asked(connection, invariant.holds or "", None)
    return Answer(path, Span(0, 0), invariant.name, passed, message)


def _asked(
    connection: psycopg.Connection[Any], query: str, wanted: tuple[str, ...] | None
) -> tuple[bool, str]:
    rows, problem = _rows(connection, query)
    if problem:
        return False, problem
    if wanted is not None:
        found = tuple(_text(row) for row in rows)
        same = tuple(map(_plain, found)) == tuple(map(_plain, wanted))
        return same, "" if same else f"gives {_shown(rows) or 'no row'}, not {'; '.join(wanted)}"
    if len(rows) == 1 and len(rows[0]) == 1 and (rows[0][0] is None or isinstance(rows[0][0], bool)):
        return bool(rows[0][0]), "" if rows[0][0] else f"gives {_text(rows[0])}, not true"
    return bool(rows), "" if rows else "gives no row"


def _rows(connection: psycopg.Connection[Any], query: str) -> tuple[list[tuple[Any, ...]], str]:
    if why := reaches_out(query):
        return [], f"is not asked: {why}"
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(f"set transaction read only; set local statement_timeout to '{_TIMEOUT}'")
            asked = connection.execute(query.encode())
            return ([] if asked.description is None else asked.fetchall()), ""
    except psycopg.Error as error:
        return [], (error.diag.message_primary or str(error)).strip()


def _shown(rows: list[tuple[Any, ...]]) -> str:
    more = f"; and {len(rows) - _SHOWN_ROWS} more" if len(rows) > _SHOWN_ROWS else ""
    return "; ".join(_text(row) for row in rows[:_SHOWN_ROWS]) + more


def _text(row: tuple[Any, ...]) -> str:
    return " | ".join("null" if value is None else _value(value) for value in row)


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(row: str) -> str:
    return " | ".join(cell.strip() for cell in row.split("|"))
