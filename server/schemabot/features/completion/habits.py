"""What this project writes where: which word follows which, learnt from its own migrations.

Counting is all: of the words behind the same two words, behind the same word in the same kind of statement, behind the
same word anywhere. The text of a file counts more than that of others, what was written last the most.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

import attrs

from schemabot.analysis.project import MigrationFile

_TOKEN = re.compile(
    r"""--[^\n]*+|/\*.*?\*/|'(?:[^']|'')*+'|(?:U&)?"[^"\n]++"|[^\W\d]\w*+|::|:=|[<>!=]=|[;(),.=]|[^\s\w]|\d[\w.]*+""",
    re.S,
)
_HEADS = frozenset(("create", "alter", "drop", "comment", "grant", "revoke"))
_FILES = 60
"""How many of the newest files are learnt from."""
_CHARACTERS = 400_000
_OWN_CHARACTERS = 12_000
"""How much of the file that is being written counts."""
_OWN_WEIGHT = 4.0
_RECENT = 0.35
_NEAR = 12
_HINTED = 0.25
_WORDS_OF_HINT = 12
_HINTING = 220
"""So many characters before a place are looked at for hints."""
_NO_WORD = re.compile(r"[^a-z0-9]+")
_TWO, _HEADED, _ONE = 2.0, 1.2, 0.5


class Follows:
    """How often which word follows; `total` is how often any does."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts: defaultdict[str, float] = defaultdict(float)
        self.total = 0.0

    def add(self, word: str, weight: float) -> None:
        """Count one more."""
        self.counts[word] += weight
        self.total += weight


class Counts:
    """What follows two words, a word in a kind of statement, and a word."""

    def __init__(self) -> None:
        self.two: defaultdict[tuple[str, str], Follows] = defaultdict(Follows)
        self.headed: defaultdict[tuple[str, str], Follows] = defaultdict(Follows)
        self.one: defaultdict[str, Follows] = defaultdict(Follows)

    def learn(self, words: Sequence[str], weight: float) -> None:
        """Count the words of a text."""
        first = second = ""
        for head, word in _with_heads(words):
            self.two[first, second].add(word, weight)
            self.headed[head, second].add(word, weight)
            self.one[second].add(word, weight)
            first, second = second, word


def _with_heads(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    head, number = "", 0
    for word in words:
        yield head, word
        if word == ";":
            head, number = "", 0
            continue
        number += 1
        if number == 1 or (number == 2 and head in _HEADS):
            head = word if number == 1 else f"{head} {word}"


def words_in(text: str) -> list[str]:
    """The words of a text in small letters; strings are all alike."""
    found = []
    for written in _TOKEN.findall(text):
        first = written[0]
        if first == "-" and written.startswith("--"):
            continue
        if first == "/" and len(written) > 1:
            continue
        if first == "'":
            found.append("'")
        elif first == '"':
            found.append(written[1:-1].lower())
        else:
            found.append(written.lower())
    return found


def learnt(files: Sequence[MigrationFile]) -> Counts:
    """The counts of the newest of these files; those of the last questions are remembered."""
    chosen: list[str] = []
    size = 0
    for file in reversed(files[-_FILES:]):
        size += len(file.source.text)
        if size > _CHARACTERS and chosen:
            break
        chosen.append(file.source.text)
    return _counted(tuple(chosen))


@lru_cache(maxsize=4)
def _counted(texts: tuple[str, ...]) -> Counts:
    counts = Counts()
    for text in texts:
        counts.learn(_words(text), 1.0)
    return counts


@lru_cache(maxsize=4 * _FILES)
def _words(text: str) -> list[str]:
    return words_in(text)


@attrs.frozen
class Habits:
    """How likely a word is at one place; `near` are the last words before it.

    `hints` are comments and longer names shortly before it: they often hold the name that comes next, as the name
    of an index holds its table's and its columns'. Everything between their words is an underscore.
    """

    sources: tuple[tuple[Follows, float], ...]
    recent: dict[str, int]
    length: int
    near: tuple[str, ...]
    hints: str = ""

    def score(self, word: str) -> float:
        """How likely: 0 for what was never written there nor lately; a few units at most."""
        found = 0.0
        for follows, weight in self.sources:
            count = follows.counts.get(word)
            if count:
                found += weight * count / (follows.total + 2.0)
        at = self.recent.get(word)
        if at is not None:
            found += _RECENT / (1.0 + (self.length - at) / 12.0)
        if self.hints and len(word) > 2 and f"_{word}_" in self.hints:
            found += _HINTED + len(word) / 100.0
        return found

    def hinted(self) -> Iterator[str]:
        """The names that the hints may hold: each run of words of one of them."""
        for hint in self.hints.split("__"):
            words = hint.split("_")
            if len(words) <= _WORDS_OF_HINT:
                for start in range(len(words)):
                    for end in range(start + 1, len(words) + 1):
                        yield "_".join(words[start:end])

    def likely(self) -> dict[str, float]:
        """All words that were written at such a place, with their scores."""
        words = {word for follows, _ in self.sources for word in follows.counts}
        return {word: self.score(word) for word in words}


def habits_at(files: Sequence[MigrationFile], before: str) -> Habits:
    """The habits at the end of a file's text `before`; `files` are those before it."""
    counts = learnt(files)
    words = words_in(before[-_OWN_CHARACTERS:])
    heads = [head for head, _ in _with_heads([*words, ""])]
    second = words[-1] if words else ""
    first = words[-2] if len(words) > 1 else ""
    head = heads[-1]
    two, headed, one = Follows(), Follows(), Follows()
    for at in range(1, len(words)):
        if words[at - 1] == second:
            word = words[at]
            one.add(word, _OWN_WEIGHT)
            if heads[at] == head:
                headed.add(word, _OWN_WEIGHT)
            if at > 1 and words[at - 2] == first:
                two.add(word, _OWN_WEIGHT)
    sources = (
        (two, _TWO),
        (headed, _HEADED),
        (one, _ONE),
        (counts.two.get((first, second)), _TWO),
        (counts.headed.get((head, second)), _HEADED),
        (counts.one.get(second), _ONE),
    )
    known = tuple((follows, weight) for follows, weight in sources if follows is not None and follows.total)
    return Habits(
        known, {word: at for at, word in enumerate(words)}, len(words), tuple(words[-_NEAR:]), _hints(before)
    )


def _hints(before: str) -> str:
    """The comments, strings, and names of several words in the last characters."""
    found = [
        _NO_WORD.sub("_", written.lower()).strip("_")
        for written in _TOKEN.findall(before[-_HINTING:])
        if written[0] in "-'\"/" or "_" in written
    ]
    return "__" + "__".join(found) + "__"
