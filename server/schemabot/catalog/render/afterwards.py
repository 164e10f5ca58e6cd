"""What comes when all tables, views and functions are there: indexes, foreign keys, triggers, policies ..."""

from __future__ import annotations

from schemabot.catalog.objects import Publication, Sequence, Table, View
from schemabot.catalog.quoting import quote_identifier
from schemabot.catalog.render import parts_of_tables, tables, types
from schemabot.catalog.render.output import Output
from schemabot.catalog.render.tables import alter, table_name
from schemabot.catalog.render.writer import Writer


def write_afterwards(out: Output) -> None:
    """Parts of tables and views, then publications."""
    catalog, w = out.catalog, out.w
    owners = [
        relation
        for relation in catalog.relations.values()
        if isinstance(relation, (Table, View)) and relation.extension is None and not relation.temporary
    ]
    for sequence in catalog.relations.values():
        if isinstance(sequence, Sequence) and out.new(sequence):
            out.add(out.label(sequence), types.write_owned_by, w, sequence)
    for owner in sorted(owners, key=lambda relation: -_depth(w, relation)):  # partitions before their parents
        for index in owner.indexes:
            if not index.constraint and out.added(index):
                out.add(f"index {owner.schema}.{index.name}", tables.write_index, w, owner, index)
    for owner in owners:
        if isinstance(owner, Table):
            _foreign_keys(out, owner)
            if out.new(owner):
                out.statements += _marks(owner)
    for owner in owners:
        _hanging(out, owner)
    for publication in catalog.publications.values():
        _publication(out, publication)


def write_event_triggers(out: Output) -> None:
    """These come last: they would fire."""
    for trigger in out.catalog.event_triggers.values():
        if out.added(trigger):
            out.add(out.label(trigger), parts_of_tables.write_event_trigger, out.w, trigger)


def _depth(w: Writer, relation: Table | View) -> int:
    depth = 0
    while isinstance(relation, Table) and relation.partition_of:
        above = w.catalog.table_by_oid(relation.partition_of)
        if above is None:
            break
        relation, depth = above, depth + 1
    return depth


def _foreign_keys(out: Output, table: Table) -> None:
    """Those of partitioned tables come down to the partitions by themselves."""
    for constraint in table.constraints:
        if constraint.kind == "foreign key" and out.added(constraint) and not constraint.inherited:
            label = f"constraint {constraint.name} on {table.schema}.{table.name}"
            out.add(label, tables.write_foreign_key, out.w, table, constraint)


def _marks(table: Table) -> list[str]:
    """CLUSTER ON and REPLICA IDENTITY."""
    found: list[str] = []
    names = {index.oid: quote_identifier(index.name) for index in table.indexes}
    if table.clustered_on in names:
        found.append(f"{alter(table)} cluster on {names[table.clustered_on]}")
    if table.replica_identity == "index" and table.replica_index in names:
        found.append(f"{alter(table)} replica identity using index {names[table.replica_index]}")
    elif table.replica_identity in ("full", "nothing"):
        found.append(f"{alter(table)} replica identity {table.replica_identity}")
    return found


def _hanging(out: Output, owner: Table | View) -> None:
    """Rules, triggers and policies."""
    w, name = out.w, f"{owner.schema}.{owner.name}"
    for rule in owner.rules:
        if out.added(rule):
            out.add(f"rule {rule.name} on {name}", parts_of_tables.write_rule, w, owner, rule)
    for trigger in owner.triggers:
        if out.added(trigger) and not trigger.inherited:
            out.add(f"trigger {trigger.name} on {name}", parts_of_tables.write_trigger, w, owner, trigger)
    if not isinstance(owner, Table):
        return
    before = None if out.before is None else out.before.table_by_oid(owner.oid)
    known_rls, known_force = (False, False) if before is None else (before.rls, before.force_rls)
    if owner.rls != known_rls:
        out.statements.append(f"alter table {table_name(owner)} {_able(owner.rls)} row level security")
    if owner.force_rls != known_force:
        word = "force" if owner.force_rls else "no force"
        out.statements.append(f"alter table {table_name(owner)} {word} row level security")
    for policy in owner.policies:
        if out.added(policy):
            out.add(f"policy {policy.name} on {name}", parts_of_tables.write_policy, w, owner, policy)


def _able(on: bool) -> str:
    return "enable" if on else "disable"


def _publication(out: Output, publication: Publication) -> None:
    before = None if out.before is None else out.before.publications.get(publication.name)
    if before is None:
        out.add(out.label(publication), parts_of_tables.write_publication, out.w, publication)
        return
    known = {member.table for member in before.members}
    added = [member for member in publication.members if member.table not in known]
    out.add(out.label(publication), parts_of_tables.write_published, out.w, publication, added)
