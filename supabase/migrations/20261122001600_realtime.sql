-- What screens hear, as private broadcasts: the changed row on its owner's topic. Triggers send; nobody else may write.
-- Functions have definer rights because realtime.messages is closed to whoever caused the change.

create function private.tell(p_user_id uuid, p_place text, p_event text, p_payload jsonb) returns void
language sql volatile security definer set search_path = ''
as $$ select realtime.send(p_payload, p_event, 'user:' || p_user_id || ':' || p_place, true) $$;
comment on function private.tell is 'One message on a person''s own topic user:{id}:{place}.';

-- Trigger arguments: place, event, then columns that stay behind.
create function private.tell_owner() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.tell(new.user_id, tg_argv[0], tg_argv[1], to_jsonb(new) - tg_argv[2:]);
  return null;
end
$$;
comment on function private.tell_owner is 'Trigger: sends the new row to its owner.';

create trigger tell_owner after insert or update on public.real_orders
  for each row execute function private.tell_owner('orders', 'order_changed');
create trigger tell_owner after insert or update on public.real_positions
  for each row execute function private.tell_owner('positions', 'position_changed');
create trigger tell_owner after insert or update on public.executions
  for each row execute function private.tell_owner('executions', 'execution_added');
create trigger tell_owner after insert or update on public.account_balances
  for each row execute function private.tell_owner('balances', 'balance_changed');
create trigger tell_owner after insert or update on public.strategy_deployments
  for each row execute function private.tell_owner('deployments', 'deployment_changed', 'memory');
create trigger tell_owner after insert or update on public.strategy_runs
  for each row execute function private.tell_owner('deployments', 'run_added');
-- By name, like the grants: an earlier system's columns may hold what nobody should send.
create function private.tell_account() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.tell(new.user_id, 'accounts', 'account_changed', private.account_view(new));
  return null;
end
$$;
comment on function private.tell_account is 'Trigger: sends an account to its owner as they may see it.';
create trigger tell_owner after insert or update on public.broker_accounts
  for each row execute function private.tell_account();
create trigger tell_owner after insert or update on public.trading_permissions
  for each row execute function private.tell_owner('permissions', 'permission_changed');
create trigger tell_owner after insert on public.notifications
  for each row execute function private.tell_owner('notifications', 'notification_added');

create function private.tell_backtest() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.tell(new.user_id, 'backtests', 'backtest_changed', jsonb_build_object('id', new.id, 'state', new.state,
    'progress', new.progress, 'eta_seconds', new.eta_seconds, 'message', new.message, 'result_hash', new.result_hash));
  return null;
end
$$;
comment on function private.tell_backtest is 'Trigger: progress of a run, without its heavy fields.';
create trigger tell_owner after insert or update on public.backtests
  for each row execute function private.tell_backtest();

create function private.tell_settings() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send(to_jsonb(new), 'settings_changed', 'platform:state', true);
  perform pg_notify('platform_settings', new.version::text);
  return null;
end
$$;
comment on function private.tell_settings is 'Trigger: every signed-in person and the fleet (channel platform_settings) hear of a changed switch.';
create trigger tell_everybody after update on public.platform_settings
  for each row execute function private.tell_settings();

create function private.tell_halt() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  owner_id uuid;
begin
  perform pg_notify('trading_halts', jsonb_build_object('scope', new.scope, 'scope_id', new.scope_id, 'level', new.level, 'version', new.version)::text);
  if new.scope in ('platform', 'broker') then
    perform realtime.send(to_jsonb(new), 'halt_changed', 'platform:state', true);
    return null;
  end if;
  select case new.scope when 'user' then new.scope_id::uuid
    else (select d.user_id from public.strategy_deployments d where d.id::text = new.scope_id) end into owner_id;
  if owner_id is not null then
    perform private.tell(owner_id, 'permissions', 'halt_changed', to_jsonb(new)); -- nobody else's business
  end if;
  return null;
end
$$;
comment on function private.tell_halt is 'Trigger: platform and broker halts go to everybody, a person''s or a strategy''s to its owner; the fleet hears all on channel trading_halts.';
create trigger tell_everybody after insert or update on public.trading_halts
  for each row execute function private.tell_halt();

create function private.tell_heartbeat() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send(to_jsonb(new), 'heartbeat_changed', 'admin:fleet', true);
  return null;
end
$$;
comment on function private.tell_heartbeat is 'Trigger: administrators see the fleet live.';
create trigger tell_administrators after insert or update on public.service_heartbeats
  for each row execute function private.tell_heartbeat();

-- Who may join which topic. There is no policy for writing.
create policy narae_own_topics on realtime.messages for select to authenticated
  using (extension = 'broadcast' and starts_with((select realtime.topic()), 'user:' || (select auth.uid()) || ':'));
create policy narae_platform_topic on realtime.messages for select to authenticated
  using (extension = 'broadcast' and (select realtime.topic()) = 'platform:state' and (select auth.uid()) is not null);
create policy narae_admin_topics on realtime.messages for select to authenticated
  using (extension = 'broadcast' and starts_with((select realtime.topic()), 'admin:') and (select private.is_admin()));

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin() to authenticated;
