"""Types in use: from the name in a statement to a `TypeRef`, and back to PostgreSQL's spelling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from schemabot.catalog.apply.spatial_types import spatial_modifiers
from schemabot.catalog.apply.step import Step
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Table, TypeObject, TypeRef
from schemabot.catalog.provided import may_be_provided
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.state import ProblemKind
from schemabot.catalog.words import words
from schemabot.facts.names import Name, TypeName

BUILTIN_TYPES: Final = words(
    """
    aclitem any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray
    anycompatiblerange anyelement anyenum anymultirange anynonarray anyrange bit bool box bpchar bytea
    char cid cidr circle cstring date datemultirange daterange event_trigger fdw_handler float4 float8
    gtsvector index_am_handler inet int2 int2vector int4 int4multirange int4range int8 int8multirange
    int8range internal interval json jsonb jsonpath language_handler line lseg macaddr macaddr8 money
    name numeric nummultirange numrange oid oidvector path pg_brin_bloom_summary
    pg_brin_minmax_multi_summary pg_ddl_command pg_dependencies pg_lsn pg_mcv_list pg_ndistinct
    pg_node_tree pg_snapshot point polygon record refcursor regclass regcollation regconfig
    regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype table_am_handler
    text tid time timestamp timestamptz timetz trigger tsm_handler tsmultirange tsquery tsrange
    tstzmultirange tstzrange tsvector txid_snapshot unknown uuid varbit varchar void xid xid8 xml
    """
)
"""The types of pg_catalog in PostgreSQL 18 by their internal names, arrays and row types left out."""

SERIAL_TYPES: Final = {
    "serial": "int4", "serial4": "int4", "bigserial": "int8", "serial8": "int8",
    "smallserial": "int2", "serial2": "int2",
}  # fmt: skip
"""The pseudo types of the grammar that stand for an integer with a sequence of its own."""

_EXTENSION_TYPES: Final = words(
    """
    citext hstore vector halfvec sparsevec ltree lquery ltxtquery cube seg geometry geography box2d
    box3d raster topogeometry isbn isbn13 ean13 issn ismn upc intset query_int earth
    """
)

_SPELLINGS: Final = {
    "bool": "boolean", "char": '"char"', "float4": "real", "float8": "double precision", "int2": "smallint",
    "int4": "integer", "int8": "bigint", "varbit": "bit varying", "varchar": "character varying",
    "time": "time without time zone", "timetz": "time with time zone",
    "timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone",
    "bit": '"bit"', "interval": "interval", "numeric": "numeric", "json": "json",
}  # fmt: skip

_PLAIN: Final = {name: TypeRef(name) for name in BUILTIN_TYPES}


def type_ref(step: Step, written: TypeName) -> TypeRef:
    """What `written` means here. An unknown type comes back with `known` false; nothing is noted."""
    parts = written.parts
    if written.percent_type:
        return _column_type(step, written)
    name = parts[-1]
    array = written.dimensions > 0
    if len(parts) == 1 or parts[-2] == "pg_catalog":
        if name in BUILTIN_TYPES:
            if not array and not written.modifiers:
                return _PLAIN[name]
            return TypeRef(name, 0, written.modifiers, array)
        if name in SERIAL_TYPES:
            return _PLAIN[SERIAL_TYPES[name]]
        if name[:1] == "_" and name[1:] in BUILTIN_TYPES:
            return TypeRef(name[1:], 0, (), True)
    found = find_type(step, parts)
    if found is None and name[:1] == "_":
        # The array type of a user type, spelled by its own name.
        found = find_type(step, (*parts[:-1], name[1:]))
        array = array or found is not None
    if found is None:
        return TypeRef(".".join(parts), 0, written.modifiers, array, False)
    return TypeRef(found.name, found.oid, written.modifiers, array)


def known_type(step: Step, written: TypeName) -> TypeRef:
    """`type_ref`; rejects when there is no such type.

    One that an extension may provide is taken for there: an extension that was made elsewhere must not hide every
    table that uses its types.
    """
    found = type_ref(step, written)
    if not found.known and not written.percent_type and not _may_exist(step, written):
        step.reject(ProblemKind.UNKNOWN_TYPE, written.span, ".".join(written.parts))
    return found


def find_type(step: Step, parts: Sequence[str]) -> TypeObject | None:
    """The catalog's type of that name, along the search path when it is not qualified."""
    catalog = step.catalog
    if len(parts) > 1:
        return catalog.type_named(parts[-2], parts[-1])
    if (found := catalog.type_named("pg_temp", parts[-1])) is not None:
        return found
    for schema in step.search_path():
        if (found := catalog.type_named(schema, parts[-1])) is not None:
            return found
    return None


