"""Markdown of hovers: code, table cells, lists that are cut."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPACE = re.compile(r"\s+")
_MOST_TEXT = 300


def sql(text: str) -> str:
    """A block of SQL."""
    fence = "````" if "```" in text else "```"
    return f"{fence}sql\n{text}\n{fence}"


def code(text: str) -> str:
    """Inline code; white space becomes one blank, and a long text is cut."""
    flat = _SPACE.sub(" ", text).strip()
    if len(flat) > _MOST_TEXT:
        flat = flat[: _MOST_TEXT - 1] + "…"
    if "`" in flat:
        return f"`` {flat} ``"
    return f"`{flat}`" if flat else ""


def cell(text: str) -> str:
    """What stands in a cell of a table."""
    return _SPACE.sub(" ", text).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; without rows nothing."""
    lines = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(head)} |", "|" + " --- |" * len(head), *lines])


def listed(items: Sequence[str], most: int) -> str:
    """Items joined by commas; what is beyond `most` is counted."""
    shown = ", ".join(items[:most])
    return f"{shown} and {len(items) - most} more" if len(items) > most else shown


def bullets(items: Sequence[str], most: int) -> str:
    """Items as a list; what is beyond `most` is counted."""
    lines = [f"- {item}" for item in items[:most]]
    if len(items) > most:
        lines.append(f"- … and {len(items) - most} more")
    return "\n".join(lines)


def plain(text: str) -> str:
    """Text that somebody wrote, such as a comment, so that none of it is taken for Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text.strip())


def joined(parts: Iterable[str]) -> str:
    """Paragraphs; empty ones are left out."""
    return "\n\n".join(part for part in parts if part)
