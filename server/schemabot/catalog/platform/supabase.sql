-- What a Supabase project has before its first migration: schemas, tables, functions and grants.
--
-- Names, columns, types, keys, checks and indexes are those of a project; bodies of functions that migrations only call
-- are shortened, and their language may be another. The roles stand in
-- supabase_roles.sql, the default privileges on schema public in supabase_default_grants.sql.
-- The text runs on an empty database, as the superuser supabase_admin.

grant usage on schema public to postgres, anon, authenticated, service_role;

-- -- extensions ------------------------------------------------------------------------------------------

create schema extensions authorization postgres;
grant usage on schema extensions to anon, authenticated, service_role;
grant all on schema extensions to dashboard_user;

create schema vault;
create schema graphql;
create schema net;

-- pg_net is installed when a project first uses it; what it brings is there in local development, and the
-- extension then takes it as its own.

-- brought by extension pg_net
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
create function net._await_response(request_id bigint) returns boolean
  language sql volatile as $$ select exists (select from net._http_response r where r.id = request_id) $$;
create function net._http_collect_response(request_id bigint, async boolean default true)
returns net.http_response_result
  language sql volatile as $$ select net.http_collect_response(request_id, async) $$;
create function net._urlencode_string(string varchar) returns text
  language sql immutable as $$ select string $$;
create function net._encode_url_with_params_array(url text, params_array text[]) returns text
  language sql immutable as $$ select url $$;
create function net.check_worker_is_up() returns void language sql volatile as $$ select null $$;
create function net.worker_restart() returns boolean language sql volatile as $$ select true $$;
create function net.wait_until_running() returns void language sql volatile as $$ select null $$;
create function net.wake() returns void language sql volatile as $$ select null $$;

-- end of what extensions bring

create extension pg_stat_statements with schema extensions;
create extension pgcrypto with schema extensions;
create extension "uuid-ossp" with schema extensions;
create extension supabase_vault with schema vault;
create extension pg_graphql with schema graphql;

revoke all on function vault.create_secret(text, text, text, uuid) from public;
revoke all on function vault.update_secret(uuid, text, text, text, uuid) from public;
grant usage on schema vault to postgres with grant option;
grant usage on schema vault to service_role;
grant select, delete, truncate, references on vault.secrets, vault.decrypted_secrets to postgres with grant option;
grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
grant execute on function vault.create_secret(text, text, text, uuid) to postgres with grant option;
grant execute on function vault.create_secret(text, text, text, uuid) to service_role;
grant execute on function vault.update_secret(uuid, text, text, text, uuid) to postgres with grant option;
grant execute on function vault.update_secret(uuid, text, text, text, uuid) to service_role;
grant usage on schema net to supabase_functions_admin, postgres, anon, authenticated, service_role;

-- -- graphql_public: what PostgREST serves as /graphql/v1 ------------------------------------------------

grant usage on schema graphql to postgres with grant option;
grant usage on schema graphql to anon, authenticated, service_role;

create schema graphql_public;
grant usage on schema graphql_public to postgres with grant option;
grant usage on schema graphql_public to anon, authenticated, service_role;

create function graphql_public.graphql(
  "operationName" text default null, query text default null, variables jsonb default null,
  extensions jsonb default null
) returns jsonb
  language sql volatile as
$$ select graphql.resolve(query, coalesce(variables, '{}'), "operationName", extensions) $$;

-- -- auth: owned by the auth server ----------------------------------------------------------------------

create schema auth;
grant usage on schema auth to anon, authenticated, service_role, postgres;
grant all on schema auth to supabase_auth_admin, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth
  grant all on tables to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth
  grant all on sequences to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth
  grant all on functions to postgres, dashboard_user;

set role supabase_auth_admin;

create type auth.aal_level as enum ('aal1', 'aal2', 'aal3');
create type auth.code_challenge_method as enum ('s256', 'plain');
create type auth.factor_status as enum ('unverified', 'verified');
create type auth.factor_type as enum ('totp', 'webauthn', 'phone');
create type auth.oauth_authorization_status as enum ('pending', 'approved', 'denied', 'expired');
create type auth.oauth_client_type as enum ('public', 'confidential');
create type auth.oauth_registration_type as enum ('dynamic', 'manual');
create type auth.oauth_response_type as enum ('code');
create type auth.one_time_token_type as enum (
  'confirmation_token',
  'reauthentication_token',
  'recovery_token',
  'email_change_token_new',
  'email_change_token_current',
  'phone_change_token'
);

create table auth.users (
  instance_id uuid,
  id uuid primary key,
  aud varchar(255),
  role varchar(255),
  email varchar(255),
  encrypted_password varchar(255),
  email_confirmed_at timestamptz,
  invited_at timestamptz,
  confirmation_token varchar(255),
  confirmation_sent_at timestamptz,
  recovery_token varchar(255),
  recovery_sent_at timestamptz,
  email_change_token_new varchar(255),
  email_change varchar(255),
  email_change_sent_at timestamptz,
  last_sign_in_at timestamptz,
  raw_app_meta_data jsonb,
  raw_user_meta_data jsonb,
  is_super_admin boolean,
  created_at timestamptz,
  updated_at timestamptz,
  phone text unique default null::varchar,
  phone_confirmed_at timestamptz,
  phone_change text default '',
  phone_change_token varchar(255) default '',
  phone_change_sent_at timestamptz,
  confirmed_at timestamptz generated always as (least(email_confirmed_at, phone_confirmed_at)) stored,
  email_change_token_current varchar(255) default '',
  email_change_confirm_status smallint default 0,
  banned_until timestamptz,
  reauthentication_token varchar(255) default '',
  reauthentication_sent_at timestamptz,
  is_sso_user boolean not null default false,
  deleted_at timestamptz,
  is_anonymous boolean not null default false
);
create unique index confirmation_token_idx on auth.users (confirmation_token) where confirmation_token !~ '^[0-9 ]*$';
create unique index email_change_token_current_idx on auth.users (email_change_token_current)
  where email_change_token_current !~ '^[0-9 ]*$';
