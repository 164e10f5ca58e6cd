"""Tables with their columns, and what is added to them afterwards: constraints, indexes, partitions."""

from __future__ import annotations

from collections.abc import Container

from schemabot.catalog.objects import Column, Constraint, Index, IndexKey, Sequence, Table, View
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.render.types import sequence_options
from schemabot.catalog.render.writer import NotExactError, Writer, foreign_options, options, parts


def table_name(table: Table | View) -> str:
    """Its qualified name."""
    return quote_qualified(table.schema, table.name)


def alter(table: Table) -> str:
    """The beginning of an ALTER TABLE that leaves children alone."""
    return (
        f"alter foreign table {table_name(table)}"
        if table.kind == "foreign"
        else f"alter table only {table_name(table)}"
    )


def write_table(w: Writer, table: Table, later: Container[tuple[int, int]] = ()) -> list[str]:
    """CREATE TABLE with columns, defaults and checks, and the ALTERs that PostgreSQL has no clause for.

    `later` are (oid of the table, number of the column) whose defaults, and (oid of the check, 0) of the checks, that
    come later. Partitions are made on their own and then attached.
    """
    if not table.columns_known:
        raise NotExactError("a part of its definition was not understood")
    parents = [p for oid in table.parents if (p := w.catalog.table_by_oid(oid)) is not None]
    problem = _order_problem(table, parents)
    is_own = all(column.local for column in table.columns) and all(c.local for c in table.constraints)
    is_alone = bool(problem) and is_own
    if problem and not is_alone:
        raise NotExactError(problem)
    inherits = [] if is_alone else parents  # else it became a child afterwards
    own = [column for column in table.columns if column.local or table.partition_of]
    items = [_column_item(w, table, column, later) for column in own]
    items = [item for item in items if item]
    items += [
        check_clause(w, c)
        for c in table.constraints
        if c.kind == "check" and _is_inline(c, table) and (c.oid, 0) not in later
    ]
    words = ["create"]
    if table.unlogged:
        words.append("unlogged")
    words.append("foreign table" if table.kind == "foreign" else "table")
    words.append(table_name(table))
    of = w.catalog.types.get(table.of_type) if table.of_type else None
    if of is not None:
        words.append(f"of {quote_qualified(of.schema, of.name)}")
    if items or of is None:
        words.append("(\n  " + ",\n  ".join(items) + "\n)" if items else "()")
    if inherits:
        words.append("inherits (" + ", ".join(map(table_name, inherits)) + ")")
    if table.kind == "partitioned":
        if not table.partition_elements:
            raise NotExactError("its partition key is not known")
        keys = ", ".join(_key(w, table, key) for key in table.partition_elements)
        words.append(f"partition by {table.partition_strategy} ({keys})")
    if table.access_method:
        words.append(f"using {quote_identifier(table.access_method)}")
    if table.server:
        words.append(f"server {quote_identifier(table.server)}")
        if table.foreign_options:
            words.append(f"options ({foreign_options(table.foreign_options)})")
    if table.options:
        words.append(f"with ({options(table.options)})")
    inherit = [f"{alter(table)} inherit {table_name(parent)}" for parent in parents] if is_alone else []
    return [" ".join(words), *_afterwards(w, table), *inherit]


def _order_problem(table: Table, parents: list[Table]) -> str:
    """Why INHERITS, which puts the parents' columns first, would not give the table; empty when it does."""
    above = list(dict.fromkeys(column.name for parent in parents for column in parent.columns))
    names = [column.name for column in table.columns]
    if names[: len(above)] != above:
        return "INHERITS would give its columns another order"
    if any(column.name in above and not column.inherited for column in table.columns):
        return "a column that its parents have too is its own alone"
    return ""


def _is_inline(constraint: Constraint, table: Table) -> bool:
    """Whether CREATE TABLE can say it; NOT VALID means nothing there."""
    return (constraint.local or bool(table.partition_of)) and (
        constraint.validated or not constraint.enforced
    )


