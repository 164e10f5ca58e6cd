"""The course of a verification: every migration in order, some of them there and back, then the comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg

from schemabot.analysis.analysis import Analysis
from schemabot.analysis.down_parts import written_down
from schemabot.analysis.history import FileReplay
from schemabot.analysis.way_back import way_back_of
from schemabot.analysis.way_back_text import as_sql
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.to_json import catalog_json
from schemabot.remote.described.compare import difference
from schemabot.remote.described.describe import IDENTITY, Json, describe, made
from schemabot.remote.verify.model import (
    Answer,
    Failure,
    Progress,
    Trip,
    TripResult,
    Verification,
    WayBackKind,
)
from schemabot.remote.verify.pieces import Part, down_part, generated_part, up_part
from schemabot.remote.verify.questions import ask, hold, questions_of
from schemabot.remote.verify.run import run_part
from schemabot.remote.verify.snapshots import changes, snapshot


class Target(Protocol):
    """A database that has what the platform provides, and nothing else."""

    @property
    def title(self) -> str:
        """Which server it is, for people."""
        ...

    def connect(self) -> psycopg.Connection[Any]:
        """A connection in autocommit mode, as the role that runs migrations."""
        ...


def verify(
    analysis: Analysis,
    target: Target,
    tried: frozenset[str],
    *,
    keep_going: bool = False,
    progress: Progress = lambda done, total, what: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Verification:
    """Run the whole history; the files in `tried` there, back and there again.

    Without `keep_going` the first refused statement ends it. Raises `Cancelled`, psycopg's errors of the connection.
    """
    return _Course(analysis, target, tried, keep_going, progress, cancelled).run()


class _Course:
    def __init__(
        self,
        analysis: Analysis,
        target: Target,
        tried: frozenset[str],
        keep_going: bool,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> None:
        self._analysis = analysis
        self._project = analysis.project
        self._target = target
        self._tried = tried
        self._keep_going = keep_going
        self._progress = progress
        self._cancelled = cancelled
        self._failures: list[Failure] = []
        self._trips: list[Trip] = []
        self._answers: list[Answer] = []
        self._notes: list[str] = []
        self._differences: list[str] = []
        self._compared = 0
        self._files = self._statements = 0

    def run(self) -> Verification:
        replays = [replay for replay in self._analysis.replays if not replay.file.is_down]
        with self._connected() as connection:
            base = describe(connection)
        for number, replay in enumerate(replays):
            self._progress(number, len(replays), replay.file.name)
            self._migrate(replay, base)
            if self._failures and not self._keep_going:
                break
        else:
            self._progress(len(replays), len(replays), "comparing with replay")
            self._compare(base, replays[-1].after.catalog if replays else self._analysis.base.catalog, "")
            with self._connected() as connection:
                self._answers += [
                    hold(connection, "", invariant) for invariant in self._project.settings.invariant
                ]
        return Verification(
            server=self._target.title, files=self._files, statements=self._statements,
            failures=tuple(self._failures), trips=tuple(self._trips), answers=tuple(self._answers),
            compared=self._compared, differences=tuple(self._differences), notes=tuple(self._notes),
        )  # fmt: skip

    def _migrate(self, replay: FileReplay, base: Json) -> None:
        file = replay.file
        part = up_part(self._project, file)
        self._notes += [
            f"{file.name}: statement {piece.index + 1} was not run: {piece.skipped}"
            for piece in part.pieces
            if piece.skipped and not piece.text.startswith("\\")
        ]
        self._files += 1
        self._statements += sum(not piece.skipped for piece in part.pieces)
        is_tried = file.path in self._tried
        with self._connected() as connection:
            before = snapshot(connection) if is_tried else {}
            found = self._run(connection, part)
            self._failures += found
        if not found and is_tried:
            self._compare(base, replay.after.catalog, f"{file.name}: ")
            self._trips.append(self._there_and_back(replay, part, before))
        if not found:
            with self._connected() as connection:
                self._answers += [ask(connection, file.path, question) for question in questions_of(file)]

    def _there_and_back(self, replay: FileReplay, up: Part, before: Any) -> Trip:
        file = replay.file
        with self._connected() as connection:
            after = snapshot(connection)
        written = written_down(self._project, file)
        effect, why = "exact", ""
        if written is not None:
            back = down_part(self._project, file, written)
        else:
            made_back = way_back_of(replay)
            assert made_back is not None
            effect = made_back.effect
            why = "; ".join(dict.fromkeys(change.why for change in made_back.changes if change.why))
            if effect == "irreversible" or made_back.left:
                why = why or "; ".join(f"{left.subject}: {left.why}" for left in made_back.left)
                return Trip(file.path, "generated", "irreversible", "irreversible", why=why)
            back = generated_part(self._project, file, as_sql(made_back))
        kind: WayBackKind = "generated" if written is None else "written"
        with self._connected() as connection:
            failures = self._run(connection, back, anyway=False)
            if failures:
                return Trip(file.path, kind, "failed", effect, failure=failures[0], why=why)
            not_back = changes(before, snapshot(connection))
        with self._connected() as connection:
            failures = self._run(connection, up, anyway=False)
            if failures:
                return Trip(file.path, kind, "failed", effect, back=not_back, failure=failures[0], why=why)
            not_again = changes(after, snapshot(connection))
        result: TripResult = "differs" if not_back or not_again else "exact"
        return Trip(file.path, kind, result, effect, not_back, not_again, why=why)

    def _compare(self, base: Json, catalog: Catalog, prefix: str) -> None:
        with self._connected() as connection:
            theirs = made(base, describe(connection))
        ours = catalog_json(catalog)
        self._compared = sum(len(theirs[kind]) for kind in IDENTITY if kind != "schemas")
        found = (f"{prefix}{words}" for words in difference(theirs, ours))
        self._differences += [words for words in found if words not in self._differences]

    def _run(self, connection: psycopg.Connection[Any], part: Part, *, anyway: bool = True) -> list[Failure]:
        return run_part(connection, part, keep_going=self._keep_going and anyway, cancelled=self._cancelled)

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Any]]:
        with self._target.connect() as connection:
            yield connection
