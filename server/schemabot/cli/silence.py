"""Why rules say nothing: what `check --verbose` tells on standard error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from schemabot.analysis import Analysis
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Table
from schemabot.cli.projects import shown_path
from schemabot.isolation.tenancy_model import TenancyModel
from schemabot.rulekit.habits import own_tables
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.rule import Rule
from schemabot.rulekit.settings import RuleSetting
from schemabot.rulekit.tenancy import matches
from schemabot.rulekit.tenancy_model import model_of
from schemabot.rulekit.tenant_tables import is_scoped_by_column
from schemabot.workspace.loader import LoadedProject

_LISTED = 12


def reasons(loaded: LoadedProject, analysis: Analysis, *, narrowed: bool) -> Iterator[str]:
    """One line for each reason, for one project. `narrowed`: the command line chose the rules itself."""
    catalog = analysis.head.catalog
    yield f"{shown_path(str(loaded.layout.migrations))}: why rules may say nothing"
    yield from _tenancy(catalog, model_of(catalog, loaded.project.settings))
    yield from _tables(catalog, loaded)
    yield from _history(loaded)
    if not narrowed:
        yield from _off(loaded)
    for place, why in _unknown(catalog):
        yield f"  not understood: {place} ({why}): rules about it stay silent"


def _tenancy(catalog: Catalog, model: TenancyModel) -> Iterator[str]:
    for reason in model.because:
        yield f"  tenancy: {reason}"
    if model.kind == "user":
        yield "  tenancy: rules about organisations stay silent; name the column in schemabot.toml if there is one"
    if model.kind == "organisation" and not is_scoped_by_column(catalog, model):
        yield (
            f"  tenancy: less than three of five tables have {model.column}: tables without it, and what its own "
            "tables lack, are reported in the preset schemabot only"
        )


def _tables(catalog: Catalog, loaded: LoadedProject) -> Iterator[str]:
    tenancy, view = loaded.project.settings.tenancy, loaded.project.view()
    hidden: defaultdict[str, int] = defaultdict(int)
    listed: dict[str, list[str]] = {"service-only": [], "exempt": []}
    for table in own_tables(catalog):
        if not view.is_exposed(table.schema):
            hidden[table.schema] += 1
        for key, names in (("service-only", tenancy.service_only), ("exempt", tenancy.exempt)):
            if matches(table.schema, table.name, names):
                listed[key].append(_name(table))
    for schema, count in sorted(hidden.items()):
        tables = "1 table" if count == 1 else f"{count} tables"
        yield f"  not exposed: schema {schema} ({tables}): the API does not serve it, rules about access stay silent"
    for key, found in listed.items():
        if found:
            yield f"  {key}: {_some(sorted(found))}, as schemabot.toml says"


def _history(loaded: LoadedProject) -> Iterator[str]:
    changes = [
        active.id
        for active in loaded.rules.active.values()
        if active.rule.kind == "change" and not active.rule.in_settled_files
    ]
    for status, why in (
        ("applied", "at or before the baseline"),
        ("settled", "unchanged on the default branch of git"),
    ):
        count = sum(file.status == status for file in loaded.project.migrations)
        if count and changes:
            files = "1 file" if count == 1 else f"{count} files"
            rules = "1 rule" if len(changes) == 1 else f"{len(changes)} rules"
            yield f"  {status}: {files} ({why}): {rules} that judge a change say nothing about history"


def _off(loaded: LoadedProject) -> Iterator[str]:
    settings, active = loaded.project.settings, loaded.rules.active
    by_settings: list[str] = []
    by_preset: list[str] = []
    for rule in _sorted(all_rules().values()):
        if rule.id not in active:
            off = settings.rules.get(rule.id, RuleSetting()).level == "off"
            (by_settings if off else by_preset).append(rule.id)
    if by_preset:
        yield f"  off in the preset {settings.preset}: {', '.join(by_preset)}"
    if by_settings:
        yield f"  off in schemabot.toml: {', '.join(by_settings)}"


def _unknown(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """What statements that were not understood speak about, by file."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, at in catalog.tainted.items():
        found[at.file].add(".".join(name))
    for path, names in sorted(found.items()):
        yield _some(sorted(names)), shown_path(path)


def _sorted(rules: Iterable[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: rule.id)


def _name(table: Table) -> str:
    return f"{table.schema}.{table.name}"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
