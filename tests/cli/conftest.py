from pathlib import Path

import pytest

from support.command import supabase_project

NAME = "20240101000000_notes.sql"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A Supabase project with one migration and two things that are wrong in it."""
    supabase_project(
        tmp_path,
        {
            NAME: "create table public.notes (id uuid primary key);\n"
            "create table public.pages (id uuid primary key, note_id uuid references public.notes (id));\n"
        },
    )
    return tmp_path
