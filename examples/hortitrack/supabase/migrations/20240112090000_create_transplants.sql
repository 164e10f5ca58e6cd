-- Migration: Create transplants from batch to batch
-- Author: data-engineer
-- Date: 2024-01-12
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.transplants (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  source_batch_id uuid not null,
  target_batch_id uuid not null check (target_batch_id <> source_batch_id),
  quantity integer not null check (quantity > 0),
  transplanted_on date not null default current_date,
  note text,

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  foreign key (org_id, source_batch_id) references public.batches (org_id, id) on delete no action,
  foreign key (org_id, target_batch_id) references public.batches (org_id, id) on delete no action
);

-- Refuses transplants between varieties. The variety of a batch never changes, so what is read here stays true.
create function public.require_one_variety()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if exists (
    select 1
    from new_rows
    join public.batches as source on source.org_id = new_rows.org_id and source.id = new_rows.source_batch_id
    join public.batches as target on target.org_id = new_rows.org_id and target.id = new_rows.target_batch_id
    where source.plant_variety_id <> target.plant_variety_id
  ) then
    raise exception 'plants are transplanted to a batch of the same variety only' using errcode = 'check_violation';
  end if;
  return null;
end;
$$;

revoke execute on function public.require_one_variety() from public, anon, authenticated;

-- Row level security (required)
alter table public.transplants enable row level security;

create policy "Users can view own org data"
on public.transplants for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.transplants for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.transplants for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.transplants for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.transplants is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.transplants is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.transplants is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.transplants is
  'Undoes the transplant: both entries of batch_logs go with it, if the target still has the plants.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.transplants from anon, authenticated;
grant select, insert, update, delete on table public.transplants to authenticated, service_role;

-- Indexes
create index idx_transplants_org_id on public.transplants (org_id);
create index idx_transplants_org_id_source_batch_id on public.transplants (org_id, source_batch_id);
create index idx_transplants_org_id_target_batch_id on public.transplants (org_id, target_batch_id);
create index idx_transplants_created_by on public.transplants (created_by);
create index idx_transplants_updated_by on public.transplants (updated_by);
create index idx_transplants_created_at on public.transplants (created_at desc);

-- Triggers
create trigger set_updated_at
  before update on public.transplants
  for each row
  execute function public.set_updated_at();

create trigger refuse_other_transplant
  before update on public.transplants
  for each row
  when (
    (old.source_batch_id, old.target_batch_id, old.quantity)
      is distinct from (new.source_batch_id, new.target_batch_id, new.quantity)
  )
  execute function public.refuse_change('a transplant is done: delete it, or transplant back');

create trigger require_one_variety
  after insert on public.transplants
  referencing new table as new_rows
  for each statement
  execute function public.require_one_variety();

-- Rationale
comment on table public.transplants is
  'Plants moved from one batch to another of the same variety. What the source loses, the target gains.';
comment on column public.transplants.quantity is
  'Plants moved. Only free plants can be: what is allocated or dispatched stays with its batch.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.transplants;
-- drop function if exists public.require_one_variety();
