"""Lines that look like the beginning of a statement: where reading can go on behind a broken one.

Only a keyword in the first column counts: migrations are written so, while the inside of a statement or of a
function's body is mostly indented.
"""

from __future__ import annotations

import re

_CREATED = (
    "or|table|policy|index|unique|function|procedure|trigger|type|view|materialized|schema|extension|role|user|group"
    "|sequence|domain|rule|publication|subscription|event|foreign|server|aggregate|operator|cast|collation|conversion"
    "|temp|temporary|unlogged|global|local|recursive|constraint|database|statistics|text|language|trusted|access"
    "|transform|tablespace"
)
_ALTERED = (
    "table|policy|index|function|procedure|routine|trigger|type|view|materialized|schema|extension|role|user|group"
    "|sequence|domain|rule|publication|subscription|event|foreign|server|aggregate|operator|collation|conversion"
    "|database|default\\s+privileges|statistics|text|language|large|system|tablespace"
)
_DROPPED = (
    "table|policy|index|function|procedure|routine|trigger|type|view|materialized|schema|extension|role|user|group"
    "|sequence|domain|rule|publication|subscription|event|foreign|server|aggregate|operator|cast|collation|conversion"
    "|database|owned|statistics|text|language|access|transform|tablespace"
)
_DEFINING = (
    rf"create\s+(?:{_CREATED})|alter\s+(?:{_ALTERED})|drop\s+(?:{_DROPPED})"
    r"|grant\s+\w+|revoke\s+\w+|comment\s+on"
)
_CHANGING = r"insert\s+into|delete\s+from|truncate"
_ANY = r"select|update|set|with|do|begin|commit|rollback|values|explain|call|copy|lock|refresh|vacuum|analyze"

DEFINING_LINE = re.compile(rf"(?<=[\n\r])(?i:{_DEFINING})\b")
"""A line that begins a statement which defines something: none of it occurs in a function's body by habit."""

STATEMENT_LINE = re.compile(rf"(?<=[\n\r])(?i:{_DEFINING}|{_CHANGING}|(?P<weak>{_ANY}))\b")
"""A line that begins any statement; `weak` keywords also begin lines inside of one."""
