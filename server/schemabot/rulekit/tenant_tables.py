"""Business tables: those whose rows belong to organisations, or should. What the rules about tenancy speak of."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Bound, Column, Constraint, Table
from schemabot.facts.expression import Call, Node, Test, walk
from schemabot.facts.expression import Column as ColumnName
from schemabot.isolation.tenancy_model import Decisions, TenancyModel
from schemabot.rulekit.context import StateContext
from schemabot.rulekit.once import OncePerCatalog
from schemabot.rulekit.tenancy import matches
from schemabot.rulekit.tenancy_model import tenancy_model

_RECORDS = re.compile(
    r"(?:\A|_)(?:logs?|audits?|events?|history|histories|snapshots?|archives?|archived|backups?|deleted|metrics|stats|"
    r"usage|webhooks?|outbox|queue|jobs?)(?:_|\Z)"
)
_FEWEST = 2
_MOST = 0.6


class TenantTable(msgspec.Struct, frozen=True):
    """A business table with the column that names the organisation of a row."""

    table: Table
    column: Column
    model: TenancyModel


def organisations_of(context: StateContext[Any]) -> TenancyModel | None:
    """The tenancy model, if the project keeps organisations apart by a column."""
    model = tenancy_model(context)
    return model if model.kind == "organisation" and model.column is not None else None


def tenant_table(table: Table, context: StateContext[Any]) -> TenantTable | None:
    """The business table with its tenant column; None where rules about that column have nothing to say."""
    model = organisations_of(context)
    if model is None:
        return None
    column = tenant_column_of(table, model)
    if column is None or not is_business(table, context, model):
        return None
    return TenantTable(table, column, model)


def tenant_column_of(table: Table, model: TenancyModel) -> Column | None:
    """The table's own column of the model's name, unless it refers to something else than an organisation."""
    column = table.column(model.column or "")
    if column is None or column.origin.platform:
        return None
    others = {key.references for key in foreign_keys(table) if key.columns == (column.number,)}
    return None if others and model.organisations and model.organisations not in others else column


def is_business(table: Table, context: StateContext[Any], model: TenancyModel) -> bool:
    """Whether it is a business table: exposed, fully known, neither that of the organisations nor of who belongs
    to them, nor keyed by a user, nor exempt. Partitions and children follow their parents."""
    tenancy = context.project.settings.tenancy
    return (
        not table.partition_of
        and not table.parents
        and table.kind != "foreign"
        and table.columns_known
        and table.oid != model.organisations
        and context.concerns(table)
        and context.project.is_exposed(table.schema)
        and model.membership(table.oid) is None
        and not is_person(table.oid, model)
        and not matches(table.schema, table.name, (*tenancy.exempt, *tenancy.service_only))
    )


def is_person(table: int, model: TenancyModel) -> bool:
    """Whether the table has one row for a user."""
    return model.person(table) is not None


def names_organisation(table: Table, model: TenancyModel) -> bool:
    """Whether a row says itself which organisation it belongs to, whatever the column is called."""
    return tenant_column_of(table, model) is not None or any(
        model.organisations and key.references == model.organisations for key in foreign_keys(table)
    )


def is_record(table: Table) -> bool:
    """Whether the table is called like one that only records what happened: a log, an archive, a queue."""
    return _RECORDS.search(table.name.lower()) is not None


def foreign_keys(table: Table) -> list[Constraint]:
    """The table's foreign keys."""
    return [c for c in table.constraints if c.kind == "foreign key"]


def tests_for_null(bound: Bound | None, column: str) -> bool:
    """Whether an expression asks if the column is null, or puts something in the place of null."""
    if bound is None or column not in bound.text:
        return False
    for part in walk(bound.expression.root):
        if isinstance(part, Test) and part.operator in ("null", "not null"):
            asked: tuple[Node, ...] = (part.arg,)
        elif isinstance(part, Call) and part.name[-1] in ("coalesce", "num_nonnulls", "num_nulls"):
            asked = part.args
        else:
            continue
        if any(isinstance(node, ColumnName) and node.parts[-1:] == (column,) for node in asked):
            return True
    return False


def scoped_by_column(context: StateContext[Any], model: TenancyModel) -> bool:
    """Whether the tenant column is what most business tables of the project say their organisation with."""
    return _practice(context.settled, model.decisions).by_column


def is_scoped_by_column(catalog: Catalog, model: TenancyModel) -> bool:
    """The same for a catalog."""
    return _practice(catalog, model.decisions).by_column


def practice_of(catalog: Catalog, model: TenancyModel) -> Practice:
    """How the project of a catalog uses its tenant column."""
    return _practice(catalog, model.decisions)


def carries_column_in_references(context: StateContext[Any], model: TenancyModel) -> bool:
    """Whether some foreign key of the project between two tables carries the tenant column."""
    return _practice(context.settled, model.decisions).in_references


class Practice(msgspec.Struct, frozen=True):
    """How a project says whose rows are whose: mostly by the tenant column, and in its references too."""

    by_column: bool
    in_references: bool


def _observed(catalog: Catalog, decisions: Decisions) -> Practice:
    model = TenancyModel(decisions, catalog)
    having = others = 0
    in_references = False
    for table in catalog.tables():
        if table.origin.platform or table.partition_of or table.oid == model.organisations:
            continue
        column = tenant_column_of(table, model)
        if column is not None:
            having += 1
            in_references = in_references or any(
                column.number in key.columns and len(key.columns) > 1 for key in foreign_keys(table)
            )
        elif model.ownership(table.oid).kind != "user":
            others += 1
    return Practice(having >= _FEWEST and having >= _MOST * (having + others), in_references)


_practice: OncePerCatalog[Decisions, Practice] = OncePerCatalog(_observed)
