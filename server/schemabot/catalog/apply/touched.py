"""What ALTER TABLE changes of how a table is stored and fires: kept so that the table can be written anew."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec

from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import Column, Firing, Index, Rule, Table, Trigger, View
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import TouchTable

_Relation = TypeVar("_Relation", bound="Table | View")
_Part = TypeVar("_Part", bound="Trigger | Rule")

_FIRING: Final[dict[str, Firing]] = {
    "enable": "origin", "disable": "disabled", "enable replica": "replica", "enable always": "always"
}  # fmt: skip
_ALL: Final = ("all", "user")


def touched(relation: _Relation, fact: TouchTable) -> _Relation:
    """`relation` with what a sub-command says about storage, triggers, rules and options."""
    words = fact.what.split()
    if "trigger" in words or words[-1] == "rule":
        return _fires(relation, fact, words)
    if not isinstance(relation, Table):
        return relation
    changed: dict[str, Any] = {}
    if fact.what == "replica identity":
        changed["replica_identity"] = fact.value
        changed["replica_index"] = _index(relation, fact.name)
    elif fact.what == "cluster on":
        changed["clustered_on"] = _index(relation, fact.name)
    elif fact.what == "set without cluster":
        changed["clustered_on"] = 0
    elif fact.what == "set access method":
        changed["access_method"] = fact.name or ""
    elif fact.what == "foreign table options":
        changed["foreign_options"] = _merged(relation.foreign_options, fact)
    elif fact.column is not None:
        name = fact.column.name
        changed["columns"] = tuple(_column(c, fact) if c.name == name else c for c in relation.columns)
    return msgspec.structs.replace(relation, **changed) if changed else relation


def refuse_touch(step: Step, relation: Table | View, fact: TouchTable) -> None:
    """Reject a trigger, rule or index that is not there, and an index that cannot identify rows."""
    if fact.name is None:
        return
    words = fact.what.split()
    label = f"{relation.schema}.{relation.name}"
    detail = ""
    if fact.what in ("replica identity", "cluster on"):
        index = next((index for index in relation.indexes if index.name == fact.name), None)
        if index is None:
            _missing(step, relation, fact, "index")
        elif isinstance(relation, Table) and fact.what == "replica identity":
            detail = _identity_detail(relation, index)
    elif "trigger" in words and all(trigger.name != fact.name for trigger in relation.triggers):
        _missing(step, relation, fact, "trigger")
    elif (
        words[-1] == "rule"
        and all(rule.name != fact.name for rule in relation.rules)
        and not (isinstance(relation, View) and fact.name == "_RETURN")
    ):
        _missing(step, relation, fact, "rule")
    if detail:
        step.reject(ProblemKind.INVALID, fact.span, f"{label}.{fact.name}", detail)


def _missing(step: Step, relation: Table | View, fact: TouchTable, kind: str) -> None:
    if step.catalog.is_tainted(relation.schema, relation.name):
        step.skip()
    label = f"{relation.schema}.{relation.name}.{fact.name}"
    step.reject(ProblemKind.UNKNOWN_OBJECT, fact.span, label, f"the table has no such {kind}")


def _identity_detail(table: Table, index: Index) -> str:
    """Why rows cannot be identified by the index (ATExecReplicaIdentity)."""
    if not index.unique:
        return f'cannot use non-unique index "{index.name}" as replica identity'
    if any(c.oid == index.constraint and c.deferrable for c in table.constraints):
        return f'cannot use non-immediate index "{index.name}" as replica identity'
    if any(key.expression is not None for key in index.keys):
        return f'cannot use expression index "{index.name}" as replica identity'
    if index.where is not None:
        return f'cannot use partial index "{index.name}" as replica identity'
    for key in index.keys:
        column = table.column_by_number(key.column)
        if column is not None and not column.not_null:
            return f'index "{index.name}" cannot be used as replica identity: "{column.name}" is nullable'
    return ""


def _fires(relation: _Relation, fact: TouchTable, words: list[str]) -> _Relation:
    kind = "trigger" if "trigger" in words else "rule"
    everything = words[-1] in _ALL
    enabled = _FIRING.get(" ".join(words[: words.index(kind)]), "origin")

    def changed(parts: tuple[_Part, ...]) -> tuple[_Part, ...]:
        return tuple(
            msgspec.structs.replace(part, enabled=enabled) if everything or part.name == fact.name else part
            for part in parts
        )

    if kind == "trigger":
        return msgspec.structs.replace(relation, triggers=changed(relation.triggers))
    return msgspec.structs.replace(relation, rules=changed(relation.rules))


def _index(table: Table, name: str | None) -> int:
    return next((index.oid for index in table.indexes if index.name == name), 0)


def _column(column: Column, fact: TouchTable) -> Column:
    if fact.what == "set statistics":
        return msgspec.structs.replace(column, statistics=None if fact.value == "-1" else fact.value)
    if fact.what == "set storage":
        value = (fact.value or "").lower()
        return msgspec.structs.replace(column, storage=None if value == "default" else value)
    if fact.what == "set compression":
        value = (fact.value or "").lower()
        return msgspec.structs.replace(column, compression=None if value == "default" else value)
    if fact.what in ("set column options", "reset column options"):
        return msgspec.structs.replace(column, options=_merged(column.options, fact))
    if fact.what == "foreign column options":
        return msgspec.structs.replace(column, foreign_options=_merged(column.foreign_options, fact))
    return column


def _merged(known: tuple[tuple[str, str], ...], fact: TouchTable) -> tuple[tuple[str, str], ...]:
    merged = {**dict(known), **dict(fact.options)}
    return tuple((name, value) for name, value in merged.items() if value is not None)
