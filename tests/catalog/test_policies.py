"""Row level security policies and triggers: replay agrees with PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from schemabot.catalog.state import ProblemKind
from support.agreement import assert_agreement
from support.replay import replay

if TYPE_CHECKING:
    from support.postgres import Database

TABLE = """
create role member; create role guest;
create table orgs (id uuid primary key, name text);
create table items (id int primary key, org_id uuid references orgs, owner text, done boolean default false);
create function in_org(org uuid) returns boolean language sql stable as 'select true';
create function touch() returns trigger language plpgsql as 'begin return new; end';
"""

POLICIES = {
    "a policy": """
        alter table items enable row level security;
        create policy p on items using (org_id is not null);
    """,
    "commands": """
        create policy s on items for select using (true);
        create policy i on items for insert with check (done);
        create policy u on items for update using (done) with check (not done);
        create policy d on items for delete using (owner = current_user);
    """,
    "roles": """
        create policy a on items to member using (true);
        create policy b on items to guest, member using (true);
        create policy c on items to public using (true);
        create policy d on items to member, public using (true);
        create policy e on items to current_user using (true);
    """,
    "restrictive": "create policy p on items as restrictive for select to member using (in_org(org_id));",
    "the same name twice": """
        create policy p on items using (true);
        create policy p on items for select using (true);
        create policy p on orgs using (true);
    """,
    "wrong clauses": """
        create policy i on items for insert using (true);
        create policy s on items for select with check (true);
        create policy d on items for delete using (true) with check (true);
    """,
    "without clauses": """
        create policy p on items;
        create policy i on items for insert;
    """,
    "sub-selects": """
        create policy p on items using (
            exists (select 1 from orgs o where o.id = items.org_id and o.name = owner));
        create policy q on items using (org_id in (select id from orgs));
    """,
    "what is not there": """
        create policy a on items using (nothing = 1);
        create policy b on nothing using (true);
        create policy c on items using (exists (select 1 from orgs where orgs.nothing = 1));
        create policy d on items using (items.nothing is null);
    """,
    "not on a view": """
        create view v as select id from items;
        create policy p on v using (true);
    """,
    "altering": """
        create policy p on items to guest using (true);
        alter policy p on items to member, guest;
        alter policy p on items using (done) with check (not done);
    """,
    "altering with the wrong clause": """
        create policy i on items for insert with check (true);
        create policy s on items for select using (true);
        alter policy i on items using (true);
        alter policy s on items with check (true);
        alter policy i on items with check (done);
    """,
    "altering what is not there": """
        alter policy p on items using (true);
        alter policy p on nothing using (true);
    """,
    "quoted names": """create policy "Members can ""see"" items" on public.items for select using (true);""",
    "row level security": """
        alter table items enable row level security;
        alter table items force row level security;
        alter table orgs enable row level security;
        alter table orgs disable row level security;
    """,
    "renamed columns": """
        create policy p on items using (owner = current_user and items.done);
        alter table items rename column owner to holder;
    """,
}

TRIGGERS = {
    "a trigger": "create trigger t before update on items for each row execute function touch();",
    "events and columns": """
        create trigger a after insert or update of owner, done or delete on items
            for each row execute function touch();
        create trigger b after truncate on items execute procedure touch();
    """,
    "conditions": """
        create trigger t before update on items for each row when (old.owner is distinct from new.owner)
            execute function touch();
        create trigger u before update on items for each row when (new.nothing) execute function touch();
    """,
    "the same name twice": """
        create trigger t before update on items for each row execute function touch();
        create trigger t before insert on items for each row execute function touch();
        create or replace trigger t before insert on items for each row execute function touch();
        create trigger t before insert on orgs for each row execute function touch();
    """,
    "what is not there": """
        create trigger a before update on items for each row execute function nothing();
        create trigger b before update on nothing for each row execute function touch();
        create trigger c before update of nothing on items for each row execute function touch();
        create trigger d before update on items for each row execute function in_org();
    """,
    "the server's own functions": """
        create trigger t before update on items for each row
            execute function suppress_redundant_updates_trigger();
    """,
    "a function that is no trigger": """
        create function plain() returns int language sql as 'select 1';
        create trigger t before update on items for each row execute function plain();
    """,
    "views": """
        create view v as select id, owner from items;
        create trigger a instead of insert on v for each row execute function touch();
        create trigger b before insert on v for each row execute function touch();
        create trigger c instead of insert on v execute function touch();
        create trigger d after insert on v execute function touch();
        create trigger e instead of update of owner on v for each row execute function touch();
        create trigger f instead of insert on items for each row execute function touch();
    """,
    "replacing a view keeps its triggers": """
        create view v as select id from items;
        create trigger t instead of insert on v for each row execute function touch();
        create or replace view v as select id, owner from items;
        create trigger t instead of insert on v for each row execute function touch();
    """,
    "partitions": """
        create table log (id int, at date) partition by range (at);
        create table log_1 partition of log for values from ('2025-01-01') to ('2025-02-01');
        create trigger t after insert on log for each row execute function touch();
        create trigger s after insert on log execute function touch();
    """,
    "partitions of partitions": """
        create table log (id int, at date) partition by range (at);
        create table log_1 partition of log for values from ('2025-01-01') to ('2025-02-01')
            partition by list (id);
        create table log_1_a partition of log_1 for values in (1);
        create trigger t after insert on log for each row execute function touch();
    """,
    "a partition that has such a trigger": """
        create table log (id int, at date) partition by range (at);
        create table log_1 partition of log for values from ('2025-01-01') to ('2025-02-01');
        create trigger t after insert on log_1 for each row execute function touch();
        create trigger t after insert on log for each row execute function touch();
    """,
    "no rows to truncate": "create trigger t before truncate on items for each row execute function touch();",
    "constraint triggers": """
        create constraint trigger t after insert on items deferrable initially deferred
            for each row execute function touch();
    """,
    "functions of other schemas": """
        create schema app;
        create function app.stamp() returns trigger language plpgsql as 'begin return new; end';
        create trigger t before update on items for each row execute function app.stamp();
        create trigger u before update on items for each row execute function stamp();
    """,
    "event triggers": """
        create function watch() returns event_trigger language plpgsql as 'begin end';
        create event trigger e on ddl_command_end execute function watch();
        create event trigger e on ddl_command_end execute function watch();
        create event trigger f on sql_drop when tag in ('DROP TABLE') execute function watch();
        create event trigger g on sql_drop execute function nothing();
        drop event trigger f;
        drop event trigger if exists f;
        drop event trigger f;
    """,
    "rules": """
        create rule r as on delete to items do instead nothing;
        create rule r as on delete to items do instead nothing;
        create or replace rule r as on update to items do also nothing;
        create rule r as on insert to nothing do nothing;
        create rule s as on insert to items do also nothing;
        drop rule s on items;
        drop rule if exists s on items;
        drop rule s on items;
    """,
}


@pytest.mark.parametrize("case", POLICIES)
def test_policies(case: str, database: Database) -> None:
    assert_agreement(database, TABLE + POLICIES[case])


@pytest.mark.parametrize("case", TRIGGERS)
def test_triggers(case: str, database: Database) -> None:
    assert_agreement(database, TABLE + TRIGGERS[case])


@pytest.mark.parametrize(
    ("extension", "function", "known"),
    [
        ("moddatetime", "moddatetime", True),
        ("moddatetime", "nothing", False),
        ("an_extension_we_do_not_know", "anything", True),
    ],
)
def test_functions_that_extensions_bring(extension: str, function: str, known: bool) -> None:
    _, problems = replay(
        f"""
        create table items (id int);
        create extension {extension};
        create trigger t before update on items for each row execute function {function}();
        """
    )
    assert [p.kind for p in problems] == ([] if known else [ProblemKind.UNKNOWN_FUNCTION])


def test_nothing_is_rejected_about_a_tainted_table() -> None:
    _, problems = replay(
        """
        create table items (id int);
        do $$ begin if random() > 0.5 then alter table items add column owner text; end if; end $$;
        create policy p on items using (owner = 'x');
        alter policy q on items using (owner = 'x');
        comment on column items.owner is 'x';
        grant select (owner) on items to public;
        """
    )
    assert problems == ()
