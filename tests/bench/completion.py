"""How often completion offers the word that somebody really wrote: `make bench-completion PROJECT=path`.

Places where migrations of the newer half of a history use a name that exists before the statement are cut there, after
0, 1 and 3 of its letters; nothing follows. The true word is looked for among what is offered.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from schemabot.analysis import Analysis, analyse, retype, select_rules
from schemabot.features.completion import complete
from schemabot.features.names.found import find
from schemabot.features.names.places import steps_of
from schemabot.features.names.statements import statement_mentions
from schemabot.syntax.source import Source
from schemabot.text import Span
from schemabot.workspace.loader import load_project

_FIRST = 10


class Place(NamedTuple):
    """A name that exists: its file, its absolute span, what kind of thing it is, how its statement begins."""

    path: str
    span: Span
    kind: str
    head: str


def places_of(analysis: Analysis) -> list[Place]:
    """All uses of known names in the newer half of the history."""
    found = []
    for replay in analysis.replays[len(analysis.replays) // 2 :]:
        text = replay.file.source.text
        for step in steps_of(replay):
            start = step.statement.span.start
            head = " ".join(step.statement.text.split(maxsplit=2)[:2]).lower()
            for mention in statement_mentions(step):
                span = mention.span.shifted(start)
                known = find(step.before.catalog, mention.target) is not None
                whole = "." not in span.of(text) or span.of(text).startswith('"')
                if known and whole and not mention.declares:
                    found.append(Place(replay.file.path, span, mention.target.kind, head))
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("project", type=Path)
    arguments.add_argument("--sample", type=int, default=300, help="how many places are tried")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--show", type=int, default=0, help="how many misses are listed")
    chosen = arguments.parse_args()
    loaded = load_project(chosen.project)
    analysis = analyse(loaded.project, select_rules({}, loaded.project.settings), loaded.base)
    places = places_of(analysis)
    random.Random(chosen.seed).shuffle(places)
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    kinds: defaultdict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    times: list[float] = []
    misses: list[str] = []
    for place in sorted(places[: chosen.sample]):
        file = analysis.project.file(place.path)
        assert file is not None
        text = file.source.text
        written = place.span.of(text)
        quote = written.startswith('"')
        true = written.strip('"').lower()
        for letters in (0, 1, 3):
            if len(true) <= letters:
                continue
            end = place.span.start + quote + letters
            cut = retype(analysis, place.path, Source.of(text[:end]))
            begin = time.perf_counter()
            answer = complete(cut, place.path, end)
            times.append(time.perf_counter() - begin)
            offered = [] if answer is None else [item.label.lower() for item in answer.items]
            rank = offered.index(true) if true in offered else len(offered) + _FIRST
            for counter in (counts[letters], kinds[letters, place.kind], kinds[letters, place.head]):
                counter["all"] += 1
                counter.update(f"first {n}" for n in (1, 3, _FIRST) if rank < n)
            if rank >= _FIRST:
                before = text[max(0, place.span.start - 60) : end].replace("\n", " ")
                misses.append(f"{letters} {Path(place.path).name}  {before}|{true}  {offered[:5]}")
    for letters, counter in sorted(counts.items()):
        shares = "  ".join(
            f"first {n}: {100 * counter[f'first {n}'] / counter['all']:5.1f}%" for n in (1, 3, _FIRST)
        )
        print(f"{letters} letters  {counter['all']:4} places  {shares}")
    for (letters, kind), counter in sorted(kinds.items()):
        if letters == 0 and counter["all"] >= _FIRST:
            print(
                f"   {kind:<28} {counter['all']:4} places  first 10: {100 * counter['first 10'] / counter['all']:5.1f}%"
            )
    times.sort()
    print(f"p50 {times[len(times) // 2] * 1000:.1f} ms  p95 {times[int(len(times) * 0.95)] * 1000:.1f} ms")
    for miss in misses[: chosen.show]:
        print(miss)


if __name__ == "__main__":
    main()
