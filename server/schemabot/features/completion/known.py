"""Names that no catalog holds: types as people spell them, settings, languages, roles that stand for others."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from schemabot.catalog.builtins import routines, server_functions, types

SPELLED_TYPES = (
    "text", "uuid", "timestamptz", "timestamp", "integer", "bigint", "boolean", "jsonb", "numeric", "date", "varchar", "int",
    "smallint", "json", "bytea", "char", "time", "timetz", "interval", "inet", "cidr", "macaddr", "real", "double precision",
    "serial", "bigserial", "smallserial", "decimal", "bool", "int4", "int8", "int2", "float8", "float4", "money", "point",
    "tsvector", "tsquery", "xml", "bit", "oid", "regclass", "record", "void", "trigger", "name", "int4range", "int8range",
    "numrange", "tsrange", "tstzrange", "daterange", "timestamp with time zone", "timestamp without time zone",
    "character varying", "event_trigger",
)  # fmt: skip

SETTINGS = (
    "search_path", "role", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "timezone",
    "client_encoding", "client_min_messages", "standard_conforming_strings", "check_function_bodies", "row_security",
    "default_tablespace", "default_table_access_method", "work_mem", "maintenance_work_mem", "session_replication_role",
    "constraint_exclusion", "xmloption", "transaction_timeout", "jit", "datestyle", "intervalstyle",
    "plpgsql.variable_conflict",
)  # fmt: skip

GRAMMAR_FUNCTIONS = (
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "extract",
    "trim",
    "overlay",
    "position",
    "substring",
    "cast",
)
"""Functions that are words of the grammar and no objects."""

LANGUAGES = ("plpgsql", "sql", "plv8", "plpython3u", "plperl", "c", "internal")
SPECIAL_ROLES = ("public", "current_user", "session_user", "current_role")


@cache
def extensions() -> tuple[str, ...]:
    """The extensions whose objects are known."""
    folder = files("schemabot.catalog.platform") / "extensions"
    return tuple(
        sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json"))
    )


_OF_OPERATORS = (
    "eq|ne|lt|le|gt|ge|cmp|like|nlike|iclike|icnlike|regexeq|regexne|icregexeq|icregexne|concatoid|larger|smaller|hash"
    "|hashextended|pl|mi|mul|div|um|up|add|sub|uminus|uplus|and|or|not|xor|shl|shr|mod|inc|dec|accum|avg|sum|in|out|recv|send"
)


@cache
def called_functions() -> frozenset[str]:
    """The functions of PostgreSQL that people call: not those behind operators, types and indexes."""
    behind = re.compile(
        rf"(?:{'|'.join(sorted(types(), key=len, reverse=True))})_?(?:{_OF_OPERATORS})(?:[a-z]*[0-9]*)?\Z"
    )
    hidden = {"internal", "cstring", "trigger"}
    return frozenset(
        name
        for name in server_functions()
        if name[:1] != "_"
        and behind.match(name) is None
        and not all(hidden & {routine.result, *routine.arguments} for routine in routines(name))
    )
