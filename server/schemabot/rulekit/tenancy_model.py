"""The project's tenancy model: how its tables say whose their rows are. From the settings, else detected."""

from __future__ import annotations

from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.isolation import TenancyModel, detect
from schemabot.rulekit.context import StateContext
from schemabot.rulekit.once import OncePerCatalog
from schemabot.rulekit.settings import Settings


def tenancy_model(context: StateContext[Any]) -> TenancyModel:
    """The model of the project, decided when the whole project was analysed last, for the present catalog."""
    return _bound(context.catalog, _models(context.settled, context.project.settings))


def detected(catalog: Catalog, settings: Settings) -> TenancyModel:
    """The model of a catalog; what was worked out last is remembered."""
    return _models(catalog, settings)


def model_of(catalog: Catalog, settings: Settings) -> TenancyModel:
    """The model of a catalog, as far as the settings do not say it."""
    tenancy = settings.tenancy
    return detect(
        catalog,
        column=tenancy.column,
        organisations=tenancy.organizations,
        memberships=tenancy.memberships,
        helpers=tenancy.helpers,
    )


def _bind(catalog: Catalog, model: TenancyModel) -> TenancyModel:
    return model.bound(catalog)


_models: OncePerCatalog[Settings, TenancyModel] = OncePerCatalog(model_of)
_bound: OncePerCatalog[TenancyModel, TenancyModel] = OncePerCatalog(_bind)
