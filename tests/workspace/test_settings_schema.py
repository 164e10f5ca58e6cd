import json
from pathlib import Path

import attrs

from schemabot.rulekit.registry import all_rules
from schemabot.rulekit.settings import Ignore, Override, Settings, Tenancy
from schemabot.workspace.settings_schema import settings_schema

SHIPPED = Path(__file__).parents[2] / "docs" / "schemabot.schema.json"


def _keys(kind: type) -> set[str]:
    return {field.name.replace("_", "-") for field in attrs.fields(kind)}  # type: ignore[arg-type]


def test_the_schema_knows_every_setting() -> None:
    schema = settings_schema(all_rules())["properties"]
    assert set(schema) == _keys(Settings)
    assert set(schema["tenancy"]["properties"]) == _keys(Tenancy)
    assert set(schema["ignore"]["items"]["properties"]) == _keys(Ignore)
    assert set(schema["override"]["items"]["properties"]) == _keys(Override)


def test_the_schema_knows_every_rule_and_option() -> None:
    rules = all_rules()
    properties = settings_schema(rules)["definitions"]["rules"]["properties"]
    assert set(properties) == set(rules)
    for rule in rules.values():
        table = properties[rule.id]["anyOf"][1]["properties"]
        assert set(table) == {"level", *(option.key for option in rule.options)}


def test_the_shipped_schema_is_up_to_date() -> None:
    assert json.loads(SHIPPED.read_text("utf-8")) == settings_schema(all_rules()), "run docs/generate.py"
