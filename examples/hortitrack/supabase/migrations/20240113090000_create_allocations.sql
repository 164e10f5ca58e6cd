-- Migration: Create allocations of plants to order items
-- Author: data-engineer
-- Date: 2024-01-13
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.allocations (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  order_item_id uuid not null,
  batch_id uuid not null,
  quantity integer not null check (quantity > 0),
  dispatched_quantity integer not null default 0 check (dispatched_quantity >= 0),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Invariant: no more plants leave than were set aside
  constraint allocations_dispatched_not_above_allocated check (dispatched_quantity <= quantity),

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  foreign key (org_id, order_item_id) references public.order_items (org_id, id) on delete no action,
  foreign key (org_id, batch_id) references public.batches (org_id, id) on delete no action
);

-- Keeps order_items.allocated_quantity, and refuses plants of another variety than was ordered. A batch never changes
-- its variety, and a line with allocations neither, so what is read here stays true.
create function public.add_allocations_to_order_items()
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
      select org_id, order_item_id, sum(quantity) as amount
      from new_rows
      group by org_id, order_item_id
      order by order_item_id;
  elsif tg_op = 'DELETE' then
    open changes for
      select org_id, order_item_id, -sum(quantity) as amount
      from old_rows
      group by org_id, order_item_id
      order by order_item_id;
  else
    open changes for
      select org_id, order_item_id, sum(amount) as amount
      from (
        select org_id, order_item_id, quantity as amount from new_rows
        union all
        select org_id, order_item_id, -quantity from old_rows
      ) as signed_rows
      group by org_id, order_item_id
      having sum(amount) <> 0
      order by order_item_id;
  end if;
  loop
    fetch changes into change;
    exit when not found;
    update public.order_items
    set allocated_quantity = allocated_quantity + change.amount
    where org_id = change.org_id and id = change.order_item_id;
    -- A deleted order item has taken its allocations along
    if not found and tg_op <> 'DELETE' then
      raise exception 'order item % is not there', change.order_item_id using errcode = 'foreign_key_violation';
    end if;
  end loop;
  close changes;
  -- Not one condition: after a DELETE there is no new_rows to name
  if tg_op = 'INSERT' then
    if exists (
      select 1
      from new_rows
      join public.order_items on order_items.org_id = new_rows.org_id and order_items.id = new_rows.order_item_id
      join public.batches on batches.org_id = new_rows.org_id and batches.id = new_rows.batch_id
      where order_items.plant_variety_id <> batches.plant_variety_id
    ) then
      raise exception 'the batch is of another variety than was ordered' using errcode = 'check_violation';
    end if;
  end if;
  return null;
end;
$$;

-- Keeps allocated and dispatched plants of batches, which are locked in the order of their ids
create function public.add_allocations_to_batches()
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
      select org_id, batch_id,
        sum(quantity - dispatched_quantity) as allocated,
        sum(dispatched_quantity) as dispatched
      from new_rows
      group by org_id, batch_id
      order by batch_id;
  elsif tg_op = 'DELETE' then
    open changes for
      select org_id, batch_id,
        -sum(quantity - dispatched_quantity) as allocated,
        -sum(dispatched_quantity) as dispatched
      from old_rows
      group by org_id, batch_id
      order by batch_id;
  else
    open changes for
      select org_id, batch_id, sum(allocated) as allocated, sum(dispatched) as dispatched
      from (
        select org_id, batch_id, quantity - dispatched_quantity as allocated, dispatched_quantity as dispatched
        from new_rows
        union all
        select org_id, batch_id, -(quantity - dispatched_quantity), -dispatched_quantity
        from old_rows
      ) as signed_rows
      group by org_id, batch_id
      having sum(allocated) <> 0 or sum(dispatched) <> 0
      order by batch_id;
  end if;
  loop
    fetch changes into change;
    exit when not found;
    update public.batches
    set allocated_quantity = allocated_quantity + change.allocated,
      dispatched_quantity = dispatched_quantity + change.dispatched
    where org_id = change.org_id and id = change.batch_id;
    -- A deleted batch has taken its allocations along
    if not found and tg_op <> 'DELETE' then
      raise exception 'batch % is not there', change.batch_id using errcode = 'foreign_key_violation';
    end if;
  end loop;
  close changes;
  return null;
