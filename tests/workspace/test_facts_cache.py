from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemabot.analysis import Analysis, analyse
from schemabot.analysis.history import extract_statement
from schemabot.syntax.source import Source
from schemabot.workspace import facts_cache
from schemabot.workspace.facts_cache import FactsCache, cache_folder, digest_of
from schemabot.workspace.loader import load_project
from support.command import supabase_project

SQL = """-- a comment
create table public.notes (id uuid primary key, org_id uuid not null default auth.uid() check (org_id <> id));
create policy p on public.notes for select using (id in (select x from y where a = b and c or d));
selekt 'unterminated
"""


def _files() -> list[Path]:
    folder = cache_folder()
    assert folder is not None
    return sorted(folder.glob("*"))


def _analysed(root: Path) -> Analysis:
    loaded = load_project(root)
    analysis = analyse(loaded.project, loaded.rules, loaded.base)
    loaded.save_cache()
    return analysis


def _filled(sql: str = SQL) -> None:
    cache = FactsCache("project")
    source, facts = cache.source(digest_of(sql), sql)
    facts(source)
    cache.save()


def test_a_warm_run_finds_the_same_without_splitting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    supabase_project(tmp_path, {"20240101000000_a.sql": SQL})
    cold = _analysed(tmp_path)
    assert len(_files()) == 1

    def must_not_run(*_: object) -> None:
        raise AssertionError("the cache should have known this")

    monkeypatch.setattr(Source, "of", must_not_run)
    monkeypatch.setattr(facts_cache, "extract_statement", must_not_run)
    warm = _analysed(tmp_path)
    assert warm.project.migrations[0].source == cold.project.migrations[0].source
    assert warm.reports == cold.reports


def test_an_edited_source_is_not_answered(tmp_path: Path) -> None:
    source, facts = FactsCache("project").source(digest_of(SQL), SQL)
    assert facts(Source.of(SQL + " ")) is None
    assert facts(source) == tuple(map(extract_statement, source.statements))


@pytest.mark.parametrize(
    "damage", ["cut", "garbage", "foreign", "empty", "other-version", "folder", "flipped"]
)
def test_a_damaged_cache_is_as_good_as_none(damage: str) -> None:
    _filled()
    (path,) = _files()
    content = path.read_bytes()
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(
            {
                "cut": content[: len(content) // 2],
                "garbage": content[:100] + b"\xff" * 500,
                "foreign": b"SQLite format 3\0",
                "empty": b"",
                "other-version": b"schemabot facts 0\n" + content,
                "flipped": content.replace(b"fact", b"fakt"),
            }[damage]
        )
    cache = FactsCache("project")
    cache.load()
    source, facts = cache.source(digest_of(SQL), SQL)
    assert source == Source.of(SQL)
    assert facts(source) == tuple(map(extract_statement, source.statements))
    cache.save()


def test_a_read_only_or_missing_folder_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("SCHEMABOT_CACHE_DIR", str(blocked))
    _filled()
    monkeypatch.setenv("SCHEMABOT_CACHE_DIR", "")
    assert cache_folder() is None
    _filled()


def test_entries_of_texts_that_are_gone_are_dropped() -> None:
    _filled("select 1; create table a (id int);")
    before = _files()[0].read_bytes()
    _filled("select 2;")
    after = _files()[0].read_bytes()
    assert after != before
    assert digest_of("select 1; create table a (id int);") not in after


def test_the_oldest_projects_go_when_the_folder_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        cache = FactsCache(str(number))
        source, facts = cache.source(digest_of(SQL), SQL)
        facts(source)
        cache.save()
    size = _files()[0].stat().st_size
    monkeypatch.setattr(facts_cache, "MAX_TOTAL", size * 2)
    _filled()
    assert len(_files()) == 2


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.sampled_from("select 1;'\"$$--/**/\n\\café\U0001f600(),*"), max_size=60))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    _filled(text)
    cache = FactsCache("project")
    cache.load()
    source, facts = cache.source(digest_of(text), text)
    assert source == Source.of(text)
    assert facts(source) == tuple(map(extract_statement, source.statements))
