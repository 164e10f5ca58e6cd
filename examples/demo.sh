#!/bin/sh
# Shows SchemaBot's main job: the example is clean; a deliberately wrong copy of it is not, and this is how it is repaired.
set -eu
schemabot=$1
here=$(dirname "$0")
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT INT TERM

echo "== schemabot check examples/hortitrack"
"$schemabot" check "$here/hortitrack"

cp -R "$here/hortitrack/." "$copy/"
cat > "$copy/supabase/migrations/20991231235959_add_suppliers.sql" <<'SQL'
create table public.suppliers (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references public.organizations (id) on delete cascade,
  name text not null
);

drop table public.tasks;
SQL

echo
echo "== schemabot check, after somebody added 20991231235959_add_suppliers.sql"
status=0
"$schemabot" check "$copy" || status=$?
test "$status" -eq 1 || { echo "expected findings (exit code 1), got $status" >&2; exit 1; }

echo
echo "== schemabot fix --diff"
"$schemabot" fix --diff "$copy" || test $? -eq 1
