"""What can be done to any kind of object."""

from __future__ import annotations

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


class MoveToSchema(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER ... SET SCHEMA."""

    kind: ObjectKind
    name: Name
    schema: str
    arguments: tuple[TypeName, ...] | None = None
    if_exists: bool = False


class ChangeOwner(Fact, frozen=True, tag=True, kw_only=True):
    """ALTER ... OWNER TO."""

    kind: ObjectKind
    name: Name
    owner: str
    arguments: tuple[TypeName, ...] | None = None


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
