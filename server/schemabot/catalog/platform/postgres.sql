-- A fresh database of PostgreSQL 15 or newer, as far as migrations can tell.
create role postgres superuser createdb createrole login replication bypassrls;

-- Its owner is whoever owns the database. Others may use it, and since PostgreSQL 15 not create in it.
create schema if not exists public authorization pg_database_owner;
grant usage on schema public to public;
comment on schema public is 'standard public schema';

create extension if not exists plpgsql with schema pg_catalog;
