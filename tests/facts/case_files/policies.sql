-- CREATE POLICY, ALTER POLICY.

create policy p on t
--> [p] CreatePolicy(name=p, table=t)

create policy "Users, own" on public.t as restrictive for select to authenticated, public using (a = (select auth.uid()))
--> ["Users, own"] CreatePolicy(name=Users, own, table=public.t, command=select, permissive=False, roles=[authenticated, public], roles_written=True, using=`a = (select auth.uid())`)

create policy p on t for insert to anon with check (true)
--> [p] CreatePolicy(name=p, table=t, command=insert, roles=[anon], roles_written=True, check=`true`)

create policy p on t as permissive for all using ( a = ')' and (b) ) with check ( /* c */ b = 1 -- x
 )
--> [p] CreatePolicy(name=p, table=t, using=`a = ')' and (b)`, check=`b = 1`)

create policy p on t for update to current_user using (a = any (array[1, 2])) with check (a in (select b from u))
--> [p] CreatePolicy(name=p, table=t, command=update, roles=[current_user], roles_written=True, using=`a = any (array[1, 2])`, check=`a in (select b from u)`)

create policy p on t for delete to public using (true)
--> [p] CreatePolicy(name=p, table=t, command=delete, roles_written=True, using=`true`)

create policy policy on policies to "using" using (false)
--> [policy] CreatePolicy(name=policy, table=policies, roles=[using], roles_written=True, using=`false`)

alter policy p on s.t to a, public using (true) with check (false)
--> [p] AlterPolicy(name=p, table=s.t, roles=[a, public], using=`true`, check=`false`)

alter policy p on t using (x)
--> [p] AlterPolicy(name=p, table=t, using=`x`)

alter policy p on t to b
--> [p] AlterPolicy(name=p, table=t, roles=[b])

create policy p on t for select to authenticated using(exists (select 1 from m where m.org = t.org))
--> [p] CreatePolicy(name=p, table=t, command=select, roles=[authenticated], roles_written=True, using=`exists (select 1 from m where m.org = t.org)`)
