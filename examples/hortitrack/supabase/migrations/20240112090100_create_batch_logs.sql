-- Migration: Create the journal of batches
-- Author: data-engineer
-- Date: 2024-01-12
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.batch_logs (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  batch_id uuid not null,
  kind text not null
    check (kind in ('started', 'added', 'lost', 'corrected', 'transplanted_in', 'transplanted_out', 'note')),
  quantity_change integer not null default 0,
  transplant_id uuid,
  happened_at timestamptz not null default now(),
  note text,

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Invariant: the kind says which way the plants went
  constraint batch_logs_kind_fits_quantity check (
    case
      when kind in ('started', 'added', 'transplanted_in') then quantity_change > 0
      when kind in ('lost', 'transplanted_out') then quantity_change < 0
      when kind = 'corrected' then quantity_change <> 0
      else quantity_change = 0
    end
  ),
  constraint batch_logs_transplant_is_named check (
    (kind in ('transplanted_in', 'transplanted_out')) = (transplant_id is not null)
  ),

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  foreign key (org_id, batch_id) references public.batches (org_id, id) on delete cascade,
  foreign key (org_id, transplant_id) references public.transplants (org_id, id) on delete cascade
);

-- Keeps batches.quantity, the balance of the entries. Batches are locked in the order of their ids. The entry
-- `started` is made by the batch itself, which has that quantity already.
create function public.add_batch_logs_to_batches()
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
      select org_id, batch_id, sum(quantity_change) as amount
      from new_rows
      where kind <> 'started'
      group by org_id, batch_id
      having sum(quantity_change) <> 0
      order by batch_id;
  else
    open changes for
      select org_id, batch_id, -sum(quantity_change) as amount
      from old_rows
      where kind <> 'started'
      group by org_id, batch_id
      having sum(quantity_change) <> 0
      order by batch_id;
  end if;
  loop
    fetch changes into change;
    exit when not found;
    update public.batches
    set quantity = quantity + change.amount
    where org_id = change.org_id and id = change.batch_id;
    -- A deleted batch takes its journal along
    if not found and tg_op <> 'DELETE' then
      raise exception 'batch % is not there', change.batch_id using errcode = 'foreign_key_violation';
    end if;
  end loop;
  close changes;
  return null;
end;
$$;

-- Writes the first entry of a batch
create function public.log_start_of_batches()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  insert into public.batch_logs (org_id, batch_id, kind, quantity_change, created_by, updated_by)
  select org_id, id, 'started', quantity, created_by, updated_by
  from new_rows
  where quantity > 0;
  return null;
end;
$$;

-- Writes both entries of a transplant in one statement: the plants are never in two batches, or in none
create function public.log_transplants()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  insert into public.batch_logs (org_id, batch_id, kind, quantity_change, transplant_id, created_by, updated_by)
  select org_id, source_batch_id, 'transplanted_out', -quantity, id, created_by, updated_by
  from new_rows
  union all
  select org_id, target_batch_id, 'transplanted_in', quantity, id, created_by, updated_by
  from new_rows;
  return null;
end;
$$;

revoke execute on function public.add_batch_logs_to_batches() from public, anon, authenticated;
revoke execute on function public.log_start_of_batches() from public, anon, authenticated;
revoke execute on function public.log_transplants() from public, anon, authenticated;

-- Row level security (required)
alter table public.batch_logs enable row level security;

create policy "Users can view own org data"
on public.batch_logs for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.batch_logs for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.batch_logs for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.batch_logs for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.batch_logs is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.batch_logs is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.batch_logs is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.batch_logs is
  'Only notes: a movement of plants is corrected by another one.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.batch_logs from anon, authenticated;
grant select, insert, update, delete on table public.batch_logs to authenticated, service_role;

-- Indexes
create index idx_batch_logs_org_id on public.batch_logs (org_id);
create index idx_batch_logs_org_id_batch_id on public.batch_logs (org_id, batch_id);
create index idx_batch_logs_org_id_transplant_id on public.batch_logs (org_id, transplant_id);
create index idx_batch_logs_created_by on public.batch_logs (created_by);
create index idx_batch_logs_updated_by on public.batch_logs (updated_by);
create index idx_batch_logs_created_at on public.batch_logs (created_at desc);

-- Triggers
create trigger set_updated_at
  before update on public.batch_logs
  for each row
  execute function public.set_updated_at();

-- Depth 0: the statement comes from a client and not from a trigger or a deleted parent
create trigger refuse_automatic_kinds_of_client
  before insert on public.batch_logs
  for each row
  when (
    pg_trigger_depth() = 0
    and new.kind in ('started', 'transplanted_in', 'transplanted_out')
  )
  execute function public.refuse_change('batches and transplants write this entry themselves');

create trigger refuse_other_movement
  before update on public.batch_logs
  for each row
  when (
    (old.batch_id, old.kind, old.quantity_change, old.transplant_id)
      is distinct from (new.batch_id, new.kind, new.quantity_change, new.transplant_id)
  )
  execute function public.refuse_change('a movement of plants is not rewritten: add one of kind corrected');

create trigger refuse_deleted_movement
  before delete on public.batch_logs
  for each row
  when (pg_trigger_depth() = 0 and old.quantity_change <> 0)
  execute function public.refuse_change('a movement of plants is not deleted: add one of kind corrected');

create trigger add_inserted_entries_to_batches
  after insert on public.batch_logs
  referencing new table as new_rows
  for each statement
  execute function public.add_batch_logs_to_batches();

create trigger add_deleted_entries_to_batches
  after delete on public.batch_logs
  referencing old table as old_rows
  for each statement
  execute function public.add_batch_logs_to_batches();

create trigger log_start
  after insert on public.batches
  referencing new table as new_rows
  for each statement
  execute function public.log_start_of_batches();

create trigger log_transplants
  after insert on public.transplants
  referencing new table as new_rows
  for each statement
  execute function public.log_transplants();

-- Rationale
comment on table public.batch_logs is
  'What happened to a batch: a journal whose sum is batches.quantity, the only way to change it.';
comment on column public.batch_logs.quantity_change is
  'Plants that came (positive) or went (negative); 0 for a note.';
comment on function public.add_batch_logs_to_batches() is
  'Updates the row of the batch: its lock makes writers wait for each other, its check refuses what would oversell.';
comment on function public.log_start_of_batches() is
  'A batch may be made with its plants; the journal still explains each of them.';
comment on function public.log_transplants() is
  'The two entries add up to nothing, therefore the number of plants stays the same.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop trigger if exists log_transplants on public.transplants;
-- drop trigger if exists log_start on public.batches;
-- drop table if exists public.batch_logs;
-- drop function if exists public.log_transplants();
-- drop function if exists public.log_start_of_batches();
-- drop function if exists public.add_batch_logs_to_batches();
