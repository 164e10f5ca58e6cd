"""No text makes a feature raise: the suites' texts, cut off at every place where somebody may be typing."""

from __future__ import annotations

from itertools import pairwise

import pytest

from schemabot.analysis import Analysis, retype
from schemabot.features.folding import folds
from schemabot.features.hover import hover
from schemabot.features.lenses import lenses, title
from schemabot.features.navigation import (
    all_references,
    definition,
    highlights,
    latest_change,
    type_definition,
)
from schemabot.features.selection import selection
from schemabot.features.semantic_tokens import semantic_tokens
from schemabot.features.symbols import document_symbols
from schemabot.syntax.source import Source
from support.feature_suite import FeatureTest, suite
from support.rule_examples import check_texts

CASES = [*suite("navigation.md"), *suite("hover.md"), *suite("names.md"), *suite("symbols.md")]
STEP = 37
"""Code points between two cuts: prime, so that they fall into different places of words and lines."""


def ask_everything(analysis: Analysis, path: str, text: str, offset: int) -> None:
    """All features at one place of a file; spans lie in the text."""
    shown = hover(analysis, path, offset)
    if shown is not None:
        assert 0 <= shown.span.start <= offset <= shown.span.end <= len(text)
        assert shown.markdown
    for find in (definition, latest_change, type_definition):
        place = find(analysis, path, offset)
        if place is not None and place.path == path:
            assert 0 <= place.span.start <= place.span.end <= len(text)
    for place in all_references(analysis, path, offset, declaration=True):
        assert place.path != path or place.span.end <= len(text)
    highlights(analysis, path, offset)
    spans = selection(Source.of(text), offset)
    assert all(outer.start <= inner.start and inner.end <= outer.end for inner, outer in pairwise(spans))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cut_texts(case: FeatureTest) -> None:
    """The last file of each test, cut off, asked at its end and before it."""
    whole = case.analysis()
    path, text = list(case.files.items())[-1]
    for cut in range(0, len(text), STEP):
        part = text[:cut]
        analysis = retype(whole, path, Source.of(part))
        for offset in {cut, max(0, cut - 1), cut // 2}:
            ask_everything(analysis, path, part, offset)
        document_symbols(analysis, path)
        tokens = semantic_tokens(analysis, path)
        assert all(one.span.end <= other.span.start for one, other in pairwise(tokens))
        folds(Source.of(part))
        for lens in lenses(analysis, path):
            assert title(analysis, lens.oid, lens.topic)


BODY = """
declare
  r public.notes%rowtype;
  k constant public.notes.id%type := 1;
begin
  for r in select * from public.notes loop
    insert into public.notes (id) values (r.id) returning id into k;
    if r.id = k then perform public.f(k); elsif k in (1, 2) then raise notice 'x %', k; end if;
  end loop;
  select case when id = 1 then 2 else 3 end into strict k from public.notes where id = k;
  execute 'select 1' into k using k;
  return query select id from public.notes;
end
"""


def test_cut_bodies() -> None:
    """A body is cut off while the quotes around it are there: the statement parses all the same."""
    whole = check_texts("create table public.notes (id int);\nselect 1;\n")
    path = whole.project.migrations[0].path
    for cut in range(len(BODY)):
        for language in ("plpgsql", "sql"):
            head = "create table public.notes (id int);\ncreate function public.f(k int) returns setof int "
            head += f"language {language} as $$"
            text = f"{head}{BODY[:cut]}$$;\n"
            analysis = retype(whole, path, Source.of(text))
            ask_everything(analysis, path, text, len(head) + cut)
            assert semantic_tokens(analysis, path)
