"""A Supabase project in a temporary folder, and editors on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types

from support.editor import Editor
from support.rule_examples import few_toml

FIRST = "supabase/migrations/20240101000000_create_notes.sql"
SECOND = "supabase/migrations/20240102000000_create_tags.sql"

MakeEditor = Callable[..., Awaitable[Editor]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two migrations, both with a table without row level security; only a few rules are on."""
    (tmp_path / "supabase/migrations").mkdir(parents=True)
    (tmp_path / "supabase/config.toml").write_text('project_id = "notes"\n')
    (tmp_path / "schemabot.toml").write_text(few_toml())
    (tmp_path / FIRST).write_text("create table public.notes (id uuid primary key);\n")
    (tmp_path / SECOND).write_text(
        "create table public.tags (\n  id uuid primary key,\n  note_id uuid references public.notes (id)\n);\n"
    )
    return tmp_path


@pytest_asyncio.fixture
async def editor(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MakeEditor]:
    """Start editors on the project; all are shut down at the end."""
    monkeypatch.setenv("SCHEMABOT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    started: list[Editor] = []

    async def make(given: types.ClientCapabilities | None = None, **options: Any) -> Editor:
        made = Editor(project)
        started.append(made)
        await made.start(given, **options)
        return made

    yield make
    for item in started:
        if item.client._server is not None and item.client._server.returncode is None:
            await item.stop()
