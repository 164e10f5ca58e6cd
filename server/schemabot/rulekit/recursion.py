"""Policies that lead back to the table they are on, as PostgreSQL finds it when it puts them into a query.

It adds a table's policies to a query and looks into their sub-selects. A table that is met again there, and whose
policies for reading hold any sub-select (`(select auth.uid())` is one), is refused with 42P17; whether it could go on
for ever is not asked (rewriteHandler.c, fireRIRrules; measured on PostgreSQL 18). What a policy for writing reads of
its own table is therefore no circle where the policies for reading have no sub-select.

A function that runs with the caller's rights is a query of its own: its circle ends with 54001, when the stack is
full, and only if a row makes the server call it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Bound, Function, Policy, Table, View
from schemabot.facts import expression as ex
from schemabot.isolation.privileges import acting_as, is_unbound
from schemabot.isolation.scope import path_of
from schemabot.rulekit.callers import caller_roles, is_bound
from schemabot.rulekit.constancy import conjuncts
from schemabot.syntax.lexer import tokens

_READING = ("select", "all")
_COMMON = ("public", "anon", "authenticated")
_DEEPEST = 4


class Circle(msgspec.Struct, frozen=True):
    """The way back: the tables, the first one again at the end, and the policies that lead from each to the next.

    `function` is the one with the caller's rights that leads there. `role` is one that meets it.
    """

    tables: tuple[Table, ...]
    policies: tuple[Policy, ...]
    role: str
    function: Function | None = None

    @property
    def is_seen_from_each(self) -> bool:
        """Whether each of the policies finds the same circle, so that one of them may speak for all."""
        return self.role in _COMMON and all(policy.command in _READING for policy in self.policies)


def circle_of(policy: Policy, table: Table, catalog: Catalog, platform: str) -> Circle | None:
    """The shortest way from a policy back to its own table, for the first role that meets one."""
    if not _may_lead_on(policy, catalog):
        return None
    for role in _roles(policy, table, catalog, platform):
        roles = acting_as(catalog, role)
        if is_unbound(catalog, table, role) or not _counts(policy, table, roles):
            continue
        found = _by_queries(policy, table, catalog, role, roles) or _by_function(
            policy, table, catalog, role, roles
        )
        if found is not None:
            return found
    return None


def _may_lead_on(policy: Policy, catalog: Catalog) -> bool:
    """Whether a clause names a relation, or a function of the project, at all: most do not."""
    return any(
        use.number == 0
        and (
            use.oid in catalog.relations
            or ((called := catalog.functions.get(use.oid)) is not None and not called.origin.platform)
        )
        for bound in (policy.using, policy.check)
        if bound is not None
        for use in bound.uses
    )


def _roles(policy: Policy, table: Table, catalog: Catalog, platform: str) -> Iterator[str]:
    yield from (role for role in policy.roles if role != "public" and is_bound(catalog, role))
    if "public" in policy.roles:
        yield from caller_roles(catalog, platform, table)
        yield "public"


def _counts(policy: Policy, table: Table, roles: frozenset[str]) -> bool:
    """Whether PostgreSQL looks at the policy: a restrictive one only where a permissive one lets rows in."""
    return policy.permissive or any(
        other.permissive
        and roles & set(other.roles)
        and ("all" in (policy.command, other.command) or other.command == policy.command)
        for other in table.policies
    )


def _for_reading(table: Table, roles: frozenset[str]) -> tuple[Policy, ...]:
    """The policies that PostgreSQL adds where the table is read; none where no permissive one has a condition."""
    if not table.rls:
        return ()
    found = tuple(
        p for p in table.policies if p.command in _READING and p.using is not None and roles & set(p.roles)
    )
    return found if any(p.permissive for p in found) else ()


def _has_sub_select(policy: Policy) -> bool:
    return any(
        isinstance(part, ex.SubQuery)
        for bound in (policy.using, policy.check)
        if bound is not None
        for part in ex.walk(bound.expression.root)
    )


def _by_queries(
    policy: Policy, table: Table, catalog: Catalog, role: str, roles: frozenset[str]
) -> Circle | None:
    todo: list[tuple[Table, tuple[Table, ...], tuple[Policy, ...]]] = [
        (read, (table,), (policy,))
        for bound in (policy.using, policy.check)
        if bound is not None
        for read in _tables_read(bound, catalog)
    ]
    seen: set[int] = set()
    for read, way, through in todo:  # grows while it is gone through: the nearest first
        added = _for_reading(read, roles)
        if read.oid in seen or is_unbound(catalog, read, role) or not any(map(_has_sub_select, added)):
            continue
        if read.oid == table.oid:
            return Circle((*way, table), through, role)
        seen.add(read.oid)
        todo += [
            (further, (*way, read), (*through, other))
            for other in added
            if other.using is not None
            for further in _tables_read(other.using, catalog)
        ]
    return None


def _tables_read(bound: Bound, catalog: Catalog) -> Iterator[Table]:
    """The tables in the FROM of its sub-selects that are read with the caller's rights."""
    places = {use.span: use.oid for use in bound.uses if use.number == 0 and use.oid in catalog.relations}
    if places:
        for part in ex.walk(bound.expression.root):
            if isinstance(part, ex.TableRef) and part.name.span in places:
                yield from _behind(places[part.name.span], catalog, _DEEPEST)


