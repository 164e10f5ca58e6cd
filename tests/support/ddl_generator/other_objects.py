"""Indexes, views, sequences, types, triggers, policies, comments, grants, and DROP of everything."""

from __future__ import annotations

from schemabot.catalog.objects import Column, Domain, EnumType, OtherType, Table
from schemabot.catalog.quoting import quote_identifier, quote_qualified
from support.ddl_generator.alter_tables import AlterTables
from support.ddl_generator.vocabulary import SCHEMAS

ROLES = ("alice", "bob", "public")


class OtherObjects(AlterTables):
    """Statements about what is not a table itself."""

    # -- indexes --

    def create_index(self) -> str:
        """CREATE INDEX with or without a name, an expression, a condition, INCLUDE, ON ONLY."""
        table = self.table()
        if table is None:
            return self.create_table()
        unique = self.maybe(30, "unique ")
        named = self.maybe(50, f"{self.maybe(10, 'if not exists ')}{self.part()} ")
        only = self.maybe(8, "only ")
        keys = [self.column_list(table)]
        made = self.scalar([c for c in table.columns if c.generated is None])
        if made is not None and self.chance(30):
            expression = made[0] if made[0].startswith(("(", "upper")) else f"({made[0]})"
            keys.insert(self.random.randrange(2), expression)
        order = self.maybe(15, self.pick((" desc", " nulls first", " desc nulls last")))
        include = self.maybe(10, f" include ({self.column_list(table, 1)})")
        distinct = " nulls not distinct" if unique and self.chance(10) else ""
        where = self.maybe(15, f" where {self.condition(table)}")
        return f"create {unique}index {named}on {only}{self.ref(table)} ({', '.join(keys)}{order}){include}{distinct}{where}"

    def alter_index(self) -> str:
        """RENAME and ATTACH PARTITION of an index."""
        table = self.table(lambda t: bool(t.indexes))
        if table is None:
            return self.create_index()
        name = quote_qualified(table.schema, self.pick(table.indexes).name)
        parent = self.state.catalog.table_by_oid(table.partition_of)
        if parent is not None and parent.indexes and self.chance(50):
            above = quote_qualified(parent.schema, self.pick(parent.indexes).name)
            return f"alter index {above} attach partition {name}"
        return f"alter index {self.maybe(10, 'if exists ')}{name} rename to {self.part()}"

    # -- views --

    def create_view(self) -> str:
        """A view over one or two tables, or over another view."""
        first = self.table(lambda t: bool(t.columns))
        if first is None:
            return self.create_table()
        kind = self.pick(("view", "view", "or replace view", "materialized view"))
        name = self.qualified(self.schema(), self.pick(("view_a", "view_b", "view_c")))
        views = [view for view in self.views() if view.name not in name]
        if views and self.chance(20):
            return f"create {kind} {name} as select * from {self.ref(self.pick(views))}"
        columns = ", ".join(f"x.{quote_identifier(c.name)}" for c in self.some(first.columns, 3))
        where = self.maybe(20, f" where x.{self.column(first)} is not null")
        listed = self.pick((columns, columns, "*", "count(*) as n"))
        return f"create {kind} {name} as select {listed} from {self.ref(first)} x{where}"

    def alter_view(self) -> str:
        """RENAME, SET SCHEMA and a column's RENAME of a view."""
        views = self.views()
        if not views:
            return self.create_view()
        view = self.pick(views)
        kind = "materialized view" if view.materialized else "view"
        action = self.pick((
            "rename to view_b", "rename to view_d", f"set schema {quote_identifier(self.pick(SCHEMAS))}",
            f"rename column {quote_identifier(self.pick(view.columns).name) if view.columns else 'a'} to renamed",
        ))  # fmt: skip
        return f"alter {kind} {self.ref(view)} {action}"

    # -- sequences --

    def sequence(self) -> str:
        """CREATE, ALTER and use of a sequence."""
        found = self.sequences()
        kind = self.random.randrange(10)
        if not found or kind < 2:
            owned = ""
            table = self.table(lambda t: bool(t.columns))
            if table is not None and self.chance(30):
                owned = f" owned by {quote_qualified(table.schema, table.name)}.{self.column(table)}"
            name = self.pick(("seq_a", "seq_b", "t_id_seq", "s1.seq_a"))
            return f"create sequence {self.maybe(10, 'if not exists ')}{name}{owned}"
        sequence = self.pick(found)
        name = self.ref(sequence)
        if kind < 4:
            table = self.table(lambda t: any(_counts(c) for c in t.columns))
            if table is not None:
                column = quote_identifier(self.pick([c for c in table.columns if _counts(c)]).name)
                literal = quote_qualified(sequence.schema, sequence.name).replace("'", "''")
                return f"alter table {self.ref(table)} alter column {column} set default nextval('{literal}')"
        if kind < 6:
            table = self.table(lambda t: bool(t.columns))
            if table is None or self.chance(30):
                return f"alter sequence {name} owned by none"
            return f"alter sequence {name} owned by {quote_qualified(table.schema, table.name)}.{self.column(table)}"
        return f"alter sequence {name} " + self.pick((
            "rename to seq_c", "rename to t_a_seq", f"set schema {quote_identifier(self.pick(SCHEMAS))}",
            "restart", "owner to bob", "as integer",
        ))  # fmt: skip

    # -- types --

    def create_type(self) -> str:
        """An enum, a domain or a composite type."""
        name = self.qualified(self.schema(), self.pick(("mood", "kind", "pair", "t", "positive")))
        return self.pick((
            f"create type {name} as enum ('one', 'two')",
            f"create domain {name} as integer{self.maybe(50, ' check (value > 0)')}{self.maybe(20, ' not null')}",
            f"create domain {name} as text default 'd'",
            f"create type {name} as (a integer, b text)",
            f"create type {name} as (a {self.type()})",
        ))  # fmt: skip

    def alter_type(self) -> str:
        """ALTER TYPE and ALTER DOMAIN."""
        found = self.user_types()
        if not found:
            return self.create_type()
        item = self.pick(found)
        if isinstance(item, OtherType) and self.state.catalog.dependents.get(item.oid):
            return self.create_type()  # what becomes of typed tables and columns is not replayed
        name = self.ref(item)
        word = "domain" if isinstance(item, Domain) else "type"
        common = (
            "rename to kind",
            "rename to mood2",
            f"set schema {quote_identifier(self.pick(SCHEMAS))}",
            "owner to alice",
        )
        actions: tuple[str, ...] = common
        if isinstance(item, EnumType):
            actions = (*common, "add value 'three'", "add value if not exists 'two'")
        elif isinstance(item, Domain):
            actions = (
                *common, "set not null", "drop not null", "drop default", "add constraint named check (value is not null)",
                "drop constraint named", "drop constraint if exists positive_check", "rename constraint named to other",
            )  # fmt: skip
        elif isinstance(item, OtherType):
            attribute = quote_identifier(self.pick(item.columns).name) if item.columns else "a"
            cascade = self.maybe(50, " cascade")
            actions = (
                *common, f"add attribute c integer{cascade}", f"drop attribute {attribute}{cascade}",
                f"alter attribute {attribute} type text{cascade}", f"rename attribute {attribute} to z{cascade}",
            )  # fmt: skip
        return f"alter {word} {name} {self.pick(actions)}"

    # -- triggers, policies, rules --

    def create_trigger(self) -> str:
        """A trigger, its function first when there is none."""
        functions = self.functions()
        if not functions or self.chance(10):
            name = self.pick(("touch", "audit"))
            return f"create or replace function {name}() returns trigger language plpgsql as 'begin return new; end'"
        table = self.table(lambda t: bool(t.columns))
        if table is None:
            return self.create_table()
        function = f"{self.pick(functions)}()"
        timing = self.pick(("before insert", "after update", "after delete", "before update or insert"))
        if self.chance(20):
            timing = f"before update of {self.column(table)}"
        row = self.pick(("for each row", "for each row", "for each statement"))
        when = ""
        if row == "for each row" and "insert" not in timing and self.chance(15):
            column = self.column(table, lambda c: c.generated is None)
            when = (
                f" when (old.{column} is not null)"
                if "delete" in timing
                else f" when (new.{column} is not null)"
            )
        replace = self.maybe(15, "or replace ")
        name = self.pick(("trigger_a", "trigger_b", "trigger_c"))
        return f"create {replace}trigger {name} {timing} on {self.ref(table)} {row}{when} execute function {function}"

    def alter_trigger(self) -> str:
        """RENAME of a trigger."""
        table = self.table(lambda t: bool(t.triggers))
        if table is None:
            return self.create_trigger()
        return f"alter trigger {self.pick(table.triggers).name} on {self.ref(table)} rename to trigger_b"

    def policy(self) -> str:
        """CREATE, ALTER and RENAME of policies."""
        table = self.table(lambda t: bool(t.columns))
        if table is None:
            return self.create_table()
        with_policies = self.table(lambda t: bool(t.policies))
        if with_policies is not None and self.chance(35):
            name = self.pick(with_policies.policies).name
            action = self.pick((f"using ({self.condition(with_policies)})", "to alice", "rename to policy_c"))
            return f"alter policy {name} on {self.ref(with_policies)} {action}"
        other = self.table(lambda t: bool(t.columns)) or table
        using = self.condition(table)
        if self.chance(25):
            source = quote_qualified(other.schema, other.name)
            using = f"exists (select 1 from {source} o where o.{self.column(other)} is not null)"
        name = self.pick(("policy_a", "policy_b", "policy_c"))
        return f"create policy {name} on {self.ref(table)} {self.pick(('', 'for select ', 'to bob '))}using ({using})"

    def rule(self) -> str:
        """CREATE RULE."""
        table = self.table()
        if table is None:
            return self.create_table()
        name = self.pick(("rule_a", "rule_b"))
        return f"create or replace rule {name} as on delete to {self.ref(table)} do instead nothing"

    # -- comments, privileges --

    def comment(self) -> str:
        """COMMENT ON a table or one of its parts."""
        table = self.table(lambda t: bool(t.columns))
        if table is None:
            return self.create_table()
        name = self.ref(table)
        on = [f"table {name}", f"column {quote_qualified(table.schema, table.name)}.{self.column(table)}"]
        if table.constraints:
            on.append(f"constraint {self.constraint(table)} on {name}")
        return f"comment on {self.pick(on)} is {self.pick(('null', chr(39) + 'words' + chr(39)))}"

    def grant(self) -> str:
        """GRANT and REVOKE on a table or its columns."""
        table = self.table(lambda t: bool(t.columns))
        if table is None:
            return self.create_table()
        what = self.pick(("select", "insert, update", "all", f"select ({self.column(table)})"))
        verb, word = self.pick((("grant", "to"), ("grant", "to"), ("revoke", "from")))
        return f"{verb} {what} on {self.ref(table)} {word} {self.pick(ROLES)}"

    # -- DROP --

    def drop(self) -> str:
        """DROP of anything, or of two tables at once."""
        cascade = self.pick((" cascade", " cascade", "", "", " restrict"))
        exists = self.maybe(15, "if exists ")
        kind = self.random.randrange(100)
        tables = self.tables()
        if tables and kind < 35:
            names = [self.ref(t) for t in (self.some(tables, 2) if self.chance(15) else [self.pick(tables)])]
            return f"drop table {exists}{', '.join(names)}{cascade}"
        if kind < 45 and (views := self.views()):
            view = self.pick(views)
            word = "materialized view" if view.materialized else "view"
            return f"drop {word} {exists}{self.ref(view)}{cascade}"
        if kind < 60 and (table := self.table(lambda t: bool(t.indexes))) is not None:
            return (
                f"drop index {exists}{quote_qualified(table.schema, self.pick(table.indexes).name)}{cascade}"
            )
        if kind < 68 and (sequences := self.sequences()):
            return f"drop sequence {exists}{self.ref(self.pick(sequences))}{cascade}"
        if kind < 78 and (types := self.user_types()):
            item = self.pick(types)
            return (
                f"drop {'domain' if isinstance(item, Domain) else 'type'} {exists}{self.ref(item)}{cascade}"
            )
        if kind < 82 and (functions := self.functions()):
            return f"drop function {exists}{self.pick(functions)}{cascade}"
        return self._drop_part(kind, exists, cascade)

    def _drop_part(self, kind: int, exists: str, cascade: str) -> str:
        def has(table: Table) -> bool:
            return (
                bool(table.triggers)
                if kind < 90
                else bool(table.policies)
                if kind < 96
                else bool(table.rules)
            )

        table = self.table(has)
        if table is None:
            return f"drop table if exists {self.new_table()}{cascade}"
        if kind < 90:
            return f"drop trigger {exists}{self.pick(table.triggers).name} on {self.ref(table)}{cascade}"
        if kind < 96:
            return f"drop policy {exists}{self.pick(table.policies).name} on {self.ref(table)}"
        return f"drop rule {exists}{self.pick(table.rules).name} on {self.ref(table)}{cascade}"

    def schema_statement(self) -> str:
        """CREATE, RENAME and DROP of a schema, and the session's search_path."""
        return self.pick((
            "create schema if not exists s1", 'create schema if not exists "Other"', "create schema s2",
            "alter schema s2 rename to s3", "drop schema s3 cascade", "drop schema if exists s2",
            "alter table if exists t set schema s2", "set search_path to s1, public", "set search_path to public",
            "reset search_path", "drop schema s1 cascade", "create schema if not exists s1",
        ))  # fmt: skip


def _counts(column: Column) -> bool:
    return column.type.name in ("int4", "int8") and not column.type.array
