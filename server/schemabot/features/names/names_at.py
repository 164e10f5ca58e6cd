"""What the name at a place of a file means: the resolver that hover, definition and references share."""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from schemabot.analysis import Analysis
from schemabot.analysis.history import FileReplay, StatementReplay
from schemabot.catalog.catalog import Catalog
from schemabot.features.names.found import Item, find
from schemabot.features.names.places import column_of_row, steps_of
from schemabot.features.names.statements import late_mentions, mentions_elsewhere, statement_mentions
from schemabot.features.names.target import Mention, Target
from schemabot.text import Span


class NameAt(msgspec.Struct, frozen=True):
    """A name at a place. `span` is absolute; `before` and `after` are the catalogs around its statement."""

    path: str
    statement: int
    span: Span
    mention: Mention
    before: Catalog
    after: Catalog

    @property
    def target(self) -> Target:
        """What the name means."""
        return self.mention.target

    @property
    def item(self) -> Item | None:
        """The object as the statement leaves it, or as it was before the statement dropped it."""
        found = find(self.after, self.target)
        return find(self.before, self.target) if found is None else found

    @property
    def catalog(self) -> Catalog:
        """The catalog that `item` is from."""
        return self.after if find(self.after, self.target) is not None else self.before


def replay_of(analysis: Analysis, path: str) -> FileReplay | None:
    """The replay of a file of the project."""
    index = analysis.project.index(path)
    return None if index is None else analysis.replays[index]


def statement_at(replay: FileReplay, offset: int) -> int | None:
    """The index of the statement at an absolute offset, its end included."""
    statements = replay.file.source.statements
    index = bisect_right(statements, offset, key=lambda statement: statement.span.start) - 1
    return index if index >= 0 and offset <= statements[index].end else None


def step_at(replay: FileReplay, index: int) -> StatementReplay | None:
    """The replay of one statement."""
    steps = steps_of(replay)
    return steps[index] if 0 <= index < len(steps) else None


def name_at(analysis: Analysis, path: str, offset: int) -> NameAt | None:
    """The name at an absolute offset, or ending there; None where no name is or its meaning is not known."""
    replay = replay_of(analysis, path)
    index = None if replay is None else statement_at(replay, offset)
    if replay is None or index is None:
        return None
    step = step_at(replay, index)
    if step is None:
        return None
    start = step.statement.span.start
    mention = _closest(statement_mentions(step), offset - start)
    before, after = step.before.catalog, step.outcome.state.catalog
    head = analysis.head.catalog
    if mention is None:
        mention = _closest(late_mentions(head, step), offset - start)
        before = after = head
    if mention is None:
        return None
    if mention.target.kind == "row":
        column = column_of_row(head, mention.target)
        if column is None:
            return None
        mention = Mention(mention.span, column)
        after = after if find(after, column) is not None else head
    return NameAt(path, index, mention.span.shifted(start), mention, before, after)


def remote_name_at(analysis: Analysis, path: str, offset: int) -> NameAt | None:
    """The name at an absolute offset by the schema of the real database, for what the migrations do not make."""
    remote = analysis.project.remote
    replay = replay_of(analysis, path)
    index = None if replay is None else statement_at(replay, offset)
    if remote is None or replay is None or index is None:
        return None
    step = step_at(replay, index)
    if step is None:
        return None
    start = step.statement.span.start
    mention = _closest(mentions_elsewhere(remote.catalog, step), offset - start)
    if mention is None or mention.target.kind in ("row", "variable"):
        return None
    return NameAt(path, index, mention.span.shifted(start), mention, remote.catalog, remote.catalog)


def _closest(mentions: tuple[Mention, ...], offset: int) -> Mention | None:
    """The mention at an offset: the one that begins there before the one that ends there, names before aliases."""
    touching = [m for m in mentions if m.span.start <= offset <= m.span.end]
    if not touching:
        return None
    return min(touching, key=lambda m: (offset == m.span.end, m.alias, m.span.end - m.span.start))