def _may_exist(step: Step, written: TypeName) -> bool:
    return (
        written.name in _EXTENSION_TYPES
        or step.is_tainted(Name(written.parts, written.span))
        or may_be_provided(step.catalog, "type", Name(written.parts, written.span).schema, written.name)
        or (len(written.parts) > 1 and written.parts[-2] in ("pg_catalog", "information_schema"))
    )


def _column_type(step: Step, written: TypeName) -> TypeRef:
    relation = step.find_relation(Name(written.parts[:-1], written.span)) if len(written.parts) > 1 else None
    column: Column | None = relation.column(written.name) if isinstance(relation, Table) else None
    if column is None:
        return TypeRef(".".join(written.parts), 0, (), written.dimensions > 0, False)
    found = column.type
    return TypeRef(found.name, found.oid, (), found.array or written.dimensions > 0, found.known)


def format_type(catalog: Catalog, ref: TypeRef, search_path: Sequence[str] = ("public", "extensions")) -> str:
    """The type as PostgreSQL's format_type spells it for a session with that search path."""
    return _element(catalog, ref, search_path) + ("[]" if ref.array else "")


def _element(catalog: Catalog, ref: TypeRef, search_path: Sequence[str]) -> str:
    if ref.oid:
        item = catalog.types.get(ref.oid)
        if item is None:
            return quote_identifier(ref.name)
        modifiers = spatial_modifiers(item.name, ref.modifiers)
        return _user_type(catalog, item, search_path) + _modifiers(modifiers)
    name, modifiers = ref.name, ref.modifiers
    if not ref.known:
        schema, _, own = name.rpartition(".")
        spelled = (
            quote_qualified(schema, own) if schema and schema not in search_path else quote_identifier(own)
        )
        return spelled + _modifiers(spatial_modifiers(own, modifiers))
    if not modifiers:
        return _SPELLINGS.get(name) or quote_identifier(name)
    return _modified(name, modifiers)


def _modified(name: str, modifiers: tuple[int | str, ...]) -> str:
    if name == "interval":
        if isinstance(modifiers[0], str):  # the fields, in words
            return f"interval {modifiers[0]}" + _modifiers(modifiers[1:])
        return "interval" + _modifiers(modifiers)
    if name in ("time", "timetz", "timestamp", "timestamptz"):
        word, _, rest = _SPELLINGS[name].partition(" ")
        return f"{word}{_modifiers(modifiers)} {rest}"
    if name == "numeric" and len(modifiers) == 1:
        modifiers = (*modifiers, 0)
    spelling = {"bpchar": "character", "bit": "bit"}.get(name) or _SPELLINGS.get(name, name)
    return spelling + _modifiers(modifiers)


def _modifiers(modifiers: tuple[int | str, ...]) -> str:
    return f"({','.join(map(str, modifiers))})" if modifiers else ""


def _user_type(catalog: Catalog, item: TypeObject, search_path: Sequence[str]) -> str:
    if item.schema in search_path and item.name not in BUILTIN_TYPES:
        for schema in search_path:
            if schema == item.schema:
                return quote_identifier(item.name)
            if (schema, item.name) in catalog.type_names:
                break
    return quote_qualified(item.schema, item.name)
