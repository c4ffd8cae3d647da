-- Strategies with immutable versions, back-test jobs, deployments and the scheduler's claims.

-- The owner's strategies become version 0: kept whole as they were, shown, and not runnable until mapped.
insert into public.strategy_versions (strategy_id, version, user_id, document, params, hash)
select s.id, 0, s.user_id, to_jsonb(s) - array['template', 'latest_version', 'is_archived'], '{}',
  encode(extensions.digest(convert_to((to_jsonb(s) - array['template', 'latest_version', 'is_archived'])::text, 'UTF8'), 'sha256'), 'hex')
from public.strategies s
where not exists (select 1 from public.strategy_versions v where v.strategy_id = s.id);

create trigger strategy_versions_immutable before update on public.strategy_versions
  for each statement execute function private.refuse_change();

create function private.own_strategy(p_strategy_id uuid) returns public.strategies
language plpgsql security definer set search_path = ''
as $$
declare
  s public.strategies;
begin
  perform private.require_user();
  select * into s from public.strategies where id = p_strategy_id and user_id = auth.uid() for update;
  if s.id is null then
    perform private.refuse('strategy_not_found', 'The strategy was not found among yours.', 404);
  end if;
  return s;
end
$$;
comment on function private.own_strategy is 'The signed-in person''s strategy, locked, or 404.';

