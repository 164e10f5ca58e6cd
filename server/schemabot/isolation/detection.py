"""The tenancy model of a project, found by a look at the whole catalog, in a fixed order, with the reasons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Function, Table
from schemabot.isolation.tenancy_model import Decisions, QualifiedName, TenancyModel, foreign_keys, is_listed

TENANT_COLUMNS = (
    "org_id", "organization_id", "organisation_id", "tenant_id", "team_id", "workspace_id",
    "account_id", "company_id",
)  # fmt: skip
"""What the column that says whose row it is is usually called, the house's own name first."""

_FEWEST = 2


def detect(
    catalog: Catalog,
    *,
    column: str | None = None,
    organisations: str | None = None,
    memberships: str | None = None,
    helpers: Iterable[str] = (),
) -> TenancyModel:
    """The model of a catalog; what is given (names, with or without schema) is not looked for."""
    tables = [table for table in catalog.tables() if not table.origin.platform]
    given = column is not None or organisations is not None
    vouched = tuple(helpers)
    because: list[str] = []
    found = _tenant_column(catalog, tables, column, organisations)
    if found is not None:
        name, target, why = found
        decisions = Decisions(
            kind="organisation", column=name, organisations=target, told=memberships, vouched=vouched
        )
        model = TenancyModel(decisions, catalog)
        members = tuple(_name(table) for table in tables if model.membership(table.oid) is not None)
        if given or members or model.owners or vouched or _claims_organisation(catalog, name):
            because.append(why)
            if members:
                names = ", ".join(f'"{schema}.{own}"' for schema, own in members)
                because.append(f"who belongs to an organisation is read from {names}")
            return TenancyModel(
                msgspec.structs.replace(decisions, memberships=members, because=tuple(because)), catalog
            )
        because.append(f"{name} is common, but nothing says who belongs to an organisation")
    model = TenancyModel(Decisions(kind="user"), catalog)
    count = sum(model.ownership(table.oid).kind == "user" for table in tables)
    if count:
        because.append(f"{count} tables have a column that refers to auth.users: rows belong to users")
        return TenancyModel(Decisions(kind="user", vouched=vouched, because=tuple(because)), catalog)
    because.append("no column names an organisation or a user: rules about organisations stay silent")
    return TenancyModel(Decisions(kind="none", vouched=vouched, because=tuple(because)), catalog)


def _name(table: Table) -> QualifiedName:
    return table.schema, table.name


def _tenant_column(
    catalog: Catalog, tables: list[Table], column: str | None, organisations: str | None
) -> tuple[str, QualifiedName | None, str] | None:
    """The column that most tables have, the table that it refers to, and why."""
    wanted = next(
        (t for t in tables if organisations and is_listed(t.schema, t.name, (organisations,))), None
    )
    own = {table.oid for table in tables}
    best: tuple[int, str, Table | None] | None = None
    for name in TENANT_COLUMNS if column is None else (column,):
        having = [table for table in tables if table.column(name) is not None]
        if len(having) < (_FEWEST if column is None else 1):
            continue
        target = wanted or _referred_to(catalog, having, name)
        if column is None and wanted is None and (target is None or target.oid not in own):
            continue
        if best is None or len(having) > best[0]:
            best = (len(having), name, target)
    if best is None:
        return None
    count, name, target = best
    where = f', and refers to "{target.schema}.{target.name}"' if target else ""
    said = "the settings name it" if column else f"{count} of {len(tables)} tables have it"
    return name, _name(target) if target else None, f"{name} names the organisation: {said}{where}"


def _referred_to(catalog: Catalog, having: list[Table], name: str) -> Table | None:
    """The table that most columns of that name refer to."""
    targets: Counter[int] = Counter()
    for table in having:
        column = table.column(name)
        targets.update(
            {key.references for key in foreign_keys(table) if column and key.columns == (column.number,)}
        )
    return catalog.table_by_oid(min(targets, key=lambda oid: (-targets[oid], oid))) if targets else None


def _claims_organisation(catalog: Catalog, column: str) -> bool:
    """Whether some policy compares the column with a claim, a setting or a function."""
    words = re.compile(rf"\b{re.escape(column)}\b[^,;]*=[^,;]*(?:jwt|current_setting|\w+\s*\()", re.I)
    return any(
        expression is not None and words.search(expression.text)
        for table in catalog.tables()
        if not table.origin.platform
        for policy in table.policies
        for expression in (policy.using, policy.check)
    )


def helpers_of(catalog: Catalog, model: TenancyModel) -> tuple[Function, ...]:
    """The project's functions that read the caller's memberships: for explaining, not for deciding."""
    names = [t.name for m in model.memberships if (t := catalog.table_by_oid(m.table))]
    if not names:
        return ()
    words = re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b")
    return tuple(
        f
        for f in catalog.functions.values()
        if not f.origin.platform
        and f.body
        and words.search(f.body)
        and re.search(r"auth\.(?:uid|jwt)", f.body)
    )
