-- Migration: Create organizations, their memberships and the helpers that read these
-- Author: data-engineer
-- Date: 2024-01-08
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- The two tables stand in one migration: the policies of organizations ask the helpers, the helpers read
-- org_memberships, and memberships refer to organizations.

-- Create tables
create table public.organizations (
  id uuid primary key default gen_random_uuid(),

  -- Business columns
  name text not null check (length(trim(name)) > 0),
  status text not null default 'active' check (status in ('active', 'suspended', 'archived')),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null
);

create table public.org_memberships (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null default 'member' check (role in ('owner', 'admin', 'member')),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: one membership for each person and organization
  unique (org_id, user_id)
);

-- The caller's organization: the oldest membership, so that it never changes by chance
create function public.get_user_org_id()
returns uuid
language sql
stable
security definer
set search_path = ''
as $$
  select org_id
  from public.org_memberships
  where user_id = (select auth.uid())
  order by created_at, id
  limit 1;
$$;

-- Whether the caller may manage the caller's organization
create function public.is_org_admin()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select 1
    from public.org_memberships
    where user_id = (select auth.uid())
      and org_id = (select public.get_user_org_id())
      and role in ('owner', 'admin')
  );
$$;

-- Whoever makes an organization owns it; without a first member nobody could ever see it
create function public.add_first_owner()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if new.created_by is not null then
    insert into public.org_memberships (org_id, user_id, role, created_by, updated_by)
    values (new.id, new.created_by, 'owner', new.created_by, new.created_by);
  end if;
  return null;
end;
$$;

revoke execute on function public.get_user_org_id() from public, anon;
revoke execute on function public.is_org_admin() from public, anon;
revoke execute on function public.add_first_owner() from public, anon, authenticated;
grant execute on function public.get_user_org_id() to authenticated, service_role;
grant execute on function public.is_org_admin() to authenticated, service_role;

-- Row level security (required)
alter table public.organizations enable row level security;

create policy "Users can view own org"
on public.organizations for select
to authenticated
using (id = (select public.get_user_org_id()));

create policy "Users can found an org"
on public.organizations for insert
to authenticated
with check (created_by = (select auth.uid()));

create policy "Admins can update own org"
on public.organizations for update
to authenticated
using (
  id = (select public.get_user_org_id())
  and (select public.is_org_admin())
)
with check (
  id = (select public.get_user_org_id())
  and (select public.is_org_admin())
);

create policy "Admins can delete own org"
on public.organizations for delete
to authenticated
using (
  id = (select public.get_user_org_id())
  and (select public.is_org_admin())
);

comment on policy "Users can view own org" on public.organizations is
  'Other organizations do not exist for the caller.';

comment on policy "Users can found an org" on public.organizations is
  'The founder becomes the owner by the trigger add_first_owner.';

comment on policy "Admins can update own org" on public.organizations is
  'The check repeats the condition, so that an organization cannot become another one.';

comment on policy "Admins can delete own org" on public.organizations is
  'Deleting an organization deletes everything it has.';

-- Row level security (required)
alter table public.org_memberships enable row level security;

create policy "Users can view own org data"
on public.org_memberships for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Admins can insert own org data"
on public.org_memberships for insert
to authenticated
with check (
  org_id = (select public.get_user_org_id())
  and (select public.is_org_admin())
);

create policy "Admins can update own org data"
on public.org_memberships for update
to authenticated
using (
  org_id = (select public.get_user_org_id())
  and (select public.is_org_admin())
)
with check (
  org_id = (select public.get_user_org_id())
  and (select public.is_org_admin())
);

create policy "Admins can delete own org data, users can leave"
on public.org_memberships for delete
to authenticated
using (
  org_id = (select public.get_user_org_id())
  and ((select public.is_org_admin()) or user_id = (select auth.uid()))
);

comment on policy "Users can view own org data" on public.org_memberships is
  'Members see who else is a member.';

comment on policy "Admins can insert own org data" on public.org_memberships is
  'Only administrators add people.';

comment on policy "Admins can update own org data" on public.org_memberships is
  'The check repeats the condition, so that no membership can be moved to another organization.';

comment on policy "Admins can delete own org data, users can leave" on public.org_memberships is
  'Everybody may leave.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.organizations from anon, authenticated;
grant select, insert, update, delete on table public.organizations to authenticated, service_role;

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.org_memberships from anon, authenticated;
grant select, insert, update, delete on table public.org_memberships to authenticated, service_role;

-- Indexes
create index idx_organizations_created_by on public.organizations (created_by);
create index idx_organizations_updated_by on public.organizations (updated_by);
create index idx_organizations_created_at on public.organizations (created_at desc);

create index idx_org_memberships_org_id on public.org_memberships (org_id);
create index idx_org_memberships_user_id on public.org_memberships (user_id);
create index idx_org_memberships_created_by on public.org_memberships (created_by);
create index idx_org_memberships_updated_by on public.org_memberships (updated_by);
create index idx_org_memberships_created_at on public.org_memberships (created_at desc);

-- Triggers
create trigger set_updated_at
  before update on public.organizations
  for each row
  execute function public.set_updated_at();

create trigger add_first_owner
  after insert on public.organizations
  for each row
  execute function public.add_first_owner();

create trigger set_updated_at
  before update on public.org_memberships
  for each row
  execute function public.set_updated_at();

-- The oldest membership is the one in use, so its time must not come from a client
create trigger keep_created_at
  before insert or update on public.org_memberships
  for each row
  execute function public.keep_created_at();

-- Rationale
comment on table public.organizations is
  'Tenant container: every business row belongs to exactly one organization.';
comment on table public.org_memberships is
  'Who works for which organization. A table of its own, because a person can have several memberships.';
comment on function public.get_user_org_id() is
  'SECURITY DEFINER, because policies of org_memberships call it and would otherwise call themselves.';
comment on function public.is_org_admin() is
  'SECURITY DEFINER for the same reason as get_user_org_id().';
comment on function public.add_first_owner() is
  'SECURITY DEFINER, because the founder is no administrator yet.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.org_memberships;
-- drop table if exists public.organizations;
-- drop function if exists public.add_first_owner();
-- drop function if exists public.is_org_admin();
-- drop function if exists public.get_user_org_id();
