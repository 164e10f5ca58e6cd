"""A rule's page as Markdown: for `schemabot explain`, hover over a rule's name, and the files in docs/."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemabot.rulekit.documentation import Example
from schemabot.rulekit.rule import Rule

_KINDS = {
    "state": "the schema at the end of the history",
    "change": "each statement, with the schema before and after it",
    "file": "each migration file",
}


def rule_page(rule: Rule) -> str:
    """The whole page: what the rule means, its facts, options and examples."""
    documentation = rule.documentation
    parts = [f"# {rule.id}", documentation.summary, _facts(rule)]
    if documentation.body:
        parts.append(documentation.body)
    if rule.options:
        parts.append(_options(rule))
    if documentation.examples:
        parts.append("## Examples")
        parts += [_example(example) for example in documentation.examples]
    parts.append(_silencing(rule))
    return "\n\n".join(parts) + "\n"


def rule_brief(rule: Rule) -> str:
    """What hover shows: the summary, the facts in a line, and why it matters."""
    first = _reason(rule)
    facts = f"`{rule.id}` · {rule.category} · {rule.severity}{' · has fixes' if rule.fixable else ''}"
    return "\n\n".join(part for part in (facts, f"**{rule.summary}**", first) if part)


def _reason(rule: Rule) -> str:
    """The first paragraph behind the summary: why the rule matters."""
    return rule.documentation.body.partition("\n\n")[0]


def rule_index(rules: Iterable[Rule]) -> str:
    """The page that lists all rules, by category."""
    rows = sorted(rules, key=lambda rule: (rule.category, rule.id))
    parts = ["# The rules", "`schemabot explain RULE` prints the page of a rule."]
    for category in dict.fromkeys(rule.category for rule in rows):
        table = ["| rule | level | fix | meaning |", "| --- | --- | --- | --- |"]
        table += [_row(rule) for rule in rows if rule.category == category]
        parts += [f"## {category}", "\n".join(table)]
    return "\n\n".join(parts) + "\n"


def _row(rule: Rule) -> str:
    fix = "yes" if rule.fixable else ""
    return f"| [{rule.id}]({rule.id}.md) | {rule.severity} | {fix} | {rule.summary} |"


def _facts(rule: Rule) -> str:
    presets = ", ".join((*rule.presets, "all"))
    rows = [
        ("category", rule.category),
        ("looks at", _KINDS[rule.kind]),
        ("level", str(rule.severity)),
        ("fix", "yes" if rule.fixable else "no"),
        ("presets", presets),
    ]
    if rule.needs_approval:
        rows.append(("approval", f"`-- schemabot: allow {rule.id} -- reason`"))
    if rule.aliases:
        rows.append(("also known as", ", ".join(f"`{alias}`" for alias in rule.aliases)))
    return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)])


def _options(rule: Rule) -> str:
    rows = ["## Options", "", "| option | default | meaning |", "| --- | --- | --- |"]
    rows += [f"| `{o.key}` | `{_toml(o.default)}` | {o.explanation} |" for o in rule.options]
    example = "\n".join(f"{o.key} = {_toml(o.default)}" for o in rule.options)
    return "\n".join((*rows, "", "```toml", f"[rules.{rule.id}]", example, "```"))


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list, frozenset, set)):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def _example(example: Example) -> str:
    title = f": {example.title}" if example.title else ""
    parts = [f"### {'Bad' if example.bad else 'Good'}{title}"]
    if example.settings:
        parts.append(f"```toml\n{example.settings.rstrip()}\n```")
    if (platform := example.attribute("platform")) != "":
        parts.append(f"Platform: {platform}.")
    parts.append(f"```sql\n{example.sql.rstrip()}\n```")
    for fixed in example.fixed:
        parts.append(f"Fixed{f' by “{fixed.title}”' if fixed.title else ''}:")
        parts.append(f"```sql\n{fixed.sql.rstrip()}\n```")
    return "\n\n".join(parts)


def _silencing(rule: Rule) -> str:
    lines = ["## Turning it off", "", "```toml", "[rules]", f'{rule.id} = "off"', "```"]
    if rule.category != "settings":
        verb = "allow" if rule.needs_approval else "ignore"
        lines += ["", "For one statement, on the line above it or at its end:", "", "```sql"]
        lines += [f"-- schemabot: {verb} {rule.id} -- reason", "```"]
    return "\n".join(lines)
