"""The JSON schema of schemabot.toml, for editors: from the settings classes and the rules' own options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from schemabot.rulekit.rule import Rule
from schemabot.rulekit.settings import Level, PlatformName, Settings
from schemabot.workspace.layouts import LAYOUT_NAMES
from schemabot.workspace.settings import known_presets

SCHEMA_ID = "urn:schemabot:settings"

_LEVELS = [level for level in get_args(Level) if level != "default"]
_JSON_TYPES: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}


def settings_schema(rules: Mapping[str, Rule]) -> dict[str, Any]:
    """The schema (JSON Schema draft 7, which TOML editors take) with every rule and its options."""
    rule_levels = {
        "type": "object",
        "description": "Levels and options by rule.",
        "properties": {rule.id: _rule(rule) for rule in rules.values()},
        "additionalProperties": False,
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": SCHEMA_ID,
        "title": "schemabot.toml",
        "description": "Settings of SchemaBot. Everything is optional.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "preset": _described({"enum": list(known_presets(rules))}, "preset"),
            "platform": _described({"enum": list(get_args(PlatformName))}, "platform"),
            "postgres-version": _described({"type": "integer"}, "postgres-version"),
            "migrations": _described({"type": "string"}, "migrations"),
            "layout": _described({"enum": list(LAYOUT_NAMES)}, "layout"),
            "exposed-schemas": _described(_STRINGS, "exposed-schemas"),
            "default-grants": _described({"type": "boolean"}, "default-grants"),
            "rollbacks": _described({"type": "string"}, "rollbacks"),
            "remote": _described({"type": "boolean"}, "remote"),
            "baseline": _described(
                {"type": ["string", "integer"], "pattern": "^[0-9]+([._][0-9]+)*$"}, "baseline"
            ),
            "tenancy": _object("tenancy", _TENANCY),
            "rules": {"$ref": "#/definitions/rules"},
            "ignore": {
                "type": "array",
                "description": DESCRIPTIONS["ignore"],
                "items": {**_object("ignore", _IGNORE), "required": ["rule", "object", "reason"]},
            },
            "invariant": {
                "type": "array",
                "description": DESCRIPTIONS["invariant"],
                "items": {**_object("invariant", _INVARIANT), "required": ["name"]},
            },
            "override": {
                "type": "array",
                "description": DESCRIPTIONS["override"],
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["paths"],
                    "properties": {
                        "paths": _described(_STRINGS, "override.paths"),
                        "rules": {"$ref": "#/definitions/rules"},
                    },
                },
            },
        },
        "definitions": {"level": {"enum": _LEVELS}, "rules": rule_levels},
    }


DESCRIPTIONS: Mapping[str, str] = {
    "preset": "The set of rules that run. Default: recommended.",
    "platform": "What is there before the first migration. Default: found from the folder's content.",
    "postgres-version": f"The major version that migrations run on. Default: {Settings().postgres_version}, "
    "or what supabase/config.toml says.",
    "migrations": "The folder of the migrations, relative to this file.",
    "remote": "Whether the schema that `schemabot pull` has read is looked at. Default: true.",
    "rollbacks": "The folder for ways back, outside of the migrations: supabase/rollbacks.",
    "layout": "The tool that runs the migrations, which decides about order and down parts. Default: detected.",
    "exposed-schemas": "The schemas that API clients reach. Default: what supabase/config.toml says; on "
    "plain PostgreSQL every schema of the project.",
    "default-grants": "Whether Supabase lets the roles of its API use new tables of schema public by default. Default: "
    "true for projects whose oldest migration is from before 2026-05-30, else false.",
    "baseline": "The version of the newest migration that is applied: it and those before it are history.",
    "tenancy": "How organisations are told apart. Default: detected from the history.",
    "tenancy.column": "The tenant column.",
    "tenancy.organizations": "The table of the organisations, as schema.name.",
    "tenancy.memberships": "The table that says who belongs to which organisation, as schema.name.",
    "tenancy.helpers": "Functions that give or test the caller's organisation, as schema.name.",
    "tenancy.exempt": "Tables that belong to no organisation, as schema.name.",
    "tenancy.service-only": "Tables that only the service role uses, as schema.name.",
    "ignore": "Suppressions outside the migrations, for files that must not be edited.",
    "ignore.rule": "The rule.",
    "ignore.object": "The object, as schema.name; * stands for anything.",
    "ignore.reason": "Why.",
    "invariant": "What must hold of the data; schemabot verify asks it of the migrated database.",
    "invariant.name": "What the invariant is called in messages.",
    "invariant.holds": "A query that gives true.",
    "invariant.violations": "A query that gives the rows that break it: none.",
    "override": "Other levels for some files.",
    "override.paths": "Glob patterns of the files, relative to this file.",
}
"""What each setting means, in a sentence; docs/settings.md tells more."""

_STRINGS: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}
_STRING: Mapping[str, Any] = {"type": "string"}
_TENANCY: Mapping[str, Mapping[str, Any]] = {
    "column": _STRING,
    "organizations": _STRING,
    "memberships": _STRING,
    "helpers": _STRINGS,
    "exempt": _STRINGS,
    "service-only": _STRINGS,
}
_INVARIANT: Mapping[str, Mapping[str, Any]] = {"name": _STRING, "holds": _STRING, "violations": _STRING}
_IGNORE: Mapping[str, Mapping[str, Any]] = {"rule": _STRING, "object": _STRING, "reason": _STRING}


def _object(name: str, properties: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": DESCRIPTIONS[name],
        "additionalProperties": False,
        "properties": {key: _described(value, f"{name}.{key}") for key, value in properties.items()},
    }


def _described(schema: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**schema, "description": DESCRIPTIONS[name]}


def _rule(rule: Rule) -> dict[str, Any]:
    """A level alone, or a table of the level and the rule's options."""
    table = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "level": {"$ref": "#/definitions/level"},
            **{option.key: _option(option.default, option.explanation) for option in rule.options},
        },
    }
    return {"description": rule.summary, "anyOf": [{"$ref": "#/definitions/level"}, table]}


def _option(default: Any, explanation: str) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if isinstance(default, (tuple, list, frozenset, set)):
        items = sorted(default) if isinstance(default, (frozenset, set)) else list(default)
        kinds = {_JSON_TYPES[type(item)] for item in items if type(item) in _JSON_TYPES}
        schema = {"type": "array", "items": {"type": kinds.pop() if len(kinds) == 1 else "string"}}
        schema["default"] = items
    elif type(default) in _JSON_TYPES:
        schema = {"type": _JSON_TYPES[type(default)], "default": default}
    if explanation:
        schema["description"] = explanation
    return schema
