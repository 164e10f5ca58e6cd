"""A migration as what is sent to the server: statement by statement, so that a failing one has a place."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from schemabot.analysis.down_parts import DownPart
from schemabot.analysis.project import MigrationFile, Project
from schemabot.catalog.objects import Origin
from schemabot.rulekit.finding import WHOLE_FILE
from schemabot.syntax.source import Source
from schemabot.text import Span

# What acts outside of the database it runs in. The last group takes the word at its start for a statement's.
_REACHES_OUT = (
    (re.compile(r"\bcopy\b[^;]*?\b(?:to|from)\s+program\b", re.I), "COPY ... PROGRAM runs a program"),
    (re.compile(r"\bcopy\b[^;]*?\b(?:to|from)\s+e?'", re.I), "COPY reads or writes a file of the server"),
    (re.compile(r"\blo_(?:import|export)\s*\(", re.I), "lo_import and lo_export read and write files"),
    (
        re.compile(r"\bpg_(?:read|ls|stat|write)_(?:\w+_)?(?:file|dir|logdir|waldir|tmpdir)\s*\(", re.I),
        "it reads files of the server",
    ),
    (
        re.compile(r"\blanguage\s+'?(?:c|plpython\w*|plperlu|pltclu|plsh)\b", re.I),
        "a function in that language can do anything",
    ),
    (re.compile(r"\A\s*alter\s+system\b", re.I), "ALTER SYSTEM changes the server's own settings"),
    (re.compile(r"\A\s*load\s+'", re.I), "LOAD runs a library"),
    (re.compile(r"\A\s*create\s+subscription\b", re.I), "a subscription connects to another server"),
    (re.compile(r"\b(?:dblink_connect|dblink)\s*\(", re.I), "dblink connects to another server"),
)


@attrs.frozen
class Piece:
    """One statement: the text that is sent, its index among the statements, and the data behind a COPY."""

    text: str
    index: int
    data: str | None = None
    skipped: str = ""  # why it is not sent


@attrs.frozen
class Part:
    """What is run together: the up part of a file, or a way back. `place` gives the span of a statement in `path`."""

    path: str
    pieces: tuple[Piece, ...]
    source: Source
    explicit: bool  # the runner sends BEGIN and COMMIT around it
    implicit: bool  # the runner sends it as one piece
    down: DownPart | None = None

    def place(self, index: int, position: int | None = None) -> tuple[str, Span]:
        """File and span of a statement, or of the character at `position` (0-based, of the text sent) in it."""
        statement = self.source.statements[index]
        if self.down is not None:
            origin: Origin = self.down.origin(index)
            assert origin.statement == WHOLE_FILE
            return origin.file, origin.span
        if position is None or position >= len(statement.text):
            return self.path, statement.span
        at = statement.span.start + position
        return self.path, Span(at, at + 1)


def up_part(project: Project, file: MigrationFile) -> Part:
    """What the runner runs of a migration."""
    return _part(project, file, file.path, file.source, file.down())


def down_part(project: Project, file: MigrationFile, down: DownPart) -> Part:
    """A written way back, run as the runner runs the migration."""
    return attrs.evolve(_part(project, file, down.path, down.source, frozenset()), down=down)


def generated_part(project: Project, file: MigrationFile, sql: str) -> Part:
    """A way back that was made from the catalogs; its statements have the place of the whole file."""
    source = Source.of(sql)
    down = DownPart(file.path, Span(0, len(file.source.text)), source)
    return attrs.evolve(_part(project, file, file.path, source, frozenset()), down=_Whole.of(down))


@attrs.frozen
class _Whole(DownPart):
    """A way back that stands nowhere: every place in it is the migration."""

    @classmethod
    def of(cls, part: DownPart) -> _Whole:
        return cls(part.path, part.span, part.source)

    def origin(self, statement: int | None = None) -> Origin:
        return Origin(self.path, WHOLE_FILE, self.span)


def _part(project: Project, file: MigrationFile, path: str, source: Source, left_out: frozenset[int]) -> Part:
    runner = project.runner
    transaction = runner.transaction
    if runner.no_transaction is not None:
        asks = re.compile(runner.no_transaction, re.I)
        if any(asks.match(comment.text) for comment in file.source.comments):
            transaction = None
    pieces = tuple(_pieces(source, left_out))
    own = [piece for piece in pieces if not piece.skipped]
    return Part(
        path, pieces, source,
        explicit=transaction == "explicit",
        implicit=transaction == "implicit" and len(own) > 1,
    )  # fmt: skip


def _pieces(source: Source, left_out: frozenset[int]) -> Iterator[Piece]:
    statements = source.statements
    for index, statement in enumerate(statements):
        if index in left_out or statement.kind == "copy-data":
            continue
        text = statement.span.of(source.text)
        if not text.strip():
            continue
        if statement.kind == "psql":
            yield Piece(text, index, skipped="a command of psql, which the server does not know")
        elif statement.placeholders:
            yield Piece(text, index, skipped="a placeholder stands in it, and nobody said for what")
        elif why := reaches_out(text):
            yield Piece(text, index, skipped=f"it would reach out of the throw-away server: {why}")
        else:
            following = statements[index + 1] if index + 1 < len(statements) else None
            data = None
            if following is not None and following.kind == "copy-data":
                data = following.span.of(source.text).removesuffix("\\.")
            yield Piece(text, index, data)


def reaches_out(text: str) -> str:
    """Why a statement acts outside of its database; empty when nothing in its words says that it does.

    No sandbox: what a statement puts together while it runs is not seen. It keeps honest people from harm.
    """
    return next((why for pattern, why in _REACHES_OUT if pattern.search(text)), "")
