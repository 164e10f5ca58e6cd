"""The catalog as JSON: what the migrations created or changed, sorted, for people and other programs.

Keys are those of `schemabot catalog --format json`. A table of the platform that the migrations touched
appears with `"platform": true` and only the parts that they added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol, TypeVar

from schemabot.catalog.apply.acl import PRIVILEGES_OF
from schemabot.catalog.apply.type_refs import format_type
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.deparse import deparse
from schemabot.catalog.layered import Layered
from schemabot.catalog.objects import (
    Acl,
    Bound,
    Change,
    Column,
    Constraint,
    Domain,
    EnumType,
    Function,
    Index,
    Origin,
    OtherType,
    Policy,
    Sequence,
    Table,
    Trigger,
    TypeRef,
    View,
)
from schemabot.catalog.printed import printed
from schemabot.catalog.quoting import quote_identifier

Json = dict[str, Any]

T = TypeVar("T")
SEARCH_PATH: Final = ("public", "extensions")
"""Types are spelled as for a session with this search_path."""


_BOOL: Final = TypeRef("bool")


class _Made(Protocol):
    @property
    def origin(self) -> Origin: ...
    @property
    def changes(self) -> tuple[Change, ...]: ...


def catalog_json(catalog: Catalog, *, platform: bool = False, only: frozenset[int] | None = None) -> Json:
    """What the migrations made, as plain JSON values. With `platform`, what the platform brings as well.

    `only` leaves out relations, types and functions with other oids.
    """
    return _Printer(catalog, platform, only).catalog_json()


class _Printer:
    def __init__(self, catalog: Catalog, platform: bool, only: frozenset[int] | None = None) -> None:
        self.catalog = catalog
        self.platform = platform
        self._only = only

    def _listed(self, mapping: Layered[int, T]) -> list[T]:
        if self._only is None:
            return mapping.values()
        return [item for oid in sorted(self._only) if (item := mapping.get(oid)) is not None]

    def catalog_json(self) -> Json:
        catalog = self.catalog
        relations = self._listed(catalog.relations)
        tables = [t for t in relations if isinstance(t, Table) and not t.temporary]
        views = [v for v in relations if isinstance(v, View) and not v.temporary and self.concerns(v)]
        sequences = [s for s in relations if isinstance(s, Sequence) and not s.temporary and self.concerns(s)]
        functions = [f for f in self._listed(catalog.functions) if self.concerns(f)]
        types = [t for t in self._listed(catalog.types) if self.concerns(t)]
        composites = [t for t in types if isinstance(t, OtherType) and t.kind != "row"]
        return {
            "tables": _sorted(item for t in tables if (item := self.table(t)) is not None),
            "views": _sorted(map(self.view, views)),
            "functions": _sorted(map(self.function, functions), "arguments"),
            "enums": _sorted(
                {"schema": t.schema, "name": t.name, "labels": list(t.labels)}
                for t in types
                if isinstance(t, EnumType)
            ),
            "domains": _sorted(_named(t) for t in types if isinstance(t, Domain)),
            "types": _sorted(map(_named, composites)),
            "sequences": _sorted(map(_named, sequences)),
            "extensions": sorted(
                (
                    {"name": e.name, "schema": e.schema}
                    for e in catalog.extensions.values()
                    if self.concerns(e)
                ),
                key=lambda item: item["name"],
            ),
            "grants": self.grants(),
            "publications": self.publications(),
            "rules": self.rules(),
            "event_triggers": self.event_triggers(),
            "default_privileges": self.default_privileges(),
        }

    def concerns(self, item: _Made) -> bool:
        """Whether the migrations made or changed the object; what an extension brings is not theirs."""
        return not _is_member(item) and (
            self.platform
            or not item.origin.platform
            or any(not c.at.platform and not c.what.startswith(PRIVILEGES_OF) for c in item.changes)
        )

    def added(self, origin: Origin) -> bool:
        """Whether the migrations made a part."""
        return self.platform or not origin.platform

    # -- tables --

    def table(self, table: Table) -> Json | None:
        """A table; None for one of the platform that the migrations left alone."""
        if _is_member(table):
            return None
        own = self.added(table.origin)
        columns = [c for c in table.columns if own or self.added(c.origin)]
        constraints = [c for c in table.constraints if own or self.added(c.origin)]
        indexes = [i for i in table.indexes if own or self.added(i.origin)]
        policies = [p for p in table.policies if own or self.concerns(p)]
        triggers = [t for t in table.triggers if own or self.concerns(t)]
        touched = columns or constraints or indexes or policies or triggers or self.concerns(table)
        if not touched:
            return None
        keys = [c for c in constraints if c.kind == "primary key"]
        return {
            "schema": table.schema,
            "name": table.name,
            "kind": table.kind,
            "platform": table.origin.platform,
            "columns": [self.column(table, column) for column in columns],
            "primary_key": list(table.column_names(keys[0].columns)) if keys else [],
            "unique": sorted(list(table.column_names(c.columns)) for c in constraints if c.kind == "unique"),
            "checks": sorted(c.name for c in constraints if c.kind == "check"),
            "foreign_keys": sorted(
                (self.foreign_key(table, c) for c in constraints if c.kind == "foreign key"), key=_name
            ),
            "indexes": sorted((self.index(table, index) for index in indexes), key=_name),
            "rls": table.rls,
            "force_rls": table.force_rls,
            "policies": sorted((self.policy(table, policy) for policy in policies), key=_name),
            "triggers": sorted(map(self.trigger, triggers), key=_name),
            "comment": table.comment,
        }

    def column(self, table: Table, column: Column) -> Json:
        return {
            "name": column.name,
            "type": self.type(column.type),
            "nullable": not column.not_null,
            "default": self.expression(column.default, column.type),
            "identity": column.identity or None,
            "generated": self.expression(column.generated, column.type, table),
        }

    def foreign_key(self, table: Table, constraint: Constraint) -> Json:
        target = self.catalog.table_by_oid(constraint.references)
        columns = () if target is None else target.column_names(constraint.references_columns)
        return {
            "name": constraint.name,
            "columns": list(table.column_names(constraint.columns)),
            "references": {
                "schema": "" if target is None else target.schema,
                "table": "" if target is None else target.name,
                "columns": list(columns),
            },
            "on_delete": constraint.on_delete,
            "on_update": constraint.on_update,
        }

    def index(self, table: Table, index: Index) -> Json:
        names = {column.number: column.name for column in table.columns}
        return {
            "name": index.name,
            "columns": [names.get(key.column) if key.column else None for key in index.keys],
            "unique": index.unique,
            "method": index.method,
            "partial": index.where is not None,
        }

    def policy(self, table: Table, policy: Policy) -> Json:
        return {
            "name": policy.name,
            "command": policy.command,
            "permissive": policy.permissive,
            "roles": sorted(policy.roles),
            "using": self.expression(policy.using, _BOOL, table),
            "check": self.expression(policy.check, _BOOL, table),
        }

    def trigger(self, trigger: Trigger) -> Json:
        return {"name": trigger.name, "function": self.function_name(trigger.function, trigger.function_name)}

    def function_name(self, oid: int, written: tuple[str, ...]) -> str:
        """`schema.name` of a function, or the name as written when the catalog does not have it."""
        function = self.catalog.functions.get(oid)
        if function is not None:
            return f"{function.schema}.{function.name}"
        return ".".join(written if len(written) > 1 else ("pg_catalog", *written))

    # -- views, functions --

    def view(self, view: View) -> Json:
        return {
            "schema": view.schema,
            "name": view.name,
            "materialized": view.materialized,
            "security_invoker": view.security_invoker,
            "columns": [column.name for column in view.columns],
        }

    def function(self, function: Function) -> Json:
        return {
            "schema": function.schema,
            "name": function.name,
            "arguments": self.arguments(function),
            "returns": self.returns(function),
            "language": function.language,
            "security": "definer" if function.security_definer else "invoker",
            "volatility": function.volatility,
            "settings": sorted(f"{name}={value}" for name, value in function.settings),
        }

    def arguments(self, function: Function) -> list[str]:
        """The types of all parameters but the columns of RETURNS TABLE."""
        return [self.plain_type(p.type) for p in function.parameters if p.mode != "table"]

    def returns(self, function: Function) -> str | None:
        """The result as pg_get_function_result prints it; None for procedures."""
        if function.kind == "procedure" or function.returns is None:
            return None
        table = [p for p in function.parameters if p.mode == "table"]
        if table:
            columns = (f"{quote_identifier(p.name)} {self.plain_type(p.type)}" for p in table)
            return f"TABLE({', '.join(columns)})"
        return ("SETOF " if function.returns_set else "") + self.plain_type(function.returns)

    def plain_type(self, ref: TypeRef) -> str:
        """A type where modifiers do not count (format_type with a null modifier)."""
        if not ref.oid and ref.name in ("bpchar", "bit") and not ref.modifiers:
            return {"bpchar": "character", "bit": "bit"}[ref.name] + ("[]" if ref.array else "")
        return self.type(ref)

    def expression(self, bound: Bound | None, target: TypeRef, table: Table | None = None) -> str | None:
        """An expression as pg_get_expr prints it; where that is not sure, as written under today's names."""
        if bound is None:
            return None
        exact = deparse(self.catalog, bound, target, table, SEARCH_PATH)
        return printed(self.catalog, bound, SEARCH_PATH) if exact is None else exact

    def type(self, ref: TypeRef) -> str:
        return format_type(self.catalog, ref, SEARCH_PATH)

    # -- privileges, and what belongs to no schema --

    def grants(self) -> list[Json]:
        """One entry for each object and role, the owner's own left out; column privileges as `select(a)`.

        What the platform gave and nothing changed since is left out too.
        """
        found = self.all_grants(self.catalog)
        if not self.platform and self.catalog.platform is not None:
            before = self.all_grants(self.catalog.platform)
            found = {key: held for key, held in found.items() if before.get(key) != held}
        return [
            {"schema": schema, "object": name, "role": role, "privileges": sorted(privileges)}
            for (schema, name, role), privileges in sorted(found.items())
        ]

    def all_grants(self, catalog: Catalog) -> dict[tuple[str, str, str], set[str]]:
        """Privileges by schema, object and role."""
        found: dict[tuple[str, str, str], set[str]] = {}

        def add(schema: str, name: str, acl: Acl) -> None:
            for role, privileges in acl:
                found.setdefault((schema, name, role), set()).update(p.rstrip("*") for p in privileges)

        for relation in self._listed(catalog.relations):
            if (
                not isinstance(relation, (Table, View, Sequence))
                or relation.temporary
                or _is_member(relation)
            ):
                continue
            add(relation.schema, relation.name, relation.acl)
            if isinstance(relation, Table):
                for column in relation.columns:
                    add(relation.schema, relation.name, _of_column(column))
        for function in self._listed(catalog.functions):
            if _is_member(function):
                continue
            types = ", ".join(self.plain_type(ref) for ref in function.signature)
            add(function.schema, f"{function.name}({types})", function.acl)
        for schema in catalog.schemas.values():
            if not _is_member(schema):
                add(schema.name, schema.name, schema.acl)
        return found

    def publications(self) -> list[Json]:
        return sorted(
            (
                {
                    "name": p.name,
                    "all_tables": p.all_tables,
                    "tables": sorted(
                        f"{t.schema}.{t.name}"
                        for oid in p.tables
                        if (t := self.catalog.table_by_oid(oid)) is not None
                    ),
                    "schemas": sorted(p.schemas),
                }
                for p in self.catalog.publications.values()
                if self.concerns(p)
            ),
            key=_name,
        )

    def rules(self) -> list[Json]:
        relations = [
            r
            for r in self._listed(self.catalog.relations)
            if isinstance(r, (Table, View)) and not _is_member(r)
        ]
        return _sorted(
            (
                {"schema": r.schema, "table": r.name, "name": rule.name, "event": rule.event}
                for r in relations
                if not r.temporary
                for rule in r.rules
                if self.added(rule.origin)
            ),
            "table",
        )

    def event_triggers(self) -> list[Json]:
        return sorted(
            (
                {
                    "name": t.name,
                    "event": t.event,
                    "function": self.function_name(t.function, t.function_name),
                }
                for t in self.catalog.event_triggers.values()
                if self.added(t.origin)
            ),
            key=_name,
        )

    def default_privileges(self) -> list[Json]:
        before = None if self.platform else self.catalog.platform
        known = () if before is None else before.default_privileges
        kept = {(item.role, item.schema, item.kind): dict(item.acl) for item in known}
        entries = (
            {
                "role": item.role,
                "schema": item.schema,
                "kind": item.kind,
                "grantee": role,
                "privileges": sorted(p.rstrip("*") for p in privileges),
            }
            for item in self.catalog.default_privileges
            if kept.get((item.role, item.schema, item.kind)) != dict(item.acl)
            for role, privileges in item.acl
        )
        return sorted(entries, key=lambda e: (e["role"], e["schema"] or "", e["kind"], e["grantee"]))


def _is_member(item: Any) -> bool:
    """Whether an extension brought the object."""
    return getattr(item, "extension", None) is not None


def _of_column(column: Column) -> Acl:
    return tuple(
        (role, frozenset(f"{privilege.rstrip('*')}({column.name})" for privilege in privileges))
        for role, privileges in column.acl
    )


def _named(item: Sequence | Domain | OtherType) -> Json:
    return {"schema": item.schema, "name": item.name}


def _name(item: Json) -> str:
    return str(item["name"])


def _sorted(items: Iterable[Json] | Iterator[Json], *further: str) -> list[Json]:
    return sorted(items, key=lambda item: (item["schema"], item["name"], *(item[key] for key in further)))
