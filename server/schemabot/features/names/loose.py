"""Names in a text that does not parse: what words alone tell, while somebody is writing."""

from __future__ import annotations

from schemabot.catalog.objects import Table, View
from schemabot.facts.names import Name
from schemabot.features.names.collector import Collector, object_target, relation_target
from schemabot.features.names.words import Word
from schemabot.text import Span

_BEFORE_RELATIONS = frozenset(
    (
        "from",
        "join",
        "into",
        "update",
        "table",
        "only",
        "on",
        "references",
        "view",
        "using",
        "truncate",
        "like",
    )
)
_NO_ALIAS = frozenset(
    ("on", "using", "where", "set", "join", "left", "right", "inner", "cross", "full", "order", "group", "limit",
     "for", "to", "values", "as", "select", "enable", "disable", "add", "drop", "alter", "returning", "natural")
)  # fmt: skip


def loose_names(c: Collector) -> None:
    """Note relations where one is expected, functions before a parenthesis, and columns of those relations."""
    words = c.words.all
    relations: dict[str, Table | View] = {}
    chains = _chains(words)
    rest: list[tuple[int, list[Word]]] = []
    for at, chain in chains:
        before = words[at - 1].written if at else ""
        if before in _BEFORE_RELATIONS or len(chain) > 1:
            found = _relation(c, chain)
            if found is not None:
                behind = at + 2 * len(chain) - 1
                _remember(relations, words, behind, chain, found)
                continue
        rest.append((at, chain))
    for at, chain in rest:
        _column_or_function(c, words, at, chain, relations)


def _chains(words: list[Word]) -> list[tuple[int, list[Word]]]:
    """Identifiers joined by dots, each with the index of its first word."""
    found: list[tuple[int, list[Word]]] = []
    at = 0
    while at < len(words):
        if words[at].name is None:
            at += 1
            continue
        start, chain = at, [words[at]]
        while at + 2 < len(words) and words[at + 1].written == "." and words[at + 2].name is not None:
            chain.append(words[at + 2])
            at += 2
        found.append((start, chain))
        at += 1
    return found


def _relation(c: Collector, chain: list[Word]) -> Table | View | None:
    """Note the relation that a chain names, when it names one."""
    parts = tuple(word.name or "" for word in chain)
    name = Name(parts, Span(chain[0].span.start, chain[-1].span.end))
    found = c.find_relation(name, late=True)
    if found is None:
        return None
    c.name(name, relation_target(found))
    return found if isinstance(found, (Table, View)) else None


def _remember(
    relations: dict[str, Table | View], words: list[Word], behind: int, chain: list[Word], found: Table | View
) -> None:
    """Let the relation's name, and the alias behind it, mean the relation."""
    relations[chain[-1].name or ""] = found
    if behind < len(words) and words[behind].written == "as":
        behind += 1
    if behind < len(words):
        alias = words[behind]
        if alias.name is not None and alias.written not in _NO_ALIAS:
            relations[alias.name] = found


def _column_or_function(
    c: Collector, words: list[Word], at: int, chain: list[Word], relations: dict[str, Table | View]
) -> None:
    last = chain[-1]
    behind = at + 2 * len(chain) - 1
    name = Name(tuple(word.name or "" for word in chain), Span(chain[0].span.start, last.span.end))
    if behind < len(words) and words[behind].written == "(" and c.function(name, late=True) is not None:
        return
    if len(chain) > 1:
        owner = relations.get(chain[-2].name or "")
        if owner is not None:
            c.column(owner, last.name or "", last.span)
            c.add(chain[-2].span, object_target(c.after.catalog, owner.oid), alias=True)
        return
    owners = {r.oid: r for r in relations.values() if c.column_target(r, last.name or "") is not None}
    if len(owners) == 1:
        (only,) = owners.values()
        c.column(only, last.name or "", last.span)
