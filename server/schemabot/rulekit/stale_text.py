"""Functions whose text names what has gone or got another name: PostgreSQL does not follow into text.

Read by words: what stands in comments and strings does not count, and neither does a function that the file
makes again or drops further on.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from schemabot.facts.model import CreateFunction, DropObject
from schemabot.facts.names import fold
from schemabot.rulekit.context import ChangeContext, qualified
from schemabot.rulekit.removal import means
from schemabot.syntax.lexer import tokens

_BEFORE_TABLES = frozenset(("from", "join", "into", "update", "table", "only", "truncate", "using"))
_FUNCTIONS = ("function", "procedure", "routine", "aggregate")


def functions_reading(context: ChangeContext[Any], table: str) -> list[str]:
    """Those that name the table where a table stands: behind FROM, INTO ..., behind its schema, or before `.`."""
    return _functions(context, (table,), lambda words: _names_table(words, table))


def functions_with_column(context: ChangeContext[Any], table: str, column: str) -> list[str]:
    """Those that name the table, and the column somewhere."""
    return _functions(context, (table, column), lambda words: column in words and _names_table(words, table))


def functions_calling(context: ChangeContext[Any], name: str) -> list[str]:
    """Those that write the name before a parenthesis."""
    return _functions(
        context,
        (name,),
        lambda words: any(pair == (name, "(") for pair in pairwise(words)),
    )


def _functions(
    context: ChangeContext[Any], names: tuple[str, ...], test: Callable[[list[str]], bool]
) -> list[str]:
    found: set[str] = set()
    for function in context.after.catalog.functions.values():
        if function.origin.platform or function.extension is not None or function.body is None:
            continue
        small = function.body.lower()
        if not all(name.lower() in small for name in names) or not test(_words(function.body)):
            continue
        if not any(
            (isinstance(fact, CreateFunction) or (isinstance(fact, DropObject) and fact.kind in _FUNCTIONS))
            and means(fact.name, function.schema, function.name, context)
            for fact in context.later()
        ):
            found.add(qualified(function))
    return sorted(found)


def _words(body: str) -> list[str]:
    """Its names, folded, and punctuation; a string is an empty word."""
    words = []
    for token in tokens(body):
        if token.kind in ("word", "quoted-identifier"):
            words.append(fold(token.span.of(body)))
        elif token.kind in ("string", "dollar-string"):
            words.append("")
        elif token.kind != "comment":
            words.append(token.span.of(body))
    return words


def _names_table(words: list[str], table: str) -> bool:
    before = ""
    for place, word in enumerate(words):
        if word == table:
            behind = words[place + 1] if place + 1 < len(words) else ""
            if before in _BEFORE_TABLES or before == "." or behind in (".", "%"):
                return True
        before = word
    return False
