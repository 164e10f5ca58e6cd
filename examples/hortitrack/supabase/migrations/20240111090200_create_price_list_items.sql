-- Migration: Create the prices of price lists
-- Author: data-engineer
-- Date: 2024-01-11
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.price_list_items (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  price_list_id uuid not null,
  plant_variety_id uuid not null,
  minimum_quantity integer not null default 1 check (minimum_quantity > 0),
  unit_price numeric(12, 2) not null check (unit_price >= 0),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  unique (org_id, price_list_id, plant_variety_id, minimum_quantity),
  foreign key (org_id, price_list_id) references public.price_lists (org_id, id) on delete cascade,
  foreign key (org_id, plant_variety_id) references public.plant_varieties (org_id, id) on delete no action
);

-- Row level security (required)
alter table public.price_list_items enable row level security;

create policy "Users can view own org data"
on public.price_list_items for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.price_list_items for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.price_list_items for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.price_list_items for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.price_list_items is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.price_list_items is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.price_list_items is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.price_list_items is
  'Orders keep the price that was agreed.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.price_list_items from anon, authenticated;
grant select, insert, update, delete on table public.price_list_items to authenticated, service_role;

-- Indexes
create index idx_price_list_items_org_id on public.price_list_items (org_id);
create index idx_price_list_items_org_id_plant_variety_id on public.price_list_items (org_id, plant_variety_id);
create index idx_price_list_items_created_by on public.price_list_items (created_by);
create index idx_price_list_items_updated_by on public.price_list_items (updated_by);
create index idx_price_list_items_created_at on public.price_list_items (created_at desc);

-- Updated_at trigger
create trigger set_updated_at
  before update on public.price_list_items
  for each row
  execute function public.set_updated_at();

-- Rationale
comment on table public.price_list_items is
  'One price per list, variety and quantity. Third normal form: dates and customer depend on the list alone.';
comment on column public.price_list_items.minimum_quantity is
  'The price holds from this quantity on.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.price_list_items;
