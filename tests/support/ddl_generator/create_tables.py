"""CREATE TABLE in its forms, with constraints inline and as elements."""

from __future__ import annotations

from schemabot.catalog.objects import Column, Origin, OtherType, Table, TypeRef
from schemabot.catalog.quoting import quote_identifier
from schemabot.text import Span
from support.ddl_generator.vocabulary import Vocabulary

_INTERNAL = {
    "integer": "int4", "bigint": "int8", "text": "text", "varchar(20)": "varchar", "numeric(10,2)": "numeric",
    "boolean": "bool", "smallint": "int2", "serial": "int4", "bigserial": "int8",
}  # fmt: skip
_NOWHERE = Origin("", 0, Span(0, 0))
_INCLUDING = (
    "including all", "including defaults", "including constraints", "including indexes", "including generated",
    "including identity", "including comments", "including all excluding indexes",
)  # fmt: skip


class CreateTables(Vocabulary):
    """Statements that make tables."""

    def create_table(self) -> str:
        """A plain table, possibly with LIKE clauses and parents, possibly partitioned."""
        if self.chance(5):
            return self._foreign()
        words = (
            f"create {self.maybe(8, 'unlogged ')}table {self.maybe(10, 'if not exists ')}{self.new_table()}"
        )
        if self.chance(5):
            kept = self.pick(("", "", " on commit delete rows"))
            return f"create temp table {self.table_name()} ({self.column_definition([])[0]}){kept}"
        columns: list[Column] = []
        elements: list[str] = []
        for _ in range(1 + self.random.randrange(4)):
            text, column = self.column_definition(columns)
            columns.append(column)
            elements.append(text)
        table = _sketch(columns)
        source = self.table()
        if source is not None and self.chance(15):
            including = " ".join(self.some(_INCLUDING, 2)) if self.chance(70) else ""
            elements.insert(self.random.randrange(len(elements) + 1), f"like {self.ref(source)} {including}")
        elements += [self.table_constraint(table) for _ in range(self.random.randrange(3))]
        tail = ""
        parent = self.table(lambda t: t.kind == "table" and not t.partition_of)
        if parent is not None and self.chance(15):
            parents = [self.ref(parent)]
            second = self.table(lambda t: t.kind == "table" and not t.partition_of)
            if second is not None and second.oid != parent.oid and self.chance(25):
                parents.append(self.ref(second))
            tail = f" inherits ({', '.join(parents)})"
        elif self.chance(15):
            tail = self._partition_by(table)
        return f"{words} ({', '.join(elements)}){tail}"

    def _foreign(self) -> str:
        """A foreign table: its columns and checks."""
        columns: list[Column] = []
        elements: list[str] = []
        for _ in range(1 + self.random.randrange(3)):
            text, column = self.column_definition(columns)
            columns.append(column)
            elements.append(text)
        return f"create foreign table {self.new_table()} ({', '.join(elements)}) server elsewhere"

    def create_partitioned(self) -> str:
        """A partitioned table."""
        columns: list[Column] = []
        elements: list[str] = []
        for _ in range(1 + self.random.randrange(3)):
            text, column = self.column_definition(columns)
            columns.append(column)
            elements.append(text)
        if self.chance(40):
            elements.append(self.table_constraint(_sketch(columns)))
        return (
            f"create table {self.new_table()} ({', '.join(elements)}){self._partition_by(_sketch(columns))}"
        )

    def _partition_by(self, table: Table) -> str:
        kinds = ("int4", "int8", "int2", "text")
        keys = [c for c in table.columns if c.type.name in kinds and not c.type.array]
        if not keys:
            return ""
        name = quote_identifier(keys[0].name)
        return f" partition by {self.pick(('list', 'list', 'range', 'hash'))} ({name})"

    def partition_of(self) -> str:
        """A partition of a partitioned table."""
        parent = self.table(lambda t: t.kind == "partitioned")
        if parent is None:
            return self.create_partitioned()
        elements: list[str] = []
        if self.chance(20):
            column = self.pick(parent.columns)
            option = self.pick(("not null", f"default {self.value(column)}", "unique"))
            elements.append(f"{quote_identifier(column.name)} {option}")
        if self.chance(20):
            elements.append(self.table_constraint(parent))
        listed = f" ({', '.join(elements)})" if elements else ""
        tail = self._partition_by(parent) if self.chance(15) else ""
        return f"create table {self.new_partition()} partition of {self.ref(parent)}{listed} {self.bounds(parent)}{tail}"

    def bounds(self, parent: Table) -> str:
        """FOR VALUES of a partition."""
        if self.chance(25) and parent.partition_strategy != "hash":
            return "default"
        at = self.random.randrange(200)
        if parent.partition_strategy == "hash":
            return f"for values with (modulus 7, remainder {at % 7})"
        if parent.partition_strategy == "range":
            return f"for values from ('{at * 10 + 10000}') to ('{at * 10 + 10005}')"
        return f"for values in ('{at}')"

    def create_of_type(self) -> str:
        """A typed table."""
        types = [t for t in self.user_types() if isinstance(t, OtherType)]
        if not types:
            return f"create type {quote_identifier('pair')} as (a integer, b text)"
        made = self.pick(types)
        options = ""
        if made.columns and self.chance(50):
            column = self.pick(made.columns)
            name = quote_identifier(column.name)
            options = self.pick((
                f" ({name} not null)", f" ({name} with options default {self.value(column)})",
                f" (primary key ({name}))", f" ({name} unique)",
            ))  # fmt: skip
        return f"create table {self.new_table()} of {self.ref(made)}{options}"

    def create_table_as(self) -> str:
        """CREATE TABLE AS, sometimes with its columns named."""
        source = self.table(lambda t: bool(t.columns))
        if source is None:
            return f"create table {self.new_table()} as select 1 as a, 'x'::text as b"
        columns = self.some(source.columns, 3)
        listed = ", ".join(quote_identifier(c.name) for c in columns)
        named = " (x)" if self.chance(15) else ""
        query = f"select {self.pick((listed, '*'))} from {self.ref(source)}"
        if self.chance(20):
            return f"select {listed} into {self.new_table()} from {self.ref(source)}"
        if_not_exists = self.maybe(10, "if not exists ")
        return f"create table {if_not_exists}{self.new_table()}{named} as {query}{self.maybe(30, ' with no data')}"

    # -- columns --

    def column_definition(self, before: list[Column]) -> tuple[str, Column]:
        """A column definition, and the column as far as expressions on it need to know it."""
        name = self.new_column([column.name for column in before])
        quoted = quote_identifier(name)
        kind = self.random.randrange(100)
        if kind < 10:
            type_ = self.pick(("serial", "bigserial"))
            return f"{quoted} {type_}{self._options(name, type_, default=False)}", _column(name, type_)
        if kind < 18:
            type_ = self.pick(("integer", "bigint"))
            when = self.pick(("always", "by default"))
            text = f"{quoted} {type_} generated {when} as identity{self._options(name, type_, default=False)}"
            return text, _column(name, type_)
        made = self.scalar(before) if kind < 24 else None
        if made is not None:
            expression, type_ = made
            storage = self.pick((" stored", " virtual", ""))
            text = f"{quoted} {type_} generated always as ({expression}){storage}"
            return text, _column(name, "virtual")
        type_ = self.type()
        return f"{quoted} {type_}{self._options(name, type_)}", _column(name, type_)

    def _options(self, name: str, type_: str, *, default: bool = True) -> str:
        column = _column(name, type_)
        quoted = quote_identifier(name)
        options: list[str] = []
        if self.chance(25):
            named = self.maybe(20, f"constraint {self.part()} ")
            options.append(f"{named}not null{self.maybe(8, ' no inherit')}")
        if default and self.chance(20):
            options.append(f"default {self.value(column)}")
        if self.chance(10):
            options.append("primary key")
        if self.chance(10) and type_ not in ("jsonb", "int4range"):
            options.append(f"{self.maybe(20, f'constraint {self.part()} ')}unique")
        if self.chance(12):
            named = self.maybe(25, f"constraint {self.part()} ")
            options.append(f"{named}check ({self._test(column)}){self.maybe(10, ' no inherit')}")
        if self.chance(10):
            options.append(self._references(type_))
        _ = quoted
        self.random.shuffle(options)
        return "".join(f" {option}" for option in options if option)

    def _references(self, type_: str) -> str:
        internal = _INTERNAL.get(type_)
        found = [
            (table, column)
            for table in self.tables()
            for column in table.columns
            if column.type.name == internal and _is_key(table, column.number)
        ]
        if not found:
            return ""
        table, column = self.pick(found)
        key = f" ({quote_identifier(column.name)})"
        if (
            table.primary_key is not None
            and table.primary_key.columns == (column.number,)
            and self.chance(50)
        ):
            key = ""
        action = self.maybe(
            40, self.pick((" on delete cascade", " on update set null", " on delete restrict"))
        )
        return f"references {self.ref(table)}{key}{action}"

    # -- constraints --

    def table_constraint(self, table: Table) -> str:
        """A constraint as an element of a table, or behind ADD."""
        named = self.maybe(35, f"constraint {self.part()} ")
        kind = self.random.randrange(100)
        if kind < 30:
            tail = self.maybe(10, " no inherit") + self.maybe(6, " not enforced")
            return f"{named}check ({self.condition(table)}){tail}"
        if kind < 55:
            distinct = self.maybe(10, " nulls not distinct")
            include = self.maybe(10, f" include ({self.column_list(table, 1)})")
            later = self.maybe(10, " deferrable initially deferred")
            return f"{named}unique{distinct} ({self.column_list(table)}){include}{later}"
        if kind < 70:
            return f"{named}primary key ({self.column_list(table)})"
        if kind < 78:
            return f"{named}not null {self.column(table)}{self.maybe(8, ' no inherit')}"
        if kind < 84:
            ranges = [c for c in table.columns if c.type.name == "int4range"]
            if ranges:
                return f"{named}exclude using gist ({quote_identifier(ranges[0].name)} with &&)"
            return (
                f"{named}exclude ({self.column(table, _sortable)} with =){self.maybe(20, ' where (1 > 0)')}"
            )
        return self.foreign_key(table, named) or f"{named}check ({self.condition(table)})"

    def foreign_key(self, table: Table, named: str) -> str | None:
        """FOREIGN KEY to a key of another or the same table."""
        pairs = [
            (own, other, column)
            for other in self.tables()
            for column in other.columns
            if _is_key(other, column.number)
            for own in table.columns
            if own.type.name == column.type.name and not own.type.array and not column.type.array
        ]
        if not pairs:
            return None
        own, other, column = self.pick(pairs)
        action = self.maybe(
            40, self.pick((" on delete cascade", " on update cascade", " on delete set default"))
        )
        tail = self.maybe(10, " deferrable") + self.maybe(5, " not enforced")
        own_name, name = quote_identifier(own.name), quote_identifier(column.name)
        return f"{named}foreign key ({own_name}) references {self.ref(other)} ({name}){action}{tail}"


def _sketch(columns: list[Column]) -> Table:
    """A table that is about to be created, as far as its constraints need to know it."""
    return Table(oid=0, schema="", name="", origin=_NOWHERE, columns=tuple(columns))


def _column(name: str, type_: str) -> Column:
    internal = _INTERNAL.get(type_, type_.removesuffix("[]"))
    return Column(number=0, name=name, type=TypeRef(internal, array=type_.endswith("[]")), origin=_NOWHERE)


def _sortable(column: Column) -> bool:
    return column.type.name != "jsonb"


def _is_key(table: Table, number: int) -> bool:
    return any(
        c.kind in ("primary key", "unique") and c.columns == (number,) and not c.deferrable
        for c in table.constraints
    )
