"""One thing that may stand at a place, before it is ranked."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from schemabot.features.completion.model import ItemKind
from schemabot.features.names.target import Target


class Proposal(NamedTuple):
    """A name that may stand here. `prior` is what its kind and place say for it; `detail` is made when it is shown."""

    label: str
    kind: ItemKind
    insert: str
    prior: float = 0.0
    detail: Callable[[], str] | str = ""
    target: Target | None = None
    snippet: str = ""
    documentation: str = ""
