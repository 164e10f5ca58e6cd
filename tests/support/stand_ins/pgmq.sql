-- control: relocatable = false, schema = 'pgmq'
create type pgmq.message_record as (
  msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb, headers jsonb
);
create type pgmq.queue_record as (
  queue_name varchar, is_partitioned boolean, is_unlogged boolean, created_at timestamptz
);
create table pgmq.meta (
  queue_name varchar unique not null, is_partitioned boolean not null, is_unlogged boolean not null,
  created_at timestamptz not null default now()
);
create function pgmq.create(queue_name text) returns void language plpgsql as
$$ begin
  execute format(
    'create table if not exists pgmq.%I (msg_id bigint primary key generated always as identity,'
    ' read_ct integer not null default 0, enqueued_at timestamptz not null default now(),'
    ' vt timestamptz not null, message jsonb, headers jsonb)', 'q_' || queue_name);
  execute format(
    'create table if not exists pgmq.%I (msg_id bigint primary key, read_ct integer not null default 0,'
    ' enqueued_at timestamptz not null default now(), archived_at timestamptz not null default now(),'
    ' vt timestamptz not null, message jsonb, headers jsonb)', 'a_' || queue_name);
  insert into pgmq.meta values (queue_name, false, false) on conflict do nothing;
end $$;
create function pgmq.drop_queue(queue_name text) returns boolean language sql as $$ select true $$;
create function pgmq.list_queues() returns setof pgmq.queue_record language sql as
$$ select queue_name, is_partitioned, is_unlogged, created_at from pgmq.meta $$;
create function pgmq.send(queue_name text, msg jsonb, delay integer default 0) returns setof bigint language sql as
$$ select 1::bigint $$;
create function pgmq.send_batch(queue_name text, msgs jsonb[], delay integer default 0) returns setof bigint
language sql as $$ select 1::bigint $$;
create function pgmq.read(queue_name text, vt integer, qty integer) returns setof pgmq.message_record
language sql as $$ select null::bigint, 0, now(), now(), null::jsonb, null::jsonb where false $$;
create function pgmq.pop(queue_name text) returns setof pgmq.message_record
language sql as $$ select null::bigint, 0, now(), now(), null::jsonb, null::jsonb where false $$;
create function pgmq.archive(queue_name text, msg_id bigint) returns boolean language sql as $$ select true $$;
create function pgmq.delete(queue_name text, msg_id bigint) returns boolean language sql as $$ select true $$;
create function pgmq.delete(queue_name text, msg_ids bigint[]) returns setof bigint language sql as
$$ select unnest($2) $$;
create function pgmq.set_vt(queue_name text, msg_id bigint, vt integer) returns setof pgmq.message_record
language sql as $$ select null::bigint, 0, now(), now(), null::jsonb, null::jsonb where false $$;
