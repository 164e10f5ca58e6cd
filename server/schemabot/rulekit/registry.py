"""Finding rule packs: installed distributions name theirs in the entry-point group `schemabot.rules`.

Only what is installed in the running environment is loaded; a workspace cannot add rules (`schemabot` is
started with `-P` semantics: its own folder and the current one are not on the import path).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points

from schemabot.rulekit.rule import Rule

GROUP = "schemabot.rules"


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule of every installed pack by id, in order of id. Raises `ValueError` if two share an id."""
    found: dict[str, Rule] = {}
    for pack in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        for rule in _rules_of(pack.value):
            if rule.id in found:
                raise ValueError(f"rule {rule.id} comes from {found[rule.id].module} and from {rule.module}")
            found[rule.id] = rule
    return dict(sorted(found.items()))


def _rules_of(package: str) -> Iterator[Rule]:
    root = importlib.import_module(package)
    for info in pkgutil.walk_packages(root.__path__, package + "."):
        if info.ispkg or info.name.rpartition(".")[2].startswith("_"):
            continue
        rule = getattr(importlib.import_module(info.name), "check", None)
        if isinstance(rule, Rule):
            yield rule
