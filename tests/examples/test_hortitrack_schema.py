"""The example project's history: it applies, follows the standard, can be undone, and is replayed exactly."""

from __future__ import annotations

import re

from schemabot.catalog.platform import platform_state
from schemabot.catalog.replay import begin_file, end_file, replay_statement
from schemabot.catalog.state import At
from schemabot.catalog.to_json import catalog_json
from schemabot.facts import extract
from schemabot.syntax.source import Source
from support.hortitrack import FOLDER, MIGRATIONS, applied
from support.introspect import difference, introspect
from support.postgres import Database

CORE_TABLES = [
    "organizations", "org_memberships", "profiles", "plant_varieties", "batches", "batch_logs",
    "locations", "transplants", "customers", "customer_contacts", "orders", "order_items", "allocations",
    "price_lists", "deliveries", "delivery_items", "invoices", "invoice_items", "ipm_observations",
    "ipm_treatments", "tasks",
]  # fmt: skip
ONE_FOR_ALL_ORGANIZATIONS = ["organizations", "profiles"]


def down_section(text: str) -> str:
    """The statements that the comments at the end of a migration hold."""
    _, down = text.split("-- DOWN MIGRATION (for reference)\n")
    return "\n".join(line.removeprefix("-- ") for line in down.splitlines() if not line.startswith("-- ==="))


def test_names_and_headers_follow_the_standard() -> None:
    for path in MIGRATIONS:
        assert re.fullmatch(r"2024\d{10}_[a-z0-9]+(_[a-z0-9]+)*\.sql", path.name), path.name
        text = path.read_text("utf-8")
        header = r"-- Migration: .+\n-- Author: .+\n-- Date: (\d{4})-(\d\d)-(\d\d)\n-- Reversible: Yes\n"
        found = re.match(header, text)
        assert found is not None, path.name
        assert "".join(found.groups()) == path.name[:8]
        assert text.count("-- UP MIGRATION\n") == 1
        assert text.count("-- DOWN MIGRATION (for reference)\n") == 1


def test_nothing_is_suppressed() -> None:
    for path in FOLDER.rglob("*"):
        if path.suffix in (".sql", ".toml"):
            text = path.read_text("utf-8")
            assert "schemabot:" not in text, path.name
            assert "[[ignore" not in text, path.name


def test_every_table_is_protected(supabase_database: Database) -> None:
    catalog = introspect(applied(supabase_database))
    tables = {table["name"]: table for table in catalog["tables"]}
    assert set(tables) == {*CORE_TABLES, "price_list_items"}
    for name, table in tables.items():
        assert table["rls"], name
        commands = sorted(policy["command"] for policy in table["policies"])
        assert commands == ["delete", "insert", "select", "update"], name
        assert all(policy["roles"] == ["authenticated"] for policy in table["policies"]), name
        assert {"name": "set_updated_at", "function": "public.set_updated_at"} in table["triggers"]
        assert table["comment"]
        columns = {column["name"]: column for column in table["columns"]}
        for column in ("created_at", "updated_at"):
            assert columns[column]["type"] == "timestamp with time zone"
            assert not columns[column]["nullable"]
        assert {"created_by", "updated_by"} <= set(columns)
        if name not in ONE_FOR_ALL_ORGANIZATIONS:
            assert not columns["org_id"]["nullable"]
        if "status" in columns:
            assert not columns["status"]["nullable"]
    assert all(view["security_invoker"] for view in catalog["views"])


def test_functions_pin_their_search_path(supabase_database: Database) -> None:
    functions = introspect(applied(supabase_database))["functions"]
    assert len(functions) > 10
    assert all(function["settings"] == ['search_path=""'] for function in functions)
    definers = {function["name"] for function in functions if function["security"] == "definer"}
    assert definers == {"get_user_org_id", "is_org_admin", "add_first_owner"}


def test_foreign_keys_are_indexed_and_stay_within_the_organization(supabase_database: Database) -> None:
    tables = {table["name"]: table for table in introspect(applied(supabase_database))["tables"]}
    keys = 0
    for table in tables.values():
        name = table["name"]
        prefixes = [index["columns"] for index in table["indexes"] if not index["partial"]]
        assert any(columns[:1] == ["created_at"] for columns in prefixes), name
        if any(column["name"] == "status" for column in table["columns"]) and name != "organizations":
            assert ["org_id", "status"] in prefixes, name
        for index in table["indexes"]:
            named = f"idx_{name}_{'_'.join(index['columns'])}"
            assert index["unique"] or index["name"] == named, index["name"]
        for key in table["foreign_keys"]:
            keys += 1
            width = len(key["columns"])
            assert any(sorted(p[:width]) == sorted(key["columns"]) for p in prefixes), key["name"]
            target = key["references"]
            if target["schema"] == "public" and target["table"] != "organizations":
                assert (key["columns"][0], target["columns"][0]) == ("org_id", "org_id"), key["name"]
    assert keys > 3 * len(tables) - 3


def test_no_foreign_key_lacks_an_index(supabase_database: Database) -> None:
    """The same, asked of PostgreSQL itself."""
    missing = applied(supabase_database).execute(
        """
        select conrelid::regclass, conname from pg_constraint c
        where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
          select from pg_index i where i.indrelid = c.conrelid and i.indpred is null
            and (i.indkey::int2[])[0 : cardinality(c.conkey) - 1] @> c.conkey
        )
        """
    )
    assert missing.fetchall() == []


def test_each_down_section_gives_back_the_catalog_before_it(supabase_database: Database) -> None:
    connection = supabase_database.connect()
    before = []
    for path in MIGRATIONS:
        before.append(introspect(connection))
        supabase_database.run(path.read_text("utf-8"))
    complete = introspect(connection)
    assert not any(before[0].values())
    for path, catalog in reversed(list(zip(MIGRATIONS, before, strict=True))):
        down = down_section(path.read_text("utf-8"))
        assert down.strip(), path.name
        supabase_database.run(down)
        assert introspect(connection) == catalog, path.name
    applied(supabase_database)
    assert introspect(connection) == complete


def test_the_replayed_catalog_is_that_of_postgresql(supabase_database: Database) -> None:
    state = platform_state("supabase")
    for path in MIGRATIONS:
        supabase_database.run(path.read_text("utf-8"))
        state = begin_file(state)
        for index, statement in enumerate(Source.of(path.read_text("utf-8")).statements):
            outcome = replay_statement(state, extract(statement.text), At(path.name, index))
            assert not outcome.problems, (path.name, outcome.problems)
            state = outcome.state
        state = end_file(state, At(path.name, 0)).state
    found = difference(introspect(supabase_database.connect()), catalog_json(state.catalog))
    assert not found, "\n".join(map(str, found))


def test_it_needs_no_default_privileges(supabase_database: Database) -> None:
    """Projects made since 2026-05-30 grant nothing on new tables."""
    supabase_database.without_default_grants()
    connection = applied(supabase_database)
    for table in introspect(connection)["tables"]:
        for role in ("authenticated", "service_role"):
            for privilege in ("select", "insert", "update", "delete"):
                held = connection.execute(
                    "select has_table_privilege(%s, %s, %s)", [role, f"public.{table['name']}", privilege]
                )
                assert held.fetchone() == (True,), (table["name"], role, privilege)
