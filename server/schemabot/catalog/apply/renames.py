"""ALTER ... RENAME, SET SCHEMA and OWNER TO, of every kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn

import msgspec

from schemabot.catalog.apply.acl import without_role
from schemabot.catalog.apply.altered import full_name, refuse_typed, reject_missing
from schemabot.catalog.apply.constraints import find_constraint
from schemabot.catalog.apply.extensions import move_extension
from schemabot.catalog.apply.functions import find_functions, require_function, type_key
from schemabot.catalog.apply.inheritance import children, descendants, has_other_parent, replace_column
from schemabot.catalog.apply.lookup import kind_word
from schemabot.catalog.apply.moving import (
    move_function,
    move_relation,
    move_type,
    rename_index,
    rename_schema,
    require_free,
    require_free_type,
)
from schemabot.catalog.apply.other_objects import KINDS as OTHER_KINDS
from schemabot.catalog.apply.other_objects import move_object, put_object, require_object
from schemabot.catalog.apply.owned import rename_role
from schemabot.catalog.apply.publications import own_publication, rename_publication
from schemabot.catalog.apply.roles import current_role, require_role
from schemabot.catalog.apply.rules import own_event_trigger, rename_event_trigger
from schemabot.catalog.apply.schemas import put_schema
from schemabot.catalog.apply.sequences import sequences_of
from schemabot.catalog.apply.step import Step
from schemabot.catalog.apply.type_refs import find_type
from schemabot.catalog.objects import (
    Constraint,
    Domain,
    IndexEntry,
    OtherType,
    Relation,
    SchemaObject,
    Sequence,
    Table,
    TypeObject,
    View,
)
from schemabot.catalog.provided import may_be_provided
from schemabot.catalog.state import ProblemKind
from schemabot.facts.model import ChangeOwner, MoveToSchema, ObjectKind, RenameObject
from schemabot.facts.names import Ident, Name

_RELATIONS: Final[frozenset[ObjectKind]] = frozenset(
    {"table", "view", "materialized view", "foreign table", "sequence", "index"}
)
_ROUTINES: Final[frozenset[ObjectKind]] = frozenset({"function", "procedure", "routine", "aggregate"})


# -- finding -------------------------------------------------------------------------------------------------


def _relation(step: Step, name: Name, kind: ObjectKind, *, if_exists: bool = False) -> Relation:
    """The relation that an ALTER names; ALTER TABLE may name any kind, the others only their own."""
    found = step.find_relation(name)
    if found is None:
        if if_exists:
            step.skip()
        reject_missing(step, name)
    fits = {
        "view": isinstance(found, View) and not found.materialized,
        "materialized view": isinstance(found, View) and found.materialized,
        "foreign table": isinstance(found, Table) and found.kind == "foreign",
        "sequence": isinstance(found, Sequence),
        # ALTER INDEX may name a table, for compatibility.
        "index": isinstance(found, (IndexEntry, Table)),
    }
    if not fits.get(kind, True):
        if step.is_tainted(name):
            step.skip()
        step.reject(ProblemKind.WRONG_KIND, name.span, full_name(step, name), f"it is {kind_word(found)}")
    return found


def _type(step: Step, name: Name, kind: ObjectKind = "type") -> TypeObject:
    found = find_type(step, name.parts)
    if found is None:
        if step.is_tainted(name) or may_be_provided(step.catalog, "type", name.schema, name.name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_TYPE, name.span, full_name(step, name))
    label = f"{found.schema}.{found.name}"
    if kind == "domain" and not isinstance(found, Domain):
        step.reject(ProblemKind.WRONG_KIND, name.span, label, "it is not a domain")
    if isinstance(found, OtherType) and found.kind == "row":
        step.reject(ProblemKind.WRONG_KIND, name.span, label, "it is the row type of a table")
    return found


def _schema(step: Step, name: Name) -> SchemaObject:
    found = step.catalog.schemas.get(name.name)
    if found is None:
        if (name.name,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.UNKNOWN_SCHEMA, name.span, name.name)
    return found


# -- RENAME --------------------------------------------------------------------------------------------------


def rename_object(step: Step, fact: RenameObject) -> None:
    """ALTER ... RENAME TO."""
    kind = fact.kind
    if fact.part is not None:
        _rename_part(step, fact, fact.part)
    elif kind in _RELATIONS:
        _rename_relation(step, fact)
    elif kind in ("type", "domain"):
        found = _type(step, fact.name, kind)
        require_free_type(step, found.schema, fact.new_name, fact.span)
        if isinstance(found, OtherType) and found.kind == "composite":
            require_free(step, found.schema, fact.new_name, fact.span)
        move_type(step, found, found.schema, fact.new_name, step.change("name", fact.span))
    elif kind in _ROUTINES:
        function = require_function(step, fact.name, fact.arguments, kind)
        others = find_functions(step, Name((function.schema, fact.new_name), fact.name.span))
        signature = [type_key(type_) for type_ in function.signature]
        if any([type_key(type_) for type_ in other.signature] == signature for other in others):
            step.reject(ProblemKind.ALREADY_EXISTS, fact.span, f"{function.schema}.{fact.new_name}")
        move_function(step, function, function.schema, fact.new_name, step.change("name", fact.span))
    elif kind == "schema":
        _schema(step, fact.name)
        if fact.new_name in step.catalog.schemas:
            step.reject(ProblemKind.ALREADY_EXISTS, fact.span, fact.new_name)
        rename_schema(step, fact.name.name, fact.new_name, step.change("name", fact.span))
    elif kind == "role":
        rename_role(step, fact)
    elif kind == "publication":
        rename_publication(step, fact)
    elif kind == "event trigger":
        rename_event_trigger(step, fact)
    elif kind in OTHER_KINDS:
        item = require_object(step, kind, fact.name, fact.arguments, fact.qualifier)
        move_object(step, item, fact.span, name=fact.new_name)


def _rename_relation(step: Step, fact: RenameObject) -> None:
    found = _relation(step, fact.name, fact.kind, if_exists=fact.if_exists)
    change = step.change("name", fact.span)
    if isinstance(found, IndexEntry):
        owner = step.catalog.relations.get(found.owner)
        if isinstance(owner, (Table, View)):
            index = next(i for i in owner.indexes if i.oid == found.oid)
            rename_index(step, owner, index, fact.new_name, change, fact.span)
    elif isinstance(found, OtherType):
        step.reject(
            ProblemKind.WRONG_KIND, fact.name.span, full_name(step, fact.name), "it is a composite type"
        )
    else:
        move_relation(step, found, found.schema, fact.new_name, change, fact.span)


def _rename_part(step: Step, fact: RenameObject, part: Ident) -> None:
    if fact.on_kind == "domain" and fact.kind == "constraint":
        _rename_domain_constraint(step, fact, part)
        return
    found: Relation | TypeObject
    if fact.on_kind in ("type", "domain"):
        found = _type(step, fact.name)
    else:
        found = _relation(step, fact.name, fact.on_kind, if_exists=fact.if_exists)
    if fact.kind == "column":
        if isinstance(found, (Table, View, OtherType)):
            _rename_column(step, fact, part, found)
    elif fact.kind == "constraint":
        if isinstance(found, Table):
            _rename_constraint(step, fact, part, found)
    elif fact.kind == "rule" and isinstance(found, (Table, View)):
        rules = _renamed(step, fact, part, found, found.rules)
        step.put_relation(msgspec.structs.replace(found, rules=rules))
    elif fact.kind == "policy" and isinstance(found, Table):
        policies = _renamed(step, fact, part, found, found.policies)
        step.put_relation(msgspec.structs.replace(found, policies=policies))
    elif fact.kind == "trigger" and isinstance(found, (Table, View)):
        if any(trigger.name == part.name and trigger.inherited for trigger in found.triggers):
            label = f"{found.schema}.{found.name}.{part.name}"
            step.reject(ProblemKind.INVALID, part.span, label, "rename the trigger of the partitioned table")
        triggers = _renamed(step, fact, part, found, found.triggers)
        step.put_relation(msgspec.structs.replace(found, triggers=triggers))
        if isinstance(found, Table) and found.kind == "partitioned":
            for child in children(step, found):
                if any(t.name == part.name and t.inherited for t in child.triggers):
                    triggers = _renamed(step, fact, part, child, child.triggers)
                    step.put_relation(msgspec.structs.replace(child, triggers=triggers))


def _renamed(step: Step, fact: RenameObject, part: Ident, owner: Table | View, parts: Any) -> Any:
    """`parts` with the policy or trigger renamed."""
    if not any(item.name == part.name for item in parts):
        _missing_part(step, fact, part, owner)
    label = f"{owner.schema}.{owner.name}"
    if any(item.name == fact.new_name for item in parts) and not (
        fact.kind == "trigger" and fact.new_name == part.name
    ):
        step.reject(ProblemKind.ALREADY_EXISTS, fact.span, f"{label}.{fact.new_name}")
    change = step.change("name", fact.span)
    return tuple(
        msgspec.structs.replace(item, name=fact.new_name, changes=(*item.changes, change))
        if item.name == part.name
        else item
        for item in parts
    )


def _missing_part(step: Step, fact: RenameObject, part: Ident, owner: Table | View) -> NoReturn:
    if step.catalog.is_tainted(owner.schema, owner.name):
        step.skip()
    label = f"{owner.schema}.{owner.name}.{part.name}"
    word = "table" if isinstance(owner, Table) else "view"
    step.reject(ProblemKind.UNKNOWN_OBJECT, part.span, label, f"the {word} has no such {fact.kind}")


def _rename_column(step: Step, fact: RenameObject, part: Ident, owner: Table | View | OtherType) -> None:
    label = f"{owner.schema}.{owner.name}"
    columns: tuple[Any, ...] = owner.columns
    known = getattr(owner, "columns_known", True)
    if not any(column.name == part.name for column in columns):
        if not known or step.catalog.is_tainted(owner.schema, owner.name):
            step.skip()
        step.reject(ProblemKind.UNKNOWN_COLUMN, part.span, f"{label}.{part.name}")
    if any(column.name == fact.new_name for column in columns):
        step.reject(ProblemKind.DUPLICATE_COLUMN, fact.span, f"{label}.{fact.new_name}")
    note = step.change(f"column {part.name}", fact.span)
    if isinstance(owner, Table):
        column = owner.column(part.name)
        assert column is not None
        refuse_typed(step, owner, part.span, "cannot rename column of typed table")
        if column.inherited:
            step.reject(
                ProblemKind.INVALID, part.span, f"{label}.{part.name}", "cannot rename inherited column"
            )
        for table in _all_inheriting(step, owner, part, fact, _has_column):
            _rename_table_column(step, table, part.name, fact)
        return
    if isinstance(owner, View):
        columns = tuple(
            msgspec.structs.replace(c, name=fact.new_name) if c.name == part.name else c for c in columns
        )
        step.put_relation(msgspec.structs.replace(owner, columns=columns, changes=(*owner.changes, note)))
        return
    columns = tuple(
        msgspec.structs.replace(c, name=fact.new_name, changes=(*c.changes, step.change("name", fact.span)))
        if c.name == part.name
        else c
        for c in columns
    )
    made = msgspec.structs.replace(owner, columns=columns, changes=(*owner.changes, note))
    step.put_type(made)
    if made.oid in step.catalog.relations:
        step.put_relation(made)


def _all_inheriting(
    step: Step, owner: Table, part: Ident, fact: RenameObject, has: Callable[[Table, str], bool]
) -> list[Table]:
    """The tables where a rename changes a part: `owner` and all below it.

    Refused where one of them has the part from another parent too (renameatt_internal, rename_constraint_internal).
    """
    below = list(descendants(step, owner))
    label = f"{owner.schema}.{owner.name}.{part.name}"
    if fact.only and below:
        detail = f'inherited {fact.kind} "{part.name}" must be renamed in child tables too'
        step.reject(ProblemKind.INVALID, part.span, label, detail)
    if has_other_parent(step, owner, below, lambda parent: has(parent, part.name)) is not None:
        detail = f'cannot rename inherited {fact.kind} "{part.name}"'
        step.reject(ProblemKind.INVALID, part.span, label, detail)
    return [owner, *below]


def _has_column(table: Table, name: str) -> bool:
    return table.column(name) is not None


def _passes_on(table: Table, name: str) -> bool:
    """Whether the table has a constraint of that name that its children inherit."""
    kinds = ("check", "not null")
    return any(c.name == name and c.kind in kinds and not c.no_inherit for c in table.constraints)


def _rename_table_column(step: Step, table: Table, old: str, fact: RenameObject) -> None:
    column = table.column(old)
    if column is None:
        return
    if table.column(fact.new_name) is not None:
        label = f"{table.schema}.{table.name}.{fact.new_name}"
        step.reject(ProblemKind.DUPLICATE_COLUMN, fact.span, label)
    change = step.change("name", fact.span)
    made = msgspec.structs.replace(column, name=fact.new_name, changes=(*column.changes, change))
    changes = (*table.changes, step.change(f"column {old}", fact.span))
    step.put_relation(msgspec.structs.replace(table, columns=replace_column(table, made), changes=changes))


def _rename_constraint(step: Step, fact: RenameObject, part: Ident, table: Table) -> None:
    refuse_typed(step, table, part.span, "cannot rename column of typed table")
    constraint = find_constraint(step, table, part.name)
    if constraint is None:
        _missing_part(step, fact, part, table)
    label = f"{table.schema}.{table.name}"
    if find_constraint(step, table, fact.new_name) is not None:
        step.reject(ProblemKind.ALREADY_EXISTS, fact.span, f"{label}.{fact.new_name}")
    if constraint.inherited and constraint.kind in ("check", "not null"):
        step.reject(
            ProblemKind.INVALID, part.span, f"{label}.{part.name}", "cannot rename inherited constraint"
        )
    change = step.change("name", fact.span)
    index = next((i for i in table.indexes if i.constraint == constraint.oid), None)
    if index is not None:
        rename_index(step, table, index, fact.new_name, change, fact.span)
        return
    if constraint.kind not in ("check", "not null") or constraint.no_inherit:
        _rename_plain_constraint(step, table, constraint, fact)
        return
    for heir in _all_inheriting(step, table, part, fact, _passes_on):
        own = find_constraint(step, heir, part.name)
        label = f"{heir.schema}.{heir.name}"
        if own is None:
            detail = "the child table has no such constraint"
            step.reject(ProblemKind.UNKNOWN_OBJECT, fact.span, f"{label}.{part.name}", detail)
        if find_constraint(step, heir, fact.new_name) is not None:
            step.reject(ProblemKind.ALREADY_EXISTS, fact.span, f"{label}.{fact.new_name}")
        _rename_plain_constraint(step, heir, own, fact)


def _rename_plain_constraint(step: Step, table: Table, constraint: Constraint, fact: RenameObject) -> None:
    change = step.change("name", fact.span)
    made = msgspec.structs.replace(constraint, name=fact.new_name, changes=(*constraint.changes, change))
    constraints = tuple(made if c.oid == constraint.oid else c for c in table.constraints)
    step.unname_constraint(table.schema, constraint.name)
    step.name_constraint(table.schema, fact.new_name)
    changes = (*table.changes, step.change(f"constraint {constraint.name}", fact.span))
    step.put_relation(msgspec.structs.replace(table, constraints=constraints, changes=changes))


def _rename_domain_constraint(step: Step, fact: RenameObject, part: Ident) -> None:
    domain = _type(step, fact.name, "domain")
    assert isinstance(domain, Domain)
    if not any(c.name == part.name for c in domain.constraints):
        label = f"{domain.schema}.{domain.name}.{part.name}"
        step.reject(ProblemKind.UNKNOWN_OBJECT, part.span, label, "the domain has no such constraint")
    constraints = tuple(
        msgspec.structs.replace(c, name=fact.new_name) if c.name == part.name else c
        for c in domain.constraints
    )
    step.put_type(msgspec.structs.replace(domain, constraints=constraints))


# -- SET SCHEMA ----------------------------------------------------------------------------------------------


def move_to_schema(step: Step, fact: MoveToSchema) -> None:
    """ALTER ... SET SCHEMA."""
    schema, kind = fact.schema, fact.kind
    change = step.change("schema", fact.span)
    target = Name((schema,), fact.span)
    if kind in _RELATIONS:
        found = _relation(step, fact.name, kind, if_exists=fact.if_exists)
        _schema(step, target)
        if isinstance(found, Sequence) and found.owned_by is not None:
            label = f"{found.schema}.{found.name}"
            detail = "cannot move an owned sequence into another schema"
            step.reject(ProblemKind.INVALID, fact.name.span, label, detail)
        if isinstance(found, (Table, View, Sequence)) and found.schema != schema:
            move_relation(step, found, schema, found.name, change, fact.span)
    elif kind in ("type", "domain"):
        item = _type(step, fact.name, kind)
        _schema(step, target)
        if item.schema != schema:
            require_free_type(step, schema, item.name, fact.span)
            move_type(step, item, schema, item.name, change)
    elif kind in _ROUTINES:
        function = require_function(step, fact.name, fact.arguments, kind)
        _schema(step, target)
        if function.schema != schema:
            move_function(step, function, schema, function.name, change)
    elif kind in OTHER_KINDS:
        other = require_object(step, kind, fact.name, fact.arguments, fact.qualifier)
        _schema(step, target)
        move_object(step, other, fact.span, schema=schema)
    elif kind == "extension":
        move_extension(step, fact)


# -- OWNER TO ------------------------------------------------------------------------------------------------


def change_owner(step: Step, fact: ChangeOwner) -> None:
    """ALTER ... OWNER TO; sequences that a table's columns own change hands with it."""
    require_role(step, fact.owner, fact.span)
    owner, kind = current_role(step, fact.owner), fact.kind
    if kind in _RELATIONS:
        found = _relation(step, fact.name, kind)
        if isinstance(found, Sequence) and found.owned_by is not None and found.owner != owner:
            label = f"{found.schema}.{found.name}"
            detail = f'cannot change owner of sequence "{found.name}": it is linked to a table'
            step.reject(ProblemKind.INVALID, fact.name.span, label, detail)
        if isinstance(found, (Table, View, Sequence)):
            step.put_relation(_owned(step, fact, found, owner))
        if isinstance(found, Table):
            for sequence in sequences_of(step.catalog, found):
                step.put_relation(_owned(step, fact, sequence, owner))
    elif kind in ("type", "domain"):
        item = _owned(step, fact, _type(step, fact.name, kind), owner)
        step.put_type(item)
        if item.oid in step.catalog.relations:
            step.put_relation(item)
    elif kind in _ROUTINES:
        function = require_function(step, fact.name, fact.arguments, kind)
        step.put_function(_owned(step, fact, function, owner))
    elif kind == "schema":
        put_schema(step, _owned(step, fact, _schema(step, fact.name), owner))
    elif kind == "publication":
        own_publication(step, fact, owner)
    elif kind == "event trigger":
        own_event_trigger(step, fact, owner)
    elif kind in OTHER_KINDS:
        other = require_object(step, kind, fact.name, fact.arguments, fact.qualifier)
        put_object(step, msgspec.structs.replace(other, owner=owner))


def _owned(step: Step, fact: ChangeOwner, item: Any, owner: str) -> Any:
    changes = (*item.changes, step.change("owner", fact.span))
    if isinstance(item, Table) and any(column.acl for column in item.columns):
        columns = tuple(
            msgspec.structs.replace(c, acl=without_role(c.acl, owner)) if c.acl else c for c in item.columns
        )
        item = msgspec.structs.replace(item, columns=columns)
    return msgspec.structs.replace(item, owner=owner, acl=without_role(item.acl, owner), changes=changes)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    RenameObject: rename_object,
    MoveToSchema: move_to_schema,
    ChangeOwner: change_owner,
}
