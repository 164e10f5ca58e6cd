-- Migration: Create deliveries
-- Author: data-engineer
-- Date: 2024-01-14
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.deliveries (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  delivery_number text not null,
  order_id uuid not null,
  scheduled_on date,
  status text not null default 'loading' check (status in ('loading', 'dispatched', 'delivered')),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  unique (org_id, delivery_number),
  foreign key (org_id, order_id) references public.orders (org_id, id) on delete no action
);

-- Row level security (required)
alter table public.deliveries enable row level security;

create policy "Users can view own org data"
on public.deliveries for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.deliveries for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.deliveries for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.deliveries for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.deliveries is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.deliveries is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.deliveries is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.deliveries is
  'Only while it is loading: its items give their plants back.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.deliveries from anon, authenticated;
grant select, insert, update, delete on table public.deliveries to authenticated, service_role;

-- Indexes
create index idx_deliveries_org_id on public.deliveries (org_id);
create index idx_deliveries_org_id_order_id on public.deliveries (org_id, order_id);
create index idx_deliveries_org_id_status on public.deliveries (org_id, status);
create index idx_deliveries_created_by on public.deliveries (created_by);
create index idx_deliveries_updated_by on public.deliveries (updated_by);
create index idx_deliveries_created_at on public.deliveries (created_at desc);

-- Triggers
create trigger set_updated_at
  before update on public.deliveries
  for each row
  execute function public.set_updated_at();

create trigger refuse_return_of_delivery
  before update on public.deliveries
  for each row
  when (
    old.status is distinct from new.status
    and (old.status, new.status) not in (('loading', 'dispatched'), ('dispatched', 'delivered'))
  )
  execute function public.refuse_change('a delivery is loaded, then dispatched, then delivered');

create trigger refuse_other_order
  before update on public.deliveries
  for each row
  when (old.order_id is distinct from new.order_id)
  execute function public.refuse_change('a delivery stays with its order: make a new delivery');

-- Depth 0: the statement comes from a client and not from a deleted organization
create trigger refuse_deleted_journey
  before delete on public.deliveries
  for each row
  when (pg_trigger_depth() = 0 and old.status <> 'loading')
  execute function public.refuse_change('the delivery has left: it can no longer be deleted');

-- Rationale
comment on table public.deliveries is
  'One journey of plants to the customer of an order. An order may take several.';
comment on column public.deliveries.status is
  'Items can change while it is loading; what was loaded counts as dispatched.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.deliveries;
