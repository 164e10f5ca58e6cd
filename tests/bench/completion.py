"""How often completion offers the word that somebody really wrote: `make bench-completion PROJECT=path`.

Places where migrations of the newer half of a history use a name that exists before the statement are cut there, after
some of its letters, and the true word is looked for among what is offered; nothing follows the place, but with `--rest`.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import attrs

from schemabot.analysis import Analysis, analyse, select_rules
from schemabot.analysis.history import replay_file
from schemabot.features.completion import Completions, Item, complete
from schemabot.features.names.found import find
from schemabot.features.names.places import file_mentions, steps_of
from schemabot.syntax.source import Source
from schemabot.text import Span
from schemabot.workspace.loader import LoadError, load_project

_RANKS = (1, 3, 10)
_SHOWN_BEFORE = 60
_SHOWN_ITEMS = 5
_IDENTIFIER = re.compile(r'(?:"(?:[^"]|"")*"|[^\W\d][\w$]*)\Z')
_COMMENTS = re.compile(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)+", re.S)


class Place(NamedTuple):
    """A name that exists: its file, its absolute span, what it is, how its statement begins, and its line from 1."""

    path: str
    span: Span
    kind: str
    head: str
    line: int


class Try(NamedTuple):
    """A place with some letters typed: the rank of the true word among the answers from 0, None when absent."""

    place: Place
    letters: int
    rank: int | None
    shown: str


def statements_of(analysis: Analysis, kind: str) -> Iterator[list[Place]]:
    """For each statement of the newer half of the history its uses of known names of a kind, all when it is empty."""
    for replay in analysis.replays[len(analysis.replays) // 2 :]:
        if replay.file.is_down:
            continue
        text = replay.file.source.text
        steps = steps_of(replay)
        places: defaultdict[int, dict[Span, Place]] = defaultdict(dict)
        for number, mention in file_mentions(replay):
            statement = steps[number].statement
            span = mention.span.shifted(statement.span.start)
            written = _IDENTIFIER.search(span.of(text))
            if mention.declares or written is None:
                continue
            if mention.alias and text[span.end : span.end + 1] != ".":
                continue  # where an alias is made it is a new name
            known = find(steps[number].before.catalog, mention.target)
            if known is None:
                continue
            if not mention.alias and known.name.lower() != word_of(written[0])[0].lower():
                continue  # it gets this name here: RENAME TO
            named = "alias" if mention.alias else mention.target.kind
            if kind in ("", named):
                span = Span(span.end - len(written[0]), span.end)
                line = text.count("\n", 0, span.start) + 1
                place = Place(replay.file.path, span, named, head_of(statement.text), line)
                places[number].setdefault(span, place)
        yield from (list(found.values()) for found in places.values())


def head_of(statement: str) -> str:
    """The first two words of a statement, without OR REPLACE."""
    words = _COMMENTS.sub("", statement)[:200].lower().split()
    if words[1:3] == ["or", "replace"]:
        words[1:3] = []
    return " ".join(words[:2])


def sampled(statements: Sequence[list[Place]], count: int, chance: random.Random) -> list[Place]:
    """Places of statements at even distances: one of each, then another of each, until there are enough."""
    left = [chance.sample(places, len(places)) for places in statements]
    chosen: list[Place] = []
    while left and len(chosen) < count:
        wanted = min(count - len(chosen), len(left))
        first = chance.random()
        at = {int((number + first) * len(left) / wanted) for number in range(wanted)}
        chosen += [left[number].pop() for number in at]
        left = [places for places in left if places]
    return sorted(chosen)


def word_of(written: str) -> tuple[str, bool]:
    """The name that is meant by an identifier, and whether it is quoted."""
    if written.startswith('"'):
        return written[1:-1].replace('""', '"'), True
    return written.lower(), False


def names_of(item: Item) -> set[str]:
    """What a proposal puts in, without the arguments of a function: its label, and its last identifier."""
    found = {item.label, item.label.partition("(")[0]}
    written = _IDENTIFIER.search(item.insert.partition("(")[0].rstrip())
    if written is not None and item.kind != "snippet":
        found.add(word_of(written[0])[0])
    return found


def rank_of(answer: Completions | None, true: str, quoted: bool) -> int | None:
    """The place of the true word among what is offered, from 0."""
    for rank, item in enumerate(() if answer is None else answer.items):
        names = names_of(item)
        if true in names or (not quoted and true in {name.lower() for name in names}):
            return rank
    return None


def with_steps(analysis: Analysis, path: str) -> Analysis:
    """The same with the statements of a file kept, so that a change of its end replays the end alone."""
    index = analysis.project.index(path)
    assert index is not None
    old = analysis.replays[index]
    kept = old if old.steps else replay_file(old.file, old.before)
    return attrs.evolve(analysis, replays=(*analysis.replays[:index], kept, *analysis.replays[index + 1 :]))


def cut(analysis: Analysis, path: str, text: str) -> Analysis:
    """The history up to a file that has another text: what a completion reads of the analysis after a key."""
    index = analysis.project.index(path)
    assert index is not None
    old = analysis.replays[index]
    file = attrs.evolve(old.file, source=Source.of(text))
    return attrs.evolve(
        analysis,
        project=analysis.project.with_file(index, file),
        replays=(
            *analysis.replays[:index],
            replay_file(file, old.before, old),
            *analysis.replays[index + 1 :],
        ),
    )


def tried(
    analysis: Analysis, place: Place, letters: int, rest: bool, times: dict[str, list[float]]
) -> Try | None:
    """Complete at a place; None where the name is not longer than what is typed. Seconds are added to `times`."""
    file = analysis.project.file(place.path)
    assert file is not None
    text = file.source.text
    written = place.span.of(text)
    true, quoted = word_of(written)
    if len(true) <= letters:
        return None
    end = place.span.start + quoted + letters
    behind = ('"' if quoted else "") + text[place.span.end :] if rest else ""
    changed = cut(analysis, place.path, text[:end] + behind)
    answer = None
    for name in ("first", "again"):  # habits of the files before are counted once for each file
        begin = time.perf_counter()
        answer = complete(changed, place.path, end)
        times[name].append(time.perf_counter() - begin)
    offered = [item.label for item in answer.items[:_SHOWN_ITEMS]] if answer is not None else "no answer"
    before = " ".join(text[:end].rsplit("\n", 4)[-4:])[-_SHOWN_BEFORE:]
    file_name = "/".join(Path(place.path).parts[-2:])  # many tools call each file the same
    shown = f"{file_name}:{place.line}  …{before}|{true}  -> {offered}"
    return Try(place, letters, rank_of(answer, true, quoted), shown)


def table(title: str, tries: Sequence[Try], letters: Sequence[int]) -> None:
    """Print a row of shares for each count of letters; nothing where there is no try."""
    for count in letters:
        ranks = [one.rank for one in tries if one.letters == count]
        if ranks:
            shares = [sum(rank is not None and rank < n for rank in ranks) for n in _RANKS]
            cells = [*shares, sum(rank is None for rank in ranks)]
            print(
                f"{title:<26}{count:>8}{len(ranks):>8}"
                + "".join(f"{100 * n / len(ranks):>8.1f}%" for n in cells)
            )


def report(tries: Sequence[Try], letters: Sequence[int]) -> None:
    """Print the tables: all, each kind of name, each kind of statement."""
    print(
        f"{'':<26}{'letters':>8}{'places':>8}"
        + "".join(f"{'top ' + str(n):>9}" for n in _RANKS)
        + f"{'absent':>9}"
    )
    table("all", tries, letters)
    for name in ("kind", "head"):
        print()
        groups = Counter(getattr(one.place, name) for one in tries)
        for group, _ in groups.most_common(20):
            table(group[:25], [one for one in tries if getattr(one.place, name) == group], letters)


def main() -> None:
    """The command."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("project", type=Path)
    arguments.add_argument("--sample", type=int, default=400, help="how many places are tried")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--letters", default="0,1,3", help="how many letters are typed, with commas")
    arguments.add_argument("--show", type=int, default=0, help="how many misses are listed for each")
    arguments.add_argument("--kind", default="", help="only names of this kind: column, relation, alias ...")
    arguments.add_argument("--rest", action="store_true", help="keep the text behind the name")
    chosen = arguments.parse_args()
    letters = [int(count) for count in chosen.letters.split(",")]
    try:
        loaded = load_project(chosen.project)
    except LoadError as error:
        raise SystemExit(str(error)) from None
    analysis = analyse(loaded.project, select_rules({}, loaded.project.settings), loaded.base)
    places = sampled(list(statements_of(analysis, chosen.kind)), chosen.sample, random.Random(chosen.seed))
    times: dict[str, list[float]] = {"first": [], "again": []}
    every: list[Try | None] = []
    for path, group in groupby(places, key=lambda place: place.path):
        kept = with_steps(analysis, path)
        every += [tried(kept, place, count, chosen.rest, times) for place in group for count in letters]
    tries = [one for one in every if one is not None]
    if not tries:
        raise SystemExit(
            "No use of a name that exists before its statement in the newer half of the history."
        )
    report(tries, letters)
    print()
    for name, seconds in times.items():
        seconds.sort()
        middle, late = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
        print(f"complete, asked {name}: p50 {middle * 1000:.1f} ms  p95 {late * 1000:.1f} ms")
    for count in letters:
        missed = [
            one for one in tries if one.letters == count and (one.rank is None or one.rank >= _RANKS[-1])
        ]
        for one in missed[: chosen.show]:
            print(f"{count} {'absent' if one.rank is None else one.rank + 1}  {one.shown}")


if __name__ == "__main__":
    main()
