"""Facts on one line each, so that a table of SQL and facts can be read: defaults and
places are left out, but for what the fact underlines."""

from __future__ import annotations

from typing import Any

import msgspec

from schemabot.facts import extract
from schemabot.facts.expression import Expression, Query, QueryText
from schemabot.facts.names import Ident, Name, TypeName
from schemabot.text import Span


def facts_of(sql: str) -> str:
    """The facts of `sql`, one line each, what they underline first: `[a] CreateSchema(name=a)`."""
    lines = [f"[{fact.span.of(sql)}] {brief(fact)}" for fact in extract(sql).facts]
    return "\n".join(line.replace("\n", "\\n") for line in lines)


def brief(value: Any) -> str:
    """One value: names dotted, expressions as `text`, types as `numeric(10,2)[]`."""
    if isinstance(value, Name):
        return ".".join(value.parts)
    if isinstance(value, Ident):
        return value.name
    if isinstance(value, TypeName):
        return type_text(value)
    if isinstance(value, Expression | QueryText):
        return f"`{value.text}`"
    if isinstance(value, Query):
        return f"<{value.verb}>"
    if isinstance(value, tuple):
        return "[" + ", ".join(brief(item) for item in value) + "]"
    if isinstance(value, msgspec.Struct):
        return type(value).__name__ + "(" + ", ".join(_fields(value)) + ")"
    return str(value)


def _fields(value: msgspec.Struct) -> list[str]:
    shown: list[str] = []
    defaults = value.__struct_defaults__
    fields = value.__struct_fields__
    for index, field in enumerate(fields):
        given = getattr(value, field)
        default = defaults[index - len(fields)] if index >= len(fields) - len(defaults) else msgspec.NODEFAULT
        if isinstance(given, Span) or given == default or field == "written":
            continue  # `written` is the statement itself
        shown.append(f"{field}={brief(given)}")
    return shown


def type_text(value: TypeName) -> str:
    text = ".".join(value.parts)
    if value.modifiers:
        text += "(" + ",".join(str(modifier) for modifier in value.modifiers) + ")"
    text += "[]" * value.dimensions
    if value.percent_type:
        text += "%type"
    return "setof " + text if value.setof else text