create unique index email_change_token_new_idx on auth.users (email_change_token_new)
  where email_change_token_new !~ '^[0-9 ]*$';
create unique index reauthentication_token_idx on auth.users (reauthentication_token)
  where reauthentication_token !~ '^[0-9 ]*$';
create unique index recovery_token_idx on auth.users (recovery_token) where recovery_token !~ '^[0-9 ]*$';
create unique index users_email_partial_key on auth.users (email) where is_sso_user = false;
create index users_instance_id_email_idx on auth.users (instance_id, lower(email));
create index users_instance_id_idx on auth.users (instance_id);
create index users_is_anonymous_idx on auth.users (is_anonymous);
alter table auth.users enable row level security;

create table auth.instances (
  id uuid primary key,
  uuid uuid,
  raw_base_config text,
  created_at timestamptz,
  updated_at timestamptz
);
alter table auth.instances enable row level security;

create table auth.audit_log_entries (
  instance_id uuid,
  id uuid primary key,
  payload json,
  created_at timestamptz,
  ip_address varchar(64) not null default ''
);
create index audit_logs_instance_id_idx on auth.audit_log_entries (instance_id);
alter table auth.audit_log_entries enable row level security;

create table auth.schema_migrations (
  version varchar(255) primary key
);
alter table auth.schema_migrations enable row level security;

create table auth.identities (
  provider_id text not null,
  user_id uuid not null references auth.users (id) on delete cascade,
  identity_data jsonb not null,
  provider text not null,
  last_sign_in_at timestamptz,
  created_at timestamptz,
  updated_at timestamptz,
  email text generated always as (lower(identity_data ->> 'email')) stored,
  id uuid default gen_random_uuid() primary key,
  constraint identities_provider_id_provider_unique unique (provider_id, provider)
);
create index identities_email_idx on auth.identities (email text_pattern_ops);
create index identities_user_id_idx on auth.identities (user_id);
alter table auth.identities enable row level security;

create table auth.oauth_clients (
  id uuid primary key,
  client_secret_hash text,
  registration_type auth.oauth_registration_type not null,
  redirect_uris text not null,
  grant_types text not null,
  client_name text,
  client_uri text,
  logo_uri text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  client_type auth.oauth_client_type not null default 'confidential',
  token_endpoint_auth_method text not null
);
create index oauth_clients_deleted_at_idx on auth.oauth_clients (deleted_at);

create table auth.oauth_client_states (
  id uuid primary key,
  provider_type text not null,
  code_verifier text,
  created_at timestamptz not null
);
create index idx_oauth_client_states_created_at on auth.oauth_client_states (created_at);

create table auth.oauth_authorizations (
  id uuid primary key,
  authorization_id text not null unique,
  client_id uuid not null references auth.oauth_clients (id) on delete cascade,
  user_id uuid references auth.users (id) on delete cascade,
  redirect_uri text not null,
  scope text not null,
  state text,
  resource text,
  code_challenge text,
  code_challenge_method auth.code_challenge_method,
  response_type auth.oauth_response_type not null default 'code',
  status auth.oauth_authorization_status not null default 'pending',
  authorization_code text unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '3 minutes',
  approved_at timestamptz,
  nonce text
);
create index oauth_auth_pending_exp_idx on auth.oauth_authorizations (expires_at) where status = 'pending';

create table auth.oauth_consents (
  id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  client_id uuid not null references auth.oauth_clients (id) on delete cascade,
  scopes text not null,
  granted_at timestamptz not null default now(),
  revoked_at timestamptz,
  constraint oauth_consents_user_client_unique unique (user_id, client_id)
);
create index oauth_consents_active_client_idx on auth.oauth_consents (client_id) where revoked_at is null;
create index oauth_consents_active_user_client_idx on auth.oauth_consents (user_id, client_id)
  where revoked_at is null;
create index oauth_consents_user_order_idx on auth.oauth_consents (user_id, granted_at desc);

create table auth.custom_oauth_providers (
  id uuid default gen_random_uuid() primary key,
  provider_type text not null,
  identifier text not null unique,
  name text not null,
  client_id text not null,
  client_secret text not null,
  acceptable_client_ids text[] not null default '{}',
  scopes text[] not null default '{}',
  pkce_enabled boolean not null default true,
  attribute_mapping jsonb not null default '{}',
  authorization_params jsonb not null default '{}',
  enabled boolean not null default true,
  email_optional boolean not null default false,
  issuer text,
  discovery_url text,
  skip_nonce_check boolean not null default false,
  cached_discovery jsonb,
  discovery_cached_at timestamptz,
  authorization_url text,
  token_url text,
  userinfo_url text,
  jwks_uri text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  custom_claims_allowlist text[] not null default '{}'
);
create index custom_oauth_providers_created_at_idx on auth.custom_oauth_providers (created_at);
create index custom_oauth_providers_enabled_idx on auth.custom_oauth_providers (enabled);
create index custom_oauth_providers_identifier_idx on auth.custom_oauth_providers (identifier);
create index custom_oauth_providers_provider_type_idx on auth.custom_oauth_providers (provider_type);

