"""COMMENT ON: the text goes to the object, or to the part of it, that it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

import msgspec

from schemabot.catalog.apply.functions import require_function
from schemabot.catalog.apply.lookup import kind_word, label, require_relation, require_type
from schemabot.catalog.apply.other_objects import KINDS as OTHER_KINDS
from schemabot.catalog.apply.other_objects import put_object, require_object
from schemabot.catalog.apply.privileges import put_holder
from schemabot.catalog.apply.publications import comment_on_publication
from schemabot.catalog.apply.roles import require_role
from schemabot.catalog.apply.rules import comment_on_event_trigger
from schemabot.catalog.apply.step import Step
from schemabot.catalog.objects import (
    Column,
    Constraint,
    Domain,
    Function,
    IndexEntry,
    OtherType,
    Policy,
    Rule,
    SchemaObject,
    Sequence,
    Table,
    Trigger,
    TypeObject,
    View,
)
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import SetComment

_Part = TypeVar("_Part", bound=Column | Constraint | Policy | Rule | Trigger)

_Whole = TypeVar("_Whole", bound=Table | View | Sequence | Function | SchemaObject | TypeObject)

_PARTS: Final[dict[str, str]] = {
    "column": "columns", "constraint": "constraints", "policy": "policies", "trigger": "triggers",
    "rule": "rules",
}  # fmt: skip
_RELATIONS = frozenset({"table", "view", "materialized view", "foreign table", "sequence"})


def set_comment(step: Step, fact: SetComment) -> None:
    kind = fact.kind
    if kind in _PARTS:
        _on_part(step, fact)
    elif kind == "index":
        _on_index(step, fact)
    elif kind in _RELATIONS:
        relation = require_relation(step, fact.name)
        if not isinstance(relation, (Table, View, Sequence)) or _kind_of(relation) != kind:
            if step.is_tainted(fact.name):
                step.skip()
            detail = f"it is {kind_word(relation)}"
            step.reject(ProblemKind.WRONG_KIND, fact.name.span, str(fact.name), detail)
        step.put_relation(_with_comment(step, relation, fact))
    elif kind in ("function", "procedure", "routine", "aggregate"):
        function = require_function(step, fact.name, fact.arguments, kind)
        step.put_function(_with_comment(step, function, fact))
    elif kind in ("type", "domain"):
        item = require_type(step, fact.name)
        if kind == "domain" and not isinstance(item, Domain):
            step.reject(ProblemKind.WRONG_KIND, fact.name.span, str(fact.name), "it is not a domain")
        put_holder(step, _with_comment(step, item, fact))
    elif kind == "schema":
        schema = step.catalog.schemas.get(fact.name.name)
        if schema is None:
            _unknown(step, fact, ProblemKind.UNKNOWN_SCHEMA)
        put_holder(step, _with_comment(step, schema, fact))
    elif kind == "publication":
        comment_on_publication(step, fact)
    elif kind == "event trigger":
        comment_on_event_trigger(step, fact)
    elif kind == "role":
        require_role(step, fact.name.name, fact.name.span)
    elif kind in OTHER_KINDS:
        other = require_object(step, kind, fact.name, fact.arguments, fact.qualifier)
        put_object(step, msgspec.structs.replace(other, comment=fact.text))
    elif kind == "extension":
        extension = step.catalog.extensions.get(fact.name.name)
        if extension is None:
            _unknown(step, fact, ProblemKind.UNKNOWN_OBJECT)
        extension = msgspec.structs.replace(extension, comment=fact.text)
        step.catalog = msgspec.structs.replace(
            step.catalog, extensions=step.catalog.extensions.set(extension.name, extension)
        )


def _with_comment(step: Step, item: _Whole, fact: SetComment) -> _Whole:
    changes = (*item.changes, step.change("comment", fact.span))
    return msgspec.structs.replace(item, comment=fact.text, changes=changes)


def _kind_of(relation: Table | View | Sequence) -> str:
    if isinstance(relation, Table):
        return "foreign table" if relation.kind == "foreign" else "table"
    if isinstance(relation, View):
        return "materialized view" if relation.materialized else "view"
    return "sequence"


def _unknown(step: Step, fact: SetComment, kind: ProblemKind) -> NoReturn:
    if step.is_tainted(fact.name):
        step.skip()
    step.reject(kind, fact.name.span, str(fact.name))


def _on_part(step: Step, fact: SetComment) -> None:
    if not fact.name.parts:  # COMMENT ON COLUMN c
        step.reject(ProblemKind.INVALID, fact.span, fact.part or "", "column name must be qualified")
    if fact.kind == "constraint" and _on_domain_constraint(step, fact):
        return
    relation = require_relation(step, fact.name)
    if isinstance(relation, View) and fact.kind == "column":
        _check_view_column(step, fact, relation)
        _comment_on_view_column(step, fact, relation)
        return
    if not isinstance(relation, (Table, View, OtherType)):
        step.skip()
    field = _PARTS[fact.kind]
    parts = getattr(relation, field, ())
    made = _commented(parts, fact)
    if made is None:
        _unknown_part(step, fact, relation)
    changed = msgspec.structs.replace(relation, **{field: made})
    if isinstance(changed, OtherType):
        put_holder(step, changed)
    else:
        step.put_relation(changed)


def _commented(parts: tuple[_Part, ...], fact: SetComment) -> tuple[_Part, ...] | None:
    """`parts` with the comment on the one that the statement names; None when there is no such part."""
    for index, part in enumerate(parts):
        if part.name == fact.part:
            return (*parts[:index], msgspec.structs.replace(part, comment=fact.text), *parts[index + 1 :])
    return None


def _unknown_part(step: Step, fact: SetComment, relation: Table | View | OtherType) -> NoReturn:
    known = not isinstance(relation, Table) or relation.columns_known
    if step.is_tainted(fact.name) or not known:
        step.skip()
    kind = ProblemKind.UNKNOWN_COLUMN if fact.kind == "column" else ProblemKind.UNKNOWN_OBJECT
    step.reject(kind, fact.name.span, f"{label(relation)}.{fact.part}", f"no such {fact.kind}")


def _check_view_column(step: Step, fact: SetComment, view: View) -> None:
    if view.columns_known and all(column.name != fact.part for column in view.columns):
        _unknown_part(step, fact, view)


def _comment_on_view_column(step: Step, fact: SetComment, view: View) -> None:
    place = next((n for n, column in enumerate(view.columns, 1) if column.name == fact.part), 0)
    comments = {number: text for number, text in view.column_comments if number != place}
    if place and fact.text is not None:
        comments[place] = fact.text
    step.put_relation(msgspec.structs.replace(view, column_comments=tuple(comments.items())))


def _on_domain_constraint(step: Step, fact: SetComment) -> bool:
    if step.find_relation(fact.name) is not None:
        return False
    oid = next(
        (
            oid
            for schema in ((fact.name.schema,) if fact.name.schema is not None else step.search_path())
            if (oid := step.catalog.type_names.get((schema, fact.name.name))) is not None
        ),
        None,
    )
    domain = None if oid is None else step.catalog.types.get(oid)
    if not isinstance(domain, Domain):
        return False
    made = _commented(domain.constraints, fact)
    if made is None:
        step.reject(
            ProblemKind.UNKNOWN_OBJECT, fact.name.span, f"{label(domain)}.{fact.part}", "no such constraint"
        )
    step.put_type(msgspec.structs.replace(domain, constraints=made))
    return True


def _on_index(step: Step, fact: SetComment) -> None:
    entry = require_relation(step, fact.name)
    if not isinstance(entry, IndexEntry):
        step.reject(ProblemKind.WRONG_KIND, fact.name.span, str(fact.name), "it is not an index")
    owner = step.catalog.relations.get(entry.owner)
    if not isinstance(owner, (Table, View)):
        step.skip()
    indexes = tuple(
        msgspec.structs.replace(index, comment=fact.text) if index.oid == entry.oid else index
        for index in owner.indexes
    )
    step.put_relation(msgspec.structs.replace(owner, indexes=indexes))


HANDLERS: dict[type, Callable[[Step, Any], None]] = {SetComment: set_comment}
