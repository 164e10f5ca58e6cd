-- Migration: Create the helpers that every table uses
-- Author: data-engineer
-- Date: 2024-01-08
-- Reversible: Yes

-- =============================================
-- UP MIGRATION
-- =============================================

-- Sets updated_at of a row that is changed
create function public.set_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at = now();
  return new;
end;
$$;

-- Keeps created_at what it was when the row was made, whatever the client sends
create function public.keep_created_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.created_at = case tg_op when 'INSERT' then now() else old.created_at end;
  return new;
end;
$$;

-- Refuses what a trigger's condition found; the trigger's first argument says why
create function public.refuse_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise exception using
    errcode = 'check_violation',
    message = tg_argv[0],
    schema = tg_table_schema,
    table = tg_table_name,
    constraint = tg_name;
end;
$$;

-- Triggers call them; no client has to
revoke execute on function public.set_updated_at() from public, anon, authenticated;
revoke execute on function public.keep_created_at() from public, anon, authenticated;
revoke execute on function public.refuse_change() from public, anon, authenticated;

-- Rationale
comment on function public.set_updated_at() is
  'One function for all tables: updated_at never depends on what a client sends.';
comment on function public.keep_created_at() is
  'For tables whose created_at decides something, as that of org_memberships does.';
comment on function public.refuse_change() is
  'One function for all that no client may change: the condition stands in each trigger, where it is read.';

-- =============================================
-- DOWN MIGRATION (for reference)
-- =============================================
-- drop function if exists public.refuse_change();
-- drop function if exists public.keep_created_at();
-- drop function if exists public.set_updated_at();
