"""Hover: what a name means at this point of the history, as Markdown."""

from __future__ import annotations

import msgspec

from schemabot.analysis import Analysis
from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Change,
    Column,
    Constraint,
    Domain,
    EnumType,
    Function,
    FunctionParameter,
    Index,
    Origin,
    OtherType,
    Policy,
    Rule,
    Sequence,
    Table,
    Trigger,
    View,
    ViewColumn,
)
from schemabot.features.hover import definitions, relations
from schemabot.features.hover.markdown import code, joined, listed, plain, sql
from schemabot.features.hover.security import row_security
from schemabot.features.hover.story import story
from schemabot.features.hover.words import keyword_at, rule_in_comment, rule_in_settings
from schemabot.features.names.found import Item, find, owner_of
from schemabot.features.names.names_at import NameAt, name_at, remote_name_at, replay_of, statement_at
from schemabot.features.names.target import Target
from schemabot.text import Span

_MOST_POLICIES = 12


class Hover(msgspec.Struct, frozen=True):
    """Markdown about what stands at `span` (absolute)."""

    span: Span
    markdown: str


def hover(analysis: Analysis, path: str, offset: int) -> Hover | None:
    """What there is to say about an absolute offset of a file; None when there is nothing."""
    replay = replay_of(analysis, path)
    if replay is None:
        return None
    if (said := rule_in_comment(replay, offset)) is not None:
        return Hover(*said)
    name = name_at(analysis, path, offset)
    if name is not None:
        text = describe(analysis, name)
        return Hover(name.span, text) if text else None
    there = remote_name_at(analysis, path, offset)
    if there is not None and (text := _in_the_remote(analysis, there)):
        return Hover(there.span, text)
    index = statement_at(replay, offset)
    if index is None:
        return None
    statement = replay.file.source.statements[index]
    found = keyword_at(statement.text, offset - statement.span.start)
    return None if found is None else Hover(found[0].shifted(statement.span.start), found[1])


def describe(analysis: Analysis, name: NameAt) -> str:
    """The Markdown about a name."""
    target = name.target
    if target.kind == "variable":
        return _variable(name.catalog if name.item is not None else name.after, target)
    item = name.item
    if item is None:
        return ""
    head = find(analysis.head.catalog, target)
    text = text_of(analysis, name.catalog, target, _with_comment(item, head))
    changes: tuple[Change, ...] = getattr(item if head is None else head, "changes", ())
    origin: Origin | None = getattr(item, "origin", None)
    now = analysis.project.index(name.path) or 0
    return joined((text, story(analysis, target, item.name, origin, changes, now)))


def _in_the_remote(analysis: Analysis, name: NameAt) -> str:
    """The Markdown about a name that only the real database knows."""
    remote, item = analysis.project.remote, name.item
    origin: Origin | None = getattr(item, "origin", None)
    if remote is None or item is None or (origin is not None and origin.platform):
        return ""
    if _is_made(analysis.head.catalog, owner_of(remote.catalog, name.target), item):
        return ""  # later in the history
    if isinstance(item, Table):
        named = listed([code(policy.name) for policy in item.policies], _MOST_POLICIES)
        rows = joined((row_security(item), f"Policies: {named}" if named else ""))
        text = relations.table_with(remote.catalog, item, rows)
    elif isinstance(item, Policy):
        owner = owner_of(remote.catalog, name.target)
        text = definitions.policy_statement(remote.catalog, owner, item) if isinstance(owner, Table) else ""
    else:
        text = text_of(analysis, remote.catalog, name.target, item)
    return joined((text, f"Only in the remote, {plain(remote.shown)}: no migration makes it."))


def _is_made(head: Catalog, owner: Table | View | None, item: Item) -> bool:
    """Whether the migrations make something of the name of a table, view, function, type or column."""
    if isinstance(item, Column | ViewColumn):
        made = None if owner is None else head.relation_names.get((owner.schema, owner.name))
        relation = None if made is None else head.relations.get(made)
        return isinstance(relation, Table | View) and any(c.name == item.name for c in relation.columns)
    if isinstance(item, Function):
        return bool(head.function_names.get((item.schema, item.name)))
    if isinstance(item, EnumType | Domain | OtherType):
        return (item.schema, item.name) in head.type_names
    return isinstance(item, Table | View | Sequence) and (item.schema, item.name) in head.relation_names


def _with_comment(item: Item, head: Item | None) -> Item:
    """The object with the comment that it has in the end, when it has none yet: it is usually set further down."""
    comment = getattr(head, "comment", None)
    if comment is None or getattr(item, "comment", comment) is not None:
        return item
    return msgspec.structs.replace(item, comment=comment)


def text_of(analysis: Analysis, catalog: Catalog, target: Target, item: Item) -> str:
    """The Markdown about an object of a catalog, without its history."""
    if isinstance(item, Table):
        return relations.of_table(analysis, catalog, item)
    if isinstance(item, View):
        return relations.of_view(catalog, item)
    if isinstance(item, Sequence):
        return relations.of_sequence(catalog, item)
    if isinstance(item, Function):
        return definitions.of_function(catalog, item)
    if isinstance(item, EnumType | Domain | OtherType):
        return definitions.of_type(catalog, item)
    owner = owner_of(catalog, target)
    if isinstance(item, Column | ViewColumn):
        return relations.of_column(catalog, owner, item)
    if owner is None:
        return (
            ""
            if isinstance(item, Constraint | Index | Policy | Trigger | Rule)
            else definitions.of_named(item)
        )
    return _part(analysis, catalog, owner, item)


def _part(analysis: Analysis, catalog: Catalog, owner: Table | View, item: Item) -> str:
    if isinstance(item, Index):
        return definitions.of_index(catalog, owner, item)
    if isinstance(item, Trigger):
        return definitions.of_trigger(catalog, owner, item)
    if isinstance(item, Rule):
        return definitions.of_rule(catalog, owner, item)
    if isinstance(item, Policy) and isinstance(owner, Table):
        return definitions.of_policy(analysis, catalog, owner, item)
    if isinstance(item, Constraint) and isinstance(owner, Table):
        return definitions.of_constraint(catalog, owner, item)
    return ""


def _variable(catalog: Catalog, target: Target) -> str:
    """A parameter with its type; of a variable only that it is one, its declaration is near."""
    function = catalog.functions.get(target.oid)
    parameter: FunctionParameter | None = None
    if function is not None:
        parameter = next((p for p in function.parameters if p.name == target.name), None)
    if function is None or parameter is None:
        return sql(f"variable {target.name}")
    mode = "column" if parameter.mode == "table" else "parameter"
    shown = f"{mode} {target.name} {format_type(catalog, parameter.type)}"
    return joined((sql(shown), f"Of the {function.kind} `{function.schema}.{function.name}`."))


__all__ = ["Hover", "describe", "hover", "rule_in_settings", "text_of"]
