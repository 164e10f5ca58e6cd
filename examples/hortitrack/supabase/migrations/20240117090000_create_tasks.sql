-- Migration: Create tasks
-- Author: data-engineer
-- Date: 2024-01-17
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.tasks (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  title text not null check (length(trim(title)) > 0),
  description text,
  assigned_to uuid,
  batch_id uuid,
  location_id uuid,
  due_on date,
  status text not null default 'open' check (status in ('open', 'in_progress', 'done', 'cancelled')),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  foreign key (org_id, assigned_to) references public.org_memberships (org_id, user_id)
    on delete set null (assigned_to),
  foreign key (org_id, batch_id) references public.batches (org_id, id)
    on delete set null (batch_id),
  foreign key (org_id, location_id) references public.locations (org_id, id)
    on delete set null (location_id)
);

-- Row level security (required)
alter table public.tasks enable row level security;

create policy "Users can view own org data"
on public.tasks for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.tasks for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.tasks for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.tasks for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.tasks is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.tasks is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.tasks is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.tasks is
  'Nothing refers to a task.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.tasks from anon, authenticated;
grant select, insert, update, delete on table public.tasks to authenticated, service_role;

-- Indexes
create index idx_tasks_org_id on public.tasks (org_id);
create index idx_tasks_org_id_assigned_to on public.tasks (org_id, assigned_to);
create index idx_tasks_org_id_batch_id on public.tasks (org_id, batch_id);
create index idx_tasks_org_id_location_id on public.tasks (org_id, location_id);
create index idx_tasks_org_id_status on public.tasks (org_id, status);
create index idx_tasks_created_by on public.tasks (created_by);
create index idx_tasks_updated_by on public.tasks (updated_by);
create index idx_tasks_created_at on public.tasks (created_at desc);

-- Updated_at trigger
create trigger set_updated_at
  before update on public.tasks
  for each row
  execute function public.set_updated_at();

-- Rationale
comment on table public.tasks is
  'Work to be done, by whom and on what.';
comment on column public.tasks.assigned_to is
  'A member of the organization: the key refers to the membership. Who leaves, leaves the tasks unassigned.';
comment on column public.tasks.batch_id is
  'Only this column becomes null when the batch is deleted, and not org_id.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.tasks;
