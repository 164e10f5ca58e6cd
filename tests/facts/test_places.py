"""What holds for every text: nothing raises, every place lies inside and holds what it should."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.brief import facts_of
from facts.cases import CASES
from schemabot.facts import extract
from schemabot.facts.expression import Column, Expression, QueryText
from schemabot.facts.model import Extracted, RunBlock, Unanalysed
from schemabot.facts.names import Ident, Name, TypeName, fold
from schemabot.facts.read.scan import StatementText
from schemabot.text import Span

STATEMENTS = [case.sql for case in CASES]
# Names that are no identifiers: operators, casts, transforms, settings, numbers of large objects.
_NOT_IDENTIFIERS = re.compile(r"\b(operator|cast|transform|large object|parameter)\b", re.IGNORECASE)
_IDENTIFIER = re.compile(r'(?:[uU]&)?"(?:[^"]|"")*"|[^\s.*]+')


def parts_of(value: Any) -> Iterator[Any]:
    """Every value inside `value`."""
    todo = [value]
    while todo:
        item = todo.pop()
        yield item
        if isinstance(item, tuple):
            todo.extend(item)
        elif isinstance(item, msgspec.Struct) and not isinstance(item, Span):
            todo.extend(getattr(item, field) for field in item.__struct_fields__)


def check_places(sql: str, extracted: Extracted) -> None:
    assert extracted.facts
    for part in parts_of(extracted.facts):
        if isinstance(part, Span):
            assert 0 <= part.start <= part.end <= len(sql)
        elif isinstance(part, Expression | QueryText):
            assert part.text == part.span.of(sql) == part.text.strip()
    if extracted.error_span is not None:
        assert 0 <= extracted.error_span.start <= extracted.error_span.end <= len(sql)


def folded(written: str) -> tuple[str, ...]:
    without_comments = re.sub(r"/\*.*?\*/|--[^\n]*", "", written, flags=re.S)
    return tuple(fold(word) for word in _IDENTIFIER.findall(without_comments))


@pytest.mark.parametrize("sql", STATEMENTS)
def test_places_of_names_hold_the_names(sql: str) -> None:
    extracted = extract(sql)
    check_places(sql, extracted)
    if _NOT_IDENTIFIERS.search(sql) or "current_user" in sql:
        return
    for part in parts_of(extracted.facts):
        if isinstance(part, Name):
            written = folded(part.span.of(sql))
            # An element of CREATE SCHEMA gets the schema that its name does not show.
            assert written
            assert part.parts[-len(written) :] == written
            assert len(part.parts) == len(written) or sql.startswith("create schema")
        elif isinstance(part, Ident):
            assert folded(part.span.of(sql)) == (part.name,)
        elif isinstance(part, Column) and not part.star:
            assert folded(part.span.of(sql)) == part.parts or part.span.start == part.span.end
        elif isinstance(part, TypeName):
            assert part.span.of(sql) == part.span.of(sql).strip() != ""


@pytest.mark.parametrize("sql", STATEMENTS)
def test_gaps_and_case_do_not_matter(sql: str) -> None:
    """Comments with brackets, quotes and commas between all tokens change places and texts only."""
    if isinstance(extract(sql).facts[0], Unanalysed):
        return
    gap = " /* ( ' , /* [ */ */\n-- )] \" ,\n "
    text = StatementText(sql)
    tokens: list[str] = []
    at = 0
    while (span := text.token(at)).start < span.end:
        token = span.of(sql)
        # Two strings would become one across a line end, and a sign belongs to its number in some places.
        if tokens and token[0] == "'" and tokens[-1][-1] == "'":
            return
        tokens.append(token)
        at = span.end
    spread = gap.join(
        token.upper() if token.isascii() and token.isidentifier() else token for token in tokens
    )

    def essence(facts: str) -> str:
        shown = re.sub(r"(?m)^\[.*?\] (?=[A-Z]\w+\()", "", facts)
        return re.sub(r"\s", "", shown.replace(gap.replace("\n", "\\n"), "").replace("\\n", "")).lower()

    check_places(spread, extract(spread))
    assert essence(facts_of(spread)) == essence(facts_of(sql))


@given(st.text(max_size=60))
def test_any_text_has_facts(sql: str) -> None:
    check_places(sql, extract(sql))


FRAGMENTS = st.sampled_from(
    ["(", ")", "'", '"', "$$", "--", "/*", "*/", ",", ".", ";", " ", "\n", "é", "\U0001f418", "null",
     "default", "not", "a", "E'", "$x$", "[", "]", "::", "select", "as", "on", "using", "check",
     "if exists", "\0", 'U&"\\0061"']
)  # fmt: skip


@settings(max_examples=400)
@given(st.sampled_from(STATEMENTS), st.data())
def test_half_typed_statements_have_facts(sql: str, data: st.DataObject) -> None:
    """Statements cut off, with pieces taken out and put in: never an exception, never a place outside."""
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(sql)))
        end = data.draw(st.integers(start, min(len(sql), start + 12)))
        sql = sql[:start] + data.draw(FRAGMENTS) + sql[end:]
    if data.draw(st.booleans()):
        sql = sql[: data.draw(st.integers(0, len(sql)))]
    extracted = extract(sql)
    check_places(sql, extracted)
    for fact in extracted.facts:
        if isinstance(fact, Unanalysed):
            assert "parse tree is unknown" not in fact.reason
        if isinstance(fact, RunBlock) and "'" not in sql:
            assert fact.body_span.of(sql) == fact.body


def test_offsets_are_code_points() -> None:
    sql = "alter table \U0001f418 add column größe text default 'ä\U0001f418' check (größe <> 'é')"
    extracted = extract(sql)
    check_places(sql, extracted)
    (column,) = [part for part in parts_of(extracted.facts) if isinstance(part, Column)]
    assert column.span.of(sql) == "größe"
    default, check = sorted(part.text for part in parts_of(extracted.facts) if isinstance(part, Expression))
    assert (default, check) == ("'ä\U0001f418'", "größe <> 'é'")


def test_names_are_folded_and_cut_as_postgresql_does() -> None:
    long = "a" * 70
    written = ("ABC", '"ABC"', "AÄb", 'U&"d\\0061t\\+000061"', '"a""b"', long, f'"ä{long}"')
    names = ["abc", "ABC", "aÄb", "data", 'a"b', "a" * 63, "ä" + "a" * 61]
    assert [fold(name) for name in written] == names
    for name in (long, f'"ä{long}"', '"é' + "ö" * 40 + '"'):
        (fact,) = extract(f"create schema {name}").facts
        assert fact.name.name == fold(name)  # type: ignore[union-attr]  # a CreateSchema


def test_a_statement_is_read_once() -> None:
    assert extract("select 'read once'") is extract("select 'read once'")
