"""Whether a name that the catalog does not have may be the server's, or an extension's that is not fully known."""

from __future__ import annotations

from typing import Final, Literal

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.extension_files import extension_file

ProvidedKind = Literal["function", "type", "relation"]

SERVER_SCHEMAS: Final = frozenset({"pg_catalog", "information_schema", "pg_toast"})


def may_be_provided(catalog: Catalog, kind: ProvidedKind, schema: str | None, name: str) -> bool:
    """Whether the server or an installed extension provides this name, or may do so for all that is known.

    Of an extension with a file everything is in the catalog already, but for what other versions of it have.
    """
    if schema is not None:
        if schema in SERVER_SCHEMAS:
            return True
        holder = catalog.schemas.get(schema)
        if holder is not None and holder.extension is not None and extension_file(holder.extension) is None:
            return True
    elif name.startswith("pg_"):
        return True
    for extension in catalog.extensions.values():
        file = extension_file(extension.name)
        if file is None:
            if schema in (None, extension.schema):
                return True
        elif file.may_have and name.startswith(file.may_have):
            fixed = (*file.schemas, file.schema) if file.schemas or file.schema else ()
            # What has a schema of its own is called by it: that schema is on nobody's search_path.
            if (schema is not None and schema in fixed) or (not fixed and schema in (extension.schema, None)):
                return True
    return False
