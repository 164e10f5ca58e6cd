"""The names of the functions in pg_catalog, listed from PostgreSQL 18.6 (`select distinct proname ...`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def server_functions() -> frozenset[str]:
    """All names; read on first use, because few statements need them."""
    text = (files("schemabot.catalog") / "platform" / "server_functions.txt").read_text("utf-8")
    return frozenset(text.split())
