"""The names of the functions in pg_catalog."""

from __future__ import annotations

from schemabot.catalog.builtins import server_functions as server_functions