end;
$$;

revoke execute on function public.add_allocations_to_order_items() from public, anon, authenticated;
revoke execute on function public.add_allocations_to_batches() from public, anon, authenticated;

-- Row level security (required)
alter table public.allocations enable row level security;

create policy "Users can view own org data"
on public.allocations for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.allocations for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.allocations for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.allocations for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.allocations is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.allocations is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.allocations is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.allocations is
  'Releases the plants, unless some were dispatched: foreign keys refuse that.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.allocations from anon, authenticated;
grant select, insert, update, delete on table public.allocations to authenticated, service_role;

-- Indexes
create index idx_allocations_org_id on public.allocations (org_id);
create index idx_allocations_org_id_order_item_id on public.allocations (org_id, order_item_id);
create index idx_allocations_org_id_batch_id on public.allocations (org_id, batch_id);
create index idx_allocations_created_by on public.allocations (created_by);
create index idx_allocations_updated_by on public.allocations (updated_by);
create index idx_allocations_created_at on public.allocations (created_at desc);

-- Triggers
create trigger set_updated_at
  before update on public.allocations
  for each row
  execute function public.set_updated_at();

create trigger refuse_dispatched_of_client_on_insert
  before insert on public.allocations
  for each row
  when (new.dispatched_quantity <> 0)
  execute function public.refuse_change('what is dispatched follows from delivery_items: write a row there');

-- Depth 0: the statement comes from a client and not from a trigger
create trigger refuse_dispatched_of_client_on_update
  before update on public.allocations
  for each row
  when (pg_trigger_depth() = 0 and old.dispatched_quantity is distinct from new.dispatched_quantity)
  execute function public.refuse_change('what is dispatched follows from delivery_items: write a row there');

create trigger refuse_other_parents
  before update on public.allocations
  for each row
  when ((old.order_item_id, old.batch_id) is distinct from (new.order_item_id, new.batch_id))
  execute function public.refuse_change(
    'an allocation stays with its order item and batch: delete it and make another'
  );

-- By name, order items come before batches: every writer locks in this order
create trigger add_1_inserted_to_order_items
  after insert on public.allocations
  referencing new table as new_rows
  for each statement
  execute function public.add_allocations_to_order_items();

create trigger add_1_updated_to_order_items
  after update on public.allocations
  referencing old table as old_rows new table as new_rows
  for each statement
  execute function public.add_allocations_to_order_items();

create trigger add_1_deleted_to_order_items
  after delete on public.allocations
  referencing old table as old_rows
  for each statement
  execute function public.add_allocations_to_order_items();

create trigger add_2_inserted_to_batches
  after insert on public.allocations
  referencing new table as new_rows
  for each statement
  execute function public.add_allocations_to_batches();

create trigger add_2_updated_to_batches
  after update on public.allocations
  referencing old table as old_rows new table as new_rows
  for each statement
  execute function public.add_allocations_to_batches();

create trigger add_2_deleted_to_batches
  after delete on public.allocations
  referencing old table as old_rows
  for each statement
  execute function public.add_allocations_to_batches();

-- Rationale
comment on table public.allocations is
  'Plants of a batch set aside for a line of an order. Dispatching consumes them; deleting the row releases them.';
comment on column public.allocations.quantity is
  'Plants set aside at first; quantity less dispatched_quantity are still held. No status: it follows from the two.';
comment on column public.allocations.dispatched_quantity is
  'Sum of the allocation''s delivery_items. A column, so that the row''s lock and check hold it.';
comment on function public.add_allocations_to_order_items() is
  'The check of order_items refuses to set aside more than was ordered.';
comment on function public.add_allocations_to_batches() is
  'The check of batches refuses to set aside more than is available.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.allocations;
-- drop function if exists public.add_allocations_to_batches();
-- drop function if exists public.add_allocations_to_order_items();