create table auth.sessions (
  id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  created_at timestamptz,
  updated_at timestamptz,
  factor_id uuid,
  aal auth.aal_level,
  not_after timestamptz,
  refreshed_at timestamp,
  user_agent text,
  ip inet,
  tag text,
  oauth_client_id uuid references auth.oauth_clients (id) on delete cascade,
  refresh_token_hmac_key text,
  refresh_token_counter bigint,
  scopes text
);
create index sessions_not_after_idx on auth.sessions (not_after desc);
create index sessions_oauth_client_id_idx on auth.sessions (oauth_client_id);
create index sessions_user_id_idx on auth.sessions (user_id);
create index user_id_created_at_idx on auth.sessions (user_id, created_at);
alter table auth.sessions enable row level security;

create table auth.refresh_tokens (
  instance_id uuid,
  id bigserial primary key,
  token varchar(255),
  user_id varchar(255),
  revoked boolean,
  created_at timestamptz,
  updated_at timestamptz,
  parent varchar(255),
  session_id uuid references auth.sessions (id) on delete cascade,
  constraint refresh_tokens_token_unique unique (token)
);
create index refresh_tokens_instance_id_idx on auth.refresh_tokens (instance_id);
create index refresh_tokens_instance_id_user_id_idx on auth.refresh_tokens (instance_id, user_id);
create index refresh_tokens_parent_idx on auth.refresh_tokens (parent);
create index refresh_tokens_session_id_revoked_idx on auth.refresh_tokens (session_id, revoked);
create index refresh_tokens_updated_at_idx on auth.refresh_tokens (updated_at desc);
alter table auth.refresh_tokens enable row level security;

create table auth.mfa_factors (
  id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  friendly_name text,
  factor_type auth.factor_type not null,
  status auth.factor_status not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  secret text,
  phone text,
  last_challenged_at timestamptz unique,
  web_authn_credential jsonb,
  web_authn_aaguid uuid,
  last_webauthn_challenge_data jsonb
);
create index factor_id_created_at_idx on auth.mfa_factors (user_id, created_at);
create unique index mfa_factors_user_friendly_name_unique on auth.mfa_factors (friendly_name, user_id)
  where trim(friendly_name) <> '';
create index mfa_factors_user_id_idx on auth.mfa_factors (user_id);
create unique index unique_phone_factor_per_user on auth.mfa_factors (user_id, phone);
alter table auth.mfa_factors enable row level security;

create table auth.mfa_challenges (
  id uuid primary key,
  factor_id uuid not null,
  created_at timestamptz not null,
  verified_at timestamptz,
  ip_address inet not null,
  otp_code text,
  web_authn_session_data jsonb,
  constraint mfa_challenges_auth_factor_id_fkey
    foreign key (factor_id) references auth.mfa_factors (id) on delete cascade
);
create index mfa_challenge_created_at_idx on auth.mfa_challenges (created_at desc);
alter table auth.mfa_challenges enable row level security;

create table auth.mfa_amr_claims (
  session_id uuid not null references auth.sessions (id) on delete cascade,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  authentication_method text not null,
  id uuid not null,
  constraint amr_id_pk primary key (id),
  constraint mfa_amr_claims_session_id_authentication_method_pkey unique (session_id, authentication_method)
);
alter table auth.mfa_amr_claims enable row level security;

create table auth.sso_providers (
  id uuid primary key,
  resource_id text,
  created_at timestamptz,
  updated_at timestamptz,
  disabled boolean
);
create unique index sso_providers_resource_id_idx on auth.sso_providers (lower(resource_id));
create index sso_providers_resource_id_pattern_idx on auth.sso_providers (resource_id text_pattern_ops);
alter table auth.sso_providers enable row level security;

create table auth.sso_domains (
  id uuid primary key,
  sso_provider_id uuid not null references auth.sso_providers (id) on delete cascade,
  domain text not null,
  created_at timestamptz,
  updated_at timestamptz
);
create unique index sso_domains_domain_idx on auth.sso_domains (lower(domain));
create index sso_domains_sso_provider_id_idx on auth.sso_domains (sso_provider_id);
alter table auth.sso_domains enable row level security;

create table auth.saml_providers (
  id uuid primary key,
  sso_provider_id uuid not null references auth.sso_providers (id) on delete cascade,
  entity_id text not null unique,
  metadata_xml text not null,
  metadata_url text,
  attribute_mapping jsonb,
  created_at timestamptz,
  updated_at timestamptz,
  name_id_format text
);
create index saml_providers_sso_provider_id_idx on auth.saml_providers (sso_provider_id);
alter table auth.saml_providers enable row level security;

create table auth.flow_state (
  id uuid primary key,
  user_id uuid,
  auth_code text,
  code_challenge_method auth.code_challenge_method,
  code_challenge text,
  provider_type text not null,
  provider_access_token text,
  provider_refresh_token text,
  created_at timestamptz,
  updated_at timestamptz,
  authentication_method text not null,
  auth_code_issued_at timestamptz,
  invite_token text,
  referrer text,
  oauth_client_state_id uuid,
  linking_target_id uuid,
  email_optional boolean not null default false
);
create index flow_state_created_at_idx on auth.flow_state (created_at desc);
create index idx_auth_code on auth.flow_state (auth_code);
create index idx_user_id_auth_method on auth.flow_state (user_id, authentication_method);
alter table auth.flow_state enable row level security;

