# ruff: noqa: E501  # SQL is read more easily in one line
"""Policy sets: sound ones, and the same with one thing broken. `expected` is what is said about SELECT, INSERT,
UPDATE and DELETE for `authenticated` and then for `anon`: I(solated), L(eaks), U(ndecided), D(enied)."""

from __future__ import annotations

import attrs


@attrs.frozen
class PolicySet:
    """Policies on one table of `support.isolation_trial.SCHEMA`, and the verdicts on it."""

    name: str
    expected: str
    sql: str
    table: str = "notes"


HELPER = """
create function public.get_user_org_id() returns uuid language sql stable security definer set search_path = '' as $$
  select org_id from public.org_members where user_id = auth.uid() limit 1;
$$;
"""
GUARDED_ORGANIZATIONS = """
alter table public.organizations enable row level security;
create policy reading on public.organizations for select to authenticated using (true);
"""
OPEN_MEMBERS = "alter table public.org_members disable row level security;\n"
MEMBER = "org_id in (select org_id from public.org_members where user_id = auth.uid())"
EXISTS = (
    "exists (select 1 from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid())"
)


def on(
    using: str, *, to: str = " to authenticated", command: str = "all", table: str = "notes", name: str = "p"
) -> str:
    """Row level security with one policy."""
    clause = f"with check ({using})" if command == "insert" else f"using ({using})"
    return (
        f"alter table public.{table} enable row level security;\n"
        f"create policy {name} on public.{table} for {command}{to} {clause};\n"
    )


def helper(returns: str, body: str, *, arguments: str = "", name: str = "f", security: str = "security definer",
           language: str = "sql") -> str:  # fmt: skip
    """A helper function in the schema public."""
    return (
        f"create function public.{name}({arguments}) returns {returns} language {language} stable {security} "
        f"set search_path = '' as $body$ {body} $body$;\n"
    )


ROW_OPEN = [
    PolicySet("true", "LLLL DDDD", on("true")),
    PolicySet("true for PUBLIC", "LLLL LLLL", on("true", to="")),
    PolicySet("row level security off", "LLLL LLLL", "create policy p on public.notes using (false);"),
    PolicySet("no policy", "DDDD DDDD", "alter table public.notes enable row level security;"),
    PolicySet("false", "DDDD DDDD", on("false")),
    PolicySet("null", "DDDD DDDD", on("null")),
    PolicySet("signed in", "LLLL DDDD", on("auth.uid() is not null", to="")),
    PolicySet("not signed in", "UUUU LLLL", on("auth.uid() is null", to="")),
    PolicySet("role authenticated", "LLLL DDDD", on("auth.role() = 'authenticated'", to="")),
    PolicySet("role service_role", "DDDD DDDD", on("(select auth.role()) = 'service_role'", to="")),
    PolicySet("published", "LDDD LDDD", on("status = 'live'", command="select", to="")),
    PolicySet("a status that cannot be", "UDDD DDDD", on("status = 'gone'", command="select")),
    PolicySet("flag", "LDDD DDDD", on("is_public", command="select")),
    PolicySet("flag is true", "LDDD DDDD", on("is_public is true and deleted_at is null", command="select")),
    PolicySet("not flag", "LDDD DDDD", on("not is_public", command="select")),
    PolicySet("author", "ULLU DDDD", on("user_id = auth.uid()")),
    PolicySet("not the author", "LDDD DDDD", on("user_id <> auth.uid()", command="select")),
]

