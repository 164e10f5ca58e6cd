"""What completion works out once for a project, worked out before anybody asks."""

from __future__ import annotations

from schemabot.analysis import Analysis
from schemabot.features.completion.habits import learnt
from schemabot.features.completion.known import called_functions
from schemabot.features.completion.relation_index import prepare


def warm(analysis: Analysis) -> None:
    """Fill the caches for an analysis that will be asked about. For one background thread."""
    remote = analysis.project.remote
    prepare(analysis.head.catalog, None if remote is None else remote.catalog)
    learnt(analysis.project.migrations[:-1])
    called_functions()
