-- Migration: Create treatments against pests and diseases
-- Author: data-engineer
-- Date: 2024-01-16
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.ipm_treatments (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  ipm_observation_id uuid not null,
  product text not null check (length(trim(product)) > 0),
  dose text,
  applied_at timestamptz not null default now(),
  reentry_at timestamptz check (reentry_at >= applied_at),
  note text,

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  foreign key (org_id, ipm_observation_id) references public.ipm_observations (org_id, id) on delete no action
);

-- Row level security (required)
alter table public.ipm_treatments enable row level security;

create policy "Users can view own org data"
on public.ipm_treatments for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.ipm_treatments for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.ipm_treatments for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.ipm_treatments for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.ipm_treatments is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.ipm_treatments is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.ipm_treatments is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.ipm_treatments is
  'Entries made by mistake.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.ipm_treatments from anon, authenticated;
grant select, insert, update, delete on table public.ipm_treatments to authenticated, service_role;

-- Indexes
create index idx_ipm_treatments_org_id on public.ipm_treatments (org_id);
create index idx_ipm_treatments_org_id_ipm_observation_id on public.ipm_treatments (org_id, ipm_observation_id);
create index idx_ipm_treatments_created_by on public.ipm_treatments (created_by);
create index idx_ipm_treatments_updated_by on public.ipm_treatments (updated_by);
create index idx_ipm_treatments_created_at on public.ipm_treatments (created_at desc);

-- Updated_at trigger
create trigger set_updated_at
  before update on public.ipm_treatments
  for each row
  execute function public.set_updated_at();

-- Rationale
comment on table public.ipm_treatments is
  'Integrated pest management: what was done about a sighting. The batch and the location follow from it.';
comment on column public.ipm_treatments.reentry_at is
  'From when on people may go in again.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.ipm_treatments;
