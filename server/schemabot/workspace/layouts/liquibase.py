"""Liquibase with changelogs of formatted SQL.

Source: Liquibase documentation, "Formatted SQL Changelog" (`changeset` attributes, `rollback` comments), `include` and
`includeAll`. The master changelog is read for the files that it includes, in order; changes that are written in
YAML, JSON or XML are not SQL and are said to be unknown.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from schemabot.analysis.naming import Naming
from schemabot.rulekit.runner import Runner
from schemabot.syntax.parts import Markers
from schemabot.workspace.layouts.model import Family, Folder, Listing, shown
from schemabot.workspace.layouts.numbered import entry

HEADER = re.compile(r"\s*--\s*liquibase\s+formatted\s+sql\b", re.I)
_OTHER_DATABASE = (
    r"--\s*changeset\b(?=.*\bdbms:\s*\"?(?![^\"\s]*postgres)[^!\"\s])"
    r"|--\s*changeset\b(?=.*\bdbms:\s*\"?![^\"\s]*postgres)"
)
MARKERS = Markers(up=r"--\s*changeset\b", down=_OTHER_DATABASE, down_is_postgres=False)
"""Changesets for other databases (`dbms:`) are not run; rollbacks are comments already."""

_MASTER = re.compile(
    r"(?:.*\.)?(?:changelog[-_.]?(?:master|root)|master|changelog|root)(?:[-_.].*)?\.(?:ya?ml|xml|json)\Z",
    re.I,
)
_INCLUDE = re.compile(
    r"\b(?P<all>includeAll)\b|\binclude\b"
    r"|\b(?P<key>file|path)\b[\"']?\s*[:=]\s*[\"']?(?P<path>[^\"'\s,}>]+)"
    r"|\b(?P<change>createTable|addColumn|createIndex|addForeignKeyConstraint|dropTable|dropColumn|sqlFile)\b"
)  # fmt: skip


def _read(folder: Folder) -> Listing:
    names = folder.deep_sql()
    masters = sorted(name for name in folder.files if _MASTER.match(name))
    if not masters:
        return Listing(tuple(map(entry, names)))
    found: dict[str, None] = {}
    notes: list[str] = []
    _included(folder, masters[0], names, found, notes, set())
    left = [name for name in names if name not in found]
    if not found:
        found = dict.fromkeys(names)
        notes.append(
            f"{masters[0]} includes none of the SQL files here: they are read in the order of their names"
        )
    elif left:
        notes.append(f"{masters[0]} does not include {shown(left)}")
    return Listing(tuple(map(entry, found)), notes=tuple(dict.fromkeys(notes)), ordered_by=tuple(masters))


def _included(
    folder: Folder, changelog: str, names: list[str], found: dict[str, None], notes: list[str], seen: set[str]
) -> None:
    waiting = [changelog]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if current in names:
            found[current] = None
            continue
        inner: list[str] = []
        everything = False
        for match in _INCLUDE.finditer(folder.text(current) or ""):
            if match["all"]:
                everything = True
            elif match["change"]:
                notes.append(f"changes that {current} holds itself are unknown")
            elif match["path"]:
                inner += _files(match["path"], current, names, folder, everything and match["key"] == "path")
                everything = False
        waiting += reversed(inner)


def _files(path: str, changelog: str, names: list[str], folder: Folder, everything: bool) -> list[str]:
    """The files that an include means: relative to the changelog, or to a root above that we do not know."""
    path = path.removeprefix("classpath:").strip("/")
    here = posixpath.dirname(changelog)
    if everything:
        prefixes = {posixpath.normpath(posixpath.join(here, path)) + "/", path.rpartition("/")[2] + "/"}
        if path.rpartition("/")[2] == folder.path.name:
            return [name for name in names if "/" not in name]
        return [name for name in names if name.startswith(tuple(prefixes))]
    pieces = path.split("/")
    candidates = [posixpath.normpath(posixpath.join(here, path))]
    candidates += ["/".join(pieces[index:]) for index in range(len(pieces))]
    return next(([name] for name in candidates if name in names or folder.has(name)), [])


def _naming(folder: Path) -> Naming:
    head = "--liquibase formatted sql\n\n--changeset schemabot:{slug}\n"
    return Naming(str(folder), text=head + "{sql}\n")


# Liquibase documentation, "runInTransaction": a changeset runs in a transaction unless it says otherwise.
_RUNNER = Runner(
    title="Liquibase",
    transaction="explicit",
    inner_commit="Liquibase notes that the changeset has run apart from it",
    no_transaction=r"--\s*changeset\b.*\brunInTransaction:\s*\"?false",
    psql=False,
    first_line=r"--\s*liquibase\s+formatted\s+sql\b",
)

LIQUIBASE = (Family("liquibase", "Liquibase", _read, MARKERS, _naming, _RUNNER),)
