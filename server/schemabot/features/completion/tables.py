"""CREATE TABLE and ALTER TABLE, as far as they are written."""

from __future__ import annotations

from collections.abc import Sequence

from schemabot.catalog.objects import Table, View
from schemabot.features.completion.expressions import expression
from schemabot.features.completion.reader import Here, Reader
from schemabot.features.completion.relations import bound, column_list, elements
from schemabot.features.completion.values import begins_value
from schemabot.features.completion.wanted import ANY, NEW, NOTHING, TYPES, Rows, Scope, Wanted, of
from schemabot.features.names.words import Word

_CONSTRAINTS = frozenset(("primary", "unique", "foreign", "check", "constraint", "exclude", "like"))
_COLUMN_CONSTRAINTS = frozenset(
    ("not", "null", "default", "check", "references", "unique", "primary", "generated", "constraint", "collate",
     "deferrable", "initially", "storage", "compression", "on", "match", "enforced", "stored", "virtual", "no")
)  # fmt: skip
_TABLE = of("table")
_NEW_COLUMN = Wanted(kinds=frozenset(("column name",)))


def create_table(r: Reader) -> None:
    """CREATE TABLE name (...) ..."""
    r.take("if", "not", "exists")
    r.name(NEW)
    r.here()
    if r.take("partition", "of"):
        r.name(_TABLE)
    elif r.take("of"):
        r.name(of("type"))
    if r.take("as"):
        query_behind(r)
    columns: list[str] = []
    if r.next == "(":
        r.group(lambda inner: _elements(inner, columns))
    r.here()
    if r.take("inherits"):
        r.group(lambda inner: _listed(inner, _TABLE))
    if r.take("partition", "by"):
        r.take_any("range", "list", "hash")
        r.group(lambda inner: elements(inner, Rows("", None, tuple(columns))))
    if r.take("as"):
        query_behind(r)


def query_behind(r: Reader) -> None:
    """AS SELECT ... to the place."""
    words = r.remaining()
    raise Here(expression(words, r.rest, Scope(), r.names) if words else ANY)


def _listed(r: Reader, wanted: Wanted) -> None:
    r.names_list(lambda _: wanted)
    r.here()


def _elements(r: Reader, columns: list[str]) -> None:
    """Columns and constraints between commas; `columns` collects the names."""
    later = _later_columns(r)
    while not r.ended:
        columns.extend([r.words[r.at].name or ""] if r.next not in _CONSTRAINTS else [])
        _element(r, Rows("", None, (*columns, *later)))
        if not r.take(","):
            r.here()
            return
    raise Here(Wanted(kinds=frozenset(("column name",)), named=frozenset(columns)))


def _later_columns(r: Reader) -> tuple[str, ...]:
    """The first words of the elements behind the place."""
    depth, found, begins = 0, [], False
    for word in r.rest:
        depth += (word.written == "(") - (word.written == ")")
        if depth < 0:
            break
        if begins and word.name is not None and word.written not in _CONSTRAINTS:
            found.append(word.name)
        begins = depth == 0 and word.written == ","
    return tuple(found)


def _element(r: Reader, rows: Rows) -> None:
    """One column definition or constraint, up to its comma."""
    if r.take("like"):
        r.name(_TABLE)
        _pass_over(r, rows)
        return
    if r.next in _CONSTRAINTS:
        constraint(r, rows)
        _pass_over(r, rows)
        return
    r.name(_NEW_COLUMN)
    column_rest(r, rows)


def column_rest(r: Reader, rows: Rows) -> None:
    """The type and constraints of a column, up to its comma."""
    r.name(Wanted(kinds=TYPES, keywords=False))
    while not r.ended and r.next not in (",", ")"):
        if r.next in ("constraint", "check", "references", "unique", "primary"):
            constraint(r, rows)
        elif r.take("default"):
            _value(r, Scope())
        elif r.take("generated", "always", "as") or r.take("using"):
            if r.next == "(":
                r.group(lambda inner: bound(inner, rows))
            else:
                _value(r, Scope(rows=(rows,)))
        elif r.next == "(":
            r.group(lambda _: None)
        else:
            r.at += 1
    r.here()


def _value(r: Reader, scope: Scope) -> None:
    """An expression that ends before the next constraint of the column."""
    start = r.at
    while not r.ended:
        if r.next in ("(", "["):
            close = _closed_at(r.words, r.at)
            if close is None:
                raise Here(expression(r.words[start:], r.rest, scope, r.names))
            r.at = close + 1
            continue
        if r.at > start and (r.next in _COLUMN_CONSTRAINTS or r.next in (",", ")")):
            return
        r.at += 1
    words = r.words[start:]
    if not words or begins_value(words[-1]) or words[-1].written == "::":
        raise Here(expression(words, r.rest, scope, r.names))
    raise Here(ANY)


def _closed_at(words: Sequence[Word], opened: int) -> int | None:
    depth = 0
    for index in range(opened, len(words)):
        depth += (words[index].written in ("(", "[")) - (words[index].written in (")", "]"))
        if depth == 0:
            return index
    return None


