-- control: relocatable = false, schema = 'pgmq'
-- Names and types as in version 1.5. As there, queues are members of the extension.
create type pgmq.message_record as (
  msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb, headers jsonb
);
create type pgmq.queue_record as (
  queue_name varchar, is_partitioned boolean, is_unlogged boolean, created_at timestamptz
);
create type pgmq.metrics_result as (
  queue_name text, queue_length bigint, newest_msg_age_sec integer, oldest_msg_age_sec integer,
  total_messages bigint, scrape_time timestamptz, queue_visible_length bigint
);
create table pgmq.meta (
  queue_name varchar unique not null, is_partitioned boolean not null, is_unlogged boolean not null,
  created_at timestamptz not null default now()
);
grant select on pgmq.meta to public;

create function pgmq._make(queue text, kind text) returns void language plpgsql as
$$ declare q text := lower('q_' || queue); a text := lower('a_' || queue); one text; begin
  if to_regclass(format('pgmq.%I', q)) is not null then return; end if;
  execute format(
    'create %s pgmq.%I (msg_id bigint primary key generated always as identity, read_ct integer not null default 0,'
    ' enqueued_at timestamptz not null default now(), vt timestamptz not null, message jsonb, headers jsonb)', kind, q);
  execute format(
    'create table pgmq.%I (msg_id bigint primary key, read_ct integer not null default 0,'
    ' enqueued_at timestamptz not null default now(), archived_at timestamptz not null default now(),'
    ' vt timestamptz not null, message jsonb, headers jsonb)', a);
  execute format('create index %I on pgmq.%I (vt)', q || '_vt_idx', q);
  execute format('create index %I on pgmq.%I (archived_at)', 'archived_at_idx_' || queue, a);
  foreach one in array array[q, a] loop execute format('alter extension pgmq add table pgmq.%I', one); end loop;
  execute format('alter extension pgmq add sequence pgmq.%I', q || '_msg_id_seq');
  insert into pgmq.meta values (queue, false, kind <> 'table');
end $$;
create function pgmq.create_non_partitioned(queue_name text) returns void language sql as
$$ select pgmq._make(queue_name, 'table') $$;
create function pgmq.create_unlogged(queue_name text) returns void language sql as
$$ select pgmq._make(queue_name, 'unlogged table') $$;
create function pgmq.create_partitioned(
  queue_name text, partition_interval text default '10000', retention_interval text default '100000'
) returns void language plpgsql as $$ begin raise exception 'pg_partman is not there'; end $$;
create function pgmq.convert_archive_partitioned(
  table_name text, partition_interval text default '10000', retention_interval text default '100000',
  leading_partition integer default 10
) returns void language plpgsql as $$ begin raise exception 'pg_partman is not there'; end $$;
create function pgmq.create(queue_name text) returns void language sql as $$ select pgmq._make(queue_name, 'table') $$;
create function pgmq.detach_archive(queue_name text) returns void language plpgsql as
$$ begin execute format('alter extension pgmq drop table pgmq.%I', lower('a_' || queue_name)); end $$;
create function pgmq.drop_queue(queue_name text) returns boolean language plpgsql as
$$ declare q text := lower('q_' || queue_name); a text := lower('a_' || queue_name); begin
  if to_regclass(format('pgmq.%I', q)) is null then return false; end if;
  execute format('alter extension pgmq drop sequence pgmq.%I', q || '_msg_id_seq');
  execute format('alter extension pgmq drop table pgmq.%I', q);
  execute format('alter extension pgmq drop table pgmq.%I', a);
  execute format('drop table pgmq.%I, pgmq.%I', q, a);
  delete from pgmq.meta m where m.queue_name = $1;
  return true;
end $$;
create function pgmq.drop_queue(queue_name text, partitioned boolean) returns boolean language sql as
$$ select pgmq.drop_queue(queue_name) $$;
create function pgmq.list_queues() returns setof pgmq.queue_record language sql as
$$ select queue_name, is_partitioned, is_unlogged, created_at from pgmq.meta $$;
create function pgmq.metrics(queue_name text) returns pgmq.metrics_result language sql as
$$ select null::pgmq.metrics_result $$;
create function pgmq.metrics_all() returns setof pgmq.metrics_result language sql as
$$ select null::pgmq.metrics_result $$;
create function pgmq.purge_queue(queue_name text) returns bigint language sql as $$ select 0::bigint $$;
create function pgmq.send(queue_name text, msg jsonb) returns setof bigint language sql as $$ select 1::bigint $$;
create function pgmq.send(queue_name text, msg jsonb, delay integer) returns setof bigint language sql as
$$ select 1::bigint $$;
create function pgmq.send(queue_name text, msg jsonb, delay timestamptz) returns setof bigint language sql as
$$ select 1::bigint $$;
create function pgmq.send(queue_name text, msg jsonb, headers jsonb) returns setof bigint language sql as
$$ select 1::bigint $$;
create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay integer) returns setof bigint
language sql as $$ select 1::bigint $$;
create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay timestamptz) returns setof bigint
language sql as $$ select 1::bigint $$;
create function pgmq.send_batch(queue_name text, msgs jsonb[]) returns setof bigint language sql as
$$ select 1::bigint $$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], delay integer) returns setof bigint language sql as
$$ select 1::bigint $$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], delay timestamptz) returns setof bigint
language sql as $$ select 1::bigint $$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[]) returns setof bigint language sql as
$$ select 1::bigint $$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[], delay integer) returns setof bigint
language sql as $$ select 1::bigint $$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[], delay timestamptz)
returns setof bigint language sql as $$ select 1::bigint $$;
create function pgmq.read(queue_name text, vt integer, qty integer, conditional jsonb default '{}')
returns setof pgmq.message_record language sql as $$ select null::pgmq.message_record $$;
create function pgmq.read_with_poll(
  queue_name text, vt integer, qty integer, max_poll_seconds integer default 5, poll_interval_ms integer default 100,
  conditional jsonb default '{}'
) returns setof pgmq.message_record language sql as $$ select null::pgmq.message_record $$;
create function pgmq.pop(queue_name text) returns setof pgmq.message_record language sql as
$$ select null::pgmq.message_record $$;
create function pgmq.set_vt(queue_name text, msg_id bigint, vt integer) returns setof pgmq.message_record
language sql as $$ select null::pgmq.message_record $$;
create function pgmq.archive(queue_name text, msg_id bigint) returns boolean language sql as $$ select true $$;
create function pgmq.archive(queue_name text, msg_ids bigint[]) returns setof bigint language sql as
$$ select 1::bigint $$;
create function pgmq.delete(queue_name text, msg_id bigint) returns boolean language sql as $$ select true $$;
create function pgmq.delete(queue_name text, msg_ids bigint[]) returns setof bigint language sql as
$$ select 1::bigint $$;
create function pgmq.acquire_queue_lock(queue_name text) returns void language sql as $$ select null $$;
create function pgmq.format_table_name(queue_name text, prefix text) returns text language sql as
$$ select lower(prefix || '_' || queue_name) $$;
create function pgmq.validate_queue_name(queue_name text) returns void language sql as $$ select null $$;
