-- brought by extension uuid-ossp
create or replace function extensions.uuid_nil() returns uuid
  language sql immutable strict parallel safe as $$ select '00000000-0000-0000-0000-000000000000'::uuid $$;
create or replace function extensions.uuid_ns_dns() returns uuid
  language sql immutable strict parallel safe as $$ select '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid $$;
create or replace function extensions.uuid_ns_url() returns uuid
  language sql immutable strict parallel safe as $$ select '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid $$;
create or replace function extensions.uuid_ns_oid() returns uuid
  language sql immutable strict parallel safe as $$ select '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::uuid $$;
create or replace function extensions.uuid_ns_x500() returns uuid
  language sql immutable strict parallel safe as $$ select '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::uuid $$;
create or replace function extensions.uuid_generate_v1() returns uuid
  language sql volatile strict parallel safe as $$ select gen_random_uuid() $$;
create or replace function extensions.uuid_generate_v1mc() returns uuid
  language sql volatile strict parallel safe as $$ select gen_random_uuid() $$;
create or replace function extensions.uuid_generate_v3(namespace uuid, name text) returns uuid
  language sql immutable strict parallel safe as $$ select md5(namespace::text || name)::uuid $$;
create or replace function extensions.uuid_generate_v4() returns uuid
  language sql volatile strict parallel safe as $$ select gen_random_uuid() $$;
create or replace function extensions.uuid_generate_v5(namespace uuid, name text) returns uuid
  language sql immutable strict parallel safe as $$ select md5(namespace::text || name)::uuid $$;

-- brought by extension pgcrypto
create or replace function extensions.digest(text, text) returns bytea
  language sql immutable strict parallel safe as $$ select sha256(convert_to($1, 'UTF8')) $$;
