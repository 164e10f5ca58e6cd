-- Migration: Create physical locations
-- Author: data-engineer
-- Date: 2024-01-09
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.locations (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  parent_id uuid check (parent_id <> id),
  name text not null,
  kind text not null check (kind in ('polytunnel', 'glasshouse', 'field', 'bench', 'cold_store')),
  area_m2 numeric(10, 2) check (area_m2 >= 0),
  status text not null default 'active' check (status in ('active', 'inactive', 'archived')),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  unique (org_id, name),
  foreign key (org_id, parent_id) references public.locations (org_id, id) on delete no action
);

-- Row level security (required)
alter table public.locations enable row level security;

create policy "Users can view own org data"
on public.locations for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.locations for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.locations for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.locations for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.locations is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.locations is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.locations is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.locations is
  'Only rows that nothing refers to: foreign keys refuse the rest.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.locations from anon, authenticated;
grant select, insert, update, delete on table public.locations to authenticated, service_role;

-- Indexes
create index idx_locations_org_id on public.locations (org_id);
create index idx_locations_org_id_parent_id on public.locations (org_id, parent_id);
create index idx_locations_org_id_status on public.locations (org_id, status);
create index idx_locations_created_by on public.locations (created_by);
create index idx_locations_updated_by on public.locations (updated_by);
create index idx_locations_created_at on public.locations (created_at desc);

-- Updated_at trigger
create trigger set_updated_at
  before update on public.locations
  for each row
  execute function public.set_updated_at();

-- Rationale
comment on table public.locations is
  'Where plants stand: polytunnels and the benches in them.';
comment on column public.locations.parent_id is
  'A bench stands in a polytunnel. With org_id in the key, it can only be one of the same organization.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.locations;
