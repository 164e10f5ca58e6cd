"""A file of findings recorded earlier, so that only new ones count.

A finding is known by its rule, object, part and path (relative to the baseline's folder), not by its line;
of findings that are alike in these, as many are old as were recorded.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import attrs
import click

from schemabot.cli.report import Report, Shown
from schemabot.workspace.files import Unreadable, read_file, write_text

VERSION = 1

_Key = tuple[str, str | None, str | None, str]


def write_baseline(path: str, report: Report) -> None:
    """Record the findings of a report. Raises `OSError`."""
    counted = Counter(_key(item, path) for item in report.findings)
    entries = [
        {"rule": rule, "object": name, "part": part, "path": file, "count": count}
        for (rule, name, part, file), count in sorted(counted.items(), key=lambda entry: _sortable(entry[0]))
    ]
    write_text(
        path, json.dumps({"version": VERSION, "findings": entries}, indent=2, ensure_ascii=False) + "\n"
    )


def only_new(path: str, report: Report) -> Report:
    """The report without what the baseline knows. Raises `click.ClickException` when it is no baseline."""
    known = _read(path)
    new = []
    for item in report.findings:
        key = _key(item, path)
        if known[key] > 0:
            known[key] -= 1
        else:
            new.append(item)
    return attrs.evolve(report, findings=tuple(new))


def _read(path: str) -> Counter[_Key]:
    try:
        content = json.loads(read_file(path).text)
        if content["version"] != VERSION:
            raise click.ClickException(f"{path}: is a baseline of another version of schemabot")
        known: Counter[_Key] = Counter()
        for entry in content["findings"]:
            known[entry["rule"], entry["object"], entry["part"], entry["path"]] += int(entry["count"])
    except Unreadable as error:
        raise click.ClickException(str(error)) from None
    except (ValueError, TypeError, KeyError, RecursionError):
        raise click.ClickException(f"{path}: is not a baseline written by check --write-baseline") from None
    return known


def _key(item: Shown, baseline: str) -> _Key:
    folder = Path(baseline).absolute().parent
    return item.rule, item.object, item.part, os.path.relpath(item.file, folder).replace(os.sep, "/")


def _sortable(key: _Key) -> tuple[str, str, str, str]:
    rule, name, part, file = key
    return file, rule, name or "", part or ""
