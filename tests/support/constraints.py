"""Every constraint of every table, compared beyond what the catalog's JSON shows: keys' and NOT NULLs' names,
what is inherited, validated, enforced and deferrable, and which index is a partition of which."""

from __future__ import annotations

from typing import Any, Final

import psycopg

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Constraint, IndexEntry, Table

_CONSTRAINTS: Final = """
select n.nspname::text, c.relname::text, k.conname::text,
  case k.contype when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key'
    when 'c' then 'check' when 'x' then 'exclude' else 'not null' end,
  array(select a.attname::text from unnest(k.conkey) with ordinality u (number, place)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = u.number
        order by case when k.contype = 'c' then a.attname else lpad(place::text, 4, '0') end),
  k.coninhcount > 0, k.convalidated, k.conenforced, k.condeferrable, k.condeferred,
  k.connoinherit and k.contype in ('c', 'n')
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' and k.contype <> 't'
  and c.relkind in ('r', 'p', 'f')
  and not exists (select from pg_constraint p where p.oid = k.conparentid and p.conrelid = k.conrelid)
"""
_INDEX_PARENTS: Final = """
select n.nspname::text, c.relname::text, p.relname::text
from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
  join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('i', 'I') and n.nspname not like 'pg\\_%'
"""


def constraint_difference(connection: psycopg.Connection[Any], catalog: Catalog) -> list[str]:
    """What differs, in words."""
    theirs = {str(row) for row in connection.execute(_CONSTRAINTS.encode())}
    ours = {
        str(_row(table, constraint))
        for table in catalog.tables()
        if not table.temporary
        for constraint in table.constraints
    }
    theirs |= {f"index {row}" for row in connection.execute(_INDEX_PARENTS.encode())}
    ours |= {f"index {row}" for row in _index_parents(catalog)}
    found = [f"only PostgreSQL has {row}" for row in sorted(theirs - ours)]
    return found + [f"only ours {row}" for row in sorted(ours - theirs)]


def _row(table: Table, c: Constraint) -> tuple[Any, ...]:
    columns = list(table.column_names(c.columns))
    # A check's columns come in the order of the expression, which nobody needs to keep.
    return (
        table.schema, table.name, c.name, c.kind, sorted(columns) if c.kind == "check" else columns,
        c.inherited, c.validated, c.enforced, c.deferrable, c.initially_deferred, c.no_inherit,
    )  # fmt: skip


def _index_parents(catalog: Catalog) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for table in catalog.tables():
        for index in table.indexes:
            entry = catalog.relations.get(index.parent) if index.parent else None
            owner = catalog.table_by_oid(entry.owner) if isinstance(entry, IndexEntry) else None
            if owner is not None:
                name = next(i.name for i in owner.indexes if i.oid == index.parent)
                found.append((table.schema, index.name, name))
    return found
