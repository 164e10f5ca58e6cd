"""What requests and rules work out once for a project, worked out in the background before a key needs it."""

from __future__ import annotations

from collections.abc import Callable

from schemabot.analysis import Analysis
from schemabot.features import completion
from schemabot.rulekit.refused import learn_words


def warm(analysis: Analysis, cancelled: Callable[[], bool]) -> None:
    """Fill the caches that the next keys will ask. For the worker's thread."""
    completion.warm(analysis)
    if not cancelled():
        learn_words(file.source.text for file in analysis.project.migrations)
