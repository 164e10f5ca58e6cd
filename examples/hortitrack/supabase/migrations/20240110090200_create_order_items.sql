-- Migration: Create the lines of sales orders
-- Author: data-engineer
-- Date: 2024-01-10
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.order_items (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  order_id uuid not null,
  line_number integer not null check (line_number > 0),
  plant_variety_id uuid not null,
  quantity integer not null check (quantity > 0),
  unit_price numeric(12, 2) not null check (unit_price >= 0),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  unique (org_id, order_id, line_number),
  foreign key (org_id, order_id) references public.orders (org_id, id) on delete cascade,
  foreign key (org_id, plant_variety_id) references public.plant_varieties (org_id, id) on delete no action
);

-- Row level security (required)
alter table public.order_items enable row level security;

create policy "Users can view own org data"
on public.order_items for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.order_items for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.order_items for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.order_items for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.order_items is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.order_items is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.order_items is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.order_items is
  'Only rows that nothing refers to: foreign keys refuse the rest.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.order_items from anon, authenticated;
grant select, insert, update, delete on table public.order_items to authenticated, service_role;

-- Indexes
create index idx_order_items_org_id on public.order_items (org_id);
create index idx_order_items_org_id_order_id on public.order_items (org_id, order_id);
create index idx_order_items_org_id_plant_variety_id on public.order_items (org_id, plant_variety_id);
create index idx_order_items_created_by on public.order_items (created_by);
create index idx_order_items_updated_by on public.order_items (updated_by);
create index idx_order_items_created_at on public.order_items (created_at desc);

-- Updated_at trigger
create trigger set_updated_at
  before update on public.order_items
  for each row
  execute function public.set_updated_at();

-- Rationale
comment on table public.order_items is
  'Lines of an order. The total is not stored beside them: it follows from quantity and unit_price.';
comment on column public.order_items.unit_price is
  'The price that was agreed, not today''s price of the variety.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.order_items;
