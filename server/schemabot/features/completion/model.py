"""What completion answers."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from schemabot.features.names.target import Target
from schemabot.text import Span

ItemKind: TypeAlias = Literal[
    "table", "view", "column", "variable", "alias", "function", "procedure", "type", "enum", "label", "schema", "role",
    "policy", "constraint", "trigger", "index", "sequence", "extension", "publication", "setting", "language", "name",
    "keyword", "condition", "snippet",
]  # fmt: skip


class Item(msgspec.Struct, frozen=True):
    """One proposal. `insert` is put in place of what is typed; `snippet` is the same with tab stops in LSP's syntax.

    `matched` is the text that an editor compares with what is typed; `target` leads to the object for its documentation.
    """

    label: str
    kind: ItemKind
    insert: str
    detail: str = ""
    snippet: str = ""
    matched: str = ""
    target: Target | None = None
    documentation: str = ""


class Completions(msgspec.Struct, frozen=True):
    """Proposals for an absolute span, best first. `incomplete` when more letters may bring others; `quoted` inside of a
    string or a quoted name."""

    span: Span
    items: tuple[Item, ...] = ()
    incomplete: bool = True
    quoted: bool = False
