"""What the server would refuse, in words for people: where the history is known well enough to say so.

Many projects begin with a database that no migration made. A name that other migrations speak of, and none creates,
was made there: that is worth one quiet word, not an error at each statement.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from sys import intern
from typing import Any

from rapidfuzz import fuzz, process

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Origin, Table, View
from schemabot.catalog.state import Problem
from schemabot.rulekit.context import ChangeContext
from schemabot.rulekit.finding import Finding, Fix, Severity
from schemabot.rulekit.once import OncePerCatalog
from schemabot.text import Span

_WORD = re.compile(r"[\w$]+")
_LIKENESS = 72.0  # of 100
_FEW_TABLES = 2
BASELINE = (
    "If it was made outside of the migrations, write a first migration that makes it (supabase db pull, pg_dump "
    "--schema-only)."
)


def last_part(name: str) -> str:
    """The name without what stands before its last dot."""
    return name.rpartition(".")[2]


def is_told(problem: Problem, context: ChangeContext[Any]) -> bool:
    """Whether the file speaks of the name before this statement: it is told at the first place."""
    start = context.migration.statements[context.at.statement].span.start
    return _has_word(context.migration.text[:start], last_part(problem.object))


def is_known_elsewhere(name: str, context: ChangeContext[Any]) -> bool:
    """Whether another migration speaks of the name."""
    word = last_part(name)
    return any(
        migration.path != context.migration.path
        and not migration.is_down
        and word in _words_of(migration.text)
        for migration in context.project.migrations
    )


def learn_words(texts: Iterable[str]) -> None:
    """Remember the words of files before a key asks whether one of them speaks of a name."""
    for text in texts:
        _words_of(text)


def _has_word(text: str, word: str) -> bool:
    return word in text and re.search(rf"(?<![\w$]){re.escape(word)}(?![\w$])", text) is not None


@lru_cache(maxsize=16384)
def _words_of(text: str) -> frozenset[str]:
    """The words of a file, each kept once for all files: with every key all of the history may be asked for one."""
    return frozenset(map(intern, _WORD.findall(text)))


def alike(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant."""
    found = process.extractOne(last_part(name), list(candidates), scorer=fuzz.ratio, score_cutoff=_LIKENESS)
    return None if found is None else found[0]


def relation_names(context: ChangeContext[Any], schema: str | None) -> Sequence[str]:
    """The tables and views of the project, or of one schema."""
    by_schema = _relation_names(context.before.catalog, None)
    if schema is not None:
        return by_schema.get(schema, ())
    return [name for names in by_schema.values() for name in names]


def _by_schema(catalog: Catalog, _: None) -> Mapping[str, Sequence[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for relation in catalog.relations.values():
        if isinstance(relation, (Table, View)):
            found[relation.schema].append(relation.name)
    return found


_relation_names: OncePerCatalog[None, Mapping[str, Sequence[str]]] = OncePerCatalog(_by_schema)


def is_complete(context: ChangeContext[Any]) -> bool:
    """Whether the migrations make a schema of their own, so that a name that is missing is a mistake."""
    own = (t for t in context.file_start.catalog.tables() if not t.origin.platform)
    return sum(1 for _, _ in zip(own, range(_FEW_TABLES + 1), strict=False)) > _FEW_TABLES


def refused(
    problem: Problem,
    context: ChangeContext[Any],
    message: str,
    *,
    meant: str | None = None,
    help: str = "",  # noqa: A002  # the word of findings
    severity: Severity | None = None,
    fixes: tuple[Fix, ...] = (),
) -> Finding:
    """The finding for one thing that the server would refuse."""
    if meant is not None:
        help = f'Did you mean "{meant}"?'  # noqa: A001
    return context.finding(
        _place(problem, context),
        message,
        help=help,
        object=problem.object or None,
        severity=severity,
        fixes=fixes,
    )


def _place(problem: Problem, context: ChangeContext[Any]) -> Origin:
    """The name itself, where the problem's own place is a larger part of the statement."""
    text, name = context.migration.statements[context.at.statement].text, last_part(problem.object)
    written = last_part(problem.span.of(text).replace('"', ""))
    if name and name != written and name.lower() != written.lower():
        places = list(re.finditer(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text))
        if places:
            return context.origin(Span(*places[-1].span()))
    return context.origin(problem.span)