def constraint(r: Reader, rows: Rows) -> None:
    """One constraint of a table or a column."""
    if r.take("constraint"):
        r.name(NOTHING)
        r.here()
    if r.take("check"):
        r.group(lambda inner: bound(inner, rows))
    elif r.take("primary", "key") or r.take("unique"):
        r.take("nulls", "not", "distinct")
        if r.take("using", "index"):
            r.name(of("index"))
        r.group(lambda inner: column_list(inner, rows))
    elif r.take("foreign", "key"):
        r.group(lambda inner: column_list(inner, rows))
        r.here()
        if r.take("references"):
            _references(r)
    elif r.take("references"):
        _references(r)
    elif r.take("exclude"):
        if r.take("using"):
            r.name(NOTHING)
        r.group(lambda inner: elements(inner, rows))
    else:
        r.at += 1
    r.here()


def _references(r: Reader) -> None:
    other = r.names.rows(r.name(of("table")))
    if r.next == "(":
        if other is None:
            r.group(lambda _: None)
        else:
            r.group(lambda inner: column_list(inner, Rows(other.name, other)))


def _pass_over(r: Reader, rows: Rows) -> None:
    """What else stands before the comma."""
    while not r.ended and r.next != ",":
        if r.next == "(":
            r.group(lambda inner: bound(inner, rows))
        else:
            r.at += 1
    r.here()


def alter_table(r: Reader) -> None:
    """ALTER TABLE name action, action ..."""
    r.take("if", "exists")
    r.take("only")
    kinds = of("view") if any(word.written == "view" for word in r.words[:3]) else of("table", "view")
    table = r.names.rows(r.name(kinds))
    r.here()
    rows = Rows("" if table is None else table.name, table)
    while True:
        _action(r, table, rows)
        while not r.ended and r.next != ",":
            if r.next == "(":
                r.group(lambda inner: bound(inner, rows))
            else:
                r.at += 1
        r.here()
        r.at += 1
        r.here()


def _action(r: Reader, table: Table | View | None, rows: Rows) -> None:
    if r.take("add"):
        _add(r, rows)
    elif r.take("drop"):
        _drop(r, table, rows)
    elif r.take("alter", "constraint"):
        r.name(_parts("constraint", table))
    elif r.take("alter"):
        r.take("column")
        r.name(_columns(rows))
        r.here()
        _alter_column(r, rows)
    elif r.take("rename"):
        if r.take("constraint"):
            r.name(_parts("constraint", table))
        elif not r.take("to"):
            r.take("column")
            r.name(_columns(rows, keywords=r.words[r.at - 1].written != "column"))
        r.here()
        if r.take("to"):
            r.name(NOTHING)
    elif r.take("validate", "constraint"):
        r.name(_parts("constraint", table))
    elif r.take("owner", "to"):
        r.name(of("role"))
    elif r.take("set", "schema"):
        r.name(of("schema"))
    elif (
        r.take("attach", "partition")
        or r.take("detach", "partition")
        or r.take("inherit")
        or r.take("no", "inherit")
    ):
        r.name(_TABLE)
    elif r.next in ("enable", "disable"):
        r.at += 1
        r.take_any("always", "replica")
        if r.take("trigger"):
            r.name(_parts("trigger", table))
    elif r.take("replica", "identity", "using", "index") or r.take("cluster", "on"):
        r.name(of("index"))


def _columns(rows: Rows, *, keywords: bool = True) -> Wanted:
    return Wanted(columns=(rows,), keywords=keywords)


def _parts(kind: str, table: Table | View | None) -> Wanted:
    return Wanted(kinds=frozenset((kind,)), parts_of=table, keywords=True)  # type: ignore[arg-type]


def _add(r: Reader, rows: Rows) -> None:
    if r.next in _CONSTRAINTS and r.next != "like":
        constraint(r, rows)
        return
    r.take("column")
    r.take("if", "not", "exists")
    r.name(Wanted(kinds=_NEW_COLUMN.kinds, named=frozenset(rows.column_names)))
    column_rest(r, rows)


def _drop(r: Reader, table: Table | View | None, rows: Rows) -> None:
    kind = r.take_any("column", "constraint")
    r.take("if", "exists")
    if r.words[r.at - 1].written == "exists":
        kind = kind or "column"
    if kind == "constraint":
        r.name(_parts("constraint", table))
        return
    r.name(_columns(rows, keywords=not kind or r.words[r.at - 1].written == "column"))


def _alter_column(r: Reader, rows: Rows) -> None:
    if r.take("set", "data", "type") or r.take("type"):
        r.name(Wanted(kinds=TYPES, keywords=False))
        while not r.ended and r.next not in ("using", ","):
            r.at += 1
        r.here()
        if r.take("using"):
            _value(r, Scope(rows=(rows,)))
    elif r.take("set", "default"):
        _value(r, Scope())
