"""A window with many open files of one project loads it once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from schemabot.lsp import session as sessions
from schemabot.lsp.documents import Documents
from schemabot.lsp.session import Session
from schemabot.lsp.worker import Worker
from support.command import supabase_project


class Silent:
    """A listener that remembers which projects were judged, and what failed."""

    def __init__(self) -> None:
        self.settled_keys: list[str] = []
        self.failures: list[str] = []

    def typed(self, document: Any, analysis: Any) -> None:
        pass

    def settled(self, state: Any) -> None:
        self.settled_keys.append(state.key)

    def failed(self, path: str, message: str) -> None:
        self.failures.append(path)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths whose projects were loaded from nothing."""
    found: list[str] = []
    load = sessions.load_project

    def counted(path: Path, **given: Any) -> Any:
        if given.get("previous") is None:
            found.append(path.name)
        return load(path, **given)

    monkeypatch.setattr(sessions, "load_project", counted)
    return found


async def opened(paths: list[Path]) -> tuple[Session, Silent]:
    """A session in which all of these files were opened at once, when everything is loaded."""
    loop = asyncio.get_running_loop()
    worker = Worker(lambda call: loop.call_soon_threadsafe(call))
    documents, listener = Documents(), Silent()
    session = Session(documents, worker, listener)
    try:
        for path in paths:
            item = types.TextDocumentItem(
                path.as_uri(), "sql", 1, path.read_text() if path.exists() else "select 1;"
            )
            session.opened(documents.open(item))
        for path in paths:
            await asyncio.wait_for(session.ready(str(path)), 30)
    finally:
        worker.stop()
    return session, listener


async def test_many_files_of_one_project(tmp_path: Path, loads: list[str]):
    texts = {f"2024010{n}000000_t{n}.sql": f"create table public.t{n} (id int);\n" for n in range(1, 9)}
    folder = supabase_project(tmp_path, texts)
    paths = sorted(folder.iterdir())
    session, listener = await opened(paths)
    assert loads == [paths[0].name]
    assert all(session.state_of(str(path)) is not None for path in paths)
    assert listener.settled_keys == [str(folder)]


async def test_files_of_two_projects_and_of_none(tmp_path: Path, loads: list[str]):
    folders = [
        supabase_project(tmp_path / name, {f"2024010{n}000000_t.sql": "select 1;\n" for n in (1, 2)})
        for name in ("one", "two")
    ]
    alone = tmp_path / "alone" / "scratch.sql"
    alone.parent.mkdir()
    alone.write_text("select 1;\n")
    paths = [path for folder in folders for path in sorted(folder.iterdir())]
    session, listener = await opened([paths[0], alone, *paths[1:]])
    assert sorted(loads) == sorted([paths[0].name, paths[2].name, alone.name])
    assert all(session.state_of(str(path)) is not None for path in paths)
    assert not listener.failures
