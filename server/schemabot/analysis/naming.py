"""How a project names its migrations: what a new one is called, and what stands in it besides its SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from schemabot.rulekit.versions import dotted_key, next_version

_STAMP_DIGITS = 14
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_LAST_NUMBER = re.compile(r"[0-9]+\Z")

Numbering = Literal["digits", "dotted", "dashed-time", "name"]


class Naming(msgspec.Struct, frozen=True):
    """The names of new migrations. `file` and `text` are templates with `{version}`, `{slug}` and `{sql}`.

    `folder` is where `file` goes, None for beside the newest migration. Versions are `digits` (a number or a time
    stamp, as the newest one is), `dotted` numbers, a `dashed-time` (2024-01-31-235959-0000), or the change's
    `name` itself.
    """

    folder: str | None = None
    file: str = "{version}_{slug}.sql"
    text: str = "{sql}\n"
    numbering: Numbering = "digits"

    def new_file(self, slug: str, sql: str, versions: Iterable[str], today: date | None) -> tuple[str, str]:
        """The path below `folder` and the text of a new migration that comes behind those of `versions`."""
        word = _NOT_WORD.sub("_", slug.lower()).strip("_") or "fix"
        names = {"version": self._next(versions, today), "slug": word}
        return self.file.format(**names), self.text.replace("{slug}", word).replace("{sql}", sql.rstrip())

    def _next(self, versions: Iterable[str], today: date | None) -> str:
        known = list(versions)
        if self.numbering == "name":
            return ""
        if self.numbering == "dashed-time":
            newest = max((version[:_STAMP_DIGITS] for version in known), default=None)
            stamp = next_version([newest] if newest else [], today)
            return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}-{stamp[8:14]}-0000"
        if self.numbering == "dotted":
            return _next_dotted(known, today)
        return next_version([version for version in known if version.isdigit()], today)


def _next_dotted(versions: list[str], today: date | None) -> str:
    newest = max(versions, key=dotted_key, default=None)
    if newest is None:
        return "1"
    if newest.isdigit():
        return next_version([newest], today)
    return _LAST_NUMBER.sub(lambda found: str(int(found.group()) + 1).zfill(len(found.group())), newest)
