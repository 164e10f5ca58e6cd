"""Fillers for what the grammar does not know: equally long, and the statement parses."""

from __future__ import annotations

import pytest

from schemabot.syntax.parse import parse_statement
from schemabot.syntax.source import Source

MASKED = {
    "select * from t where a = :id": "select * from t where a = _id",
    "select * from t limit :n": "select * from t limit _n",
    "set role :user": "set role _user",
    "create table :tbl (a int)": "create table _tbl (a int)",
    "create table :schema.t (a int)": "create table _schema.t (a int)",
    "select :'name' as a": "select  'name' as a",
    'create role :"name"': 'create role  "name"',
    "select :{?name}": "select true    ",
    "select (:a+:b)": "select (_a+_b)",
    "select :'a'::text, :b::int": "select  'a'::text, _b::int",
    "select {{ x }}": "select ___x___",
    "select * from {{ schema }}.t": "select * from ___schema___.t",
    "create table {{env}}_users (a int)": "create table __env___users (a int)",
    "create table users_${env} (a int)": "create table users___env_ (a int)",
    "create schema ${schema}": "create schema __schema_",
    "select * from {{ ref('a') }}": "select * from ___ref__a_____",
    "select\0 1": "select  1",
    "select\ufeff 1": "select  1",
    "select 'a\0b'": "select 'a b'",
}


@pytest.mark.parametrize(("text", "expected"), MASKED.items())
def test_masked(text: str, expected: str) -> None:
    (statement,) = Source.of(text + ";").statements
    assert statement.text == expected
    assert len(statement.text) == len(text)
    assert parse_statement(statement.text).issue is None


@pytest.mark.parametrize(
    "text",
    [
        "select a::int, 'x'::text[]",
        "select a[1:2], a[:2], a[1:], a[lo:hi], a[lo :hi], b[c[1]:d], a[1 : n]",
        "select '{{ x }} :a ${b}', \":a {{b}}\"",
        "do $$ begin x := :y; {{ z }} end $$",
        "select f(a := 1, b => 2)",
        "select 1 -- :a {{ b }}",
        "select a /* :b */ from c",
        "select $1, '[' || $2",
        "call f(a:=1)",
    ],
)
def test_left_alone(text: str) -> None:
    (statement,) = Source.of(text + "\n;").statements
    assert text.startswith(statement.text)
    assert statement.placeholders == ()
    assert parse_statement(statement.text).issue is None


def test_a_variable_behind_a_closed_bracket() -> None:
    (statement,) = Source.of("select a[1], '[', :x").statements
    assert statement.text == "select a[1], '[', _x"


def test_a_colon_behind_a_name_stays_an_error() -> None:
    (statement,) = Source.of("select a:b").statements
    assert parse_statement(statement.text).issue is not None


def test_placeholders_are_told() -> None:
    text = "  select :a, {{ b }}, 'é', :'c'"
    (statement,) = Source.of(text).statements
    at = statement.span.start
    assert [p.shifted(at).of(text) for p in statement.placeholders] == [":a", "{{ b }}", ":'c'"]


def test_templates_alone_on_a_line_are_no_statement() -> None:
    source = Source.of("{{ config(materialized='table') }}\nselect 1;\n{{ grants() }};\n${more}")
    assert [s.text for s in source.statements] == ["select 1"]


def test_a_bom_at_the_beginning() -> None:
    (statement,) = Source.of("\ufeffselect 1;").statements
    assert (statement.text, statement.span.start) == ("select 1", 1)
    assert parse_statement(statement.text).tree is not None


def test_a_bom_behind_the_last_token() -> None:
    (statement,) = Source.of("select $1\ufeff;").statements
    assert (statement.text, statement.span.end) == ("select $1", 9)
