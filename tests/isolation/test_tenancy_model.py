"""The tenancy model while somebody types: decided on an older catalog, right for the tables of a newer one."""

from __future__ import annotations

import time

import pytest

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Table
from schemabot.isolation import detect
from support.isolation_trial import SCHEMA
from support.replay import replay

NEWER = (
    "create table public.first (id uuid primary key);\n"  # so that every oid behind it is another one
    + SCHEMA
    + """
create table public.invoices (id uuid primary key, org_id uuid not null references public.organizations(id));
create table public.lines (id uuid primary key, invoice_id uuid not null references public.invoices(id));
create table public.parts (id uuid primary key, line_id uuid not null references public.lines(id));
create table public.drafts (
  id uuid primary key, note_id uuid references public.notes(id) on delete set null,
  user_id uuid not null references auth.users(id)
);
create table public.rates (id uuid primary key, updated_by uuid references auth.users(id));
create table public.pages (id uuid primary key, created_by uuid references auth.users(id));
alter table public.pages enable row level security;
create policy own on public.pages using (created_by = auth.uid());
create table public.loops (id uuid primary key, other uuid not null);
create table public.rings (id uuid primary key, loop_id uuid not null references public.loops(id));
alter table public.loops add foreign key (other) references public.rings(id);
"""
)


def catalog_of(sql: str) -> Catalog:
    state, problems = replay(sql, "supabase")
    assert problems == ()
    return state.catalog


def table_of(catalog: Catalog, name: str) -> Table:
    table = catalog.table("public", name)
    assert table is not None
    return table


@pytest.mark.parametrize(
    ("name", "kind", "columns", "parents"),
    [
        ("organizations", "organisation", ("id",), ()),
        ("org_members", "organisation", ("org_id",), ()),
        ("notes", "organisation", ("org_id",), ()),
        ("comments", "parent", (), ("notes",)),
        ("devices", "user", ("user_id",), ()),
        ("invoices", "organisation", ("org_id",), ()),
        ("lines", "parent", (), ("invoices",)),
        ("parts", "parent", (), ("lines",)),
        ("drafts", "user", ("user_id",), ()),  # a note that may be left out does not own it
        ("rates", "none", (), ()),  # who changed it does not own it
        ("pages", "user", ("created_by",), ()),  # a policy says so
        ("loops", "none", (), ()),
        ("first", "none", (), ()),
    ],
)
def test_tables_that_came_since_are_known(
    name: str, kind: str, columns: tuple[str, ...], parents: tuple[str, ...]
) -> None:
    catalog = catalog_of(NEWER)
    model = detect(catalog_of(SCHEMA)).bound(catalog)
    table = table_of(catalog, name)
    found = model.ownership(table.oid)
    assert (found.kind, table.column_names(found.columns)) == (kind, columns)
    assert tuple(catalog.relations[parent.table].name for parent in found.parents) == parents


def test_memberships_go_by_name() -> None:
    older, newer = catalog_of(SCHEMA), catalog_of(NEWER)
    model = detect(older)
    bound = model.bound(newer)
    members = table_of(newer, "org_members")
    assert [m.table for m in bound.memberships] == [members.oid] != [m.table for m in model.memberships]
    assert bound.organisations == table_of(newer, "organizations").oid
    assert bound.decisions is model.decisions
    assert model.bound(older) is model


def test_binding_costs_next_to_nothing() -> None:
    newer = catalog_of(NEWER)
    model, oid = detect(catalog_of(SCHEMA)), table_of(newer, "parts").oid
    best = 1.0
    for _ in range(20):
        start = time.perf_counter()
        model.bound(newer).ownership(oid)
        best = min(best, time.perf_counter() - start)
    assert best < 0.001
