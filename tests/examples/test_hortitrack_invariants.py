"""What must always be true of the example's rows, tried by one writer at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from psycopg.errors import CheckViolation, ForeignKeyViolation

from support.hortitrack import ANNA, INVARIANTS, A, caller, identifier, insert, violations

Connection = psycopg.Connection[Any]

SOURCE, TARGET = identifier(A, "source"), identifier(A, "target")
ITEM, ALLOCATION = identifier(A, "item"), identifier(A, "allocation")
DELIVERY, LOADED = identifier(A, "delivery"), identifier(A, "loaded")
ORDER, INVOICE, BILLED = identifier(A, "order"), identifier(A, "invoice"), identifier(A, "billed")
OTHER = identifier(A, "other")
STOCK = "select quantity, allocated_quantity, dispatched_quantity, available_quantity from public.batches where id = %s"


def one(connection: Connection, query: str, *values: Any) -> Sequence[Any]:
    found = connection.execute(query.encode(), values).fetchone()
    assert found is not None
    return tuple(found)


def refused(connection: Connection, statement: str, *values: Any, match: str) -> None:
    """Both the organization's owner and who is above policies are refused, for this reason."""
    with caller(connection, "authenticated", ANNA), pytest.raises(CheckViolation, match=match):
        connection.execute(statement.encode(), values)
    with connection.transaction(force_rollback=True), pytest.raises(CheckViolation, match=match):
        connection.execute(statement.encode(), values)


# -- the proof can fail -------------------------------------------------------------------------------------

