"""The names that a text mentions, for statements that are not understood."""

from __future__ import annotations

from pglast.keywords import COL_NAME_KEYWORDS, RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

from schemabot.facts.names import fold
from schemabot.facts.read.scan import StatementText

# Words of the grammar that may be names too; tables called like other unreserved words (comments, groups,
# location) are ordinary.
_GRAMMAR_WORDS = frozenset(
    """
    access add aggregate always alter attach by cascade class column concurrently conversion data
    database delete detach disable domain drop each enable enum event execute extension exclude for
    force foreign function generated grant granted handler identity if include index inherit inherits
    insert instead is key language level local materialized method no nothing of operator option options
    owner partition policy prepare procedure publication recursive refresh release rename replace reset
    restrict returns revoke role routine rule savepoint schema search security sequence server set start
    stored subscription tablespace temp temporary transaction trigger truncate type unlogged update user
    using valid validate values view where with without
    """.split()  # noqa: SIM905  # a list of a hundred words is not more readable
)
_KEYWORDS = frozenset((*COL_NAME_KEYWORDS, *RESERVED_KEYWORDS, *TYPE_FUNC_NAME_KEYWORDS, *_GRAMMAR_WORDS))
_MOST = 500


def mentioned_names(text: str) -> tuple[tuple[str, ...], ...]:
    """Every name in `text`, folded, once, in order: identifiers joined by dots, the grammar's words left out.

    Words inside strings, dollar quotes and comments are not names. At most 500 are returned: a longer text is
    no single statement that somebody is writing.
    """
    sql = StatementText(text)
    found: dict[tuple[str, ...], None] = {}
    chain: list[str] = []
    after_dot = False
    at = 0
    while len(found) < _MOST:
        span = sql.token(at)
        if span.start == span.end:
            break
        at = span.end
        word = span.of(text)
        if word == "." and chain:
            after_dot = True
            continue
        if not after_dot:
            _add(chain, found)
            chain = []
        if _is_identifier(word):
            chain.append(word)
        after_dot = False
    _add(chain, found)
    return tuple(found)


def _is_identifier(word: str) -> bool:
    if word.endswith("'"):
        return False
    if word.endswith('"'):
        return len(word) > 2
    return word[0] == "_" or word[0].isalpha() or word[0] > "\x7f"


def _add(chain: list[str], found: dict[tuple[str, ...], None]) -> None:
    if not chain or (len(chain) == 1 and chain[0].lower() in _KEYWORDS):
        return
    found.setdefault(tuple(fold(word) for word in chain))
