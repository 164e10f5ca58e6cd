"""ALTER TABLE: one fact for each sub-command."""

from __future__ import annotations

from typing import Literal

from schemabot.facts.expression import Expression
from schemabot.facts.kinds.base import Fact, ObjectKind
from schemabot.facts.kinds.tables import ColumnDef, ConstraintDef, SequenceOptions
from schemabot.facts.names import Ident, Name, TypeName


class TableFact(Fact, frozen=True, kw_only=True):
    """What the sub-commands of ALTER TABLE share. `kind` is the word after ALTER."""

    table: Name
    if_exists: bool = False
    only: bool = False
    kind: ObjectKind = "table"


class AddColumn(TableFact, frozen=True, tag=True, kw_only=True):
    column: ColumnDef
    if_not_exists: bool = False


class DropColumn(TableFact, frozen=True, tag=True, kw_only=True):
    column: Ident
    column_if_exists: bool = False
    cascade: bool = False


class AlterColumnType(TableFact, frozen=True, tag=True, kw_only=True):
    column: Ident
    type: TypeName
    using: Expression | None = None
    collation: str | None = None


class SetDefault(TableFact, frozen=True, tag=True, kw_only=True):
    """SET DEFAULT, or DROP DEFAULT when `default` is None."""

    column: Ident
    default: Expression | None = None


class SetNotNull(TableFact, frozen=True, tag=True, kw_only=True):
    """SET NOT NULL, or DROP NOT NULL when `not_null` is false."""

    column: Ident
    not_null: bool = True


class SetIdentity(TableFact, frozen=True, tag=True, kw_only=True):
    """ADD GENERATED ... AS IDENTITY (`action` add), SET GENERATED (set), DROP IDENTITY (drop)."""

    column: Ident
    action: Literal["add", "set", "drop"]
    identity: Literal["", "always", "by default"] = ""
    column_if_exists: bool = False
    options: SequenceOptions | None = None


class SetGenerated(TableFact, frozen=True, tag=True, kw_only=True):
    """SET EXPRESSION AS, or DROP EXPRESSION when `expression` is None."""

    column: Ident
    expression: Expression | None = None
    column_if_exists: bool = False


class AddConstraint(TableFact, frozen=True, tag=True, kw_only=True):
    constraint: ConstraintDef


class DropConstraint(TableFact, frozen=True, tag=True, kw_only=True):
    name: Ident
    constraint_if_exists: bool = False
    cascade: bool = False


class AlterConstraint(TableFact, frozen=True, tag=True, kw_only=True):
    """VALIDATE CONSTRAINT (`validate`), or what ALTER CONSTRAINT says; None where it says nothing."""

    name: Ident
    validate: bool = False
    deferrable: bool | None = None
    initially_deferred: bool | None = None
    enforced: bool | None = None
    no_inherit: bool | None = None


class SetRowSecurity(TableFact, frozen=True, tag=True, kw_only=True):
    """ENABLE / DISABLE / FORCE / NO FORCE ROW LEVEL SECURITY."""

    action: Literal["enable", "disable", "force", "no force"]


class AttachPartition(TableFact, frozen=True, tag=True, kw_only=True):
    """ATTACH PARTITION, or DETACH when `attach` is false; also for indexes."""

    partition: Name
    attach: bool = True
    bound: tuple[str, ...] = ()
    bound_text: str = ""


class SetInheritance(TableFact, frozen=True, tag=True, kw_only=True):
    """INHERIT parent, or NO INHERIT when `inherit` is false."""

    parent: Name
    inherit: bool = True


class SetTableType(TableFact, frozen=True, tag=True, kw_only=True):
    """OF type, or NOT OF when `type` is None."""

    type: Name | None


class SetViewOptions(TableFact, frozen=True, tag=True, kw_only=True):
    """SET or RESET of reloptions; names lower-case. On RESET the values are None."""

    options: tuple[tuple[str, str | None], ...]


class TouchTable(TableFact, frozen=True, tag=True, kw_only=True):
    """A sub-command that changes nothing the catalog keeps (statistics, storage, trigger state ...).

    `what` is its name in plain words, `column` the column that it is about, `name` the trigger, rule or index that
    it names, `value` a single value, `options` those of an option list (None: RESET, or DROP).
    """

    what: str
    column: Ident | None = None
    name: str | None = None
    value: str | None = None
    options: tuple[tuple[str, str | None], ...] = ()
