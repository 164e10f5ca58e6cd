"""A migration carries the data of one database.

Migrations run everywhere: in tests, in previews, in the database of every customer. Rows that belong to one of
them are noise or a mistake in the others, and many rows make a file that nobody reads and that holds locks
for as long as they take. Data belongs into a seed file, an import, or a job that can be run again.

Reported are an INSERT or COPY of more than `rows` rows into a table that was there before and whose rows belong
to organisations or users, and an UPDATE of the one row with a key or e-mail address that no other migration
mentions (once in a file for each table). Not reported: lists of values that are the same for everybody, rows
for tables that the same file creates, INSERT with ON CONFLICT, rows that come from other tables, the filling
of columns, temporary tables, and what deletes rows, which has rules of its own.

## Bad

```toml
[rules.data-in-migration]
rows = 2
```

```sql
-- file: 20260101000000_create.sql
create table public.plants (id int primary key, name text, org_id int);
alter table public.plants enable row level security;
-- file: 20260201000000_plants.sql
insert into public.plants values (1, 'Abies', 1), (2, 'Acer', 1), (3, 'Alnus', 2);
--          ^^^^^^^^^^^^^
update public.plants set name = 'Betula';
```

## Bad: one row of one database

```sql
-- file: 20260101000000_create.sql
create table public.profiles (id uuid primary key, email text, role text);
alter table public.profiles enable row level security;
-- file: 20260201000000_admin.sql
update public.profiles set role = 'admin' where email = 'jane@example.com';
--     ^^^^^^^^^^^^^^^
update public.profiles set role = 'admin' where id = '6f1c0a52-93a5-4f4e-9d2a-0c8f4a1d7b3e';
```

## Good

```toml
[rules.data-in-migration]
rows = 2
```

```sql
-- file: 20260101000000_create.sql
create table public.plants (id int primary key, name text, org_id int);
alter table public.plants enable row level security;
create table public.species (name text primary key);
alter table public.species enable row level security;
create table public.colours (name text primary key);
alter table public.colours enable row level security;
insert into public.colours values ('red'), ('green'), ('blue'), ('white');
-- file: 20260201000000_plants.sql
insert into public.plants values (1, 'Abies'), (2, 'Acer');
insert into public.plants values (1, 'Abies'), (2, 'Acer'), (3, 'Alnus') on conflict do nothing;
insert into public.species values ('Abies alba'), ('Acer campestre'), ('Alnus incana');
alter table public.plants add column colour text;
update public.plants set colour = 'green' where name = 'Acer';
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from schemabot.catalog.objects import Table
from schemabot.facts.expression import Cast, Column, Constant, Node, Operator, walk
from schemabot.facts.model import InsertRows, UpdateRows
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule, option, qualified
from schemabot.rulekit.tenancy import owner_column, tenant_column

_ON_CONFLICT = re.compile(r"\bon\s+conflict\b|\bwhere\s+not\s+exists\b", re.I)
_ONE_ROW = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[^@\s%]+@[^@\s%]+\.[a-z]{2,}", re.I)


@attrs.frozen
class Options:
    """Options of data-in-migration."""

    rows: int = option(20, "How many rows an INSERT or COPY may have.")


@change_rule(InsertRows, UpdateRows, severity=Severity.INFORMATION)
def check(fact: InsertRows | UpdateRows, context: ChangeContext[Options]) -> Iterator[Finding]:
    """Report many rows, and the row of one database, for a table that was there before the file."""
    table = context.table(fact.table)
    if table is None or not _is_business(table, context):
        return
    if isinstance(fact, InsertRows):
        count = _rows(fact, context)
        if count <= context.options.rows or not _belongs_to_somebody(table, context):
            return
        if _ON_CONFLICT.search(_text(context)):
            return
        what = f'This puts {count} rows into "{qualified(table)}"'
        why = "every database that runs the migrations gets them, and waits for them"
    else:
        value = _pinned(fact.query.where)
        if value is None or _is_known(value, context) or _is_another(fact, context):
            return
        what = f'This changes the row of "{qualified(table)}" that has {value}'
        why = "only one database holds it, and in the others nothing happens"
    yield context.finding(
        context.origin(fact.table.span),
        f"{what}: {why}.",
        help="Put it into a seed file or a script of its own.",
        object=qualified(table),
    )


def _is_business(table: Table, context: ChangeContext[Options]) -> bool:
    return (
        not table.temporary
        and not table.origin.platform
        and table.extension is None
        and not context.project.is_managed(table.schema)
        and table.oid in context.file_start.catalog.relations
    )


def _belongs_to_somebody(table: Table, context: ChangeContext[Options]) -> bool:
    """Whether rows of the table are an organisation's or a user's; others are the same everywhere: prices, countries."""
    return (
        tenant_column(table, context.project.settings.tenancy) is not None
        or owner_column(table, context.before.catalog) is not None
        or table.column("user_id") is not None
    )


def _is_another(fact: UpdateRows, context: ChangeContext[Options]) -> bool:
    """Whether an earlier statement of the file has told the same about the table."""
    for _, other in context.facts:
        if other is fact:
            return False
        if (
            isinstance(other, UpdateRows)
            and other.table.parts == fact.table.parts
            and _pinned(other.query.where)
        ):
            return True
    return False


def _rows(fact: InsertRows, context: ChangeContext[Options]) -> int:
    """The rows that are written out; those that a query finds do not count."""
    if not fact.copy:
        return 0 if fact.query is None or fact.query.verb != "insert" else len(fact.query.values)
    statements = context.migration.statements
    behind = context.at.statement + 1
    if behind >= len(statements) or statements[behind].kind != "copy-data":
        return 0
    return sum(line.strip() not in ("", "\\.") for line in statements[behind].text.splitlines())


def _pinned(where: Node | None) -> str | None:
    """The key or address that a condition compares a column with."""
    for part in walk(where):
        if isinstance(part, Operator) and part.name == "=" and isinstance(part.left, Column):
            value = part.right.arg if isinstance(part.right, Cast) else part.right
            if isinstance(value, Constant) and _ONE_ROW.fullmatch(value.value):
                return value.value
    return None


def _is_known(value: str, context: ChangeContext[Options]) -> bool:
    """Whether another statement of the migrations so far brings the row."""
    project = context.project
    mine = context.migration.statements[context.at.statement].span.start
    if value in context.migration.text[:mine]:
        return True
    place = project.places[context.migration.path]
    return any(value in migration.text for migration in project.migrations[:place])


def _text(context: ChangeContext[Options]) -> str:
    return context.migration.statements[context.at.statement].text
