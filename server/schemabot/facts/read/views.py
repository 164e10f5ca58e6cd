"""CREATE VIEW. The fact's span is the view's name. Materialized views are in `tables` (CREATE TABLE AS)."""

from __future__ import annotations

import re

from schemabot.facts.model import AnyFact, CreateView
from schemabot.facts.read.build import Builder
from schemabot.facts.read.scan import GAP
from schemabot.facts.read.tables import view_options
from schemabot.facts.read.tree import Json, strings

_CHECK_OPTION = re.compile(rf"\bwith{GAP}(?:(?:cascaded|local){GAP})?check{GAP}option{GAP}$", re.IGNORECASE)
_TEMPORARY = ("local", "global", "temporary", "temp")
_CHECKS = {"LOCAL_CHECK_OPTION": "local", "CASCADED_CHECK_OPTION": "cascaded"}


def create_view(node: Json, b: Builder) -> list[AnyFact]:
    sql = b.sql
    relation = node["view"]
    name = sql.relation(relation)
    span = sql.rest(sql.after(name.span.end, "as"))
    options = view_options(node.get("options"))
    check = _CHECKS.get(node.get("withCheckOption", ""))
    if check is not None:
        options = (*options, ("check_option", check))
        if clause := _CHECK_OPTION.search(sql.text, span.start, span.end):
            span = sql.trimmed(span.start, clause.start())
    query = node["query"]
    is_recursive = sql.word(sql.begins("create", "or replace", *_TEMPORARY)) == "recursive"
    if is_recursive:
        # The grammar wraps the query as a CTE of the view's name, which then stands nowhere in the text.
        at = sql.qualified(name.span)[-1].start
        query["SelectStmt"]["fromClause"][0]["RangeVar"]["location"] = at
    return [
        CreateView(
            span=name.span,
            name=name,
            query=b.query_text(query, span),
            columns=strings(node.get("aliases")),
            options=options,
            or_replace="replace" in node,
            temporary=relation.get("relpersistence") == "t",
            recursive=is_recursive,
        )
    ]
