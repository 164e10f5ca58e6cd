"""The mentions of a statement: each of its facts with the states before and behind it.

What was found is kept as long as the replay of the statement lives: an edit makes only what was replayed again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from schemabot.analysis.history import StatementReplay
from schemabot.catalog.apply.step import Rejected
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.state import State
from schemabot.facts import model
from schemabot.facts.kinds.alter_table import TableFact
from schemabot.facts.model import AnyFact
from schemabot.features.names import bodies, definitions, tables
from schemabot.features.names.binder import bind_query
from schemabot.features.names.collector import Collector
from schemabot.features.names.loose import loose_names
from schemabot.features.names.target import Mention, Target
from schemabot.rulekit.once import OncePerCatalog
from schemabot.text import Span

_READERS: dict[type[Any], Callable[[Collector, Any], object]] = {
    model.CreateSchema: definitions.create_schema,
    model.CreateTable: tables.create_table,
    model.CreateIndex: tables.create_index,
    model.CreatePolicy: tables.policy,
    model.AlterPolicy: tables.policy,
    model.CreateTrigger: tables.trigger,
    model.CreateRule: tables.rule,
    model.CreateView: definitions.create_view,
    model.CreateEnum: lambda c, fact: definitions.create_type(c, fact.name),
    model.CreateType: lambda c, fact: definitions.create_type(c, fact.name),
    model.AddEnumValue: definitions.changed_label,
    model.RenameEnumValue: definitions.changed_label,
    model.CreateDomain: definitions.create_domain,
    model.AlterDomain: definitions.alter_domain,
    model.CreateComposite: definitions.create_composite,
    model.CreateSequence: definitions.create_sequence,
    model.CreateExtension: definitions.create_extension,
    model.CreateRole: definitions.create_role,
    model.CreateEventTrigger: definitions.event_trigger,
    model.CreatePublication: definitions.publication,
    model.AlterPublication: definitions.publication,
    model.CreateAggregate: lambda c, fact: c.function(fact.name, late=True, declares=True),
    model.AlterFunction: definitions.alter_function,
    model.DropObject: definitions.drop,
    model.RenameObject: definitions.rename,
    model.MoveToSchema: definitions.move,
    model.ChangeOwner: definitions.owner,
    model.SetComment: definitions.comment,
    model.ChangePrivileges: definitions.privileges,
    model.GrantRole: definitions.grant_role,
    model.ChangeDefaultPrivileges: definitions.default_privileges,
    model.SetSearchPath: definitions.search_path,
    model.SetRole: definitions.set_role,
    model.UpdateRows: definitions.update,
    model.DeleteRows: lambda c, fact: bind_query(c, fact.query),
    model.RunQuery: lambda c, fact: bind_query(c, fact.query),
    model.TruncateTable: lambda c, fact: c.relation(fact.table),
    model.Unanalysed: lambda c, fact: loose_names(c),
}


_known: WeakKeyDictionary[StatementReplay, tuple[Mention, ...]] = WeakKeyDictionary()


def statement_mentions(step: StatementReplay) -> tuple[Mention, ...]:
    """The names in a statement whose meaning is known, in order of their places."""
    found = _known.get(step)
    if found is None:
        found = _known[step] = _mentions(step)
    return found


def _mentions(step: StatementReplay) -> tuple[Mention, ...]:
    found: dict[tuple[Span, Target], Mention] = {}
    text, before = step.statement.text, step.before
    for fact, part in zip(step.extracted.facts, step.outcome.parts, strict=False):
        names_of_fact(Collector(text, before, part.state, found=found), fact)
        before = part.state
    return tuple(sorted(found.values()))


def _late(catalog: Catalog, step: StatementReplay) -> tuple[Mention, ...]:
    state = State(catalog, step.outcome.state.session)
    found: dict[tuple[Span, Target], Mention] = {}
    for fact in step.extracted.facts:
        if isinstance(fact, model.CreateFunction):
            names_of_fact(Collector(step.statement.text, state, state, found=found), fact)
    return tuple(sorted(found.values()))


late_mentions: OncePerCatalog[StatementReplay, tuple[Mention, ...]] = OncePerCatalog(_late)
"""The names in the body of a function by a later catalog: what it speaks of may be made after it."""


def _elsewhere(catalog: Catalog, step: StatementReplay) -> tuple[Mention, ...]:
    state = State(catalog, step.before.session)
    found: dict[tuple[Span, Target], Mention] = {}
    for fact in step.extracted.facts:
        names_of_fact(Collector(step.statement.text, state, state, found=found), fact)
    return tuple(sorted(found.values()))


mentions_elsewhere: OncePerCatalog[StatementReplay, tuple[Mention, ...]] = OncePerCatalog(_elsewhere)
"""The names in a statement by the catalog of another database."""


def names_of_fact(c: Collector, fact: AnyFact) -> None:
    """Note every name in one fact whose meaning is known."""
    reader = _READERS.get(type(fact))
    with suppress(Rejected):
        if reader is not None:
            reader(c, fact)
        elif isinstance(fact, TableFact):
            tables.alter_table(c, fact)
        elif isinstance(fact, model.InsertRows):
            _insert(c, fact)
        elif isinstance(fact, model.CreateFunction):
            bodies.create_function(c, fact, names_of_fact)
        elif isinstance(fact, model.RunBlock):
            bodies.run_block(c, fact, names_of_fact)


def _insert(c: Collector, fact: model.InsertRows) -> None:
    if fact.query is not None:
        bind_query(c, fact.query)
        return
    table = c.relation(fact.table)
    for column in fact.columns:
        c.column(table, column.name, column.span)
