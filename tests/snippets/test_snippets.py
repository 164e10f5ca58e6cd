"""The snippets: VS Code's format, filling by name, and what a server and the rules say of them."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from schemabot_snippets import Snippet, render, snippets
from support.rule_examples import DEFAULT_FILE, check_texts, shown

if TYPE_CHECKING:
    from support.postgres import Database

ORGANISATIONS = """create table public.organizations (id uuid primary key);
alter table public.organizations enable row level security;
create policy "All" on public.organizations for all to authenticated using (false) with check (false);
create table public.org_memberships (org_id uuid not null, user_id uuid not null, primary key (org_id, user_id));
alter table public.org_memberships enable row level security;
create policy "All" on public.org_memberships for all to authenticated using (false) with check (false);
"""

every_snippet = pytest.mark.parametrize("snippet", snippets(), ids=lambda snippet: snippet.name)


def test_the_files_are_in_the_format_of_vs_code() -> None:
    count = 0
    for file in resources.files("schemabot_snippets").iterdir():
        if file.name.endswith(".json"):
            for title, item in json.loads(file.read_text(encoding="utf-8")).items():
                count += 1
                assert title
                assert item.keys() == {"prefix", "scope", "description", "body"}
                assert item["scope"] == "sql"
                assert all(isinstance(line, str) and "\n" not in line for line in item["body"])
    assert count == len(snippets()) == len({snippet.name for snippet in snippets()})


@every_snippet
def test_every_placeholder_can_be_filled_by_name(snippet: Snippet) -> None:
    numbers = set(re.findall(r"\$\{(\d+):", snippet.body))
    assert len(numbers) == len(snippet.placeholders)
    values = {name: f"value_of_{name}" for name in snippet.placeholders}
    text = render(snippet.name, **values)
    assert "${" not in text
    assert all(value in text for value in values.values())


@every_snippet
def test_capitals_change_nothing_but_case(snippet: Snippet) -> None:
    assert snippet.upper.lower() == snippet.body.lower()
    values = {name: f"Value_of_{name}" for name in snippet.placeholders}
    assert all(value in render(snippet.name, upper=True, **values) for value in values.values())


def test_capitals_are_for_keywords() -> None:
    assert render("policy-select", upper=True) == (
        'CREATE POLICY "Users can view own org data"\nON public.table_name FOR SELECT\nTO authenticated\n'
        "USING (org_id = (SELECT public.get_user_org_id()));"
    )


def test_unknown_names_are_errors() -> None:
    with pytest.raises(KeyError):
        render("no-such-snippet")
    with pytest.raises(KeyError, match="no placeholder nobody"):
        render("rls", nobody="x")


def test_a_table_by_the_snippets_has_no_findings_and_a_server_takes_it(supabase_database: Database) -> None:
    helpers = (render("org-helper"), render("updated-at-function"))
    sql = "\n".join((render("header"), ORGANISATIONS, *helpers, render("table"), render("down")))
    assert shown(check_texts({DEFAULT_FILE: sql})) == []
    supabase_database.run(sql)


@pytest.mark.parametrize("kind", ["", "-own", "-nobody"])
@pytest.mark.parametrize("command", ["select", "insert", "update", "delete"])
def test_a_server_takes_every_policy(supabase_database: Database, command: str, kind: str) -> None:
    before = (
        f"{ORGANISATIONS}{render('org-helper')}create table public.table_name (org_id uuid, user_id uuid);"
    )
    supabase_database.run(f"{before}\n{render('rls')}\n{render(f'policy-{command}{kind}')}")
