"""The outline of a file: sections, statements, and what the statements make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

import msgspec

from schemabot.analysis import Analysis
from schemabot.analysis.history import FileReplay, StatementReplay, extract_statement
from schemabot.facts import model
from schemabot.facts.kinds.alter_table import TableFact
from schemabot.facts.model import AnyFact
from schemabot.features.names.names_at import replay_of
from schemabot.features.sections import Section, sections
from schemabot.syntax.model import Statement
from schemabot.text import Span

SymbolKind: TypeAlias = Literal[
    "section", "schema", "table", "view", "column", "constraint", "index", "policy", "trigger", "function",
    "type", "label", "sequence", "role", "extension", "rows", "block", "change", "statement",
]  # fmt: skip
_SPACE = re.compile(r"\s+")
_MOST_NAME = 60


class Symbol(msgspec.Struct, frozen=True):
    """One line of the outline. Spans are absolute; `name_span` lies within `span`."""

    name: str
    kind: SymbolKind
    span: Span
    name_span: Span
    detail: str = ""
    children: tuple[Symbol, ...] = ()


def document_symbols(analysis: Analysis, path: str) -> tuple[Symbol, ...]:
    """The outline of a file of the project."""
    replay = replay_of(analysis, path)
    return () if replay is None else outline(replay)


def outline(replay: FileReplay) -> tuple[Symbol, ...]:
    """The statements of a file, under the sections that headings make."""
    source = replay.file.source
    steps: Iterable[StatementReplay | None] = replay.steps or [None] * len(source.statements)
    found = [
        _statement(statement, extract_statement(statement).facts if step is None else step.extracted.facts)
        for statement, step in zip(source.statements, steps, strict=False)
        if statement.kind == "sql"
    ]
    return tuple(_in_sections(found, sections(source), source.text))


def _in_sections(found: list[Symbol], parts: tuple[Section, ...], text: str) -> Iterator[Symbol]:
    at = 0
    for part in parts:
        while at < len(found) and found[at].span.start < part.span.start:
            yield found[at]
            at += 1
        inside: list[Symbol] = []
        while at < len(found) and found[at].span.start < part.span.end:
            inside.append(found[at])
            at += 1
        if inside:  # a heading above nothing, such as the file's header, is no section
            end = max(part.span.end, inside[-1].span.end)
            yield Symbol(part.title, "section", Span(part.span.start, end), part.heading, "", tuple(inside))
    yield from found[at:]


def _statement(statement: Statement, facts: tuple[AnyFact, ...]) -> Symbol:
    span = Span(statement.span.start, statement.end)
    text = statement.text
    made = [symbol for fact in facts for symbol in _symbols(fact, text)]
    if facts and isinstance(facts[0], TableFact):
        made.sort(key=lambda symbol: symbol.span)  # facts come in the order in which they are performed
        children = tuple(_moved(symbol, span) for symbol in made)
        name = f"alter {facts[0].kind} {facts[0].table}"
        only = children[0].name if len(children) == 1 else f"{len(children)} changes"
        return Symbol(name, "change", span, _clamped(facts[0].table.span, span), only, children)
    if not made:
        name = _SPACE.sub(" ", text).strip()
        shown = name if len(name) <= _MOST_NAME else name[: _MOST_NAME - 1] + "…"
        return Symbol(shown, "statement", span, Span(span.start, min(span.end, span.start + len(text))))
    first = _moved(made[0], span)
    children = (*first.children, *(_moved(symbol, span) for symbol in made[1:]))
    return msgspec.structs.replace(first, span=span, children=children)


def _moved(symbol: Symbol, within: Span) -> Symbol:
    """A symbol with spans relative to the statement, made absolute."""
    name_span = _clamped(symbol.name_span, within)
    span = _clamped(symbol.span, within)
    span = Span(min(span.start, name_span.start), max(span.end, name_span.end))
    return Symbol(
        symbol.name or "(unnamed)", symbol.kind, span, name_span, symbol.detail,
        tuple(_moved(child, within) for child in symbol.children),
    )  # fmt: skip


def _clamped(span: Span, within: Span) -> Span:
    start = min(within.start + span.start, within.end)
    return Span(start, max(start, min(within.start + span.end, within.end)))


def _symbol(name: object, kind: SymbolKind, span: Span, detail: str = "") -> Symbol:
    return Symbol(str(name), kind, span, span, detail)


def _symbols(fact: AnyFact, text: str) -> Iterator[Symbol]:
    """What a fact shows; spans are relative to the statement, whose `text` is given."""
    if isinstance(fact, model.CreateTable):
        yield _table(fact, text)
    elif isinstance(fact, model.CreateView):
        yield _symbol(fact.name, "view", fact.name.span, "materialized" if fact.materialized else "")
    elif isinstance(fact, model.CreatePolicy):
        detail = f"{fact.command} on {fact.table}" + (
            f" to {', '.join(fact.roles)}" if fact.roles_written else ""
        )
        yield _symbol(fact.name, "policy", fact.name.span, detail)
    elif isinstance(fact, model.CreateFunction):
        parameters = ", ".join(p.name or p.type.name for p in fact.parameters if p.mode != "table")
        yield _symbol(fact.name, "function", fact.name.span, f"({parameters})")
    elif isinstance(fact, model.CreateIndex):
        name = fact.name or "index"
        yield _symbol(
            name, "index", fact.table.span if fact.name is None else fact.name.span, f"on {fact.table}"
        )
    elif isinstance(fact, model.CreateTrigger):
        yield _symbol(fact.name, "trigger", fact.name.span, f"on {fact.table}")
    elif isinstance(fact, model.CreateEnum):
        labels = tuple(_symbol(label, "label", fact.name.span) for label in fact.labels)
        yield Symbol(str(fact.name), "type", fact.name.span, fact.name.span, "enum", labels)
    elif isinstance(fact, TableFact):
        yield _change(fact)
    else:
        yield from _other(fact)


def _table(fact: model.CreateTable, text: str) -> Symbol:
    children = [
        Symbol(
            column.name.name, "column", column.span, column.name.span,
            "" if column.type is None else column.type.span.of(text),
        )
        for column in fact.columns
    ]  # fmt: skip
    for constraint in fact.constraints:
        name = constraint.kind if constraint.name is None else constraint.name.name
        place = constraint.span if constraint.name is None else constraint.name.span
        columns = ", ".join(constraint.columns)
        children.append(Symbol(name, "constraint", constraint.span, place, columns))
    return Symbol(str(fact.name), "table", fact.name.span, fact.name.span, "", tuple(children))


def _change(fact: TableFact) -> Symbol:
    if isinstance(fact, model.AddColumn):
        column = fact.column
        return Symbol(f"add column {column.name}", "column", fact.span, column.name.span)
    if isinstance(fact, model.DropColumn):
        return Symbol(f"drop column {fact.column}", "column", fact.span, fact.column.span)
    if isinstance(fact, model.AddConstraint):
        added = fact.constraint
        name = added.kind if added.name is None else added.name.name
        return Symbol(f"add {name}", "constraint", fact.span, added.span)
    if isinstance(fact, model.DropConstraint):
        return Symbol(f"drop {fact.name}", "constraint", fact.span, fact.name.span)
    if isinstance(fact, model.SetRowSecurity):
        return _symbol(f"{fact.action} row level security", "change", fact.span)
    if isinstance(fact, model.AlterColumnType):
        return Symbol(f"type of {fact.column}", "column", fact.span, fact.column.span)
    if isinstance(fact, model.SetNotNull | model.SetDefault):
        what = "default" if isinstance(fact, model.SetDefault) else "not null" if fact.not_null else "null"
        return Symbol(f"{what} of {fact.column}", "column", fact.span, fact.column.span)
    if isinstance(fact, model.TouchTable):
        return _symbol(fact.what, "change", fact.span)
    return _symbol(_words_of(type(fact).__name__), "change", fact.span)


def _words_of(name: str) -> str:
    """`AttachPartition` as `attach partition`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()


