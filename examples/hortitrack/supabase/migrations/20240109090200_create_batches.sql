-- Migration: Create production batches
-- Author: data-engineer
-- Date: 2024-01-09
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.batches (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  batch_number text not null,
  plant_variety_id uuid not null,
  location_id uuid,
  quantity integer not null default 0 check (quantity >= 0),
  allocated_quantity integer not null default 0 check (allocated_quantity >= 0),
  dispatched_quantity integer not null default 0 check (dispatched_quantity >= 0),
  available_quantity integer not null
    generated always as (quantity - allocated_quantity - dispatched_quantity) stored,
  sown_on date,
  ready_on date check (ready_on >= sown_on),
  status text not null default 'planned'
    check (status in ('planned', 'growing', 'ready', 'sold_out', 'discarded')),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Invariant: nobody allocates, dispatches, transplants or loses plants that are not there
  constraint batches_available_not_negative check (allocated_quantity + dispatched_quantity <= quantity),

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  unique (org_id, batch_number),
  foreign key (org_id, plant_variety_id) references public.plant_varieties (org_id, id) on delete no action,
  foreign key (org_id, location_id) references public.locations (org_id, id) on delete no action
);

-- Row level security (required)
alter table public.batches enable row level security;

create policy "Users can view own org data"
on public.batches for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.batches for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.batches for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.batches for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.batches is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.batches is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.batches is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.batches is
  'Only rows that nothing refers to: foreign keys refuse the rest.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.batches from anon, authenticated;
grant select, insert, update, delete on table public.batches to authenticated, service_role;

-- Indexes
create index idx_batches_org_id on public.batches (org_id);
create index idx_batches_org_id_plant_variety_id on public.batches (org_id, plant_variety_id);
create index idx_batches_org_id_location_id on public.batches (org_id, location_id);
create index idx_batches_org_id_status on public.batches (org_id, status);
create index idx_batches_created_by on public.batches (created_by);
create index idx_batches_updated_by on public.batches (updated_by);
create index idx_batches_created_at on public.batches (created_at desc);

-- Triggers
create trigger set_updated_at
  before update on public.batches
  for each row
  execute function public.set_updated_at();

create trigger refuse_counters_of_client_on_insert
  before insert on public.batches
  for each row
  when (new.allocated_quantity <> 0 or new.dispatched_quantity <> 0)
  execute function public.refuse_change('a new batch has nothing allocated or dispatched');

-- Depth 0: the statement comes from a client and not from a trigger
create trigger refuse_counters_of_client_on_update
  before update on public.batches
  for each row
  when (
    pg_trigger_depth() = 0
    and (old.quantity, old.allocated_quantity, old.dispatched_quantity)
      is distinct from (new.quantity, new.allocated_quantity, new.dispatched_quantity)
  )
  execute function public.refuse_change(
    'the quantities of a batch follow from batch_logs, allocations and delivery_items: write a row there'
  );

create trigger refuse_other_variety
  before update on public.batches
  for each row
  when (old.plant_variety_id is distinct from new.plant_variety_id)
  execute function public.refuse_change('the plants of a batch do not become another variety');

-- Rationale
comment on table public.batches is
  'Plants of one variety that were started together and are sold together.';
comment on column public.batches.quantity is
  'Total: plants started, less losses and transplants, dispatched ones included. The balance of batch_logs.';
comment on column public.batches.allocated_quantity is
  'What the allocations still hold. A column, so that the row''s lock and check hold it at every isolation level.';
comment on column public.batches.dispatched_quantity is
  'Sum of delivery_items. Dispatching moves plants from allocated to dispatched and leaves available as it is.';
comment on column public.batches.available_quantity is
  'Total less allocated less dispatched; never negative, by batches_available_not_negative.';
comment on column public.batches.plant_variety_id is
  'Referred to with org_id: foreign keys ignore row level security, the pair keeps tenants apart.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.batches;