create or replace function extensions.digest(bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select sha256($1) $$;
create or replace function extensions.hmac(text, text, text) returns bytea
  language sql immutable strict parallel safe as $$ select sha256(convert_to($2 || $1, 'UTF8')) $$;
create or replace function extensions.hmac(bytea, bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select sha256($2 || $1) $$;
create or replace function extensions.crypt(text, text) returns text
  language sql immutable strict parallel safe as $$ select left($2, 29) || md5(left($2, 29) || $1) $$;
create or replace function extensions.gen_salt(text) returns text
  language sql volatile strict parallel safe as $$ select '$2a$06$' || left(md5(random()::text), 22) $$;
create or replace function extensions.gen_salt(text, integer) returns text
  language sql volatile strict parallel safe as $$ select '$2a$06$' || left(md5(random()::text), 22) $$;
create or replace function extensions.encrypt(bytea, bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create or replace function extensions.decrypt(bytea, bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create or replace function extensions.encrypt_iv(bytea, bytea, bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create or replace function extensions.decrypt_iv(bytea, bytea, bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create or replace function extensions.gen_random_bytes(integer) returns bytea
  language sql volatile strict parallel safe as
$$ select decode(left(string_agg(md5(random()::text), ''), $1 * 2), 'hex') from generate_series(0, $1 / 16) $$;
create or replace function extensions.gen_random_uuid() returns uuid
  language sql volatile parallel safe as $$ select pg_catalog.gen_random_uuid() $$;
create or replace function extensions.pgp_sym_encrypt(text, text) returns bytea
  language sql volatile strict parallel safe as $$ select convert_to($1, 'UTF8') $$;
create or replace function extensions.pgp_sym_encrypt(text, text, text) returns bytea
  language sql volatile strict parallel safe as $$ select convert_to($1, 'UTF8') $$;
create or replace function extensions.pgp_sym_encrypt_bytea(bytea, text) returns bytea
  language sql volatile strict parallel safe as $$ select $1 $$;
create or replace function extensions.pgp_sym_encrypt_bytea(bytea, text, text) returns bytea
  language sql volatile strict parallel safe as $$ select $1 $$;
create or replace function extensions.pgp_sym_decrypt(bytea, text) returns text
  language sql immutable strict parallel safe as $$ select convert_from($1, 'UTF8') $$;
create or replace function extensions.pgp_sym_decrypt(bytea, text, text) returns text
  language sql immutable strict parallel safe as $$ select convert_from($1, 'UTF8') $$;
create or replace function extensions.pgp_sym_decrypt_bytea(bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create or replace function extensions.pgp_sym_decrypt_bytea(bytea, text, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create or replace function extensions.pgp_pub_encrypt(text, bytea) returns bytea
  language sql volatile strict parallel safe as $$ select convert_to($1, 'UTF8') $$;
create or replace function extensions.pgp_pub_encrypt(text, bytea, text) returns bytea
  language sql volatile strict parallel safe as $$ select convert_to($1, 'UTF8') $$;
create or replace function extensions.pgp_pub_encrypt_bytea(bytea, bytea) returns bytea
  language sql volatile strict parallel safe as $$ select $1 $$;
create or replace function extensions.pgp_pub_encrypt_bytea(bytea, bytea, text) returns bytea
  language sql volatile strict parallel safe as $$ select $1 $$;
create or replace function extensions.pgp_pub_decrypt(bytea, bytea) returns text
  language sql immutable strict parallel safe as $$ select convert_from($1, 'UTF8') $$;
create or replace function extensions.pgp_pub_decrypt(bytea, bytea, text) returns text
  language sql immutable strict parallel safe as $$ select convert_from($1, 'UTF8') $$;
create or replace function extensions.pgp_pub_decrypt(bytea, bytea, text, text) returns text
  language sql immutable strict parallel safe as $$ select convert_from($1, 'UTF8') $$;
create or replace function extensions.pgp_pub_decrypt_bytea(bytea, bytea) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create or replace function extensions.pgp_pub_decrypt_bytea(bytea, bytea, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create or replace function extensions.pgp_pub_decrypt_bytea(bytea, bytea, text, text) returns bytea
  language sql immutable strict parallel safe as $$ select $1 $$;
create or replace function extensions.pgp_key_id(bytea) returns text
  language sql immutable strict parallel safe as $$ select md5($1) $$;
create or replace function extensions.pgp_armor_headers(text, out key text, out value text) returns setof record
  language sql immutable strict parallel safe as $$ select $1, $1 $$;
create or replace function extensions.armor(bytea) returns text
  language sql immutable strict parallel safe as $$ select encode($1, 'base64') $$;
create or replace function extensions.armor(bytea, text[], text[]) returns text
  language sql immutable strict parallel safe as $$ select encode($1, 'base64') $$;
create or replace function extensions.dearmor(text) returns bytea
  language sql immutable strict parallel safe as $$ select decode($1, 'base64') $$;

-- brought by extension supabase_vault
create schema if not exists vault;
create table if not exists vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea,
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);
create unique index if not exists secrets_name_idx on vault.secrets (name) where name is not null;
create or replace view vault.decrypted_secrets as
  select id, name, description, secret, secret as decrypted_secret, key_id, nonce, created_at, updated_at
  from vault.secrets;
create or replace function vault.create_secret(
  new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
) returns uuid
  language sql volatile security definer set search_path = '' as
$$
  insert into vault.secrets (secret, name, description, key_id)
  values (new_secret, new_name, new_description, new_key_id) returning id
$$;
create or replace function vault.update_secret(
  secret_id uuid, new_secret text default null, new_name text default null, new_description text default null,
  new_key_id uuid default null
) returns void
  language sql volatile security definer set search_path = '' as
$$
  update vault.secrets s
  set secret = coalesce(new_secret, s.secret), name = coalesce(new_name, s.name),
      description = coalesce(new_description, s.description), updated_at = now()
  where s.id = secret_id
$$;

-- brought by extension pg_graphql
create schema if not exists graphql;
create or replace function graphql.resolve(
  query text, variables jsonb default '{}', "operationName" text default null, extensions jsonb default null
) returns jsonb
  language sql volatile as $$ select '{"data": null}'::jsonb $$;

-- brought by extension pg_net
create schema net;
create domain net.http_method as text
  constraint http_method_check check (value ilike 'get' or value ilike 'post' or value ilike 'delete');
create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create type net.http_response as (status_code integer, headers jsonb, body text);
create type net.http_response_result as (status net.request_status, message text, response net.http_response);
create unlogged table net.http_request_queue (
  id bigserial not null,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);
create unlogged table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);
create index _http_response_created_idx on net._http_response (created);
create function net.http_get(
  url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000
) returns bigint
  language sql volatile security definer set search_path = net as
$$
  insert into net.http_request_queue (method, url, headers, timeout_milliseconds)
  values ('GET', url, headers, timeout_milliseconds) returning id
$$;
create function net.http_post(
  url text, body jsonb default '{}', params jsonb default '{}',
  headers jsonb default '{"Content-Type": "application/json"}', timeout_milliseconds integer default 5000
) returns bigint
  language sql volatile security definer set search_path = net as
$$
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values ('POST', url, headers, convert_to(body::text, 'UTF8'), timeout_milliseconds) returning id
$$;
create function net.http_delete(
  url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000,
  body jsonb default null
) returns bigint
  language sql volatile as
$$
  insert into net.http_request_queue (method, url, headers, timeout_milliseconds)
  values ('DELETE', url, headers, timeout_milliseconds) returning id
$$;
create function net.http_collect_response(request_id bigint, async boolean default true)
returns net.http_response_result
  language sql volatile as
$$ select row('PENDING', 'request is pending processing', null)::net.http_response_result $$;

-- end of what extensions bring
