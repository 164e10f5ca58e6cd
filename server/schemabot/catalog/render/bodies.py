"""Roles, schemas, extensions; then types, functions, tables with their keys, and views in an order that works."""

from __future__ import annotations

from schemabot.catalog.objects import Sequence, Table, View
from schemabot.catalog.quoting import quote_identifier
from schemabot.catalog.render import functions, globals_, kept, parts_of_tables, tables, types
from schemabot.catalog.render.needs import KEYS, Needs, later_parts
from schemabot.catalog.render.order import Node, in_order
from schemabot.catalog.render.output import Output, is_made
from schemabot.catalog.render.writer import CannotRender


def write_globals(out: Output) -> None:
    """What no schema holds."""
    catalog, before = out.catalog, out.before
    for role in catalog.roles.values():
        if out.new(role):
            out.statements += globals_.write_role(role)
            if lost := globals_.lost_of_role(role):
                out.not_rendered.append(CannotRender(f"role {role.name}", lost))
    for role in catalog.roles.values():
        known = None if before is None else before.roles.get(role.name)
        out.statements += globals_.write_memberships(role, frozenset() if known is None else known.member_of)
    for schema in () if before is None else before.schemas.values():
        if schema.name not in catalog.schemas and schema.extension is None:
            out.statements.append(f"drop schema {quote_identifier(schema.name)} cascade")
    for schema in catalog.schemas.values():
        if out.new(schema) and not (before is None and schema.name == "public"):
            out.statements += globals_.write_schema(schema)
    todo = [e for e in catalog.extensions.values() if out.new(e) and e.name != "plpgsql"]
    while todo:
        names = {extension.name for extension in todo}
        ready = [e for e in todo if not names.intersection(e.requires)] or todo
        for extension in ready:
            out.add(out.label(extension), globals_.write_extension, out.w, extension)
        todo = [e for e in todo if e not in ready]


def write_bodies(out: Output) -> None:
    """Everything that others can depend on."""
    catalog = out.catalog
    needs = Needs(catalog)
    nodes: dict[Node, frozenset[Node]] = {}
    wishes: dict[Node, frozenset[Node]] = {}
    for item in catalog.types.values():
        if out.new(item) and is_made(item):
            nodes[item.oid, 0] = needs.of_type(item)
    for function in catalog.functions.values():
        if out.new(function):
            nodes[function.oid, 0] = needs.of_function(function)
    for other in catalog.objects.values():
        if out.new(other):
            nodes[other.oid, 0] = needs.of_other(other)
    for relation in catalog.relations.values():
        if isinstance(relation, Table) and out.new(relation):
            nodes[relation.oid, 0] = needs.of_table(relation)
            wishes[relation.oid, 0] = needs.wishes_of_table(relation)
            nodes[relation.oid, KEYS] = needs.of_keys(relation)
        elif isinstance(relation, View) and out.new(relation):
            nodes[relation.oid, 0] = needs.of_view(relation)
        elif isinstance(relation, Sequence) and out.new(relation):
            nodes[relation.oid, 0] = frozenset()
    _write(out, needs, nodes, wishes)


def _write(
    out: Output, needs: Needs, nodes: dict[Node, frozenset[Node]], wishes: dict[Node, frozenset[Node]]
) -> None:
    order, stuck = in_order(nodes, wishes)
    done: set[Node] = set()
    late: list[tuple[Table, set[tuple[int, int]]]] = []
    for node in order:
        oid, part = node
        relation = out.catalog.relations.get(oid)
        if node in stuck:
            item = relation or out.catalog.functions.get(oid) or out.catalog.types.get(oid)
            out.not_rendered.append(CannotRender(out.label(item), "it needs itself, by way of others"))
        elif isinstance(relation, Table) and part != KEYS:
            own = {(oid, 0), (oid, KEYS)}
            later = {
                name
                for name, bound in later_parts(relation).items()
                if any(n in nodes and n not in done and n not in own for n in needs.of_part(bound))
            }
            if later:
                late.append((relation, later))
            _write_table(out, relation, later)
        elif isinstance(relation, Table):
            write_keys(out, relation)
        else:
            _write_other(out, oid)
        done.add(node)
    for table, later in late:
        _write_late(out, table, later)


def _write_table(out: Output, table: Table, later: set[tuple[int, int]]) -> None:
    label = out.label(table)
    if out.add(label, tables.write_table, out.w, table, later) and table.partition_of:
        out.add(label, tables.write_attach, out.w, table)


def _write_late(out: Output, table: Table, later: set[tuple[int, int]]) -> None:
    for column in table.columns:
        if (table.oid, column.number) in later and (column.local or table.partition_of):
            out.add(out.label(table), tables.write_default, out.w, table, column)
    for constraint in table.constraints:
        if (constraint.oid, 0) in later and constraint.local:
            out.add(out.label(table), tables.write_check, out.w, table, constraint)


def write_keys(out: Output, table: Table) -> None:
    """The primary key, unique and exclusion constraints that the table has to be given."""
    for constraint in table.constraints:
        if constraint.kind in ("primary key", "unique", "exclude") and out.added(constraint):
            label = f"constraint {constraint.name} on {table.schema}.{table.name}"
            out.add(label, tables.write_key, out.w, table, constraint)


def _write_other(out: Output, oid: int) -> None:
    catalog, w = out.catalog, out.w
    relation = catalog.relations.get(oid)
    if isinstance(relation, View):
        out.add(out.label(relation), parts_of_tables.write_view, w, relation)
    elif isinstance(relation, Sequence):
        out.add(out.label(relation), types.write_sequence, w, relation)
    elif (function := catalog.functions.get(oid)) is not None:
        out.add(out.label(function), functions.write_function, w, function)
    elif (item := catalog.types.get(oid)) is not None:
        out.add(out.label(item), types.write_type, w, item)
    elif (other := catalog.objects.get(oid)) is not None:
        out.add(out.label(other), kept.write_other, w, other)
