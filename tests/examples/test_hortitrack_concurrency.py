"""Eight writers at once cannot break an invariant of the example, at either isolation level."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from typing import Any, Final

import psycopg
import pytest
from psycopg import IsolationLevel

from support.hortitrack import ANNA, OWNER, A, B, Row, fill, identifier, insert, violations
from support.postgres import Database
from support.writers import Work, Writer, at_once

Connection = psycopg.Connection[Any]

EIGHT: Final = 8
LEVELS: Final = (IsolationLevel.READ_COMMITTED, IsolationLevel.REPEATABLE_READ)
SOURCE, TARGET = identifier(A, "source"), identifier(A, "target")
ITEM, ALLOCATION, ORDER = identifier(A, "item"), identifier(A, "allocation"), identifier(A, "order")
DELIVERY, LOADED, INVOICE = identifier(A, "delivery"), identifier(A, "loaded"), identifier(A, "invoice")


@pytest.fixture
def connection(shared: tuple[Database, Connection]) -> Iterator[Connection]:
    """A superuser's connection; whatever the writers do, the invariants hold afterwards."""
    _, connection = shared
    try:
        yield connection
        assert violations(connection) == {}
    finally:
        fill(connection)


@pytest.fixture(params=LEVELS, ids=["read-committed", "repeatable-read"])
def writers(
    request: pytest.FixtureRequest, shared: tuple[Database, Connection], connection: Connection
) -> Iterator[list[Writer]]:
    """Eight writers of organization A."""
    made = [Writer(shared[0], ANNA, request.param) for _ in range(EIGHT)]
    yield made
    for writer in made:
        writer.close()


def statement(text: str, values: Mapping[str, Any] | None = None) -> Work:
    def work(connection: Connection) -> None:
        connection.execute(text.encode(), values)

    return work


def new(table: str, *rows: Row) -> Work:
    """One INSERT of rows of organization A."""
    return lambda connection: insert(connection, table, *({"org_id": A, **row} for row in rows))


def row(table: str, **values: Any) -> Work:
    return new(table, values)


def test_no_plant_is_allocated_twice(writers: list[Writer]) -> None:
    """10 plants for 8 customers who want 3: three get them."""
    work = row("allocations", order_item_id=ITEM, batch_id=TARGET, quantity=3)
    counts = at_once(writers, lambda _, writer: writer.commit("allocate", work))
    assert (counts["allocate done"], counts["allocate refused"]) == (3, 5)


def test_no_more_is_allocated_than_was_ordered(writers: list[Writer]) -> None:
    """28 of 40 are still to be set aside; the batch has more."""
    work = row("allocations", order_item_id=ITEM, batch_id=SOURCE, quantity=6)
    counts = at_once(writers, lambda _, writer: writer.commit("allocate", work))
    assert (counts["allocate done"], counts["allocate refused"]) == (4, 4)


def test_no_plant_is_dispatched_twice(writers: list[Writer]) -> None:
    """7 of 12 allocated plants are not loaded yet."""
    work = row("delivery_items", delivery_id=DELIVERY, allocation_id=ALLOCATION, quantity=2)
    counts = at_once(writers, lambda _, writer: writer.commit("load", work))
    assert (counts["load done"], counts["load refused"]) == (3, 5)


def test_no_plant_is_invoiced_twice(writers: list[Writer]) -> None:
    """3 of 5 delivered plants are not billed yet."""
    work = row("invoice_items", invoice_id=INVOICE, delivery_item_id=LOADED, quantity=1, unit_price=2)
    counts = at_once(writers, lambda _, writer: writer.commit("bill", work))
    assert (counts["bill done"], counts["bill refused"]) == (3, 5)


def test_no_plant_is_transplanted_twice(writers: list[Writer]) -> None:
    """78 of the source's plants are free."""
    work = row("transplants", source_batch_id=SOURCE, target_batch_id=TARGET, quantity=20)
    counts = at_once(writers, lambda _, writer: writer.commit("transplant", work))
    assert (counts["transplant done"], counts["transplant refused"]) == (3, 5)


def test_a_total_misses_no_line(writers: list[Writer]) -> None:
    variety = identifier(A, "variety")
    line = {"order_id": ORDER, "plant_variety_id": variety, "quantity": 2, "unit_price": 1}

    def add(index: int, writer: Writer) -> None:
        for number in range(5):
            writer.commit("add", row("order_items", line_number=100 * index + number + 100, **line))

    assert at_once(writers, add)["add done"] == 5 * EIGHT
    assert writers[0].value("select total from public.orders") == 100 + 2 * 5 * EIGHT


@pytest.mark.parametrize(
    ("leave", "add"),
    [
        (
            "update public.deliveries set status = 'dispatched'",
            row("delivery_items", delivery_id=DELIVERY, allocation_id=ALLOCATION, quantity=1),
        ),
        (
            "update public.invoices set status = 'issued', issued_on = current_date",
            row("invoice_items", invoice_id=INVOICE, delivery_item_id=LOADED, quantity=1, unit_price=2),
        ),
    ],
    ids=["delivery", "invoice"],
)
def test_nothing_is_added_to_what_is_about_to_leave(
    writers: list[Writer], connection: Connection, leave: str, add: Work
) -> None:
    """The second writer comes when the first has not committed yet: it has to wait, and is refused."""
    waiting: list[Future[bool]] = []

    def leave_and_be_asked(own: Connection) -> None:
        own.execute(leave.encode())
        if not waiting:
            waiting.append(thread.submit(writers[1].commit, "add", add))
        blocked = "select from pg_locks where not granted"
        while not waiting[0].done() and connection.execute(blocked).rowcount == 0:
            pass

    with ThreadPoolExecutor(1) as thread:
        assert writers[0].commit("leave", leave_and_be_asked)
        assert waiting[0].result() is False