BY_HELPER = [
    PolicySet("helper", "IIII DDDD", HELPER + on("org_id = public.get_user_org_id()")),
    PolicySet("helper once", "IIII DDDD", HELPER + on("org_id = (select public.get_user_org_id())")),
    PolicySet(
        "helper for PUBLIC", "IIII DDDD", HELPER + on("org_id = (select public.get_user_org_id())", to="")
    ),
    PolicySet("helper negated", "LLLL DDDD", HELPER + on("org_id <> (select public.get_user_org_id())")),
    PolicySet(
        "helper not equal, denied", "IIII DDDD", HELPER + on("not (org_id <> public.get_user_org_id())")
    ),
    PolicySet("helper or true", "LLLL DDDD", HELPER + on("org_id = public.get_user_org_id() or true")),
    PolicySet(
        "helper or signed in",
        "LLLL DDDD",
        HELPER + on("org_id = public.get_user_org_id() or auth.uid() is not null"),
    ),
    PolicySet(
        "helper or not signed in",
        "UUUU LLLL",
        HELPER + on("org_id = public.get_user_org_id() or auth.uid() is null", to=""),
    ),
    PolicySet(
        "helper and author",
        "IIII DDDD",
        HELPER + on("org_id = public.get_user_org_id() and user_id = auth.uid()"),
    ),
    PolicySet(
        "helper or author",
        "ULLU DDDD",
        HELPER + on("org_id = public.get_user_org_id() or user_id = auth.uid()"),
    ),
    PolicySet(
        "helper or published",
        "LDDD DDDD",
        HELPER + on("org_id = public.get_user_org_id() or status = 'live'", command="select"),
    ),
    PolicySet(
        "helper is null or equal",
        "UUUU DDDD",
        HELPER + on("public.get_user_org_id() is null or org_id = public.get_user_org_id()"),
    ),
    PolicySet(
        "helper equals itself",
        "UUUU DDDD",
        HELPER + on("public.get_user_org_id() = public.get_user_org_id()"),
    ),
    PolicySet("column equals itself", "LLLL DDDD", on("org_id = org_id")),
    PolicySet(
        "helper without tie",
        "LLLL DDDD",
        helper("uuid", "select org_id from public.org_members limit 1") + on("org_id = public.f()"),
    ),
    PolicySet(
        "set without tie",
        "LLLL DDDD",
        helper("setof uuid", "select org_id from public.org_members") + on("org_id in (select public.f())"),
    ),
    PolicySet(
        "set",
        "IIII DDDD",
        helper("setof uuid", "select org_id from public.org_members where user_id = auth.uid()")
        + on("org_id in (select public.f())"),
    ),
    PolicySet(
        "set in FROM",
        "IIII DDDD",
        helper("setof uuid", "select org_id from public.org_members where user_id = auth.uid()")
        + on("org_id in (select f from public.f())"),
    ),
    PolicySet(
        "table function",
        "IIII DDDD",
        helper("table(org uuid)", "select org_id from public.org_members where user_id = auth.uid()")
        + on("org_id in (select org from public.f())"),
    ),
    PolicySet(
        "array",
        "IIII DDDD",
        helper("uuid[]", "select array_agg(org_id) from public.org_members where user_id = auth.uid()")
        + on("org_id = any (public.f())"),
    ),
    PolicySet(
        "array from sub-select",
        "IIII DDDD",
        helper("uuid[]", "select array(select org_id from public.org_members where user_id = auth.uid())")
        + on("org_id = any (public.f())"),
    ),
    PolicySet(
        "boolean helper",
        "IIII DDDD",
        helper(
            "boolean",
            "select exists (select 1 from public.org_members m where m.org_id = o and m.user_id = auth.uid())",
            arguments="o uuid",
        )
        + on("public.f(org_id)"),
    ),
    PolicySet(
        "boolean helper of the wrong column",
        "UUUU DDDD",
        helper(
            "boolean",
            "select exists (select 1 from public.org_members m where m.org_id = o and m.user_id = auth.uid())",
            arguments="o uuid",
        )
        + on("public.f(user_id)"),
    ),
    PolicySet(
        "boolean helper, parameter hidden",
        "LLLL DDDD",
        helper(
            "boolean",
            "select exists (select 1 from public.org_members where org_id = org_id and user_id = auth.uid())",
            arguments="org_id uuid",
        )
        + on("public.f(org_id)"),
    ),
    PolicySet(
        "boolean helper, parameter qualified",
        "IIII DDDD",
        helper(
            "boolean",
            "select exists (select 1 from public.org_members m where m.org_id = f.org_id and m.user_id = auth.uid())",
            arguments="org_id uuid",
        )
        + on("public.f(org_id)"),
    ),
    PolicySet(
        "boolean helper by number",
        "IIII DDDD",
        helper(
            "boolean",
            "select exists (select 1 from public.org_members m where m.org_id = $1 and m.user_id = auth.uid())",
            arguments="uuid",
        )
        + on("public.f(org_id)"),
    ),
    PolicySet(
        "boolean helper without caller",
        "LLLL DDDD",
        helper(
            "boolean",
            "select exists (select 1 from public.org_members m where m.org_id = o)",
            arguments="o uuid",
        )
        + on("public.f(org_id)"),
    ),
    PolicySet(
        "boolean helper that says true",
        "LLLL DDDD",
        helper("boolean", "select true", arguments="o uuid") + on("public.f(org_id)"),
    ),
    PolicySet(
        "plpgsql",
        "IIII DDDD",
        helper(
            "uuid",
            "begin return (select org_id from public.org_members where user_id = auth.uid() limit 1); end",
            language="plpgsql",
        )
        + on("org_id = public.f()"),
    ),
    PolicySet(
        "plpgsql variable",
        "IIII DDDD",
        helper(
            "uuid",
            "declare v uuid; begin select org_id into v from public.org_members where user_id = auth.uid() limit 1; return v; end",
            language="plpgsql",
        )
        + on("org_id = public.f()"),
    ),
    PolicySet(
        "plpgsql set",
        "IIII DDDD",
        helper(
            "setof uuid",
            "begin return query select m.org_id from public.org_members m where m.user_id = auth.uid(); end",
            language="plpgsql",
        )
        + on("org_id in (select public.f())"),
    ),
    PolicySet(
        "plpgsql if",
        "IIII DDDD",
        helper(
            "boolean",
            "begin if auth.uid() is null then return false; end if; return exists (select 1 from public.org_members m where m.org_id = o and m.user_id = auth.uid()); end",
            arguments="o uuid",
            language="plpgsql",
        )
        + on("public.f(org_id)"),
    ),
    PolicySet(
        "plpgsql if, turned round",
        "LLLL DDDD",
        helper(
            "boolean",
            "begin if auth.uid() is not null then return true; end if; return exists (select 1 from public.org_members m where m.org_id = o and m.user_id = auth.uid()); end",
            arguments="o uuid",
            language="plpgsql",
        )
        + on("public.f(org_id)"),
    ),
    PolicySet(
        "plpgsql role",
        "IIII DDDD",
        helper(
            "boolean",
            "declare r text; begin select m.role into r from public.org_members m where m.org_id = o and m.user_id = auth.uid(); return r in ('owner', 'admin'); end",
            arguments="o uuid",
            language="plpgsql",
        )
        + on("public.f(org_id)"),
    ),
    PolicySet(
        "opaque helper",
        "UUUU DDDD",
        helper("uuid", "begin perform 1; return null; end", language="plpgsql") + on("org_id = public.f()"),
    ),
    PolicySet(
        "opaque and helper",
        "IIII DDDD",
        HELPER
        + helper("boolean", "begin perform 1; return true; end", language="plpgsql")
        + on("public.f() and org_id = public.get_user_org_id()"),
    ),
    PolicySet(
        "opaque or helper",
        "UUUU DDDD",
        HELPER
        + helper("boolean", "begin perform 1; return true; end", language="plpgsql")
        + on("public.f() or org_id = public.get_user_org_id()"),
    ),
    PolicySet("coalesce", "IIII DDDD", HELPER + on("coalesce(org_id = public.get_user_org_id(), false)")),
    PolicySet(
        "coalesce to true", "UUUU DDDD", HELPER + on("coalesce(org_id = public.get_user_org_id(), true)")
    ),
    PolicySet(
        "case",
        "IIII DDDD",
        HELPER + on("case when is_public then org_id = public.get_user_org_id() else false end"),
    ),
    PolicySet(
        "case with a hole",
        "LDDD DDDD",
        HELPER
        + on("case when is_public then true else org_id = public.get_user_org_id() end", command="select"),
    ),
]

