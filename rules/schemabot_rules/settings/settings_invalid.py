"""schemabot.toml says something that SchemaBot cannot use.

A key that does not exist, a value of the wrong type, a rule or preset that is not there, options that a
rule does not take, or a file that is no TOML. What is wrong is left out, the rest of the file counts, and
the place in the file is marked, so that a mistyped setting is not taken for one that works.

```toml
[rules]
rls-disabld = "off"   # there is no such rule
```

This rule has an id, a level and this page, but looks at no migration: its findings are made where the
settings are read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemabot.rulekit import FileContext, Finding, Severity, file_rule


@file_rule(severity=Severity.ERROR, presets=("recommended", "schemabot", "advisors"))
def check(_: FileContext[Any]) -> Iterable[Finding]:
    """Nothing: whoever reads the settings makes the findings."""
    return ()
