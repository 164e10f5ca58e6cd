"""What the server knows while it runs: projects, their analyses, and when to bring them up to date.

Everything here happens on the event loop. An edit is judged at once (`retype`); loading, and replaying what comes
after an edited file, happen in the worker, and their results are taken over only if no newer text has arrived.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import attrs

from schemabot.analysis import Analysis, Cancelled, analyse, retype
from schemabot.lsp.documents import Document, Documents
from schemabot.lsp.warming import warm
from schemabot.lsp.worker import Worker
from schemabot.syntax.source import Source
from schemabot.workspace.layouts import belongs
from schemabot.workspace.loader import LoadedProject, NotPostgresError, changed_files, load_project

logger = logging.getLogger(__name__)

SETTLE_DELAY = 0.3
"""Seconds without a key before the rest of the history is replayed: longer than a pause between two keys."""


class Listener(Protocol):
    """Who is told when findings changed."""

    def typed(self, document: Document, analysis: Analysis) -> None:
        """One open document was judged anew."""

    def settled(self, state: ProjectState) -> None:
        """A whole project was."""

    def failed(self, path: str, message: str) -> None:
        """A project cannot be loaded."""


@attrs.define(eq=False)
class ProjectState:
    """One project: how it was loaded and what is known of it now."""

    loaded: LoadedProject
    analysis: Analysis

    @property
    def key(self) -> str:
        """What tells it from other projects."""
        return self.loaded.key


class Session:
    """The projects of the open documents."""

    def __init__(self, documents: Documents, worker: Worker, listener: Listener) -> None:
        self._documents = documents
        self._worker = worker
        self._listener = listener
        self.states: dict[str, ProjectState] = {}
        self.client_settings: Mapping[str, Any] = {}
        self._loading: dict[
            str, None
        ] = {}  # paths whose projects are wanted, in order: one is loaded at a time
        self._reloading: set[str] = set()  # keys of projects that will be loaded again
        self._loaded = asyncio.Condition()
        self._telling: asyncio.Future[None] | None = None  # kept, or it might be collected before it runs

    # -- what features ask --

    async def ready(self, path: str) -> None:
        """Wait until the project of an open file is loaded, if that is under way."""
        if path not in self._loading:
            return
        async with self._loaded:
            await self._loaded.wait_for(lambda: path not in self._loading)

    async def _tell_loaded(self) -> None:
        async with self._loaded:
            self._loaded.notify_all()

    def state_of(self, path: str) -> ProjectState | None:
        """The project that a file belongs to, once it is loaded."""
        for state in self.states.values():
            if path in state.analysis.view.by_path:
                return state
        return None

    # -- what the client reports --

    def opened(self, document: Document) -> None:
        """A document was opened: judge it, and look whether its project changed on disk meanwhile."""
        state = self.state_of(document.path)
        if state is None:
            if Path(document.path).is_absolute():  # a buffer that is no file yet belongs to no project
                self._load(document.path)
            return
        self.changed(document)
        self.look_at_disk(state)

    def changed(self, document: Document) -> None:
        """The text of an open document is another now."""
        state = self.state_of(document.path)
        if state is None:
            return
        state.analysis = retype(state.analysis, document.path, document.source)
        self._listener.typed(document, state.analysis)
        self._settle(state)

    def closed(self, document: Document) -> None:
        """A document was closed: what is on disk counts again."""
        if (state := self.state_of(document.path)) is not None:
            self._reload(state)

    def look_at_disk(self, state: ProjectState) -> None:
        """Reload the project if its files are others than when it was loaded (clients may not watch them).

        Who looks often does not keep it from being loaded: a reload that is under way is left alone.
        """

        def done(changed: bool) -> None:
            if changed and self.states.get(state.key) is state and state.key not in self._reloading:
                self._reload(state)

        self._worker.submit(f"look:{state.key}", lambda _: changed_files(state.loaded), done)

    def files_changed(self) -> None:
        """The client saw files change: reload every project."""
        for state in tuple(self.states.values()):
            self._reload(state)

    def settings_changed(self, settings: Mapping[str, Any]) -> None:
        """The client's settings are others now."""
        if settings != self.client_settings:
            self.client_settings = settings
            self.files_changed()

    # -- work in the background --

    def _load(self, path: str) -> None:
        """Load the project of an open file; where another is being loaded, that one may turn out to be it."""
        if path not in self._loading:
            self._loading[path] = None
            if len(self._loading) == 1:
                self._load_next()

    def _load_next(self) -> None:
        for path in tuple(self._loading):
            if self.state_of(path) is None:
                self._load_into(f"load:{path}", path, None)
                return
            del self._loading[path]

    def _reload(self, state: ProjectState) -> None:
        self._reloading.add(state.key)
        self._load_into(f"load:{state.key}", state.loaded.path, state, 0.05)

    def _load_into(self, key: str, path: str, old: ProjectState | None, delay: float = 0.0) -> None:
        overlay = self._overlay()
        settings = self.client_settings
        previous = old.analysis if old is not None else None

        def work(cancelled: Callable[[], bool]) -> ProjectState | str | None:
            if previous is None:  # nothing of what is made is garbage: looking for some doubles the time
                gc.disable()
            try:
                loaded = load_project(
                    Path(path),
                    overlay=overlay,
                    client_settings=settings,
                    previous=old.loaded if old is not None else None,
                )
                analysis = analyse(
                    loaded.project,
                    loaded.rules,
                    loaded.base,
                    previous,
                    cancelled,
                    keep=frozenset(overlay),
                )
                if previous is None:  # who sees the first findings may type the next moment
                    warm(analysis, cancelled)
            except (Cancelled, NotPostgresError):
                return None
            except (OSError, ValueError) as error:
                return str(error)
            except Exception as error:  # whoever waits for this project must hear of it
                logger.exception("loading the project of %s failed", path)
                return f"internal error: {type(error).__name__}: {error}"
            finally:
                gc.enable()
            if previous is None:
                gc.freeze()
            loaded.save_cache()
            return ProjectState(loaded, analysis)

        def done(result: ProjectState | str | None) -> None:
            if old is None:
                self._loading.pop(path, None)
            else:
                self._reloading.discard(old.key)
            if isinstance(result, str):
                self._listener.failed(path, result)
            elif result is not None:
                if old is not None:
                    self.states.pop(old.key, None)
                self._take(result)
            if old is None:
                self._load_next()
            self._telling = asyncio.ensure_future(self._tell_loaded())

        self._worker.submit(key, work, done, delay)

    def _take(self, state: ProjectState) -> None:
        """Use a freshly loaded project, with whatever was typed while it was loading."""
        self.states[state.key] = state
        for document in self._documents.all():
            file = state.analysis.view.by_path.get(document.path)
            if file is not None and file.text != document.source.text:
                state.analysis = retype(state.analysis, document.path, document.source)
        self._listener.settled(state)
        self._warm(state)
        if state.analysis.behind is not None:
            self._settle(state, delay=0.0)  # nobody has seen anything yet
        for document in self._documents.all():
            path = Path(document.path)
            unknown = document.is_sql and self.state_of(document.path) is None and path.is_absolute()
            if unknown and belongs(state.loaded.layout, path):
                self._load(document.path)  # a file that is new in a folder just loaded

    def _warm(self, state: ProjectState) -> None:
        analysis = state.analysis
        self._worker.submit(f"warm:{state.key}", lambda cancelled: warm(analysis, cancelled), lambda _: None)

    def _settle(self, state: ProjectState, delay: float = SETTLE_DELAY) -> None:
        analysis = state.analysis
        keep = frozenset(document.path for document in self._documents.all())

        def work(cancelled: Callable[[], bool]) -> Analysis | None:
            try:
                return analyse(
                    analysis.project, analysis.rules, analysis.base, analysis, cancelled, keep=keep
                )
            except Cancelled:
                return None

        def done(result: Analysis | None) -> None:
            if result is not None and state.analysis is analysis:
                state.analysis = result
                self._listener.settled(state)
                self._warm(state)

        self._worker.submit(f"settle:{state.key}", work, done, delay)

    def _overlay(self) -> dict[str, Source]:
        return {document.path: document.source for document in self._documents.all() if document.is_sql}