create table auth.saml_relay_states (
  id uuid primary key,
  sso_provider_id uuid not null references auth.sso_providers (id) on delete cascade,
  request_id text not null,
  for_email text,
  redirect_to text,
  created_at timestamptz,
  updated_at timestamptz,
  flow_state_id uuid references auth.flow_state (id) on delete cascade
);
create index saml_relay_states_created_at_idx on auth.saml_relay_states (created_at desc);
create index saml_relay_states_for_email_idx on auth.saml_relay_states (for_email);
create index saml_relay_states_sso_provider_id_idx on auth.saml_relay_states (sso_provider_id);
alter table auth.saml_relay_states enable row level security;

create table auth.one_time_tokens (
  id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  token_type auth.one_time_token_type not null,
  token_hash text not null,
  relates_to text not null,
  created_at timestamp not null default now(),
  updated_at timestamp not null default now()
);
create index one_time_tokens_relates_to_hash_idx on auth.one_time_tokens using hash (relates_to);
create index one_time_tokens_token_hash_hash_idx on auth.one_time_tokens using hash (token_hash);
create unique index one_time_tokens_user_id_token_type_key on auth.one_time_tokens (user_id, token_type);
alter table auth.one_time_tokens enable row level security;

create table auth.webauthn_credentials (
  id uuid default gen_random_uuid() primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  credential_id bytea not null,
  public_key bytea not null,
  attestation_type text not null default '',
  aaguid uuid,
  sign_count bigint not null default 0,
  transports jsonb not null default '[]',
  backup_eligible boolean not null default false,
  backed_up boolean not null default false,
  friendly_name text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_used_at timestamptz
);
create unique index webauthn_credentials_credential_id_key on auth.webauthn_credentials (credential_id);
create index webauthn_credentials_user_id_idx on auth.webauthn_credentials (user_id);

create table auth.webauthn_challenges (
  id uuid default gen_random_uuid() primary key,
  user_id uuid references auth.users (id) on delete cascade,
  challenge_type text not null,
  session_data jsonb not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index webauthn_challenges_expires_at_idx on auth.webauthn_challenges (expires_at);
create index webauthn_challenges_user_id_idx on auth.webauthn_challenges (user_id);
-- The caller, from the claims that PostgREST sets for a request.
create function auth.uid() returns uuid
  language sql stable as
$$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
  )::uuid
$$;

create function auth.role() returns text
  language sql stable as
$$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
  )
$$;

create function auth.email() returns text
  language sql stable as
$$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
  )
$$;

create function auth.jwt() returns jsonb
  language sql stable as
$$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;

-- What the auth server checks.
alter table auth.users
  add constraint users_email_change_confirm_status_check check (email_change_confirm_status between 0 and 2);
alter table auth.sessions add constraint sessions_scopes_length check (char_length(scopes) <= 4096);
alter table auth.one_time_tokens add constraint one_time_tokens_token_hash_check check (char_length(token_hash) > 0);
alter table auth.webauthn_challenges add constraint webauthn_challenges_challenge_type_check
  check (challenge_type in ('signup', 'registration', 'authentication'));
alter table auth.sso_providers add constraint "resource_id not empty"
  check (resource_id = null or char_length(resource_id) > 0);
alter table auth.sso_domains add constraint "domain not empty" check (char_length(domain) > 0);
alter table auth.saml_providers
  add constraint "entity_id not empty" check (char_length(entity_id) > 0),
  add constraint "metadata_url not empty" check (metadata_url = null or char_length(metadata_url) > 0),
  add constraint "metadata_xml not empty" check (char_length(metadata_xml) > 0);
alter table auth.saml_relay_states add constraint "request_id not empty" check (char_length(request_id) > 0);
alter table auth.oauth_clients
  add constraint oauth_clients_client_name_length check (char_length(client_name) <= 1024),
  add constraint oauth_clients_client_uri_length check (char_length(client_uri) <= 2048),
  add constraint oauth_clients_logo_uri_length check (char_length(logo_uri) <= 2048),
  add constraint oauth_clients_token_endpoint_auth_method_check
    check (token_endpoint_auth_method in ('client_secret_basic', 'client_secret_post', 'none'));
alter table auth.oauth_authorizations
  add constraint oauth_authorizations_authorization_code_length check (char_length(authorization_code) <= 255),
  add constraint oauth_authorizations_code_challenge_length check (char_length(code_challenge) <= 128),
  add constraint oauth_authorizations_expires_at_future check (expires_at > created_at),
  add constraint oauth_authorizations_nonce_length check (char_length(nonce) <= 255),
  add constraint oauth_authorizations_redirect_uri_length check (char_length(redirect_uri) <= 2048),
  add constraint oauth_authorizations_resource_length check (char_length(resource) <= 2048),
  add constraint oauth_authorizations_scope_length check (char_length(scope) <= 4096),
  add constraint oauth_authorizations_state_length check (char_length(state) <= 4096);
alter table auth.oauth_consents
  add constraint oauth_consents_revoked_after_granted check (revoked_at is null or revoked_at >= granted_at),
  add constraint oauth_consents_scopes_length check (char_length(scopes) <= 2048),
  add constraint oauth_consents_scopes_not_empty check (char_length(trim(scopes)) > 0);
