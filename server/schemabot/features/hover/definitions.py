"""Hovers of functions, policies, types, indexes, constraints, triggers and what has a name only."""

from __future__ import annotations

from collections.abc import Callable

from schemabot.analysis import Analysis
from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Constraint,
    Domain,
    EnumType,
    EventTrigger,
    Extension,
    Function,
    FunctionParameter,
    Index,
    OtherType,
    Policy,
    Publication,
    Role,
    Rule,
    SchemaObject,
    Table,
    Trigger,
    TypeObject,
    View,
)
from schemabot.catalog.printed import printed
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render import (
    render_constraint,
    render_index,
    render_policy,
    render_rule,
    render_trigger,
)
from schemabot.catalog.render.writer import Rendered
from schemabot.features.hover.markdown import code, joined, listed, plain, sql
from schemabot.features.hover.security import policy_verdicts, row_security

_MOST_LABELS = 40
_MOST_USERS = 10


def of_function(catalog: Catalog, item: Function) -> str:
    """A function: signature, language, whose rights it runs with, settings, who uses it as a trigger."""
    rights = (
        f"**security definer**: runs with the rights of {code(item.owner)}"
        if item.security_definer
        else "security invoker"
    )
    facts = [item.language, item.volatility, rights]
    if item.strict:
        facts.append("strict")
    settings = [code(f"{name} = {value}" if value else f"{name} = ''") for name, value in item.settings]
    if item.security_definer and not any(name == "search_path" for name, _ in item.settings):
        settings.append("no `search_path` of its own")
    return joined(
        (
            sql(signature(catalog, item)),
            plain(item.comment or ""),
            " · ".join(facts),
            f"With {', '.join(settings)}." if settings else "",
            _fired_by(catalog, item),
        )
    )


def signature(catalog: Catalog, item: Function) -> str:
    """`function schema.name(parameters) returns type`."""
    taken = [_parameter(catalog, p) for p in item.parameters if p.mode != "table"]
    parameters = ", ".join(taken)
    if len(parameters) > 70:
        parameters = "\n  " + ",\n  ".join(taken) + "\n"
    shown = f"{item.kind} {quote_qualified(item.schema, item.name)}({parameters})"
    rows = [_parameter(catalog, p) for p in item.parameters if p.mode == "table"]
    if rows:
        return f"{shown} returns table ({', '.join(rows)})"
    if item.returns is None:
        return shown
    return f"{shown} returns {'setof ' if item.returns_set else ''}{format_type(catalog, item.returns)}"


def _parameter(catalog: Catalog, parameter: FunctionParameter) -> str:
    words: list[str] = [] if parameter.mode in ("in", "table") else [parameter.mode]
    if parameter.name:
        words.append(quote_identifier(parameter.name))
    words.append(format_type(catalog, parameter.type))
    if parameter.default is not None:
        words.append(f"default {printed(catalog, parameter.default)}")
    return " ".join(words)


def _fired_by(catalog: Catalog, item: Function) -> str:
    if item.returns is None or item.returns.name != "trigger":
        return ""
    tables = [
        code(f"{relation.schema}.{relation.name}")
        for oid in catalog.dependents.get(item.oid) or ()
        if isinstance(relation := catalog.relations.get(oid), (Table, View))
        and any(trigger.function == item.oid for trigger in relation.triggers)
    ]
    return f"Fired by triggers on {listed(tables, _MOST_USERS)}." if tables else ""


def of_policy(analysis: Analysis, catalog: Catalog, owner: Table, item: Policy) -> str:
    """A policy as a statement, and what is said about the commands that it speaks of."""
    head = analysis.head.catalog.table_by_oid(owner.oid)
    now = None if head is None else next((p for p in head.policies if p.oid == item.oid), None)
    verdicts = "" if head is None or now is None else policy_verdicts(analysis, head, now)
    off = (
        ""
        if owner.rls or (head is not None and head.rls)
        else row_security(owner) + " The policy does nothing."
    )
    return joined((policy_statement(catalog, owner, item), plain(item.comment or ""), off, verdicts))


