"""DO blocks and bodies of functions: could running this text change the schema, and of which names?

The text is read as words only: comments are left out, the contents of strings count as text of their own
because dynamic SQL is made of them. What a block would do exactly is not worked out here.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from schemabot.catalog.words import words

_PIECE: Final = re.compile(
    r"--[^\n]*"
    r"|/\*.*?\*/"
    r"|(?P<string>[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"
    r'|(?P<name>(?:[^\W\d][\w$]*|"(?:[^"]|"")*")(?:\s*\.\s*(?:[^\W\d][\w$]*|"(?:[^"]|"")*"))*)'
    r"|(?P<end>;)",
    re.S,
)
_NAME_IN_STRING: Final = re.compile(r'(?:[^\W\d][\w$]*|"[^"]+")(?:\.(?:[^\W\d][\w$]*|"[^"]+"))*')
_PART: Final = re.compile(r'"((?:[^"]|"")*)"|([^\W\d][\w$]*)')

_CHANGING: Final = frozenset({"create", "alter", "drop", "grant", "revoke", "execute", "reassign"})
# Words that stand between a changing verb and the names it is about, or behind them; never names of objects
# worth remembering.
_WORDS: Final = words(
    """
    add after all alter always and any array as asc authorization before begin bigint boolean by cascade
    cast char character check collate column column_name comment concurrently conname constraint create
    cross current_user data database date declare default definer delete desc disable distinct do domain
    drop duplicate_column duplicate_object duplicate_table each else elsif enable end enum event except
    exception execute exists extension false for force foreach foreign format from full function
    generated global grant group having identity if immutable in index information_schema inherit inner
    inout insert instead int integer interval into invoker is join json jsonb key language left level
    like limit local loop materialized new no not notice now nspname null numeric of old on only or
    order others out outer over owner partition perform permissive pg_attribute pg_catalog pg_class
    pg_constraint pg_enum pg_extension pg_indexes pg_namespace pg_policies pg_policy pg_proc pg_roles
    pg_tables pg_trigger pg_type plpgsql policy policyname primary privileges procedure proname public
    quote_ident quote_literal raise record references relname rename replace restrict restrictive return
    returns revoke right role rolname row rows rule schema schemaname security select sequence serial
    set setof sql stable statement table table_name table_schema tablename temp temporary text then time
    timestamp timestamptz to trigger true truncate type typname undefined_object undefined_table union
    unique update usage user using uuid value values varchar view volatile when where while with without
    """
)


class Effects(msgspec.Struct, frozen=True):
    """`changes` says that the text may change the schema; `names` are those it may then be about.

    `mentioned` are all names in its code, those of functions that it calls among them.
    """

    changes: bool
    names: tuple[tuple[str, ...], ...] = ()
    mentioned: tuple[tuple[str, ...], ...] = ()


def effects_of(body: str) -> Effects:
    """What running `body` (PL/pgSQL, or SQL) may do to the schema.

    A changing word in code counts, and so does EXECUTE, which runs whatever its strings say.
    """
    changing = dynamic = False
    names: dict[tuple[str, ...], None] = {}
    in_strings: dict[tuple[str, ...], None] = {}
    mentioned: dict[tuple[str, ...], None] = {}
    statement: list[tuple[str, ...]] = []
    statement_changes = False
    previous = ""
    for match in _PIECE.finditer(body):
        if (string := match["string"]) is not None:
            for found in _NAME_IN_STRING.findall(string.strip("'")):
                if (parts := _parts(found)) is not None:
                    in_strings[parts] = None
                    statement.append(parts)
        elif (name := match["name"]) is not None:
            word = name.lower()
            if word in _CHANGING or (previous == "comment" and word == "on"):
                statement_changes = changing = True
                dynamic = dynamic or word == "execute"
            elif (parts := _parts(name)) is not None:
                statement.append(parts)
                mentioned[parts] = None
            previous = word
        elif match["end"] is not None:
            if statement_changes:
                names.update(dict.fromkeys(statement))
            statement, statement_changes = [], False
    if statement_changes:
        names.update(dict.fromkeys(statement))
    if dynamic:
        names.update(in_strings)
    return Effects(changing, tuple(names), tuple(mentioned))


def _parts(written: str) -> tuple[str, ...] | None:
    """The folded parts of a name; None for words that name nothing."""
    parts = tuple(
        plain.lower() if plain else quoted.replace('""', '"') for quoted, plain in _PART.findall(written)
    )
    if not parts or (len(parts) == 1 and parts[0] in _WORDS):
        return None
    return parts
