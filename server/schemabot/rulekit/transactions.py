"""The transaction control that stands in a migration file, and the transaction that its runner puts around it."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from schemabot.facts.model import Transaction, Unanalysed
from schemabot.rulekit.context import FileContext
from schemabot.rulekit.migrations import down_part

_WORD = re.compile(r"\s*(\w+)")
_WORDS = frozenset(("begin", "start", "commit", "end", "rollback", "abort", "prepare"))


class Control(msgspec.Struct, frozen=True):
    """A statement that begins or ends a transaction; `rollback` ends one and undoes it."""

    statement: int
    kind: Literal["begin", "commit", "rollback"]


def controls(context: FileContext[Any]) -> list[Control]:
    """The statements of the file itself that begin or end a transaction: those in bodies are other things.

    None where something in the file is not understood: what looks like COMMIT may be the end of a torn body.
    """
    found: list[Control] = []
    if any(isinstance(fact, Unanalysed) for _, fact in context.facts):
        return found
    statements = context.migration.statements
    for index, fact in context.facts:
        if (
            not isinstance(fact, Transaction)
            or fact.chain
            or _first_word(statements[index].text) not in _WORDS
        ):
            continue
        if fact.action == "begin":
            found.append(Control(index, "begin"))
        elif fact.action in ("commit", "prepare"):
            found.append(Control(index, "commit"))
        elif fact.action == "rollback":
            found.append(Control(index, "rollback"))
    return found


def runners_transaction(context: FileContext[Any]) -> Literal["explicit", "implicit"] | None:
    """The transaction in which the runner runs this file; None when there is none, or it is not known."""
    runner = context.project.runner
    if runner.no_transaction is not None:
        asks = re.compile(runner.no_transaction, re.I)
        if any(asks.match(comment.text) for comment in context.migration.comments):
            return None
    return runner.transaction


def last_statement(context: FileContext[Any]) -> int | None:
    """The index of the last statement that runs."""
    down = down_part(context)
    return next((i for i in reversed(range(len(context.migration.statements))) if i not in down), None)


def _first_word(text: str) -> str:
    found = _WORD.match(text)
    return found[1].lower() if found else ""
