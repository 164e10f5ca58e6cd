"""Reads the words of an unfinished statement from its beginning to the place where somebody writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Relation, Table, View
from schemabot.features.completion.wanted import ANY, Wanted
from schemabot.features.names.words import Word


class Here(Exception):  # noqa: N818  # no error: the place was reached
    """The words end: this is what may follow."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__()
        self.wanted = wanted


class Names:
    """Names looked up at this point of the history; `remote` has what only a real database has.

    What is in `head`, the schema at the end of the history, is made later, and not the remote's alone.
    """

    def __init__(
        self,
        catalog: Catalog,
        path: Sequence[str],
        remote: Catalog | None = None,
        head: Catalog | None = None,
    ) -> None:
        self.catalog = catalog
        self.remote = remote
        self.head = catalog if head is None else head
        self.path = tuple(schema for schema in path if schema != "$user")

    def relation(self, parts: Sequence[str]) -> Relation | None:
        """The relation of that name, searched for as PostgreSQL would."""
        if not parts:
            return None
        schemas = (parts[-2],) if len(parts) > 1 else (*self.path, "pg_catalog")
        for catalog in (self.catalog, self.remote):
            for schema in schemas:
                if catalog is not None and (found := catalog.relation(schema, parts[-1])) is not None:
                    return found
        return None

    def rows(self, parts: Sequence[str]) -> Table | View | None:
        """The table or view of that name."""
        found = self.relation(parts)
        return found if isinstance(found, (Table, View)) else None


class Reader:
    """The words before the place, one after the other; `rest` are those behind it."""

    def __init__(self, words: Sequence[Word], rest: Sequence[Word], names: Names) -> None:
        self.words = words
        self.rest = rest
        self.names = names
        self.at = 0

    @property
    def next(self) -> str:
        """The next word in small letters, "" at the place."""
        return self.words[self.at].written if self.at < len(self.words) else ""

    @property
    def ended(self) -> bool:
        """Whether the place is reached."""
        return self.at >= len(self.words)

    def here(self, wanted: Wanted = ANY) -> None:
        """Stop when the place is reached."""
        if self.ended:
            raise Here(wanted)

    def take(self, *phrase: str) -> bool:
        """Pass over these words when they come next."""
        words = self.words[self.at : self.at + len(phrase)]
        if len(words) < len(phrase) or any(
            word.written != part for word, part in zip(words, phrase, strict=True)
        ):
            return False
        self.at += len(phrase)
        return True

    def take_any(self, *words: str) -> str:
        """Pass over one of these words when it comes next; gives it."""
        found = self.next
        if found in words and found:
            self.at += 1
            return found
        return ""

    def name(self, wanted: Wanted) -> tuple[str, ...]:
        """Pass over a name with its qualifiers; stop with `wanted` where it is being written."""
        self.here(wanted)
        parts = [self._identifier()]
        while self.next == "." and self.at + 1 < len(self.words):
            self.at += 1
            parts.append(self._identifier())
        return tuple(parts)

    def _identifier(self) -> str:
        word = self.words[self.at]
        self.at += 1
        return word.name if word.name is not None else word.written

    def names_list(self, wanted: Callable[[frozenset[str]], Wanted]) -> list[tuple[str, ...]]:
        """Pass over names between commas; `wanted` gets what was named before."""
        found: list[tuple[str, ...]] = []
        while True:
            found.append(self.name(wanted(frozenset(name[-1] for name in found))))
            if not self.take(","):
                return found

    def group(self, inside: Callable[[Reader], None]) -> Sequence[Word]:
        """Pass over parentheses; when the place is inside of them, `inside` reads what is before it."""
        if self.next != "(":
            return ()
        self.at += 1
        start, depth = self.at, 1
        for index in range(self.at, len(self.words)):
            depth += (self.words[index].written == "(") - (self.words[index].written == ")")
            if depth == 0:
                self.at = index + 1
                return self.words[start:index]
        inside(self)
        raise Here(ANY)

    def remaining(self) -> Sequence[Word]:
        """All words up to the place, which is then reached."""
        found = self.words[self.at :]
        self.at = len(self.words)
        return found
