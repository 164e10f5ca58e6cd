-- Migration: Create customers
-- Author: data-engineer
-- Date: 2024-01-10
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.customers (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  name text not null,
  email text check (email like '%_@_%'),
  payment_terms_days integer not null default 30 check (payment_terms_days >= 0),
  status text not null default 'active' check (status in ('active', 'inactive', 'archived')),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  unique (org_id, name)
);

-- Row level security (required)
alter table public.customers enable row level security;

create policy "Users can view own org data"
on public.customers for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.customers for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.customers for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.customers for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.customers is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.customers is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.customers is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.customers is
  'Only rows that nothing refers to: foreign keys refuse the rest.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.customers from anon, authenticated;
grant select, insert, update, delete on table public.customers to authenticated, service_role;

-- Indexes
create index idx_customers_org_id on public.customers (org_id);
create index idx_customers_org_id_status on public.customers (org_id, status);
create index idx_customers_created_by on public.customers (created_by);
create index idx_customers_updated_by on public.customers (updated_by);
create index idx_customers_created_at on public.customers (created_at desc);

-- Updated_at trigger
create trigger set_updated_at
  before update on public.customers
  for each row
  execute function public.set_updated_at();

-- Rationale
comment on table public.customers is
  'Who buys. The e-mail address is optional: some customers order by telephone.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.customers;
