"""PostgreSQL cannot read this statement.

The text is parsed by PostgreSQL's own grammar (libpg_query), so the server answers the same: SQLSTATE
42601. A migration that holds such a statement fails as a whole, on every machine, and the migrations behind
it never run.

Nothing else is said about a statement that cannot be read, and rules stay silent about the objects it
names. Statements before and behind it are checked as usual. psql commands, psql variables and COPY data are
not SQL and are skipped.

## Bad

```sql
create tabel public.notes (id uuid primary key);
--     ^^^^^
```

## Bad: an unfinished list

```sql
create table public.notes (
  id uuid primary key,
  title text not null, );
--                     ^
```

## Good

```sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from schemabot.facts.model import Unanalysed
from schemabot.rulekit import ChangeContext, Finding, Severity, change_rule

_NEAR = re.compile(r'syntax error at or near "(.*)"\Z', re.S)
_WORDS = (
    "add", "alter", "authenticated", "cascade", "check", "column", "comment", "constraint",
    "create", "default", "delete", "drop", "enable", "exists", "extension", "foreign", "function",
    "grant", "index", "insert", "into", "language", "level", "not", "null", "policy", "primary",
    "references", "rename", "replace", "returns", "revoke", "row", "schema", "security", "select",
    "sequence", "table", "trigger", "truncate", "type", "unique", "update", "using", "values",
    "view", "where",
)  # fmt: skip


@change_rule(
    Unanalysed,
    severity=Severity.ERROR,
    presets=("recommended", "schemabot", "advisors"),
    in_settled_files=True,
)
def check(_: Unanalysed, context: ChangeContext[Any]) -> Iterator[Finding]:
    """Put the parser's answer into plain words."""
    issue = context.syntax_issue
    if issue is None:
        return
    near = _NEAR.match(issue.message)
    if near is not None:
        what = f'syntax error at or near "{near[1]}"'
        similar = get_close_matches(near[1].lower(), _WORDS, n=1, cutoff=0.75)
        meant = similar[0] if similar and similar[0] != near[1].lower() else None
        before = context.project.statement_text(context.origin(issue.span))[: issue.span.start].rstrip()
        if before.endswith(",") and near[1] in (")", ";"):
            advice = "Remove the comma before it."
        elif meant:
            advice = f"Did you mean `{meant}`?"
        else:
            advice = "Look at this word and the one before it."
    elif issue.message == "syntax error at end of input":
        what = "it ends too early"
        advice = "Complete it: a bracket, a quote or a word is missing before its end."
    else:
        what = issue.message
        advice = "Correct the statement."
    yield context.finding(
        context.origin(issue.span),
        f"PostgreSQL cannot read this statement: {what}. The migration fails here.",
        help=advice,
    )
