"""SET clauses: what a VariableSetStmt says, spelled as PostgreSQL keeps it."""

from __future__ import annotations

import re

from pglast.keywords import COL_NAME_KEYWORDS, RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

from schemabot.facts.read.tree import Json, constant

# The settings with GUC_LIST_QUOTE (guc_tables.c, PostgreSQL 18): their values are lists of quoted names.
_LIST_SETTINGS = frozenset(
    (
        "local_preload_libraries",
        "search_path",
        "session_preload_libraries",
        "shared_preload_libraries",
        "temp_tablespaces",
        "unix_socket_directories",
    )
)
_QUOTED_WORDS = frozenset((*RESERVED_KEYWORDS, *COL_NAME_KEYWORDS, *TYPE_FUNC_NAME_KEYWORDS))
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
FROM_CURRENT = "from current"


def setting_name(node: Json) -> str:
    """The setting's name; `*` for ALL."""
    return "*" if node["kind"] == "VAR_RESET_ALL" else str(node.get("name", ""))


def setting_value(node: Json) -> str | None:
    """The value as pg_proc.proconfig prints it (guc_funcs.c, flatten_set_variable_args); None for DEFAULT
    and RESET. FROM CURRENT gives `FROM_CURRENT`: the session's value is not known here.
    """
    if node["kind"] == "VAR_SET_CURRENT":
        return FROM_CURRENT
    if node["kind"] != "VAR_SET_VALUE":
        return None
    values = raw_values(node)
    if node.get("name", "").lower() in _LIST_SETTINGS:
        return ", ".join(quote_identifier(value) for value in values)
    return ", ".join(values)


def raw_values(node: Json) -> tuple[str, ...]:
    """The values as written, quotes taken off."""
    return tuple([constant(arg) for arg in node.get("args", ())])


def quote_identifier(name: str) -> str:
    """`name` in double quotes when PostgreSQL needs them (ruleutils.c, quote_identifier)."""
    if _PLAIN.match(name) and name not in _QUOTED_WORDS:
        return name
    return '"' + name.replace('"', '""') + '"'
