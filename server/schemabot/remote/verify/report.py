"""A verification as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from schemabot.analysis.analysis import Analysis
from schemabot.remote.verify.model import Failure, Trip, Verification
from schemabot.text import Span

_SHOWN = 20

_RESULTS = {
    "exact": "there, back and there again: exactly as before",
    "differs": "the way back does not lead back",
    "failed": "the way there and back fails",
    "irreversible": "cannot be taken back",
}


def as_text(found: Verification, analysis: Analysis, shown: Callable[[str], str]) -> str:
    """What happened, the worst last. `shown` spells paths for people."""
    lines = [f"{found.server}: {found.statements} statements of {found.files} migrations were run."]
    lines += [f"note: {note}" for note in found.notes]
    for trip in found.trips:
        lines += _trip(trip, analysis, shown)
    for answer in found.answers:
        place = (
            shown(answer.path) + _place(analysis, answer.path, answer.span) if answer.path else "invariant"
        )
        said = f"holds: {answer.question}" if answer.passed else f"does not hold: {answer.question}"
        lines.append(f"{place}: {said}" + (f" ({answer.message})" if answer.message else ""))
    if found.differences:
        lines.append("Replay and PostgreSQL disagree. That is a mistake of SchemaBot; please report it:")
        lines += _some(found.differences)
    elif found.compared:
        lines.append(f"Replay agrees with PostgreSQL on all {found.compared} objects.")
    for failure in found.failures:
        lines += _failure(failure, analysis, shown)
    return "\n".join(lines)


def _trip(trip: Trip, analysis: Analysis, shown: Callable[[str], str]) -> Iterator[str]:
    whose = "the written way back" if trip.way_back == "written" else "the generated way back"
    more = f", but {trip.effect}" if trip.result == "exact" and trip.effect != "exact" else ""
    yield f"{shown(trip.path)}: {_RESULTS[trip.result]} ({whose}{more})" + (
        f": {trip.why}" if trip.why else ""
    )
    if trip.failure is not None:
        yield from _failure(trip.failure, analysis, shown)
    if trip.back:
        yield "  Taken back, it is not as it was before:"
        yield from _some(trip.back, "    ")
    if trip.again:
        yield "  Run again, it is not as it was the first time:"
        yield from _some(trip.again, "    ")


def _some(items: tuple[str, ...], indent: str = "  ") -> Iterator[str]:
    yield from (f"{indent}{item}" for item in items[:_SHOWN])
    if len(items) > _SHOWN:
        yield f"{indent}... and {len(items) - _SHOWN} more"


def _failure(failure: Failure, analysis: Analysis, shown: Callable[[str], str]) -> Iterator[str]:
    yield f"{shown(failure.path)}{_place(analysis, failure.path, failure.span)}: PostgreSQL refuses: {failure.message}"
    if failure.hint:
        yield f"  hint: {failure.hint}"


def _place(analysis: Analysis, path: str, span: Span) -> str:
    range_ = _range(analysis, path, span)
    return "" if range_ is None else f":{range_['start']['line']}:{range_['start']['column']}"


def _range(analysis: Analysis, path: str, span: Span) -> dict[str, dict[str, int]] | None:
    file = analysis.project.file(path)
    if file is None:
        return None
    lines = file.source.lines
    (line, column), (last_line, last_column) = lines.position(span.start), lines.position(span.end)
    return {
        "start": {"line": line + 1, "column": column + 1},
        "end": {"line": last_line + 1, "column": last_column + 1},
    }


def as_json(found: Verification, analysis: Analysis) -> dict[str, Any]:
    """Everything; lines and columns are 1-based."""

    def failure(one: Failure | None) -> dict[str, Any] | None:
        if one is None:
            return None
        return {
            "path": one.path, "range": _range(analysis, one.path, one.span), "message": one.message,
            "hint": one.hint, "sqlstate": one.sqlstate,
        }  # fmt: skip

    return {
        "version": 1,
        "passed": found.passed,
        "server": found.server,
        "files": found.files,
        "statements": found.statements,
        "failures": [failure(one) for one in found.failures],
        "trips": [
            {
                "path": trip.path, "way_back": trip.way_back, "result": trip.result, "effect": trip.effect,
                "why": trip.why, "differences_back": list(trip.back), "differences_again": list(trip.again),
                "failure": failure(trip.failure),
            }
            for trip in found.trips
        ],
        "answers": [
            {
                "path": answer.path or None, "range": _range(analysis, answer.path, answer.span),
                "question": answer.question, "passed": answer.passed, "message": answer.message,
            }
            for answer in found.answers
        ],
        "replay": {"compared": found.compared, "differences": list(found.differences)},
        "notes": list(found.notes),
    }  # fmt: skip
