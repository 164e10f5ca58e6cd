"""`Source.edited` against `Source.of`: any sequence of edits ends as if the final text had been opened."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from schemabot.syntax.source import Source
from schemabot.text import Edit, Span, apply_edits

NASTY = (
    "select 1;\n",
    "select 'a';\n",
    ";",
    ";;",
    "'",
    "''",
    '"',
    "E'\\'",
    "e'",
    "x",
    "$$",
    "$tag$",
    "$1",
    "a$b",
    "--",
    "-- c\n",
    "/*",
    "*/",
    "/* a */",
    "/* a /* b */ c */",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    " ",
    "😀",
    "é",
    "\0",
    "\ufeff",
    "COPY t FROM stdin;\n",
    "copy t (a) from stdin with (format csv);\r\n",
    "1\t2\n",
    "\\.",
    "\n\\.\n",
    "\\connect db\n",
    "\\gexec",
    "\\",
    "select 1 \\g\n",
    "create function f() returns int language sql\nBEGIN ATOMIC select case when a then 1 end; ",
    "create function g() returns int language sql as $$",
    "$$;\n",
    " language sql;\n",
    "END",
    "CASE ",
    "begin atomic ",
    "create rule r as on insert to t do also (",
    "(",
    ")",
    ":v",
    "::int",
    ":'v'",
    "[1:n]",
    "{{ x }}",
    "${y}",
    "\ncreate table t (a int",
    "\ncreate policy p on t",
    ");\n",
    "\n\ninsert into t values (1)",
    "\nupdate t set a = 'b';\n",
    "\n\nselect 2",
    "\ud800",
)

texts = st.lists(st.sampled_from(NASTY), max_size=25).map("".join)


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(texts)
    length = len(text)
    done: list[Edit] = []
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, length))
        end = draw(st.integers(start, min(length, start + draw(st.sampled_from((0, 1, 3, 40))))))
        inserted = draw(st.one_of(st.just(""), st.sampled_from(NASTY), texts))
        done.append(Edit(Span(start, end), inserted))
        length += len(inserted) - (end - start)
    return text, done


@settings(max_examples=600, deadline=None)
@given(edits())
def test_edited_equals_of_the_final_text(case: tuple[str, list[Edit]]) -> None:
    text, done = case
    source = Source.of(text)
    for edit in done:
        text = apply_edits(text, [edit])
        source = source.edited(edit)
        opened = Source.of(text)
        assert source == opened
        lines = source.lines
        assert lines.text == text
        assert [lines.line_span(n) for n in range(lines.line_count)] == [
            opened.lines.line_span(n) for n in range(opened.lines.line_count)
        ]


@settings(max_examples=300, deadline=None)
@given(st.one_of(texts, st.text()))
def test_statements_and_gaps_cover_any_text(text: str) -> None:
    source = Source.of(text)
    done = 0
    for statement in source.statements:
        assert done <= statement.span.start < statement.span.end <= statement.end <= len(text)
        assert len(statement.text) == statement.span.end - statement.span.start
        for placeholder in statement.placeholders:
            assert 0 <= placeholder.start < placeholder.end <= len(statement.text)
        if statement.issue is not None:
            assert 0 <= statement.issue.span.start < statement.issue.span.end <= len(statement.text)
        done = statement.end
    for comment in source.comments:
        assert comment.text == comment.span.of(text)
    assert list(source.comments) == sorted(source.comments, key=lambda c: c.span.start)
    # What belongs to no statement is space, `;` and comments, NUL and BOM, and lone templates.
    gaps = list(text)
    for piece in (*source.statements, *source.comments):
        gaps[piece.span.start : piece.span.end] = " " * (piece.span.end - piece.span.start)
    rest = "".join(gaps).replace("{{ x }}", "").replace("${y}", "").strip(" \t\n\r\f\v;\0\ufeff")
    assert rest == ""


THREE = "select 1;\n-- a\ncreate table t (\n  a text\n);\n/* b */\nselect 'é';\n-- c\n"


def test_statements_before_an_edit_stay_the_same_objects_and_those_behind_move() -> None:
    source = Source.of(THREE)
    at = THREE.index("-- a") + 3
    edited = source.edited(Edit(Span(at, at), "xy"))
    assert edited.statements[0] is source.statements[0]
    assert [s.text for s in edited.statements] == [s.text for s in source.statements]
    assert [s.span.start for s in edited.statements[1:]] == [s.span.start + 2 for s in source.statements[1:]]
    assert edited.comments[0].text == "-- xya"
    assert edited.comments[1].span == source.comments[1].span.shifted(2)


def test_an_edit_that_keeps_the_length_keeps_what_is_behind() -> None:
    source = Source.of(THREE)
    at = THREE.index("a text")
    edited = source.edited(Edit(Span(at, at + 1), "b"))
    assert edited.statements[2] is source.statements[2]
    assert "b text" in edited.statements[1].text


def test_typing_a_quote_breaks_one_statement_and_closing_it_heals() -> None:
    source = Source.of(THREE)
    at = THREE.index("1;") + 1
    broken = source.edited(Edit(Span(at, at), "'"))
    assert [s.issue is not None for s in broken.statements] == [True, False, False]
    healed = broken.edited(Edit(Span(at + 1, at + 1), "x'"))
    assert healed.statements[0].text == "select 1'x'"
    assert all(s.issue is None for s in healed.statements)


def test_an_edit_that_makes_copy_data_of_what_follows() -> None:
    text = "copy t from stdi;\nselect 1;\n\\.\nselect 2;"
    edited = Source.of(text).edited(Edit(Span(16, 16), "n"))
    assert [s.kind for s in edited.statements] == ["sql", "copy-data", "sql"]
    assert edited == Source.of("copy t from stdin;\nselect 1;\n\\.\nselect 2;")
