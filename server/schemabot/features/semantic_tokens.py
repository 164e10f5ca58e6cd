"""Semantic tokens: what the names in a file mean, where that is sure."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from schemabot.analysis import Analysis
from schemabot.catalog.catalog import Catalog
from schemabot.catalog.objects import EnumType, FunctionParameter, View
from schemabot.features.names.names_at import replay_of
from schemabot.features.names.places import steps_of
from schemabot.features.names.statements import statement_mentions
from schemabot.features.names.target import Mention, Target
from schemabot.text import Span

TokenType: TypeAlias = Literal[
    "namespace", "class", "interface", "property", "function", "type", "enum", "parameter", "variable", "event",
    "decorator", "label", "role",
]  # fmt: skip
TOKEN_TYPES: tuple[TokenType, ...] = (
    "namespace", "class", "interface", "property", "function", "type", "enum", "parameter", "variable", "event",
    "decorator", "label", "role",
)  # fmt: skip
"""Tables are classes, views interfaces, columns properties, triggers events, policies and rules decorators, indexes
and constraints labels; `role` is not of the protocol and has to be styled by whoever wants it."""

_BY_KIND: dict[str, TokenType] = {
    "schema": "namespace", "column": "property", "function": "function", "type": "type", "trigger": "event",
    "event trigger": "event", "policy": "decorator", "rule": "decorator", "index": "label",
    "constraint": "label", "role": "role", "extension": "namespace", "publication": "namespace",
    "variable": "variable", "row": "property",
}  # fmt: skip


class SemanticToken(msgspec.Struct, frozen=True, order=True):
    """One token; `span` is absolute and lies on one line."""

    span: Span
    type: TokenType
    declaration: bool = False
    platform: bool = False


def semantic_tokens(analysis: Analysis, path: str, within: Span | None = None) -> tuple[SemanticToken, ...]:
    """The tokens of a file, or of the statements that a span touches, in order and without overlaps."""
    replay = replay_of(analysis, path)
    if replay is None:
        return ()
    found: list[SemanticToken] = []
    for step in steps_of(replay):
        statement = step.statement
        if within is not None and not statement.span.touches(within):
            continue
        end = 0
        catalog = step.outcome.state.catalog
        for mention in statement_mentions(step):
            span = mention.span
            if span.start < end or "\n" in span.of(statement.text) or "\r" in span.of(statement.text):
                continue
            end = span.end
            found.append(_token(catalog, step.before.catalog, mention, span.shifted(statement.span.start)))
    return tuple(found)


def _token(after: Catalog, before: Catalog, mention: Mention, span: Span) -> SemanticToken:
    target = mention.target
    return SemanticToken(span, _type(after, before, target), mention.declares, _is_platform(after, target))


def _type(after: Catalog, before: Catalog, target: Target) -> TokenType:
    if target.kind == "relation":
        found = after.relations.get(target.oid) or before.relations.get(target.oid)
        return "interface" if isinstance(found, View) else "class"
    if target.kind == "type":
        kind = after.types.get(target.oid) or before.types.get(target.oid)
        return "enum" if isinstance(kind, EnumType) else "type"
    if target.kind == "variable":
        function = after.functions.get(target.oid)
        parameters: tuple[FunctionParameter, ...] = () if function is None else function.parameters
        return "parameter" if any(p.name == target.name for p in parameters) else "variable"
    return _BY_KIND[target.kind]


def _is_platform(catalog: Catalog, target: Target) -> bool:
    """Whether the object came with the platform."""
    platform = catalog.platform
    if platform is None or not target.oid:
        return False
    return (
        target.oid in platform.relations or target.oid in platform.functions or target.oid in platform.types
    )
