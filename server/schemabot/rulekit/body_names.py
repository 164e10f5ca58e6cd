"""Names in the body of a function that depend on search_path."""

from __future__ import annotations

import re

from schemabot.syntax.lexer import tokens

_BEFORE_NAMES = frozenset(("from", "join", "into", "update", "table", "only", "using"))
_COMMON_WORDS = """
    abs all and any array array_agg as asc avg between by case cast ceil coalesce concat count cross current_date
    current_setting current_timestamp current_user date_trunc declare default delete desc distinct else end exists
    extract false filter first floor for format found from full gen_random_uuid greatest group having if in inner
    insert into is jsonb_agg jsonb_build_object join json_agg json_build_object key lateral least left length like
    limit lower max min new not now null nullif offset old on or order over partition raise random replace return
    returning round row_number select set set_config string_agg sum strict substring table then to_char to_jsonb trim
    true unnest update upper using values void when where with"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words in front of a parenthesis that are no function of the project: keywords, and what pg_catalog has."""


def unqualified_names(body: str) -> tuple[str, ...]:
    """Names of tables, and of functions that are not the server's common ones, that are written without schema.

    As far as words can tell: a name that is missed makes the function fail with an empty search_path, so in doubt a
    word counts as one.
    """
    found: list[str] = []
    words = [(token.kind, token.span.of(body)) for token in tokens(body) if token.kind != "comment"]
    for place, (kind, word) in enumerate(words):
        if kind != "word":
            continue
        before = words[place - 1][1].lower() if place else ""
        behind = words[place + 1][1] if place + 1 < len(words) else ""
        if before == "." or behind == ".":
            continue
        folded = word.lower()
        named = before in _BEFORE_NAMES and folded not in ("select", "lateral", "strict", "only", "set")
        called = behind == "(" and folded not in _COMMON
        if named or called:
            found.append(word)
    return tuple(dict.fromkeys(re.sub(r'"', "", name) for name in found))
