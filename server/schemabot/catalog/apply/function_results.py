"""What the common functions of pg_catalog return (PostgreSQL 18's pg_proc)."""

from __future__ import annotations

from typing import Final

from schemabot.catalog.words import words

_BY_RESULT: Final = """
_text: regexp_match regexp_matches regexp_split_to_array string_to_array
bool: regexp_like starts_with bool_and bool_or every isfinite has_table_privilege pg_try_advisory_lock
isempty lower_inc upper_inc
bytea: sha256 sha512 decode convert_to
date: to_date make_date
float4: ts_rank ts_rank_cd
float8: random percent_rank cume_dist date_part pi degrees radians cbrt
inet: inet_client_addr
int4: length char_length character_length octet_length bit_length strpos position regexp_count ntile
jsonb_array_length json_array_length array_length cardinality array_position array_ndims ascii
pg_backend_pid hashtext hash_record get_byte masklen
int8: count row_number rank dense_rank nextval currval lastval setval txid_current pg_total_relation_size
interval: make_interval justify_days justify_hours justify_interval
json: to_json row_to_json json_build_object json_build_array json_agg json_object_agg json_array_elements
jsonb: to_jsonb jsonb_build_object jsonb_build_array jsonb_agg jsonb_object_agg jsonb_set jsonb_insert
jsonb_array_elements jsonb_extract_path jsonb_strip_nulls
name: current_database
numeric: to_number extract
regtype: pg_typeof
text: lower upper substr substring btrim ltrim rtrim trim reverse overlay string_agg timeofday
text: initcap concat concat_ws format md5 encode left right lpad rpad replace translate
split_part repeat regexp_replace regexp_split_to_table to_char current_setting set_config version
jsonb_typeof json_typeof jsonb_array_elements_text json_array_elements_text jsonb_object_keys
json_object_keys jsonb_pretty jsonb_extract_path_text array_to_string array_dims chr quote_ident
quote_literal quote_nullable obj_description col_description pg_get_expr pg_size_pretty convert_from
to_hex unistr similar_to_escape host
time: make_time
timestamp: make_timestamp
timestamptz: now clock_timestamp statement_timestamp transaction_timestamp to_timestamp make_timestamptz
tsquery: to_tsquery plainto_tsquery websearch_to_tsquery
tsvector: to_tsvector setweight
uuid: gen_random_uuid uuidv4 uuidv7
void: setseed pg_advisory_xact_lock pg_advisory_lock pg_sleep
"""


def _read() -> dict[str, str]:
    result: dict[str, str] = {}
    kind = ""
    for word in _BY_RESULT.split():
        if word.endswith(":"):
            kind = word[:-1]
        else:
            result[word] = kind
    return result


RESULT_TYPES: Final = _read()
"""Name to internal type name (`_text` is an array), of the functions whose overloads agree."""

SPECIAL_TYPES: Final = {
    "current_timestamp": "timestamptz", "localtimestamp": "timestamp", "current_date": "date",
    "current_time": "timetz", "localtime": "time", "current_user": "name", "session_user": "name",
    "user": "name", "current_role": "name", "current_catalog": "name", "current_schema": "name",
    "system_user": "text",
}  # fmt: skip
"""The SQL-standard functions without parentheses."""

LIKE_ARGUMENT: Final = words(
    """
    coalesce greatest least nullif min max first_value last_value lag lead nth_value abs ceil ceiling
    floor round trunc any_value mode array_append array_cat array_remove array_replace
    """
)
"""Functions whose result has the type of their first argument."""

OUT_COLUMNS: Final = {
    "json_each": (("key", "text"), ("value", "json")),
    "jsonb_each": (("key", "text"), ("value", "jsonb")),
    "json_each_text": (("key", "text"), ("value", "text")),
    "jsonb_each_text": (("key", "text"), ("value", "text")),
    "json_array_elements": (("value", "json"),),
    "jsonb_array_elements": (("value", "jsonb"),),
    "json_array_elements_text": (("value", "text"),),
    "jsonb_array_elements_text": (("value", "text"),),
    "pg_options_to_table": (("option_name", "text"), ("option_value", "text")),
}  # fmt: skip
"""The OUT parameters of functions that stand in FROM."""
