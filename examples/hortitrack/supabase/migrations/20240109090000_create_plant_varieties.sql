-- Migration: Create the catalog of plant varieties
-- Author: data-engineer
-- Date: 2024-01-09
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.plant_varieties (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  name text not null,
  botanical_name text not null,
  weeks_to_finish integer check (weeks_to_finish > 0),
  status text not null default 'active' check (status in ('active', 'inactive', 'archived')),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  unique (org_id, name)
);

-- Row level security (required)
alter table public.plant_varieties enable row level security;

create policy "Users can view own org data"
on public.plant_varieties for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.plant_varieties for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.plant_varieties for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.plant_varieties for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.plant_varieties is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.plant_varieties is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.plant_varieties is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.plant_varieties is
  'Only rows that nothing refers to: foreign keys refuse the rest.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.plant_varieties from anon, authenticated;
grant select, insert, update, delete on table public.plant_varieties to authenticated, service_role;

-- Indexes
create index idx_plant_varieties_org_id on public.plant_varieties (org_id);
create index idx_plant_varieties_org_id_status on public.plant_varieties (org_id, status);
create index idx_plant_varieties_created_by on public.plant_varieties (created_by);
create index idx_plant_varieties_updated_by on public.plant_varieties (updated_by);
create index idx_plant_varieties_created_at on public.plant_varieties (created_at desc);

-- Updated_at trigger
create trigger set_updated_at
  before update on public.plant_varieties
  for each row
  execute function public.set_updated_at();

-- Rationale
comment on table public.plant_varieties is
  'Plant types that an organization grows. Batches and order items refer to it instead of repeating names.';
comment on column public.plant_varieties.weeks_to_finish is
  'Usual time from sowing to sale; unknown for new varieties.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.plant_varieties;
