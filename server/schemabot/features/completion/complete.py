"""The answer to a request for completion: where it is, what may stand there, which of that is likely."""

from __future__ import annotations

from collections.abc import Callable
from heapq import nlargest

import attrs

from schemabot.analysis import Analysis
from schemabot.analysis.history import FileReplay
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.state import State
from schemabot.features.completion.bodies import inside_body
from schemabot.features.completion.candidates import Candidates
from schemabot.features.completion.cursor import Cursor, cursor_in
from schemabot.features.completion.habits import Habits, habits_at
from schemabot.features.completion.keywords import keywords_after
from schemabot.features.completion.labels import labels_at
from schemabot.features.completion.matching import PREFIX, WORD, match
from schemabot.features.completion.model import Completions, Item
from schemabot.features.completion.proposal import Proposal
from schemabot.features.completion.reader import Names, Reader
from schemabot.features.completion.snippets import snippet_proposals
from schemabot.features.completion.statements import wanted_in
from schemabot.features.completion.wanted import Scope, Wanted
from schemabot.features.names.names_at import replay_of
from schemabot.features.names.places import steps_of

MOST = 60
"""How many proposals are given at a time."""


@attrs.frozen
class Place:
    """A place with what may stand there: `before` is the SQL before it as the grammar reads it."""

    cursor: Cursor
    wanted: Wanted
    before: str


def complete(analysis: Analysis, path: str, offset: int, remote: Catalog | None = None) -> Completions | None:
    """What may be written at an absolute offset of a file; None in comments and where nobody can know.

    `remote` is the schema of a real database: what it has and no migration makes is offered too.
    """
    replay = replay_of(analysis, path)
    if replay is None:
        return None
    text, start, state = statement_text(replay, offset)
    names = Names(state.catalog, state.session.search_path, remote, analysis.head.catalog)
    cursor = cursor_in(text, start, offset - start)
    if cursor is None:
        return None
    place = place_at(cursor, names)
    if place is None:
        return None
    index = analysis.project.index(path)
    source = replay.file.source.text
    begin = place.cursor.start + place.cursor.chain_begin
    chain = "".join(f"{part}." for part in place.cursor.chain)
    habits = habits_at(analysis.project.migrations[:index], source[:begin] + chain)
    return _answer(place, names, habits, analysis, replay)


def place_at(cursor: Cursor, names: Names) -> Place | None:
    """What may stand at a cursor."""
    if cursor.inside == "body":
        found = inside_body(cursor, names)
        if found is None:
            return None
        if found.cursor.inside == "string":
            return _in_string(found.cursor, found.wanted.scope, names)
        return Place(found.cursor, found.wanted, found.before)
    wanted = wanted_in(Reader(cursor.words, cursor.rest, names), Scope())
    if cursor.inside == "string":
        return _in_string(cursor, wanted.scope, names)
    return Place(cursor, wanted, cursor.before)


def _in_string(cursor: Cursor, scope: Scope, names: Names) -> Place | None:
    labels = labels_at(cursor.words, cursor.rest, scope, names)
    return Place(cursor, Wanted(labels=labels, keywords=False), "") if labels else None


def statement_text(replay: FileReplay, offset: int) -> tuple[str, int, State]:
    """The text of the statement that is being written, its absolute start, and the state before it."""
    steps = steps_of(replay)
    state = replay.before
    text = replay.file.source.text
    for step in steps:
        span = step.statement.span
        if span.start >= offset:
            break
        if step.statement.terminated and offset >= step.statement.end:
            state = step.outcome.state
            continue
        if step.statement.kind != "sql":
            state = step.outcome.state
            continue
        if offset <= span.end:
            return step.statement.text, span.start, step.before
        following = text[span.end : offset]
        if not following.strip() or step is steps[-1]:
            return step.statement.text + following, span.start, step.before
        state = step.outcome.state
    last = max((step.statement.end for step in steps if step.statement.end <= offset), default=0)
    return text[last:offset], last, state


def _answer(
    place: Place, names: Names, habits: Habits, analysis: Analysis, replay: FileReplay
) -> Completions:
    cursor, wanted = place.cursor, place.wanted
    likely: Callable[[], dict[str, float]] = _once(habits.likely)
    found = Candidates(names, cursor, habits, likely)
    proposals: list[Proposal] = list(found.of(wanted))
    proposals += [Proposal(label, "label", label, 0.5) for label in wanted.labels]
    if not cursor.chain and not cursor.quoted:
        proposals += [
            Proposal(text, "condition" if detail else "keyword", text, 0.6 if detail else 0.1, detail)
            for text, detail in wanted.texts
        ]
        names_too = bool(wanted.kinds or wanted.expression or wanted.columns or wanted.naming)
        if wanted.keywords and cursor.inside == "code":
            for word, score in keywords_after(place.before, cursor.typed, habits, names_too):
                proposals.append(Proposal(word, "keyword", word, score + 0.02))
        if wanted.beginning:
            proposals += snippet_proposals(names, replay)
    items = [_item(proposal, cursor) for proposal in _best(proposals, cursor.typed.lower(), habits)]
    return Completions(cursor.span, tuple(items), bool(items), cursor.quoted or cursor.inside == "string")


def _best(proposals: list[Proposal], typed: str, habits: Habits) -> list[Proposal]:
    scored: list[tuple[float, int, Proposal]] = []
    for number, proposal in enumerate(proposals):
        name = proposal.label.lower()
        fits = match(name, typed)
        if fits is None:
            fits = _fits_otherwise(proposal, typed)
        if fits is None:
            continue
        if typed and fits < PREFIX and proposal.kind == "keyword":
            continue
        habit = 0.0 if proposal.kind == "keyword" else habits.score(name)  # in its prior already
        scored.append((fits + proposal.prior + habit, -number, proposal))
    best = nlargest(MOST + 20, scored)
    seen: set[tuple[str, str]] = set()
    kept = []
    for _, _, proposal in best:
        key = (proposal.label, proposal.insert)
        if key not in seen:
            seen.add(key)
            kept.append(proposal)
    return kept[:MOST]


def _fits_otherwise(proposal: Proposal, typed: str) -> float | None:
    """Whether the letters fit what is put in rather than the name: its schema, or how a snippet begins."""
    if proposal.kind == "snippet":
        return WORD if proposal.snippet.lower().startswith(typed) else None
    return match(proposal.insert.lower(), typed) if "." in proposal.insert else None


def _item(proposal: Proposal, cursor: Cursor) -> Item:
    insert = proposal.insert
    if cursor.quoted and proposal.kind not in ("label", "snippet", "keyword"):
        insert = '"' + proposal.label.replace('"', '""') + '"'
    elif cursor.inside == "string":
        insert = proposal.label.replace("'", "''")
    detail = proposal.detail if isinstance(proposal.detail, str) else proposal.detail()
    matched = insert if cursor.quoted else proposal.label
    if proposal.kind == "snippet" and not proposal.label.startswith(cursor.typed.lower()):
        matched = proposal.snippet.partition("\n")[0]
    snippet = "" if cursor.quoted else proposal.snippet
    return Item(
        proposal.label, proposal.kind, insert, detail, snippet, matched, proposal.target,
        proposal.documentation,
    )  # fmt: skip


def _once(make: Callable[[], dict[str, float]]) -> Callable[[], dict[str, float]]:
    known: list[dict[str, float]] = []

    def ask() -> dict[str, float]:
        if not known:
            known.append(make())
        return known[0]

    return ask
