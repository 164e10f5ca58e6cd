"""The names in the other statements: functions, views, types, privileges, DROP, RENAME, COMMENT ..."""

from __future__ import annotations

from schemabot.catalog.objects import Table, View
from schemabot.facts.model import (
    AddEnumValue,
    AlterDomain,
    AlterFunction,
    AlterPublication,
    ChangeDefaultPrivileges,
    ChangeOwner,
    ChangePrivileges,
    CreateComposite,
    CreateDomain,
    CreateEventTrigger,
    CreateExtension,
    CreatePublication,
    CreateRole,
    CreateSchema,
    CreateSequence,
    CreateView,
    DropObject,
    GrantRole,
    MoveToSchema,
    ObjectKind,
    RenameEnumValue,
    RenameObject,
    SetComment,
    SetRole,
    SetSearchPath,
    UpdateRows,
)
from schemabot.facts.names import Ident, Name, TypeName
from schemabot.features.names.binder import bind_expression, bind_query
from schemabot.features.names.collector import Collector
from schemabot.features.names.tables import constraint_definition, named_part
from schemabot.features.names.target import Target, TargetKind
from schemabot.text import Span

_RELATIONS = frozenset(("table", "view", "materialized view", "foreign table", "index", "sequence"))
_FUNCTIONS = frozenset(("function", "procedure", "routine", "aggregate"))
_PARTS = frozenset(("column", "constraint", "policy", "trigger", "rule"))


def object_name(
    c: Collector,
    kind: ObjectKind,
    name: Name,
    arguments: tuple[TypeName, ...] | None = None,
    *,
    late: bool = False,
) -> None:
    """The name of an object of any kind."""
    if kind in _RELATIONS:
        c.relation(name, late=late)
    elif kind in _FUNCTIONS:
        c.function(name, arguments, kind, late=late)
    elif kind in ("type", "domain"):
        c.type(TypeName(name.parts, (), 0, name.span))
    elif kind == "schema":
        c.schema(name.name, name.span)
    elif kind == "role":
        c.role(name.name, name.span)
    elif kind in ("extension", "publication", "event trigger"):
        _global(c, kind, Ident(name.name, name.span))


def _global(c: Collector, kind: ObjectKind, name: Ident, *, declares: bool = False) -> None:
    """An extension, a publication or an event trigger."""
    kinds: dict[str, TargetKind] = {
        "extension": "extension", "publication": "publication", "event trigger": "event trigger"
    }  # fmt: skip
    for step in c.steps(late=True):
        catalog = step.catalog
        there: dict[str, bool] = {
            "extension": name.name in catalog.extensions,
            "publication": name.name in catalog.publications,
            "event trigger": name.name in catalog.event_triggers,
        }
        if there.get(kind):
            c.add(name.span, Target(kinds[kind], name=name.name), declares=declares)
            return


def create_schema(c: Collector, fact: CreateSchema) -> None:
    """The new schema."""
    if fact.name.name in c.after.catalog.schemas:
        c.add(fact.name.span, Target("schema", name=fact.name.name), declares=True)


def create_view(c: Collector, fact: CreateView) -> None:
    """The view, its columns where they are listed, and what its query names."""
    view = c.relation(fact.name, late=True, declares=True)
    for name, span in c.words.find_all(fact.columns, fact.name.span.end, fact.query.span.start):
        c.add(span, c.column_target(view, name), declares=True)
    bind_query(c, fact.query.query)


def create_type(c: Collector, name: Name) -> None:
    """The name of a new type, or of one that a statement changes."""
    for step in c.steps(late=True):
        parts = name.parts
        schemas = step.search_path() if len(parts) == 1 else (parts[-2],)
        for schema in schemas:
            oid = step.catalog.type_names.get((schema, parts[-1]))
            if oid is not None:
                item = step.catalog.types.get(oid)
                is_new = c.before.catalog.types.get(oid) is None
                if item is not None:
                    c.name(name, Target("type", oid), declares=is_new)
                return


def changed_label(c: Collector, fact: AddEnumValue | RenameEnumValue) -> None:
    """The enum that a label is added to or renamed in."""
    create_type(c, fact.name)


def create_domain(c: Collector, fact: CreateDomain) -> None:
    """The domain, its base type, and what its default and checks name."""
    create_type(c, fact.name)
    c.type(fact.type)
    bind_expression(c, fact.default, names=("value",))
    for constraint in fact.constraints:
        bind_expression(c, constraint.expression, names=("value",))


def alter_domain(c: Collector, fact: AlterDomain) -> None:
    """The domain, and what a new default or check names."""
    create_type(c, fact.name)
    bind_expression(c, fact.default, names=("value",))
    if fact.constraint is not None:
        constraint_definition(c, None, fact.constraint)


def create_composite(c: Collector, fact: CreateComposite) -> None:
    """The type and the types of its fields."""
    create_type(c, fact.name)
    for column in fact.columns:
        c.type(column.type)


def create_sequence(c: Collector, fact: CreateSequence) -> None:
    """The sequence, its type, and the column that owns it."""
    c.relation(fact.name, late=True, declares=not fact.alter)
    c.type(fact.options.type)
    owner = fact.options.owned_by
    if owner is None or len(owner.parts) < 2:
        return
    parts = c.words.parts(owner.span)
    if len(parts) == len(owner.parts):
        table = c.relation(Name(owner.parts[:-1], Span(parts[0].start, parts[-2].end)))
        c.column(table, owner.name, parts[-1])


