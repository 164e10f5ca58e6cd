"""Rows."""

from __future__ import annotations

from schemabot.facts.expression import Query
from schemabot.facts.kinds.base import Fact
from schemabot.facts.names import Ident, Name


class InsertRows(Fact, frozen=True, tag=True, kw_only=True):
    """INSERT, MERGE and COPY ... FROM; `query` is None for COPY."""

    table: Name
    columns: tuple[Ident, ...] = ()
    query: Query | None = None
    copy: bool = False


class UpdateRows(Fact, frozen=True, tag=True, kw_only=True):
    table: Name
    columns: tuple[Ident, ...]
    query: Query


class DeleteRows(Fact, frozen=True, tag=True, kw_only=True):
    """DELETE; `query.where` is None when every row goes."""

    table: Name
    query: Query


class TruncateTable(Fact, frozen=True, tag=True, kw_only=True):
    """One table of a TRUNCATE."""

    table: Name
    cascade: bool = False


class RunQuery(Fact, frozen=True, tag=True, kw_only=True):
    """SELECT, VALUES or CALL at top level: it may call functions that change the schema."""

    query: Query