BROKEN = {
    "available = total - allocated - dispatched, never below zero": "alter table public.batches"
    " drop constraint batches_available_not_negative; update public.batches set allocated_quantity = 999",
    "a batch has what its journal says": "update public.batches set quantity = quantity + 1",
    "allocated plants of a batch are those of its allocations": "update public.batches"
    " set allocated_quantity = allocated_quantity + 1",
    "dispatched plants of a batch are those of its delivery items": "update public.batches"
    " set dispatched_quantity = dispatched_quantity + 1",
    "no more is allocated than was ordered": "update public.allocations set quantity = 41",
    "no more is delivered than was allocated": "update public.delivery_items set quantity = 13",
    "no more is invoiced than was delivered": "update public.invoice_items set quantity = 6",
    "the total of an order is that of its items": "update public.orders set total = total + 1",
    "a transplant takes from one batch what it gives to another": "update public.batch_logs"
    " set quantity_change = quantity_change + 1 where kind = 'transplanted_in'",
    "plants keep their variety": "insert into public.plant_varieties (id, org_id, name, botanical_name)"
    f" values ('{OTHER}', '{A}', 'Lily', 'Lilium'); update public.batches"
    f" set plant_variety_id = '{OTHER}' where id = '{TARGET}'",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_invariant_is_found(connection: Connection, name: str) -> None:
    """Without the triggers, the statement breaks what it should, and the query tells."""
    connection.execute("set local session_replication_role = replica")
    connection.execute(BROKEN[name].encode())
    assert name in violations(connection)


def test_all_invariants_of_tables_can_be_broken() -> None:
    assert set(INVARIANTS) - set(BROKEN) == {"the total of an invoice is that of its items"}, "a view follows"


def test_the_invariants_hold(connection: Connection) -> None:
    assert violations(connection) == {}


# -- stock --------------------------------------------------------------------------------------------------


def test_plants_go_from_available_to_allocated_to_dispatched(connection: Connection) -> None:
    with caller(connection, "authenticated", ANNA):
        # 100 started, 10 transplanted away, 12 set aside of which 5 are loaded
        assert one(connection, STOCK, SOURCE) == (90, 7, 5, 78)
        more = {"org_id": A, "order_item_id": ITEM, "batch_id": SOURCE, "quantity": 8}
        insert(connection, "allocations", more)
        assert one(connection, STOCK, SOURCE) == (90, 15, 5, 70)
        load = {"org_id": A, "delivery_id": DELIVERY, "allocation_id": ALLOCATION}
        insert(connection, "delivery_items", {**load, "quantity": 4}, {**load, "quantity": 3})
        assert one(connection, STOCK, SOURCE) == (90, 8, 12, 70)
        connection.execute("delete from public.delivery_items where quantity = 3")
        assert one(connection, STOCK, SOURCE) == (90, 11, 9, 70)
        connection.execute("update public.allocations set quantity = quantity - 1 where quantity = 12")
        assert one(connection, STOCK, SOURCE) == (90, 10, 9, 71)
        connection.execute("delete from public.allocations where dispatched_quantity = 0")
        assert one(connection, STOCK, SOURCE) == (90, 2, 9, 79)
        assert violations(connection) == {}


def test_more_than_is_there_is_refused(connection: Connection) -> None:
    allocate = (
        "insert into public.allocations (org_id, order_item_id, batch_id, quantity) values (%s, %s, %s, %s)"
    )
    ordered, available = "order_items_allocated_not_above_ordered", "batches_available_not_negative"
    refused(connection, allocate, A, ITEM, SOURCE, 29, match=ordered)
    refused(connection, allocate, A, ITEM, TARGET, 11, match=available)
    refused(connection, "update public.allocations set quantity = 41 where org_id = %s", A, match=ordered)
    refused(connection, "update public.order_items set quantity = 11 where org_id = %s", A, match=ordered)
    load = "insert into public.delivery_items (org_id, delivery_id, allocation_id, quantity) values (%s, %s, %s, %s)"
    dispatched = "allocations_dispatched_not_above_allocated"
    refused(connection, load, A, DELIVERY, ALLOCATION, 8, match=dispatched)
    refused(
        connection, "update public.delivery_items set quantity = 13 where org_id = %s", A, match=dispatched
    )
    refused(connection, "update public.allocations set quantity = 4 where org_id = %s", A, match=dispatched)
    log = "insert into public.batch_logs (org_id, batch_id, kind, quantity_change) values (%s, %s, %s, %s)"
    refused(connection, log, A, SOURCE, "lost", -79, match=available)
    move = "insert into public.transplants (org_id, source_batch_id, target_batch_id, quantity) values (%s, %s, %s, %s)"
    refused(connection, move, A, SOURCE, TARGET, 79, match=available)
    bill = (
        "insert into public.invoice_items (org_id, invoice_id, delivery_item_id, quantity, unit_price)"
        " values (%s, %s, %s, %s, 1)"
    )
    refused(connection, bill, A, INVOICE, LOADED, 4, match="delivery_items_invoiced_not_above_delivered")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("batches", "quantity"),
        ("batches", "allocated_quantity"),
        ("batches", "dispatched_quantity"),
        ("order_items", "allocated_quantity"),
        ("allocations", "dispatched_quantity"),
        ("delivery_items", "invoiced_quantity"),
        ("orders", "total"),
    ],
)
def test_nobody_writes_what_follows(connection: Connection, table: str, column: str) -> None:
    refused(
        connection, f"update public.{table} set {column} = {column} + 1 where org_id = %s", A, match="follow"
    )


def test_new_rows_begin_with_nothing_counted(connection: Connection) -> None:
    variety, customer = identifier(A, "variety"), identifier(A, "customer")
    for statement, values in (
        ("batches (org_id, batch_number, plant_variety_id, quantity, allocated_quantity) values (%s, '9', %s, 5, 1)",
         (A, variety)),
        ("orders (org_id, order_number, customer_id, total) values (%s, '9', %s, 1)", (A, customer)),
        ("order_items (org_id, order_id, line_number, plant_variety_id, quantity, unit_price, allocated_quantity)"
         " values (%s, %s, 9, %s, 5, 1, 1)", (A, ORDER, variety)),
        ("allocations (org_id, order_item_id, batch_id, quantity, dispatched_quantity) values (%s, %s, %s, 2, 1)",
         (A, ITEM, SOURCE)),
        ("delivery_items (org_id, delivery_id, allocation_id, quantity, invoiced_quantity) values (%s, %s, %s, 2, 1)",
         (A, DELIVERY, ALLOCATION)),
    ):  # fmt: skip
        refused(
            connection, f"insert into public.{statement}", *values, match="follows from|nothing allocated"
        )


