"""Who reaches whose rows: the verdicts on every exposed table, command and role of the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from schemabot.analysis import Analysis
from schemabot.catalog.objects import Table
from schemabot.isolation import Judge, Judgement, TenancyModel
from schemabot.isolation.privileges import judged_roles
from schemabot.isolation.verdict import COMMANDS
from schemabot.rulekit.tenancy_model import model_of


class Matrix(msgspec.Struct, frozen=True):
    """The verdicts in order of tables, roles and commands; `names` are the tables' by oid, and those of tables that
    verdicts rest on. `judged` are the former."""

    model: TenancyModel
    roles: tuple[str, ...]
    names: dict[int, str]
    judged: tuple[int, ...]
    verdicts: tuple[Judgement, ...]


def isolation_matrix(analysis: Analysis, only: Iterable[str] = ()) -> Matrix:
    """The verdicts on the project's tables, or on those named `only` (with or without schema)."""
    catalog = analysis.head.catalog
    wanted = frozenset(only)
    tables = tuple(table for table in _tables(analysis) if not wanted or _is_named(table, wanted))
    model = model_of(catalog, analysis.project.settings)
    judge = Judge(catalog, model, analysis.project.platform)
    roles = judged_roles(catalog, analysis.project.platform, tables)
    verdicts = tuple(
        judge.judge(table, command, role) for table in tables for role in roles for command in COMMANDS
    )
    named = {table.oid for table in tables} | {oid for said in verdicts for oid in said.through}
    return Matrix(
        model=model,
        roles=roles,
        names={
            oid: f"{table.schema}.{table.name}"
            for oid in named
            if (table := catalog.table_by_oid(oid)) is not None
        },
        judged=tuple(table.oid for table in tables),
        verdicts=verdicts,
    )


def _tables(analysis: Analysis) -> Iterator[Table]:
    """Partitions too: who names one is not bound by its parent's policies."""
    view = analysis.view
    found = (
        table
        for table in analysis.head.catalog.tables()
        if not table.origin.platform
        and not table.temporary
        and table.extension is None
        and view.is_exposed(table.schema)
    )
    return iter(sorted(found, key=lambda table: (table.schema, table.name)))


def _is_named(table: Table, wanted: frozenset[str]) -> bool:
    return table.name in wanted or f"{table.schema}.{table.name}" in wanted


def as_json(matrix: Matrix) -> dict[str, Any]:
    """The verdicts as the contract has them, and the model they rest on."""
    return {
        "verdicts": [
            {
                "table": matrix.names[said.table],
                "command": said.command,
                "role": said.role,
                "verdict": said.verdict,
                "policies": list(said.policies),
                "because": said.because,
                "example": said.example,
                "through": sorted(matrix.names[oid] for oid in said.through),
            }
            for said in matrix.verdicts
        ],
        "model": {
            "kind": matrix.model.kind,
            "column": matrix.model.column,
            "because": list(matrix.model.because),
        },
    }
