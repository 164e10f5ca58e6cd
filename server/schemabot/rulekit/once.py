"""What is worked out from a whole catalog: once for each catalog, when a rule first asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from schemabot.catalog.catalog import Catalog

T = TypeVar("T")
K = TypeVar("K")


class OncePerCatalog(Generic[K, T]):
    """A function of a catalog and one more value whose last answer is kept.

    Catalogs are immutable, so the same catalog and the same value give the same answer, whichever rule asks.
    Only the last one is kept: rules are asked about one catalog at a time.
    """

    def __init__(self, compute: Callable[[Catalog, K], T]) -> None:
        self._compute = compute
        self._last: tuple[Catalog, K, T] | None = None

    def __call__(self, catalog: Catalog, key: K) -> T:
        """The answer for this catalog; the very same objects are not asked about twice."""
        last = self._last
        if last is not None and last[0] is catalog and last[1] is key:
            return last[2]
        made = self._compute(catalog, key)
        self._last = (catalog, key, made)
        return made
