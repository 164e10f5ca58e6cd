"""Running one part of a migration as its runner does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from schemabot.remote.verify.model import Cancelled, Failure
from schemabot.remote.verify.pieces import Part, Piece


def run_part(
    connection: psycopg.Connection[Any],
    part: Part,
    *,
    keep_going: bool = False,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Failure]:
    """The server's refusals: one at most, and nothing of the part is kept, unless `keep_going`.

    With `keep_going` every statement that the server accepts counts, each by itself, as psql runs a file. The
    connection is in autocommit mode. Raises `Cancelled`.
    """
    failures: list[Failure] = []
    together = (part.explicit or part.implicit) and not keep_going
    if together and part.explicit:
        connection.execute("begin")
    for piece in part.pieces:
        if cancelled():
            raise Cancelled
        if piece.skipped:
            continue
        if together and part.implicit and _idle(connection):
            connection.execute("begin")
        try:
            _send(connection, piece)
        except psycopg.Error as error:
            if not isinstance(error, psycopg.errors.InFailedSqlTransaction):
                failures.append(_failure(part, piece, error))
            if not keep_going:
                break
    if not _idle(connection):
        undone = bool(failures) and together
        try:
            connection.execute("rollback" if undone else "commit")
        except psycopg.Error as error:  # a deferred constraint
            failures.append(_failure(part, part.pieces[-1], error))
    return failures


def _idle(connection: psycopg.Connection[Any]) -> bool:
    return connection.info.transaction_status == TransactionStatus.IDLE


def _send(connection: psycopg.Connection[Any], piece: Piece) -> None:
    if piece.data is not None:
        with connection.cursor() as cursor, cursor.copy(piece.text.encode()) as copy:
            copy.write(piece.data)
        return
    connection.execute(piece.text.encode())  # without parameters it goes as one simple query


def _failure(part: Part, piece: Piece, error: psycopg.Error) -> Failure:
    said = error.diag
    position = int(said.statement_position) - 1 if said.statement_position else None
    path, span = part.place(piece.index, position)
    message = said.message_primary or str(error).strip() or type(error).__name__
    if said.message_detail:
        message = f"{message}: {said.message_detail}"
    if said.context and not said.statement_position:
        message = f"{message} ({said.context.splitlines()[0]})"
    return Failure(path, span, message, said.message_hint or "", error.sqlstate or "")
