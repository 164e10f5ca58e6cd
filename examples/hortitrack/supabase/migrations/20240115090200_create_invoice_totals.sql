-- Migration: Create the totals of invoices
-- Author: data-engineer
-- Date: 2024-01-15
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Create view: what is to be paid, rounded line by line as it is printed
create view public.invoice_totals
with (security_invoker = true)
as
select
  invoices.org_id,
  invoices.id as invoice_id,
  coalesce(sum(lines.net), 0) as net,
  coalesce(sum(lines.tax), 0) as tax,
  coalesce(sum(lines.net + lines.tax), 0) as total
from public.invoices
left join (
  select
    invoice_items.org_id,
    invoice_items.invoice_id,
    invoice_items.quantity * invoice_items.unit_price as net,
    round(invoice_items.quantity * invoice_items.unit_price * invoice_items.tax_rate, 2) as tax
  from public.invoice_items
) as lines on lines.org_id = invoices.org_id and lines.invoice_id = invoices.id
group by invoices.org_id, invoices.id;

-- Privileges: the view reads with the caller's rights, so the policies of its tables apply
revoke all on table public.invoice_totals from anon, authenticated;
grant select on table public.invoice_totals to authenticated, service_role;

-- Rationale
comment on view public.invoice_totals is
  'A view and no column: nothing is constrained by the total, and lines are frozen once the invoice is out.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop view if exists public.invoice_totals;
