"""What the migrations changed of the platform's own objects, as ALTERs."""

from __future__ import annotations

from collections.abc import Iterator

from schemabot.catalog.objects import EnumType, Function, Sequence, Table, View
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render import functions, tables
from schemabot.catalog.render.bodies import write_keys
from schemabot.catalog.render.output import Output
from schemabot.catalog.render.tables import table_name
from schemabot.catalog.render.writer import CannotRender, literal


def write_dropped(out: Output) -> None:
    """What the platform brings and the migrations dropped; it comes first."""
    if out.before is None:
        return
    catalog = out.catalog
    for relation in out.before.relations.values():
        is_owned = isinstance(relation, Sequence) and relation.owned_by is not None
        is_whole = isinstance(relation, (Table, View, Sequence)) and not is_owned
        if is_whole and relation.oid not in catalog.relations:
            out.statements.append(f"drop {out.target(relation)} cascade")
        now = catalog.relations.get(relation.oid)
        if isinstance(relation, Table) and isinstance(now, Table):
            out.statements += _dropped_parts(relation, now)
    for function in out.before.functions.values():
        if function.oid not in catalog.functions and function.extension is None:
            types = ", ".join(out.w.type(ref) for ref in function.signature)
            name = quote_qualified(function.schema, function.name)
            out.statements.append(f"drop routine {name}({types}) cascade")
    for trigger in out.before.event_triggers.values():
        if trigger.name not in catalog.event_triggers:
            out.statements.append(f"drop event trigger {quote_identifier(trigger.name)}")
    for publication in out.before.publications.values():
        if publication.name not in catalog.publications:
            out.statements.append(f"drop publication {quote_identifier(publication.name)}")


def _dropped_parts(before: Table, now: Table) -> Iterator[str]:
    name = quote_qualified(before.schema, before.name)
    kept = {policy.oid for policy in now.policies}
    for policy in before.policies:
        if policy.oid not in kept:
            yield f"drop policy {quote_identifier(policy.name)} on {name}"
    kept = {trigger.oid for trigger in now.triggers}
    for trigger in before.triggers:
        if trigger.oid not in kept:
            yield f"drop trigger {quote_identifier(trigger.name)} on {name}"
    kept = {constraint.oid for constraint in now.constraints}
    for constraint in before.constraints:
        if constraint.oid not in kept:
            yield f"alter table {name} drop constraint if exists {quote_identifier(constraint.name)} cascade"
    numbers = {column.number for column in now.columns}
    for column in before.columns:
        if column.number not in numbers:
            yield f"alter table {name} drop column {quote_identifier(column.name)} cascade"


def write_changed(out: Output) -> None:
    """Columns and constraints added to the platform's tables, functions replaced, labels added."""
    if out.before is None:
        return
    for relation in out.catalog.relations.values():
        before = out.before.relations.get(getattr(relation, "oid", 0))
        if isinstance(relation, Table) and isinstance(before, Table) and relation is not before:
            _table(out, before, relation)
        elif isinstance(relation, View) and isinstance(before, View) and relation.query != before.query:
            out.not_rendered.append(CannotRender(out.label(relation), "it is a view of the platform"))
    for function in out.catalog.functions.values():
        was = out.before.functions.get(function.oid)
        if was is not None and _definition(was) != _definition(function):
            out.add(out.label(function), _replaced, out, function)
    for item in out.catalog.types.values():
        enum = out.before.types.get(item.oid)
        if isinstance(item, EnumType) and isinstance(enum, EnumType):
            _labels(out, enum, item)


def _replaced(out: Output, function: Function) -> list[str]:
    return functions.write_function(out.w, function, replace=True)


def _definition(function: Function) -> tuple[object, ...]:
    return (
        function.body, function.sql_body, function.settings, function.security_definer, function.volatility,
        function.strict, function.leakproof, function.parallel, function.parameters, function.cost, function.rows,
    )  # fmt: skip


def _labels(out: Output, before: EnumType, now: EnumType) -> None:
    name = quote_qualified(now.schema, now.name)
    for place, label in enumerate(now.labels):
        if label not in before.labels:
            where = (
                f"after {literal(now.labels[place - 1]).strip()}"
                if place
                else f"before {literal(before.labels[0]).strip()}"
            )
            out.statements.append(f"alter type {name} add value {literal(label).strip()} {where}")


def _table(out: Output, before: Table, now: Table) -> None:
    label = out.label(now)
    if (before.schema, before.name) != (now.schema, now.name):
        out.not_rendered.append(CannotRender(label, "it is a table of the platform with another name now"))
    numbers = {column.number: column for column in before.columns}
    for column in now.columns:
        known = numbers.get(column.number)
        if known is None:
            out.add(label, tables.write_added_column, out.w, now, column)
        elif known.name != column.name:
            old, new = quote_identifier(known.name), quote_identifier(column.name)
            out.statements.append(f"alter table {table_name(now)} rename column {old} to {new}")
        elif known.type != column.type:
            out.not_rendered.append(CannotRender(label, f"the type of its column {column.name} was changed"))
        elif known.default != column.default:
            if column.default is None:
                own = quote_identifier(column.name)
                out.statements.append(f"alter table {table_name(now)} alter column {own} drop default")
            else:
                out.add(label, tables.write_default, out.w, now, column)
    for constraint in now.constraints:
        if constraint.kind == "check" and out.added(constraint):
            out.add(label, tables.write_check, out.w, now, constraint)
        elif constraint.kind == "not null" and out.added(constraint) and constraint.columns[0] in numbers:
            out.add(label, tables.write_not_null, out.w, now, constraint)
    write_keys(out, now)
