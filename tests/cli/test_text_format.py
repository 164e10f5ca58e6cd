import pytest

from schemabot.cli.output import plain
from schemabot.cli.report import NotAnalysed, Place, Report
from schemabot.cli.text_format import WIDTH, text_of
from schemabot.syntax.source import Source


def _shown(text: str, line: int, start: int, end: int, end_line: int | None = None) -> list[str]:
    place = Place("a.sql", line, start, end_line or line, end)
    report = Report((), (NotAnalysed(place, "why", "/a.sql"),), {"a.sql": Source.of(text)}, 1, 1, ())
    return text_of(report, colour=False).splitlines()


@pytest.mark.parametrize(
    ("text", "start", "end", "carets"),
    [
        ("select abc;", 8, 11, "       ^^^"),
        ("select abc;", 12, 12, "           ^"),
        ("\tselect", 2, 8, "    ^^^^^^"),
        ("'日本' x", 6, 7, "       ^"),
        ("'e\u0301' x", 6, 7, "    ^"),
    ],
)
def test_carets_stand_under_what_they_mark(text: str, start: int, end: int, carets: str) -> None:
    assert _shown(text, 1, start, end)[4] == f"  | {carets}"


def test_a_range_of_several_lines_is_marked_to_the_end_of_the_first() -> None:
    lines = _shown("a\ncreate table x (\n  a int\n);", 2, 8, 2, 4)
    assert lines[3:5] == ["2 | create table x (", "  |        ^^^^^^^^^ ..."]


def test_a_long_line_is_cut_around_the_place() -> None:
    text = "x" * 5000 + " here " + "y" * 5000
    _, _, _, line, carets, *_ = _shown(text, 1, 5002, 5006)
    assert len(line) < WIDTH + 20
    first = carets.index("^")
    assert line[first : first + 4] == "here"
    assert carets.count("^") == 4


def test_the_summary_counts() -> None:
    assert _shown("select 1", 1, 1, 2)[-1] == "1 place not analysed in 1 file, 1 statement."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31m", "a␛[31m"),
        ("a\tb\nc", "a\tb\nc"),
        ("\x9b", "\ufffd"),
        ("\u202e", "\\u202e"),
        ("é日", "é日"),
    ],
)
def test_what_a_terminal_would_obey_is_made_visible(text: str, shown: str) -> None:
    assert plain(text) == shown
