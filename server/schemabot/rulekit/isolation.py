"""Verdicts on isolation for rules: one judge for a catalog."""

from __future__ import annotations

from typing import Any

from schemabot.catalog.catalog import Catalog
from schemabot.isolation import Judge
from schemabot.isolation.tenancy_model import TenancyModel
from schemabot.rulekit.context import StateContext
from schemabot.rulekit.once import OncePerCatalog
from schemabot.rulekit.tenancy_model import model_of, tenancy_model


def judge_of(context: StateContext[Any]) -> Judge:
    """The judge of the present catalog. Its verdicts take milliseconds, so only patient rules ask."""
    if context.catalog is context.settled:
        return _judges[context.project.platform == "supabase"](context.catalog, tenancy_model(context))
    model = model_of(context.catalog, context.project.settings)
    return Judge(context.catalog, model, context.project.platform)


def _judge(platform: str) -> OncePerCatalog[TenancyModel, Judge]:
    def make(catalog: Catalog, model: TenancyModel) -> Judge:
        return Judge(catalog, model, platform)

    return OncePerCatalog(make)


_judges = {True: _judge("supabase"), False: _judge("postgres")}
