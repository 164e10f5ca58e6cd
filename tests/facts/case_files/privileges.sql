-- GRANT, REVOKE, default privileges.

grant select, insert (a, b) on table a.b, c to x, public with grant option
--> [grant select, insert (a, b) on table a.b, c] ChangePrivileges(grant=True, kind=table, privileges=[[select, []], [insert, [a, b]]], grantees=[x, public], objects=[a.b, c], grant_option=True)

grant all on t to x
--> [grant all on t] ChangePrivileges(grant=True, kind=table, privileges=[], grantees=[x], objects=[t])

grant all privileges (a,b) on t to x
--> [grant all privileges (a,b) on t] ChangePrivileges(grant=True, kind=table, privileges=[[all, [a, b]]], grantees=[x], objects=[t])

revoke grant option for select on t from x cascade
--> [revoke grant option for select on t] ChangePrivileges(grant=False, kind=table, privileges=[[select, []]], grantees=[x], objects=[t], option_only=True, cascade=True)

grant execute on function f(int), g, s.h() to x
--> [grant execute on function f(int), g, s.h()] ChangePrivileges(grant=True, kind=function, privileges=[[execute, []]], grantees=[x], objects=[f, g, s.h], arguments=[[int4], None, []])

grant execute on all functions in schema a, b to x
--> [grant execute on all functions in schema a, b] ChangePrivileges(grant=True, kind=function, privileges=[[execute, []]], grantees=[x], in_schemas=[a, b])

grant usage on schema a, "B" to b
--> [grant usage on schema a, "B"] ChangePrivileges(grant=True, kind=schema, privileges=[[usage, []]], grantees=[b], objects=[a, B])

grant a, b to c with admin option
--> [grant a, b to c with admin option] GrantRole(grant=True, roles=[a, b], members=[c])

revoke a from b
--> [revoke a from b] GrantRole(grant=False, roles=[a], members=[b])

revoke admin option for a from b granted by c
--> [revoke admin option for a from b granted by c] GrantRole(grant=False, roles=[], members=[b])

grant usage on type s.t to x
--> [grant usage on type s.t] ChangePrivileges(grant=True, kind=type, privileges=[[usage, []]], grantees=[x], objects=[s.t])

grant usage on domain t to x
--> [grant usage on domain t] ChangePrivileges(grant=True, kind=domain, privileges=[[usage, []]], grantees=[x], objects=[t])

grant usage, select on sequence s to x
--> [grant usage, select on sequence s] ChangePrivileges(grant=True, kind=sequence, privileges=[[usage, []], [select, []]], grantees=[x], objects=[s])

grant connect on database d to x
--> [grant connect on database d] ChangePrivileges(grant=True, kind=database, privileges=[[connect, []]], grantees=[x], objects=[d])

grant usage on foreign server s to x
--> [grant usage on foreign server s] ChangePrivileges(grant=True, kind=server, privileges=[[usage, []]], grantees=[x], objects=[s])

grant usage on foreign data wrapper w to x
--> [grant usage on foreign data wrapper w] ChangePrivileges(grant=True, kind=foreign data wrapper, privileges=[[usage, []]], grantees=[x], objects=[w])

grant usage on language l to x
--> [grant usage on language l] ChangePrivileges(grant=True, kind=language, privileges=[[usage, []]], grantees=[x], objects=[l])

grant select on large object 1 to x
--> [grant select on large object 1] ChangePrivileges(grant=True, kind=large object, privileges=[[select, []]], grantees=[x], objects=[1])

grant all on tablespace t to x
--> [grant all on tablespace t] ChangePrivileges(grant=True, kind=tablespace, privileges=[], grantees=[x], objects=[t])

grant set on parameter a.b to x
--> [grant set on parameter a.b] ChangePrivileges(grant=True, kind=parameter, privileges=[[set, []]], grantees=[x], objects=[a.b])

alter default privileges for role a in schema b, c grant select, insert on tables to x with grant option
--> [alter default privileges for role a in schema b, c grant select, insert on tables to x with grant option] ChangeDefaultPrivileges(grant=True, kind=table, privileges=[select, insert], grantees=[x], for_roles=[a], in_schemas=[b, c], grant_option=True)

alter default privileges revoke all on functions from public
--> [alter default privileges revoke all on functions from public] ChangeDefaultPrivileges(grant=False, kind=function, privileges=[], grantees=[public])

alter default privileges grant usage on types to x
--> [alter default privileges grant usage on types to x] ChangeDefaultPrivileges(grant=True, kind=type, privileges=[usage], grantees=[x])

alter default privileges in schema public revoke execute on routines from anon
--> [alter default privileges in schema public revoke execute on routines from anon] ChangeDefaultPrivileges(grant=False, kind=function, privileges=[execute], grantees=[anon], in_schemas=[public])

grant execute on procedure p() to x
--> [grant execute on procedure p()] ChangePrivileges(grant=True, kind=procedure, privileges=[[execute, []]], grantees=[x], objects=[p], arguments=[[]])

grant execute on routine p to x
--> [grant execute on routine p] ChangePrivileges(grant=True, kind=routine, privileges=[[execute, []]], grantees=[x], objects=[p], arguments=[None])

grant execute on all routines in schema a to x
--> [grant execute on all routines in schema a] ChangePrivileges(grant=True, kind=routine, privileges=[[execute, []]], grantees=[x], in_schemas=[a])

grant all on all tables in schema a to session_user
--> [grant all on all tables in schema a] ChangePrivileges(grant=True, kind=table, privileges=[], grantees=[session_user], in_schemas=[a])

revoke all on all sequences in schema a from x
--> [revoke all on all sequences in schema a] ChangePrivileges(grant=False, kind=sequence, privileges=[], grantees=[x], in_schemas=[a])

revoke all on t from public, anon
--> [revoke all on t] ChangePrivileges(grant=False, kind=table, privileges=[], grantees=[public, anon], objects=[t])

GRANT SELECT ON TABLE "To" TO "On"
--> [GRANT SELECT ON TABLE "To"] ChangePrivileges(grant=True, kind=table, privileges=[[select, []]], grantees=[On], objects=[To])