def policy_statement(catalog: Catalog, owner: Table, item: Policy) -> str:
    """A policy as the statement that makes it."""
    return _rendered(render_policy(catalog, owner, item), item.name)


def of_index(catalog: Catalog, owner: Table | View, item: Index) -> str:
    """An index as a statement; that of a key as the constraint."""
    if isinstance(owner, Table) and item.constraint:
        for behind in owner.constraints:
            if behind.oid == item.constraint:
                shown = _rendered(render_constraint(catalog, owner, behind), item.name)
                return joined((shown, f"The index behind the constraint {code(behind.name)}."))
    return joined((_rendered(render_index(catalog, owner, item), item.name), plain(item.comment or "")))


def of_constraint(catalog: Catalog, owner: Table, item: Constraint) -> str:
    """A constraint as a statement."""
    state = "" if item.validated else "Not validated: rows that were there before it may break it."
    shown = _rendered(render_constraint(catalog, owner, item), item.name)
    return joined((shown, plain(item.comment or ""), state))


def of_trigger(catalog: Catalog, owner: Table | View, item: Trigger) -> str:
    """A trigger as a statement."""
    return joined((_rendered(render_trigger(catalog, owner, item), item.name), plain(item.comment or "")))


def of_rule(catalog: Catalog, owner: Table | View, item: Rule) -> str:
    """A rewrite rule as a statement."""
    return joined((_rendered(render_rule(catalog, owner, item), item.name), plain(item.comment or "")))


def _rendered(made: Rendered, name: str) -> str:
    """The statement that makes an object, without the settings around it."""
    shown = [text for text in made.statements if not text.startswith("set search_path")]
    return sql(shown[0]) if shown else code(name)


def of_type(catalog: Catalog, item: TypeObject) -> str:
    """An enum with its labels, a domain with what it demands, a composite type with its fields."""
    name = quote_qualified(item.schema, item.name)
    if isinstance(item, EnumType):
        labels = [f"'{label}'" for label in item.labels]
        return joined(
            (sql(f"enum {name}"), plain(item.comment or ""), listed([code(x) for x in labels], _MOST_LABELS))
        )
    if isinstance(item, Domain):
        return _domain(catalog, item, name)
    return _other(catalog, item, name)


def _domain(catalog: Catalog, item: Domain, name: str) -> str:
    shown = f"domain {name} as {format_type(catalog, item.base)}"
    if item.not_null:
        shown += " not null"
    if item.default is not None:
        shown += f" default {printed(catalog, item.default)}"
    for constraint in item.constraints:
        if constraint.expression is not None:
            shown += f"\n  check ({printed(catalog, constraint.expression)})"
    return joined((sql(shown), plain(item.comment or "")))


def _other(catalog: Catalog, item: OtherType, name: str) -> str:
    shown = f"{item.kind} type {name}"
    if item.columns:
        fields = [f"  {quote_identifier(c.name)} {format_type(catalog, c.type)}" for c in item.columns]
        shown += " (\n" + ",\n".join(fields) + "\n)"
    elif item.subtype is not None:
        shown += f" of {format_type(catalog, item.subtype)}"
    return joined((sql(shown), plain(item.comment or "")))


def of_named(item: SchemaObject | Role | Extension | Publication | EventTrigger) -> str:
    """What has no oid, or nothing to show but a few words."""
    name = quote_identifier(item.name)
    if isinstance(item, Role):
        words = ", ".join(sorted(item.attributes)) or "no attributes"
        member = (
            f"Member of {listed([code(r) for r in sorted(item.member_of)], _MOST_USERS)}."
            if item.member_of
            else ""
        )
        return joined((sql(f"role {name}"), words, member))
    return joined((sql(_WORDS[type(item)](item, name)), plain(item.comment or "")))


_WORDS: dict[type, Callable[..., str]] = {
    SchemaObject: lambda item, name: f"schema {name}",
    Extension: lambda item, name: f"extension {name} with schema {quote_identifier(item.schema)}",
    Publication: lambda item, name: f"publication {name}" + (" for all tables" if item.all_tables else ""),
    EventTrigger: lambda item, name: f"event trigger {name} on {item.event}",
}