def _column_item(w: Writer, table: Table, column: Column, later: Container[tuple[int, int]]) -> str:
    words = [quote_identifier(column.name)]
    if not table.of_type:
        words.append(w.type(column.type))
        if column.foreign_options:
            words.append(f"options ({foreign_options(column.foreign_options)})")
        if column.compression is not None:
            words.append(f"compression {column.compression}")
        if column.collation is not None:
            words.append(f"collate {parts(column.collation)}")
    said = len(words)
    if column.generated is not None:
        kind = "virtual" if column.generated_virtual else "stored"
        words.append(f"generated always as ({w.expression(column.generated)}) {kind}")
    elif column.default is not None and (table.oid, column.number) not in later:
        words.append(f"default {_default(w, column)}")
    elif column.identity and not table.partition_of:
        words.append(_identity(w, column))
    not_null = _not_null(table, column)
    if not_null is not None and _is_inline(not_null, table):
        words.append(not_null_clause(not_null))
    elif column.not_null and not_null is None:
        words.append("not null")
    if table.of_type:
        return " ".join((words[0], "with options", *words[1:])) if len(words) > said else ""
    return " ".join(words)


def _default(w: Writer, column: Column) -> str:
    assert column.default is not None
    return w.expression(column.default)


def _not_null(table: Table, column: Column) -> Constraint | None:
    return next(
        (c for c in table.constraints if c.kind == "not null" and c.columns == (column.number,)), None
    )


def not_null_clause(constraint: Constraint) -> str:
    """NOT NULL with its name, as a column has it."""
    tail = " no inherit" if constraint.no_inherit else ""
    return f"constraint {quote_identifier(constraint.name)} not null{tail}"


def _identity(w: Writer, column: Column) -> str:
    sequence = w.catalog.relations.get(column.sequence)
    inside = ""
    if isinstance(sequence, Sequence):
        name = quote_qualified(sequence.schema, sequence.name)
        inside = f" (sequence name {name} {sequence_options(sequence)})"
    return f"generated {column.identity} as identity{inside}"


def check_clause(w: Writer, constraint: Constraint) -> str:
    """`constraint name check (...)`."""
    if constraint.expression is None:
        raise NotExactError(f"the check {constraint.name} is not known")
    tail = " no inherit" if constraint.no_inherit else ""
    if not constraint.enforced:
        tail += " not enforced"
    return (
        f"constraint {quote_identifier(constraint.name)} check ({w.expression(constraint.expression)}){tail}"
    )


def _afterwards(w: Writer, table: Table) -> list[str]:
    """What CREATE TABLE has no clause for."""
    found: list[str] = []
    for column in table.columns:
        own = f"{alter(table)} alter column {quote_identifier(column.name)}"
        if column.storage is not None:
            found.append(f"{own} set storage {column.storage}")
        if column.statistics is not None:
            found.append(f"{own} set statistics {column.statistics}")
        if column.options:
            found.append(f"{own} set ({options(column.options)})")
        sequence = w.catalog.relations.get(column.sequence)
        if column.identity and isinstance(sequence, Sequence) and sequence.type != column.type:
            name, bounds = (
                quote_qualified(sequence.schema, sequence.name),
                (sequence.minimum, sequence.maximum),
            )
            words = (
                f"alter sequence {name} as {w.type(sequence.type)} minvalue {bounds[0]} maxvalue {bounds[1]}"
            )
            found.append(words)
        if not column.local and not table.partition_of:
            found += _overridden(w, table, column, own)
    for constraint in table.constraints:
        if constraint.kind == "check" and not _is_inline(constraint, table) and constraint.local:
            found.append(f"{alter(table)} add {check_clause(w, constraint)} not valid")
        if constraint.kind == "not null" and not constraint.validated and constraint.local:
            found += write_not_null(w, table, constraint)
    return found


