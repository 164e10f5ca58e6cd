"""What can be done to any kind of object.

`arguments` are a function's parameters, an operator's operands (an absent one is the type `none`), the two
types of a cast, the type of a transform. `qualifier` is what else tells objects of one name apart: the access
method of an operator class or family, the language of a transform, the role of a user mapping.
"""

from __future__ import annotations

from schemabot.facts.expression import Expression
from schemabot.facts.kinds.base import Fact, ObjectKind
from schemabot.facts.names import Ident, Name, TypeName


class RenameObject(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER ... RENAME. For a column, constraint, policy, trigger or rule, `name` is the table (or type).

    `part` is then the old name of the part. Functions carry their argument types when written.
    """

    kind: ObjectKind
    name: Name
    new_name: str
    part: Ident | None = None
    arguments: tuple[TypeName, ...] | None = None
    if_exists: bool = False
    on_kind: ObjectKind = "table"
    qualifier: str = ""
    only: bool = False


class MoveToSchema(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER ... SET SCHEMA."""

    kind: ObjectKind
    name: Name
    schema: str
    arguments: tuple[TypeName, ...] | None = None
    if_exists: bool = False
    qualifier: str = ""


class ChangeOwner(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER ... OWNER TO."""

    kind: ObjectKind
    name: Name
    owner: str
    arguments: tuple[TypeName, ...] | None = None
    qualifier: str = ""


class DropObject(Fact, frozen=True, tag=True, kw_only=True):
    """One object of a DROP statement. `table` is set for policies, triggers and rules.

    `together` are the names of all objects of the statement when it has several: they may depend on each
    other.
    """

    kind: ObjectKind
    name: Name
    table: Name | None = None
    arguments: tuple[TypeName, ...] | None = None
    if_exists: bool = False
    cascade: bool = False
    concurrently: bool = False
    together: tuple[Name, ...] = ()
    qualifier: str = ""


class SetComment(Fact, frozen=True, tag=True, kw_only=True):
    """COMMENT ON; `text` is None for IS NULL. `part` is the column, constraint, policy, trigger or rule.

    `on_kind` is `domain` for a domain's constraint.
    """

    kind: ObjectKind
    name: Name
    text: str | None
    part: str | None = None
    arguments: tuple[TypeName, ...] | None = None
    on_kind: ObjectKind = "table"
    qualifier: str = ""


class CreateObject(Fact, frozen=True, tag=True, kw_only=True):
    """CREATE of what no table is made of: operators, casts, collations, text search, servers, statistics ...

    `functions` (with argument types where written), `types` and `objects` are what it is made of. Statistics
    have a `table` with `columns` and `expressions`; the name `""` of theirs is chosen by PostgreSQL. `written` is the
    statement.
    """

    kind: ObjectKind
    name: Name
    arguments: tuple[TypeName, ...] | None = None
    qualifier: str = ""
    if_not_exists: bool = False
    or_replace: bool = False
    functions: tuple[tuple[Name, tuple[TypeName, ...] | None], ...] = ()
    types: tuple[TypeName, ...] = ()
    objects: tuple[tuple[ObjectKind, Name], ...] = ()
    table: Name | None = None
    columns: tuple[str, ...] = ()
    expressions: tuple[Expression, ...] = ()
    written: str = ""


class TouchObject(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER of options that the catalog does not keep; `what` is the statement in plain words.

    `functions` and `objects` are what the object depends on from then on. `options` are those of a publication; the
    option `enabled` is the state of an event trigger. `written` is the statement.
    """

    kind: ObjectKind
    name: Name
    what: str
    arguments: tuple[TypeName, ...] | None = None
    qualifier: str = ""
    if_exists: bool = False
    functions: tuple[tuple[Name, tuple[TypeName, ...] | None], ...] = ()
    objects: tuple[tuple[ObjectKind, Name], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    written: str = ""


class DropOwned(Fact, frozen=True, tag=True, kw_only=True):
    """DROP OWNED BY: what the roles own goes, and the privileges that they have."""

    roles: tuple[str, ...]
    cascade: bool = False


class ReassignOwned(Fact, frozen=True, tag=True, kw_only=True):
    """REASSIGN OWNED BY `roles` TO `owner`."""

    roles: tuple[str, ...]
    owner: str
