"""The format for people, after rustc's: severity, rule, message, place, source line with carets, fixes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from schemabot.cli.output import plain, styled
from schemabot.cli.report import NotAnalysed, Place, Report, Shown
from schemabot.rulekit.finding import Severity
from schemabot.syntax.source import Source

WIDTH = 160
"""Columns of a source line that are shown; a longer one is cut around the place."""

_COLOURS = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFORMATION: "blue",
    Severity.HINT: "cyan",
}


def text_of(report: Report, colour: bool) -> str:
    """The whole report with a summary line at its end."""
    pieces = [_finding(item, report.sources.get(item.place.path), colour) for item in report.findings]
    pieces += [
        _not_analysed(item, report.sources.get(item.place.path), colour) for item in report.not_analysed
    ]
    return "\n\n".join([*pieces, _summary(report, colour)])


def _finding(item: Shown, source: Source | None, colour: bool) -> str:
    tint = _COLOURS[item.severity]
    head = styled(f"{item.severity.value}[{item.rule}]", colour, fg=tint, bold=True)
    lines = [f"{head}{styled(': ' + plain(item.message), colour, bold=True)}"]
    gutter = " " * len(str(item.place.line))
    lines += _excerpt(item.place, source, tint, colour)
    lines += (
        f"{gutter} {styled('=', colour, fg='blue')} {text}"
        for text in (
            *((f"see: {_spelled(place)}: {plain(message)}") for place, message in item.related),
            *((f"help: {plain(item.help)}",) if item.help else ()),
            *(f"fix: {plain(title)}" for title in item.fixes),
        )
    )
    return "\n".join(lines)


def _not_analysed(item: NotAnalysed, source: Source | None, colour: bool) -> str:
    head = styled("hint[not-analysed]", colour, fg="cyan", bold=True)
    return "\n".join([f"{head}: {plain(item.reason)}", *_excerpt(item.place, source, "cyan", colour)])


def _excerpt(place: Place, source: Source | None, tint: str, colour: bool) -> Iterator[str]:
    """`--> path:line:column` and the source line with carets under the place."""
    gutter = " " * len(str(place.line))
    yield f"{gutter}{styled('-->', colour, fg='blue')} {_spelled(place)}"
    if source is None or not source.text:
        return
    span = source.lines.line_span(place.line - 1)
    line = span.of(source.text)
    first = place.column - 1
    last = place.end_column - 1 if place.end_line == place.line else len(line)
    line, first, last = _cut(line, first, last)
    bar = styled("|", colour, fg="blue")
    before = _printed(line[:first])
    marked = _printed(line[first:last])
    carets = styled("^" * max(_width(marked), 1), colour, fg=tint, bold=True)
    more = " ..." if place.end_line > place.line else ""
    yield f"{gutter} {bar}"
    number = styled(str(place.line), colour, fg="blue")
    yield f"{number} {bar} {before}{marked}{_printed(line[last:])}".rstrip()
    yield f"{gutter} {bar} {' ' * _width(before)}{carets}{more}"


def _cut(line: str, first: int, last: int) -> tuple[str, int, int]:
    """The part of a very long line around the place, and the place in it."""
    if len(line) <= WIDTH:
        return line, first, last
    start = 0 if first < WIDTH // 2 else first - WIDTH // 4
    end = min(start + WIDTH, len(line))
    lead, tail = ("..." if start else ""), ("..." if end < len(line) else "")
    moved = len(lead) - start
    return f"{lead}{line[start:end]}{tail}", first + moved, min(last, end) + moved


def _printed(text: str) -> str:
    return plain(text).replace("\t", "    ").replace("\n", " ")


def _width(text: str) -> int:
    """How many columns a terminal gives the text: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) != 0 for char in text)


def counted(number: int, level: Severity) -> str:
    """`1 error`, `2 errors`, `2 information`."""
    plural = "" if number == 1 or level is Severity.INFORMATION else "s"
    return f"{number} {level.value}{plural}"


def _spelled(place: Place) -> str:
    return f"{plain(place.path)}:{place.line}:{place.column}"


def _summary(report: Report, colour: bool) -> str:
    counts = report.counts()
    found = [
        styled(counted(count, Severity(name)), colour, bold=True) for name, count in counts.items() if count
    ]
    if report.not_analysed:
        places = "1 place" if len(report.not_analysed) == 1 else f"{len(report.not_analysed)} places"
        found.append(f"{places} not analysed")
    files = "1 file" if report.files == 1 else f"{report.files} files"
    statements = "1 statement" if report.statements == 1 else f"{report.statements} statements"
    return f"{', '.join(found) or 'No findings'} in {files}, {statements}."
