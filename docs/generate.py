"""Write the pages that are made from the code: `python docs/generate.py`, or `--check` to only compare."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from schemabot.features.rule_docs import rule_index, rule_page
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.rule import Rule
from schemabot.workspace.settings_schema import settings_schema

DOCS = Path(__file__).resolve().parent
README = DOCS.parent / "README.md"
BEGIN, END = "<!-- rules: made by docs/generate.py -->", "<!-- end of rules -->"


def pages() -> dict[Path, str]:
    """Every generated file with its content."""
    rules = all_rules()
    made = {DOCS / "rules" / f"{rule.id}.md": rule_page(rule) for rule in rules.values()}
    made[DOCS / "rules" / "README.md"] = rule_index(rules.values())
    made[DOCS / "schemabot.schema.json"] = json.dumps(settings_schema(rules), indent=2) + "\n"
    made[README] = _with_table(README.read_text(encoding="utf-8"), rules)
    return made


def _with_table(readme: str, rules: Mapping[str, Rule]) -> str:
    """The README with the table of rules between its marks."""
    rows = ["## Rules", "", "| rule | level | fix | what it finds |", "| --- | --- | --- | --- |"]
    for rule in sorted(rules.values(), key=lambda rule: (rule.category, rule.id)):
        link = f"[{rule.id}](docs/rules/{rule.id}.md)"
        rows.append(f"| {link} | {rule.severity.value} | {'yes' if rule.fixable else ''} | {rule.summary} |")
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join((before + BEGIN, "", *rows, "", END + after))


def stale() -> list[Path]:
    """The files whose content is not what the code says, and those that belong to no rule."""
    wanted = pages()
    there = set((DOCS / "rules").glob("*.md"))
    differing = [
        path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    return sorted({*differing, *(there - wanted.keys())})


def main() -> int:
    """Write, or compare and name what differs."""
    if "--check" in sys.argv[1:]:
        for path in (outdated := stale()):
            print(f"not up to date: {path.relative_to(DOCS.parent)}", file=sys.stderr)
        return 1 if outdated else 0
    wanted = pages()
    (DOCS / "rules").mkdir(exist_ok=True)
    for path in stale():
        if path in wanted:
            path.write_text(wanted[path], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
