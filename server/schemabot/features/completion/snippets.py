"""Snippets where a statement begins, filled from what was written before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemabot.analysis.history import FileReplay
from schemabot.catalog.objects import Table
from schemabot.catalog.quoting import quote_qualified
from schemabot.features.completion.proposal import Proposal
from schemabot.features.completion.reader import Names
from schemabot_snippets import Snippet, snippets

_DEFAULT = re.compile(r"\$\{(\d+):((?:\w+\.)*\w+)\}")


def snippet_proposals(names: Names, replay: FileReplay) -> Iterator[Proposal]:
    """Every snippet, its table that of the last CREATE TABLE of this file, its helper the project's own."""
    table = _last_table(names, replay)
    helper = _helper(names)
    upper = _writes_capitals(replay)
    for snippet in snippets():
        body = snippet.upper if upper else snippet.body
        filled = _DEFAULT.sub(lambda found, s=snippet: _default(found, s, table, helper), body)  # type: ignore[misc]
        yield Proposal(snippet.name, "snippet", "", -0.05, snippet.title, None, filled, snippet.description)


def _default(found: re.Match[str], snippet: Snippet, table: Table | None, helper: str | None) -> str:
    number, text = found[1], found[2]
    name = text.rpartition(".")[2]
    if name == "table_name" and snippet.name != "table" and table is not None:
        return f"${{{number}:{quote_qualified(table.schema, table.name)}}}"
    if name == "get_user_org_id" and helper is not None:
        return f"${{{number}:{helper}}}"
    return found[0]


def _last_table(names: Names, replay: FileReplay) -> Table | None:
    """The table that this file made last."""
    path = replay.file.path
    last: Table | None = None
    for table in names.catalog.tables():
        if table.origin.file == path and (last is None or table.oid > last.oid):
            last = table
    return last


def _helper(names: Names) -> str | None:
    """The project's function that gives the caller's organisation, when it has another than the pattern's."""
    if names.catalog.functions_named("public", "get_user_org_id"):
        return None
    for function in names.catalog.functions.values():
        if (
            not function.origin.platform
            and not function.parameters
            and function.returns is not None
            and function.returns.name == "uuid"
            and re.search(r"org|tenant|company|workspace", function.name)
        ):
            return quote_qualified(function.schema, function.name)
    return None


def _writes_capitals(replay: FileReplay) -> bool:
    """Whether this file's keywords are in capitals."""
    text = replay.file.source.text[:20_000]
    return len(re.findall(r"\b(?:CREATE|ALTER|SELECT|DROP)\b", text)) > len(
        re.findall(r"\b(?:create|alter|select|drop)\b", text)
    )
