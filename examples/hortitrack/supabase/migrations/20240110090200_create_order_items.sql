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
  allocated_quantity integer not null default 0 check (allocated_quantity >= 0),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Invariant: no more plants are set aside for a line than were ordered
  constraint order_items_allocated_not_above_ordered check (allocated_quantity <= quantity),

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  unique (org_id, order_id, line_number),
  foreign key (org_id, order_id) references public.orders (org_id, id) on delete cascade,
  foreign key (org_id, plant_variety_id) references public.plant_varieties (org_id, id) on delete no action
);

-- Keeps orders.total. Orders are locked in the order of their ids, so that two statements cannot block each other.
create function public.add_order_items_to_orders()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  changes refcursor;
  change record;
begin
  if tg_op = 'INSERT' then
    open changes for
      select org_id, order_id, sum(quantity * unit_price) as amount
      from new_rows
      group by org_id, order_id
      order by order_id;
  elsif tg_op = 'DELETE' then
    open changes for
      select org_id, order_id, -sum(quantity * unit_price) as amount
      from old_rows
      group by org_id, order_id
      order by order_id;
  else
    open changes for
      select org_id, order_id, sum(amount) as amount
      from (
        select org_id, order_id, quantity * unit_price as amount from new_rows
        union all
        select org_id, order_id, -(quantity * unit_price) from old_rows
      ) as signed_rows
      group by org_id, order_id
      having sum(amount) <> 0
      order by order_id;
  end if;
  loop
    fetch changes into change;
    exit when not found;
    update public.orders
    set total = total + change.amount
    where org_id = change.org_id and id = change.order_id;
    -- A deleted order takes its lines along
    if not found and tg_op <> 'DELETE' then
      raise exception 'order % is not there', change.order_id using errcode = 'foreign_key_violation';
    end if;
  end loop;
  close changes;
  return null;
end;
$$;

revoke execute on function public.add_order_items_to_orders() from public, anon, authenticated;

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
create index idx_order_items_org_id_plant_variety_id on public.order_items (org_id, plant_variety_id);
create index idx_order_items_created_by on public.order_items (created_by);
create index idx_order_items_updated_by on public.order_items (updated_by);
create index idx_order_items_created_at on public.order_items (created_at desc);

-- Triggers
create trigger set_updated_at
  before update on public.order_items
  for each row
  execute function public.set_updated_at();

create trigger refuse_allocated_of_client_on_insert
  before insert on public.order_items
  for each row
  when (new.allocated_quantity <> 0)
  execute function public.refuse_change('what is allocated follows from allocations: write a row there');

-- Depth 0: the statement comes from a client and not from a trigger
create trigger refuse_allocated_of_client_on_update
  before update on public.order_items
  for each row
  when (pg_trigger_depth() = 0 and old.allocated_quantity is distinct from new.allocated_quantity)
  execute function public.refuse_change('what is allocated follows from allocations: write a row there');

create trigger refuse_other_order
  before update on public.order_items
  for each row
  when (old.order_id is distinct from new.order_id)
  execute function public.refuse_change('a line stays with its order: make a new line');

create trigger refuse_other_variety_when_allocated
  before update on public.order_items
  for each row
  when (old.plant_variety_id is distinct from new.plant_variety_id and old.allocated_quantity > 0)
  execute function public.refuse_change('plants of this variety are allocated: release them first');

create trigger add_inserted_items_to_orders
  after insert on public.order_items
  referencing new table as new_rows
  for each statement
  execute function public.add_order_items_to_orders();

create trigger add_updated_items_to_orders
  after update on public.order_items
  referencing old table as old_rows new table as new_rows
  for each statement
  execute function public.add_order_items_to_orders();

create trigger add_deleted_items_to_orders
  after delete on public.order_items
  referencing old table as old_rows
  for each statement
  execute function public.add_order_items_to_orders();

-- Rationale
comment on table public.order_items is
  'Lines of an order. No line total is stored beside them: it follows from quantity and unit_price.';
comment on column public.order_items.unit_price is
  'The price that was agreed, not today''s price of the variety.';
comment on column public.order_items.allocated_quantity is
  'Sum of the line''s allocations, dispatched ones included. A column, so that the row''s lock and check hold it.';
comment on function public.add_order_items_to_orders() is
  'Adds the difference instead of summing up again: a sum would miss what another transaction is about to commit.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.order_items;
-- drop function if exists public.add_order_items_to_orders();
