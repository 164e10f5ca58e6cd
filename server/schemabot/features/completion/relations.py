"""Statements about something on a table: indexes, policies, triggers, rules; and views."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemabot.catalog.objects import Table, View
from schemabot.features.completion.expressions import expression
from schemabot.features.completion.frames import open_groups
from schemabot.features.completion.reader import Here, Reader
from schemabot.features.completion.wanted import ANY, NAME, NOTHING, Rows, Scope, Wanted, of
from schemabot.features.names.words import Word


def column_list(r: Reader, rows: Rows | Table | View) -> None:
    """Columns between commas, those named before left out."""
    owner = rows if isinstance(rows, Rows) else Rows(rows.name, rows)
    r.names_list(lambda named: Wanted(columns=(owner,), named=named, keywords=False))
    r.here()


def elements(r: Reader, rows: Rows) -> None:
    """The keys of an index: columns or expressions."""
    words = r.remaining()
    opened = open_groups(words)
    if opened:
        raise Here(expression(words, r.rest, Scope(rows=(rows,)), r.names))
    if not words or words[-1].written == ",":
        named = frozenset(_keys(words))
        raise Here(Wanted(columns=(rows,), named=named, keywords=False, expression=True, head="key"))
    raise Here(ANY)


def _keys(words: Sequence[Word]) -> Iterator[str]:
    """The columns that are keys by themselves; those inside of an expression may come again."""
    depth = 0
    for word in words:
        depth += (word.written == "(") - (word.written == ")")
        if depth == 0 and word.name is not None:
            yield word.name


def bound(r: Reader, rows: Rows) -> None:
    """An expression over the columns of a table, to the place."""
    raise Here(expression(r.remaining(), r.rest, Scope(rows=(rows,)), r.names))


def _on(r: Reader, *kinds: str) -> tuple[Table | View | None, Rows]:
    """ON table; both are unknown while it is not written."""
    wanted = Wanted(kinds=frozenset(kinds or ("table",)))  # type: ignore[arg-type]
    table = r.names.rows(r.name(wanted))
    return table, Rows("" if table is None else table.name, table)


def create_index(r: Reader) -> None:
    """CREATE INDEX name ON table USING method (keys) ..."""
    r.take("concurrently")
    r.take("if", "not", "exists")
    r.here(NAME)
    if r.next != "on":
        r.name(NOTHING)
    r.here()
    if not r.take("on"):
        return
    r.take("only")
    _, rows = _on(r, "table", "materialized view")
    r.here()
    if r.take("using"):
        r.name(Wanted(texts=tuple((m, "") for m in ("btree", "gin", "gist", "brin", "hash", "spgist"))))
    r.group(lambda inner: elements(inner, rows))
    r.here()
    if r.take("include"):
        r.group(lambda inner: column_list(inner, rows))
    while not r.ended and r.next != "where":
        r.at += 1
    r.here()
    r.at += 1
    bound(r, rows)


def create_policy(r: Reader) -> None:
    """CREATE POLICY name ON table ..."""
    r.name(NOTHING)
    r.here()
    if r.take("on"):
        _, rows = _on(r)
        _policy_clauses(r, rows)


def alter_policy(r: Reader) -> None:
    """ALTER POLICY name ON table ..."""
    r.name(Wanted(kinds=frozenset(("policy",)), parts_of=_table_behind(r)))
    r.here()
    if r.take("on"):
        _, rows = _on(r)
        _policy_clauses(r, rows)


def _policy_clauses(r: Reader, rows: Rows) -> None:
    while True:
        r.here()
        if r.take("to"):
            r.names_list(lambda named: Wanted(kinds=frozenset(("role",)), named=named))
        elif r.take("using") or r.take("with", "check"):
            r.here()
            r.group(lambda inner: bound(inner, rows))
        else:
            r.at += 1


def _table_behind(r: Reader) -> Table | View | None:
    """The table that ON names behind the place, where somebody goes back to write the name."""
    words = [word for word in r.rest if word.written != '"']
    for index, word in enumerate(words):
        if word.written == "on":
            parts = [w.name for w in words[index + 1 : index + 4 : 1] if w.name is not None]
            dotted = index + 2 < len(words) and words[index + 2].written == "."
            return r.names.rows(parts[:2] if dotted else parts[:1])
        if word.written == ";":
            break
    return None


def dropped_part(r: Reader, kind: str) -> None:
    """DROP POLICY (TRIGGER, RULE) name ON table."""
    r.take("if", "exists")
    r.name(Wanted(kinds=frozenset((kind,)), parts_of=_table_behind(r)))  # type: ignore[arg-type]
    r.here()
    if r.take("on"):
        _on(r, "table", "view")


def alter_trigger(r: Reader) -> None:
    """ALTER TRIGGER name ON table RENAME TO ..."""
    dropped_part(r, "trigger")


def create_trigger(r: Reader) -> None:
    """CREATE TRIGGER name BEFORE ... ON table ... EXECUTE FUNCTION f()"""
    r.name(NOTHING)
    while not r.ended and r.next != "on":
        if r.take("of"):
            r.names_list(lambda named: Wanted(columns=(_ahead(r),), named=named))
        else:
            r.at += 1
    r.here()
    r.at += 1
    table, _ = _on(r, "table", "view")
    pair = () if table is None else (Rows("new", table), Rows("old", table))

    def when(inner: Reader) -> None:
        raise Here(expression(inner.remaining(), inner.rest, Scope(rows=pair), inner.names))

    while not r.ended:
        if r.take("execute"):
            r.here()
            r.take_any("function", "procedure")
            r.name(of("trigger function"))
            r.here()
        elif r.take("when"):
            r.group(when)
        elif r.take("from"):
            r.name(of("table"))
        else:
            r.at += 1
    r.here()


def _ahead(r: Reader) -> Rows:
    table = _table_behind(r)
    return Rows("" if table is None else table.name, table)


def create_event_trigger(r: Reader) -> None:
    """CREATE EVENT TRIGGER name ON event EXECUTE FUNCTION f()"""
    r.name(NOTHING)
    while not r.ended and not r.take("execute"):
        r.at += 1
    r.take_any("function", "procedure")
    r.here(of("function"))


def create_view(r: Reader) -> None:
    """CREATE VIEW name AS query"""
    r.take("if", "not", "exists")
    r.name(of("view", "schema"))
    while not r.ended and not r.take("as"):
        if r.next == "(":
            r.group(lambda _: None)
        else:
            r.at += 1
    words = r.remaining()
    raise Here(expression(words, r.rest, Scope(), r.names) if words else ANY)


def create_rule(r: Reader) -> None:
    """CREATE RULE name AS ON event TO table DO ..."""
    r.name(NOTHING)
    while not r.ended and not r.take("to"):
        r.at += 1
    table, _ = _on(r, "table", "view")
    while not r.ended and r.next not in ("do", "where"):
        r.at += 1
    r.here()
    r.at += 1
    r.take_any("instead", "also")
    pair = () if table is None else (Rows("new", table), Rows("old", table))
    words = r.remaining()
    raise Here(expression(words, r.rest, Scope(rows=pair), r.names) if words else ANY)
