"""What rules know of a catalog as a whole: as long as it is the same, a table is judged by what it refers to."""

from __future__ import annotations

from schemabot.catalog.catalog import Catalog
from schemabot.isolation.tenancy_model import TenancyModel
from schemabot.rulekit.habits import Habits, habits_of
from schemabot.rulekit.settings import Settings
from schemabot.rulekit.tenancy_model import detected

WholeView = tuple[Habits, TenancyModel]


def whole_view(catalog: Catalog, settings: Settings) -> WholeView:
    """The habits of the project and its tenancy model."""
    return habits_of(catalog, settings), detected(catalog, settings)