def test_statements_over_the_same_batches_do_not_block_each_other(writers: list[Writer]) -> None:
    """Many rows in one statement, in another order for each writer: the batches are locked in one order."""
    beds = [identifier(A, f"bed {number}") for number in range(12)]
    variety = identifier(A, "variety")
    made = [
        {"id": bed, "batch_number": f"bed {bed}", "plant_variety_id": variety, "quantity": 1000}
        for bed in beds
    ]
    assert writers[0].commit("make", new("batches", *made))

    def move(index: int, writer: Writer) -> None:
        chosen = random.Random(index)
        for _ in range(8):
            shuffled = chosen.sample(beds, len(beds))
            moves = [
                {"source_batch_id": source, "target_batch_id": target, "quantity": 1}
                for source, target in pairwise(shuffled)
            ]
            writer.commit("move", new("transplants", *moves))
            more = [{"batch_id": bed, "kind": "added", "quantity_change": 1} for bed in shuffled]
            writer.commit("add", new("batch_logs", *more))

    counts = at_once(writers, move)
    assert counts["DeadlockDetected"] == 0
    assert (counts["move done"], counts["add done"]) == (8 * EIGHT, 8 * EIGHT)


# -- everything at once -------------------------------------------------------------------------------------

_ANY = "(select id from public.{0} {1} order by random() limit 1)"


def pick(table: str, where: str = "") -> str:
    """An expression for the id of some row that the caller sees."""
    return _ANY.format(table, where)


SOME_WORK: Final = {
    "allocate": "insert into public.allocations (org_id, order_item_id, batch_id, quantity)"
    f" select public.get_user_org_id(), {pick('order_items')}, {pick('batches')}, %(n)s",
    "resize": f"update public.allocations set quantity = %(n)s where id = {pick('allocations')}",
    "release": f"delete from public.allocations where id = {pick('allocations', 'where dispatched_quantity = 0')}",
    "load": "insert into public.delivery_items (org_id, delivery_id, allocation_id, quantity)"
    f" select public.get_user_org_id(), {pick('deliveries')}, {pick('allocations')}, %(n)s / 3 + 1",
    "reload": f"update public.delivery_items set quantity = %(n)s where id = {pick('delivery_items')}",
    "unload": f"delete from public.delivery_items where id = {pick('delivery_items', 'where invoiced_quantity = 0')}",
    "bill": "insert into public.invoice_items (org_id, invoice_id, delivery_item_id, quantity, unit_price)"
    f" select public.get_user_org_id(), {pick('invoices')}, {pick('delivery_items')}, %(n)s / 4 + 1, 1.25",
    "unbill": f"delete from public.invoice_items where id = {pick('invoice_items')}",
    "transplant": "insert into public.transplants (org_id, source_batch_id, target_batch_id, quantity)"
    " select public.get_user_org_id(), source.id, target.id, %(n)s"
    " from (select id from public.batches order by random() limit 2) as source,"
    " lateral (select id from public.batches where id <> source.id order by random() limit 1) as target",
    "transplant back": f"delete from public.transplants where id = {pick('transplants')}",
    "lose": "insert into public.batch_logs (org_id, batch_id, kind, quantity_change)"
    f" select public.get_user_org_id(), {pick('batches')}, 'lost', -%(n)s",
    "add": "insert into public.batch_logs (org_id, batch_id, kind, quantity_change)"
    f" select public.get_user_org_id(), {pick('batches')}, 'added', %(n)s / 4 + 1",
    "reprice": "update public.order_items set quantity = %(n)s * 3, unit_price = unit_price + 0.25"
    f" where id = {pick('order_items')}",
    "order": "insert into public.order_items (org_id, order_id, line_number, plant_variety_id, quantity, unit_price)"
    f" select public.get_user_org_id(), {pick('orders')}, floor(random() * 1e9)::integer + 10,"
    f" {pick('plant_varieties')}, %(n)s, 0.99",
    "cancel line": f"delete from public.order_items where id = {pick('order_items', 'where allocated_quantity = 0')}",
}


def test_everything_at_once(shared: tuple[Database, Connection], connection: Connection) -> None:
    """Six writers in one organization and two in the other, half at each level, 60 transactions each."""
    for org in OWNER:
        for number in range(4):
            named = {"org_id": org, "batch_number": f"bed {number}"}
            plants = {"plant_variety_id": identifier(org, "variety"), "quantity": 40}
            insert(connection, "batches", {**named, **plants})
    users = [OWNER[A]] * 6 + [OWNER[B]] * 2
    writers = [Writer(shared[0], user, LEVELS[index % 2]) for index, user in enumerate(users)]
    assert len({writer.value("select id from public.organizations") for writer in writers}) == len(OWNER)

    def work(index: int, writer: Writer) -> None:
        chosen = random.Random(index)
        for _ in range(60):
            name = chosen.choice(list(SOME_WORK))
            writer.commit(name, statement(SOME_WORK[name], {"n": chosen.randint(1, 15)}))

    counts = at_once(writers, work)
    for writer in writers:
        writer.close()
    assert violations(connection) == {}
    for name in ("allocate", "load", "bill", "transplant", "lose", "reprice"):
        assert counts[f"{name} done"], (name, counts)
    assert sum(number for name, number in counts.items() if name.endswith("refused")) > EIGHT, counts
    plants_and_movements = connection.execute(
        "select (select sum(quantity) from public.batches),"
        " (select sum(quantity_change) from public.batch_logs where transplant_id is null)"
    ).fetchone()
    assert plants_and_movements is not None
    assert plants_and_movements[0] == plants_and_movements[1], "transplants neither make nor lose plants"
