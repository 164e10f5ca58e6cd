"""What policies and functions compare columns with: the values that decide, and so have to be tried."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import attrs

from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import Bound, Table
from schemabot.facts import expression as ex

_IN_BODY = re.compile(
    r"\b(?P<column>[a-z_]\w*)(?:::\w+)?\s*(?:=|<>|!=|in\s*\(|=\s*any\s*\(\s*array\s*\[)\s*(?P<values>'[^']*'(?:\s*,\s*'[^']*')*)",
    re.I,
)
_VALUE = re.compile(r"'([^']*)'")
_KEY = re.compile(r"->>?\s*'(\w+)'|'\{\w+,(\w+)\}'")
_SETTING = re.compile(r"current_setting\s*\(\s*'([A-Za-z_]\w*\.[\w.]+)'", re.I)
_SERVERS_OWN = ("request.", "pg_", "plpgsql.")


@attrs.frozen
class Compared:
    """`constants` by column name; `columns` are those that a table's own policies look at, by the table's oid;
    `claims` are the keys that are read from JSON, `settings` the custom settings that are read."""

    constants: dict[str, tuple[str, ...]]
    columns: dict[int, tuple[int, ...]]
    claims: frozenset[str]
    settings: frozenset[str]


def compared(catalog: Catalog) -> Compared:
    """Read all policies and the bodies of the project's functions."""
    constants: defaultdict[str, dict[str, None]] = defaultdict(dict)
    columns: dict[int, tuple[int, ...]] = {}
    texts: list[str] = []
    for table in catalog.tables():
        own: dict[int, None] = {}
        for bound in _expressions(table):
            texts.append(bound.text)
            own |= {use.number: None for use in bound.uses if use.oid == table.oid and use.number}
            for name, value in _comparisons(bound.expression.root):
                constants[name][value] = None
        columns[table.oid] = tuple(own)
    texts += [f.body for f in catalog.functions.values() if f.body and not f.origin.platform]
    for text in texts:
        for found in _IN_BODY.finditer(text):
            constants[found["column"].lower()] |= dict.fromkeys(_VALUE.findall(found["values"]))
    return Compared(
        {name: tuple(values) for name, values in constants.items()},
        columns,
        frozenset(key for text in texts for pair in _KEY.findall(text) for key in pair if key),
        frozenset(
            name for text in texts for name in _SETTING.findall(text) if not name.startswith(_SERVERS_OWN)
        ),
    )


def constants_of(expression: ex.Node) -> list[str]:
    """Every constant in an expression, as text."""
    return [
        node.value for node in ex.walk(expression) if isinstance(node, ex.Constant) and node.kind != "null"
    ]


def _expressions(table: Table) -> Iterator[Bound]:
    for policy in table.policies:
        yield from (bound for bound in (policy.using, policy.check) if bound is not None)


def _comparisons(root: ex.Node) -> Iterator[tuple[str, str]]:
    """A column's name with each constant that it is compared with."""
    for node in ex.walk(root):
        sides: Iterable[ex.Node]
        if isinstance(node, ex.Operator) and node.left is not None:
            sides = (node.left, node.right)
        elif isinstance(node, ex.InList):
            sides = (node.arg, *node.items)
        else:
            continue
        names = [
            part.parts[-1] for side in sides if isinstance(part := _bare(side), ex.Column) and part.parts
        ]
        for name in names:
            for side in sides:
                if not isinstance(_bare(side), ex.Column):
                    yield from ((name, value) for value in constants_of(side))


def _bare(node: ex.Node) -> ex.Node:
    while isinstance(node, ex.Cast):
        node = node.arg
    return node
