"""Spans, edits and line positions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.text import Edit, LineIndex, Span, apply_edits, line_end_of, units

TEXTS = st.text(alphabet="ab\r\n\x0b\x0c\x85\u2028é🌱", max_size=40)


def test_lines_end_where_the_protocol_says():
    index = LineIndex("a\nb\r\nc\rd\x0ce\u2028f")
    assert [index.line_span(n).of(index.text) for n in range(index.line_count)] == [
        "a",
        "b",
        "c",
        "d\x0ce\u2028f",
    ]


@given(TEXTS, st.integers(-3, 60), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_positions_come_back(text: str, offset: int, encoding):
    index = LineIndex(text)
    line, column = index.position(offset, encoding)
    back = index.offset(line, column, encoding)
    clamped = min(max(offset, 0), len(text))
    # Inside a line end there is no column: the position is that of the line's end.
    assert back == clamped or (back < clamped and set(text[back:clamped]) <= set("\r\n"))


@given(TEXTS, st.integers(0, 40), st.integers(0, 40), TEXTS)
def test_an_edited_index_is_a_new_index(text: str, start: int, length: int, new: str):
    start = min(start, len(text))
    edit = Edit(Span(start, min(start + length, len(text))), new)
    edited = LineIndex(text).edited(edit)
    fresh = LineIndex(apply_edits(text, [edit]))
    assert edited.text == fresh.text
    assert edited._starts == fresh._starts


def test_edits_are_applied_together():
    assert (
        apply_edits("abcdef", [Edit(Span(4, 5), "X"), Edit(Span(1, 3), ""), Edit(Span(0, 0), "<")]) == "<adXf"
    )


def test_overlapping_edits_are_refused():
    with pytest.raises(ValueError, match="overlapping"):
        apply_edits("abc", [Edit(Span(0, 2), ""), Edit(Span(1, 3), "")])


def test_units_and_line_ends():
    assert (units("é🌱", "utf-8"), units("é🌱", "utf-16"), units("é🌱", "utf-32")) == (6, 3, 2)
    assert line_end_of("a\r\nb\n") == "\r\n"
    assert line_end_of("a") == "\n"
