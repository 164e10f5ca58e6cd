-- Migration: Create profiles of users
-- Author: data-engineer
-- Date: 2024-01-08
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,

  -- Business columns
  full_name text not null check (length(trim(full_name)) > 0),
  phone text,

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null
);

-- Row level security (required)
alter table public.profiles enable row level security;

create policy "Users can view profiles of own org"
on public.profiles for select
to authenticated
using (
  id = (select auth.uid())
  or id in (
    select user_id
    from public.org_memberships
    where org_id = (select public.get_user_org_id())
  )
);

create policy "Users can insert own profile"
on public.profiles for insert
to authenticated
with check (id = (select auth.uid()));

create policy "Users can update own profile"
on public.profiles for update
to authenticated
using (id = (select auth.uid()))
with check (id = (select auth.uid()));

create policy "Users can delete own profile"
on public.profiles for delete
to authenticated
using (id = (select auth.uid()));

comment on policy "Users can view profiles of own org" on public.profiles is
  'Colleagues see each other; a person without an organization sees only themselves.';

comment on policy "Users can insert own profile" on public.profiles is
  'A profile belongs to the person it describes.';

comment on policy "Users can update own profile" on public.profiles is
  'Nobody writes the profile of somebody else.';

comment on policy "Users can delete own profile" on public.profiles is
  'Deleting the profile keeps the user.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.profiles from anon, authenticated;
grant select, insert, update, delete on table public.profiles to authenticated, service_role;

-- Indexes
create index idx_profiles_created_by on public.profiles (created_by);
create index idx_profiles_updated_by on public.profiles (updated_by);
create index idx_profiles_created_at on public.profiles (created_at desc);

-- Updated_at trigger
create trigger set_updated_at
  before update on public.profiles
  for each row
  execute function public.set_updated_at();

-- Rationale
comment on table public.profiles is
  'What is shown of a user. Keyed by auth.users, not by organization: a person is the same in all of them.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.profiles;
