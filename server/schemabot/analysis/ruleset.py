"""Which rules run, at what level, with which options: presets, settings, overrides for paths."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, override

from schemabot.rulekit.directives import DirectiveUse
from schemabot.rulekit.finding import Severity
from schemabot.rulekit.rule import Rule
from schemabot.rulekit.settings import RuleSetting, Settings


class OptionsError(ValueError):
    """Options of a rule do not fit its `Options` class; the text says which and why."""


@attrs.frozen
class ActiveRule:
    """A rule that runs, with the severity and options the settings give it."""

    rule: Rule
    severity: Severity
    options: Any
    severity_set: bool = False

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.rule.id


@attrs.frozen
class RuleSet:
    """The active rules, indexed by what they are called with."""

    active: Mapping[str, ActiveRule]
    state: Mapping[type, tuple[ActiveRule, ...]]
    change: Mapping[type, tuple[ActiveRule, ...]]
    file: tuple[ActiveRule, ...]
    directive: tuple[ActiveRule, ...]
    settings: Settings
    known: frozenset[str]

    def level_for(self, rule_id: str, path: str) -> Severity | str | None:
        """What overrides say about a rule in a file: a severity, None for off, or `default`."""
        return _override(self.settings, rule_id, path)


def select_rules(
    rules: Mapping[str, Rule],
    settings: Settings,
    *,
    only: Iterable[str] = (),
    categories: Iterable[str] = (),
) -> RuleSet:
    """The rules that run under `settings`; `only` and `categories` narrow them further.

    `only` turns the named rules on whatever the preset says. Raises `OptionsError`.
    """
    only, categories = frozenset(only), frozenset(categories)
    active: dict[str, ActiveRule] = {}
    for rule in rules.values():
        chosen = settings.rules.get(rule.id, RuleSetting())
        if only and rule.id not in only:
            continue
        if categories and rule.category not in categories:
            continue
        if chosen.level == "off" and not only:
            continue
        on = chosen.level not in ("default", "off") or rule.id in only or _in_preset(rule, settings.preset)
        if not on and not _turned_on_somewhere(settings, rule.id):
            continue
        level_set = chosen.level not in ("default", "off")
        severity = Severity(chosen.level) if level_set else rule.severity
        active[rule.id] = ActiveRule(rule, severity, structure_options(rule, chosen.options), level_set)
    state: defaultdict[type, list[ActiveRule]] = defaultdict(list)
    change: defaultdict[type, list[ActiveRule]] = defaultdict(list)
    for item in active.values():
        for subject in item.rule.subjects if item.rule.kind != "file" else ():
            (state if item.rule.kind == "state" else change)[subject].append(item)
    files = [item for item in active.values() if item.rule.kind == "file"]
    return RuleSet(
        active=active,
        state={key: tuple(value) for key, value in state.items()},
        change={key: tuple(value) for key, value in change.items()},
        file=tuple(item for item in files if DirectiveUse not in item.rule.subjects),
        directive=tuple(item for item in files if DirectiveUse in item.rule.subjects),
        settings=settings,
        known=frozenset(rules),
    )


def _in_preset(rule: Rule, preset: str) -> bool:
    return preset == "all" or preset in rule.presets


def _turned_on_somewhere(settings: Settings, rule_id: str) -> bool:
    return any(
        (chosen := item.rules.get(rule_id)) is not None and chosen.level not in ("off", "default")
        for item in settings.override
    )


def _override(settings: Settings, rule_id: str, path: str) -> Severity | str | None:
    result: Severity | str | None = "default"
    for item in settings.override:
        chosen = item.rules.get(rule_id)
        if chosen is None or chosen.level == "default" or not _matches(path, item.paths):
            continue
        result = None if chosen.level == "off" else Severity(chosen.level)
    return result


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    path = path.replace("\\", "/")
    return any(fnmatchcase(path, p) or fnmatchcase(path, "*/" + p) for p in patterns)


def structure_options(rule: Rule, options: Mapping[str, Any]) -> Any:
    """The options of a rule as its own class; keys in kebab-case. Raises `OptionsError`."""
    if not options:
        return rule.options_type()
    try:
        return _converter(rule.options_type).structure(dict(options), rule.options_type)
    except Exception as error:  # noqa: BLE001  # cattrs groups every kind of mistake; each is one line
        reasons = "; ".join(cattrs.transform_error(error, path="options"))
        raise OptionsError(f"{rule.id}: {reasons}") from None


@lru_cache(maxsize=512)
def _converter(options_type: type) -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    names = {a.name: override(rename=a.name.replace("_", "-")) for a in attrs.fields(options_type)}
    converter.register_structure_hook(
        options_type,
        make_dict_structure_fn(options_type, converter, _cattrs_forbid_extra_keys=True, **names),  # type: ignore[arg-type]
    )
    return converter