def create_extension(c: Collector, fact: CreateExtension) -> None:
    """The extension and the schema that it goes into."""
    _global(c, "extension", fact.name, declares=fact.name.name not in c.before.catalog.extensions)
    if fact.schema is not None:
        c.schema(fact.schema, c.words.find_last(fact.schema, fact.name.span.end))


def create_role(c: Collector, fact: CreateRole) -> None:
    """The role, made or altered."""
    c.role(fact.name.name, fact.name.span, declares=not fact.alter)


def event_trigger(c: Collector, fact: CreateEventTrigger) -> None:
    """The event trigger and its function."""
    _global(c, "event trigger", fact.name, declares=True)
    c.function(fact.function)


def publication(c: Collector, fact: CreatePublication | AlterPublication) -> None:
    """The publication, its tables with their columns and filters, its schemas."""
    _global(c, "publication", fact.name, declares=isinstance(fact, CreatePublication))
    for number, name in enumerate(fact.tables):
        table = c.relation(name)
        if number < len(fact.columns):
            c.columns(table, fact.columns[number], name.span.end)
        if number < len(fact.filters):
            bind_expression(c, fact.filters[number], table)
    for schema, span in c.words.find_all(fact.schemas, fact.name.span.end):
        c.schema(schema, span)


def alter_function(c: Collector, fact: AlterFunction) -> None:
    """The function and the types of its arguments."""
    c.function(fact.name, fact.arguments, fact.kind)


def drop(c: Collector, fact: DropObject) -> None:
    """What is dropped; of a part its table too."""
    if fact.table is not None:
        named_part(c, fact.table, fact.kind, Ident(fact.name.name, fact.name.span))
    else:
        object_name(c, fact.kind, fact.name, fact.arguments)


def rename(c: Collector, fact: RenameObject) -> None:
    """The old name, and the new one, which means the same object."""
    known = len(c.found)
    if fact.part is not None:
        named_part(c, fact.name, fact.kind, fact.part)
    else:
        object_name(c, fact.kind, fact.name, fact.arguments)
    mentions = list(c.found.values())[known:]
    old = fact.part.span if fact.part is not None else None
    target = next(
        (m.target for m in mentions if old is None or m.span == old.shifted(c.shift)),
        None,
    )
    start = max(fact.name.span.end, 0 if old is None else old.end)
    c.add(c.words.find_last(fact.new_name, start), target)


def move(c: Collector, fact: MoveToSchema) -> None:
    """What is moved, and the schema that it goes to."""
    object_name(c, fact.kind, fact.name, fact.arguments)
    c.schema(fact.schema, c.words.find_last(fact.schema, fact.name.span.end))


def owner(c: Collector, fact: ChangeOwner) -> None:
    """What gets another owner, and that role."""
    object_name(c, fact.kind, fact.name, fact.arguments)
    c.role(fact.owner, c.words.find_last(fact.owner, fact.name.span.end))


def comment(c: Collector, fact: SetComment) -> None:
    """What a comment is about: an object, or a part of one. A column without its table is refused."""
    if fact.part is None:
        object_name(c, fact.kind, fact.name, fact.arguments)
        return
    if not fact.name.parts:
        return
    if fact.kind == "column":
        place = c.words.find(fact.part, fact.name.span.end)
    else:
        place = c.words.find(fact.part, c.words.after("on", fact.kind) or 0)
    if place is not None:
        named_part(c, fact.name, fact.kind, Ident(fact.part, place))


def privileges(c: Collector, fact: ChangePrivileges) -> None:
    """The objects of GRANT and REVOKE, their columns, the schemas, the roles."""
    tables: list[Table | View] = []
    for number, name in enumerate(fact.objects):
        arguments = fact.arguments[number] if number < len(fact.arguments) else None
        if fact.kind in _RELATIONS:
            found = c.relation(name)
            if found is not None:
                tables.append(found)
        else:
            object_name(c, fact.kind, name, arguments)
    for schema, span in c.words.find_all(fact.in_schemas, c.words.after("schema") or 0):
        c.schema(schema, span)
    start = 0
    for _, columns in fact.privileges:
        for column, span in c.words.find_all(columns, start):
            for table in tables:
                c.column(table, column, span)
            start = span.end
    behind = max((name.span.end for name in fact.objects), default=0)
    to = c.words.after("to" if fact.grant else "from", start=behind)
    if to is not None:
        c.roles(fact.grantees, to)


def grant_role(c: Collector, fact: GrantRole) -> None:
    """The roles of a membership."""
    c.roles((*fact.roles, *fact.members), 0)


def default_privileges(c: Collector, fact: ChangeDefaultPrivileges) -> None:
    """The roles and schemas of ALTER DEFAULT PRIVILEGES."""
    c.roles(fact.for_roles, 0)
    for schema, span in c.words.find_all(fact.in_schemas, c.words.after("in", "schema") or 0):
        c.schema(schema, span)
    to = c.words.after("to" if fact.grant else "from")
    if to is not None:
        c.roles(fact.grantees, to)


def search_path(c: Collector, fact: SetSearchPath) -> None:
    """The schemas of SET search_path."""
    for schema, span in c.words.find_all(fact.schemas or (), 0):
        c.schema(schema, span)


def set_role(c: Collector, fact: SetRole) -> None:
    """The role of SET ROLE."""
    if fact.role is not None:
        c.role(fact.role, c.words.find_last(fact.role))


def update(c: Collector, fact: UpdateRows) -> None:
    """The columns of SET, and what the rest of an UPDATE names."""
    table = c.relation(fact.table)
    for column in fact.columns:
        c.column(table, column.name, column.span)
    bind_query(c, fact.query)