def _overridden(w: Writer, table: Table, column: Column, own: str) -> list[str]:
    """What a child has otherwise than the parent that its column comes from."""
    found: list[str] = []
    above = next(
        (
            there
            for oid in table.parents
            if (parent := w.catalog.table_by_oid(oid)) is not None
            and (there := parent.column(column.name)) is not None
        ),
        None,
    )
    if above is None or column.generated is not None:
        return found
    if column.default is not None and (above.default is None or above.default.text != column.default.text):
        found.append(f"{own} set default {_default(w, column)}")
    elif column.default is None and above.default is not None:
        found.append(f"{own} drop default")
    not_null = _not_null(table, column)
    if not_null is not None and not_null.local:
        found.append(
            f"{alter(table)} add constraint {quote_identifier(not_null.name)} not null {quote_identifier(column.name)}"
        )
    return found


def write_added_column(w: Writer, table: Table, column: Column) -> list[str]:
    """A column that a table of the platform has besides."""
    return [f"{alter(table)} add column {_column_item(w, table, column, ())}"]


def write_default(w: Writer, table: Table, column: Column) -> list[str]:
    """A default that could not stand in CREATE TABLE."""
    return [f"{alter(table)} alter column {quote_identifier(column.name)} set default {_default(w, column)}"]


def write_check(w: Writer, table: Table, constraint: Constraint) -> list[str]:
    """A check that could not stand in CREATE TABLE."""
    tail = "" if constraint.validated or not constraint.enforced else " not valid"
    return [f"{alter(table)} add {check_clause(w, constraint)}{tail}"]


def write_not_null(w: Writer, table: Table, constraint: Constraint) -> list[str]:
    """A NOT NULL under its name."""
    tail = (" no inherit" if constraint.no_inherit else "") + ("" if constraint.validated else " not valid")
    name, column = quote_identifier(constraint.name), w.columns(table, constraint.columns)
    return [f"{alter(table)} add constraint {name} not null {column}{tail}"]


def write_attach(w: Writer, table: Table) -> list[str]:
    """ATTACH PARTITION, for one that was made on its own."""
    parent = w.catalog.table_by_oid(table.partition_of)
    if parent is None:
        return []
    if not table.bound_text:
        raise NotExactError("what it takes as a partition is not known")
    bound = "default" if table.bound_text == "default" else f"for values {table.bound_text}"
    return [f"alter table only {table_name(parent)} attach partition {table_name(table)} {bound}"]


# -- keys and indexes -----------------------------------------------------------------------------------------


def write_key(w: Writer, table: Table, constraint: Constraint) -> list[str]:
    """PRIMARY KEY, UNIQUE or EXCLUDE."""
    index = next((i for i in table.indexes if i.oid == constraint.index), None)
    if index is None:
        raise NotExactError(f"the index of {constraint.name} is not known")
    only = "only " if _is_only(w, table, index) else ""
    words = [f"alter table {only}{table_name(table)} add constraint {quote_identifier(constraint.name)}"]
    if constraint.kind == "exclude":
        pairs = zip(index.keys, constraint.operators, strict=True)
        keys = ", ".join(f"{_key(w, table, key)} with {_operator(name)}" for key, name in pairs)
        words.append(f"exclude using {index.method} ({keys})")
    else:
        columns = w.columns(table, (key.column for key in index.keys))
        period = " without overlaps" if constraint.period else ""
        nulls = " nulls not distinct" if index.nulls_not_distinct else ""
        if _needs_index(index):
            return _key_of_index(w, table, constraint, index)
        words.append(f"{constraint.kind}{nulls} ({columns}{period})")
    words += _tail(w, table, index)
    return [" ".join((*words, *_deferral(constraint)))]


def _needs_index(index: Index) -> bool:
    """Whether the key was made of an index that no constraint clause can describe."""
    return any(key.operator_class or key.collation for key in index.keys)


def _key_of_index(w: Writer, table: Table, constraint: Constraint, index: Index) -> list[str]:
    name = quote_identifier(constraint.name)
    words = [f"alter table {table_name(table)} add constraint {name} {constraint.kind} using index {name}"]
    return [*write_index(w, table, index), " ".join((*words, *_deferral(constraint)))]


def _operator(name: str) -> str:
    schema, _, own = name.rpartition(".")
    return f"operator({quote_identifier(schema)}.{own})" if schema else own


