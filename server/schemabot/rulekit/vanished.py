"""Where a table that is not there any more was dropped."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from schemabot.catalog.objects import Origin
from schemabot.catalog.state import Problem
from schemabot.rulekit.context import ChangeContext
from schemabot.text import Span

_ANY_DROP = re.compile(r"drop\s+table\b", re.I)
_DROP = re.compile(r"drop\s+table\s+(?:if\s+exists\s+)?([^;]*)", re.I)


@lru_cache(maxsize=16384)
def _drops_tables(text: str) -> bool:
    """Whether a file drops any table; asked of all of the history with every key."""
    return _ANY_DROP.search(text) is not None


def where_dropped(problem: Problem, context: ChangeContext[Any]) -> Origin | None:
    """The last DROP TABLE before this statement that names it; None when there is none."""
    schema, _, name = problem.object.rpartition(".")
    wanted = re.compile(
        rf'(?:(?<![\w$."])|(?<={re.escape(schema)}\.)|(?<="\."))"?{re.escape(name)}"?(?![\w$.])'
    )
    place = context.project.places.get(context.migration.path, 0)
    for index in range(place, -1, -1):
        migration = context.project.migrations[index]
        if migration.is_down or not _drops_tables(migration.text) or name not in migration.text:
            continue
        statements = list(enumerate(migration.statements))
        if index == place:
            statements = statements[: context.at.statement]
        for number, statement in reversed(statements):
            found = _DROP.match(statement.text)
            if found is not None and (named := wanted.search(found[1])) is not None:
                start = found.start(1)
                return Origin(migration.path, number, Span(start + named.start(), start + named.end()))
    return None
