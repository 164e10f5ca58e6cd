"""Verdicts on isolation for rules: one judge for a catalog."""

from __future__ import annotations

from typing import Any

import attrs

from schemabot.catalog.catalog import Catalog
from schemabot.isolation import Judge, TenancyModel
from schemabot.rulekit.context import StateContext
from schemabot.rulekit.once import OncePerCatalog
from schemabot.rulekit.tenancy_model import tenancy_model


def judge_of(context: StateContext[Any]) -> Judge:
    """The judge of the present catalog. Its verdicts take milliseconds, so only patient rules ask."""
    judges = _JUDGES if context.project.platform == "supabase" else _JUDGES_ELSEWHERE
    return judges(context.catalog, tenancy_model(context))


@attrs.frozen
class _Make:
    platform: str

    def __call__(self, catalog: Catalog, model: TenancyModel) -> Judge:
        return Judge(catalog, model, self.platform)


_JUDGES: OncePerCatalog[TenancyModel, Judge] = OncePerCatalog(_Make("supabase"))
_JUDGES_ELSEWHERE: OncePerCatalog[TenancyModel, Judge] = OncePerCatalog(_Make("postgres"))
