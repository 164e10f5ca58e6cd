"""What random statements are made of: names, types and expressions, taken at random or from a catalog.

The model of what exists is the replayed catalog itself; whether it is right is for PostgreSQL to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Final, TypeVar

from schemabot.catalog.objects import Column, Domain, EnumType, OtherType, Table, View
from schemabot.catalog.objects import Sequence as SequenceObject
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from schemabot.catalog.state import State

T = TypeVar("T")

SCHEMAS: Final = ("public", "s1", "Other")
_LONG: Final = "a_table_with_a_name_that_is_as_long_as_postgresql_lets_it_be_xx"
_TABLES: Final = ("t", "u", "v", "w", "accounts", "Weird Name", "größe_" + "ü" * 20, _LONG, _LONG[:58])
_PARTITIONS: Final = ("p1", "p2", "p3", "t", "Weird Name", "teil_ü")
_COLUMNS: Final = (
    "a", "b", "c", "d", "id", "t_id", "Mixed Case", "spalte_" + "ß" * 24, "a_column_with_a_rather_long_name_too",
)  # fmt: skip
_PARTS: Final = (
    "t_a_key", "t_a_check", "t_pkey", "t_a_fkey", "t_check", "t_a_idx", "t_a_not_null", "u_b_key", "named",
    "other", "t_a_idx1", "u_a_not_null", "t_id_seq", "x_" + "é" * 30,
)  # fmt: skip
TYPES: Final = (
    "integer", "bigint", "text", "varchar(20)", "numeric(10,2)", "boolean", "date", "timestamptz", "uuid",
    "jsonb", "int4range", "integer[]", "smallint",
)  # fmt: skip
NUMBERS: Final = ("int2", "int4", "int8", "numeric")
_VALUES: Final = {
    "int2": ("1", "2"), "int4": ("0", "42"), "int8": ("7", "8"), "text": ("'x'", "'y'::text"),
    "varchar": ("'v'", "'w'"), "numeric": ("1.5", "0"), "bool": ("true", "false"),
    "date": ("current_date", "'2020-01-01'"), "timestamptz": ("now()", "current_timestamp"),
    "uuid": ("gen_random_uuid()",), "jsonb": ("'{}'", "'[]'::jsonb"), "int4range": ("'empty'",),
}  # fmt: skip


class Vocabulary:
    """Random choices in a state of the catalog."""

    def __init__(self, random: Random, state: State) -> None:
        self.random = random
        self.state = state

    # -- choices --

    def chance(self, percent: int) -> bool:
        """True in so many cases of a hundred."""
        return self.random.randrange(100) < percent

    def pick(self, items: Sequence[T]) -> T:
        """One of `items`."""
        return items[self.random.randrange(len(items))]

    def some(self, items: Sequence[T], most: int) -> list[T]:
        """One to `most` different ones of `items`."""
        count = min(len(items), 1 + self.random.randrange(most))
        return self.random.sample(list(items), count)

    def maybe(self, percent: int, text: str) -> str:
        """`text` in so many cases of a hundred, else nothing."""
        return text if self.chance(percent) else ""

    # -- names --

    def new_table(self) -> str:
        """A table name, mostly one that is free, with or without a schema."""
        schema, name = self.schema(), self.pick(_TABLES)
        for _ in range(3):
            if (schema, name) not in self.state.catalog.relation_names:
                break
            schema, name = self.schema(), self.pick(_TABLES)
        return self.qualified(schema, name)

    def new_partition(self) -> str:
        """A table name for a partition. None is long: partitions get names in the order of their bounds."""
        return self.qualified(self.schema(), self.pick(_PARTITIONS))

    def table_name(self) -> str:
        """A bare table name."""
        return quote_identifier(self.pick(_TABLES))

    def schema(self) -> str:
        """A schema, mostly public."""
        return "public" if self.chance(70) else self.pick(SCHEMAS)

    def part(self) -> str:
        """A name for a constraint, an index or another part."""
        return quote_identifier(self.pick(_PARTS))

    def new_column(self, taken: Sequence[str] = ()) -> str:
        """A column name, mostly none of `taken`."""
        free = [name for name in _COLUMNS if name not in taken]
        return self.pick(free if free and not self.chance(4) else _COLUMNS)

    def qualified(self, schema: str, name: str) -> str:
        """A name with its schema; sometimes without where that means the same."""
        if schema == "pg_temp" or (schema == "public" and self.chance(60)):
            return quote_identifier(name)
        return quote_qualified(schema, name)

    def ref(self, item: Table | View | SequenceObject | EnumType | Domain | OtherType) -> str:
        """How a statement names an object."""
        return self.qualified(item.schema, item.name)

    # -- what is there --

    def tables(self, fits: Callable[[Table], bool] = lambda _: True) -> list[Table]:
        """The tables that the sequence made and that fit."""
        found = [t for t in self.state.catalog.tables() if not t.origin.platform and not t.temporary]
        return [t for t in found if fits(t)]

    def table(self, fits: Callable[[Table], bool] = lambda _: True) -> Table | None:
        """A table with columns that fits, if there is one."""
        found = self.tables(lambda t: bool(t.columns) and fits(t))
        return self.pick(found) if found else None

    def views(self) -> list[View]:
        """The views."""
        return [v for v in self.state.catalog.views() if not v.origin.platform]

    def sequences(self) -> list[SequenceObject]:
        """The sequences."""
        found = self.state.catalog.relations.values()
        return [s for s in found if isinstance(s, SequenceObject) and not s.origin.platform]

    def user_types(self) -> list[EnumType | Domain | OtherType]:
        """Enums, domains and composite types."""
        return [
            t
            for t in self.state.catalog.types.values()
            if not t.origin.platform and (not isinstance(t, OtherType) or t.kind == "composite")
        ]

    def functions(self) -> list[str]:
        """The names of trigger functions, in public."""
        found = self.state.catalog.functions.values()
        return [f.name for f in found if not f.origin.platform and f.returns and f.returns.name == "trigger"]

    def column(self, table: Table, fits: Callable[[Column], bool] = lambda _: True) -> str:
        """The quoted name of a column of the table that fits; now and then of one that is not there."""
        found = [c for c in table.columns if fits(c)]
        if not found or self.chance(2):
            found = list(table.columns)
        return quote_identifier(self.pick(found).name) if found and not self.chance(2) else "missing"

    def column_list(self, table: Table, most: int = 2) -> str:
        """Some columns with commas between."""
        usable = [c for c in table.columns if c.type.name not in ("jsonb", "int4range") and not _virtual(c)]
        if not usable:
            return "missing"
        return ", ".join(quote_identifier(c.name) for c in self.some(usable, most))

    # -- types and expressions --

    def type(self) -> str:
        """A type, now and then one of the project's own."""
        own = self.user_types()
        if own and self.chance(15):
            return self.ref(self.pick(own)) + self.maybe(10, "[]")
        return self.pick(TYPES) if not self.chance(1) else "missing_type"

    def value(self, column: Column) -> str:
        """A constant or call for a default of the column."""
        kind = self.state.catalog.types.get(column.type.oid)
        if column.type.array:
            return "'{}'"
        if isinstance(kind, EnumType) and kind.labels:
            return f"'{kind.labels[0]}'"
        return self.pick(_VALUES.get(column.type.name, ("null",)))

    def condition(self, table: Table, *, immutable: bool = True) -> str:
        """A boolean expression on one or two columns of the table."""
        columns = [c for c in table.columns if not (immutable and _virtual(c))]
        if not columns:
            return "1 > 0"
        parts = [self._test(column) for column in self.some(columns, 2)]
        return self.pick((" and ", " or ")).join(parts)

    def _test(self, column: Column) -> str:
        name = quote_identifier(column.name)
        if column.type.name in NUMBERS and not column.type.array:
            return self.pick((f"{name} > 0", f"{name} <> 3", f"{name} is not null"))
        if column.type.name in ("text", "varchar") and not column.type.array:
            return self.pick((f"{name} <> ''", f"length({name}) > 2", f"{name} is not null"))
        return f"{name} is not null"

    def scalar(self, columns: Sequence[Column]) -> tuple[str, str] | None:
        """An immutable expression on one column with its type: for generated columns and index keys."""
        fit = [c for c in columns if c.type.name in (*NUMBERS[:3], "text") and not c.type.array]
        fit = [c for c in fit if c.generated is None]
        if not fit:
            return None
        column = self.pick(fit)
        name = quote_identifier(column.name)
        if column.type.name == "text":
            return self.pick(((f"upper({name})", "text"), (f"({name} || 'x')", "text")))
        return f"({name} + 1)", {"int2": "integer", "int4": "integer", "int8": "bigint"}[column.type.name]


def _virtual(column: Column) -> bool:
    return column.generated is not None and column.generated_virtual
