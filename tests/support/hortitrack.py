"""The example project on a real PostgreSQL: its migrations, two filled organizations, callers of the API, and what
must always be true of the rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg import sql

from support.postgres import Database

FOLDER = Path(__file__).resolve().parents[2] / "examples/hortitrack"
MIGRATIONS = sorted((FOLDER / "supabase/migrations").glob("*.sql"))

# Two organizations, the owner of each, and somebody who belongs to none.
A, B = UUID(int=0xA), UUID(int=0xB)
ANNA, BERT, CARL = UUID(int=0xAA), UUID(int=0xBB), UUID(int=0xCC)
OWNER = {A: ANNA, B: BERT}

Row = dict[str, Any]


def identifier(org: UUID, name: str) -> UUID:
    """The id of a row that `rows` calls so."""
    return uuid5(org, name)


def rows(org: UUID) -> list[tuple[str, Row]]:
    """At least one row of each table, parents first, with the columns that a client gives.

    Both organizations have the same names and numbers: keys are unique within an organization only.
    """
    made: list[tuple[str, Row]] = []

    def row(table: str, name: str, /, **values: Any) -> UUID:
        made.append((table, {"id": identifier(org, name), "org_id": org, **values}))
        return identifier(org, name)

    user = OWNER[org]
    made.append(("organizations", {"id": org, "name": "Nursery", "created_by": user}))
    made.append(("profiles", {"id": user, "full_name": "Owner"}))
    variety = row("plant_varieties", "variety", name="Rose", botanical_name="Rosa")
    place = row("locations", "tunnel", name="Tunnel 1", kind="polytunnel")
    row("locations", "bench", name="Bench 1", kind="bench", parent_id=place)
    plants = {"plant_variety_id": variety, "location_id": place}
    source = row("batches", "source", batch_number="1", quantity=100, **plants)
    target = row("batches", "target", batch_number="2", **plants)
    customer = row("customers", "customer", name="Shop")
    row("customer_contacts", "contact", customer_id=customer, full_name="Buyer")
    prices = row("price_lists", "prices", name="2024", customer_id=customer, valid_from="2024-01-01")
    row("price_list_items", "price", price_list_id=prices, plant_variety_id=variety, unit_price="2.50")
    order = row("orders", "order", order_number="1", customer_id=customer)
    line = {"order_id": order, "plant_variety_id": variety}
    item = row("order_items", "item", line_number=1, quantity=40, unit_price="2.50", **line)
    row("transplants", "transplant", source_batch_id=source, target_batch_id=target, quantity=10)
    row("batch_logs", "note", batch_id=source, kind="note", note="watered")
    allocation = row("allocations", "allocation", order_item_id=item, batch_id=source, quantity=12)
    delivery = row("deliveries", "delivery", delivery_number="1", order_id=order)
    loaded = row("delivery_items", "loaded", delivery_id=delivery, allocation_id=allocation, quantity=5)
    invoice = row("invoices", "invoice", invoice_number="1", customer_id=customer)
    billed = {"invoice_id": invoice, "delivery_item_id": loaded}
    row("invoice_items", "billed", quantity=2, unit_price="2.50", tax_rate="0.07", **billed)
    seen = row("ipm_observations", "seen", batch_id=source, location_id=place, finding="Aphids", severity=2)
    row("ipm_treatments", "treated", ipm_observation_id=seen, product="Soap")
    row("tasks", "task", title="Water", assigned_to=user, batch_id=source, location_id=place)
    return made


def applied(database: Database) -> psycopg.Connection[Any]:
    """A superuser's connection to the database with all migrations."""
    for path in MIGRATIONS:
        database.run(path.read_text("utf-8"))
    return database.connect()


def filled(database: Database) -> psycopg.Connection[Any]:
    """The same, with three users and the rows of two organizations."""
    connection = applied(database)
    for user in (ANNA, BERT, CARL):
        connection.execute("insert into auth.users (id) values (%s)", [user])
    fill(connection)
    return connection


def fill(connection: psycopg.Connection[Any]) -> None:
    """Make the rows of both organizations, in place of all that there were."""
    with connection.transaction():
        connection.execute("delete from public.organizations")
        connection.execute("delete from public.profiles")
        for org in OWNER:
            for table, values in rows(org):
                insert(connection, table, values)


def insert(connection: psycopg.Connection[Any], table: str, *values: Row) -> None:
    """One INSERT of rows that have the same columns."""
    line = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(values[0])))
    statement = sql.SQL("insert into public.{} ({}) values {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values[0])),
        sql.SQL(", ").join([line] * len(values)),
    )
    connection.execute(statement, [value for row in values for value in row.values()])


