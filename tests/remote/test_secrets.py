"""URLs and tokens in the system's keyring: a real keyring's interface, over a file."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemabot.workspace import remote_cache
from support.command import schemabot, supabase_project
from support.file_keyring import VARIABLE
from support.management import REF, TOKEN, management_api
from support.postgres import Platform

pytestmark = pytest.mark.postgres

TESTS = Path(__file__).parent.parent


@pytest.fixture
def conninfo(platforms: Callable[[str], Platform]) -> Iterator[str]:
    made = platforms("postgres").database()
    with made.connect() as connection:
        info = connection.info
        yield f"host={info.host} port={info.port} dbname={info.dbname} user=postgres password=s3cr3t"
    made.close()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCHEMABOT_CACHE_DIR", str(tmp_path / "cache"))
    files = {"20240101000000_a.sql": "create table public.customers (id bigint primary key);\n"}
    supabase_project(tmp_path / "project", files)
    return tmp_path / "project"


def keyring(project: Path) -> Path:
    return project.parent / "keyring.json"


def environment(project: Path, backend: str = "support.file_keyring.FileKeyring") -> dict[str, str]:
    return {
        "SCHEMABOT_CACHE_DIR": str(project.parent / "cache"),
        "HOME": str(project.parent),
        "PYTHONPATH": str(TESTS),
        "PYTHON_KEYRING_BACKEND": backend,
        VARIABLE: str(keyring(project)),
    }


def test_a_url_is_remembered_and_forgotten(project: Path, conninfo: str) -> None:
    given = environment(project)
    first = schemabot("pull", "--remember", cwd=project, as_root=True, SUPABASE_DB_URL=conninfo, **given)
    assert first.code == 0, first.err
    assert "kept in the system's keyring" in first.err
    assert json.loads(keyring(project).read_text()) == {f"schemabot|{project}/supabase/migrations": conninfo}

    again = schemabot("pull", cwd=project, as_root=True, **given)
    assert (again.code, again.err) == (0, "")
    assert "(the keyring)" in again.out
    assert "s3cr3t" not in first.out + first.err + again.out

    forgotten = schemabot("pull", "--forget", cwd=project, as_root=True, **given)
    assert forgotten.code == 0
    assert json.loads(keyring(project).read_text()) == {}
    assert "no database is named" in schemabot("pull", cwd=project, as_root=True, **given).err


def test_without_a_keyring_what_was_read_is_kept_and_the_user_told(project: Path, conninfo: str) -> None:
    given = environment(project, "keyring.backends.fail.Keyring")
    ran = schemabot("pull", "--database-url", conninfo, "--remember", cwd=project, as_root=True, **given)
    assert ran.code == 2
    assert "no keyring" in ran.err
    assert "s3cr3t" not in ran.err
    assert remote_cache.load(f"{project}/supabase/migrations") is not None


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("schemabot|SUPABASE_ACCESS_TOKEN", TOKEN),
        ("Supabase CLI|access-token", TOKEN),
        ("Supabase CLI|access-token", "go-keyring-base64:" + base64.b64encode(TOKEN.encode()).decode()),
    ],
)
def test_a_token_comes_from_the_keyring(project: Path, conninfo: str, name: str, secret: str) -> None:
    keyring(project).write_text(json.dumps({name: secret}))
    with management_api(conninfo) as api:
        given = {**environment(project), "SCHEMABOT_SUPABASE_API": api.url}
        ran = schemabot("pull", "--project-ref", REF, cwd=project, **given)
    assert (ran.code, ran.err) == (0, "")
    assert TOKEN not in ran.out


def test_a_broken_token_is_no_token(project: Path, conninfo: str) -> None:
    keyring(project).write_text(json.dumps({"Supabase CLI|access-token": "go-keyring-base64:???"}))
    ran = schemabot("pull", "--project-ref", REF, cwd=project, **environment(project))
    assert ran.code == 2
    assert "without an access token" in ran.err
