"""What every fact has, and the words that several of them share."""

from __future__ import annotations

from typing import Literal

import msgspec

from schemabot.text import Span

ObjectKind = Literal[
    "table", "view", "materialized view", "foreign table", "index", "sequence", "schema", "type", "domain",
    "function", "procedure", "routine", "aggregate", "trigger", "policy", "rule", "extension", "constraint",
    "column", "role", "publication", "event trigger", "database", "operator", "operator class",
    "operator family", "cast", "collation", "conversion", "text search configuration",
    "text search dictionary", "text search parser", "text search template", "foreign data wrapper", "server",
    "user mapping", "statistics", "access method", "transform", "language", "subscription", "tablespace",
    "large object", "parameter", "other",
]  # fmt: skip
ReferentialAction = Literal["no action", "restrict", "cascade", "set null", "set default"]
ConstraintKind = Literal["primary key", "unique", "foreign key", "check", "exclude", "not null"]
PolicyCommand = Literal["all", "select", "insert", "update", "delete"]
ParameterMode = Literal["in", "out", "inout", "variadic", "table"]


class Fact(msgspec.Struct, frozen=True, gc=False, kw_only=True, tag_field="fact"):
    """What every fact has: the place in its statement that a finding about it underlines."""

    span: Span
