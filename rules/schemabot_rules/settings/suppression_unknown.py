"""A comment to SchemaBot says something that it does not know.

Either it names a rule that does not exist, or no rule at all, or its first word is none of `ignore`,
`allow` and `ignore-file`. Such a comment does nothing, and what it should have silenced is still reported,
or, when it was meant as an approval, is not approved.

`schemabot rules` lists the rules. Comments in migrations that have been applied are history and are left
alone.

## Bad

```sql
-- schemabot: ignore rls-disable -- open data
--                   ^^^^^^^^^^^
create table public.countries (code text primary key);
```

## Fixed

```sql
-- schemabot: ignore rls-disabled -- open data
create table public.countries (code text primary key);
```

## Bad: an unknown verb

```sql
-- schemabot: disable rls-disabled -- open data
--            ^^^^^^^
create table public.countries (code text primary key);
```

## Fixed: Remove the comment

```sql
create table public.countries (code text primary key);
```

## Good

```sql
-- schemabot: ignore rls-disabled -- open data, the same for everybody
create table public.countries (code text primary key);
```
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import msgspec

from schemabot.rulekit import DirectiveUse, FileContext, Finding, Fix, Replace, Severity, file_rule
from schemabot.rulekit.registry import all_rules
from schemabot_rules.settings._comments import without_comment, without_name


@file_rule(DirectiveUse, severity=Severity.WARNING)
def check(use: DirectiveUse, context: FileContext[Any]) -> Iterator[Finding]:
    """Report names of no rule, directives without a name, and words that are no directive."""
    directive = use.directive
    if context.migration.status != "pending":
        return
    if directive.verb == "unknown" or not directive.rules:
        word, span = directive.rules[0] if directive.rules else ("", directive.span)
        yield context.finding(
            context.origin(span),
            f'"{word}" is nothing that SchemaBot understands.' if word else "This comment names no rule.",
            help="Write ignore, allow or ignore-file, the id of a rule, and behind -- the reason.",
            fixes=(without_comment(directive, context, "Remove the comment"),),
        )
        return
    for name, span in use.unknown:
        similar = get_close_matches(name, all_rules(), n=1)
        fixes: list[Fix] = []
        if similar:
            step = Replace(context.origin(span), similar[0])
            fixes.append(Fix(title=f"Change it to {similar[0]}", steps=(step,), preferred=True))
        remove = without_name(directive, name, context, f"Remove {name}")
        fixes.append(msgspec.structs.replace(remove, safe=False, preferred=not similar))
        yield context.finding(
            context.origin(span),
            f'There is no rule "{name}", so this comment does nothing for it.',
            help=f"Did you mean {similar[0]}?" if similar else "`schemabot rules` lists the rules.",
            fixes=tuple(fixes),
        )
