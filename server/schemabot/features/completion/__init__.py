"""Completion: what may be written at a place, from the schema at this point of the history."""

from schemabot.features.completion.complete import complete
from schemabot.features.completion.model import Completions, Item
from schemabot.features.completion.warm import warm

__all__ = ["Completions", "Item", "complete", "warm"]
