-- Migration: Create the lines of invoices
-- Author: data-engineer
-- Date: 2024-01-15
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.invoice_items (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  invoice_id uuid not null,
  delivery_item_id uuid not null,
  quantity integer not null check (quantity > 0),
  unit_price numeric(12, 2) not null check (unit_price >= 0),
  tax_rate numeric(5, 4) not null default 0 check (tax_rate between 0 and 1),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  foreign key (org_id, invoice_id) references public.invoices (org_id, id) on delete cascade,
  foreign key (org_id, delivery_item_id) references public.delivery_items (org_id, id) on delete no action
);

-- Refuses to change the lines of an invoice once it is out. The row of the invoice stays locked, so that it cannot be
-- issued in the same moment.
create function public.require_draft_invoice()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  item public.invoice_items := case tg_op when 'DELETE' then old else new end;
  invoice_status text;
begin
  select status into invoice_status
  from public.invoices
  where org_id = item.org_id and id = item.invoice_id
  for no key update;
  if invoice_status <> 'draft' then
    raise exception 'the invoice has been issued: its lines can no longer change' using errcode = 'check_violation';
  end if;
  return item;
end;
$$;

-- Keeps delivery_items.invoiced_quantity, and refuses deliveries to another customer. Orders, deliveries and invoices
-- stay with what they are for, so what is read here stays true.
create function public.add_invoice_items_to_delivery_items()
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
      select org_id, delivery_item_id, sum(quantity) as amount
      from new_rows
      group by org_id, delivery_item_id
      order by delivery_item_id;
  elsif tg_op = 'DELETE' then
    open changes for
      select org_id, delivery_item_id, -sum(quantity) as amount
      from old_rows
      group by org_id, delivery_item_id
      order by delivery_item_id;
  else
    open changes for
      select org_id, delivery_item_id, sum(amount) as amount
      from (
        select org_id, delivery_item_id, quantity as amount from new_rows
        union all
        select org_id, delivery_item_id, -quantity from old_rows
      ) as signed_rows
      group by org_id, delivery_item_id
      having sum(amount) <> 0
      order by delivery_item_id;
  end if;
  loop
    fetch changes into change;
    exit when not found;
    update public.delivery_items
    set invoiced_quantity = invoiced_quantity + change.amount
    where org_id = change.org_id and id = change.delivery_item_id;
    -- A deleted delivery item has taken its invoice items along
    if not found and tg_op <> 'DELETE' then
      raise exception 'delivery item % is not there', change.delivery_item_id using errcode = 'foreign_key_violation';
    end if;
  end loop;
  close changes;
  -- Not one condition: after a DELETE there is no new_rows to name
  if tg_op = 'INSERT' then
    if exists (
      select 1
      from new_rows
      join public.invoices on invoices.org_id = new_rows.org_id and invoices.id = new_rows.invoice_id
      join public.delivery_items
        on delivery_items.org_id = new_rows.org_id and delivery_items.id = new_rows.delivery_item_id
      join public.deliveries
        on deliveries.org_id = delivery_items.org_id and deliveries.id = delivery_items.delivery_id
      join public.orders on orders.org_id = deliveries.org_id and orders.id = deliveries.order_id
      where orders.customer_id <> invoices.customer_id
    ) then
      raise exception 'the plants went to another customer than the invoice' using errcode = 'check_violation';
    end if;
  end if;
  return null;
end;
$$;

revoke execute on function public.require_draft_invoice() from public, anon, authenticated;
revoke execute on function public.add_invoice_items_to_delivery_items() from public, anon, authenticated;

-- Row level security (required)
alter table public.invoice_items enable row level security;

create policy "Users can view own org data"
on public.invoice_items for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.invoice_items for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.invoice_items for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.invoice_items for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.invoice_items is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.invoice_items is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.invoice_items is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.invoice_items is
  'Only lines of a draft: the plants can be billed again.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.invoice_items from anon, authenticated;
grant select, insert, update, delete on table public.invoice_items to authenticated, service_role;

-- Indexes
create index idx_invoice_items_org_id on public.invoice_items (org_id);
create index idx_invoice_items_org_id_invoice_id on public.invoice_items (org_id, invoice_id);
create index idx_invoice_items_org_id_delivery_item_id on public.invoice_items (org_id, delivery_item_id);
create index idx_invoice_items_created_by on public.invoice_items (created_by);
create index idx_invoice_items_updated_by on public.invoice_items (updated_by);
create index idx_invoice_items_created_at on public.invoice_items (created_at desc);

-- Triggers
create trigger set_updated_at
  before update on public.invoice_items
  for each row
  execute function public.set_updated_at();

create trigger refuse_other_parents
  before update on public.invoice_items
  for each row
  when ((old.invoice_id, old.delivery_item_id) is distinct from (new.invoice_id, new.delivery_item_id))
  execute function public.refuse_change(
    'a line stays with its invoice and delivery item: delete it and make another'
  );

-- Depth 0: the statement comes from a client and not from a deleted parent
create trigger require_draft_on_insert_or_delete
  before insert or delete on public.invoice_items
  for each row
  when (pg_trigger_depth() = 0)
  execute function public.require_draft_invoice();

create trigger require_draft_on_update
  before update on public.invoice_items
  for each row
  when (
    (old.quantity, old.unit_price, old.tax_rate) is distinct from (new.quantity, new.unit_price, new.tax_rate)
  )
  execute function public.require_draft_invoice();

create trigger add_inserted_lines_to_delivery_items
  after insert on public.invoice_items
  referencing new table as new_rows
  for each statement
  execute function public.add_invoice_items_to_delivery_items();

create trigger add_updated_lines_to_delivery_items
  after update on public.invoice_items
  referencing old table as old_rows new table as new_rows
  for each statement
  execute function public.add_invoice_items_to_delivery_items();

create trigger add_deleted_lines_to_delivery_items
  after delete on public.invoice_items
  referencing old table as old_rows
  for each statement
  execute function public.add_invoice_items_to_delivery_items();

-- Rationale
comment on table public.invoice_items is
  'Lines of an invoice. Each bills plants of one delivery item; the variety follows from there.';
comment on column public.invoice_items.unit_price is
  'The price that is billed: an invoice that is out must not change with its order.';
comment on column public.invoice_items.tax_rate is
  'A fraction: 0.0700 is seven percent. Of the day of the invoice, not of today.';
comment on function public.require_draft_invoice() is
  'Locks the invoice before the delivery items: every writer locks in this order.';
comment on function public.add_invoice_items_to_delivery_items() is
  'The check of delivery_items refuses to bill more than was delivered.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.invoice_items;
-- drop function if exists public.add_invoice_items_to_delivery_items();
-- drop function if exists public.require_draft_invoice();
