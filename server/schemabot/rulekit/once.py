"""What is worked out from a whole catalog: once for each catalog, when a rule first asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from schemabot.catalog.catalog import Catalog

T = TypeVar("T")
K = TypeVar("K")

_KEPT = 2
"""Answers: while the background judges a newer catalog, keys go on with the older one. Each holds its whole catalog."""


class OncePerCatalog(Generic[K, T]):
    """A function of a catalog and one more value whose last answers are kept.

    Catalogs are immutable, so the same catalog and the same value give the same answer, whichever rule asks, in whichever
    thread. Two threads that ask at the same time may both work it out.
    """

    def __init__(self, compute: Callable[[Catalog, K], T]) -> None:
        self._compute = compute
        self._last: tuple[tuple[Catalog, K, T], ...] = ()

    def __call__(self, catalog: Catalog, key: K) -> T:
        """The answer for this catalog; the very same objects are not asked about twice."""
        last = self._last
        for place, known in enumerate(last):
            if known[0] is catalog and known[1] is key:
                if place:
                    self._last = (known, *last[:place], *last[place + 1 :])
                return known[2]
        made = self._compute(catalog, key)
        self._last = ((catalog, key, made), *self._last[: _KEPT - 1])
        return made
