"""The text of a schemabot.toml that says what was found in a project, each line with why."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterable

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Table
from schemabot.cli.output import plain
from schemabot.isolation.detection import helpers_of
from schemabot.isolation.tenancy_model import TenancyModel
from schemabot.rulekit.callers import policies_for_callers
from schemabot.rulekit.habits import own_tables
from schemabot.rulekit.settings import Settings
from schemabot.rulekit.tenant_tables import is_scoped_by_column
from schemabot.workspace.layouts import LAYOUT_NAMES, family_of
from schemabot.workspace.loader import LoadedProject

_WIDTH = 110
_LISTED = 40
_HOUSE_COLUMN = "org_id"


def settings_text(loaded: LoadedProject, catalog: Catalog, model: TenancyModel) -> str:
    """A settings file for the project that `loaded` is, in which nothing has been set yet.

    What holds without a word too, or is not for us to decide, is written as a comment.
    """
    paragraphs = (
        _comment(
            "Settings of SchemaBot, written by `schemabot init` from what the migrations say. Everything in here is "
            "optional: what is left out is found again each time."
        ),
        _preset(catalog, model),
        _migrations(loaded),
        _platform(loaded),
        _server(loaded),
        _baseline(loaded),
        _tenancy(catalog, model, loaded),
        [
            *_comment(
                "Levels by rule: error, warning, information, hint or off. `schemabot rules` lists them."
            ),
            "# [rules]",
            '# fk-index-missing = "error"',
        ],
    )
    return "\n\n".join("\n".join(lines) for lines in paragraphs) + "\n"


def _preset(catalog: Catalog, model: TenancyModel) -> list[str]:
    if model.column == _HOUSE_COLUMN and is_scoped_by_column(catalog, model):
        return [
            *_comment(
                f"The rules that run. `schemabot` asks for {_HOUSE_COLUMN} on every business table and for the house's "
                f"standard columns, headers and comments too; it is proposed because most tables have {_HOUSE_COLUMN}. "
                "`recommended` leaves that out."
            ),
            _line("preset", "schemabot"),
        ]
    return [
        *_comment("The rules that run: recommended, schemabot, advisors or all."),
        _line("preset", "recommended"),
    ]


def _migrations(loaded: LoadedProject) -> list[str]:
    layout = loaded.layout
    files = [file for file in loaded.project.migrations if not file.is_down]
    count = "1 migration" if len(files) == 1 else f"{len(files)} migrations"
    lines = _comment(f"The history: {count}, read as those of {family_of(layout).title}.")
    folder = os.path.relpath(layout.migrations, layout.root).replace(os.sep, "/")
    lines.append(_line("migrations", folder))
    if layout.kind in LAYOUT_NAMES:
        lines.append(_line("layout", layout.kind))
    return lines


def _platform(loaded: LoadedProject) -> list[str]:
    project = loaded.project
    if project.platform == "supabase":
        why = "What is there before the first migration: Supabase's schemas and roles. There is a `supabase` folder, or "
        why += "the SQL uses `auth` or `storage`."
    else:
        why = "What is there before the first migration: nothing but PostgreSQL. No SQL uses Supabase's schemas."
    lines = [*_comment(why), _line("platform", project.platform)]
    if project.exposed is not None:
        source = "supabase/config.toml" if loaded.layout.supabase_config is not None else "Supabase's default"
        lines += _comment(f"The schemas that clients of the API reach ({source}):")
        lines.append("# " + _line("exposed-schemas", sorted(project.exposed)))
    return lines


def _server(loaded: LoadedProject) -> list[str]:
    version = loaded.project.settings.postgres_version
    standard = version == Settings().postgres_version
    source = "the default" if standard else "from supabase/config.toml"
    return [
        *_comment(f"The major version of PostgreSQL that the migrations run on ({source})."),
        f"# postgres-version = {version}",
    ]


def _baseline(loaded: LoadedProject) -> list[str]:
    version = next(
        (file.version for file in reversed(loaded.project.migrations) if not file.is_down and file.version),
        None,
    )
    return [
        *_comment(
            "The newest migration that has been applied: it and those before it are history, and a fix for them is a "
            "new migration. Without this, what stands on the default branch of git counts as history."
        ),
        "# " + _line("baseline", version or "20260101000000"),
    ]


# -- tenancy -------------------------------------------------------------------------------------------------


def _tenancy(catalog: Catalog, model: TenancyModel, loaded: LoadedProject) -> list[str]:
    reasons = [line for reason in model.because for line in _comment(reason)]
    if model.kind != "organisation" or model.column is None:
        return [
            *_comment("How organisations are told apart."),
            *reasons,
            "# [tenancy]",
            "# " + _line("column", _HOUSE_COLUMN),
            "# " + _line("organizations", "public.organizations"),
            "# " + _line("memberships", "public.org_memberships"),
        ]
    lines = ["[tenancy]", *reasons, _line("column", model.column)]
    organisations = catalog.table_by_oid(model.organisations)
    if organisations is not None:
        lines.append(_line("organizations", _name(organisations)))
    lines += _members(catalog, model)
    called = {
        use.oid
        for table in own_tables(catalog)
        for policy in table.policies
        for clause in (policy.using, policy.check)
        for use in (clause.uses if clause is not None else ())
    }
    helpers = sorted({f"{f.schema}.{f.name}" for f in helpers_of(catalog, model) if f.oid in called})
    lines += _suggested(
        "helpers",
        helpers,
        "Functions of policies that read who the caller is a member of. SchemaBot looks into them by itself; name "
        "here only those that give or test the caller's organisation in a way that it does not understand: they are "
        "believed.",
    )
    tables = [table for table in own_tables(catalog) if loaded.project.view().is_exposed(table.schema)]
    closed = [table for table in tables if table.rls and not any(policies_for_callers(table, catalog))]
    lines += _suggested(
        "service-only",
        sorted(map(_name, closed)),
        "No policy lets callers into these tables. List those that are meant for the service role alone.",
    )
    nobodys = [t for t in tables if model.ownership(t.oid).kind == "none" and t not in closed]
    lines += _suggested(
        "exempt",
        sorted(map(_name, nobodys)),
        "Nothing says whose the rows of these tables are. List those that are shared by all, such as countries or plans.",
    )
    return lines


def _members(catalog: Catalog, model: TenancyModel) -> list[str]:
    names = [_name(table) for m in model.memberships if (table := catalog.table_by_oid(m.table)) is not None]
    if len(names) == 1:
        return [_line("memberships", names[0])]
    if not names:
        return []
    return [
        *_comment(
            "Several tables say who belongs to an organisation. All of them count until one is named here."
        ),
        *("# " + _line("memberships", name) for name in names),
    ]


def _suggested(key: str, names: list[str], why: str) -> list[str]:
    """A list to choose from, as a comment: what is true of these tables only the project's people know."""
    if not names:
        return []
    more = f" ({len(names) - _LISTED} more are like them)" if len(names) > _LISTED else ""
    listed = [f"#   {_quoted(name)}," for name in names[:_LISTED]]
    return ["", *_comment(why + more), f"# {key} = [", *listed, "# ]"]


# -- writing -------------------------------------------------------------------------------------------------


def _name(table: Table) -> str:
    return f"{table.schema}.{table.name}"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(plain(text).replace("\n", " "), _WIDTH - 2)]


def _line(key: str, value: str | Iterable[str]) -> str:
    if isinstance(value, str):
        return f"{key} = {_quoted(value)}"
    return f"{key} = [{', '.join(map(_quoted, value))}]"


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, except for DEL, which JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
