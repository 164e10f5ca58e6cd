"""ALTER ... RENAME, SET SCHEMA and OWNER TO, of every kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn

import msgspec

from schemabot.catalog.apply.acl import without_role
from schemabot.catalog.apply.altered import full_name, reject_missing
from schemabot.catalog.apply.constraints import find_constraint, is_generated_not_null
from schemabot.catalog.apply.functions import find_functions, require_function, type_key
from schemabot.catalog.apply.inheritance import children, replace_column
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
from schemabot.catalog.apply.roles import current_role, put_role, require_role
from schemabot.catalog.apply.schemas import put_schema
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
        role = step.catalog.roles.get(fact.name.name)
        if role is not None:
            step.catalog = msgspec.structs.replace(step.catalog, roles=step.catalog.roles.drop(role.name))
            put_role(step, msgspec.structs.replace(role, name=fact.new_name))


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
    elif fact.kind == "policy" and isinstance(found, Table):
        policies = _renamed(step, fact, part, found, found.policies)
        step.put_relation(msgspec.structs.replace(found, policies=policies))
    elif fact.kind == "trigger" and isinstance(found, (Table, View)):
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
    if any(item.name == fact.new_name for item in parts):
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
        if column.inherited:
            step.reject(
                ProblemKind.INVALID, part.span, f"{label}.{part.name}", "cannot rename inherited column"
            )
        _rename_table_column(step, owner, part.name, fact)
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


def _rename_table_column(step: Step, table: Table, old: str, fact: RenameObject) -> None:
    column = table.column(old)
    if column is None:
        return
    change = step.change("name", fact.span)
    made = msgspec.structs.replace(column, name=fact.new_name, changes=(*column.changes, change))
    changes = (*table.changes, step.change(f"column {old}", fact.span))
    table = msgspec.structs.replace(table, columns=replace_column(table, made), changes=changes)
    step.put_relation(table)
    for child in children(step, table):
        _rename_table_column(step, child, old, fact)


def _rename_constraint(step: Step, fact: RenameObject, part: Ident, table: Table) -> None:
    constraint = find_constraint(step, table, part.name)
    if constraint is None:
        if is_generated_not_null(table, part.name):
            step.skip()
        _missing_part(step, fact, part, table)
    label = f"{table.schema}.{table.name}"
    if find_constraint(step, table, fact.new_name) is not None:
        step.reject(ProblemKind.ALREADY_EXISTS, fact.span, f"{label}.{fact.new_name}")
    if constraint.inherited:
        step.reject(
            ProblemKind.INVALID, part.span, f"{label}.{part.name}", "cannot rename inherited constraint"
        )
    change = step.change("name", fact.span)
    index = next((i for i in table.indexes if i.constraint == constraint.oid), None)
    if index is not None:
        rename_index(step, table, index, fact.new_name, change, fact.span)
        return
    _rename_plain_constraint(step, table, constraint, fact)


def _rename_plain_constraint(step: Step, table: Table, constraint: Constraint, fact: RenameObject) -> None:
    change = step.change("name", fact.span)
    made = msgspec.structs.replace(constraint, name=fact.new_name, changes=(*constraint.changes, change))
    constraints = tuple(made if c.oid == constraint.oid else c for c in table.constraints)
    step.unname_constraint(table.schema, constraint.name)
    step.name_constraint(table.schema, fact.new_name)
    changes = (*table.changes, step.change(f"constraint {constraint.name}", fact.span))
    step.put_relation(msgspec.structs.replace(table, constraints=constraints, changes=changes))
    if constraint.kind == "check":
        for child in children(step, table):
            for own in child.constraints:
                if own.name == constraint.name and own.inherited:
                    _rename_plain_constraint(step, child, own, fact)


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
        if isinstance(found, (Table, View, Sequence)) and found.schema != schema:
            if isinstance(found, Sequence) and found.owned_by is not None:
                label = f"{found.schema}.{found.name}"
                detail = "cannot move an owned sequence into another schema"
                step.reject(ProblemKind.INVALID, fact.name.span, label, detail)
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
    elif kind == "extension":
        _move_extension(step, fact)


def _move_extension(step: Step, fact: MoveToSchema) -> None:
    extension = step.catalog.extensions.get(fact.name.name)
    if extension is None:
        if (fact.name.name,) in step.catalog.tainted:
            step.skip()
        step.reject(ProblemKind.UNKNOWN_OBJECT, fact.name.span, fact.name.name)
    _schema(step, Name((fact.schema,), fact.span))
    change = step.change("schema", fact.span)
    moved = msgspec.structs.replace(extension, schema=fact.schema, changes=(*extension.changes, change))
    step.catalog = msgspec.structs.replace(
        step.catalog, extensions=step.catalog.extensions.set(moved.name, moved)
    )
    for relation in step.catalog.relations.values():
        if isinstance(relation, (Table, View, Sequence)) and relation.extension == extension.name:
            move_relation(step, relation, fact.schema, relation.name, change, fact.span)
    for item in step.catalog.types.values():
        if item.extension == extension.name and item.schema != fact.schema:
            move_type(step, item, fact.schema, item.name, change)
    for function in step.catalog.functions.values():
        if function.extension == extension.name:
            move_function(step, function, fact.schema, function.name, change)


# -- OWNER TO ------------------------------------------------------------------------------------------------


def change_owner(step: Step, fact: ChangeOwner) -> None:
    """ALTER ... OWNER TO; sequences that a table's columns own change hands with it."""
    require_role(step, fact.owner, fact.span)
    owner, kind = current_role(step, fact.owner), fact.kind
    if kind in _RELATIONS:
        found = _relation(step, fact.name, kind)
        if isinstance(found, (Table, View, Sequence)):
            step.put_relation(_owned(step, fact, found, owner))
        if isinstance(found, Table):
            for column in found.columns:
                sequence = step.catalog.relations.get(column.sequence) if column.sequence else None
                if isinstance(sequence, Sequence):
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


def _owned(step: Step, fact: ChangeOwner, item: Any, owner: str) -> Any:
    changes = (*item.changes, step.change("owner", fact.span))
    return msgspec.structs.replace(item, owner=owner, acl=without_role(item.acl, owner), changes=changes)


HANDLERS: dict[type, Callable[[Step, Any], None]] = {
    RenameObject: rename_object,
    MoveToSchema: move_to_schema,
    ChangeOwner: change_owner,
}
