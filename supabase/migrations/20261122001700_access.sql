-- Who may read and write which table. Every public table has RLS; people read what is theirs and change almost everything through
-- functions; anonymous visitors see nothing; each service of the fleet has only its grants.

do $$
declare
  ours constant text[] := array[
    'profiles', 'platform_settings', 'broker_accounts', 'nas_keys', 'trading_permissions', 'permission_requests', 'trading_arms',
    'trading_halts', 'audit_log', 'notifications', 'service_heartbeats', 'instruments', 'tick_bands', 'market_calendar', 'market_feeds',
    'quotes', 'quote_interest', 'bar_chunks', 'watchlists', 'strategies', 'strategy_versions', 'investment_settings',
    'strategy_deployments', 'strategy_positions', 'strategy_runs', 'backtests', 'backtest_trades', 'backtest_series', 'real_orders',
    'order_attempts', 'order_events', 'executions', 'reservations', 'real_positions', 'account_balances', 'equity_snapshots',
    'trading_instances', 'account_leases', 'broker_tokens', 'reconciliation_breaks'];
  t text;
begin
  foreach t in array ours loop
    execute format('alter table public.%I enable row level security', t);
    execute format('revoke all on public.%I from public, anon, authenticated', t);
  end loop;

  -- A person reads their own rows.
  foreach t in array array['broker_accounts', 'trading_permissions', 'trading_arms', 'notifications', 'quote_interest', 'watchlists', 'strategies',
    'strategy_versions', 'investment_settings', 'strategy_deployments', 'strategy_positions', 'strategy_runs', 'backtests', 'backtest_trades',
    'backtest_series', 'real_orders', 'order_events', 'executions', 'reservations', 'real_positions', 'account_balances', 'equity_snapshots',
    'reconciliation_breaks'] loop
    execute format('create policy %I on public.%I for select to authenticated using (user_id = (select auth.uid()))', t || '_select_own', t);
    execute format('comment on policy %I on public.%I is %L', t || '_select_own', t, 'A person reads their own rows.');
    if t <> 'broker_accounts' then
      execute format('grant select on public.%I to authenticated', t);
    end if;
  end loop;

  -- What is the same for everybody who is signed in.
  foreach t in array array['platform_settings', 'nas_keys', 'instruments', 'tick_bands', 'market_calendar', 'bar_chunks'] loop
    execute format('create policy %I on public.%I for select to authenticated using (true)', t || '_select_signed_in', t);
    execute format('comment on policy %I on public.%I is %L', t || '_select_signed_in', t, 'Every signed-in person may read this.');
    execute format('grant select on public.%I to authenticated', t);
  end loop;

  -- Lists of their own that people write directly.
  foreach t in array array['watchlists', 'investment_settings'] loop
    execute format('create policy %I on public.%I for insert to authenticated with check (user_id = (select auth.uid()))', t || '_insert_own', t);
    execute format('create policy %I on public.%I for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()))', t || '_update_own', t);
    execute format('create policy %I on public.%I for delete to authenticated using (user_id = (select auth.uid()))', t || '_delete_own', t);
    execute format('comment on policy %I on public.%I is %L', t || '_insert_own', t, 'A person adds rows of their own.');
    execute format('comment on policy %I on public.%I is %L', t || '_update_own', t, 'A person changes rows of their own, and cannot give them away.');
    execute format('comment on policy %I on public.%I is %L', t || '_delete_own', t, 'A person deletes rows of their own.');
    execute format('grant insert, update, delete on public.%I to authenticated', t);
    execute format('alter table public.%I alter column user_id set default auth.uid()', t);
  end loop;
end
$$;

-- Everything of an account but the ciphertext. By name, so that a column somebody adds later is closed until decided.
grant select (id, user_id, broker_type, label, account_mask, is_paper_account, is_active, verified_at, created_at, updated_at, credential_state,
  credential_message, key_id, commission_rate_krx, commission_rate_nxt, environment_verified_at) on public.broker_accounts to authenticated;

create policy profiles_select_own on public.profiles for select to authenticated
  using (user_id = (select auth.uid()) or (select private.is_admin()));
comment on policy profiles_select_own on public.profiles is 'A person reads their own profile, administrators read all.';
create policy profiles_update_own on public.profiles for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
comment on policy profiles_update_own on public.profiles is 'A person changes their own profile; the column grant leaves only name and language.';
grant select on public.profiles to authenticated;
grant update (display_name, locale) on public.profiles to authenticated;

create policy permission_requests_select_own on public.permission_requests for select to authenticated
  using (user_id = (select auth.uid()) or (select private.is_admin()));
comment on policy permission_requests_select_own on public.permission_requests is 'A person reads their own requests, administrators read all.';
grant select on public.permission_requests to authenticated;

create policy trading_halts_select_concerned on public.trading_halts for select to authenticated
  using (scope in ('platform', 'broker') or scope = 'user' and scope_id = (select auth.uid())::text
    or scope = 'strategy' and scope_id in (select d.id::text from public.strategy_deployments d where d.user_id = (select auth.uid()))
    or (select private.is_admin()));
comment on policy trading_halts_select_concerned on public.trading_halts is 'A person reads the halts that stand against their orders, administrators read all.';
grant select on public.trading_halts to authenticated;

-- Definer rights: broker_accounts and market_feeds have policies of their own.
create function private.my_feeds() returns setof text
language sql stable security definer set search_path = ''
as $$
  select 'shared'
  union all
  select a.id::text from public.broker_accounts a where a.user_id = (select auth.uid())
  union all
  select f.broker_account_id::text from public.market_feeds f where f.scope = 'shared'
