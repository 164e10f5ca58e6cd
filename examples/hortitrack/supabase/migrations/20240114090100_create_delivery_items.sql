-- Migration: Create the items of deliveries
-- Author: data-engineer
-- Date: 2024-01-14
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.delivery_items (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  delivery_id uuid not null,
  allocation_id uuid not null,
  quantity integer not null check (quantity > 0),
  invoiced_quantity integer not null default 0 check (invoiced_quantity >= 0),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Invariant: no more plants are billed than were delivered
  constraint delivery_items_invoiced_not_above_delivered check (invoiced_quantity <= quantity),

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  foreign key (org_id, delivery_id) references public.deliveries (org_id, id) on delete cascade,
  foreign key (org_id, allocation_id) references public.allocations (org_id, id) on delete no action
);

-- Refuses to change what a delivery carries once it has left. The row of the delivery stays locked, so that it cannot
-- leave in the same moment.
create function public.require_loading_delivery()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  item public.delivery_items := case tg_op when 'DELETE' then old else new end;
  delivery_status text;
begin
  select status into delivery_status
  from public.deliveries
  where org_id = item.org_id and id = item.delivery_id
  for no key update;
  if delivery_status <> 'loading' then
    raise exception 'the delivery has left: what it carries can no longer change' using errcode = 'check_violation';
  end if;
  return item;
end;
$$;

-- Keeps allocations.dispatched_quantity, and refuses plants that were allocated to another order
create function public.add_delivery_items_to_allocations()
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
      select org_id, allocation_id, sum(quantity) as amount
      from new_rows
      group by org_id, allocation_id
      order by allocation_id;
  elsif tg_op = 'DELETE' then
    open changes for
      select org_id, allocation_id, -sum(quantity) as amount
      from old_rows
      group by org_id, allocation_id
      order by allocation_id;
  else
    open changes for
      select org_id, allocation_id, sum(amount) as amount
      from (
        select org_id, allocation_id, quantity as amount from new_rows
        union all
        select org_id, allocation_id, -quantity from old_rows
      ) as signed_rows
      group by org_id, allocation_id
      having sum(amount) <> 0
      order by allocation_id;
  end if;
  loop
    fetch changes into change;
    exit when not found;
    update public.allocations
    set dispatched_quantity = dispatched_quantity + change.amount
    where org_id = change.org_id and id = change.allocation_id;
    -- A deleted allocation has taken its delivery items along
    if not found and tg_op <> 'DELETE' then
      raise exception 'allocation % is not there', change.allocation_id using errcode = 'foreign_key_violation';
    end if;
  end loop;
  close changes;
  -- Not one condition: after a DELETE there is no new_rows to name
  if tg_op = 'INSERT' then
    if exists (
      select 1
      from new_rows
      join public.deliveries on deliveries.org_id = new_rows.org_id and deliveries.id = new_rows.delivery_id
      join public.allocations on allocations.org_id = new_rows.org_id and allocations.id = new_rows.allocation_id
      join public.order_items
        on order_items.org_id = allocations.org_id and order_items.id = allocations.order_item_id
      where order_items.order_id <> deliveries.order_id
    ) then
      raise exception 'the plants are allocated to another order' using errcode = 'check_violation';
    end if;
  end if;
  return null;
end;
$$;

revoke execute on function public.require_loading_delivery() from public, anon, authenticated;
revoke execute on function public.add_delivery_items_to_allocations() from public, anon, authenticated;

-- Row level security (required)
alter table public.delivery_items enable row level security;

create policy "Users can view own org data"
on public.delivery_items for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.delivery_items for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.delivery_items for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.delivery_items for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.delivery_items is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.delivery_items is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.delivery_items is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.delivery_items is
  'Unloads the plants: they are allocated again. Only while the delivery is loading.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.delivery_items from anon, authenticated;
grant select, insert, update, delete on table public.delivery_items to authenticated, service_role;

-- Indexes
create index idx_delivery_items_org_id on public.delivery_items (org_id);
create index idx_delivery_items_org_id_delivery_id on public.delivery_items (org_id, delivery_id);
create index idx_delivery_items_org_id_allocation_id on public.delivery_items (org_id, allocation_id);
create index idx_delivery_items_created_by on public.delivery_items (created_by);
create index idx_delivery_items_updated_by on public.delivery_items (updated_by);
create index idx_delivery_items_created_at on public.delivery_items (created_at desc);

-- Triggers
create trigger set_updated_at
  before update on public.delivery_items
  for each row
  execute function public.set_updated_at();

create trigger refuse_invoiced_of_client_on_insert
  before insert on public.delivery_items
  for each row
  when (new.invoiced_quantity <> 0)
  execute function public.refuse_change('what is invoiced follows from invoice_items: write a row there');

-- Depth 0: the statement comes from a client and not from a trigger or a deleted parent
create trigger refuse_invoiced_of_client_on_update
  before update on public.delivery_items
  for each row
  when (pg_trigger_depth() = 0 and old.invoiced_quantity is distinct from new.invoiced_quantity)
  execute function public.refuse_change('what is invoiced follows from invoice_items: write a row there');

create trigger refuse_other_parents
  before update on public.delivery_items
  for each row
  when ((old.delivery_id, old.allocation_id) is distinct from (new.delivery_id, new.allocation_id))
  execute function public.refuse_change('an item stays with its delivery and allocation: delete it and make another');

create trigger require_loading_on_insert_or_delete
  before insert or delete on public.delivery_items
  for each row
  when (pg_trigger_depth() = 0)
  execute function public.require_loading_delivery();

create trigger require_loading_on_update
  before update on public.delivery_items
  for each row
  when (old.quantity is distinct from new.quantity)
  execute function public.require_loading_delivery();

create trigger add_inserted_items_to_allocations
  after insert on public.delivery_items
  referencing new table as new_rows
  for each statement
  execute function public.add_delivery_items_to_allocations();

create trigger add_updated_items_to_allocations
  after update on public.delivery_items
  referencing old table as old_rows new table as new_rows
  for each statement
  execute function public.add_delivery_items_to_allocations();

create trigger add_deleted_items_to_allocations
  after delete on public.delivery_items
  referencing old table as old_rows
  for each statement
  execute function public.add_delivery_items_to_allocations();

-- Rationale
comment on table public.delivery_items is
  'Plants on a delivery. They leave the allocation, which says of which batch and order item they are.';
comment on column public.delivery_items.allocation_id is
  'Not the order item: it follows from the allocation, as the batch does (third normal form).';
comment on column public.delivery_items.invoiced_quantity is
  'Sum of the item''s invoice_items. A column, so that the row''s lock and check hold it.';
comment on function public.require_loading_delivery() is
  'Locks the delivery before its allocations and batches: every writer locks in this order.';
comment on function public.add_delivery_items_to_allocations() is
  'The check of allocations refuses to dispatch more than is allocated; their trigger tells the batches.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.delivery_items;
-- drop function if exists public.add_delivery_items_to_allocations();
-- drop function if exists public.require_loading_delivery();
