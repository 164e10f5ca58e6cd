"""The Markdown suite of completion, and what holds at every place of a text.

An expected block `offers` has a line for each of the first proposals, in order; behind `+` one that is offered
anywhere, behind `-` one that is not. What is put in is compared, where it differs from the name.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemabot.analysis import retype
from schemabot.features.completion import Item, complete
from schemabot.features.completion.matching import match
from schemabot.syntax.source import Source
from support.feature_suite import FeatureTest, suite
from support.rule_examples import check, project_of, settings_of

TESTS = suite("completion.md")


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_completion(test: FeatureTest) -> None:
    cursor = test.cursor
    answer = complete(test.analysis(), cursor.path, cursor.span.start)
    items = () if answer is None else answer.items
    expected = test.answers["offers"].splitlines()
    first = [line for line in expected if line[:2] not in ("+ ", "- ") and line != "nothing"]
    offered = [_shown(item) for item in items]
    if expected == ["nothing"]:
        assert offered == []
        return
    assert offered[: len(first)] == first
    anywhere = {*offered, *(item.label for item in items)}
    for line in expected:
        if line.startswith("+ "):
            assert line[2:] in anywhere, offered
        elif line.startswith("- "):
            assert line[2:] not in anywhere


def _shown(item: Item) -> str:
    return (item.snippet.partition("\n")[0] if item.snippet else item.insert) or item.label


TEXT = """create table public.orgs (id uuid primary key, "Full Name" text not null default 'x');
create type public.status as enum ('open', 'closed');
create table public.notes (id uuid primary key, org_id uuid references public.orgs (id), status public.status);
create index on public.notes (org_id) include (status) where status = 'open';
create policy "Own" on public.notes as permissive for select to authenticated using (exists (
  select 1 from public.orgs o left join lateral (select * from notes n where n.org_id = o.id) as x on true));
create function public.f(a int, b text default 'y') returns trigger language plpgsql as $body$
declare
  r public.notes%rowtype; n int := 1;
begin
  if new.org_id is null then raise exception 'no % here', new.id; end if;
  for r in select * from public.notes where org_id = a loop update public.orgs set "Full Name" = b where id = r.id; end loop;
  return new; -- done
end $body$;
create trigger t before insert or update of org_id on public.notes
  for each row when (new.org_id is not null) execute function f();
with a as (select id, status::text as s from notes), b (c) as (values (1)) insert into orgs (id, "Full Name")
  select a.id, coalesce(a.s, '') from a union all select null, 'q' from b
  on conflict (id) do update set "Full Name" = excluded."Full Name" returning *;
grant select (id), insert on table public.notes to anon, authenticated;
comment on column public.notes.org_id is 'whose';
alter table public.notes add column if not exists x numeric(10, 2) generated always as (1 + 2) stored,
  drop constraint if exists y cascade;
"""
ANALYSIS = check(project_of({"/p/supabase/migrations/20260101000000_a.sql": TEXT}, settings_of("")))
PATH = ANALYSIS.project.migrations[0].path


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(TEXT)), st.booleans())
def test_every_place_of_a_text_is_answered(offset: int, cut: bool) -> None:
    analysis = retype(ANALYSIS, PATH, Source.of(TEXT[:offset])) if cut else ANALYSIS
    answer = complete(analysis, PATH, offset)
    if answer is None:
        return
    assert answer.span.end == offset
    typed = answer.span.of(TEXT).strip('"').lower()
    assert len({(item.label, item.insert, item.snippet) for item in answer.items}) == len(answer.items)
    for item in answer.items:
        fitting = (item.label, item.insert, item.snippet, item.matched)
        assert any(match(text.lower(), typed) is not None for text in fitting if text), (typed, item)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="selct from(),.;'\"$\n-/*abx_é🌱=:[", max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    whole = TEXT + text
    analysis = retype(ANALYSIS, PATH, Source.of(whole))
    complete(analysis, PATH, len(whole))


def test_what_was_completed_stays_the_same_beside_other_projects() -> None:
    """What is remembered between two questions is that of the project that asks."""
    other = check(
        project_of(
            {"/q/supabase/migrations/20260101000000_a.sql": "create table public.zoo (zebra int);"},
            settings_of(""),
        )
    )
    text = TEXT + "select  from public.notes"
    place = len(TEXT) + len("select ")

    def labels() -> list[str]:
        answer = complete(retype(ANALYSIS, PATH, Source.of(text)), PATH, place)
        assert answer is not None
        return [item.label for item in answer.items]

    before = labels()
    assert complete(other, other.project.migrations[0].path, 0) is not None
    assert labels() == before
    assert "zebra" not in before