$$;
comment on function private.my_feeds is 'Feeds the signed-in person may see: their own, and those an administrator has shared.';
create policy quotes_select_allowed_feeds on public.quotes for select to authenticated
  using (feed in (select private.my_feeds()));
comment on policy quotes_select_allowed_feeds on public.quotes is 'Quotes of one''s own feed and of shared ones.';
create policy market_feeds_select_allowed on public.market_feeds for select to authenticated
  using (broker_account_id::text in (select private.my_feeds()) or (select private.is_admin()));
comment on policy market_feeds_select_allowed on public.market_feeds is 'One''s own and shared feeds; administrators read all.';
grant select on public.quotes, public.market_feeds to authenticated;

create policy audit_log_select_admin on public.audit_log for select to authenticated using ((select private.is_admin()));
comment on policy audit_log_select_admin on public.audit_log is 'Administrators read the audit log.';
create policy service_heartbeats_select_admin on public.service_heartbeats for select to authenticated using ((select private.is_admin()));
comment on policy service_heartbeats_select_admin on public.service_heartbeats is 'Administrators see the fleet.';
grant select on public.audit_log, public.service_heartbeats to authenticated;

-- The secret key reads everything and may help people, but an order is made by place_order alone.
revoke insert, update, delete, truncate on public.real_orders, public.order_attempts, public.order_events, public.executions, public.reservations,
  public.real_positions, public.account_balances, public.trading_instances, public.account_leases, public.audit_log from service_role;

-- The fleet: table, then what each service may do. The policy opens the rows, the grant decides the action.
do $$
declare
  r record;
  role_name text;
begin
  for r in
    select g.t, g.service, g.rights from (values
      ('narae_trading', 'select', 'profiles platform_settings broker_accounts nas_keys trading_permissions trading_halts instruments tick_bands
        market_calendar market_feeds quotes investment_settings strategy_deployments strategy_positions real_orders order_attempts
        order_events executions reservations real_positions account_balances equity_snapshots trading_instances account_leases
        broker_tokens reconciliation_breaks service_heartbeats notifications'),
      ('narae_trading', 'insert, update, delete', 'broker_tokens'),
      ('narae_trading', 'insert, update', 'nas_keys'),
      ('narae_trading', 'insert', 'notifications'),
      ('narae_market', 'select', 'platform_settings broker_accounts nas_keys instruments tick_bands market_calendar market_feeds quotes
        quote_interest bar_chunks watchlists strategy_deployments real_positions real_orders broker_tokens service_heartbeats'),
      ('narae_market', 'insert, update, delete', 'instruments market_calendar quotes bar_chunks broker_tokens quote_interest'),
      ('narae_market', 'insert, update', 'market_feeds tick_bands'),
      ('narae_scheduler', 'select', 'platform_settings trading_halts instruments tick_bands market_calendar quotes bar_chunks
        investment_settings strategies strategy_versions strategy_deployments strategy_positions strategy_runs real_orders executions
        reservations real_positions account_balances equity_snapshots reconciliation_breaks service_heartbeats backtests'),
      ('narae_scheduler', 'insert', 'notifications'),
      ('narae_gateway', 'select', 'platform_settings trading_halts instruments market_calendar quotes bar_chunks real_orders
        trading_instances account_leases service_heartbeats'),
      ('narae_worker', 'select', 'backtests backtest_trades backtest_series strategies strategy_versions instruments tick_bands
        market_calendar bar_chunks service_heartbeats'),
      ('narae_worker', 'insert, update, delete', 'backtest_trades backtest_series')
    ) as f (service, rights, tables)
    cross join lateral (select unnest(regexp_split_to_array(trim(f.tables), '\s+')) as t, f.service, f.rights) g
  loop
    execute format('grant %s on public.%I to %I', r.rights, r.t, r.service);
  end loop;
  for r in
    select c.relname as t, array_agg(distinct s.role_name) as roles
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    cross join unnest(array['narae_trading', 'narae_market', 'narae_scheduler', 'narae_gateway', 'narae_worker']) s (role_name)
    where c.relkind = 'r' and has_table_privilege(s.role_name, c.oid, 'select, insert, update, delete')
    group by c.relname
  loop
    execute format('create policy %I on public.%I for all to %s using (true) with check (true)', r.t || '_fleet', r.t,
      (select string_agg(quote_ident(x), ', ') from unnest(r.roles) x));
    execute format('comment on policy %I on public.%I is %L', r.t || '_fleet', r.t,
      'Services of the fleet see all rows; their grants decide what they may do.');
  end loop;
end
$$;
grant select (id, user_id, broker_type, label, is_paper_account, is_active, verified_at, environment_verified_at, credential_state,
  commission_rate_krx, commission_rate_nxt) on public.broker_accounts to narae_scheduler, narae_gateway;
create policy broker_accounts_fleet_readers on public.broker_accounts for select to narae_scheduler, narae_gateway using (true);
comment on policy broker_accounts_fleet_readers on public.broker_accounts is 'Scheduler and gateway see accounts without their ciphertext.';
grant update (state, progress, eta_seconds, message, strategy_hash, data_hash, result_hash, metrics, diagnosis, summary, started_at, finished_at)
  on public.backtests to narae_worker;


grant update (bars_held, updated_at) on public.strategy_positions to narae_scheduler;

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
