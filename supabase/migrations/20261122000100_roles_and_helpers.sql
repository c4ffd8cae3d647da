-- Roles of the fleet and the private schema. Over an existing project this adds and never drops.
-- The operator gives each role its password (`alter role narae_trading login password …`); the local stack does so itself.

do $$
declare
  r text;
begin
  foreach r in array array['narae_trading', 'narae_market', 'narae_scheduler', 'narae_gateway', 'narae_worker'] loop
    if not exists (select 1 from pg_catalog.pg_roles where rolname = r) then
      execute format('create role %I nologin noinherit', r);
    end if;
  end loop;
end
$$;

create schema if not exists private;
comment on schema private is 'Functions behind the public ones. Not exposed by the API.';
revoke all on schema private from public;
grant usage on schema private to authenticated, service_role, narae_trading, narae_market, narae_scheduler, narae_gateway, narae_worker;
grant usage on schema public to narae_trading, narae_market, narae_scheduler, narae_gateway, narae_worker;

-- Tables and functions of this project grant by name; nothing is open by default.
alter default privileges in schema public revoke all on tables from anon, authenticated;
alter default privileges in schema public revoke all on sequences from anon, authenticated;
alter default privileges in schema public revoke execute on functions from public, anon, authenticated;
alter default privileges in schema private revoke execute on functions from public;
