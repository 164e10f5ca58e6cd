"""Views, and what hangs on tables and views: policies, triggers, rules; event triggers and publications too."""

from __future__ import annotations

from typing import Final

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    EventTrigger,
    Firing,
    Policy,
    Publication,
    PublishedTable,
    Rule,
    Table,
    Trigger,
    View,
)
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render.tables import table_name
from schemabot.catalog.render.writer import NotExactError, Writer, literal, options, role_name
from schemabot.facts import expression as ex

FIRING: Final[dict[Firing, str]] = {
    "origin": "enable", "disabled": "disable", "replica": "enable replica", "always": "enable always"
}  # fmt: skip


def write_view(w: Writer, view: View) -> list[str]:
    """CREATE VIEW or MATERIALIZED VIEW, its columns named."""
    if view.unresolved:
        raise NotExactError(f"{'.'.join(view.unresolved[0])} is not known")
    if not view.columns_known:
        raise NotExactError("its columns are not known")
    query = view.query
    w.searched(view.path)
    roots: list[ex.Query] = [query.query]
    text = w.query(query.text, query.span.start, view.places, roots)
    columns = ", ".join(quote_identifier(column.name) for column in view.columns)
    if view.recursive:
        named = query.query.with_[0]
        own = ", ".join(map(quote_identifier, named.columns))
        name = quote_identifier(named.name)
        text = f"with recursive {name} ({own}) as (\n{text}\n) " + f"select {own} from {name}"  # noqa: S608  # DDL
    words = ["create materialized view" if view.materialized else "create view", table_name(view)]
    if columns:
        words.append(f"({columns})")
    if view.options:
        words.append(f"with ({options(view.options)})")
    defaults = [
        f"alter view {table_name(view)} alter column {quote_identifier(view.columns[place - 1].name)} set default"
        f" {w.expression(bound)}"
        for place, bound in view.column_defaults
    ]
    return [" ".join(words) + f" as\n{text}", *defaults]


def write_policy(w: Writer, table: Table, policy: Policy) -> list[str]:
    """CREATE POLICY."""
    words = [f"create policy {quote_identifier(policy.name)} on {table_name(table)}"]
    if not policy.permissive:
        words.append("as restrictive")
    words.append(f"for {policy.command} to " + ", ".join(role_name(role) for role in policy.roles))
    if policy.using is not None:
        words.append(f"using ({w.expression(policy.using)})")
    if policy.check is not None:
        words.append(f"with check ({w.expression(policy.check)})")
    return [" ".join(words)]


def write_trigger(w: Writer, owner: Table | View, trigger: Trigger) -> list[str]:
    """CREATE TRIGGER, and when it fires."""
    name = quote_identifier(trigger.name)
    words = ["create constraint trigger" if trigger.constraint else "create trigger", name, trigger.timing]
    events: list[str] = []
    for event in trigger.events:
        columns = ""
        if event == "update" and trigger.update_columns and isinstance(owner, Table):
            columns = " of " + w.columns(owner, trigger.update_columns)
        events.append(event + columns)
    words += [" or ".join(events), "on", table_name(owner)]
    if trigger.references:
        words.append(f"from {w.relation(trigger.references)}")
    if trigger.deferrable:
        words.append("deferrable")
    if trigger.initially_deferred:
        words.append("initially deferred")
    if trigger.old_table or trigger.new_table:
        words.append("referencing")
        words += [f"old table as {quote_identifier(trigger.old_table)}"] if trigger.old_table else []
        words += [f"new table as {quote_identifier(trigger.new_table)}"] if trigger.new_table else []
    words.append("for each row" if trigger.for_each_row else "for each statement")
    if trigger.when is not None:
        words.append(f"when ({w.expression(trigger.when)})")
    arguments = ", ".join(literal(text).strip() for text in trigger.arguments)
    words.append(f"execute function {w.function(trigger.function, trigger.function_name)}({arguments})")
    found = [" ".join(words)]
    if trigger.enabled != "origin":
        found.append(f"alter table {table_name(owner)} {FIRING[trigger.enabled]} trigger {name}")
    return found


def write_rule(w: Writer, owner: Table | View, rule: Rule) -> list[str]:
    """CREATE RULE, and when it fires."""
    if rule.definition is None:
        raise NotExactError("its definition is not known")
    name = quote_identifier(rule.name)
    text = w.clause(rule.definition)
    w.searched(rule.definition.path, whole=True)
    found = [f"create rule {name} as on {rule.event} to {table_name(owner)} {text.strip().rstrip(';')}"]
    if rule.enabled != "origin":
        found.append(f"alter table {table_name(owner)} {FIRING[rule.enabled]} rule {name}")
    return found


def write_event_trigger(w: Writer, item: EventTrigger) -> list[str]:
    """CREATE EVENT TRIGGER."""
    name = quote_identifier(item.name)
    when = f" when tag in ({', '.join(literal(tag).strip() for tag in item.tags)})" if item.tags else ""
    function = w.function(item.function, item.function_name)
    found = [f"create event trigger {name} on {item.event}{when} execute function {function}()"]
    if item.enabled != "origin":
        found.append(f"alter event trigger {name} {FIRING[item.enabled]}")
    return found


def write_publication(w: Writer, item: Publication) -> list[str]:
    """CREATE PUBLICATION."""
    words = [f"create publication {quote_identifier(item.name)}"]
    kept = [m for m in item.members if w.catalog.table_by_oid(m.table) is not None]  # others were dropped
    members = [_published(w, w.catalog, member) for member in kept]
    members += [f"tables in schema {quote_identifier(schema)}" for schema in sorted(item.schemas)]
    if item.all_tables:
        words.append("for all tables")
    elif members:
        words.append("for " + ", ".join(members))
    if item.options:
        words.append(f"with ({options(item.options)})")
    return [" ".join(words)]


def write_published(w: Writer, item: Publication, members: list[PublishedTable]) -> list[str]:
    """ALTER PUBLICATION ... ADD of what one of the platform has besides."""
    added = ", ".join(_published(w, w.catalog, member) for member in members)
    return [f"alter publication {quote_identifier(item.name)} add {added}"] if added else []


def _published(w: Writer, catalog: Catalog, member: PublishedTable) -> str:
    table = catalog.table_by_oid(member.table)
    if table is None:
        raise NotExactError("a table of it is not known")
    text = f"table only {quote_qualified(table.schema, table.name)}"
    if member.columns:
        text += f" ({w.columns(table, member.columns)})"
    if member.filter is not None:
        text += f" where ({w.expression(member.filter)})"
    return text
