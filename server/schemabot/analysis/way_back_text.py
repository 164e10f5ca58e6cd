"""A way back as SQL, Markdown and JSON."""

from __future__ import annotations

from typing import Any

from schemabot.analysis.history import FileReplay
from schemabot.analysis.way_back import way_back_of
from schemabot.catalog.diff import Change, Difference


def as_sql(back: Difference) -> str:
    """The statements, each with `;`, what is lost in comments above; what cannot be said in comments at the end."""
    lines: list[str] = []
    for change in back.changes:
        if change.effect != "exact":
            lines.append(f"-- {change.effect}: {change.why}")
        elif change.why:
            lines.append(f"-- {change.why}")
        lines += [f"{statement};" for statement in change.statements]
    lines += [f"-- not undone: {left.subject} {left.why}" for left in back.left]
    return "\n".join(lines) + "\n" if lines else ""


def generated_way_back(replay: FileReplay) -> str:
    """The SQL that undoes a replayed migration; empty when it leaves the schema as it was."""
    back = way_back_of(replay)
    return "" if back is None else as_sql(back)


def as_markdown(back: Difference) -> str:
    """A list of what happens, for reviews."""
    rows = [f"- {_sentence(change)}" for change in back.changes]
    rows += [f"- **not undone**: {left.subject}: {left.why}" for left in back.left]
    return "\n".join(rows) + "\n" if rows else "Nothing to undo.\n"


def _sentence(change: Change) -> str:
    text = f"{change.action} {change.subject}"
    return text if change.effect == "exact" else f"{text} (**{change.effect}**: {change.why})"


def as_json(back: Difference) -> dict[str, Any]:
    """Everything."""
    return {
        "effect": back.effect,
        "changes": [
            {
                "action": change.action,
                "kind": change.kind,
                "schema": change.schema,
                "name": change.name,
                "part": change.part,
                "statements": list(change.statements),
                "effect": change.effect,
                "why": change.why,
            }
            for change in back.changes
        ],
        "left": [{"subject": left.subject, "why": left.why} for left in back.left],
    }
