-- Migration: Create sightings of pests and diseases
-- Author: data-engineer
-- Date: 2024-01-16
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.ipm_observations (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  batch_id uuid,
  location_id uuid,
  finding text not null check (length(trim(finding)) > 0),
  severity integer not null check (severity between 1 and 5),
  observed_at timestamptz not null default now(),
  status text not null default 'open' check (status in ('open', 'resolved')),
  note text,

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Invariant: a sighting is somewhere
  constraint ipm_observations_have_place check (num_nonnulls(batch_id, location_id) > 0),

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  foreign key (org_id, batch_id) references public.batches (org_id, id) on delete no action,
  foreign key (org_id, location_id) references public.locations (org_id, id) on delete no action
);

-- Row level security (required)
alter table public.ipm_observations enable row level security;

create policy "Users can view own org data"
on public.ipm_observations for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.ipm_observations for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.ipm_observations for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.ipm_observations for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.ipm_observations is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.ipm_observations is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.ipm_observations is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.ipm_observations is
  'Only rows that nothing refers to: foreign keys refuse the rest.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.ipm_observations from anon, authenticated;
grant select, insert, update, delete on table public.ipm_observations to authenticated, service_role;

-- Indexes
create index idx_ipm_observations_org_id on public.ipm_observations (org_id);
create index idx_ipm_observations_org_id_batch_id on public.ipm_observations (org_id, batch_id);
create index idx_ipm_observations_org_id_location_id on public.ipm_observations (org_id, location_id);
create index idx_ipm_observations_org_id_status on public.ipm_observations (org_id, status);
create index idx_ipm_observations_created_by on public.ipm_observations (created_by);
create index idx_ipm_observations_updated_by on public.ipm_observations (updated_by);
create index idx_ipm_observations_created_at on public.ipm_observations (created_at desc);

-- Updated_at trigger
create trigger set_updated_at
  before update on public.ipm_observations
  for each row
  execute function public.set_updated_at();

-- Rationale
comment on table public.ipm_observations is
  'Integrated pest management: what was seen, where. Of a batch, of a location, or of both.';
comment on column public.ipm_observations.location_id is
  'Where it was seen. Batches are moved, so it does not follow from the batch.';
comment on column public.ipm_observations.severity is
  '1: single plants, 5: all plants.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.ipm_observations;