alter table auth.custom_oauth_providers
  add constraint custom_oauth_providers_authorization_url_https check (authorization_url like 'https://%'),
  add constraint custom_oauth_providers_authorization_url_length check (char_length(authorization_url) <= 2048),
  add constraint custom_oauth_providers_client_id_length check (char_length(client_id) between 1 and 512),
  add constraint custom_oauth_providers_discovery_url_length check (char_length(discovery_url) <= 2048),
  add constraint custom_oauth_providers_identifier_format check (identifier ~ '^[a-z0-9][a-z0-9:-]{0,48}[a-z0-9]$'),
  add constraint custom_oauth_providers_issuer_length check (char_length(issuer) between 1 and 2048),
  add constraint custom_oauth_providers_jwks_uri_https check (jwks_uri like 'https://%'),
  add constraint custom_oauth_providers_jwks_uri_length check (char_length(jwks_uri) <= 2048),
  add constraint custom_oauth_providers_name_length check (char_length(name) between 1 and 100),
  add constraint custom_oauth_providers_oauth2_requires_endpoints
    check (provider_type <> 'oauth2' or num_nulls(authorization_url, token_url, userinfo_url) = 0),
  add constraint custom_oauth_providers_oidc_discovery_url_https
    check (provider_type <> 'oidc' or discovery_url like 'https://%'),
  add constraint custom_oauth_providers_oidc_issuer_https check (provider_type <> 'oidc' or issuer like 'https://%'),
  add constraint custom_oauth_providers_oidc_requires_issuer check (provider_type <> 'oidc' or issuer is not null),
  add constraint custom_oauth_providers_provider_type_check check (provider_type in ('oauth2', 'oidc')),
  add constraint custom_oauth_providers_token_url_https check (token_url like 'https://%'),
  add constraint custom_oauth_providers_token_url_length check (char_length(token_url) <= 2048),
  add constraint custom_oauth_providers_userinfo_url_https check (userinfo_url like 'https://%'),
  add constraint custom_oauth_providers_userinfo_url_length check (char_length(userinfo_url) <= 2048);

reset role;

-- -- storage: owned by the storage server ----------------------------------------------------------------

create schema storage authorization supabase_storage_admin;
grant usage on schema storage to postgres with grant option;
grant usage on schema storage to anon, authenticated, service_role;
grant all on schema storage to dashboard_user;
alter default privileges for role supabase_storage_admin in schema storage
  grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_storage_admin in schema storage
  grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_storage_admin in schema storage
  grant all on functions to postgres, anon, authenticated, service_role;

set role supabase_storage_admin;

create type storage.buckettype as enum ('STANDARD', 'ANALYTICS', 'VECTOR');

create table storage.buckets (
  id text primary key,
  name text not null,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  public boolean default false,
  avif_autodetection boolean default false,
  file_size_limit bigint,
  allowed_mime_types text[],
  owner_id text,
  type storage.buckettype not null default 'STANDARD',
  versioning_status text not null default 'DISABLED'
);
create unique index bname on storage.buckets (name);
alter table storage.buckets enable row level security;

create table storage.buckets_analytics (
  name text not null,
  type storage.buckettype not null default 'ANALYTICS',
  format text not null default 'ICEBERG',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  id uuid default gen_random_uuid() primary key,
  deleted_at timestamptz
);
create unique index buckets_analytics_unique_name_idx on storage.buckets_analytics (name) where deleted_at is null;
alter table storage.buckets_analytics enable row level security;

