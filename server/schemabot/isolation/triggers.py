"""Triggers that cannot change what a policy judges: the ones that only stamp the row."""

from __future__ import annotations

import re
from functools import lru_cache

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Table
from schemabot.isolation.verdict import Command
from schemabot.syntax.lexer import tokens

_STAMPS = re.compile(
    r"\s*begin\s+(?:new\s*\.\s*(?:updated_at|updated_on|modified_at|updatedat)\s*:?=\s*[^;]*;\s*)+return\s+new\s*;\s*end\s*;?\s*\Z",
    re.I,
)
_RAISES = re.compile(r"\b(?:raise|assert)\b", re.I)


def interfering(table: Table, command: Command, catalog: Catalog) -> str | None:
    """The name of a trigger or rule that may change or refuse what the command does; None when there is none."""
    for rule in table.rules:
        if rule.event == command.lower():
            return rule.name
    if command == "SELECT":
        return None
    for trigger in table.triggers:
        if command.lower() not in trigger.events or _is_harmless(trigger.function, trigger.timing, catalog):
            continue
        return trigger.name
    return None


def _is_harmless(oid: int, timing: str, catalog: Catalog) -> bool:
    function = catalog.functions.get(oid)
    if function is None or catalog.is_tainted(function.schema, function.name):
        return False
    if function.extension == "moddatetime" or function.name == "moddatetime":
        return True
    if function.body is None or function.language != "plpgsql":
        return False
    body = _without_comments(function.body)
    if timing == "before":
        return _STAMPS.match(body) is not None
    return function.security_definer and not _RAISES.search(body)


@lru_cache(maxsize=256)
def _without_comments(body: str) -> str:
    return " ".join(t.span.of(body) for t in tokens(body) if t.kind != "comment")