@contextmanager
def caller(connection: psycopg.Connection[Any], role: str, user: UUID | None = None) -> Iterator[None]:
    """Statements as the API runs them for a signed-in user or for nobody; undone afterwards."""
    with connection.transaction(force_rollback=True):
        connection.execute("select set_config('request.jwt.claims', %s, true)", [claims(role, user)])
        connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
        yield


def claims(role: str, user: UUID | None) -> str:
    """What the API tells PostgreSQL of its caller."""
    return json.dumps({"role": role, **({"sub": str(user)} if user else {})})


def violations(connection: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    """The invariants that do not hold, with the rows that show it."""
    found = {name: connection.execute(query.encode()).fetchall() for name, query in INVARIANTS.items()}
    return {name: broken for name, broken in found.items() if broken}


INVARIANTS = {
    "available = total - allocated - dispatched, never below zero": """
        select id, quantity, allocated_quantity, dispatched_quantity, available_quantity from public.batches
        where available_quantity <> quantity - allocated_quantity - dispatched_quantity
          or least(available_quantity, quantity, allocated_quantity, dispatched_quantity) < 0""",
    "a batch has what its journal says": """
        select b.id, b.quantity, sum(l.quantity_change)
        from public.batches b left join public.batch_logs l on l.batch_id = b.id
        group by b.id having b.quantity <> coalesce(sum(l.quantity_change), 0)""",
    "allocated plants of a batch are those of its allocations": """
        select b.id, b.allocated_quantity, sum(a.quantity - a.dispatched_quantity)
        from public.batches b left join public.allocations a on a.batch_id = b.id
        group by b.id having b.allocated_quantity <> coalesce(sum(a.quantity - a.dispatched_quantity), 0)""",
    "dispatched plants of a batch are those of its delivery items": """
        select b.id, b.dispatched_quantity, sum(d.quantity)
        from public.batches b left join public.allocations a on a.batch_id = b.id
          left join public.delivery_items d on d.allocation_id = a.id
        group by b.id having b.dispatched_quantity <> coalesce(sum(d.quantity), 0)""",
    "no more is allocated than was ordered": """
        select i.id, i.quantity, i.allocated_quantity, sum(a.quantity)
        from public.order_items i left join public.allocations a on a.order_item_id = i.id
        group by i.id having i.allocated_quantity <> coalesce(sum(a.quantity), 0)
          or i.quantity < coalesce(sum(a.quantity), 0)""",
    "no more is delivered than was allocated": """
        select a.id, a.quantity, a.dispatched_quantity, sum(d.quantity)
        from public.allocations a left join public.delivery_items d on d.allocation_id = a.id
        group by a.id having a.dispatched_quantity <> coalesce(sum(d.quantity), 0)
          or a.quantity < coalesce(sum(d.quantity), 0)""",
    "no more is invoiced than was delivered": """
        select d.id, d.quantity, d.invoiced_quantity, sum(i.quantity)
        from public.delivery_items d left join public.invoice_items i on i.delivery_item_id = d.id
        group by d.id having d.invoiced_quantity <> coalesce(sum(i.quantity), 0)
          or d.quantity < coalesce(sum(i.quantity), 0)""",
    "the total of an order is that of its items": """
        select o.id, o.total, sum(i.quantity * i.unit_price)
        from public.orders o left join public.order_items i on i.order_id = o.id
        group by o.id having o.total <> coalesce(sum(i.quantity * i.unit_price), 0)""",
    "the total of an invoice is that of its items": """
        select t.invoice_id, t.net, sum(i.quantity * i.unit_price)
        from public.invoice_totals t left join public.invoice_items i on i.invoice_id = t.invoice_id
        group by t.invoice_id, t.net having t.net <> coalesce(sum(i.quantity * i.unit_price), 0)""",
    "a transplant takes from one batch what it gives to another": """
        select t.id, t.quantity, count(l.*), sum(l.quantity_change)
        from public.transplants t left join public.batch_logs l on l.transplant_id = t.id
        group by t.id
        having count(l.*) <> 2 or sum(l.quantity_change) <> 0 or max(l.quantity_change) <> t.quantity
          or bool_or(l.batch_id <> case when l.quantity_change > 0 then t.target_batch_id
                                        else t.source_batch_id end)""",
    "plants keep their variety": """
        select t.id from public.transplants t
          join public.batches s on s.id = t.source_batch_id join public.batches g on g.id = t.target_batch_id
        where s.plant_variety_id <> g.plant_variety_id
        union all
        select a.id from public.allocations a
          join public.batches b on b.id = a.batch_id join public.order_items i on i.id = a.order_item_id
        where b.plant_variety_id <> i.plant_variety_id""",
}
"""Queries that give the rows which break an invariant. They sum up from the lowest level, whatever columns say."""
