"""Taking objects out of the catalog, once it is decided what goes."""

from __future__ import annotations

import msgspec

from schemabot.catalog.apply.dependencies import Target
from schemabot.catalog.apply.publications import without_table
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Change, Domain, OtherType, Sequence, Table, View
from schemabot.text import Span


def remove(step: Step, gone: dict[Target, bool], span: Span | None = None) -> None:
    """Remove everything in `gone`. With `span`, tables that lose a part note the change."""
    whole = {target.oid for target in gone if target.kind in ("relation", "type")}
    parts: dict[int, list[Target]] = {}
    for target in gone:
        if target.name:
            _remove_named(step, target)
        elif target.kind == "relation":
            _remove_relation(step, target.oid)
        elif target.kind == "type":
            _remove_type(step, target.oid)
        elif target.kind == "function":
            function = step.catalog.functions.get(target.oid)
            if function is not None:
                step.forget_function(function)
        elif target.kind == "object":
            catalog = step.catalog
            step.catalog = msgspec.structs.replace(
                catalog,
                objects=catalog.objects.drop(target.oid),
                dependents=catalog.dependents.drop(target.oid),
            )
        elif target.oid not in whole:
            parts.setdefault(target.oid, []).append(target)
    for oid, targets in parts.items():
        _remove_parts(step, oid, targets, span)


def _remove_named(step: Step, target: Target) -> None:
    catalog = step.catalog
    if target.kind == "schema":
        publications = catalog.publications
        for publication in publications.values():
            if target.name in publication.schemas:
                left = publication.schemas - {target.name}
                made = msgspec.structs.replace(publication, schemas=left)
                publications = publications.set(made.name, made)
        schemas = catalog.schemas.drop(target.name)
        defaults = tuple(d for d in catalog.default_privileges if d.schema != target.name)
        step.catalog = msgspec.structs.replace(
            catalog, schemas=schemas, publications=publications, default_privileges=defaults
        )
    elif target.kind == "publication table":
        published = catalog.publications.get(target.name)
        if published is not None:
            publications = catalog.publications.set(target.name, without_table(published, target.oid))
            step.catalog = msgspec.structs.replace(catalog, publications=publications)
    elif target.kind == "event trigger":
        triggers = catalog.event_triggers.drop(target.name)
        step.catalog = msgspec.structs.replace(catalog, event_triggers=triggers)
    else:
        step.catalog = msgspec.structs.replace(catalog, extensions=catalog.extensions.drop(target.name))


def _remove_relation(step: Step, oid: int) -> None:
    relation = step.catalog.relations.get(oid)
    if isinstance(relation, Sequence) and relation.owned_by is not None:
        table = step.catalog.table_by_oid(relation.owned_by[0])
        if table is not None:
            columns = tuple(
                msgspec.structs.replace(c, sequence=0) if c.sequence == oid else c for c in table.columns
            )
            step.put_relation(msgspec.structs.replace(table, columns=columns))
    if isinstance(relation, (Table, View)):
        for index in relation.indexes:
            step.unname_relation(relation.schema, index.name)
            step.forget_relation(index.oid)
    if isinstance(relation, Table):
        for constraint in relation.constraints:
            step.unname_constraint(relation.schema, constraint.name)
    if isinstance(relation, (Table, View, Sequence)):
        step.unname_relation(relation.schema, relation.name)
        step.forget_relation(oid)


def _remove_type(step: Step, oid: int) -> None:
    item = step.catalog.types.get(oid)
    if item is None:
        return
    step.forget_type(item)
    if isinstance(item, OtherType) and item.kind == "composite":
        if step.catalog.relation_names.get((item.schema, item.name)) == oid:
            step.unname_relation(item.schema, item.name)
        step.forget_relation(oid)
    if isinstance(item, Domain):
        for constraint in item.constraints:
            step.unname_constraint(item.schema, constraint.name)


def _remove_parts(step: Step, oid: int, targets: list[Target], span: Span | None) -> None:
    owner = step.catalog.relations.get(oid) or step.catalog.types.get(oid)
    if isinstance(owner, Table):
        _remove_from_table(step, owner, targets, span)
    elif isinstance(owner, View):
        gone = {target.part for target in targets}
        for index in owner.indexes:
            if index.oid in gone:
                step.unname_relation(owner.schema, index.name)
                step.forget_relation(index.oid)
        step.put_relation(msgspec.structs.replace(
            owner, indexes=tuple(i for i in owner.indexes if i.oid not in gone),
            triggers=tuple(t for t in owner.triggers if t.oid not in gone),
        ))  # fmt: skip
    elif isinstance(owner, OtherType):
        numbers = {target.part for target in targets if target.kind == "column"}
        columns = tuple(c for c in owner.columns if c.number not in numbers)
        owner = msgspec.structs.replace(owner, columns=columns)
        step.put_type(owner)
        if oid in step.catalog.relations:
            step.put_relation(owner)
    elif isinstance(owner, Domain):
        gone = {target.part for target in targets if target.kind == "domain constraint"}
        default = None if any(t.kind == "domain default" for t in targets) else owner.default
        constraints = tuple(c for c in owner.constraints if c.oid not in gone)
        step.put_type(msgspec.structs.replace(owner, default=default, constraints=constraints))


def _remove_from_table(step: Step, table: Table, targets: list[Target], span: Span | None) -> None:
    by_kind: dict[str, set[int]] = {}
    for target in targets:
        by_kind.setdefault(target.kind, set()).add(target.part)
    none: set[int] = set()
    columns, defaults = by_kind.get("column", none), by_kind.get("default", none)
    constraints, indexes = by_kind.get("constraint", none), by_kind.get("index", none)
    policies, triggers = by_kind.get("policy", none), by_kind.get("trigger", none)
    changes: list[Change] = []

    def note(what: str) -> None:
        if span is not None:
            changes.append(step.change(what, span))

    for column in table.columns:
        if column.number in columns:
            note(f"column {column.name}")
        elif column.number in defaults:
            note(f"default of column {column.name}")
    for constraint in table.constraints:
        if constraint.oid in constraints:
            step.unname_constraint(table.schema, constraint.name)
            note(f"constraint {constraint.name}")
    for index in table.indexes:
        if index.oid in indexes:
            step.unname_relation(table.schema, index.name)
            step.forget_relation(index.oid)
            if not index.constraint:
                note(f"index {index.name}")
    for policy in table.policies:
        if policy.oid in policies:
            note(f"policy {policy.name}")
    for trigger in table.triggers:
        if trigger.oid in triggers:
            note(f"trigger {trigger.name}")
    step.put_relation(msgspec.structs.replace(
        table,
        columns=tuple(
            msgspec.structs.replace(c, default=None) if c.number in defaults else c
            for c in table.columns if c.number not in columns
        ),
        constraints=tuple(c for c in table.constraints if c.oid not in constraints),
        indexes=tuple(i for i in table.indexes if i.oid not in indexes),
        policies=tuple(p for p in table.policies if p.oid not in policies),
        triggers=tuple(t for t in table.triggers if t.oid not in triggers),
        changes=(*table.changes, *changes),
    ))  # fmt: skip
