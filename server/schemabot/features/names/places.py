"""Where a target is named in all of the history: an index for each file, made when it is first needed.

An index is kept as long as the replay of its file lives: an edit makes only what was replayed again. A file whose text
holds none of the names that the target ever had is not looked into.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from weakref import WeakKeyDictionary

import msgspec

from schemabot.analysis import Analysis
from schemabot.analysis.history import FileReplay, StatementReplay, replay_file
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Origin
from schemabot.features.names.found import find
from schemabot.features.names.statements import statement_mentions
from schemabot.features.names.target import Mention, Target
from schemabot.text import Span


class Reference(msgspec.Struct, frozen=True):
    """One place where a target is named; `declares` where it comes into being."""

    at: Origin
    declares: bool


_Places = Mapping[Target, "array[int]"]
"""By target: statement, start, end and whether it declares, of one mention after the other. Many thousand small
objects less for each project."""

_indexes: WeakKeyDictionary[FileReplay, _Places] = WeakKeyDictionary()


def steps_of(replay: FileReplay) -> tuple[StatementReplay, ...]:
    """The statements of a file with the states around them; those of a slim replay are made again."""
    return replay.steps or replay_file(replay.file, replay.before).steps


def file_mentions(replay: FileReplay) -> Iterator[tuple[int, Mention]]:
    """All mentions of a file with the index of their statement, aliases too."""
    for number, step in enumerate(steps_of(replay)):
        for mention in statement_mentions(step):
            yield number, mention


def file_places(replay: FileReplay) -> _Places:
    """The places of a file by what they name."""
    known = _indexes.get(replay)
    if known is not None:
        return known
    found: defaultdict[Target, array[int]] = defaultdict(lambda: array("l"))
    for number, mention in file_mentions(replay):
        if not mention.alias:
            span = mention.span
            found[mention.target].extend((number, span.start, span.end, mention.declares))
    made = _indexes[replay] = dict(found)
    return made


def _unpacked(path: str, packed: Sequence[int]) -> Iterator[Reference]:
    for at in range(0, len(packed), 4):
        statement, start, end, declares = packed[at : at + 4]
        yield Reference(Origin(path, statement, Span(start, end)), bool(declares))


def references(analysis: Analysis, target: Target) -> tuple[Reference, ...]:
    """Every place that names the target, in the order of the history."""
    names: list[str] | None = None
    wanted = (target, *rows_of(analysis, target))
    found: list[Reference] = []
    for replay in analysis.replays:
        known = _indexes.get(replay)
        if known is None:
            if names is None:
                names = [_written(name) for name in names_ever(analysis, target)]
            text = replay.file.source.text.lower()
            if names and not any(name in text for name in names):
                continue
            known = file_places(replay)
        path = replay.file.path
        here = [r for one in wanted if one in known for r in _unpacked(path, known[one])]
        found += here if len(wanted) == 1 else sorted(here, key=lambda r: (r.at.statement, r.at.span))
    return tuple(found)


def rows_of(analysis: Analysis, target: Target) -> tuple[Target, ...]:
    """What a column is called in the functions of its table's triggers, where NEW and OLD have it."""
    table = analysis.head.catalog.table_by_oid(target.oid) if target.kind == "column" else None
    if table is None or not table.triggers:
        return ()
    names = names_ever(analysis, target)
    functions = dict.fromkeys(trigger.function for trigger in table.triggers if trigger.function)
    return tuple(Target("row", oid, 0, name) for oid in functions for name in names)


def column_of_row(catalog: Catalog, target: Target) -> Target | None:
    """The column that a `row` means by the triggers of a catalog; the first where several tables have it."""
    for oid in catalog.dependents.get(target.oid) or ():
        table = catalog.table_by_oid(oid)
        if table is not None and any(trigger.function == target.oid for trigger in table.triggers):
            column = table.column(target.name)
            if column is not None:
                return Target("column", oid, column.number)
    return None


def warm(analysis: Analysis, cancelled: Callable[[], bool]) -> None:
    """Make the indexes that are missing, until somebody wants something else."""
    for replay in reversed(analysis.replays):
        if cancelled():
            return
        file_places(replay)


def names_ever(analysis: Analysis, target: Target) -> tuple[str, ...]:
    """The names that a target has had in the history, the oldest first."""
    if target.name:
        return (target.name,)
    names: dict[str, None] = {}
    last: object = None
    for catalog in (analysis.base.catalog, *(replay.after.catalog for replay in analysis.replays)):
        item = find(catalog, target)
        if item is not None and item is not last:
            last = item
            names[item.name] = None
    return tuple(names)


def _written(name: str) -> str:
    """A name as it is looked for in a text of small letters."""
    return name.lower().replace('"', '""')
