"""Rules are documented completely, and the pages in docs/ are what the rules say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from schemabot.features.rule_docs import rule_brief, rule_page
from schemabot.rulekit.documentation import Fixed, parse_documentation
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.rule import Rule

DOCS = Path(__file__).parents[2] / "docs"
CATEGORIES = {
    "security", "performance", "convention", "breaking", "locking", "migration", "correctness",
    "invariant", "settings",
}  # fmt: skip

every_rule = pytest.mark.parametrize("rule", list(all_rules().values()), ids=list(all_rules()))


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_in_docs_are_generated_from_the_rules() -> None:
    assert _generator().stale() == [], "run: python docs/generate.py"


def test_ids_are_unique_and_in_order() -> None:
    ids = [rule.id for rule in all_rules().values()]
    assert ids == sorted(set(ids))
    aliases = [alias for rule in all_rules().values() for alias in rule.aliases]
    assert len(aliases) == len(set(aliases))


@every_rule
def test_a_rule_is_documented(rule: Rule) -> None:
    documentation = rule.documentation
    assert rule.category in CATEGORIES
    assert documentation.summary.endswith(".")
    assert len(documentation.summary) <= 100
    assert len(documentation.body.split()) >= 40, "say why it matters"
    if rule.id != "settings-invalid":  # it speaks of schemabot.toml, not of SQL
        assert any(example.bad for example in documentation.examples)
        assert any(not example.bad for example in documentation.examples)


@every_rule
def test_what_a_rule_subsumes_is_there(rule: Rule) -> None:
    assert set(rule.subsumes) <= set(all_rules())


@every_rule
def test_a_page_says_it_all(rule: Rule) -> None:
    page = rule_page(rule)
    assert page.startswith(f"# {rule.id}\n\n{rule.summary}\n")
    for text in (rule.category, rule.severity.value, rule.documentation.body, *rule.aliases, *rule.presets):
        assert text in page
    for example in rule.documentation.examples:
        assert example.sql.rstrip() in page
    assert rule.summary in rule_brief(rule)
    assert len(rule_brief(rule)) < len(page)


def test_a_docstring_is_taken_apart() -> None:
    documentation = parse_documentation(
        "It is\nbad.\n\nBecause.\n\n## Bad: so\n\n```toml\npreset = 'all'\n```\n\n"
        "```sql platform=postgres\nselect 1;\n--     ^\n```\n\n## Fixed\n\n```sql\nselect 2;\n```\n\n"
        "## Fixed: Other\n\n"
        "```sql \nselect 3;\n```\n\n## Good\n\n```sql\nselect 4;\n```\n"
    )
    assert (documentation.summary, documentation.body) == ("It is bad.", "Because.")
    bad, good = documentation.examples
    assert (bad.title, bad.settings, bad.attribute("platform")) == ("so", "preset = 'all'\n", "postgres")
    assert bad.fixed == (Fixed(None, "select 2;\n"), Fixed("Other", "select 3;\n"))
    assert (good.bad, good.sql, good.fixed) == (False, "select 4;\n", ())


@pytest.mark.parametrize(
    "section", ["## Bad\n\nno SQL", "## Ugly\n\n```sql\nselect 1;\n```", "## Fixed\n\n```sql\n```"]
)
def test_a_wrong_section_is_an_error(section: str) -> None:
    with pytest.raises(ValueError, match="section"):
        parse_documentation(f"It is bad.\n\n{section}\n")
