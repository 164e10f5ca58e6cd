"""The name of a new migration is not of the form that the layout's names have.

`YYYYMMDDHHMMSS_what_it_does.sql` is what the Supabase CLI and dbmate write: the time orders the files, and two
people rarely take the same one. A version of another length is sorted among the others in a place that
nobody expects (`20260301_x` comes before `20260228235959_x` by its digits, and behind all numbers of the form
`0042`), and a time that no clock shows tells others nothing.

What the project does counts. Where its newest files are numbered `0041`, `0042`, numbers are the form; only
a file unlike all of them is reported. The words behind the version are snake_case where those of its newest
files are; in the preset `schemabot` they always are, and so are the times. Words, and times that no clock shows, are
worth a hint only. A first file `0` or `1` before all time stamps is a baseline. Names that a tool generates
(Prisma, Drizzle, Diesel, hosted builders that put a UUID behind the time) are never reported, nor is a file
that has run: it keeps its name.

## Bad

```sql layout=supabase settled=20260101000000_a.sql,20260102000000_b.sql,20260103000000_c.sql
-- file: 20260101000000_a.sql
create schema a;
-- file: 20260102000000_b.sql
create schema b;
-- file: 20260103000000_c.sql
create schema c;
-- file: 20260201_add_d.sql
create schema d;
--<^^^^^^^^^^^^^
```

## Fixed

```sql
-- file: 20260101000000_a.sql
create schema a;
-- file: 20260102000000_b.sql
create schema b;
-- file: 20260103000000_c.sql
create schema c;
-- file: 20260201000000_add_d.sql
create schema d;
```

## Bad: its words

```sql layout=supabase
-- file: 20260101000000_first_notes.sql
create schema a;
-- file: 20260102000000_their_titles.sql
create schema b;
-- file: 20260103000000_their_colours.sql
create schema c;
-- file: 20260201000000_AddTags-toNotes.sql
create schema d;
--<^^^^^^^^^^^^^
```

## Fixed

```sql
-- file: 20260101000000_first_notes.sql
create schema a;
-- file: 20260102000000_their_titles.sql
create schema b;
-- file: 20260103000000_their_colours.sql
create schema c;
-- file: 20260201000000_add_tags_to_notes.sql
create schema d;
```

## Bad: the house's form

```toml
preset = "schemabot"
```

```sql layout=supabase today=2026-02-03
-- file: 1_create_d.sql
create schema d;
--<^^^^^^^^^^^^^
```

## Fixed

```sql
-- file: 20260203000000_create_d.sql
create schema d;
```

## Bad: no such time

```sql layout=dbmate
-- file: 20261399000000_add_d.sql
-- migrate:up
--<^^^^^^^^^^
create schema d;
```

## Good: the project numbers its files

```sql layout=goose
-- file: 0001_a.sql
create schema a;
-- file: 0002_b.sql
create schema b;
-- file: 0003_c.sql
create schema c;
-- file: 0004_d.sql
create schema d;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemabot.rulekit import FileContext, Finding, Fix, MigrationView, Severity, file_rule
from schemabot.rulekit.habits import HOUSE_PRESETS
from schemabot.rulekit.migrations import file_place, is_new, neighbour, newest, rename, versions
from schemabot.rulekit.versions import day_of, has_form_of_time, is_time, next_version

_STAMP_DIGITS = 14
_DAY_DIGITS = 8
_LOOKED_AT = 5
_HABIT = 3
_GENERATED = re.compile(r"[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}", re.I)
_NAME = re.compile(r"[0-9]+_(.+?)(?:\.(?:up|do))?\.sql\Z", re.I | re.S)
_SNAKE = re.compile(r"[a-z0-9]+(?:_+[a-z0-9]+)*(?:\.[a-z0-9]+)*")  # .postgres.up.sql
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


@file_rule(severity=Severity.WARNING)
def check(context: FileContext[Any]) -> Iterator[Finding]:
    """Report a new file whose version or words are unlike those of the layout and of the newest files."""
    migration, runner = context.migration, context.project.runner
    if not runner.hand_named or not is_new(migration) or not (migration.version or "").isdigit():
        return
    if _GENERATED.search(migration.name):
        return
    others = newest(context.project, migration, _LOOKED_AT)
    version_wrong = _version_wrong(context, others)
    slug = _slug(migration)
    slug_wrong = slug is not None and not _SNAKE.fullmatch(slug) and _wants_snake(context, others)
    if version_wrong is None and not slug_wrong:
        return
    said, severity = version_wrong or ("", Severity.HINT)
    if slug_wrong:
        said = f"{said} The words" if said else "The words"
        said += " of this file's name are not in snake_case, unlike those of the other migrations."
    yield context.finding(
        file_place(migration),
        said,
        help="Name it as the other migrations are named.",
        severity=severity,
        fixes=_fixes(context, version_wrong is not None, slug if slug_wrong else None),
    )


def _version_wrong(
    context: FileContext[Any], others: list[MigrationView]
) -> tuple[str, Severity | None] | None:
    version = context.migration.version or ""
    lengths = {len(other.version or "") for other in others} if len(others) >= _HABIT else set()
    stamps = lengths == {_STAMP_DIGITS} or (context.project.runner.stamps and _is_house(context))
    if int(version) <= 1 and neighbour(context.project, context.migration, -1) is None and others:
        return None  # a baseline before everything else
    if stamps and len(version) != _STAMP_DIGITS:
        return (
            f"Version {version} is not of the form YYYYMMDDHHMMSS, so the file may run in another place than "
            "its number suggests.",
            None,
        )
    if stamps or (len(version) == _STAMP_DIGITS and context.project.runner.stamps):
        if is_time(version):
            return None
        return f"Version {version} is no time that a clock shows (YYYYMMDDHHMMSS).", Severity.HINT
    if len(lengths) != 1 or len(version) in lengths:
        return None
    (length,) = lengths
    if len(version) == length + 1 and all(set(o.version or "") == {"9"} for o in others[:1]):
        return None  # 1000 behind 999
    kind = "a time stamp" if has_form_of_time(version) else f"a number of {len(version)} digits"
    return (
        f"Version {version} is {kind}, while those of the other migrations have {length} digits: files of the "
        "two kinds are not sorted in the order in which they were made.",
        None,
    )


def _wants_snake(context: FileContext[Any], others: list[MigrationView]) -> bool:
    if _is_house(context):
        return True
    slugs = [slug for other in others if (slug := _slug(other)) is not None]
    return len(slugs) >= _HABIT and all(_SNAKE.fullmatch(slug) for slug in slugs)


def _fixes(context: FileContext[Any], version_wrong: bool, slug: str | None) -> tuple[Fix, ...]:
    migration = context.migration
    version = _repaired(context) if version_wrong else migration.version
    words = None if slug is None else _NOT_WORD.sub("_", _HUMP.sub("_", slug).lower()).strip("_")
    if version is None or words == "":
        return ()
    fix = rename(context, version, words)
    return () if fix is None else (fix,)


def _repaired(context: FileContext[Any]) -> str | None:
    """A version of the right form that keeps the file's place; None where there is none."""
    project, migration = context.project, context.migration
    before, behind = neighbour(project, migration, -1), neighbour(project, migration, 1)
    known = [v for v in versions(project) if v != migration.version]
    wanted = None
    if len(migration.version or "") == _DAY_DIGITS and day_of(migration.version or "") is not None:
        wanted = f"{migration.version}000000"
    elif behind is None:
        wanted = next_version(known, project.today)
    if wanted is None or wanted in known:
        return None
    fits = (before is None or int(before.version or 0) < int(wanted)) and (
        behind is None or int(wanted) < int(behind.version or 0)
    )
    return wanted if fits else None


def _slug(migration: MigrationView) -> str | None:
    found = _NAME.match(migration.name)
    return None if found is None else found[1]


def _is_house(context: FileContext[Any]) -> bool:
    return context.project.settings.preset in HOUSE_PRESETS
