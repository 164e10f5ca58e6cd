"""Where the way back of a migration is written, in the form of its layout.

Behind the runner's mark, in the file beside, in a folder of the settings (`rollbacks`), else in comments at the end, under
the house's heading. An applied file is not edited: its way back goes into a file, or nowhere.
"""

from __future__ import annotations

import re

from schemabot.analysis.down_parts import comment_section, down_file
from schemabot.analysis.fixes import ChangeSet
from schemabot.analysis.project import MigrationFile, Project
from schemabot.text import Edit, Span, line_end_of
from schemabot_snippets import render

_UP_FILE = re.compile(r"(?:(?<=\.)|(?<=/)|\A)up(?=\.sql\Z)", re.I)


def placed(project: Project, file: MigrationFile, sql: str) -> ChangeSet | None:
    """The change that writes `sql` as the way back of a migration; None when that would edit an applied file."""
    text = file.source.text
    sql = sql.rstrip().replace("\n", line_end_of(text)) + line_end_of(text)
    beside = _beside(project, file)
    if beside is not None:
        known = project.file(beside)
        if known is None:
            return ChangeSet(created={beside: sql})
        if known.status == "applied":
            return None
        return ChangeSet(edits={beside: (Edit(Span(0, len(known.source.text)), sql),)})
    if file.status == "applied":
        return None
    return ChangeSet(edits={file.path: (_inside(project, file, sql),)})


def _beside(project: Project, file: MigrationFile) -> str | None:
    """The path of the file that is to hold the way back, when a file is."""
    known = down_file(project, file)
    if known is not None:
        return known.path
    folder, slash, name = file.path.replace("\\", "/").rpartition("/")
    if _UP_FILE.search(name):
        return folder + slash + _UP_FILE.sub("down", name)
    rollbacks = project.settings.rollbacks
    if rollbacks is not None:
        return f"{project.root.rstrip('/')}/{rollbacks.strip('/')}/{name}"
    return None


def _inside(project: Project, file: MigrationFile, sql: str) -> Edit:
    text, statements = file.source.text, file.source.statements
    end = line_end_of(text)
    down = file.down()
    if down:
        return Edit(Span(statements[min(down)].span.start, statements[max(down)].end), sql.rstrip())
    mark = _mark(project)
    if mark is not None and file.markers is not None:
        written = next((c for c in file.source.comments if re.match(file.markers.down, c.text, re.I)), None)
        if written is not None:
            return Edit(Span(written.span.end, written.span.end), f"{end}{sql.rstrip()}")
        at = len(text.rstrip())
        return Edit(Span(at, len(text)), f"{end}{end}{mark}{end}{sql}")
    lines = "\n".join(
        line if line.startswith("--") else f"-- {line}".rstrip() for line in sql.rstrip().splitlines()
    )
    section = render("down", statement="\0").rstrip()
    body = section.replace("-- \0;", lines).rstrip().replace("\n", end)
    span = comment_section(file)
    if span is not None:
        return Edit(span, body)
    at = len(text.rstrip())
    return Edit(Span(at, len(text)), f"{end}{end}{body}{end}")


def _mark(project: Project) -> str | None:
    """The runner's mark for the down part of a file, as new files have it."""
    if project.naming is None:
        return None
    found = project.naming.text.partition("{sql}")[2].strip()
    return found or None
