"""The system catalogs and the information schema as rows, made from the replayed catalog when a query asks.

Only what migrations ask for has columns here; reading any other column of these rows gives UNKNOWN. `Wanted` narrows what
is made: a query nearly always names the table it asks about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import (
    Column,
    Constraint,
    Domain,
    EnumType,
    Function,
    IndexEntry,
    OtherType,
    Sequence,
    Table,
    Trigger,
    TypeRef,
    View,
)
from schemabot.catalog.plpgsql.values import UNKNOWN, Reg, Row, Value
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.words import words

_TEXT_SEARCH: Final = words(
    """
    arabic armenian basque catalan danish dutch english estonian finnish french german greek hindi hungarian indonesian
    irish italian lithuanian nepali norwegian portuguese romanian russian serbian simple spanish swedish tamil turkish
    yiddish
    """
)
"""The configurations that PostgreSQL 18 brings (`select cfgname from pg_ts_config`)."""

Wanted = Mapping[str, str]
"""Constants that columns must equal, by the name of the column."""

_KINDS: Final = {
    "primary key": "p",
    "unique": "u",
    "check": "c",
    "foreign key": "f",
    "exclude": "x",
    "not null": "n",
}
_TYPES: Final = {
    "primary key": "PRIMARY KEY", "unique": "UNIQUE", "check": "CHECK", "foreign key": "FOREIGN KEY", "not null": "CHECK",
}  # fmt: skip
_PATHS: Final = (("public",), ())  # search paths by which names are spelled: the usual one, and an empty one
_ACTIONS: Final = {"no action": "a", "restrict": "r", "cascade": "c", "set null": "n", "set default": "d"}


def rows_of(catalog: Catalog, schema: str | None, name: str, wanted: Wanted) -> Iterator[Row] | None:
    """The rows of a system catalog or a view of the information schema; None when it is not one known here."""
    if schema == "information_schema":
        maker = _INFORMATION_SCHEMA.get(name)
    elif schema in (None, "pg_catalog"):
        maker = _PG_CATALOG.get(name)
    else:
        maker = None
    return None if maker is None else maker(catalog, wanted)


def relation_reg(
    item: Table | View | Sequence | IndexEntry | OtherType | int, schema: str = "", name: str = ""
) -> Reg:
    """The regclass of a relation."""
    if isinstance(item, (int, IndexEntry)):
        return Reg("class", item if isinstance(item, int) else item.oid, *_shown(schema, name))
    return Reg("class", item.oid, *_shown(item.schema, item.name))


def namespace(schema: str) -> Reg:
    """The regnamespace of a schema."""
    return Reg("namespace", schema, schema)


def type_reg(catalog: Catalog, ref: TypeRef) -> Reg:
    """The regtype of a type in use, its modifiers left out."""
    plain = TypeRef(ref.name, ref.oid, (), ref.array, ref.known)
    texts = (format_type(catalog, plain, path) for path in _PATHS)
    return Reg("type", f"{ref.oid or ref.name}{'[]' if ref.array else ''}", *texts)


def procedure(catalog: Catalog, function: Function) -> Reg:
    """The regprocedure of a function."""
    names = _shown(function.schema, function.name)
    texts = (
        f"{name}({','.join(format_type(catalog, ref, path) for ref in function.signature)})"
        for name, path in zip(names, _PATHS, strict=True)
    )
    return Reg("procedure", function.oid, *texts)


def _shown(schema: str, name: str) -> tuple[str, str]:
    """As regclass prints it with the usual search_path, and with one that lacks public."""
    qualified = quote_qualified(schema, name)
    if schema == "pg_catalog":
        qualified = quote_identifier(name)
    return (quote_identifier(name) if schema == "public" else qualified), qualified


def _tables(catalog: Catalog, wanted: Wanted, *names: str) -> Iterator[Table]:
    yield from (item for item in _relations(catalog, wanted, *names) if isinstance(item, Table))


def _relations(catalog: Catalog, wanted: Wanted, *names: str) -> Iterator[Table | View | Sequence]:
    """Tables, views and sequences; only those of a name that one of the columns `names` must equal."""
    name = next((wanted[column] for column in names if column in wanted), None)
    if name is None:
        found = list(catalog.relations.values())
    else:
        found = [item for schema in catalog.schemas if (item := catalog.relation(schema, name)) is not None]
    yield from (item for item in found if isinstance(item, (Table, View, Sequence)))


# -- pg_catalog -------------------------------------------------------------------------------------------


def _pg_class(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in _relations(catalog, wanted, "relname"):
        kind, row = "S", False
        if isinstance(item, Table):
            kind, row = {"table": "r", "partitioned": "p", "foreign": "f"}[item.kind], item.rls
        elif isinstance(item, View):
            kind = "m" if item.materialized else "v"
        yield {
            "oid": relation_reg(item), "relname": item.name, "relnamespace": namespace(item.schema), "relkind": kind,
            "relrowsecurity": row, "relforcerowsecurity": isinstance(item, Table) and item.force_rls,
            "relispartition": isinstance(item, Table) and item.partition_of != 0,
            "relowner": Reg("role", item.owner, item.owner),
        }  # fmt: skip
    for (schema, name), oid in catalog.relation_names.items():
        if ("relname" not in wanted or wanted["relname"] == name) and isinstance(
            catalog.relations.get(oid), IndexEntry
        ):
            yield {
                "oid": relation_reg(oid, schema, name), "relname": name, "relnamespace": namespace(schema),
                "relkind": "i", "relrowsecurity": False,
            }  # fmt: skip


def _pg_namespace(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for name in (*catalog.schemas, "pg_catalog", "information_schema"):
        yield {"oid": namespace(name), "nspname": name}


def _pg_attribute(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in _tables(catalog, wanted):
        for column in item.columns:
            yield {
                "attrelid": relation_reg(item), "attname": column.name, "attnum": column.number,
                "attnotnull": column.not_null, "atttypid": type_reg(catalog, column.type), "attisdropped": False,
                "atthasdef": column.default is not None or column.generated is not None,
                "attidentity": {"": "", "always": "a", "by default": "d"}[column.identity],
                "attgenerated": "" if column.generated is None else "v" if column.generated_virtual else "s",
            }  # fmt: skip


def _pg_type(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in catalog.types.values():
        if "typname" in wanted and item.name != wanted["typname"]:
            continue
        kind = "e" if isinstance(item, EnumType) else "d" if isinstance(item, Domain) else "b"
        if isinstance(item, OtherType):
            kind = {"composite": "c", "row": "c", "range": "r", "multirange": "m", "base": "b"}[item.kind]
        yield {
            "oid": type_reg(catalog, TypeRef(item.name, item.oid)), "typname": item.name,
            "typnamespace": namespace(item.schema), "typtype": kind,
        }  # fmt: skip


def _pg_enum(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in catalog.types.values():
        if isinstance(item, EnumType):
            for order, text in enumerate(item.labels, 1):
                yield {
                    "enumtypid": type_reg(catalog, TypeRef(item.name, item.oid)), "enumlabel": text,
                    "enumsortorder": order,
                }  # fmt: skip


def _pg_constraint(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for table in _tables(catalog, wanted):
        for item in table.constraints:
            if "conname" in wanted and item.name != wanted["conname"]:
                continue
            target = catalog.table_by_oid(item.references)
            yield {
                "oid": Reg("constraint", item.oid, item.name), "conname": item.name,
                "connamespace": namespace(table.schema), "contype": _KINDS[item.kind],
                "conrelid": relation_reg(table), "confrelid": 0 if target is None else relation_reg(target),
                "conkey": list(item.columns), "confkey": list(item.references_columns),
                "convalidated": item.validated, "condeferrable": item.deferrable,
                "condeferred": item.initially_deferred, "contypid": 0,
                "confdeltype": _ACTIONS[item.on_delete], "confupdtype": _ACTIONS[item.on_update],
            }  # fmt: skip
    for domain in catalog.types.values():
        if isinstance(domain, Domain):
            for item in domain.constraints:
                yield {
                    "oid": Reg("constraint", item.oid, item.name), "conname": item.name, "conrelid": 0,
                    "connamespace": namespace(domain.schema), "contype": _KINDS[item.kind],
                    "contypid": type_reg(catalog, TypeRef(domain.name, domain.oid)),
                }  # fmt: skip


def _indexes(catalog: Catalog, wanted: Wanted) -> Iterator[tuple[Table | View, int, str, bool, bool, bool]]:
    for item in _relations(catalog, wanted, "tablename"):
        if not isinstance(item, Sequence):
            for index in item.indexes:
                if "indexname" not in wanted or wanted["indexname"] == index.name:
                    yield item, index.oid, index.name, index.unique, index.primary, index.where is not None


def _pg_index(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for owner, oid, name, unique, primary, partial in _indexes(catalog, {}):
        yield {
            "indexrelid": relation_reg(oid, owner.schema, name), "indrelid": relation_reg(owner),
            "indisunique": unique, "indisprimary": primary, "indisvalid": True, "indisready": True,
            "indpred": UNKNOWN if partial else None,
        }  # fmt: skip


def _pg_indexes(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for owner, _, name, _, _, _ in _indexes(catalog, wanted):
        yield {"schemaname": owner.schema, "tablename": owner.name, "indexname": name}


def _pg_policies(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for table in _tables(catalog, wanted, "tablename"):
        for item in table.policies:
            yield {
                "schemaname": table.schema, "tablename": table.name, "policyname": item.name,
                "permissive": "PERMISSIVE" if item.permissive else "RESTRICTIVE",
                "roles": list(item.roles), "cmd": item.command.upper(),
                "qual": None if item.using is None else UNKNOWN, "with_check": None if item.check is None else UNKNOWN,
            }  # fmt: skip


def _pg_policy(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    commands = {"all": "*", "select": "r", "insert": "a", "update": "w", "delete": "d"}
    for table in _tables(catalog, wanted):
        for item in table.policies:
            yield {
                "polname": item.name, "polrelid": relation_reg(table), "polcmd": commands[item.command],
                "polpermissive": item.permissive,
            }  # fmt: skip


def _pg_proc(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    kinds = {"function": "f", "procedure": "p", "aggregate": "a", "window": "w"}
    if "proname" in wanted:
        found = [f for schema in catalog.schemas for f in catalog.functions_named(schema, wanted["proname"])]
    else:
        found = list(catalog.functions.values())
    for item in found:
        yield {
            "oid": procedure(catalog, item), "proname": item.name, "pronamespace": namespace(item.schema),
            "prokind": kinds[item.kind], "prosecdef": item.security_definer, "prosrc": item.body,
            "provolatile": item.volatility[0], "pronargs": len(item.signature),
            "proargtypes": [type_reg(catalog, ref) for ref in item.signature],
            "prorettype": UNKNOWN if item.returns is None else type_reg(catalog, item.returns),
            "proowner": Reg("role", item.owner, item.owner),
            "proconfig": [f"{name}={value}" for name, value in item.settings] or None,
        }  # fmt: skip


def _triggers(catalog: Catalog) -> Iterator[tuple[Table | View, Trigger]]:
    for item in catalog.relations.values():
        if isinstance(item, (Table, View)):
            for trigger in item.triggers:
                yield item, trigger


def _pg_trigger(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for table, item in _triggers(catalog):
        if "tgname" in wanted and wanted["tgname"] != item.name:
            continue
        function = catalog.functions.get(item.function)
        yield {
            "tgname": item.name, "tgrelid": relation_reg(table), "tgisinternal": False,
            "tgfoid": UNKNOWN if function is None else procedure(catalog, function),
        }  # fmt: skip


def _pg_tables(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in _tables(catalog, wanted, "tablename"):
        if item.kind != "foreign":
            yield {
                "schemaname": item.schema, "tablename": item.name, "tableowner": item.owner,
                "rowsecurity": item.rls, "hasindexes": bool(item.indexes), "hastriggers": UNKNOWN,
            }  # fmt: skip


def _pg_views(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in _relations(catalog, wanted, "viewname"):
        if isinstance(item, View) and not item.materialized:
            yield {"schemaname": item.schema, "viewname": item.name, "viewowner": item.owner}


def _pg_matviews(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in _relations(catalog, wanted, "matviewname"):
        if isinstance(item, View) and item.materialized:
            yield {"schemaname": item.schema, "matviewname": item.name, "ispopulated": UNKNOWN}


def _pg_sequences(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in _relations(catalog, wanted, "sequencename"):
        if isinstance(item, Sequence):
            yield {"schemaname": item.schema, "sequencename": item.name, "sequenceowner": item.owner}


def _pg_extension(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for name in {"plpgsql", *catalog.extensions}:
        item = catalog.extensions.get(name)
        yield {"extname": name, "extnamespace": namespace(item.schema if item else "pg_catalog")}


def _pg_roles(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for name in catalog.roles:
        yield {"oid": Reg("role", name, name), "rolname": name, "usename": name}


def _pg_publication(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in catalog.publications.values():
        yield {"oid": Reg("other", item.oid), "pubname": item.name, "puballtables": item.all_tables}


def _pg_publication_tables(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in catalog.publications.values():
        for table in _tables(catalog, wanted, "tablename"):
            if table.oid in item.tables or item.all_tables or table.schema in item.schemas:
                yield {"pubname": item.name, "schemaname": table.schema, "tablename": table.name}


def _pg_publication_rel(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in catalog.publications.values():
        for oid in item.tables:
            if (table := catalog.table_by_oid(oid)) is not None:
                yield {"prpubid": Reg("other", item.oid), "prrelid": relation_reg(table)}


def _pg_event_trigger(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for name in catalog.event_triggers:
        yield {"evtname": name}


def _pg_ts_config(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for name in _TEXT_SEARCH:
        yield {"cfgname": name, "cfgnamespace": namespace("pg_catalog")}
    for item in catalog.objects.values():
        if item.kind == "text search configuration":
            yield {"cfgname": item.name, "cfgnamespace": namespace(item.schema or "public")}


# -- information_schema -----------------------------------------------------------------------------------


def _i_tables(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in _relations(catalog, wanted, "table_name"):
        if isinstance(item, Sequence) or (isinstance(item, View) and item.materialized):
            continue
        kind = "VIEW" if isinstance(item, View) else "FOREIGN" if item.kind == "foreign" else "BASE TABLE"
        if kind == "BASE TABLE" and item.temporary:
            kind = "LOCAL TEMPORARY"
        yield {"table_schema": item.schema, "table_name": item.name, "table_type": kind}


def _i_columns(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in _relations(catalog, wanted, "table_name"):
        if isinstance(item, Table):
            for position, column in enumerate(item.columns, 1):
                if "column_name" not in wanted or wanted["column_name"] == column.name:
                    yield _column(catalog, item, column, position)
        elif isinstance(item, View) and not item.materialized:
            for position, shown in enumerate(item.columns, 1):
                yield {
                    "table_schema": item.schema, "table_name": item.name, "column_name": shown.name,
                    "ordinal_position": position,
                }  # fmt: skip


def _column(catalog: Catalog, table: Table, column: Column, position: int) -> Row:
    ref = column.type
    item = catalog.types.get(ref.oid) if ref.oid else None
    base = item.base if isinstance(item, Domain) else ref
    plain = format_type(catalog, TypeRef(base.name, base.oid, (), False, base.known), ("public",))
    kind: Value = "ARRAY" if base.array else "USER-DEFINED" if base.oid else plain
    length = base.modifiers[0] if base.name in ("varchar", "bpchar") and base.modifiers else None
    return {
        "table_schema": table.schema, "table_name": table.name, "column_name": column.name,
        "ordinal_position": position, "is_nullable": "NO" if column.not_null else "YES",
        "data_type": kind if base.known else UNKNOWN, "udt_name": ("_" if base.array else "") + base.name,
        "udt_schema": UNKNOWN if base.oid else "pg_catalog", "character_maximum_length": length,
        "column_default": None if column.default is None and not column.identity else UNKNOWN,
        "is_identity": "YES" if column.identity else "NO",
        "is_generated": "ALWAYS" if column.generated is not None else "NEVER",
    }  # fmt: skip


def _constraints(catalog: Catalog, wanted: Wanted) -> Iterator[tuple[Table, Constraint]]:
    for table in _tables(catalog, wanted, "table_name"):
        for item in table.constraints:
            if "constraint_name" not in wanted or wanted["constraint_name"] == item.name:
                yield table, item


def _i_table_constraints(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for table, item in _constraints(catalog, wanted):
        if item.kind in _TYPES:
            yield {
                "constraint_schema": table.schema, "constraint_name": item.name, "table_schema": table.schema,
                "table_name": table.name, "constraint_type": _TYPES[item.kind],
            }  # fmt: skip


def _i_key_column_usage(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for table, item in _constraints(catalog, wanted):
        if item.kind in ("primary key", "unique", "foreign key"):
            for position, name in enumerate(table.column_names(item.columns), 1):
                yield {
                    "constraint_schema": table.schema, "constraint_name": item.name, "table_schema": table.schema,
                    "table_name": table.name, "column_name": name, "ordinal_position": position,
                }  # fmt: skip


def _i_constraint_column_usage(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    wanted = {key: value for key, value in wanted.items() if key == "constraint_name"}
    for table, item in _constraints(catalog, wanted):
        target = catalog.table_by_oid(item.references) if item.kind == "foreign key" else table
        numbers = item.references_columns if item.kind == "foreign key" else item.columns
        if target is not None and item.kind != "exclude":
            for name in target.column_names(numbers):
                yield {
                    "constraint_schema": table.schema, "constraint_name": item.name, "table_schema": target.schema,
                    "table_name": target.name, "column_name": name,
                }  # fmt: skip


def _i_referential_constraints(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for table, item in _constraints(catalog, wanted):
        if item.kind == "foreign key":
            yield {
                "constraint_schema": table.schema, "constraint_name": item.name,
                "delete_rule": item.on_delete.upper(), "update_rule": item.on_update.upper(),
            }  # fmt: skip


def _i_views(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in _relations(catalog, wanted, "table_name"):
        if isinstance(item, View) and not item.materialized:
            yield {"table_schema": item.schema, "table_name": item.name}


def _i_routines(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in catalog.functions.values():
        if "routine_name" not in wanted or wanted["routine_name"] == item.name:
            yield {
                "routine_schema": item.schema, "routine_name": item.name,
                "routine_type": "PROCEDURE" if item.kind == "procedure" else "FUNCTION",
                "security_type": "DEFINER" if item.security_definer else "INVOKER",
            }  # fmt: skip


def _i_triggers(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for table, item in _triggers(catalog):
        for event in item.events:
            yield {
                "trigger_schema": table.schema, "trigger_name": item.name, "event_object_schema": table.schema,
                "event_object_table": table.name, "event_manipulation": event.upper(),
                "action_timing": item.timing.upper(),
            }  # fmt: skip


def _i_schemata(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for name in (*catalog.schemas, "pg_catalog", "information_schema"):
        yield {"schema_name": name}


def _i_sequences(catalog: Catalog, wanted: Wanted) -> Iterator[Row]:
    for item in _relations(catalog, wanted, "sequence_name"):
        if isinstance(item, Sequence) and not item.identity:
            yield {"sequence_schema": item.schema, "sequence_name": item.name}


def function_arguments(catalog: Catalog, oid: int) -> Value:
    """pg_get_function_identity_arguments: modes, names and types of all parameters but the columns of a TABLE."""
    function = catalog.functions.get(oid)
    if function is None:
        return UNKNOWN
    words = {"in": "", "out": "OUT ", "inout": "INOUT ", "variadic": "VARIADIC "}
    pieces = []
    for item in function.parameters:
        if item.mode != "table":
            name = f"{quote_identifier(item.name)} " if item.name else ""
            pieces.append(f"{words[item.mode]}{name}{format_type(catalog, item.type, ('public',))}")
    return ", ".join(pieces)


_Maker = Callable[[Catalog, Wanted], Iterator[Row]]

_PG_CATALOG: Final[dict[str, _Maker]] = {
    "pg_class": _pg_class, "pg_namespace": _pg_namespace, "pg_attribute": _pg_attribute, "pg_type": _pg_type,
    "pg_enum": _pg_enum, "pg_constraint": _pg_constraint, "pg_index": _pg_index, "pg_indexes": _pg_indexes,
    "pg_policies": _pg_policies, "pg_policy": _pg_policy, "pg_proc": _pg_proc, "pg_trigger": _pg_trigger,
    "pg_tables": _pg_tables, "pg_views": _pg_views, "pg_matviews": _pg_matviews, "pg_sequences": _pg_sequences,
    "pg_extension": _pg_extension, "pg_roles": _pg_roles, "pg_authid": _pg_roles, "pg_user": _pg_roles,
    "pg_publication": _pg_publication, "pg_publication_tables": _pg_publication_tables,
    "pg_publication_rel": _pg_publication_rel, "pg_event_trigger": _pg_event_trigger, "pg_ts_config": _pg_ts_config,
}  # fmt: skip
_INFORMATION_SCHEMA: Final[dict[str, _Maker]] = {
    "tables": _i_tables, "columns": _i_columns, "table_constraints": _i_table_constraints,
    "key_column_usage": _i_key_column_usage, "constraint_column_usage": _i_constraint_column_usage,
    "referential_constraints": _i_referential_constraints, "views": _i_views, "routines": _i_routines,
    "triggers": _i_triggers, "schemata": _i_schemata, "sequences": _i_sequences,
}  # fmt: skip