# -- transplants and the journal ----------------------------------------------------------------------------


def test_a_transplant_keeps_the_number_of_plants_and_can_be_undone(connection: Connection) -> None:
    with caller(connection, "authenticated", ANNA):
        batches = {"org_id": A, "source_batch_id": SOURCE, "target_batch_id": TARGET}
        insert(connection, "transplants", {**batches, "quantity": 6}, {**batches, "quantity": 2})
        assert one(connection, STOCK, SOURCE)[0] == 82
        assert one(connection, STOCK, TARGET)[0] == 18
        connection.execute("delete from public.transplants where quantity = 6")
        assert one(connection, STOCK, SOURCE)[0] == 88
        assert one(connection, STOCK, TARGET)[0] == 12
        assert violations(connection) == {}


def test_plants_are_not_transplanted_to_another_variety(connection: Connection) -> None:
    kind = {"org_id": A, "name": "Lily", "botanical_name": "Lilium"}
    insert(connection, "plant_varieties", {"id": OTHER, **kind})
    insert(connection, "batches", {"id": OTHER, "org_id": A, "batch_number": "3", "plant_variety_id": OTHER})
    move = "insert into public.transplants (org_id, source_batch_id, target_batch_id, quantity) values (%s, %s, %s, 1)"
    refused(connection, move, A, SOURCE, OTHER, match="same variety")
    allocate = (
        "insert into public.allocations (org_id, order_item_id, batch_id, quantity) values (%s, %s, %s, 1)"
    )
    connection.execute("update public.batches set status = 'ready' where id = %s", [OTHER])
    insert(connection, "batch_logs", {"org_id": A, "batch_id": OTHER, "kind": "added", "quantity_change": 5})
    refused(connection, allocate, A, ITEM, OTHER, match="another variety")
    change = "update public.{} set plant_variety_id = %s where id = %s"
    refused(connection, change.format("batches"), OTHER, SOURCE, match="become another variety")
    refused(connection, change.format("order_items"), OTHER, ITEM, match="release them first")


def test_movements_are_not_rewritten(connection: Connection) -> None:
    log = "insert into public.batch_logs (org_id, batch_id, kind, quantity_change) values (%s, %s, %s, %s)"
    refused(connection, log, A, SOURCE, "started", 5, match="write this entry themselves")
    refused(connection, log, A, SOURCE, "lost", 5, match="batch_logs_kind_fits_quantity")
    refused(connection, "update public.batch_logs set quantity_change = 7", match="not rewritten")
    refused(connection, "delete from public.batch_logs where kind = 'started'", match="not deleted")
    refused(connection, "update public.transplants set quantity = 1", match="a transplant is done")
    kinds = connection.execute(
        "select kind, quantity_change from public.batch_logs where batch_id = %s order by kind", [SOURCE]
    )
    assert kinds.fetchall() == [("note", 0), ("started", 100), ("transplanted_out", -10)]


# -- orders, deliveries, invoices ---------------------------------------------------------------------------


def test_the_total_follows_the_items(connection: Connection) -> None:
    total = "select total from public.orders where id = %s"
    with caller(connection, "authenticated", ANNA):
        assert one(connection, total, ORDER) == (100,)
        row = {
            "org_id": A,
            "order_id": ORDER,
            "plant_variety_id": identifier(A, "variety"),
            "unit_price": "0.35",
        }
        insert(
            connection,
            "order_items",
            {**row, "line_number": 2, "quantity": 3},
            {**row, "line_number": 3, "quantity": 1},
        )
        assert str(one(connection, total, ORDER)[0]) == "101.40"
        connection.execute("update public.order_items set unit_price = unit_price * 2 where line_number > 1")
        assert str(one(connection, total, ORDER)[0]) == "102.80"
        connection.execute("delete from public.order_items where line_number = 2")
        assert str(one(connection, total, ORDER)[0]) == "100.70"
        assert violations(connection) == {}


