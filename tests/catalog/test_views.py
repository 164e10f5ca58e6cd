"""Views and materialised views: replay agrees with PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemabot.catalog.objects import View
from support.agreement import assert_agreement

if TYPE_CHECKING:
    from support.postgres import Database

TABLE = "create table items (id int primary key, name text not null, price numeric(10, 2));"

CASES = {
    "a view": "create view cheap as select id, name from items where price < 10;",
    "all columns": "create view everything as select * from items;",
    "column names": "create view named (a, b) as select id, name, price from items;",
    "too many column names": "create view named (a, b) as select id from items;",
    "computed columns": """
        create view computed as
        select count(*), max(price), lower(name), id + 1 as next, price * 2 as "Double", now()::date
        from items group by name, id, price;
    """,
    "the same column name twice": "create view twice as select id, id from items;",
    "joins": """
        create table sales (item_id int references items, amount int);
        create view sold as select i.*, s.amount from items i join sales s on s.item_id = i.id;
        create view natural_sold as select * from items join sales on true;
    """,
    "common table expressions and unions": """
        create view united as with cheap as (select id from items where price < 5) select id as x from cheap
            union all select 7;
        create view listed as values (1, 'a'), (2, 'b');
        create recursive view counted (n) as values (1) union all select n + 1 from counted where n < 5;
    """,
    "replacing": """
        create view v as select id from items;
        create or replace view v as select id, name from items where id > 0;
    """,
    "replacing drops nothing": """
        create view v as select id, name from items;
        create or replace view v as select id from items;
        create or replace view v as select id as other, name from items;
        create or replace view v as select id, price as name from items;
    """,
    "replacing clears options": """
        create view v with (security_invoker = true) as select id from items;
        create view w with (security_invoker) as select id from items;
        create or replace view v as select id from items;
    """,
    "options": """
        create view v as select id from items;
        alter view v set (security_invoker = on, security_barrier = true);
        create view w with (security_invoker = on) as select id from items;
        alter view w reset (security_invoker);
        create view u as select id from items with local check option;
    """,
    "replacing keeps grants and comment": """
        create role reader;
        create view v as select id from items;
        grant select on v to reader;
        comment on view v is 'kept';
        create or replace view v as select id, name from items;
    """,
    "names that are taken": """
        create view items as select 1 as a;
        create view v as select 1 as a;
        create view v as select 1 as a;
        create or replace view items as select 1 as a;
        create materialized view v as select 1 as a;
        create materialized view if not exists v as select 1 as a;
        create type taken as enum ('x');
        create view taken as select 1 as a;
    """,
    "what is not there": """
        create view a as select * from nothing;
        create view b as select nothing from items;
        create view c as select i.nothing from items i;
        create view d as select other.id from items;
    """,
    "materialised views": """
        create materialized view m as select id, name from items;
        create unique index on m (id);
        refresh materialized view m;
        create view over_it as select name from m;
    """,
    "a materialised view is not replaced": """
        create materialized view m as select id from items;
        create or replace view m as select id from items;
    """,
    "views over views": """
        create view a as select id, name from items;
        create view b as select name as n from a;
        create or replace view a as select id, name, price from items;
    """,
    "in another schema": """
        create schema app;
        create view app.v as select id from items;
        set search_path = app;
        create view w as select id from public.items;
        create view x as select id from items;
    """,
    "temporary views": """
        create temporary view v as select id from items;
        create view v as select name from items;
    """,
    "select list without names": """
        create view v as select 'a', 1, null, true, array[1], (select 2), case when true then 1 end;
    """,
}


@pytest.mark.parametrize("case", CASES)
def test_views(case: str, database: Database) -> None:
    assert_agreement(database, TABLE + CASES[case])


def test_uses_name_each_column_once(database: Database) -> None:
    state = assert_agreement(database, TABLE + "create view v as select id, id + 1 as b, name from items;")
    view = state.catalog.relation("public", "v")
    assert isinstance(view, View)
    table = state.catalog.table("public", "items")
    assert table is not None
    columns = sorted(use.number for use in view.uses if use.oid == table.oid)
    assert columns == [0, 1, 2]
    assert view.oid in (state.catalog.dependents.get(table.oid) or ())