create table storage.buckets_vectors (
  id text primary key,
  type storage.buckettype not null default 'VECTOR',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table storage.buckets_vectors enable row level security;

create table storage.vector_indexes (
  id text default gen_random_uuid() primary key,
  name text not null,
  bucket_id text not null references storage.buckets_vectors (id),
  data_type text not null,
  dimension integer not null,
  distance_metric text not null,
  metadata_configuration jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index vector_indexes_name_bucket_id_idx on storage.vector_indexes (name, bucket_id);
alter table storage.vector_indexes enable row level security;

create table storage.migrations (
  id integer primary key,
  name varchar(100) not null unique,
  hash varchar(40) not null,
  executed_at timestamp default current_timestamp
);
alter table storage.migrations enable row level security;

create table storage.objects (
  id uuid default gen_random_uuid() primary key,
  bucket_id text,
  name text,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  last_accessed_at timestamptz default now(),
  metadata jsonb,
  path_tokens text[] generated always as (string_to_array(name, '/')) stored,
  version text,
  owner_id text,
  user_metadata jsonb,
  archived_at timestamptz,
  is_delete_marker boolean not null default false,
  is_versioned boolean not null default false,
  constraint "objects_bucketId_fkey" foreign key (bucket_id) references storage.buckets (id)
);
create unique index bucketid_objname on storage.objects (bucket_id, name);
create index idx_objects_bucket_id_name on storage.objects (bucket_id, name collate "C");
create index idx_objects_bucket_id_name_lower on storage.objects (bucket_id, lower(name) collate "C");
create index name_prefix_search on storage.objects (name text_pattern_ops);
alter table storage.objects enable row level security;

create table storage.s3_multipart_uploads (
  id text primary key,
  in_progress_size bigint not null default 0,
  upload_signature text not null,
  bucket_id text not null references storage.buckets (id),
  key text not null,
  version text not null,
  owner_id text,
  created_at timestamptz not null default now(),
  user_metadata jsonb,
  metadata jsonb
);
create index idx_multipart_uploads_list on storage.s3_multipart_uploads (bucket_id, key, created_at);
alter table storage.s3_multipart_uploads enable row level security;

create table storage.s3_multipart_uploads_parts (
  id uuid default gen_random_uuid() primary key,
  upload_id text not null references storage.s3_multipart_uploads (id) on delete cascade,
  size bigint not null default 0,
  part_number integer not null,
  bucket_id text not null references storage.buckets (id),
  key text not null,
  etag text not null,
  owner_id text,
  version text not null,
  created_at timestamptz not null default now()
);
alter table storage.s3_multipart_uploads_parts enable row level security;
revoke all on storage.migrations from anon, authenticated, service_role, postgres;
revoke insert, update, delete, truncate, references, trigger
  on storage.buckets_vectors, storage.vector_indexes, storage.s3_multipart_uploads, storage.s3_multipart_uploads_parts
  from anon, authenticated;

-- Parts of an object's name, which is a path.
create function storage.foldername(name text) returns text[]
  language sql immutable as
$$ select (string_to_array(name, '/'))[1 : array_length(string_to_array(name, '/'), 1) - 1] $$;

create function storage.filename(name text) returns text
  language sql immutable as
$$ select (string_to_array(name, '/'))[array_length(string_to_array(name, '/'), 1)] $$;

create function storage.extension(name text) returns text
  language sql immutable as
$$ select reverse(split_part(reverse(storage.filename(name)), '.', 1)) $$;

-- What the storage server is doing, for policies that allow only some operations.
create function storage.operation() returns text
  language sql stable as
$$ select current_setting('storage.operation', true) $$;

create function storage.allow_any_operation(expected_operations text[]) returns boolean
  language sql stable as
$$
  select coalesce(
    regexp_replace(storage.operation(), '^storage\.', '') = any (
      select regexp_replace(expected, '^storage\.', '') from unnest(expected_operations) expected
      where expected <> ''
    ),
    false
  )
$$;

create function storage.allow_only_operation(expected_operation text) returns boolean
  language sql stable as
$$ select storage.allow_any_operation(array[expected_operation]) $$;

create function storage.can_insert_object(bucketid text, name text, owner uuid, metadata jsonb) returns void
  language plpgsql as
$$
begin
  insert into storage.objects (bucket_id, name, owner, metadata) values (bucketid, name, owner, metadata);
  raise sqlstate 'PT200' using message = 'the object may be inserted';
end
$$;

create function storage.get_size_by_bucket() returns table (size bigint, bucket_id text)
  language sql stable as
$$ select sum((metadata ->> 'size')::bigint)::bigint, bucket_id from storage.objects group by bucket_id $$;

create function storage.get_common_prefix(p_key text, p_prefix text, p_delimiter text) returns text
  language sql immutable as
$$
  select case when position(p_delimiter in substr(p_key, length(p_prefix) + 1)) > 0
    then p_prefix || split_part(substr(p_key, length(p_prefix) + 1), p_delimiter, 1) || p_delimiter end
$$;

create function storage.search(
  prefix text, bucketname text, limits integer default 100, levels integer default 1, offsets integer default 0,
  search text default '', sortcolumn text default 'name', sortorder text default 'asc'
) returns table (
  name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz, metadata jsonb
)
  language sql stable as
$$
  select o.name, o.id, o.updated_at, o.created_at, o.last_accessed_at, o.metadata from storage.objects o
  where o.bucket_id = bucketname and starts_with(o.name, prefix) limit limits offset offsets
$$;

create function storage.search_v2(
  prefix text, bucket_name text, limits integer default 100, levels integer default 1, start_after text default '',
  sort_order text default 'asc', sort_column text default 'name', sort_column_after text default ''
) returns table (
  key text, name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz,
  metadata jsonb
)
  language sql stable as
$$
  select o.name, o.name, o.id, o.updated_at, o.created_at, o.last_accessed_at, o.metadata from storage.objects o
  where o.bucket_id = bucket_name and starts_with(o.name, prefix) limit limits
$$;

create function storage.search_by_timestamp(
  p_prefix text, p_bucket_id text, p_limit integer, p_level integer, p_start_after text, p_sort_order text,
  p_sort_column text, p_sort_column_after text
) returns table (
  key text, name text, id uuid, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz,
  metadata jsonb
)
  language sql stable as
$$
  select o.name, o.name, o.id, o.updated_at, o.created_at, o.last_accessed_at, o.metadata from storage.objects o
  where o.bucket_id = p_bucket_id and starts_with(o.name, p_prefix) limit p_limit
$$;

create function storage.list_objects_with_delimiter(
  _bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100, start_after text default '',
  next_token text default '', sort_order text default 'asc'
) returns table (
  name text, id uuid, metadata jsonb, updated_at timestamptz, created_at timestamptz, last_accessed_at timestamptz
)
  language sql stable as
$$
  select o.name, o.id, o.metadata, o.updated_at, o.created_at, o.last_accessed_at from storage.objects o
  where o.bucket_id = _bucket_id and starts_with(o.name, prefix_param) limit max_keys
$$;

create function storage.list_multipart_uploads_with_delimiter(
  bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100,
  next_key_token text default '', next_upload_token text default ''
) returns table (key text, id text, created_at timestamptz)
  language sql volatile as
$$
  select u.key, u.id, u.created_at from storage.s3_multipart_uploads u
  where u.bucket_id = $1 and starts_with(u.key, prefix_param) limit max_keys
$$;

create function storage.enforce_bucket_name_length() returns trigger
  language plpgsql as
$$
begin
  if length(new.name) > 100 then
    raise exception 'bucket name "%" is too long: at most 100 characters', new.name;
  end if;
  return new;
end
$$;
create trigger enforce_bucket_name_length_trigger
  before insert or update of name on storage.buckets
  for each row execute function storage.enforce_bucket_name_length();

-- Files are deleted by the storage server, which then allows it for its own statement.
create function storage.protect_delete() returns trigger
  language plpgsql as
$$
begin
  if coalesce(current_setting('storage.allow_delete_query', true), 'false') <> 'true' then
    raise insufficient_privilege using message = 'files are deleted through the Storage API';
  end if;
  return null;
end
$$;
create trigger protect_buckets_delete
  before delete on storage.buckets for each statement execute function storage.protect_delete();
create trigger protect_objects_delete
  before delete on storage.objects for each statement execute function storage.protect_delete();

create function storage.update_updated_at_column() returns trigger
  language plpgsql as
$$
begin
  new.updated_at = now();
  return new;
end
$$;
create trigger update_objects_updated_at
  before update on storage.objects for each row execute function storage.update_updated_at_column();

alter table storage.buckets
  add constraint buckets_versioning_status_check check (versioning_status in ('DISABLED', 'ENABLED', 'SUSPENDED')),
  add constraint buckets_versioning_standard_only_check
    check (type = 'STANDARD' or versioning_status = 'DISABLED'),
  add constraint buckets_versioning_dark_check check (versioning_status = 'DISABLED');

reset role;

-- -- realtime --------------------------------------------------------------------------------------------

create schema realtime;
grant usage on schema realtime to postgres, anon, authenticated, service_role;
grant all on schema realtime to supabase_realtime_admin;

set role supabase_realtime_admin;

create type realtime.action as enum ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'ERROR');
create type realtime.equality_op as enum (
  'eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'in', 'like', 'ilike', 'is', 'match', 'imatch', 'isdistinct'
);
create type realtime.user_defined_filter as (
  column_name text, op realtime.equality_op, value text, negate boolean
);
create type realtime.wal_column as (
  name text, type_name text, type_oid oid, value jsonb, is_pkey boolean, is_selectable boolean
);
create type realtime.wal_rls as (wal jsonb, is_rls_enabled boolean, subscription_ids uuid[], errors text[]);

-- Broadcast and presence; policies on it decide who may join a private channel. The server adds a partition a day.
create table realtime.messages (
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default now(),
  inserted_at timestamp not null default now(),
  id uuid not null default gen_random_uuid(),
  binary_payload bytea,
  primary key (id, inserted_at)
) partition by range (inserted_at);
create index messages_inserted_at_topic_index on realtime.messages (inserted_at desc, topic)
  where extension = 'broadcast' and private is true;
alter table realtime.messages enable row level security;
grant select, insert, update on realtime.messages to anon, authenticated, service_role;
grant all on realtime.messages to postgres, dashboard_user;

create function realtime.to_regrole(role_name text) returns regrole
  language sql immutable as
$$ select role_name::regrole $$;

create table realtime.subscription (
  id bigint generated always as identity,
  subscription_id uuid not null,
  entity regclass not null,
  filters realtime.user_defined_filter[] not null default '{}',
  claims jsonb not null,
  claims_role regrole not null generated always as (realtime.to_regrole(claims ->> 'role')) stored,
  created_at timestamp not null default timezone('utc', now()),
  action_filter text default '*',
  selected_columns text[],
  constraint pk_subscription primary key (id)
);
create index ix_realtime_subscription_entity on realtime.subscription (entity);
create unique index subscription_subscription_id_entity_filters_action_filter_selec
  on realtime.subscription (subscription_id, entity, filters, action_filter, coalesce(selected_columns, '{}'));
grant select on realtime.subscription to anon, authenticated, service_role;
grant all on realtime.subscription to postgres, dashboard_user;

create table realtime.schema_migrations (
  version bigint primary key,
  inserted_at timestamp(0)
);

create function realtime.topic() returns text
  language sql stable as
$$ select nullif(current_setting('realtime.topic', true), '') $$;

create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
  language plpgsql as
$$
begin
  perform set_config('realtime.topic', topic, true);
  insert into realtime.messages (payload, event, topic, private, extension)
  values (payload, event, topic, private, 'broadcast');
exception when others then
  raise warning 'message was not sent: %', sqlerrm;
end
$$;

create function realtime.send_binary(payload bytea, event text, topic text, private boolean default true)
returns void
  language plpgsql as
$$
begin
  perform set_config('realtime.topic', topic, true);
  insert into realtime.messages (binary_payload, event, topic, private, extension)
  values (payload, event, topic, private, 'broadcast');
exception when others then
  raise warning 'message was not sent: %', sqlerrm;
end
$$;

create function realtime.broadcast_changes(
  topic_name text, event_name text, operation text, table_name text, table_schema text, new record, old record,
  level text default 'ROW'
) returns void
  language plpgsql as
$$
begin
  if level = 'STATEMENT' then
    raise exception 'changes are broadcast row by row: use a FOR EACH ROW trigger';
  end if;
  perform realtime.send(
    jsonb_build_object(
      'old_record', old, 'record', new, 'operation', operation, 'table', table_name, 'schema', table_schema
    ),
    event_name, topic_name
  );
end
$$;

create function realtime.quote_wal2json(entity regclass) returns text
  language sql immutable strict as
$$ select entity::text $$;

alter table realtime.messages add constraint messages_payload_exclusive
  check (payload is null or binary_payload is null) not valid;
alter table realtime.subscription add constraint subscription_action_filter_check
  check (action_filter in ('*', 'INSERT', 'UPDATE', 'DELETE'));

-- What the realtime server asks for each change.
create function realtime.cast(val text, type_ regtype) returns jsonb
  language sql immutable as
$$ select to_jsonb(val) $$;
create function realtime.check_equality_op(op realtime.equality_op, type_ regtype, val_1 text, val_2 text)
returns boolean
  language sql immutable as
$$ select case when op = 'eq' then val_1 = val_2 else val_1 <> val_2 end $$;
create function realtime.check_equality_op(
  op realtime.equality_op, type_ regtype, val_1 text, val_2 text, negate boolean
) returns boolean
  language sql stable as
$$ select negate <> realtime.check_equality_op(op, type_, val_1, val_2) $$;
create function realtime.is_visible_through_filters(
  columns realtime.wal_column[], filters realtime.user_defined_filter[]
) returns boolean
  language sql stable as
$$ select cardinality(filters) = 0 or cardinality(columns) > 0 $$;
create function realtime.build_prepared_statement_sql(
  prepared_statement_name text, entity regclass, columns realtime.wal_column[]
) returns text
  language sql volatile as
$$ select format('prepare %I as select 1', prepared_statement_name) $$;
create function realtime.apply_rls(wal jsonb, max_record_bytes integer default 1024 * 1024)
returns setof realtime.wal_rls
  language sql volatile as
$$ select row(wal, true, '{}', '{}')::realtime.wal_rls $$;
create function realtime.list_changes(
  publication name, slot_name name, max_changes integer, max_record_bytes integer
) returns table (
  wal jsonb, is_rls_enabled boolean, subscription_ids uuid[], errors text[], slot_changes_count bigint
)
  language sql volatile as
$$ select '{}'::jsonb, true, '{}'::uuid[], '{}'::text[], 0::bigint $$;
create function realtime.subscription_check_filters() returns trigger
  language plpgsql as
$$
begin
  if not has_table_privilege(new.claims_role, new.entity, 'select') then
    raise exception 'role % may not read %', new.claims_role, new.entity;
  end if;
  return new;
end
$$;
create trigger tr_check_filters before insert or update on realtime.subscription
  for each row execute function realtime.subscription_check_filters();

reset role;
alter function realtime.list_changes(name, name, integer, integer) set log_min_messages = 'fatal';

-- Tables whose changes are sent to clients are added to the first publication. The second is for what is broadcast:
-- the realtime server adds its own table.
create publication supabase_realtime with (publish = 'insert, update, delete, truncate');
alter publication supabase_realtime owner to postgres;
create publication supabase_realtime_messages_publication;

-- -- supabase_functions: database webhooks ---------------------------------------------------------------

create schema supabase_functions;
grant usage on schema supabase_functions to postgres, anon, authenticated, service_role;
grant all on schema supabase_functions to supabase_functions_admin;

set role supabase_functions_admin;

create table supabase_functions.hooks (
  id bigserial primary key,
  hook_table_id integer not null,
  hook_name text not null,
  created_at timestamptz not null default now(),
  request_id bigint
);
create index supabase_functions_hooks_request_id_idx on supabase_functions.hooks (request_id);
create index supabase_functions_hooks_h_table_id_h_name_idx
  on supabase_functions.hooks (hook_table_id, hook_name);
create table supabase_functions.migrations (
  version text primary key,
  inserted_at timestamptz not null default now()
);
create function supabase_functions.http_request() returns trigger
  language plpgsql security definer set search_path = supabase_functions as
$$
begin
  return new;
end
$$;
grant all on function supabase_functions.http_request() to postgres, anon, authenticated, service_role;

reset role;

-- -- pgbouncer: the pool asks here for passwords ---------------------------------------------------------

create schema pgbouncer authorization pgbouncer;
create function pgbouncer.get_auth(p_usename text) returns table (username text, password text)
  language sql stable security definer as
$$ select rolname::text, null::text from pg_roles where rolname = p_usename and rolcanlogin $$;
revoke all on function pgbouncer.get_auth(text) from public;
grant execute on function pgbouncer.get_auth(text) to pgbouncer;

-- -- supabase_migrations: written by the Supabase CLI ----------------------------------------------------

create schema supabase_migrations authorization postgres;
set role postgres;
create table supabase_migrations.schema_migrations (
  version text primary key,
  statements text[],
  name text
);
create table supabase_migrations.seed_files (
  path text primary key,
  hash text not null
);
reset role;

-- -- event triggers that tell PostgREST of changes and open new extensions to postgres -------------------

create function extensions.pgrst_ddl_watch() returns event_trigger
  language plpgsql as
$$ begin notify pgrst, 'reload schema'; end $$;
create function extensions.pgrst_drop_watch() returns event_trigger
  language plpgsql as
$$ begin notify pgrst, 'reload schema'; end $$;
create function extensions.grant_pg_cron_access() returns event_trigger
  language plpgsql as
$$ begin return; end $$;
create function extensions.grant_pg_graphql_access() returns event_trigger
  language plpgsql as
$$ begin return; end $$;
create function extensions.grant_pg_net_access() returns event_trigger
  language plpgsql as
$$ begin return; end $$;
create function extensions.set_graphql_placeholder() returns event_trigger
  language plpgsql as
$$ begin return; end $$;

create event trigger pgrst_ddl_watch on ddl_command_end execute function extensions.pgrst_ddl_watch();
create event trigger pgrst_drop_watch on sql_drop execute function extensions.pgrst_drop_watch();
create event trigger issue_pg_cron_access on ddl_command_end
  when tag in ('CREATE EXTENSION') execute function extensions.grant_pg_cron_access();
create event trigger issue_pg_graphql_access on ddl_command_end
  when tag in ('CREATE FUNCTION') execute function extensions.grant_pg_graphql_access();
create event trigger issue_pg_net_access on ddl_command_end
  when tag in ('CREATE EXTENSION') execute function extensions.grant_pg_net_access();
create event trigger issue_graphql_placeholder on sql_drop
  when tag in ('DROP EXTENSION') execute function extensions.set_graphql_placeholder();
