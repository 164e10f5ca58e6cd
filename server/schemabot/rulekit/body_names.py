"""Names in the body of a function that depend on search_path, and what to pin it to so that they stay."""

from __future__ import annotations

from itertools import pairwise

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Function
from schemabot.catalog.server_functions import server_functions
from schemabot.isolation.scope import DEFAULT_PATH
from schemabot.syntax.lexer import tokens

_BEFORE_NAMES = frozenset(
    ("from", "join", "into", "update", "table", "only", "using", "view", "concurrently", "truncate", "lock")
)
_NO_NAMES = frozenset(("select", "lateral", "strict", "only", "set", "concurrently", "table"))
_STATEMENTS = frozenset(
    ("select", "insert", "update", "delete", "merge", "perform", "execute", "call", "refresh")
)
_COMMON_WORDS = """
    all and any array as between by case cast coalesce cross current_date current_timestamp current_user declare
    default delete desc distinct else end exists extract false filter for from full greatest group grouping having if
    in inner insert interval into is join key lateral least left like limit loop new not null nullif offset old on or
    order over overlay partition perform position raise range replace return returning row rows select set some
    strict substring table then treat trim true union unique update using values varchar void when where while with"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Keywords that may stand in front of a parenthesis."""


def unqualified_names(body: str) -> tuple[str, ...]:
    """Names of tables, and of functions that are not the server's own, that are written without schema.

    As far as words can tell: a name that is missed makes the function fail with an empty search_path, so in doubt a
    word counts as one.
    """
    known = server_functions()
    found: list[str] = []
    words = _words(body)
    for place, (kind, word) in enumerate(words):
        if kind not in ("word", "quoted-identifier"):
            continue
        before = words[place - 1][1] if place else ""
        behind = words[place + 1][1] if place + 1 < len(words) else ""
        if before == "." or behind == ".":
            continue
        named = before in _BEFORE_NAMES and word not in _NO_NAMES
        called = behind == "(" and word not in _COMMON and word not in known
        typed = behind == "%"  # name%rowtype
        if named or called or typed:
            found.append(word)
    return tuple(dict.fromkeys(found))


def only_fills_in(function: Function) -> bool:
    """Whether it is a trigger's function that reads and calls nothing: NEW gets its values from the server's own
    functions, so that it does not matter with whose rights it runs."""
    if function.returns is None or function.returns.name != "trigger" or function.body is None:
        return False
    words = [
        word for kind, word in _words(function.body) if kind in ("word", "punctuation", "quoted-identifier")
    ]
    called = {name for name, behind in pairwise(words) if behind == "("}
    return not _STATEMENTS & set(words) and called <= server_functions() | _COMMON


def path_to_pin(function: Function, catalog: Catalog) -> tuple[str, ...]:
    """The schemas that the body's names need: none if every name has its schema, else those of the usual path.

    Any word that is also the name of something in one of them counts, in strings too (`nextval('numbers')`), and so
    do operators: a schema too many does no harm, one too few breaks the function.
    """
    body = function.body or ""
    words = _words(body)
    dynamic = any(word == "execute" for kind, word in words if kind == "word")
    beside = {at + side for at, (_, word) in enumerate(words) if word == "." for side in (-1, 1)}
    bare = [each for at, each in enumerate(words) if at not in beside]
    needed = {schema for schema in DEFAULT_PATH for kind, word in bare if _is_in(schema, kind, word, catalog)}
    symbols = {word for kind, word in words if kind == "operator"}
    if symbols:
        needed |= {
            other.schema
            for other in catalog.objects.values()
            if other.kind == "operator" and other.schema in DEFAULT_PATH and other.name in symbols
        }
    if dynamic:
        needed |= {schema for schema in DEFAULT_PATH if schema in catalog.schemas}
    if not needed and not unqualified_names(body):
        return ()
    return ("public", *(("extensions",) if "extensions" in needed else ()), "pg_temp")


def _words(body: str) -> list[tuple[str, str]]:
    """Kind and text of each token but comments; names folded, and without their quotes."""
    found: list[tuple[str, str]] = []
    for token in tokens(body):
        text = token.span.of(body)
        if token.kind == "quoted-identifier":
            found.append((token.kind, text.strip('"').replace('""', '"')))
        elif token.kind == "word":
            found.append((token.kind, text.lower()))
        elif token.kind != "comment":
            found.append((token.kind, text))
    return found


def _is_in(schema: str, kind: str, word: str, catalog: Catalog) -> bool:
    """Whether something in the schema has that name, or one that stands alone in a string."""
    if kind in ("string", "dollar-string"):
        parts = word.strip("'$").strip().split()
        return len(parts) == 1 and _is_in(schema, "word", parts[0].strip('"').lower(), catalog)
    if kind not in ("word", "quoted-identifier"):
        return False
    name = (schema, word)
    return name in catalog.relation_names or name in catalog.type_names or name in catalog.function_names
