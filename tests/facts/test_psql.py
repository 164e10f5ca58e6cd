"""psql's commands: those that decide what the server is sent are said to be not analysed."""

from __future__ import annotations

import pytest

from schemabot.facts.model import NoEffect, Unanalysed
from schemabot.facts.psql import extract_command


@pytest.mark.parametrize("text", [r"\i a.sql", r"\ir 'b c.sql'", r"\include x", r"\if :x", r"\gexec"])
def test_not_analysed(text: str) -> None:
    (fact,) = extract_command(text).facts
    assert isinstance(fact, Unanalysed)
    assert fact.span.of(text) == text


@pytest.mark.parametrize(
    "text", [r"\restrict abc", r"\connect db", r"\set x 1", r"\echo 'a; b'", r"\.", "\\"]
)
def test_no_effect(text: str) -> None:
    (fact,) = extract_command(text).facts
    assert isinstance(fact, NoEffect)
