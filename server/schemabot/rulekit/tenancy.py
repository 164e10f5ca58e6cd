"""How a project separates organisations and users: from the settings, else from names in the catalog."""

from __future__ import annotations

import re
from collections.abc import Iterable

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Column, Function, Table
from schemabot.rulekit.settings import Tenancy

TENANT_COLUMNS = (
    "org_id", "organization_id", "organisation_id", "tenant_id", "team_id", "workspace_id",
    "account_id", "company_id",
)  # fmt: skip
"""What the column that says whose row it is is usually called, the house's own name first."""

OWNER_COLUMNS = ("user_id", "owner_id", "id", "created_by")
"""What the column is called that makes a row a user's own, if it refers to auth.users."""

_SAME_WORD = {"org": "organi[sz]ation", "organization": "org", "organisation": "org"}
_MEMBERS = re.compile(r"member|_users\Z|user_(?:org|team|tenant|account|compan|workspace)")


def tenant_column(table: Table, tenancy: Tenancy) -> Column | None:
    """The column of `table` that names the organisation a row belongs to."""
    names = (tenancy.column,) if tenancy.column is not None else TENANT_COLUMNS
    return next((column for name in names if (column := table.column(name)) is not None), None)


def owner_column(table: Table, catalog: Catalog) -> Column | None:
    """The column of `table` that refers to the user whose row it is."""
    users = catalog.table("auth", "users")
    if users is None:
        return None
    referring = {
        constraint.columns[0]
        for constraint in table.constraints
        if constraint.kind == "foreign key"
        and constraint.references == users.oid
        and len(constraint.columns) == 1
    }
    columns = (table.column(name) for name in OWNER_COLUMNS)
    return next((column for column in columns if column is not None and column.number in referring), None)


def tenant_helper(catalog: Catalog, tenancy: Tenancy, column: Column) -> Function | None:
    """The function that gives the caller's organisation, in the type of `column`: one without arguments that
    the settings name, else one that is called like `get_user_org_id`."""
    if tenancy.helpers:
        candidates = (f for f in catalog.functions.values() if matches(f.schema, f.name, tenancy.helpers))
    else:
        stem = column.name.removesuffix("_id")
        words = "|".join((re.escape(stem), _SAME_WORD.get(stem, re.escape(stem))))
        called = re.compile(
            rf"(?:(?:get|current|my|auth|users?|caller|jwt|requesting)_)*(?:{words})(?:_id)?\Z"
        )
        candidates = (f for f in catalog.functions.values() if called.match(f.name))
    fitting = (
        f
        for f in candidates
        if f.kind == "function"
        and not f.parameters
        and not f.returns_set
        and f.returns == column.type
        and not f.origin.platform
    )
    return min(fitting, key=lambda f: (f.schema != "public", f.schema, f.name), default=None)


def is_membership(table: Table, tenancy: Tenancy) -> bool:
    """Whether rows of `table` say who belongs to which organisation: who may write them may join any."""
    if tenancy.memberships is not None:
        return matches(table.schema, table.name, (tenancy.memberships,))
    return tenant_column(table, tenancy) is not None and _MEMBERS.search(table.name) is not None


def matches(schema: str, name: str, listed: Iterable[str]) -> bool:
    """Whether a list of settings has this object, as `schema.name` or as `name`."""
    return any(item in (name, f"{schema}.{name}") for item in listed)
