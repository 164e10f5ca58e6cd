-- Migration: Create invoices
-- Author: data-engineer
-- Date: 2024-01-15
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create table
create table public.invoices (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,

  -- Business columns
  invoice_number text not null,
  customer_id uuid not null,
  issued_on date,
  due_on date check (due_on >= issued_on),
  status text not null default 'draft' check (status in ('draft', 'issued', 'paid')),

  -- Audit columns
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid references auth.users (id) on delete set null,
  updated_by uuid references auth.users (id) on delete set null,

  -- Invariant: an invoice that is out bears its date
  constraint invoices_issued_have_date check (status = 'draft' or issued_on is not null),

  -- Keys: other tables of the organization refer to the pair (org_id, id)
  unique (org_id, id),
  unique (org_id, invoice_number),
  foreign key (org_id, customer_id) references public.customers (org_id, id) on delete no action
);

-- Row level security (required)
alter table public.invoices enable row level security;

create policy "Users can view own org data"
on public.invoices for select
to authenticated
using (org_id = (select public.get_user_org_id()));

create policy "Users can insert own org data"
on public.invoices for insert
to authenticated
with check (org_id = (select public.get_user_org_id()));

create policy "Users can update own org data"
on public.invoices for update
to authenticated
using (org_id = (select public.get_user_org_id()))
with check (org_id = (select public.get_user_org_id()));

create policy "Users can delete own org data"
on public.invoices for delete
to authenticated
using (org_id = (select public.get_user_org_id()));

comment on policy "Users can view own org data" on public.invoices is
  'Rows of other organizations do not exist for the caller.';

comment on policy "Users can insert own org data" on public.invoices is
  'A row is always made for the caller''s own organization.';

comment on policy "Users can update own org data" on public.invoices is
  'The check repeats the condition, so that no row can be moved to another organization.';

comment on policy "Users can delete own org data" on public.invoices is
  'Only drafts: an invoice that is out has to be kept.';

-- Privileges: policies restrict rows, grants restrict commands. TRUNCATE would ignore row level security.
revoke all on table public.invoices from anon, authenticated;
grant select, insert, update, delete on table public.invoices to authenticated, service_role;

-- Indexes
create index idx_invoices_org_id on public.invoices (org_id);
create index idx_invoices_org_id_customer_id on public.invoices (org_id, customer_id);
create index idx_invoices_org_id_status on public.invoices (org_id, status);
create index idx_invoices_created_by on public.invoices (created_by);
create index idx_invoices_updated_by on public.invoices (updated_by);
create index idx_invoices_created_at on public.invoices (created_at desc);

-- Triggers
create trigger set_updated_at
  before update on public.invoices
  for each row
  execute function public.set_updated_at();

create trigger refuse_return_of_invoice
  before update on public.invoices
  for each row
  when (
    old.status is distinct from new.status
    and (old.status, new.status) not in (('draft', 'issued'), ('issued', 'paid'))
  )
  execute function public.refuse_change('an invoice is a draft, then issued, then paid');

create trigger refuse_other_customer
  before update on public.invoices
  for each row
  when (old.customer_id is distinct from new.customer_id)
  execute function public.refuse_change('an invoice stays with its customer: make a new invoice');

-- Depth 0: the statement comes from a client and not from a deleted organization
create trigger refuse_deleted_issued
  before delete on public.invoices
  for each row
  when (pg_trigger_depth() = 0 and old.status <> 'draft')
  execute function public.refuse_change('the invoice has been issued: it can no longer be deleted');

-- Rationale
comment on table public.invoices is
  'Invoice headers. What is to be paid follows from the lines: see the view invoice_totals.';
comment on column public.invoices.customer_id is
  'Who pays. An invoice may bill deliveries of several orders, all of this customer.';
comment on column public.invoices.due_on is
  'Agreed for this invoice; the customer''s payment terms may change later.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop table if exists public.invoices;
