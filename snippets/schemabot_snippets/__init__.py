"""SQL snippets in VS Code's format, served by completion and used by the fixes of rules: one source for both.

Each `*.json` file here is a VS Code snippet file. A placeholder is named by its default text, without the
schema: `${1:public.table_name}` is `table_name`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

_PLACEHOLDER = re.compile(r"\$\{(\d+):((?:\w+\.)*(\w+))\}|\$\{?(\d+)\}?|\\([$}\\])")
_PIECE = re.compile(
    r"""--[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\{\d+:[^}]*\}|(?<![\w.])(?P<word>[a-z]+)(?![\w.(]|\b\s*\.)"""
)
_KEYWORD_LIST = """
    alter and as asc before begin by cascade check create default definer delete desc each enable end
    execute exists for from function grant in index insert into key language level limit not null on or
    order policy primary references replace return returns revoke row security select set stable table
    text timestamptz to trigger update using uuid where with"""
_KEYWORDS = frozenset(_KEYWORD_LIST.split())
"""The keywords and types in the snippets: what is written in capitals for people who write so."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """One snippet. `name` is what one types to get it; `body` has placeholders and lower-case keywords."""

    name: str
    title: str
    description: str
    body: str

    @property
    def upper(self) -> str:
        """The body with its keywords in capitals."""
        return _in_capitals(self.body)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names of the placeholders, in order of appearance."""
        return _placeholders(self.body)

    def render(self, values: dict[str, str], *, upper: bool = False) -> str:
        """The text with placeholders filled by name, the default text where `values` has nothing.

        Raises `KeyError` when `values` names a placeholder that the snippet does not have.
        """
        if unknown := values.keys() - set(self.placeholders):
            raise KeyError(f"snippet {self.name} has no placeholder {', '.join(sorted(unknown))}")

        def fill(match: re.Match[str]) -> str:
            if match[3] is not None:
                return values.get(match[3], match[2])
            return match[5] or ""  # an escaped character, or a tab stop without text

        return _PLACEHOLDER.sub(fill, self.upper if upper else self.body)


@cache  # fixes are written again with every key, and there are few snippets
def _placeholders(body: str) -> tuple[str, ...]:
    names = (match[3] for match in _PLACEHOLDER.finditer(body))
    return tuple(dict.fromkeys(name for name in names if name is not None))


@cache
def _in_capitals(body: str) -> str:
    return _PIECE.sub(_capitals, body)


@cache
def snippets() -> tuple[Snippet, ...]:
    """Every snippet, in order of name."""
    found: list[Snippet] = []
    for file in resources.files(__name__).iterdir():
        if not file.name.endswith(".json"):
            continue
        for title, item in json.loads(file.read_text(encoding="utf-8")).items():
            found.append(Snippet(item["prefix"], title, item["description"], "\n".join(item["body"])))
    return tuple(sorted(found, key=lambda snippet: snippet.name))


@cache
def _by_name() -> dict[str, Snippet]:
    return {snippet.name: snippet for snippet in snippets()}


def render(name: str, *, upper: bool = False, **values: str) -> str:
    """The snippet `name` with its placeholders filled by name; keywords in capitals with `upper`.

    Raises `KeyError` for an unknown snippet or placeholder.
    """
    return _by_name()[name].render(values, upper=upper)


def _capitals(match: re.Match[str]) -> str:
    word = match["word"]
    return match.group() if word is None or word not in _KEYWORDS else word.upper()
