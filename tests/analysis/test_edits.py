"""Any sequence of edits ends in the same findings as opening the final text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from schemabot.analysis import Analysis, MigrationFile, Project, analyse, retype, select_rules
from schemabot.catalog.platform import platform_state
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.settings import Settings
from schemabot.syntax.source import Source
from schemabot.text import Edit, Span

RULES = select_rules(all_rules(), Settings(preset="all"))
BASE = platform_state("supabase")
NAMES = ("m/20240101000000_a.sql", "m/20240102000000_b.sql", "m/20240103000000_c.sql")
TEXTS = (
    "create table public.notes (id uuid primary key, owner uuid references auth.users (id));\n",
    "alter table public.notes enable row level security;\n\ncreate table public.tags (\n  id uuid primary key,\n"
    "  note_id uuid references public.notes (id)\n);\n",
    "create policy p on public.notes for select using (true);\n-- schemabot: allow drop-table -- gone\n"
    "drop table public.tags;\n",
)
PIECES = st.sampled_from(
    [
        "", " ", "\n", ";", "'", '"', "$$", "--", "/*", "*/", "(", ")", "🌱", "x", "drop table public.notes;",
        "create table public.t (id int);\n", "alter table public.notes", " enable row level security;",
        "create index on public.tags (note_id);", "-- schemabot: ignore rls-disabled -- later\n", "begin;", "rollback;",
        "create policy p on public.tags using (true);", "\r\n", "\ufeff", "do $$ begin end $$;",
    ]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, 2), st.floats(0, 1), st.integers(0, 12), PIECES), min_size=1, max_size=12
)


def opened(texts: tuple[str, ...]) -> Analysis:
    files = tuple(MigrationFile(name, Source.of(text)) for name, text in zip(NAMES, texts, strict=True))
    return analyse(Project("m", files, platform="supabase"), RULES, BASE)


def said(analysis: Analysis) -> dict[str, list[tuple[str, object, str]]]:
    return {
        name: [(f.rule, analysis.place(f.at), f.message) for f in analysis.report(name).findings]
        for name in NAMES
    }


@settings(max_examples=60, deadline=None)
@given(EDITS)
def test_typing_ends_where_opening_starts(edits: list[tuple[int, float, int, str]]):
    analysis = opened(TEXTS)
    sources = [Source.of(text) for text in TEXTS]
    for number, share, length, piece in edits:
        text = sources[number].text
        start = int(share * len(text))
        sources[number] = sources[number].edited(Edit(Span(start, min(len(text), start + length)), piece))
        analysis = retype(analysis, NAMES[number], sources[number])
        newest = said(analysis)[NAMES[2]]
    settled = analyse(analysis.project, RULES, BASE, analysis)
    fresh = opened(tuple(source.text for source in sources))
    assert said(settled) == said(fresh)
    assert not settled.failures.by_rule
    if all(number == 2 for number, *_ in edits):
        assert newest == said(fresh)[NAMES[2]], "in the newest file a key already tells the truth"


def test_the_tail_is_behind_until_it_is_replayed():
    analysis = opened(TEXTS)
    assert analysis.behind is None
    edited = retype(analysis, NAMES[0], Source.of("create table public.other (id uuid primary key);\n"))
    assert edited.behind == 1
    assert analyse(edited.project, RULES, BASE, edited).behind is None


def test_an_unchanged_prefix_is_not_replayed_again():
    analysis = opened(TEXTS)
    edited = retype(analysis, NAMES[2], Source.of(TEXTS[2] + "select 1;\n"))
    settled = analyse(edited.project, RULES, BASE, edited)
    assert settled.replays[0] is analysis.replays[0]
    assert settled.replays[1] is analysis.replays[1]
