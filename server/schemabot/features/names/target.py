"""What a name can mean, and one place where it does."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from schemabot.text import Span

TargetKind: TypeAlias = Literal[
    "relation", "column", "type", "function", "index", "constraint", "policy", "trigger", "rule", "schema",
    "role", "extension", "publication", "event trigger", "variable", "row",
]  # fmt: skip


class Target(msgspec.Struct, frozen=True, array_like=True, gc=False, order=True):
    """An object of the catalog, or a part of one.

    `oid` stays through renames. A column has its table's oid and its own `number`; the `number` of a constraint,
    policy, trigger or rule is the oid of the relation it belongs to. A parameter or variable has its function's oid
    and its `name`; what has no oid (schemas, roles, extensions ...) has its name. A `row` is a column of NEW or OLD in
    the trigger function with that oid: which table it belongs to, the triggers say that are made later.
    """

    kind: TargetKind
    oid: int = 0
    number: int = 0
    name: str = ""


class Mention(msgspec.Struct, frozen=True, array_like=True, gc=False, order=True):
    """One name in a statement. `span` is relative to the statement; of a qualified name it is the object's own part.

    `declares` tells that the object comes into being here, `alias` that what is written is another name for it
    (`n` in `from notes n where n.id`), which is no reference to its name.
    """

    span: Span
    target: Target
    declares: bool = False
    alias: bool = False
