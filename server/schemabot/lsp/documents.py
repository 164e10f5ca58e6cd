"""Open documents: text as statements, kept by edit, with their own line index."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from lsprotocol import types
from pygls.uris import to_fs_path

from schemabot.syntax.source import Source
from schemabot.text import Edit, Encoding, Span


@attrs.define
class Document:
    """One open document. `path` is its file path, or its URI when it is not a file."""

    uri: str
    path: str
    version: int
    source: Source
    is_sql: bool = True

    def change(
        self, changes: Iterable[types.TextDocumentContentChangeEvent], version: int, encoding: Encoding
    ) -> None:
        """Apply the client's changes in order; positions outside the text are clamped into it."""
        source = self.source
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = change.range.start, change.range.end
                from_ = source.lines.offset(start.line, start.character, encoding)
                to = source.lines.offset(end.line, end.character, encoding)
                source = source.edited(Edit(Span(min(from_, to), max(from_, to)), change.text))
            else:
                source = Source.of(change.text)
        self.source = source
        self.version = version


class Documents:
    """The open documents by URI and by path."""

    def __init__(self) -> None:
        self._by_uri: dict[str, Document] = {}

    def open(self, item: types.TextDocumentItem) -> Document:
        """A document was opened, with this text."""
        path = path_of(item.uri)
        is_sql = not path.endswith((".toml", ".json"))
        document = Document(item.uri, path, item.version, Source.of(item.text), is_sql)
        self._by_uri[item.uri] = document
        return document

    def close(self, uri: str) -> Document | None:
        """A document was closed."""
        return self._by_uri.pop(uri, None)

    def get(self, uri: str) -> Document | None:
        """The open document of that URI."""
        return self._by_uri.get(uri)

    def by_path(self, path: str) -> Document | None:
        """The open document of that file."""
        return next((d for d in self._by_uri.values() if d.path == path), None)

    def all(self) -> tuple[Document, ...]:
        """Every open document."""
        return tuple(self._by_uri.values())


def path_of(uri: str) -> str:
    """The path of a file URI; any other URI as it is."""
    if not uri.startswith("file:"):
        return uri
    return to_fs_path(uri) or uri