def _other(fact: AnyFact) -> Iterator[Symbol]:
    if isinstance(fact, model.CreateSchema):
        yield _symbol(fact.name, "schema", fact.name.span)
    elif isinstance(fact, model.CreateDomain | model.CreateComposite | model.CreateType):
        yield _symbol(fact.name, "type", fact.name.span)
    elif isinstance(fact, model.CreateSequence) and not fact.alter:
        yield _symbol(fact.name, "sequence", fact.name.span)
    elif isinstance(fact, model.CreateExtension):
        yield _symbol(fact.name, "extension", fact.name.span)
    elif isinstance(fact, model.CreateRole) and not fact.alter:
        yield _symbol(fact.name, "role", fact.name.span)
    elif isinstance(fact, model.DropObject):
        on = f"on {fact.table}" if fact.table is not None else ""
        yield _symbol(f"drop {fact.kind} {fact.name}", "change", fact.name.span, on)
    elif isinstance(fact, model.RenameObject):
        old = fact.part or fact.name
        yield _symbol(f"rename {fact.kind} {old}", "change", old.span, f"to {fact.new_name}")
    elif isinstance(fact, model.InsertRows | model.UpdateRows | model.DeleteRows | model.TruncateTable):
        yield _symbol(f"{_VERBS[type(fact)]} {fact.table}", "rows", fact.table.span)
    elif isinstance(fact, model.RunBlock):
        yield _symbol("do", "block", fact.span, fact.language)
    elif isinstance(fact, model.CreateRule | model.CreateEventTrigger):
        yield _symbol(fact.name, "trigger", fact.name.span)


_VERBS: dict[type, str] = {
    model.InsertRows: "insert into",
    model.UpdateRows: "update",
    model.DeleteRows: "delete from",
    model.TruncateTable: "truncate",
}
