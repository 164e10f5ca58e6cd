"""What a database says its migrations were when they ran, for the tools that keep that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schemabot.catalog.recorded import words_of

_SUPABASE = """select r ->> 'version', (select string_agg(s, E'\\n;\\n' order by n)
    from jsonb_array_elements_text(r -> 'statements') with ordinality parts (s, n)) as texts
    from (select to_jsonb(t) as r from supabase_migrations.schema_migrations t) x
    where jsonb_typeof(r -> 'statements') = 'array'"""
_PRISMA = """select r ->> 'migration_name', 'sha256:' || (r ->> 'checksum') as checksum
    from (select to_jsonb(t) as r from public._prisma_migrations t) x
    where r ->> 'finished_at' is not null and r ->> 'rolled_back_at' is null and r ->> 'checksum' ~ '^[0-9a-f]{64}$'"""
_SQLX = """select r ->> 'version', 'sha384:' || substr(r ->> 'checksum', 3) as checksum
    from (select to_jsonb(t) as r from public._sqlx_migrations t) x
    where r ->> 'success' = 'true' and r ->> 'checksum' ~ '^.x[0-9a-f]{96}$'"""
_THERE = """select relation, to_regclass(relation) is not null and coalesce(
    has_table_privilege(to_regclass(relation)::oid, 'select'), false) as readable
    from unnest(array['supabase_migrations.schema_migrations', 'public._prisma_migrations',
    'public._sqlx_migrations']) relation"""


def recorded_texts(ask: Callable[[str], list[tuple[Any, ...]]]) -> Mapping[str, str]:
    """The name of each migration's text (`catalog.recorded`) by its version; nothing where none is kept."""
    there = {str(relation) for relation, readable in ask(_THERE) if readable}
    found: dict[str, str] = {}
    if "supabase_migrations.schema_migrations" in there:
        found |= {str(version): words_of(str(text)) for version, text in ask(_SUPABASE) if version and text}
    if "public._prisma_migrations" in there:
        found |= {str(name): str(checksum) for name, checksum in ask(_PRISMA) if name}
    if "public._sqlx_migrations" in there:
        found |= {str(version): str(checksum) for version, checksum in ask(_SQLX) if version}
    return found
