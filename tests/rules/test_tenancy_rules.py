"""What the rules about tenancy do not say, and how grave they are: what does not belong in their documentation."""

from __future__ import annotations

import pytest

from schemabot.analysis import apply_change, change_set
from schemabot.rulekit.finding import Severity
from support.rule_examples import check_texts, findings, texts_of

ORGS = """create table public.organizations (id uuid primary key);
create table public.org_memberships (
  org_id uuid references public.organizations (id), user_id uuid references auth.users (id),
  primary key (org_id, user_id)
);
create table public.customers (
  id uuid primary key, org_id uuid not null references public.organizations (id), unique (org_id, id)
);
"""
OWN = "org_id in (select m.org_id from public.org_memberships m where m.user_id = (select auth.uid()))"
SUPPLIERS = "create table public.suppliers (id uuid primary key, name text);\n"
PROTECTED = SUPPLIERS + "alter table public.suppliers enable row level security;\n"


def said(rule: str, sql: str, toml: str = "") -> list[str]:
    """The objects, or parts, that a rule speaks about."""
    return [f.part or f.object or "" for f in findings(check_texts(ORGS + sql, toml), rule)]


def policy(using: str, command: str = "all", table: str = "suppliers") -> str:
    clause = "with check" if command == "insert" else "using"
    return f'create policy "{command}" on public.{table} for {command} to authenticated {clause} ({using});\n'


@pytest.mark.parametrize(
    "sql",
    [
        SUPPLIERS,
        PROTECTED + policy("true"),
        PROTECTED + policy("auth.role() = 'authenticated'"),
        PROTECTED + policy("(auth.jwt() ->> 'role') = 'authenticated'"),
        PROTECTED + policy("(select auth.uid()) is not null", "select") + policy("true", "insert"),
        PROTECTED + policy("id is null or auth.uid() is not null"),
    ],
)
def test_a_table_that_all_organisations_share_lacks_the_column(sql: str) -> None:
    assert said("tenant-column-missing", sql) == ["public.suppliers"]


@pytest.mark.parametrize(
    "sql",
    [
        PROTECTED,
        PROTECTED + policy("true", "select"),
        PROTECTED + policy("true", "insert"),
        PROTECTED + policy("true").replace("authenticated", "service_role"),
        PROTECTED + policy("auth.role() = 'service_role'"),
        PROTECTED + policy("false"),
        PROTECTED + policy("exists (select from public.customers)"),
        SUPPLIERS + "revoke all on public.suppliers from anon, authenticated;",
        SUPPLIERS.replace("name text", "name text unique"),
        SUPPLIERS.replace("name text", "user_id uuid references auth.users (id)"),
        SUPPLIERS.replace("name text", "customer_id uuid references public.customers (id)"),
        SUPPLIERS.replace("suppliers", "import_jobs"),
        SUPPLIERS.replace("suppliers", "feature_flags"),
        SUPPLIERS + "".join(f"create table public.t{n} (id text primary key);" for n in range(4)),
    ],
)
def test_a_table_may_be_without_the_column(sql: str) -> None:
    assert said("tenant-column-missing", sql) == []


def test_of_tables_that_refer_to_each_other_the_first_lacks_the_column() -> None:
    more = "create table public.orders (id uuid, org_id uuid references public.organizations (id));"
    other = "create table public.offers (id uuid, supplier_id uuid references public.suppliers (id));"
    sql = SUPPLIERS + more + other
    assert said("tenant-column-missing", sql) == ["public.suppliers"]


def test_rules_about_the_column_leave_unexposed_tables_alone() -> None:
    sql = "create schema jobs; create table jobs.todo (id uuid primary key, org_id text);"
    for rule in ("missing", "nullable", "type", "unreferenced"):
        assert said(f"tenant-column-{rule}", sql, 'preset = "schemabot"') == []


def test_a_column_that_cannot_be_compared_is_one_finding() -> None:
    sql = "create table public.orders (id uuid primary key, org_id text not null);"
    assert said("tenant-column-type", sql) == ["org_id"]
    assert said("tenant-column-unreferenced", sql) == []


def orders(key: str = "uuid", table: str = "batches", null: str = "not null", protect: bool = True) -> str:
    sql = f"""create table public.{table} (id {key} primary key, org_id uuid not null references public.organizations (id));
create table public.orders (
  id uuid primary key, org_id uuid {null} references public.organizations (id),
  batch_id {key} references public.{table} (id)
);
"""
    return sql + ("alter table public.orders enable row level security;\n" if protect else "")


def gravity(sql: str, toml: str = "") -> list[Severity]:
    return [f.severity for f in findings(check_texts(ORGS + sql, toml), "tenant-reference-crosses")]


def test_a_reference_that_crosses_is_as_grave_as_its_key_is_easy_to_come_by() -> None:
    own = policy(OWN, table="orders")
    assert gravity(orders() + own) == [Severity.INFORMATION]
    assert gravity(orders("bigint") + own) == [Severity.WARNING]
    composite = """create table public.visits (
  id uuid primary key, org_id uuid not null references public.organizations (id), customer_id uuid,
  foreign key (org_id, customer_id) references public.customers (org_id, id)
);
"""
    assert gravity(orders() + own + composite) == [Severity.WARNING]
    assert gravity(orders(protect=False), 'preset = "schemabot"') == [Severity.WARNING]


@pytest.mark.parametrize(
    "sql",
    [
        orders(),
        orders(protect=False),
        orders(null="") + policy(OWN, table="orders"),
        orders() + policy(OWN, "select", "orders") + policy(OWN, "delete", "orders"),
        orders() + policy("true", table="orders"),
        orders() + policy(f"{OWN} and batch_id is null", table="orders"),
        orders()
        + policy(OWN, table="orders")
        + "revoke insert, update on public.orders from anon, authenticated;",
    ],
)
def test_nobody_can_make_a_reference_cross(sql: str) -> None:
    assert gravity(sql) == []


def test_a_unique_key_that_others_refer_to_is_not_replaced() -> None:
    sql = """create table public.orders (
  id uuid primary key, org_id uuid not null references public.organizations (id), number text not null unique
);
create table public.notes (id uuid primary key, number text references public.orders (number));
"""
    (found,) = findings(check_texts(ORGS + sql), "tenant-unique-global")
    assert found.fixes == ()


def test_the_order_of_a_helper_names_the_table_as_its_query_does() -> None:
    sql = """create function public.current_org() returns uuid language plpgsql as $$
declare found uuid;
begin
  select m.org_id into found from public.org_memberships m
  join public.organizations o on o.id = m.org_id where m.user_id = auth.uid() LIMIT 1;
  return found;
end $$;
"""
    texts = texts_of(ORGS + sql)
    analysis = check_texts(texts)
    (found,) = findings(analysis, "tenant-helper-ambiguous")
    change = change_set(analysis, found.fixes[0])
    assert change is not None
    (after,) = apply_change(texts, change).values()
    assert "auth.uid() ORDER BY m.org_id LIMIT 1;" in after
    assert findings(check_texts(after), "tenant-helper-ambiguous") == []