def test_totals_of_invoices_are_rounded_line_by_line(connection: Connection) -> None:
    with caller(connection, "authenticated", ANNA):
        line = {
            "org_id": A,
            "invoice_id": INVOICE,
            "delivery_item_id": LOADED,
            "quantity": 1,
            "tax_rate": "0.07",
        }
        insert(connection, "invoice_items", {**line, "unit_price": "1.07"}, {**line, "unit_price": "1.07"})
        found = one(connection, "select net, tax, total from public.invoice_totals")
        assert [str(amount.quantize(amount.__class__("0.01"))) for amount in found] == [
            "7.14",
            "0.49",
            "7.63",
        ]


def test_what_has_left_no_longer_changes(connection: Connection) -> None:
    connection.execute("update public.deliveries set status = 'dispatched'")
    for statement in (
        "update public.delivery_items set quantity = 1",
        "delete from public.delivery_items",
        f"insert into public.delivery_items (org_id, delivery_id, allocation_id, quantity)"
        f" values ('{A}', '{DELIVERY}', '{ALLOCATION}', 1)",
        "update public.deliveries set status = 'loading'",
        "delete from public.deliveries",
    ):
        refused(connection, statement, match="has left|then dispatched")
    connection.execute("update public.invoices set status = 'issued', issued_on = '2024-02-01'")
    for statement in (
        "update public.invoice_items set unit_price = 1",
        "delete from public.invoice_items",
        f"insert into public.invoice_items (org_id, invoice_id, delivery_item_id, quantity, unit_price)"
        f" values ('{A}', '{INVOICE}', '{LOADED}', 1, 1)",
        "update public.invoices set status = 'draft'",
        "delete from public.invoices",
    ):
        refused(connection, statement, match="has been issued|then issued")


def test_lines_belong_to_one_order_and_one_customer(connection: Connection) -> None:
    insert(connection, "customers", {"id": OTHER, "org_id": A, "name": "Market"})
    for table, number in (("orders", "order_number"), ("invoices", "invoice_number")):
        insert(connection, table, {"id": OTHER, "org_id": A, number: "9", "customer_id": OTHER})
    insert(connection, "deliveries", {"id": OTHER, "org_id": A, "delivery_number": "9", "order_id": OTHER})
    load = "insert into public.delivery_items (org_id, delivery_id, allocation_id, quantity) values (%s, %s, %s, 1)"
    refused(connection, load, A, OTHER, ALLOCATION, match="another order")
    bill = (
        "insert into public.invoice_items (org_id, invoice_id, delivery_item_id, quantity, unit_price)"
        " values (%s, %s, %s, 1, 1)"
    )
    refused(connection, bill, A, OTHER, LOADED, match="another customer")
    for table, column in (
        ("orders", "customer_id"),
        ("order_items", "order_id"),
        ("allocations", "order_item_id"),
        ("allocations", "batch_id"),
        ("deliveries", "order_id"),
        ("delivery_items", "delivery_id"),
        ("delivery_items", "allocation_id"),
        ("invoices", "customer_id"),
        ("invoice_items", "invoice_id"),
        ("invoice_items", "delivery_item_id"),
    ):
        statement = f"update public.{table} set {column} = %s where id in (%s, %s, %s, %s, %s, %s, %s)"
        ids = (ORDER, ITEM, ALLOCATION, DELIVERY, LOADED, INVOICE, BILLED)
        refused(connection, statement, OTHER, *ids, match="stays with")


def test_what_others_refer_to_is_kept(connection: Connection) -> None:
    for table in ("customers", "batches", "orders", "order_items", "allocations", "delivery_items"):
        with caller(connection, "authenticated", ANNA), pytest.raises(ForeignKeyViolation):
            connection.execute(f"delete from public.{table}".encode())