create function public.save_strategy(p_strategy_id uuid, p_name text, p_template text, p_document jsonb, p_params jsonb, p_hash text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  s public.strategies;
  last public.strategy_versions;
begin
  perform private.require_user();
  if char_length(trim(coalesce(p_name, ''))) not between 1 and 100 or jsonb_typeof(p_document) is distinct from 'object'
     or coalesce(jsonb_typeof(p_params), 'object') <> 'object' or octet_length(p_document::text) > 262144
     or octet_length(coalesce(p_params::text, '')) > 65536 or coalesce(p_hash, '') !~ '^[0-9a-f]{64}$' or char_length(coalesce(p_template, '')) > 60 then
    perform private.refuse('invalid_input', 'A name of at most 100 characters, a document of at most 256 kB and its SHA-256 are needed.');
  end if;
  if p_strategy_id is null then
    if (select count(*) from public.strategies x where x.user_id = auth.uid()) >= 500 then
      perform private.refuse('too_many_strategies', 'You have 500 strategies. Archive is not enough: work on an existing one.');
    end if;
    insert into public.strategies (user_id, name, template) values (auth.uid(), trim(p_name), p_template) returning * into s;
  else
    s := private.own_strategy(p_strategy_id);
  end if;
  select * into last from public.strategy_versions v where v.strategy_id = s.id and v.version = s.latest_version and v.version > 0;
  -- Saving the same document again makes no new version.
  if last.version is null or last.hash <> p_hash or last.params is distinct from coalesce(p_params, '{}') then
    if (select count(*) from public.strategy_versions v where v.user_id = auth.uid() and v.created_at > clock_timestamp() - interval '1 day') >= 500 then
      perform private.refuse('rate_limited', 'You saved 500 versions in a day. Try again tomorrow.', 429);
    end if;
    insert into public.strategy_versions (strategy_id, version, user_id, document, params, hash)
    values (s.id, s.latest_version + 1, s.user_id, p_document, coalesce(p_params, '{}'), p_hash)
    returning * into last;
  end if;
  update public.strategies
  set name = trim(p_name), template = coalesce(p_template, template), latest_version = last.version, is_archived = false, updated_at = now()
  where id = s.id;
  return jsonb_build_object('strategy_id', s.id, 'version', last.version);
end
$$;
comment on function public.save_strategy is 'Saves a document as the next version of a strategy (p_strategy_id null: a new one).';

create function public.archive_strategy(p_strategy_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  s public.strategies := private.own_strategy(p_strategy_id);
begin
  if exists (select 1 from public.strategy_deployments d where d.strategy_id = s.id and d.state in ('running', 'paused')) then
    perform private.refuse('strategy_deployed', 'Stop this strategy''s automatic trading first.');
  end if;
  update public.strategies set is_archived = true, updated_at = now() where id = s.id;
  return jsonb_build_object('strategy_id', s.id);
end
$$;
comment on function public.archive_strategy is 'Takes a strategy off the lists. Versions and results stay.';

create function public.start_backtest(p_strategy_id uuid, p_version integer, p_name text, p_request jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  b public.backtests;
begin
  perform private.require_user();
  if jsonb_typeof(p_request) is distinct from 'object' or jsonb_typeof(p_request -> 'document') is distinct from 'object'
     or octet_length(p_request::text) > 524288 or char_length(coalesce(p_name, '')) > 120
     or coalesce(p_request ->> 'from', '') !~ '^\d{4}-\d{2}-\d{2}$' or coalesce(p_request ->> 'to', '') !~ '^\d{4}-\d{2}-\d{2}$'
     or p_request ->> 'from' > p_request ->> 'to' then
    perform private.refuse('invalid_input', 'A back-test needs a document and days from ≤ to as YYYY-MM-DD.');
  end if;
  if p_strategy_id is not null
     and not exists (select 1 from public.strategy_versions v where v.strategy_id = p_strategy_id and v.version = p_version and v.user_id = auth.uid()) then
    perform private.refuse('strategy_not_found', 'The strategy or its version was not found among yours.', 404);
  end if;
  if p_strategy_id is not null and p_version = 0 then
    perform private.refuse('strategy_not_runnable', 'This strategy is from the earlier system. Open it, map it and save it first.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('backtests of ' || auth.uid(), 0));
  if (select count(*) from public.backtests x where x.user_id = auth.uid() and x.state in ('queued', 'running')) >= 5 then
    perform private.refuse('rate_limited', 'Five back-tests are waiting or running. Wait for one to end or cancel it.', 429);
  end if;
  if (select count(*) from public.backtests x where x.user_id = auth.uid() and x.created_at > clock_timestamp() - interval '1 day') >= 300 then
    perform private.refuse('rate_limited', 'You started 300 back-tests in a day. Try again tomorrow.', 429);
  end if;
  insert into public.backtests (user_id, strategy_id, version, name, request)
  values (auth.uid(), p_strategy_id, p_version, coalesce(p_name, ''), p_request) returning * into b;
  perform private.enqueue('backtest', jsonb_build_object('backtestId', b.id), 'backtest:' || b.id, 3);
  return to_jsonb(b);
end
$$;
comment on function public.start_backtest is 'Queues a run for the workers; at most five of a person wait or run.';

create function public.cancel_backtest(p_backtest_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  b public.backtests;
begin
  perform private.require_user();
  select * into b from public.backtests where id = p_backtest_id and user_id = auth.uid() for update;
  if b.id is null then
    perform private.refuse('backtest_not_found', 'The back-test was not found among yours.', 404);
  end if;
  if b.state = 'queued' then
    perform graphile_worker.remove_job('backtest:' || b.id);
    update public.backtests set state = 'cancelled', cancel_requested_at = clock_timestamp(), finished_at = clock_timestamp() where id = b.id returning * into b;
  elsif b.state = 'running' then
    update public.backtests set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()) where id = b.id returning * into b;
  end if;
  return to_jsonb(b);
end
$$;
comment on function public.cancel_backtest is 'A waiting run ends at once, a running one at its next look.';

create function public.deploy_strategy(p_strategy_id uuid, p_version integer, p_account_id uuid, p_symbols text[], p_capital numeric, p_params jsonb)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  s public.strategies := private.own_strategy(p_strategy_id);
  a public.broker_accounts := private.own_account(p_account_id);
  d public.strategy_deployments;
begin
  if coalesce(p_version, 0) < 1
     or not exists (select 1 from public.strategy_versions v where v.strategy_id = s.id and v.version = p_version) then
    perform private.refuse('strategy_not_runnable', 'Choose a saved version. Version 0 is from the earlier system and cannot run.');
  end if;
  if coalesce(cardinality(p_symbols), 0) not between 1 and 100
     or exists (select 1 from unnest(p_symbols) c where not exists (select 1 from public.instruments i where i.stock_code = c and i.is_listed)) then
    perform private.refuse('invalid_input', 'Choose 1 to 100 listed symbols.');
  end if;
  if p_capital is null or not (p_capital >= 1 and p_capital <= 9007199254740991) or p_capital <> trunc(p_capital)
     or coalesce(jsonb_typeof(p_params), 'object') <> 'object' or octet_length(p_params::text) > 65536 then
    perform private.refuse('invalid_input', 'Capital is a whole number of won, parameters are an object of at most 64 kB.');
  end if;
  perform private.require_deployable(a);
  if (select count(*) from public.strategy_deployments x where x.user_id = auth.uid() and x.state in ('running', 'paused')) >= 20 then
    perform private.refuse('too_many_deployments', 'Twenty strategies run already. Stop one first.');
  end if;
  if (select count(*) from public.strategy_deployments x where x.user_id = auth.uid() and x.created_at > clock_timestamp() - interval '1 day') >= 200 then
    perform private.refuse('rate_limited', 'You deployed 200 strategies in a day. Try again tomorrow.', 429);
  end if;
  insert into public.strategy_deployments (user_id, strategy_id, version, broker_account_id, params, symbols, capital)
  values (auth.uid(), s.id, p_version, a.id, coalesce(p_params, '{}'), p_symbols, p_capital) returning * into d;
  perform private.audit('deployment.start', d.id::text, jsonb_build_object('strategy_id', s.id, 'version', p_version, 'account_id', a.id, 'capital', p_capital));
  return to_jsonb(d);
end
$$;
comment on function public.deploy_strategy is 'Lets a version trade by itself on one account. On a real account the session must be armed.';

create function private.require_deployable(a public.broker_accounts) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  rights public.trading_permissions;
begin
  if not a.is_active or a.environment_verified_at is null then
    perform private.refuse('account_unverified', 'Finish the connection test of this account first.');
  end if;
  select * into rights from public.trading_permissions where user_id = a.user_id;
  if (case when a.is_paper_account then rights.can_paper_trade else rights.can_real_trade end) is distinct from true then
    perform private.refuse('permission_missing', 'You may not trade on this account. Ask an administrator.', 403);
  end if;
  if not a.is_paper_account and not private.is_armed(auth.uid()) then
    perform private.refuse('real_not_armed', 'Confirm your password again before a strategy trades real money.', 403);
  end if;
end
$$;
comment on function private.require_deployable is 'Whether a strategy may trade on this account; real money needs an armed session.';

create function public.set_deployment_state(p_deployment_id uuid, p_state text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  d public.strategy_deployments;
begin
  perform private.require_user();
  select * into d from public.strategy_deployments where id = p_deployment_id and user_id = auth.uid() for update;
  if d.id is null then
    perform private.refuse('deployment_not_found', 'The deployment was not found among yours.', 404);
  end if;
  if p_state is null or p_state not in ('running', 'paused', 'stopped') then
    perform private.refuse('invalid_input', 'A deployment is running, paused or stopped.');
  end if;
  if d.state = 'stopped' and p_state <> 'stopped' then
    perform private.refuse('deployment_stopped', 'A stopped deployment stays stopped. Deploy the strategy again.');
  end if;
  if p_state = 'running' and d.state <> 'running' then
    perform private.require_deployable(private.own_account(d.broker_account_id));
  end if;
  update public.strategy_deployments set state = p_state, state_reason = '', updated_at = clock_timestamp() where id = d.id returning * into d;
  perform private.audit('deployment.' || p_state, d.id::text);
  return to_jsonb(d);
end
$$;
comment on function public.set_deployment_state is 'Pauses, resumes or stops a deployment of one''s own.';

create function public.claim_run(p_deployment_id uuid, p_tick timestamptz, p_phase text) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into public.strategy_runs (deployment_id, tick, user_id, phase)
  select d.id, p_tick, d.user_id, p_phase from public.strategy_deployments d where d.id = p_deployment_id and d.state = 'running'
  on conflict do nothing;
  if not found then
    return false;
  end if;
  update public.strategy_deployments set last_tick = greatest(last_tick, p_tick) where id = p_deployment_id;
  return true;
end
$$;
comment on function public.claim_run is 'The insert is the claim: of doubled schedulers one gets true.';

create function public.finish_run(p_deployment_id uuid, p_tick timestamptz, p_outcome text, p_reason text, p_decisions jsonb, p_memory jsonb) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.strategy_runs
  set outcome = p_outcome, reason = left(coalesce(p_reason, ''), 1000), decisions = coalesce(p_decisions, '[]'), finished_at = clock_timestamp()
  where deployment_id = p_deployment_id and tick = p_tick and finished_at is null;
  if found and p_memory is not null then
    update public.strategy_deployments set memory = p_memory, updated_at = clock_timestamp() where id = p_deployment_id;
  end if;
end
$$;
comment on function public.finish_run is 'What an evaluation decided, and what the strategy wants to remember. Finishing twice changes nothing.';

create function public.fail_deployment(p_deployment_id uuid, p_reason text) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.strategy_deployments set state = 'error', state_reason = left(p_reason, 500), updated_at = clock_timestamp()
  where id = p_deployment_id and state = 'running'
$$;
comment on function public.fail_deployment is 'Stops a deployment that cannot go on, with the sentence its owner reads.';

create function public.place_order_for_deployment(p_deployment_id uuid, p_tick timestamptz, p_stock_code text, p_side text, p_quantity numeric,
  p_price_type text, p_price numeric, p_purpose text, p_send_at timestamptz default null) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  d public.strategy_deployments;
  a public.broker_accounts;
begin
  -- The owner's lock first, as in place_order.
  perform 1 from public.trading_permissions t
  where t.user_id = (select x.user_id from public.strategy_deployments x where x.id = p_deployment_id) for update;
  select * into d from public.strategy_deployments where id = p_deployment_id;
  if d.id is null then
    perform private.refuse('deployment_not_found', 'There is no such deployment.', 404);
  end if;
  if p_tick is null or coalesce(p_purpose, '') !~ '^[a-z_]{1,30}$' then
    perform private.refuse('invalid_input', 'tick and purpose are needed.');
  end if;
  select * into a from public.broker_accounts where id = d.broker_account_id and user_id = d.user_id;
  return private.place(a, d, case when p_purpose like 'stop%' then 'stop' when p_purpose like 'flatten%' then 'flatten' else 'strategy' end,
    p_stock_code, p_side, p_quantity, p_price_type, p_price,
    private.uuid_of(concat_ws('|', d.id, extract(epoch from p_tick), p_stock_code, p_side, p_purpose)),
    encode(extensions.digest(concat_ws('|', p_quantity, p_price_type, coalesce(p_price::text, '-'), coalesce(extract(epoch from p_send_at)::text, '-')), 'sha256'), 'hex'),
    false, p_send_at);
end
$$;
comment on function public.place_order_for_deployment is 'One order of a strategy. The intent key comes from deployment, tick, symbol, side and purpose: the same decision twice is one order.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.save_strategy, public.archive_strategy, public.start_backtest, public.cancel_backtest, public.deploy_strategy,
  public.set_deployment_state, public.claim_run, public.finish_run, public.fail_deployment, public.place_order_for_deployment
  from public, anon, authenticated, service_role;
grant execute on function public.save_strategy, public.archive_strategy, public.start_backtest, public.cancel_backtest, public.deploy_strategy,
  public.set_deployment_state to authenticated;
grant execute on function public.claim_run, public.finish_run, public.fail_deployment, public.place_order_for_deployment to narae_scheduler;
