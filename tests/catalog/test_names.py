"""Names that PostgreSQL chooses: cut to 63 bytes between characters, told apart by numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.catalog.apply.naming import NAME_BYTES, clip, index_column_names, make_object_name
from schemabot.facts.model import IndexElement


@pytest.mark.parametrize(
    ("first", "second", "label", "name"),
    [
        ("t", "", "pkey", "t_pkey"),
        ("t", "a", "key", "t_a_key"),
        ("t" * 70, "", "pkey", "t" * 58 + "_pkey"),
        ("t" * 70, "a", "key", "t" * 57 + "_a_key"),
        ("t" * 40, "a" * 40, "fkey", "t" * 29 + "_" + "a" * 28 + "_fkey"),
        ("ü" * 40, "", "pkey", "ü" * 29 + "_pkey"),
    ],
)
def test_long_names_give_way(first: str, second: str, label: str, name: str) -> None:
    assert make_object_name(first, second, label) == name


@given(st.text(max_size=90), st.text(max_size=90), st.sampled_from(["pkey", "key", "idx12", "not_null"]))
def test_a_name_always_fits_and_ends_in_its_label(first: str, second: str, label: str) -> None:
    name = make_object_name(first, second, label)
    assert len(name.encode()) <= NAME_BYTES
    assert name.endswith(label)


@given(st.text(max_size=80), st.integers(0, 90))
def test_clip_keeps_whole_characters(text: str, size: int) -> None:
    clipped = clip(text, size)
    assert text.startswith(clipped)
    assert len(clipped.encode()) <= size


def test_index_columns_are_told_apart() -> None:
    elements = [IndexElement(column="a"), IndexElement(column="a"), IndexElement(), IndexElement()]
    assert index_column_names(elements, ["a", "b"]) == ["a", "a1", "expr", "expr1", "a2", "b"]