def _behind(oid: int, catalog: Catalog, depth: int) -> Iterator[Table]:
    """The table itself, or those that a view with the caller's rights reads."""
    found = catalog.relations.get(oid)
    if isinstance(found, Table):
        yield found
    elif isinstance(found, View) and found.security_invoker and not found.materialized and depth:
        for read in {use.oid for use in found.uses}:
            yield from _behind(read, catalog, depth - 1)


def _by_function(
    policy: Policy, table: Table, catalog: Catalog, role: str, roles: frozenset[str]
) -> Circle | None:
    """A circle through a function that is called for every row: no other policy or alternative decides before.

    Which of several policies is asked first depends on their names, so that is left open.
    """
    added = _for_reading(table, roles)
    if policy.using is None or policy not in added:
        return None
    if policy.permissive and sum(other.permissive for other in added) > 1:
        return None
    called = {use.span: use.oid for use in policy.using.uses if use.number == 0}
    for call in _certain_calls(policy.using.expression.root):
        function = catalog.functions.get(called.get(call.span, 0))
        if function is not None and table.oid in _read_by(function, catalog, _DEEPEST):
            return Circle((table, table), (policy,), role, function)
    return None


def _certain_calls(root: ex.Node) -> Iterator[ex.Call]:
    """The calls that every row leads to: those of the first alternative, outside of sub-selects that read tables."""
    todo: list[object] = list(conjuncts(root))
    while todo:
        part = todo.pop()
        if isinstance(part, ex.Logical) and part.operator == "or":
            todo += conjuncts(part.args[0])
            continue
        if isinstance(part, ex.Case) or (isinstance(part, ex.Call) and part.special):
            continue
        if isinstance(part, ex.Query) and any(
            not isinstance(source, ex.FunctionRef) for source in part.sources
        ):
            continue
        if isinstance(part, ex.Call):
            yield part
        if isinstance(part, tuple):
            todo += part
        elif isinstance(part, ex.ExpressionPart | ex.Query | ex.Target):
            todo += [getattr(part, field) for field in part.__struct_fields__]


def _read_by(function: Function, catalog: Catalog, depth: int) -> frozenset[int]:
    """The tables that the function reads with the caller's rights, also by other functions."""
    if function.security_definer or function.origin.platform or function.body is None:
        return frozenset()
    path = path_of(function)
    tables, called = _names_in(function.body)
    found: set[int] = set()
    for schema, name in tables:
        for place in (schema,) if schema else path:
            relation = catalog.relation(place, name)
            if relation is not None:
                found.update(table.oid for table in _behind(relation.oid, catalog, _DEEPEST))
                break
    if depth:
        for schema, name in called:
            for place in (schema,) if schema else path:
                for other in catalog.functions_named(place, name):
                    found |= _read_by(other, catalog, depth - 1)
    return frozenset(found)


@lru_cache(maxsize=1024)
def _names_in(body: str) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """The tables behind FROM and JOIN, and the functions called, as (schema or "", name)."""
    words = [token.span.of(body) for token in tokens(body) if token.kind not in ("comment", "string")]
    folded = [word[1:-1] if word[:1] == '"' else word.lower() for word in words]
    tables: set[tuple[str, str]] = set()
    called: set[tuple[str, str]] = set()
    for place, word in enumerate(folded):
        if not re.match(r"\w", word):
            continue
        if place > 1 and folded[place - 1] == ".":
            start, name = place - 2, (folded[place - 2], word)
        else:
            start, name = place, ("", word)
        if folded[start - 1 : start] in (["from"], ["join"]):
            tables.add(name)
        if folded[place + 1 : place + 2] == ["("]:
            called.add(name)
    return frozenset(tables), frozenset(called)
