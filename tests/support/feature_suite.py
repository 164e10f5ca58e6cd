"""Markdown suites of features: one heading is one test.

    # Hover                                the title of the suite; what stands before the first `##` is prose

    ## A column shows its type             one test; prose below it says why

    ```sql platform=postgres               the migrations; `platform` is optional (supabase)
    -- file: 20260101000000_notes.sql      starts a migration; without such a line there is one
    create table public.notes (id uuid);
    --                         ^^          marks a span of the line above, in the columns as they are seen
    -- file: 20260102000000_more.sql
    select i<|>d from notes;               the cursor; it is no part of the text, nor of the columns marked
    --<^^^^^                               a mark that begins in one of the first columns starts with `--<`
    ```

    ```toml                                schemabot.toml, optional
    ```

    ```markdown                            what is expected: any block of another language, by its language
    ```

A text may hold several cursors, for tests that ask at each. The last line end of a text is kept, so is none:
a text that ends in `<|>` and a line end ends in that line end. Markdown in an expected block may use `~~~` fences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from schemabot.analysis import Analysis
from schemabot.text import Span
from support.rule_examples import DEFAULT_FILE, FOLDER, check, project_of, settings_of

SUITES = Path(__file__).parent.parent / "features"
CURSOR = "<|>"

_HEADING = re.compile(r"^## +(.+?)\s*$", re.M)
_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```\s*$", re.M | re.S)
_FILE = re.compile(r"--\s*file:\s*(\S+)\s*\Z")
_CARETS = re.compile(r"\s*--<?[ ^]*\^[ ^]*\Z")
_MARK = re.compile(r"--<\^+|\^+")
_OPTION = re.compile(r"(\w+)=(\S+)")


@attrs.frozen
class Place:
    """A span in a file of a test."""

    path: str
    span: Span


@attrs.frozen
class FeatureTest:
    """One test: files by path, what carets mark, where the cursors stand, what is expected.

    `answers` are the blocks of other languages than sql and toml; `options` what stands behind `sql`.
    """

    name: str
    files: Mapping[str, str]
    marks: tuple[Place, ...]
    cursors: tuple[Place, ...]
    answers: Mapping[str, str]
    toml: str = ""
    options: Mapping[str, str] = attrs.Factory(dict)

    @property
    def cursor(self) -> Place:
        """The one cursor."""
        (only,) = self.cursors
        return only

    def analysis(self) -> Analysis:
        """The files analysed with all rules; fails when a rule raised."""
        platform = "postgres" if self.options.get("platform") == "postgres" else "supabase"
        return check(project_of(self.files, settings_of(self.toml), platform=platform))

    def marked(self) -> list[tuple[str, str]]:
        """What the carets mark: (file name, text), to be compared with an answer and to be read in a failure."""
        return [(short(place.path), self.text(place)) for place in self.marks]

    def text(self, place: Place) -> str:
        """The text at a place."""
        return place.span.of(self.files[place.path])


def short(path: str) -> str:
    """A file's name without its folder."""
    return path.rpartition("/")[2]


def suite(name: str) -> list[FeatureTest]:
    """The tests of `tests/features/NAME`."""
    text = (SUITES / name).read_text("utf-8")
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    return [
        feature_test(heading[1], text[heading.end() : end])
        for heading, end in zip(headings, ends, strict=True)
    ]


def feature_test(name: str, body: str) -> FeatureTest:
    """One test from what stands below its heading."""
    files: dict[str, str] = {}
    marks: list[Place] = []
    cursors: list[Place] = []
    answers: dict[str, str] = {}
    options: dict[str, str] = {}
    toml = ""
    for block in _BLOCK.finditer(body):
        language, info, content = block[1], block[2], block[3]
        if language == "sql" and not files:
            options.update(_OPTION.findall(info))
            for path, text, marked, stands in _files(content):
                files[path] = text
                marks += [Place(path, span) for span in marked]
                cursors += [Place(path, Span(at, at)) for at in stands]
        elif language == "toml":
            toml = content
        else:
            answers[language] = content.rstrip("\n")
    return FeatureTest(name, files, tuple(marks), tuple(cursors), answers, toml, options)


def _files(content: str) -> Iterator[tuple[str, str, list[Span], list[int]]]:
    path, lines = DEFAULT_FILE, list[str]()
    for line in content.splitlines(keepends=True):
        if header := _FILE.match(line.rstrip("\n")):
            if lines:
                yield (path, *_read(lines))
            path, lines = f"{FOLDER}/{header[1]}", []
        else:
            lines.append(line)
    if lines:
        yield (path, *_read(lines))


def _read(lines: list[str]) -> tuple[str, list[Span], list[int]]:
    """A file's text without caret lines and cursors, the marked spans, and where the cursors stood."""
    text, marks, cursors = "", list[Span](), list[int]()
    start, shown = 0, ""  # where the last line of code begins, and how it looks in the suite

    for line in lines:
        if _CARETS.match(line.rstrip("\n")):
            marks += [
                Span(start + _column(shown, m.start()), start + _column(shown, m.end()))
                for m in _MARK.finditer(line)
            ]
            continue
        start, shown = len(text), line
        pieces = line.split(CURSOR)
        for piece in pieces[:-1]:
            text += piece
            cursors.append(len(text))
        text += pieces[-1]
    return text, marks, cursors


def _column(shown: str, column: int) -> int:
    """A column of a line as it is seen, in the text without cursors."""
    before = shown[:column]
    cursors = before.count(CURSOR)
    for cut in range(1, len(CURSOR)):  # a column inside a cursor means the place where it stands
        if before.endswith(CURSOR[:cut]) and shown[column - cut :].startswith(CURSOR):
            return column - cut - cursors * len(CURSOR)
    return column - cursors * len(CURSOR)