BY_MEMBERSHIP = [
    PolicySet("in", "IIII DDDD", on(MEMBER)),
    PolicySet("in, members unprotected", "UUUU DDDD", OPEN_MEMBERS + on(MEMBER)),
    PolicySet("not in", "LLLL DDDD", on(MEMBER.replace(" in ", " not in "))),
    PolicySet("in without caller", "IIII DDDD", on("org_id in (select org_id from public.org_members)")),
    PolicySet(
        "in without caller, members unprotected",
        "LLLL DDDD",
        OPEN_MEMBERS + on("org_id in (select org_id from public.org_members)"),
    ),
    PolicySet(
        "array of sub-select",
        "IIII DDDD",
        on("org_id = any (array(select org_id from public.org_members where user_id = auth.uid()))"),
    ),
    PolicySet("exists", "IIII DDDD", on(EXISTS)),
    PolicySet("exists, caller once", "IIII DDDD", on(EXISTS.replace("auth.uid()", "(select auth.uid())"))),
    PolicySet("not exists", "LLLL DDDD", on("not " + EXISTS)),
    PolicySet(
        "exists without correlation", "LLLL DDDD", on(EXISTS.replace("m.org_id = notes.org_id and ", ""))
    ),
    PolicySet(
        "exists without caller, members unprotected",
        "LLLL DDDD",
        OPEN_MEMBERS + on(EXISTS.replace(" and m.user_id = auth.uid()", "")),
    ),
    PolicySet(
        "exists, inner name twice",
        "LLLL DDDD",
        on("exists (select 1 from public.org_members m where m.org_id = org_id and m.user_id = auth.uid())"),
    ),
    PolicySet(
        "exists, or for and, members unprotected",
        "LLLL DDDD",
        OPEN_MEMBERS + on(EXISTS.replace(" and ", " or ")),
    ),
    PolicySet(
        "exists, admins",
        "IIII DDDD",
        on(EXISTS.replace("auth.uid()", "auth.uid() and m.role in ('owner', 'admin')")),
    ),
    PolicySet(
        "exists, admins, or too wide",
        "LLLL DDDD",
        on(EXISTS.replace("auth.uid()", "auth.uid() and m.role = 'owner' or m.role = 'admin'")),
    ),
    PolicySet(
        "exists, admins anywhere",
        "LLLL DDDD",
        on("exists (select 1 from public.org_members m where m.user_id = auth.uid() and m.role = 'admin')"),
    ),
    PolicySet(
        "exists, <> caller, members unprotected",
        "LLLL DDDD",
        OPEN_MEMBERS + on(EXISTS.replace("m.user_id = ", "m.user_id <> ")),
    ),
    PolicySet(
        "exists, author is a member, members unprotected",
        "LLLL DDDD",
        OPEN_MEMBERS + on(EXISTS.replace("auth.uid()", "notes.user_id")),
    ),
    PolicySet(
        "join",
        "IIII DDDD",
        on(
            "org_id in (select o.id from public.organizations o join public.org_members m on m.org_id = o.id where m.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "cross join",
        "LLLL DDDD",
        on(
            "org_id in (select o.id from public.organizations o, public.org_members m where m.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "left join",
        "UUUU DDDD",
        on(
            "org_id in (select o.id from public.organizations o left join public.org_members m on m.org_id = o.id and m.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "using",
        "IIII DDDD",
        on(
            "exists (select 1 from public.projects p join public.org_members m using (org_id) where p.id = notes.project_id and m.user_id = auth.uid() and p.org_id = notes.org_id)"
        ),
    ),
    PolicySet(
        "owner of the organisation",
        "IIII DDDD",
        GUARDED_ORGANIZATIONS
        + on("org_id in (select id from public.organizations where owner_id = auth.uid())"),
    ),
    PolicySet(
        "owner of the organisation, who may be anybody",
        "UUUU DDDD",
        on("org_id in (select id from public.organizations where owner_id = auth.uid())"),
    ),
    PolicySet(
        "with",
        "IIII DDDD",
        on(
            "org_id in (with mine as (select org_id from public.org_members where user_id = auth.uid()) select org_id from mine)"
        ),
    ),
    PolicySet(
        "union",
        "IIII DDDD",
        GUARDED_ORGANIZATIONS
        + on(
            "org_id in (select org_id from public.org_members where user_id = auth.uid() union select id from public.organizations where owner_id = auth.uid())"
        ),
    ),
    PolicySet("exists without caller", "IIII DDDD", on(EXISTS.replace(" and m.user_id = auth.uid()", ""))),
    PolicySet(
        "union with a hole",
        "LLLL DDDD",
        on(
            "org_id in (select org_id from public.org_members where user_id = auth.uid() union all select id from public.organizations)"
        ),
    ),
    PolicySet(
        "count",
        "IIII DDDD",
        on(
            "(select count(*) from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid()) > 0"
        ),
    ),
    PolicySet("count of all", "LLLL DDDD", on("(select count(*) from public.org_members) > 0")),
    PolicySet(
        "pair", "IIII DDDD", on("(org_id, auth.uid()) in (select org_id, user_id from public.org_members)")
    ),
    PolicySet(
        "project of mine",
        "UUUU DDDD",
        on(
            "exists (select 1 from public.projects p join public.org_members m on m.org_id = p.org_id where p.id = notes.project_id and m.user_id = auth.uid())"
        ),
    ),
    PolicySet("self reference", "UUUU DDDD", on("org_id in (select n.org_id from public.notes n)")),
    PolicySet("members may be written", "UUUU DDDD", on(MEMBER) + on("true", table="org_members")),
    PolicySet(
        "members may join themselves",
        "UUUU DDDD",
        on(MEMBER) + on("user_id = auth.uid()", table="org_members"),
    ),
    PolicySet(
        "members off limits",
        "UUUU DDDD",
        "revoke all on public.org_members from authenticated, anon;"
        + on("exists (select 1 from public.org_members m where m.user_id = auth.uid())"),
    ),
]

CLAIMS = [
    PolicySet("app_metadata", "IIII DDDD", on("org_id = (auth.jwt() -> 'app_metadata' ->> 'org_id')::uuid")),
    PolicySet(
        "app_metadata as text",
        "IIII DDDD",
        on("org_id::text = ((select auth.jwt()) #>> '{app_metadata,org_id}')"),
    ),
    PolicySet(
        "app_metadata list",
        "IIII DDDD",
        on("org_id::text in (select jsonb_array_elements_text(auth.jwt() -> 'app_metadata' -> 'orgs'))"),
    ),
    PolicySet("app_metadata ?", "IIII DDDD", on("(auth.jwt() -> 'app_metadata' -> 'orgs') ? org_id::text")),
    PolicySet(
        "user_metadata", "LLLL DDDD", on("org_id = (auth.jwt() -> 'user_metadata' ->> 'org_id')::uuid")
    ),
    PolicySet(
        "own claim",
        "IIII DDDD",
        on("org_id = (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid"),
    ),
    PolicySet(
        "claim helper",
        "IIII DDDD",
        helper(
            "uuid",
            "select nullif(current_setting('request.jwt.claims', true)::json -> 'app_metadata' ->> 'org_id', '')::uuid",
            security="",
        )
        + on("org_id = public.f()"),
    ),
    PolicySet("sub claim", "IIII DDDD", on("user_id = (auth.jwt() ->> 'sub')::uuid and " + MEMBER)),
]

COMBINED = [
    PolicySet(
        "two permissive",
        "LIII DDDD",
        HELPER
        + on("org_id = public.get_user_org_id()")
        + "create policy q on public.notes for select to authenticated using (is_public);",
    ),
    PolicySet(
        "restrictive scope",
        "IIII DDDD",
        HELPER
        + on("true")
        + "create policy q on public.notes as restrictive to authenticated using (org_id = public.get_user_org_id());",
    ),
    PolicySet(
        "restrictive for reading",
        "ILUU DDDD",
        HELPER
        + on("true")
        + "create policy q on public.notes as restrictive for select to authenticated using (org_id = public.get_user_org_id());",
    ),
    PolicySet(
        "restrictive only",
        "DDDD DDDD",
        HELPER
        + "alter table public.notes enable row level security; create policy q on public.notes as restrictive using (org_id = public.get_user_org_id());",
    ),
    PolicySet(
        "restrictive true",
        "IIII DDDD",
        HELPER
        + on("org_id = public.get_user_org_id()")
        + "create policy q on public.notes as restrictive using (true);",
    ),
    PolicySet(
        "one for each command",
        "IIII DDDD",
        HELPER
        + "".join(
            on("org_id = public.get_user_org_id()", command=c, name=f"p_{c}")
            for c in ("select", "insert", "update", "delete")
        ),
    ),
    PolicySet(
        "insert drops scope",
        "ILDD DDDD",
        HELPER
        + on("org_id = public.get_user_org_id()", command="select")
        + on("true", command="insert", name="q"),
    ),
    PolicySet(
        "insert in own name",
        "ILDD DDDD",
        HELPER
        + on("org_id = public.get_user_org_id()", command="select")
        + on("user_id = auth.uid()", command="insert", name="q"),
    ),
    PolicySet(
        "check drops scope",
        "IDUD DDDD",
        HELPER
        + on("org_id = public.get_user_org_id()", command="select")
        + "create policy q on public.notes for update to authenticated using (org_id = public.get_user_org_id()) with check (true);",
    ),
    PolicySet(
        "check drops scope, all readable",
        "LDLD DDDD",
        HELPER
        + on("true", command="select")
        + "create policy q on public.notes for update to authenticated using (org_id = public.get_user_org_id()) with check (true);",
    ),
    PolicySet(
        "using drops scope, all readable",
        "LDLD DDDD",
        HELPER
        + on("true", command="select")
        + "create policy q on public.notes for update to authenticated using (true) with check (org_id = public.get_user_org_id());",
    ),
    PolicySet("update without select", "DDUD DDDD", HELPER + on("true", command="update")),
    PolicySet("delete without select", "DDDU DDDD", HELPER + on("true", command="delete")),
    PolicySet(
        "insert with using only for all",
        "LIII DDDD",
        HELPER + on("true", command="select", name="q") + on("org_id = public.get_user_org_id()"),
    ),
    PolicySet(
        "insert without check",
        "DDDD DDDD",
        "alter table public.notes enable row level security; create policy p on public.notes for insert to authenticated;",
    ),
    PolicySet("to another role", "DDDD DDDD", on("true", to=" to service_role")),
    PolicySet("no grant", "DDDD DDDD", "revoke all on public.notes from authenticated, anon;" + on("true")),
    PolicySet(
        "reading granted only",
        "LDDD DDDD",
        "revoke all on public.notes from authenticated, anon; grant select on public.notes to authenticated;"
        + on("true"),
    ),
    PolicySet(
        "title may be changed only",
        "IDID DDDD",
        HELPER
        + "revoke update on public.notes from authenticated, anon; grant update (title) on public.notes to authenticated;"
        + on("org_id = public.get_user_org_id()", command="select")
        + "create policy q on public.notes for update to authenticated using (org_id = public.get_user_org_id()) with check (true);",
    ),
    PolicySet(
        "stamped",
        "LLLL DDDD",
        "create function public.stamp() returns trigger language plpgsql as $$ begin new.updated_at = now(); return new; end $$; alter table public.notes add updated_at timestamptz; create trigger stamp before update on public.notes for each row execute function public.stamp();"
        + on("true"),
    ),
    PolicySet(
        "a trigger sets the organisation",
        "LUUL DDDD",
        HELPER
        + "create function public.mine() returns trigger language plpgsql as $$ begin new.org_id := public.get_user_org_id(); return new; end $$; create trigger mine before insert or update on public.notes for each row execute function public.mine();"
        + on("true"),
    ),
    PolicySet("forced", "IIII DDDD", "alter table public.notes force row level security;" + on(MEMBER)),
]

OTHER_TABLES = [
    PolicySet(
        "child by parent",
        "IIII DDDD",
        on(
            "exists (select 1 from public.notes n join public.org_members m on m.org_id = n.org_id where n.id = comments.note_id and m.user_id = auth.uid())",
            table="comments",
        ),
        "comments",
    ),
    PolicySet(
        "child by parent's own policies",
        "IIII DDDD",
        on(MEMBER) + on("exists (select 1 from public.notes n where n.id = note_id)", table="comments"),
        "comments",
    ),
    PolicySet(
        "child by an open parent",
        "LLLL DDDD",
        on("true") + on("exists (select 1 from public.notes n where n.id = note_id)", table="comments"),
        "comments",
    ),
    PolicySet(
        "child by an unprotected parent",
        "LLLL DDDD",
        on("note_id in (select id from public.notes)", table="comments"),
        "comments",
    ),
    PolicySet(
        "child by parent, no tie to the row",
        "LLLL DDDD",
        on(
            "exists (select 1 from public.notes n join public.org_members m on m.org_id = n.org_id where m.user_id = auth.uid())",
            table="comments",
        ),
        "comments",
    ),
    PolicySet(
        "child by parent, tied to itself",
        "LLLL DDDD",
        on(
            "exists (select 1 from public.notes n join public.org_members m on m.org_id = n.org_id where n.id = n.id and m.user_id = auth.uid())",
            table="comments",
        ),
        "comments",
    ),
    PolicySet("child, wide open", "LLLL DDDD", on("true", table="comments"), "comments"),
    PolicySet("members of mine", "IDDD DDDD", "", "org_members"),
    PolicySet(
        "members by helper",
        "IIII DDDD",
        HELPER + on("org_id = public.get_user_org_id()", table="org_members"),
        "org_members",
    ),
    PolicySet(
        "members of themselves",
        "IIII DDDD",
        on(
            "org_id in (select org_id from public.org_members where user_id = auth.uid())",
            table="org_members",
        ),
        "org_members",
    ),
    PolicySet(
        "joining in own name", "ILLI DDDD", on("user_id = auth.uid()", table="org_members"), "org_members"
    ),
    PolicySet(
        "joining in own name, guarded",
        "IIII DDDD",
        HELPER + on("user_id = auth.uid() and org_id = public.get_user_org_id()", table="org_members"),
        "org_members",
    ),
    PolicySet(
        "organisations of mine",
        "IUII DDDD",
        on("id in (select org_id from public.org_members where user_id = auth.uid())", table="organizations"),
        "organizations",
    ),
    PolicySet(
        "organisations owned",
        "IUII DDDD",
        on("owner_id = auth.uid()", table="organizations"),
        "organizations",
    ),
    PolicySet(
        "organisations of all",
        "LDDD DDDD",
        on("true", table="organizations", command="select"),
        "organizations",
    ),
    PolicySet(
        "organisations, inner name",
        "IUII DDDD",
        on(
            "exists (select 1 from public.org_members where org_id = id and user_id = auth.uid())",
            table="organizations",
        ),
        "organizations",
    ),
    PolicySet("devices of mine", "IIII DDDD", on("user_id = auth.uid()", table="devices"), "devices"),
    PolicySet("devices of others", "LULL DDDD", on("user_id <> auth.uid()", table="devices"), "devices"),
    PolicySet("devices of all", "LULL DDDD", on("true", table="devices"), "devices"),
    PolicySet(
        "devices signed in", "LULL DDDD", on("(select auth.uid()) is not null", table="devices"), "devices"
    ),
    PolicySet(
        "labels of nobody or mine", "IUUU DDDD", on("org_id is null or " + MEMBER, table="labels"), "labels"
    ),
    PolicySet(
        "labels of nobody or mine, reading",
        "IDDD DDDD",
        on("org_id is null or " + MEMBER, table="labels", command="select"),
        "labels",
    ),
    PolicySet(
        "labels not distinct",
        "IDDD DDDD",
        HELPER + on("org_id is not distinct from public.get_user_org_id()", table="labels", command="select"),
        "labels",
    ),
    PolicySet(
        "labels with a name",
        "LDDD DDDD",
        on("org_id is not null", table="labels", command="select"),
        "labels",
    ),
    PolicySet(
        "projects by pair of keys",
        "UUUU DDDD",
        on(MEMBER)
        + on("exists (select 1 from public.notes n where n.project_id = projects.id)", table="projects"),
        "projects",
    ),
]

ALL = [*ROW_OPEN, *BY_HELPER, *BY_MEMBERSHIP, *CLAIMS, *COMBINED, *OTHER_TABLES]
