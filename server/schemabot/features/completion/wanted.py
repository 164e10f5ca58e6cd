"""What may stand at a place, before it is looked up in the catalog."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from schemabot.catalog.objects import OtherType, Table, View

Kind: TypeAlias = Literal[
    "table", "view", "materialized view", "sequence", "index", "type", "function", "procedure", "trigger function",
    "schema", "role", "extension", "publication", "language", "policy", "constraint", "trigger", "setting", "column name",
]  # fmt: skip

ROWS: frozenset[Kind] = frozenset(("table", "view", "materialized view"))
"""What a query reads from."""
TABLES: frozenset[Kind] = frozenset(("table",))
TYPES: frozenset[Kind] = frozenset(("type",))


@attrs.frozen
class Rows:
    """Rows under a name: those of a relation, or of a sub-select or CTE with these column names."""

    name: str
    relation: Table | View | OtherType | None = None
    columns: tuple[str, ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        if self.relation is None:
            return self.columns
        return tuple(column.name for column in self.relation.columns)


@attrs.frozen
class Scope:
    """What names in an expression can mean: rows (the innermost query's first), variables, and queries by name."""

    rows: tuple[Rows, ...] = ()
    outer: tuple[Rows, ...] = ()
    variables: tuple[str, ...] = ()
    ctes: tuple[Rows, ...] = ()

    def named(self, name: str) -> Rows | None:
        """The rows under that name."""
        return next((rows for rows in (*self.rows, *self.outer) if rows.name == name), None)


@attrs.frozen
class Wanted:
    """What may stand here; keywords are always asked of the grammar.

    `kinds` are kinds of objects. `expression` tells that a value may stand here: columns of `scope`, functions. `columns`
    are rows whose columns are wanted without more. `parts_of` is the table whose policies, constraints or triggers are
    meant (None: any table's). `named` was written before in the same list. `texts` are whole proposals with a detail;
    `labels` the values of a string. With `naming` a new name may stand here.
    """

    kinds: frozenset[Kind] = frozenset()
    expression: bool = False
    scope: Scope = Scope()
    columns: tuple[Rows, ...] = ()
    parts_of: Table | View | None = None
    named: frozenset[str] = frozenset()
    texts: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = ()
    keywords: bool = True
    head: str = ""
    beginning: bool = False
    naming: bool = False


NOTHING = Wanted(keywords=False)
"""A new name is written here: nobody can know it."""
ANY = Wanted()
"""Only what the grammar says."""


NAME = Wanted(naming=True)
"""A new name, or a keyword before it."""
NEW = Wanted(kinds=frozenset(("schema",)))
"""A new name, in some schema."""


def of(*kinds: Kind) -> Wanted:
    """Objects of these kinds."""
    return Wanted(kinds=frozenset(kinds))
