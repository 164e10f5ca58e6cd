"""Views and materialised views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from schemabot.catalog.apply.acl import default_acl
from schemabot.catalog.apply.altered import refuse_foreign
from schemabot.catalog.apply.binding import analyse_query
from schemabot.catalog.apply.lookup import depend_on, kind_word, label, require_relation
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.tables import put_row_type
from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.objects import Index, IndexEntry, Relation, Table, Use, View, ViewColumn
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import CreateView, SetViewOptions


def create_view(step: Step, fact: CreateView) -> None:
    name = fact.name.name
    schema = "pg_temp" if fact.temporary else step.creation_schema(fact.name)
    there = step.catalog.relation(schema, name)
    old = _replaced(step, fact, schema, there)
    found = analyse_query(step, fact.query, report=True)
    columns, known = found.columns, found.known
    if fact.columns:
        if known and len(fact.columns) > len(columns):
            detail = "it specifies more column names than columns"
            step.reject(ProblemKind.INVALID, fact.name.span, f"{schema}.{name}", detail)
        known = known or len(fact.columns) >= len(columns)
        named = tuple(
            ViewColumn(column, columns[i].type if found.known else None)
            for i, column in enumerate(fact.columns)
        )
        columns = named + columns[len(fact.columns) :]
    if known:
        _check_columns(step, fact, f"{schema}.{name}", columns)
        if old is not None and old.columns_known:
            _check_replacement(step, fact, old, columns)
    owner = step.session.role if old is None else old.owner
    view = View(
        oid=step.new_oid() if old is None else old.oid,
        schema=schema,
        name=name,
        origin=step.origin(fact.name.span),
        query=fact.query,
        columns=columns,
        columns_known=known,
        uses=_once_each(found.uses),
        places=found.uses,
        path=step.search_path(),
        recursive=fact.recursive,
        unresolved=found.unresolved,
        materialized=fact.materialized,
        options=fact.options,
        temporary=schema == "pg_temp",
        owner=owner,
        acl=default_acl(step, "table", schema, owner) if old is None else old.acl,
        indexes=() if old is None else old.indexes,
        triggers=() if old is None else old.triggers,
        extension=None if old is None else old.extension,
        comment=None if old is None else old.comment,
    )
    step.put_relation(view)
    if old is None:
        step.name_relation(schema, name, view.oid)
        put_row_type(step, view)
    depend_on(step, view.oid, view.uses)


def _replaced(step: Step, fact: CreateView, schema: str, there: Relation | None) -> View | None:
    """The view that is replaced; None when the name is free."""
    name = fact.name.name
    if there is None:
        if (schema, name) in step.catalog.type_names:
            detail = "a type of that name exists"
            step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, f"{schema}.{name}", detail)
        return None
    if fact.if_not_exists or step.is_tainted(fact.name):
        step.skip()
    if not fact.or_replace:
        step.reject(ProblemKind.ALREADY_EXISTS, fact.name.span, f"{schema}.{name}")
    if isinstance(there, View) and not there.materialized:
        return there
    step.reject(ProblemKind.WRONG_KIND, fact.name.span, f"{schema}.{name}", f"it is {kind_word(there)}")


def _check_columns(step: Step, fact: CreateView, view: str, columns: tuple[ViewColumn, ...]) -> None:
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            step.reject(ProblemKind.DUPLICATE_COLUMN, fact.name.span, f"{view}.{column.name}")
        seen.add(column.name)


def _check_replacement(step: Step, fact: CreateView, old: View, columns: tuple[ViewColumn, ...]) -> None:
    """A replacement must keep the columns there are, in their order (checkViewColumns in view.c)."""
    span = fact.name.span
    if len(columns) < len(old.columns):
        step.reject(ProblemKind.CHANGED_SIGNATURE, span, label(old), "cannot drop columns from view")
    for was, now in zip(old.columns, columns, strict=False):
        if was.name != now.name:
            detail = f'cannot change name of view column "{was.name}" to "{now.name}"'
            step.reject(ProblemKind.CHANGED_SIGNATURE, span, label(old), detail)
        if was.type is None or now.type is None or not was.type.known or not now.type.known:
            continue
        if format_type(step.catalog, was.type) != format_type(step.catalog, now.type):
            detail = f'cannot change data type of view column "{was.name}"'
            step.reject(ProblemKind.CHANGED_SIGNATURE, span, label(old), detail)


def _once_each(uses: tuple[Use, ...]) -> tuple[Use, ...]:
    first: dict[tuple[int, int], Use] = {}
    for use in uses:
        first.setdefault((use.oid, use.number), use)
    return tuple(first.values())


def set_view_options(step: Step, fact: SetViewOptions) -> None:
    """SET and RESET of reloptions, of tables, views and indexes."""
    if fact.if_exists and step.find_relation(fact.table) is None:
        step.skip()
    relation = require_relation(step, fact.table)
    if not isinstance(relation, (Table, View)):
        _set_index_options(step, relation, fact)
        return
    refuse_foreign(step, relation, fact.table.span, "storage options")
    options = dict(relation.options)
    for name, value in fact.options:
        if value is None:
            options.pop(name, None)
        else:
            options[name] = value
    if isinstance(relation, Table):
        step.put_relation(msgspec.structs.replace(relation, options=tuple(options.items())))
        return
    changes = tuple(step.change(name, fact.span) for name, _ in fact.options)
    step.put_relation(
        msgspec.structs.replace(
            relation, options=tuple(options.items()), changes=(*relation.changes, *changes)
        )
    )


def _set_index_options(step: Step, entry: Relation, fact: SetViewOptions) -> None:
    owner = step.catalog.relations.get(entry.owner) if isinstance(entry, IndexEntry) else None
    if not isinstance(owner, (Table, View)):
        return
    indexes: list[Index] = []
    for index in owner.indexes:
        if index.oid == entry.oid:
            options = {**dict(index.options), **dict(fact.options)}
            kept = tuple((name, value) for name, value in options.items() if value is not None)
            index = msgspec.structs.replace(index, options=kept)
        indexes.append(index)
    step.put_relation(msgspec.structs.replace(owner, indexes=tuple(indexes)))


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    CreateView: create_view,
    SetViewOptions: set_view_options,
}
