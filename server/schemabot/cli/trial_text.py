"""What was possible, beside what was said, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemabot.cli.output import plain
from schemabot.features.isolation import Matrix
from schemabot.isolation.verdict import COMMANDS

if TYPE_CHECKING:
    from schemabot.remote.trial import Trial

_SHOWN = 3


def trial_as_text(matrix: Matrix, trial: Trial) -> str:
    """A line for each table and role, then whatever is worth a sentence."""
    if matrix.model.kind == "none":
        return "Isolation was not tried: nothing in the schema names an organisation or a user."
    if not trial.tried:
        return "Isolation was not tried: no table of the project is exposed to the API."
    lines = [
        "",
        f"Isolation, tried on {trial.rows} generated rows (what was possible / what the policies say):",
        "",
    ]
    lines += _matrix(matrix, trial)
    lines += _told(matrix, trial)
    return "\n".join(plain(line) for line in lines)


def _matrix(matrix: Matrix, trial: Trial) -> Iterator[str]:
    cells: dict[tuple[int, str], dict[str, str]] = {}
    for one in trial.tried:
        cells.setdefault((one.said.table, one.said.role), {})[one.said.command] = (
            f"{one.reach} / {one.said.verdict}{' !' if one.contradicted else ''}"
        )
    width = max((len(name) for name in matrix.names.values()), default=5)
    role_width = max((len(role) for _, role in cells), default=4)
    yield f"{'table':<{width}}  {'role':<{role_width}}  " + "".join(f"{c:<22}" for c in COMMANDS).rstrip()
    for (table, role), row in cells.items():
        said = "".join(f"{row.get(command, ''):<22}" for command in COMMANDS).rstrip()
        yield f"{matrix.names[table]:<{width}}  {role:<{role_width}}  {said}"


def _told(matrix: Matrix, trial: Trial) -> Iterator[str]:
    yield ""
    for one in trial.tried:
        name = f"{matrix.names[one.said.table]}: {one.said.role} {one.said.command}"
        if one.contradicted:
            yield (
                f"{name}: the verdict {one.said.verdict} is wrong, PostgreSQL allowed it. "
                "That is a mistake of SchemaBot; please report it"
            )
        elif one.reach == "foreign":
            yield f"{name}: rows of others are within reach: {one.said.because}"
    unconfirmed: dict[tuple[int, str], dict[str, None]] = {}
    for one in trial.tried:
        if one.unconfirmed and one.said.table not in trial.empty:
            group = unconfirmed.setdefault((one.said.table, one.said.because), {})
            group[f"{one.said.role} {one.said.command}"] = None
    for (table, because), cases in unconfirmed.items():
        yield (
            f"{matrix.names[table]}: said to leak, but no attempt went through ({', '.join(cases)}; {because}): "
            "keys, checks or triggers may have stood in the way"
        )
    for table, why in trial.empty.items():
        yield f"{matrix.names.get(table, table)}: no row could be made, so nothing was tried: {why}"
    for table, reasons in trial.obstacles.items():
        more = f"; and {len(reasons) - _SHOWN} more" if len(reasons) > _SHOWN else ""
        yield f"{matrix.names.get(table, table)}: attempts failed for another reason: {'; '.join(reasons[:_SHOWN])}{more}"
    wrong = sum(one.contradicted for one in trial.tried)
    leaks = sum(one.reach == "foreign" for one in trial.tried)
    yield f"{len(trial.tried)} attempts: {leaks} reach rows of others, {wrong} contradict a verdict."


def trial_as_json(matrix: Matrix, trial: Trial) -> dict[str, Any]:
    """Everything."""
    return {
        "rows": trial.rows,
        "tried": [
            {
                "table": matrix.names[one.said.table], "command": one.said.command, "role": one.said.role,
                "verdict": one.said.verdict, "possible": one.reach, "contradicted": one.contradicted,
                "because": one.said.because,
            }
            for one in trial.tried
        ],
        "not_tried": [{"table": matrix.names.get(oid, ""), "reason": why} for oid, why in trial.empty.items()],
        "obstacles": [
            {"table": matrix.names.get(oid, ""), "reasons": list(why)} for oid, why in trial.obstacles.items()
        ],
    }  # fmt: skip
