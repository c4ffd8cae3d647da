-- What a hosted Supabase project has before the first migration, for the embedded Postgres. Run at every start, so every line is repeatable.

do $$
declare
  r text;
begin
  foreach r in array array['anon', 'authenticated', 'service_role', 'authenticator', 'supabase_admin', 'supabase_auth_admin',
                           'supabase_realtime_admin', 'lite',
                           'narae_trading', 'narae_market', 'narae_scheduler', 'narae_gateway', 'narae_worker'] loop
    if not exists (select 1 from pg_catalog.pg_roles where rolname = r) then
      execute format('create role %I nologin noinherit', r);
    end if;
  end loop;
end
$$;
alter role service_role bypassrls;
-- INHERIT: Supabase Lite reads information_schema, which shows only what the current role may touch.
alter role lite inherit;
grant anon, authenticated, service_role to lite, authenticator;

create schema if not exists extensions;
create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pg_trgm with schema extensions;
create extension if not exists btree_gist with schema extensions;
grant usage on schema extensions to public;

grant usage on schema public to anon, authenticated, service_role;
-- Hosted's open defaults, once only: our migrations close them, and a later start must not open them again.
do $$
begin
  if to_regclass('supabase_migrations.schema_migrations') is null then
    alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
    alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
    alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
  end if;
end
$$;
