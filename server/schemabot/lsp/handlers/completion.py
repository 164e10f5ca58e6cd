"""textDocument/completion: proposals for what is being written; what is said about one comes when it is looked at."""

from __future__ import annotations

from itertools import count

import attrs
from lsprotocol import types

from schemabot.analysis import Analysis
from schemabot.features.completion import Completions, Item, complete
from schemabot.features.hover import text_of
from schemabot.features.names.found import find
from schemabot.lsp.documents import Document
from schemabot.lsp.handlers.asking import find_ready, in_thread, offset_of, range_in
from schemabot.lsp.server import SchemaBotServer

_KIND = types.CompletionItemKind
_KINDS = {
    "table": _KIND.Struct, "view": _KIND.Interface, "column": _KIND.Field, "variable": _KIND.Variable,
    "alias": _KIND.Variable, "function": _KIND.Function, "procedure": _KIND.Method, "type": _KIND.Class,
    "enum": _KIND.Enum, "label": _KIND.EnumMember, "schema": _KIND.Module, "role": _KIND.Constant,
    "policy": _KIND.Event, "constraint": _KIND.Property, "trigger": _KIND.Event, "index": _KIND.Reference,
    "sequence": _KIND.Value, "extension": _KIND.Module, "publication": _KIND.Unit, "setting": _KIND.Property,
    "language": _KIND.Constant, "name": _KIND.Text, "keyword": _KIND.Keyword, "condition": _KIND.Operator,
    "snippet": _KIND.Snippet,
}  # fmt: skip
_TRIGGERS = (".", '"', "'", ":")
_serial = count(1)


@attrs.frozen
class Client:
    """What the client can do with proposals."""

    snippets: bool
    defaults: frozenset[str]

    @staticmethod
    def of(server: SchemaBotServer) -> Client:
        """As it said when it started."""
        text = server.client_capabilities.text_document
        completion = text.completion if text else None
        item = completion.completion_item if completion else None
        listed = completion.completion_list if completion else None
        return Client(
            bool(item and item.snippet_support),
            frozenset(listed.item_defaults or ()) if listed else frozenset(),
        )


@attrs.define
class Offered:
    """The last proposals, for questions about one of them."""

    serial: int = 0
    analysis: Analysis | None = None
    path: str = ""
    items: tuple[Item, ...] = ()


def register(server: SchemaBotServer) -> None:
    """Add the handlers of this module."""
    offered = Offered()
    options = types.CompletionOptions(trigger_characters=_TRIGGERS, resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    async def completion(params: types.CompletionParams) -> types.CompletionList | None:
        found = await find_ready(server, params.text_document.uri)
        if found is None:
            return None
        document, analysis = found
        offset = offset_of(server, document, params.position)
        remote = analysis.project.remote
        answer = complete(analysis, document.path, offset, None if remote is None else remote.catalog)
        if answer is None or _closes_a_quote(params, document, answer):
            return None
        items = tuple(item for item in answer.items if item.insert or Client.of(server).snippets)
        offered.serial, offered.analysis = next(_serial), analysis
        offered.path, offered.items = document.path, items
        return _list(server, document, answer, items, offered.serial)

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    async def resolve(item: types.CompletionItem) -> types.CompletionItem:
        data = item.data
        analysis = offered.analysis
        if (
            isinstance(data, (list, tuple))
            and len(data) == 2
            and data[0] == offered.serial
            and analysis is not None
        ):
            said = await in_thread(lambda: _said(analysis, offered.items[int(data[1])]))
            item.documentation = types.MarkupContent(types.MarkupKind.Markdown, said) if said else None
        return item


def _closes_a_quote(params: types.CompletionParams, document: Document, answer: Completions) -> bool:
    """Whether the quote that was just written closes something: nobody asked for anything then."""
    context = params.context
    if context is None or context.trigger_character not in ('"', "'", ":"):
        return False
    text, begin = document.source.text, answer.span.start
    if context.trigger_character == ":":
        return not text[:begin].endswith("::")
    return not answer.quoted


def _list(
    server: SchemaBotServer, document: Document, answer: Completions, items: tuple[Item, ...], serial: int
) -> types.CompletionList:
    client = Client.of(server)
    range_ = range_in(server, document, answer.span)
    shared = "editRange" in client.defaults
    made = [
        _item(item, number, serial, client, None if shared else range_) for number, item in enumerate(items)
    ]
    defaults = types.CompletionItemDefaults(edit_range=range_) if shared else None
    return types.CompletionList(answer.incomplete, made, defaults)


def _item(
    item: Item, number: int, serial: int, client: Client, range_: types.Range | None
) -> types.CompletionItem:
    is_snippet = bool(item.snippet) and client.snippets
    text = item.snippet if is_snippet else item.insert
    made = types.CompletionItem(
        label=item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        sort_text=f"{number:03}",
        filter_text=item.matched if item.matched != item.label else None,
        insert_text_format=types.InsertTextFormat.Snippet if is_snippet else None,
        data=[serial, number],
    )
    if range_ is not None:
        made.text_edit = types.TextEdit(range_, text)
    elif text != item.label:
        made.text_edit_text = text
    return made


def _said(analysis: Analysis, item: Item) -> str:
    """What there is to say about a proposal, in Markdown."""
    if item.target is None:
        return f"{item.documentation}\n\n```sql\n{item.snippet}\n```" if item.documentation else ""
    for catalog in (analysis.head.catalog, *(r.after.catalog for r in reversed(analysis.replays[-1:]))):
        found = find(catalog, item.target)
        if found is not None:
            return text_of(analysis, catalog, item.target, found)
    return ""