def write_foreign_key(w: Writer, table: Table, constraint: Constraint) -> list[str]:
    """FOREIGN KEY."""
    target = w.catalog.table_by_oid(constraint.references)
    if target is None:
        raise NotExactError(f"the table that {constraint.name} refers to is not known")
    name = quote_identifier(constraint.name)
    own = _with_period(w.columns(table, constraint.columns), constraint)
    there = _with_period(w.columns(target, constraint.references_columns), constraint)
    words = [f"alter table {table_name(table)} add constraint {name} foreign key ({own})"]
    words.append(f"references {table_name(target)} ({there})")
    if constraint.match != "simple":
        words.append(f"match {constraint.match}")
    if constraint.on_update != "no action":
        words.append(f"on update {constraint.on_update}")
    if constraint.on_delete != "no action":
        words.append(f"on delete {constraint.on_delete}")
        if constraint.on_delete_columns:
            words.append(f"({w.columns(table, constraint.on_delete_columns)})")
    words += _deferral(constraint)
    if not constraint.enforced:
        words.append("not enforced")
    elif not constraint.validated:
        words.append("not valid")
    return [" ".join(words)]


def _with_period(columns: str, constraint: Constraint) -> str:
    if not constraint.period:
        return columns
    before, _, last = columns.rpartition(", ")
    return f"{before}, period {last}"


def _deferral(constraint: Constraint) -> list[str]:
    words = ["deferrable"] if constraint.deferrable else []
    return [*words, "initially deferred"] if constraint.initially_deferred else words


def write_index(w: Writer, owner: Table | View, index: Index) -> list[str]:
    """CREATE INDEX."""
    if index.path:
        w.searched(index.path)
    words = ["create", *(["unique"] if index.unique else []), "index", quote_identifier(index.name), "on"]
    if _is_only(w, owner, index):
        words.append("only")
    words += [table_name(owner), f"using {quote_identifier(index.method)}"]
    words.append("(" + ", ".join(_key(w, owner, key) for key in index.keys) + ")")
    if index.include:
        words.append(f"include ({_include(w, owner, index)})")
    if index.nulls_not_distinct:
        words.append("nulls not distinct")
    if index.options:
        words.append(f"with ({options(index.options)})")
    if index.where is not None:
        words.append(f"where {w.expression(index.where)}")
    return [" ".join(words)]


def _is_only(w: Writer, owner: Table | View, index: Index) -> bool:
    """Whether a partition has no copy of the index: it was made ON ONLY the table."""
    if not isinstance(owner, Table) or owner.kind != "partitioned":
        return False
    below = map(w.catalog.table_by_oid, w.catalog.dependents.get(owner.oid) or ())
    return any(
        t is not None and t.partition_of == owner.oid and not any(i.parent == index.oid for i in t.indexes)
        for t in below
    )


def _include(w: Writer, owner: Table | View, index: Index) -> str:
    return ", ".join(quote_identifier(_column_name(owner, number)) for number in index.include)


def _tail(w: Writer, table: Table, index: Index) -> list[str]:
    """INCLUDE, WITH and WHERE of a key."""
    words: list[str] = []
    if index.include:
        words.append(f"include ({_include(w, table, index)})")
    if index.options:
        words.append(f"with ({options(index.options)})")
    if index.where is not None:
        words.append(f"where ({w.expression(index.where)})")
    return words


def _column_name(owner: Table | View, number: int) -> str:
    if isinstance(owner, View):
        return owner.columns[number - 1].name
    column = owner.column_by_number(number)
    if column is None:
        raise NotExactError("a column of an index is not known")
    return column.name


def _key(w: Writer, owner: Table | View, key: IndexKey) -> str:
    words = [
        f"({w.expression(key.expression)})"
        if key.expression
        else quote_identifier(_column_name(owner, key.column))
    ]
    if key.collation is not None:
        words.append(f"collate {parts(key.collation)}")
    if key.operator_class is not None:
        given = f"({options(key.operator_class_options)})" if key.operator_class_options else ""
        words.append(parts(key.operator_class) + given)
    if key.descending:
        words.append("desc")
    if key.nulls:
        words.append(f"nulls {key.nulls}")
    return " ".join(words)
