"""Names that the server or an extension provides and no migration creates.

Enough to stay silent about them: what they do is not recorded here. Function names were listed from
`pg_proc` by `pg_depend` of the extensions' own versions, or taken from their manuals.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.words import words

ProvidedKind = Literal["function", "type", "relation"]


class Provided(msgspec.Struct, frozen=True, kw_only=True):
    """What one extension brings. `schema` is the one it makes for itself, if it insists on one.

    `everything` says that these lists are all of it; else any name may be its own.
    """

    schema: str | None = None
    functions: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    relations: frozenset[str] = frozenset()
    everything: bool = True

    def names(self, kind: ProvidedKind) -> frozenset[str]:
        """The names of that kind."""
        if kind == "function":
            return self.functions
        return self.types if kind == "type" else self.relations


EXTENSIONS: Final[dict[str, Provided]] = {
    "plpgsql": Provided(functions=words("plpgsql_call_handler plpgsql_inline_handler plpgsql_validator")),
    "pgcrypto": Provided(
        functions=words(
            "armor crypt dearmor decrypt decrypt_iv digest encrypt encrypt_iv fips_mode "
            "gen_random_bytes gen_random_uuid gen_salt hmac pgp_armor_headers pgp_key_id "
            "pgp_pub_decrypt pgp_pub_decrypt_bytea pgp_pub_encrypt pgp_pub_encrypt_bytea "
            "pgp_sym_decrypt pgp_sym_decrypt_bytea pgp_sym_encrypt pgp_sym_encrypt_bytea"
        )
    ),
    "uuid-ossp": Provided(
        functions=words(
            "uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 uuid_nil"
            " uuid_ns_dns uuid_ns_oid uuid_ns_url uuid_ns_x500"
        )
    ),
    "moddatetime": Provided(functions=words("moddatetime")),
    "insert_username": Provided(functions=words("insert_username")),
    "autoinc": Provided(functions=words("autoinc")),
    "refint": Provided(functions=words("check_foreign_key check_primary_key")),
    "lo": Provided(functions=words("lo_manage lo_oid"), types=words("lo")),
    "tcn": Provided(functions=words("triggered_change_notification")),
    "fuzzystrmatch": Provided(
        functions=words(
            "daitch_mokotoff difference dmetaphone dmetaphone_alt levenshtein levenshtein_less_equal"
            " metaphone soundex text_soundex"
        )
    ),
    "unaccent": Provided(functions=words("unaccent unaccent_init unaccent_lexize")),
    "tablefunc": Provided(
        functions=words("connectby crosstab crosstab2 crosstab3 crosstab4 crosstab_hash normal_rand"),
        types=words("tablefunc_crosstab_2 tablefunc_crosstab_3 tablefunc_crosstab_4"),
    ),
    "pg_stat_statements": Provided(
        functions=words("pg_stat_statements pg_stat_statements_info pg_stat_statements_reset"),
        relations=words("pg_stat_statements pg_stat_statements_info"),
    ),
    "btree_gin": Provided(),
    "btree_gist": Provided(everything=False),
    "pg_cron": Provided(schema="cron", everything=False),
    "pg_net": Provided(schema="net", everything=False),
    "pgmq": Provided(schema="pgmq", everything=False),
    "pg_graphql": Provided(schema="graphql", everything=False),
    "supabase_vault": Provided(schema="vault", everything=False),
    "pgsodium": Provided(schema="pgsodium", everything=False),
    "pg_tle": Provided(schema="pgtle", everything=False),
    "postgis_topology": Provided(schema="topology", everything=False),
    "postgis_tiger_geocoder": Provided(schema="tiger", everything=False),
    "pg_partman": Provided(everything=False),
}

SERVER_SCHEMAS: Final = frozenset({"pg_catalog", "information_schema", "pg_toast"})


def may_be_provided(catalog: Catalog, kind: ProvidedKind, schema: str | None, name: str) -> bool:
    """Whether the server or an installed extension provides this name, or may do so for all that is known."""
    if schema is not None:
        if schema in SERVER_SCHEMAS:
            return True
        holder = catalog.schemas.get(schema)
        if holder is not None and holder.extension is not None:
            return True
    elif name.startswith("pg_"):
        return True
    for extension in catalog.extensions.values():
        if schema is not None and extension.schema != schema:
            continue
        provided = EXTENSIONS.get(extension.name)
        if provided is None:
            return True
        if name in provided.names(kind) or (not provided.everything and provided.schema is None):
            return True
    return False
