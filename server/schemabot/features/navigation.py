"""Going from a name to where it is made, changed, typed and named."""

from __future__ import annotations

import msgspec

from schemabot.analysis import Analysis
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Change, Column, Function, IndexEntry, Origin, OtherType, ViewColumn
from schemabot.features.names.found import Item, find, owner_of
from schemabot.features.names.names_at import NameAt, name_at, replay_of, step_at
from schemabot.features.names.places import file_mentions, references, rows_of
from schemabot.features.names.statements import statement_mentions
from schemabot.features.names.target import Target
from schemabot.features.names.words import words_of
from schemabot.text import Span

MOST_REFERENCES = 2000
"""Places that are answered: nobody reads more, and an editor would be busy with them for seconds. The newest count."""


class Place(msgspec.Struct, frozen=True, order=True):
    """A span of a file of the project, absolute."""

    path: str
    span: Span


class Highlight(msgspec.Struct, frozen=True):
    """A name in this file; `declares` where the object comes into being."""

    span: Span
    declares: bool


def definition(analysis: Analysis, path: str, offset: int) -> Place | None:
    """Where what is named at an offset was made, in whichever migration; None for what the platform brings."""
    name = name_at(analysis, path, offset)
    if name is None:
        return None
    if name.target.kind == "variable":
        return _declared_here(analysis, name)
    return None if name.item is None else _made(analysis, name.catalog, name.target, name.item)


def _made(analysis: Analysis, catalog: Catalog, target: Target, item: Item) -> Place | None:
    if isinstance(item, ViewColumn):
        view = owner_of(catalog, target)
        return None if view is None else _named_place(analysis, view.origin)
    return _named_place(analysis, item.origin)


def _named_place(analysis: Analysis, at: Origin) -> Place | None:
    """A place; where a qualified name stands, the object's own part of it."""
    place = _place(analysis, at)
    file = None if place is None else analysis.project.file(place.path)
    if place is None or file is None:
        return None
    written = words_of(place.span.of(file.source.text)).all
    if len(written) < 3 or any(word.name is None and word.written != "." for word in written):
        return place
    return (
        Place(place.path, written[-1].span.shifted(place.span.start)) if written[-2].written == "." else place
    )


def _place(analysis: Analysis, at: Origin) -> Place | None:
    span = analysis.place(at)
    return None if span is None else Place(at.file, span)


def _declared_here(analysis: Analysis, name: NameAt) -> Place | None:
    """The declaration of a parameter or variable, which stands in the same statement."""
    replay = replay_of(analysis, name.path)
    step = None if replay is None else step_at(replay, name.statement)
    if step is None:
        return None
    start = step.statement.span.start
    declared = (m for m in statement_mentions(step) if m.declares and m.target == name.target)
    return next((Place(name.path, mention.span.shifted(start)) for mention in declared), None)


def latest_change(analysis: Analysis, path: str, offset: int) -> Place | None:
    """Where what is named was changed last, by whichever migration; where it was made if it never was."""
    name = name_at(analysis, path, offset)
    if name is None or name.item is None:
        return None
    head = find(analysis.head.catalog, name.target)
    item = name.item if head is None else head
    changes: tuple[Change, ...] = getattr(item, "changes", ())
    origins = [change.at for change in changes]
    if not isinstance(item, ViewColumn):
        origins.append(item.origin)
    origins = [at for at in origins if not at.platform]
    return _named_place(analysis, analysis.view.latest(*origins)) if origins else None


def type_definition(analysis: Analysis, path: str, offset: int) -> Place | None:
    """Where the type of what is named was made: of a column, a parameter, a function's result."""
    name = name_at(analysis, path, offset)
    if name is None:
        return None
    catalog = name.catalog if name.item is not None else name.after
    oid = _type_of(catalog, name)
    item = catalog.types.get(oid)
    if isinstance(item, OtherType) and item.kind == "row":
        row = catalog.relations.get(item.relation)
        return None if row is None or isinstance(row, IndexEntry) else _named_place(analysis, row.origin)
    return None if item is None else _named_place(analysis, item.origin)


def _type_of(catalog: Catalog, name: NameAt) -> int:
    item = name.item
    if isinstance(item, Column | ViewColumn):
        return 0 if item.type is None else item.type.oid
    if isinstance(item, Function):
        return 0 if item.returns is None else item.returns.oid
    function = catalog.functions.get(name.target.oid)
    if name.target.kind == "variable" and function is not None:
        return next((p.type.oid for p in function.parameters if p.name == name.target.name), 0)
    return name.target.oid if name.target.kind == "type" else 0


def all_references(analysis: Analysis, path: str, offset: int, declaration: bool) -> tuple[Place, ...]:
    """Every place in the history that names what is named at an offset, under whatever name it had then."""
    name = name_at(analysis, path, offset)
    if name is None:
        return ()
    found: dict[Place, None] = {}
    wanted = [r for r in references(analysis, name.target) if declaration or not r.declares]
    for reference in wanted[-MOST_REFERENCES:]:
        if (place := _place(analysis, reference.at)) is not None:
            found[place] = None
    return tuple(found)


def highlights(analysis: Analysis, path: str, offset: int) -> tuple[Highlight, ...]:
    """The places in this file that name what is named at an offset, aliases included."""
    name = name_at(analysis, path, offset)
    replay = replay_of(analysis, path)
    if name is None or replay is None:
        return ()
    statements = replay.file.source.statements
    same = {name.target, *rows_of(analysis, name.target)}
    return tuple(
        Highlight(mention.span.shifted(statements[number].span.start), mention.declares)
        for number, mention in file_mentions(replay)
        if mention.target in same
    )
