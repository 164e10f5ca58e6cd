-- control: relocatable = false, schema = 'pgsodium'
create function pgsodium.randombytes_random() returns integer language sql as $$ select 4 $$;
create function pgsodium.crypto_aead_det_noncegen() returns bytea language sql as $$ select '\x00'::bytea $$;
create table pgsodium.key (id uuid primary key default gen_random_uuid(), name text unique, created timestamptz not null default now());
create view pgsodium.valid_key as select id, name, created from pgsodium.key;
