"""How PostgreSQL writes identifiers: in quotes where the plain word would not come back as it is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from schemabot.catalog.words import words

KEYWORDS: Final = words(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean
    both case cast char character check coalesce collate collation column concurrently constraint create
    cross current_catalog current_date current_role current_schema current_time current_timestamp
    current_user dec decimal default deferrable desc distinct do else end except exists extract false
    fetch float for foreign freeze from full grant greatest group grouping having ilike in initially
    inner inout int integer intersect interval into is isnull join json json_array json_arrayagg
    json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value
    lateral leading least left like limit localtime localtimestamp merge_action national natural nchar
    none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay
    placing position precision primary real references returning right row select session_user setof
    similar smallint some substring symmetric system_user table tablesample then time timestamp to
    trailing treat trim true union unique user using values varchar variadic verbose when where window
    with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
    xmlserialize xmltable
    """
)
"""The key words that are not "unreserved" in PostgreSQL 18 (pg_get_keywords), as quote_identifier wants."""

_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_]*\Z")


@lru_cache(maxsize=4096)
def quote_identifier(name: str) -> str:
    """`name` as an identifier that reads back as itself (PostgreSQL's quote_identifier)."""
    if _PLAIN.match(name) and name not in KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def quote_qualified(schema: str, name: str) -> str:
    """`schema.name`, each part quoted where it must be."""
    return f"{quote_identifier(schema)}.{quote_identifier(name)}"
