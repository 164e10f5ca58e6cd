-- Migration: Create sales orders
-- Author: data-engineer
-- Date: 2024-01-10
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.orders (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  order_number text not null,
  customer_id uuid not null,
  ordered_at timestamptz not null default now(),
  requested_on date,
  status text not null default 'draft'
    check (status in ('draft', 'confirmed', 'dispatched', 'cancelled')),
  total numeric(14, 2) not null default 0 check (total >= 0),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  unique (org_id, order_number),
  foreign key (org_id, customer_id) references public.customers (org_id, id) on delete no action
);

-- Row level security (required)
alter table public.orders enable row level security;

create policy "Users can view own org data"
on public.orders for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.orders for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.orders for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.orders for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.orders is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.orders is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.orders is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.orders is
  'Only rows that nothing refers to: foreign keys refuse the rest.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.orders from anon, authenticated;
grant select, insert, update, delete on table public.orders to authenticated, service_role;

-- Indexes
create index idx_orders_org_id on public.orders (org_id);
create index idx_orders_org_id_customer_id on public.orders (org_id, customer_id);
create index idx_orders_org_id_status on public.orders (org_id, status);
create index idx_orders_created_by on public.orders (created_by);
create index idx_orders_updated_by on public.orders (updated_by);
create index idx_orders_created_at on public.orders (created_at desc);

-- Triggers
create trigger set_updated_at
  before update on public.orders
  for each row
  execute function public.set_updated_at();

create trigger refuse_total_of_client_on_insert
  before insert on public.orders
  for each row
  when (new.total <> 0)
  execute function public.refuse_change('the total of an order follows from its order_items');

-- Depth 0: the statement comes from a client and not from a trigger
create trigger refuse_total_of_client_on_update
  before update on public.orders
  for each row
  when (pg_trigger_depth() = 0 and old.total is distinct from new.total)
  execute function public.refuse_change('the total of an order follows from its order_items');

create trigger refuse_other_customer
  before update on public.orders
  for each row
  when (old.customer_id is distinct from new.customer_id)
  execute function public.refuse_change('an order stays with its customer: make a new order');

-- Rationale
comment on table public.orders is
  'Sales orders. A customer with orders cannot be deleted, only archived; deleting the organization deletes both.';
comment on column public.orders.order_number is
  'What people say on the telephone; unique within an organization.';
comment on column public.orders.customer_id is
  'Referred to with org_id, so that an order never names another organization''s customer.';
comment on column public.orders.total is
  'Sum of quantity * unit_price of order_items, kept by a trigger of that table: lists of orders sort by it.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.orders;
