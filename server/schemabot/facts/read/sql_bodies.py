"""The queries in the body of a LANGUAGE sql function, which PostgreSQL analyses when the function is created."""

from __future__ import annotations

from schemabot.facts.expression import Query
from schemabot.facts.read.build import Builder
from schemabot.facts.read.scan import StatementText
from schemabot.syntax.parse import parse_statement
from schemabot.syntax.source import Source

_READ = frozenset(("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"))


def body_queries(body: str) -> tuple[Query, ...] | None:
    """The queries of `body`; None when a statement does not parse. Other statements are not analysed."""
    found: list[Query] = []
    for statement in Source.of(body).statements:
        tree = parse_statement(statement.text).tree
        if tree is None:
            return None
        ((kind, fields),) = tree.items()
        if kind in _READ and "intoClause" not in fields:
            found.append(Builder(StatementText(statement.text)).query(kind, fields))
    return tuple(found)
