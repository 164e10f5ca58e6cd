"""Levels, presets, overrides for paths, options, and what is selected by name or category."""

from __future__ import annotations

import pytest

from schemabot.analysis import OptionsError, select_rules
from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.rule import Rule
from schemabot.rulekit.settings import RuleSetting, Settings
from support.rule_examples import check_few, findings

OPEN = "create table public.notes (id uuid primary key);"
LOCKED = f"{OPEN}\nalter table public.notes enable row level security;"


def levels(sql: str, toml: str = "") -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity.value) for finding in findings(check_few(sql, toml))]


def test_a_rule_has_the_level_that_the_settings_give_it() -> None:
    assert levels(OPEN) == [("rls-disabled", "error")]
    assert levels(OPEN, '[rules]\nrls-disabled = "hint"') == [("rls-disabled", "hint")]
    assert levels(OPEN, '[rules]\nrls-disabled = "off"') == []
    assert levels(LOCKED, '[rules.policy-missing]\nlevel = "warning"') == [("policy-missing", "warning")]


def test_the_gravest_missing_policy_decides_the_level() -> None:
    policies = "".join(
        f"create policy {c}s on public.notes for {c} to authenticated {clause};"
        for c, clause in (
            ("select", "using (true)"),
            ("insert", "with check (true)"),
            ("update", "using (true)"),
        )
    )
    assert levels(LOCKED) == [("policy-missing", "error")]
    assert levels(LOCKED + policies) == [("policy-missing", "information")]
    assert levels(LOCKED + policies + "drop policy updates on public.notes;") == [("policy-missing", "error")]


def test_overrides_count_for_their_paths() -> None:
    toml = """
        [[override]]
        paths = ["migrations/1_*"]
        rules = { rls-disabled = "off" }
        [[override]]
        paths = ["*_c.sql"]
        rules = { rls-disabled = "information" }
    """
    sql = "".join(
        f"-- file: {n}_{name}.sql\ncreate table public.{name} (id int);\n" for n, name in enumerate("abc")
    )
    assert levels(sql, toml) == [("rls-disabled", "error"), ("rls-disabled", "information")]


@pytest.mark.parametrize("preset", ["recommended", "schemabot", "advisors", "all"])
def test_presets_turn_rules_on(preset: str) -> None:
    selected = select_rules(all_rules(), Settings(preset=preset))
    assert set(selected.active) == {
        r.id for r in all_rules().values() if preset == "all" or preset in r.presets
    }
    assert {"rls-disabled", "fk-index-missing", "syntax-error"} <= set(selected.active)


def test_the_preset_advisors_knows_what_the_advisor_reports() -> None:
    selected = select_rules(all_rules(), Settings(preset="advisors"))
    assert "policy-missing" not in selected.active
    assert select_rules(all_rules(), Settings(), only=["policy-missing"]).active.keys() == {"policy-missing"}
    security = select_rules(all_rules(), Settings(), categories=["security"])
    assert {item.rule.category for item in security.active.values()} == {"security"}


def test_options_are_checked() -> None:
    def options(**values: object) -> object:
        settings = Settings(rules={"policy-missing": RuleSetting(options=values)})
        return select_rules(all_rules(), settings).active["policy-missing"].options.commands

    assert options() == ("select", "insert", "update", "delete")
    assert options(commands=["select"]) == ("select",)
    for wrong in ({"commands": ["merge"]}, {"command": ["select"]}, {"commands": 3}):
        with pytest.raises(OptionsError, match="policy-missing"):
            options(**wrong)


def _with_options() -> list[Rule]:
    return [rule for rule in all_rules().values() if rule.options]


@pytest.mark.parametrize("rule", _with_options(), ids=lambda rule: rule.id)
def test_every_option_is_explained_and_may_be_set_to_its_default(rule: Rule) -> None:
    for option in rule.options:
        assert option.explanation.endswith("."), option.key
        default = list(option.default) if isinstance(option.default, tuple) else option.default
        settings = Settings(preset="all", rules={rule.id: RuleSetting(options={option.key: default})})
        assert select_rules(all_rules(), settings).active[rule.id].options == rule.options_type()
