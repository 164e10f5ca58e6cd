-- Migration: Create contact people of customers
-- Author: data-engineer
-- Date: 2024-01-11
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.customer_contacts (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  customer_id uuid not null,
  full_name text not null check (length(trim(full_name)) > 0),
  role text not null default 'buyer' check (role in ('buyer', 'accounts', 'goods_in')),
  email text check (email like '%_@_%'),
  phone text,

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  foreign key (org_id, customer_id) references public.customers (org_id, id) on delete cascade
);

-- Row level security (required)
alter table public.customer_contacts enable row level security;

create policy "Users can view own org data"
on public.customer_contacts for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.customer_contacts for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.customer_contacts for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.customer_contacts for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.customer_contacts is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.customer_contacts is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.customer_contacts is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.customer_contacts is
  'People leave.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.customer_contacts from anon, authenticated;
grant select, insert, update, delete on table public.customer_contacts to authenticated, service_role;

-- Indexes
create index idx_customer_contacts_org_id on public.customer_contacts (org_id);
create index idx_customer_contacts_org_id_customer_id on public.customer_contacts (org_id, customer_id);
create index idx_customer_contacts_created_by on public.customer_contacts (created_by);
create index idx_customer_contacts_updated_by on public.customer_contacts (updated_by);
create index idx_customer_contacts_created_at on public.customer_contacts (created_at desc);

-- Updated_at trigger
create trigger set_updated_at
  before update on public.customer_contacts
  for each row
  execute function public.set_updated_at();

-- Rationale
comment on table public.customer_contacts is
  'People to talk to at a customer. A table of its own, because a customer has any number of them.';
comment on column public.customer_contacts.role is
  'What to call about; one person per row, so a person with two duties has two rows.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.customer_contacts;
