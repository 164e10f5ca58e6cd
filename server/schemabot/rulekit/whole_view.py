"""What rules know of a catalog as a whole: as long as it is the same, a table is judged by what it refers to."""

from __future__ import annotations

import msgspec

from schemabot.catalog.catalog import Catalog
from schemabot.isolation.tenancy_model import Decisions
from schemabot.rulekit.habits import Habits, habits_of
from schemabot.rulekit.settings import Settings
from schemabot.rulekit.tenancy_model import detected
from schemabot.rulekit.tenant_tables import Practice, practice_of

WholeView = tuple[Habits, Decisions, Practice]


def whole_view(catalog: Catalog, settings: Settings) -> WholeView:
    """The habits of the project, how it separates its organisations, and how far it does."""
    model = detected(catalog, settings)
    decisions = msgspec.structs.replace(model.decisions, because=())  # the reasons count tables
    return habits_of(catalog, settings), decisions, practice_of(catalog, model)
