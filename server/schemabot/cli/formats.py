"""The machine-readable formats of `check`: JSON, SARIF 2.1.0, and GitHub's workflow commands."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import quote

import schemabot
from schemabot.cli.report import Place, Report, Shown
from schemabot.rulekit.finding import Severity
from schemabot.rulekit.rule import Rule

_SARIF_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}
_GITHUB_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
    Severity.HINT: "notice",
}


def json_text(report: Report) -> str:
    """The report as JSON; lines and columns are 1-based, columns in code points."""
    return json.dumps(
        {
            "version": 1,
            "findings": [
                {
                    "rule": item.rule,
                    "aliases": list(item.aliases),
                    "severity": item.severity.value,
                    "path": item.place.path,
                    "range": _json_range(item.place),
                    "message": item.message,
                    "object": item.object,
                    "part": item.part,
                    "fixes": list(item.fixes),
                }
                for item in report.findings
            ],
            "not_analysed": [
                {"path": item.place.path, "range": _json_range(item.place), "reason": item.reason}
                for item in report.not_analysed
            ],
            "summary": {**report.counts(), "files": report.files, "statements": report.statements},
        },
        indent=2,
        ensure_ascii=False,
    )


def _json_range(place: Place) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": place.line, "column": place.column},
        "end": {"line": place.end_line, "column": place.end_column},
    }


def sarif_text(report: Report, rules: dict[str, Rule]) -> str:
    """The report as SARIF 2.1.0 (OASIS), with the rules that it names."""
    named = sorted({item.rule for item in report.findings})
    numbers = {name: number for number, name in enumerate(named)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "SchemaBot",
                "semanticVersion": schemabot.__version__,
                "rules": [_sarif_rule(name, rules.get(name)) for name in named],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.failed,
                "toolExecutionNotifications": [
                    {
                        "level": "note",
                        "message": {"text": item.reason},
                        "locations": [_sarif_location(item.place)],
                    }
                    for item in report.not_analysed
                ],
            }
        ],
        "results": [_sarif_result(item, numbers[item.rule]) for item in report.findings],
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _sarif_rule(name: str, rule: Rule | None) -> dict[str, Any]:
    result: dict[str, Any] = {"id": name}
    if rule is not None:
        result["shortDescription"] = {"text": rule.summary}
        result["helpUri"] = rule.url
        result["defaultConfiguration"] = {"level": _SARIF_LEVELS[rule.severity]}
        result["properties"] = {"tags": [rule.category]}
    return result


def _sarif_result(item: Shown, number: int) -> dict[str, Any]:
    text = item.message if not item.help else f"{item.message}\n\n{item.help}"
    key = "\0".join((item.rule, item.object or "", item.part or "", item.place.path))
    result: dict[str, Any] = {
        "ruleId": item.rule,
        "ruleIndex": number,
        "level": _SARIF_LEVELS[item.severity],
        "message": {"text": text},
        "locations": [_sarif_location(item.place)],
        "partialFingerprints": {"schemabot/v1": hashlib.sha256(key.encode()).hexdigest()},
    }
    if item.related:
        result["relatedLocations"] = [
            {"id": number, **_sarif_location(place), "message": {"text": message}}
            for number, (place, message) in enumerate(item.related)
        ]
    return result


def _sarif_location(place: Place) -> dict[str, Any]:
    path = place.path.replace("\\", "/")
    uri = f"file://{quote(path)}" if path.startswith("/") else quote(path)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        }
    }


def github_text(report: Report) -> str:
    """One workflow command a line (GitHub Docs, "Workflow commands": error, warning, notice)."""
    lines = []
    for item in report.findings:
        place = item.place
        properties = {"file": place.path.replace("\\", "/"), "line": place.line, "endLine": place.end_line}
        if place.line == place.end_line:  # columns count only within one line
            properties |= {"col": place.column, "endColumn": place.end_column}
        properties["title"] = f"{item.rule} ({item.severity.value})"
        text = item.message if not item.help else f"{item.message}\n{item.help}"
        lines.append(_command(_GITHUB_LEVELS[item.severity], properties, text))
    for missed in report.not_analysed:
        place = missed.place
        where = {"file": place.path.replace("\\", "/"), "line": place.line, "title": "not analysed"}
        lines.append(_command("notice", where, missed.reason))
    return "\n".join(lines)


def _command(level: str, properties: dict[str, Any], message: str) -> str:
    listed = ",".join(f"{name}={_escaped_property(str(value))}" for name, value in properties.items())
    return f"::{level} {listed}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
