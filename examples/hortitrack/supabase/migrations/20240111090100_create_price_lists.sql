-- Migration: Create price lists
-- Author: data-engineer
-- Date: 2024-01-11
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.price_lists (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  name text not null,
  customer_id uuid,
  valid_from date not null,
  valid_until date check (valid_until >= valid_from),
  status text not null default 'draft' check (status in ('draft', 'active', 'archived')),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  unique (org_id, name),
  foreign key (org_id, customer_id) references public.customers (org_id, id) on delete no action
);

-- Row level security (required)
alter table public.price_lists enable row level security;

create policy "Users can view own org data"
on public.price_lists for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.price_lists for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.price_lists for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.price_lists for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.price_lists is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.price_lists is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.price_lists is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.price_lists is
  'Only rows that nothing refers to: foreign keys refuse the rest.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.price_lists from anon, authenticated;
grant select, insert, update, delete on table public.price_lists to authenticated, service_role;

-- Indexes
create index idx_price_lists_org_id on public.price_lists (org_id);
create index idx_price_lists_org_id_customer_id on public.price_lists (org_id, customer_id);
create index idx_price_lists_org_id_status on public.price_lists (org_id, status);
create index idx_price_lists_created_by on public.price_lists (created_by);
create index idx_price_lists_updated_by on public.price_lists (updated_by);
create index idx_price_lists_created_at on public.price_lists (created_at desc);

-- Updated_at trigger
create trigger set_updated_at
  before update on public.price_lists
  for each row
  execute function public.set_updated_at();

-- Rationale
comment on table public.price_lists is
  'Pricing rules: for whom and when. The prices themselves are in price_list_items.';
comment on column public.price_lists.customer_id is
  'Null: the list is for every customer.';
comment on column public.price_lists.valid_until is
  'Last day of the list; null: until further notice.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.price_lists;
