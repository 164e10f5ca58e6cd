"""Temporary: replaced by the syntax helper."""

from __future__ import annotations

import msgspec
from pglast.parser import ParseError, parse_sql_json

from schemabot.syntax.model import Parsed, SyntaxIssue
from schemabot.text import Span


def parse_statement(text: str) -> Parsed:
    try:
        tree = msgspec.json.decode(parse_sql_json(text))
    except ParseError as error:
        at = min(int(error.args[1] or 0), max(len(text) - 1, 0)) if len(error.args) > 1 else 0
        return Parsed(issue=SyntaxIssue(str(error.args[0]), Span(at, min(at + 1, len(text)))))
    except RecursionError:
        return Parsed(too_deep=True)
    statements = tree["stmts"]
    return Parsed(tree=statements[0]["stmt"] if statements else None)
