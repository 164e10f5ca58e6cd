-- control: relocatable = false
create function create_hypertable(
  relation regclass, time_column_name name, partitioning_column name default null,
  number_partitions integer default null, associated_schema_name name default null,
  associated_table_prefix name default null, chunk_time_interval anyelement default null::bigint,
  create_default_indexes boolean default true, if_not_exists boolean default false,
  partitioning_func regproc default null, migrate_data boolean default false, chunk_target_size text default null,
  chunk_sizing_func regproc default null, time_partitioning_func regproc default null,
  out hypertable_id integer, out schema_name name, out table_name name, out created boolean
) language plpgsql as
$$ begin
  execute format('alter table %s alter column %I set not null', relation, time_column_name);
  if create_default_indexes then
    execute format('create index %I on %s (%I desc)',
                   (select relname from pg_class where oid = relation) || '_' || time_column_name || '_idx', relation,
                   time_column_name);
  end if;
  hypertable_id := 1; schema_name := 'public'; table_name := relation::text; created := true;
end $$;
create function time_bucket(bucket_width interval, ts timestamptz) returns timestamptz language sql immutable
strict parallel safe as $$ select date_bin(bucket_width, ts, timestamptz '2000-01-03') $$;
create function time_bucket(bucket_width interval, ts timestamp) returns timestamp language sql immutable
strict parallel safe as $$ select date_bin(bucket_width, ts, timestamp '2000-01-03') $$;
create function time_bucket(bucket_width interval, ts date) returns date language sql immutable
strict parallel safe as $$ select date_bin(bucket_width, ts, timestamp '2000-01-03')::date $$;
create function add_retention_policy(relation regclass, drop_after anyelement, if_not_exists boolean default false)
returns integer language plpgsql as $$ begin return 1; end $$;
create function add_compression_policy(hypertable regclass, compress_after anyelement, if_not_exists boolean default false)
returns integer language plpgsql as $$ begin return 1; end $$;
