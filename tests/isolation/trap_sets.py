# ruff: noqa: E501  # SQL is read more easily in one line
"""Policy sets that a careless reader gets wrong: names that mean another column, sub-selects that always have a row,
three-valued logic, functions with several ways out, values that callers choose, tables that callers may write.
`expected` as in `policy_sets`."""

from __future__ import annotations

from isolation.policy_sets import HELPER, MEMBER, OPEN_MEMBERS, PolicySet, helper, on

TRAPS = [
    PolicySet(
        "claim coalesce to user_metadata",
        "UUUU DDDD",
        on(
            "org_id = (coalesce(auth.jwt() -> 'app_metadata' ->> 'no_org', (auth.jwt() -> 'user_metadata' ->> 'org_id')::text))::uuid"
        ),
    ),
    PolicySet(
        "claim coalesce to constant",
        "UUUU DDDD",
        on(
            "org_id = coalesce(auth.jwt() -> 'app_metadata' ->> 'no_org', 'bbbbbbbb-0000-4000-8000-000000000000')::uuid"
        ),
    ),
    PolicySet(
        "claim coalesce to column",
        "UUUU DDDD",
        on("org_id::text = coalesce(auth.jwt() -> 'app_metadata' ->> 'no_org', org_id::text)"),
    ),
    PolicySet(
        "setting coalesce",
        "UUUU DDDD",
        on("org_id = coalesce(nullif(current_setting('app.org', true), '')::uuid, org_id)"),
    ),
    PolicySet(
        "WITH read twice is two rows",
        "LLLL DDDD",
        OPEN_MEMBERS
        + on(
            "exists (with m as (select org_id, user_id from public.org_members) select 1 from m a, m b where a.user_id = auth.uid() and b.org_id = notes.org_id)"
        ),
    ),
    PolicySet(
        "WITH hides a table inside FROM",
        "LLLL DDDD",
        OPEN_MEMBERS
        + on(
            "org_id in (with org_members as (select id as org_id, '00000001-0000-4000-8000-000000000000'::uuid as user_id from public.organizations) select x.org_id from (select org_id from org_members) x)"
        ),
    ),
    PolicySet(
        "not a sub-select that gives true or null",
        "DDDD DDDD",
        OPEN_MEMBERS
        + on(
            "not (select true from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "not a function that gives true or null",
        "DDDD DDDD",
        helper(
            "boolean",
            "select true from public.org_members m where m.org_id = o and m.user_id = auth.uid()",
            arguments="o uuid",
        )
        + on("not public.f(org_id)"),
    ),
    PolicySet(
        "not any(set)",
        "LLLL DDDD",
        helper("uuid[]", "select array_agg(org_id) from public.org_members where user_id = auth.uid()")
        + on("not (org_id = any (public.f()))"),
    ),
    PolicySet(
        "not any(array sub)",
        "LLLL DDDD",
        on("not (org_id = any (array(select org_id from public.org_members where user_id = auth.uid())))"),
    ),
    PolicySet(
        "not any(empty) or",
        "UUUU DDDD",
        helper("uuid[]", "select array(select org_id from public.org_members where user_id = auth.uid())")
        + on("not (id = any (public.f())) "),
    ),
    PolicySet(
        "not any role and own",
        "UUUU DDDD",
        helper("text[]", "select array(select role from public.org_members where user_id = auth.uid())")
        + on("not ('member' = any (public.f()))"),
    ),
    PolicySet(
        "two return queries",
        "UUUU DDDD",
        helper(
            "setof uuid",
            "begin return query select org_id from public.org_members where user_id = auth.uid(); return query select id from public.organizations; end",
            language="plpgsql",
        )
        + on("org_id in (select public.f())"),
    ),
    PolicySet(
        "return next",
        "UUUU DDDD",
        helper(
            "setof uuid",
            "declare v uuid; begin select org_id into v from public.org_members where user_id = auth.uid(); return next v; v := 'bbbbbbbb-0000-4000-8000-000000000000'; return next v; end",
            language="plpgsql",
        )
        + on("org_id in (select public.f())"),
    ),
    PolicySet(
        "elsif after an assignment",
        "LLLL DDDD",
        helper(
            "boolean",
            "declare v uuid; begin v := o; if auth.uid() is null then v := null; return false; elsif v is not null then return true; end if; return false; end",
            arguments="o uuid",
            language="plpgsql",
        )
        + on("public.f(org_id)"),
    ),
    PolicySet(
        "elsif after an assignment in the first branch",
        "LLLL DDDD",
        helper(
            "boolean",
            "declare v boolean := true; begin if auth.uid() is null then v := false; elsif v then return true; end if; return false; end",
            arguments="o uuid",
            language="plpgsql",
        )
        + on("public.f(org_id)"),
    ),
    PolicySet(
        "nullif column",
        "UUUU DDDD",
        "alter table public.notes add slug text not null default '';"
        + HELPER
        + on("nullif(slug, '') is null or org_id = public.get_user_org_id()"),
    ),
    PolicySet(
        "scalar sub-select of several rows",
        "UUUU DDDD",
        OPEN_MEMBERS + on("org_id = (select org_id from public.org_members)"),
    ),
    PolicySet(
        "scalar sub-select of several rows, in a function",
        "UUUU DDDD",
        helper("uuid", "begin return (select org_id from public.org_members); end", language="plpgsql")
        + on("org_id = public.f()"),
    ),
    PolicySet(
        "having false",
        "UUUU DDDD",
        OPEN_MEMBERS
        + on("exists (select 1 from public.org_members group by org_id having false order by 1)"),
    ),
    PolicySet("limit 0", "UUUU DDDD", OPEN_MEMBERS + on("exists (select 1 from public.org_members limit 0)")),
    PolicySet(
        "offset", "UUUU DDDD", OPEN_MEMBERS + on("exists (select 1 from public.org_members offset 100)")
    ),
    PolicySet(
        "qualified name of the outer hidden",
        "UUUU DDDD",
        OPEN_MEMBERS
        + on(
            "exists (select 1 from public.org_members notes where public.notes.org_id = notes.org_id and notes.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "alias of the outer table inside",
        "LLLL DDDD",
        on(
            "exists (select 1 from public.org_members notes where notes.org_id = notes.org_id and notes.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "strict open",
        "LDDD DDDD",
        "create function public.f(a uuid) returns boolean language sql immutable strict as $$ select true $$;"
        + on("public.f(user_id)", command="select"),
    ),
    PolicySet(
        "strict open null",
        "DDDD DDDD",
        "create function public.f(a text) returns boolean language sql immutable strict as $$ select true $$;"
        + on("public.f(null)", command="select"),
    ),
    PolicySet(
        "out param ambiguous",
        "UUUU DDDD",
        helper(
            "table(org_id uuid)",
            "begin return query select org_id from public.org_members; end",
            language="plpgsql",
        )
        + on("org_id in (select x.org_id from public.f() x)"),
    ),
    PolicySet(
        "out param unambiguous",
        "IIII DDDD",
        helper(
            "table(org_id uuid)",
            "begin return query select m.org_id from public.org_members m where m.user_id = auth.uid(); end",
            language="plpgsql",
        )
        + on("org_id in (select x.org_id from public.f() x)"),
    ),
    PolicySet(
        "overload by path",
        "UUUU DDDD",
        "create schema app; create function app.f(a int) returns boolean language sql as $$ select true $$; create function public.f(a uuid, b uuid default null) returns boolean language sql security definer as $$ select exists (select 1 from public.org_members m where m.org_id = a and m.user_id = auth.uid()) $$; create function public.g(a uuid) returns boolean language sql security definer set search_path = app, public as $$ select f(a) $$;"
        + on("public.g(org_id)"),
    ),
    PolicySet(
        "members cycle",
        "UUUU DDDD",
        "create policy b on public.org_members for select to authenticated using (exists (select 1 from public.projects)); alter table public.projects enable row level security; create policy c on public.projects using (exists (select 1 from public.org_members));"
        + on("exists (select 1 from public.projects p)"),
    ),
    PolicySet(
        "shared rows with author",
        "UDDD DDDD",
        "alter table public.labels add user_id uuid references auth.users(id); "
        + on("org_id is null or " + MEMBER, table="labels", command="select"),
        "labels",
    ),
    PolicySet(
        "membership by follow",
        "UUUU DDDD",
        "create table public.follows (user_id uuid references auth.users(id), org_id uuid references public.organizations(id), primary key (user_id, org_id)); alter table public.follows enable row level security; create policy f on public.follows to authenticated using (user_id = auth.uid());"
        + on("org_id in (select org_id from public.follows where user_id = auth.uid())"),
    ),
    PolicySet(
        "right join using",
        "UUUU DDDD",
        OPEN_MEMBERS
        + on(
            "org_id in (select org_id from public.org_members m right join (select id as org_id from public.organizations) o using (org_id) where m.user_id = auth.uid() or m.user_id is null)"
        ),
    ),
    PolicySet(
        "full join using merged",
        "UUUU DDDD",
        OPEN_MEMBERS
        + on(
            "org_id in (select org_id from (select org_id, user_id from public.org_members where user_id = auth.uid()) m right join (select id as org_id from public.organizations) o using (org_id))"
        ),
    ),
    PolicySet(
        "own any of two arrays",
        "UUUU DDDD",
        on("org_id = any (array[(auth.jwt() -> 'app_metadata' ->> 'org_id')::uuid, user_id])"),
    ),
    PolicySet(
        "in list with own column",
        "UUUU DDDD",
        HELPER + on("public.get_user_org_id() in (org_id, project_id)"),
    ),
    PolicySet("greatest", "UUUU DDDD", HELPER + on("org_id = greatest(org_id, public.get_user_org_id())")),
    PolicySet("like", "UUUU DDDD", HELPER + on("org_id::text like public.get_user_org_id()::text || '%'")),
    PolicySet("like percent", "UUUU DDDD", HELPER + on("org_id::text like '%'")),
    PolicySet(
        "left 4", "UUUU DDDD", HELPER + on("left(org_id::text, 0) = left(public.get_user_org_id()::text, 0)")
    ),
    PolicySet(
        "between",
        "UUUU DDDD",
        HELPER
        + on(
            "org_id between '00000000-0000-4000-8000-000000000000' and 'ffffffff-0000-4000-8000-000000000000'"
        ),
    ),
    PolicySet("is distinct", "UUUU DDDD", HELPER + on("org_id is distinct from public.get_user_org_id()")),
    PolicySet("is true", "UUUU DDDD", HELPER + on("(org_id = public.get_user_org_id()) is not false")),
    PolicySet("is not unknown", "UUUU DDDD", HELPER + on("(org_id = public.get_user_org_id()) is not null")),
    PolicySet(
        "is null of comparison", "UUUU DDDD", HELPER + on("(org_id = public.get_user_org_id()) is null")
    ),
    PolicySet(
        "<> all",
        "UUUU DDDD",
        HELPER
        + on("org_id <> all (array(select org_id from public.org_members where user_id = auth.uid()))"),
    ),
    PolicySet(
        "<> any",
        "UUUU DDDD",
        on("org_id <> any (array(select org_id from public.org_members where user_id = auth.uid()))"),
    ),
    PolicySet(
        "exists intersect",
        "UUUU DDDD",
        on(
            "exists (select org_id from public.org_members where user_id = auth.uid() intersect select notes.org_id)"
        ),
    ),
    PolicySet(
        "exists except",
        "UUUU DDDD",
        on(
            "exists (select org_id from public.org_members where user_id = auth.uid() except select notes.org_id)"
        ),
    ),
    PolicySet(
        "exists union const",
        "LLLL DDDD",
        on(
            "exists (select 1 from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid() union select 1)"
        ),
    ),
    PolicySet(
        "exists aggregate",
        "UUUU DDDD",
        on(
            "exists (select count(*) from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "exists aggregate inside",
        "UUUU DDDD",
        on(
            "exists (select coalesce(max(m.role), '') from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "exists aggregate custom",
        "UUUU DDDD",
        on(
            "exists (select string_agg(m.role, ',') from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "exists agg bit_and",
        "UUUU DDDD",
        on(
            "exists (select bit_and(1) from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "exists jsonb_object_agg",
        "UUUU DDDD",
        on(
            "exists (select jsonb_object_agg(m.role, 1) from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "exists having true",
        "UUUU DDDD",
        on(
            "exists (select 1 from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid() having true)"
        ),
    ),
    PolicySet(
        "exists having count",
        "UUUU DDDD",
        on(
            "exists (select 1 from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid() having count(*) = 0)"
        ),
    ),
    PolicySet(
        "scalar count = 0",
        "UUUU DDDD",
        on(
            "(select count(*) from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid()) = 0"
        ),
    ),
    PolicySet(
        "scalar count >= 0",
        "UUUU DDDD",
        on(
            "(select count(*) from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid()) >= 0"
        ),
    ),
    PolicySet(
        "scalar bool_or",
        "UUUU DDDD",
        on(
            "(select bool_or(m.org_id = notes.org_id) from public.org_members m where m.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "scalar coalesce bool",
        "UUUU DDDD",
        on(
            "coalesce((select m.role = 'admin' from public.org_members m where m.org_id = notes.org_id and m.user_id = auth.uid()), true)"
        ),
    ),
    PolicySet(
        "case arg",
        "UUUU DDDD",
        HELPER + on("case org_id when public.get_user_org_id() then true else false end"),
    ),
    PolicySet(
        "case arg turned",
        "UUUU DDDD",
        HELPER + on("case org_id when public.get_user_org_id() then false else true end"),
    ),
    PolicySet(
        "case nested or",
        "LDDD DDDD",
        HELPER
        + on(
            "case when auth.uid() is null then false when is_public then true else org_id = public.get_user_org_id() end",
            command="select",
        ),
    ),
    PolicySet(
        "owner change",
        "UUUU DDDD",
        on("owner_id is null or owner_id = auth.uid()", table="organizations"),
        "organizations",
    ),
    PolicySet(
        "org owner may be written",
        "UUUU DDDD",
        on("true", table="organizations")
        + on("org_id in (select id from public.organizations where owner_id = auth.uid())"),
    ),
    PolicySet(
        "org name may be written",
        "UUUU DDDD",
        "revoke update on public.organizations from authenticated, anon; grant update (name) on public.organizations to authenticated;"
        + on("true", table="organizations")
        + on("org_id in (select id from public.organizations where owner_id = auth.uid())"),
    ),
    PolicySet(
        "lateral",
        "UUUU DDDD",
        on(
            "exists (select 1 from public.org_members m, lateral (select m.org_id = notes.org_id as same) s where s.same and m.user_id = auth.uid())"
        ),
    ),
    PolicySet("values", "UUUU DDDD", on("org_id in (values ('bbbbbbbb-0000-4000-8000-000000000000'::uuid))")),
    PolicySet(
        "view with owner's rights",
        "UUUU DDDD",
        "create view public.mine as select org_id from public.org_members;"
        + on("org_id in (select org_id from public.mine)"),
    ),
    PolicySet(
        "view with caller's",
        "UUUU DDDD",
        "create view public.mine as select org_id from public.org_members where user_id = auth.uid();"
        + on("org_id in (select org_id from public.mine)"),
    ),
    PolicySet(
        "invoker helper",
        "IIII DDDD",
        HELPER.replace("security definer", "") + on("org_id = public.get_user_org_id()"),
    ),
    PolicySet(
        "invoker without tie",
        "IIII DDDD",
        HELPER.replace("security definer", "").replace("where user_id = auth.uid()", "")
        + on("org_id = public.get_user_org_id()"),
    ),
    PolicySet(
        "helper not executable",
        "UUUU DDDD",
        HELPER
        + "revoke execute on function public.get_user_org_id() from public, authenticated, anon;"
        + on("org_id = public.get_user_org_id() or true"),
    ),
    PolicySet(
        "members by open view of self",
        "LLLL DDDD",
        "create policy z on public.org_members for select to authenticated using (true);"
        + on("org_id in (select org_id from public.org_members)"),
    ),
    PolicySet(
        "members admin insert unguarded",
        "UUUU DDDD",
        "create policy z on public.org_members for insert to authenticated with check (role = 'member');"
        + on(MEMBER),
    ),
    PolicySet(
        "members insert undecided",
        "UUUU DDDD",
        helper("boolean", "begin perform 1; return true; end", language="plpgsql", name="ok")
        + "create policy z on public.org_members for insert to authenticated with check (public.ok());"
        + on(MEMBER),
    ),
    PolicySet(
        "self-join membership",
        "UUUU DDDD",
        "alter table public.org_members disable row level security;"
        + on(
            "org_id in (select b.org_id from public.org_members a join public.org_members b on a.org_id = b.org_id where a.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "self-join wrong",
        "UUUU DDDD",
        "alter table public.org_members disable row level security;"
        + on(
            "org_id in (select b.org_id from public.org_members a join public.org_members b on a.user_id <> b.user_id where a.user_id = auth.uid())"
        ),
    ),
    PolicySet(
        "colleague",
        "UUUU DDDD",
        "alter table public.org_members disable row level security;"
        + on(
            "user_id in (select b.user_id from public.org_members a join public.org_members b on a.org_id = b.org_id where a.user_id = auth.uid())",
            table="devices",
        ),
        "devices",
    ),
    PolicySet(
        "using true with restrictive or",
        "LLLL DDDD",
        HELPER
        + on("true")
        + "create policy q on public.notes as restrictive to authenticated using (org_id = public.get_user_org_id() or is_public);",
    ),
    PolicySet(
        "restrictive to anon only",
        "LLLL DDDD",
        HELPER
        + on("true", to="")
        + "create policy q on public.notes as restrictive to anon using (org_id = public.get_user_org_id());",
    ),
    PolicySet(
        "restrictive for select/delete",
        "IIIU DDDD",
        HELPER
        + on("true")
        + "create policy q on public.notes as restrictive for select to authenticated using (org_id = public.get_user_org_id()); create policy r on public.notes as restrictive for insert to authenticated with check (org_id = public.get_user_org_id()); create policy s on public.notes as restrictive for update to authenticated using (org_id = public.get_user_org_id());",
    ),
    PolicySet(
        "update check differs",
        "LDLD DDDD",
        HELPER
        + on("true", command="select", name="s")
        + "create policy q on public.notes for update to authenticated using (is_public) with check (not is_public and org_id = public.get_user_org_id());",
    ),
    PolicySet(
        "update using own, check other org",
        "IDUD DDDD",
        HELPER
        + on("org_id = public.get_user_org_id()", command="select", name="s")
        + "create policy q on public.notes for update to authenticated using (org_id = public.get_user_org_id()) with check (user_id = auth.uid());",
    ),
    PolicySet(
        "two update policies mixed",
        "LDLD DDDD",
        HELPER
        + on("true", command="select", name="s")
        + "create policy q on public.notes for update to authenticated using (org_id = public.get_user_org_id()) with check (false); create policy r on public.notes for update to authenticated using (false) with check (true);",
    ),
    PolicySet(
        "all check only",
        "DLDD DDDD",
        "alter table public.notes enable row level security; create policy q on public.notes for all to authenticated with check (true);",
    ),
    PolicySet(
        "update check only",
        "LDDD DDDD",
        on("true", command="select", name="s")
        + "create policy q on public.notes for update to authenticated with check (true);",
    ),
    PolicySet(
        "email",
        "UUUU DDDD",
        on("exists (select 1 from auth.users u where u.id = auth.uid() and u.email = notes.title)"),
    ),
    PolicySet("jwt email", "UUUU DDDD", on("title = auth.jwt() ->> 'email'")),
    PolicySet(
        "legacy claim sub",
        "UDDD DDDD",
        on("current_setting('request.jwt.claim.sub', true) is not null", command="select"),
    ),
    PolicySet(
        "legacy claim role",
        "UDDD UDDD",
        on("current_setting('request.jwt.claim.role', true) = 'authenticated'", command="select", to=""),
    ),
    PolicySet(
        "header",
        "UDDD UDDD",
        on(
            "org_id::text = current_setting('request.headers', true)::json ->> 'x-org'",
            command="select",
            to="",
        ),
    ),
    PolicySet(
        "uid text",
        "IIII DDDD",
        on(MEMBER.replace("user_id = auth.uid()", "user_id::text = auth.uid()::text")),
    ),
    PolicySet(
        "uid text captured",
        "IIII DDDD",
        on("org_id in (select org_id from public.org_members where user_id::text = user_id::text)"),
    ),
    PolicySet(
        "in column from outer",
        "LLLL DDDD",
        OPEN_MEMBERS + on("org_id in (select org_id from public.organizations)"),
    ),
    PolicySet(
        "in column from outer 2",
        "LLLL DDDD",
        OPEN_MEMBERS
        + on("org_id in (select notes.org_id from public.org_members where user_id = auth.uid())"),
    ),
    PolicySet(
        "in id from members",
        "LLLL DDDD",
        on("id in (select id from public.org_members where user_id = auth.uid())"),
    ),
    PolicySet(
        "wrong column in",
        "UUUU DDDD",
        on("project_id in (select org_id from public.org_members where user_id = auth.uid())"),
    ),
    PolicySet(
        "jsonb ? on column",
        "UDDD DDDD",
        "alter table public.notes add tags jsonb default '[]'; "
        + on("tags ? (auth.jwt() -> 'app_metadata' ->> 'org_id')", command="select"),
    ),
    PolicySet(
        "claim list any of two",
        "UUUU DDDD",
        on(
            "org_id::text in (select jsonb_array_elements_text(auth.jwt() -> 'app_metadata' -> 'orgs') union select title)"
        ),
    ),
    PolicySet(
        "app_metadata admin or",
        "UUUU DDDD",
        on("(auth.jwt() -> 'app_metadata' ->> 'role') = 'admin' or " + MEMBER),
    ),
    PolicySet(
        "app_metadata admin in app",
        "IIII DDDD",
        on(
            "org_id = (auth.jwt() -> 'app_metadata' ->> 'org_id')::uuid or (auth.jwt() ->> 'role') = 'service_role'"
        ),
    ),
    PolicySet(
        "bool column compare",
        "UDDD DDDD",
        HELPER + on("is_public = (org_id = public.get_user_org_id())", command="select"),
    ),
    PolicySet(
        "xor", "UDDD DDDD", HELPER + on("is_public <> (org_id = public.get_user_org_id())", command="select")
    ),
    PolicySet("row compare", "UUUU DDDD", on("(org_id, auth.uid()) = (org_id, auth.uid())")),
    PolicySet(
        "row in or",
        "LLLL DDDD",
        on(
            "(org_id, auth.uid()) in (select m.org_id, m.user_id from public.org_members m union select org_id, auth.uid())"
        ),
    ),
    PolicySet(
        "child of two parents",
        "UUUU DDDD",
        "alter table public.comments add project_id uuid references public.projects(id);"
        + on(
            "exists (select 1 from public.projects p where p.id = comments.project_id and "
            + MEMBER.replace("org_id in", "p.org_id in")
            + ")",
            table="comments",
        ),
        "comments",
    ),
    PolicySet(
        "child self",
        "IIII DDDD",
        "alter table public.comments add parent uuid references public.comments(id);"
        + on(
            "exists (select 1 from public.notes n join public.org_members m using (org_id) where n.id = coalesce(note_id, note_id) and m.user_id = auth.uid())",
            table="comments",
        ),
        "comments",
    ),
    PolicySet(
        "child captured",
        "LLLL DDDD",
        on(
            "exists (select 1 from public.notes n join public.org_members m on m.org_id = n.org_id where n.id = id and m.user_id = auth.uid())",
            table="comments",
        ),
        "comments",
    ),
    PolicySet(
        "child captured column",
        "LLLL DDDD",
        on(
            "exists (select 1 from public.org_members m, public.notes n where n.id = note_id and m.user_id = auth.uid())",
            table="comments",
        ),
        "comments",
    ),
    PolicySet(
        "devices of colleagues",
        "UUUU DDDD",
        on(
            "user_id = auth.uid() or exists (select 1 from public.org_members m where m.user_id = devices.user_id)",
            table="devices",
        ),
        "devices",
    ),
    PolicySet(
        "profile by null",
        "UUUU LULL",
        on("user_id = auth.uid() or auth.uid() is null", table="devices", to=""),
        "devices",
    ),
    PolicySet(
        "anon sign in check",
        "IIII DDDD",
        on("user_id = auth.uid() and (auth.jwt() ->> 'is_anonymous')::boolean is not true", table="devices"),
        "devices",
    ),
    PolicySet(
        "set_config by anyone",
        "UUUU DDDD",
        "create function public.pick(o text) returns void language sql as $$ select set_config('app.org_id', o, false) $$;"
        + on("org_id = current_setting('app.org_id', true)::uuid"),
    ),
]
