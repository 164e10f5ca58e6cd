"""What handlers of requests share: the document with its analysis once that is there, positions, the index of names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar
from weakref import WeakSet

from lsprotocol import types

from schemabot.analysis import Analysis
from schemabot.features.names.places import file_places
from schemabot.features.navigation import Place
from schemabot.lsp.convert import range_of, uri_of
from schemabot.lsp.documents import Document
from schemabot.lsp.server import SchemaBotServer
from schemabot.text import LineIndex, Span

T = TypeVar("T")

IDLE = 1.0
"""Seconds without an edit before the names of all files are indexed."""
BETWEEN_FILES = 0.001
"""Seconds that the event loop has for itself between two files that are indexed."""

_warming: WeakSet[Analysis] = WeakSet()
_tasks: set[asyncio.Task[None]] = set()  # kept, or they might be collected before they run


async def find_ready(server: SchemaBotServer, uri: str) -> tuple[Document, Analysis] | None:
    """The open document with the analysis of its project, once a project that is being loaded is there."""
    document = server.documents.get(uri)
    if document is not None:
        await server.session.ready(document.path)
    found = server.find(uri)
    if found is not None:
        _warm_up(server, *found)
    return found


def offset_of(server: SchemaBotServer, document: Document, position: types.Position) -> int:
    """The code point offset of the client's position."""
    return document.source.lines.offset(position.line, position.character, server.converter.encoding)


def span_of(server: SchemaBotServer, document: Document, range_: types.Range) -> Span:
    """The span of the client's range."""
    start = offset_of(server, document, range_.start)
    return Span(start, max(start, offset_of(server, document, range_.end)))


def range_in(server: SchemaBotServer, document: Document, span: Span) -> types.Range:
    """A span of a document as the client's range."""
    return range_of(span, document.source.lines, server.converter.encoding)


def locations(
    server: SchemaBotServer, analysis: Analysis, places: Iterable[Place]
) -> Iterator[types.Location]:
    """Places of the project as the client's locations."""
    encoding = server.converter.encoding
    known: dict[str, tuple[str, LineIndex]] = {}
    for place in places:
        if place.path not in known:
            index = analysis.view.places.get(place.path)
            if index is None:
                continue
            known[place.path] = uri_of(place.path), analysis.project.migrations[index].source.lines
        uri, lines = known[place.path]
        yield types.Location(uri, range_of(place.span, lines, encoding))


def location(server: SchemaBotServer, analysis: Analysis, place: Place | None) -> types.Location | None:
    """A place of the project as the client's location."""
    return None if place is None else next(locations(server, analysis, (place,)), None)


async def in_thread(call: Callable[[], T]) -> T:
    """Work that looks into many files, beside the event loop: all that it reads is immutable."""
    return await asyncio.to_thread(call)


def _warm_up(server: SchemaBotServer, document: Document, analysis: Analysis) -> None:
    """Index the names of all files when nobody types, so that whoever asks for references need not wait."""
    if analysis in _warming:
        return
    _warming.add(analysis)
    task = asyncio.ensure_future(_warm(server, document.path, analysis))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _warm(server: SchemaBotServer, path: str, analysis: Analysis) -> None:
    await asyncio.sleep(IDLE)
    for replay in reversed(analysis.replays):
        state = server.session.state_of(path)
        if state is None or state.analysis is not analysis:
            return  # newer text has arrived: the next request begins anew
        await in_thread(lambda one=replay: file_places(one))  # type: ignore[misc]
        await asyncio.sleep(BETWEEN_FILES)
