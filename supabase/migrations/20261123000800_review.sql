-- What a review found. Nothing is sent twice: a part that is being taken back, and the sale of a stop whose order was changed.

-- As before, and: a fill leaves a partial cancel on its way. Else the list that shows both would send the same part again.
create or replace function private.status_after_fill(o public.real_orders) returns text
language sql volatile security definer set search_path = ''
as $$
  select case
    when o.cum_quantity = o.quantity or o.order_status = 'executed' then 'executed'
    -- A cancel or an expiry was told before its last fills: the figures still fit, so the order stays ended.
    when o.order_status in ('cancelled', 'replaced') and o.cum_quantity + o.cancelled_quantity + o.replaced_quantity <= o.quantity then o.order_status
    when o.order_status = 'expired' and coalesce(o.expires_at, '-infinity') <= clock_timestamp() then o.order_status
    -- All that a partial cancel or change had left is filled.
    when not private.is_final(o.order_status) and private.leaves_of(o) = 0 then 'executed'
    -- A part on its way to be taken back is not asked for again: the wish ends with its own answer.
    when o.order_status = 'cancel_pending' and o.cancel_quantity is not null then o.order_status
    else 'partially_filled'
  end
$$;

-- As before, and: a part is asked for once.
create or replace function private.may_cancel(o public.real_orders) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select o.order_status in ('accepted', 'partially_filled') and o.cancel_requested_at is not null and o.broker_order_id is not null
    -- One outstanding change: a cancel the broker took, or may have taken, gets 10 s to show before the same one is asked again.
    and not exists (
      select 1 from public.order_attempts a
      where a.order_id = o.id and a.kind = 'cancel' and a.quantity is not distinct from o.cancel_quantity
        and (a.outcome is null or a.outcome in ('accepted', 'unknown'))
        and (a.started_at > clock_timestamp() - interval '10 seconds'
          -- Shares of a part asked for twice are taken back twice; the rest cannot be.
          or o.cancel_quantity is not null and a.started_at >= o.cancel_requested_at)
    )
$$;

-- As before, and: a cancel without effect ends only the wish that was sent.
create or replace function public.settle_order(p_order_id uuid, p_to text, p_cancelled_quantity bigint default null, p_source text default 'inquiry',
  p_payload jsonb default '{}') returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders := private.lock_order(p_order_id);
  target text := case when p_to = 'previous' then private.working_status(o) else p_to end;
  facts jsonb := coalesce(p_payload, '{}');
  cancelled bigint;
begin
  if target is null or target not in ('cancelled', 'expired', 'rejected', 'replaced', 'accepted', 'partially_filled') then
    perform private.refuse('invalid_input', 'An order settles as cancelled, expired, rejected, replaced or previous.');
  end if;
  if o.order_status = target or o.order_status = 'executed' then
    return o; -- fills outrank cancels
  end if;
  -- A sender that believes the order unsent may be behind: somebody else's send is under way, or nobody knows what became of it.
  if (o.order_status = 'submitting' or o.order_status = 'unknown' and p_source = 'sender') and not private.is_proved_unsent(o.id) then
    perform private.note_order(o, 'settlement_refused', p_source, jsonb_build_object('to', target));
    return o;
  end if;
  if target in ('accepted', 'partially_filled') then
    if o.order_status in ('cancel_pending', 'replace_pending') then
      -- The wish that was sent is over; one for the rest that came after a sent part is not.
      update public.real_orders set cancel_requested_at = null, cancel_quantity = null
      where id = o.id and exists (select 1 from public.order_attempts a
                                  where a.order_id = o.id and a.kind = 'cancel' and a.started_at >= o.cancel_requested_at);
      o := private.move_order(o, private.working_status(o), 'change_refused', p_source, facts);
      if o.cancel_requested_at is not null then
        perform private.wake_account(o.broker_account_id);
      end if;
      return o;
    end if;
    return o;
  end if;
  if not exists (select 1 from private.order_moves m where m.from_status = o.order_status and m.to_status = target) then
    perform private.page(o, 'illegal_settlement', p_source, facts || jsonb_build_object('to', target));
    return o;
  end if;
  if target = 'cancelled' then
    cancelled := least(greatest(coalesce(p_cancelled_quantity, o.quantity - o.cum_quantity), 0), o.quantity);
    facts := facts || jsonb_build_object('cancelled_quantity', cancelled);
  end if;
  update public.real_orders
  set cancelled_quantity = coalesce(cancelled, cancelled_quantity),
      broker_code = case when target = 'rejected' then coalesce(facts ->> 'code', broker_code) else broker_code end,
      broker_message = case when target = 'rejected' then left(coalesce(facts ->> 'message', broker_message), 500) else broker_message end
  where id = o.id;
  return private.move_order(o, target, case when target = 'rejected' and facts ->> 'code' = 'NOT_FOUND' then 'not_found' else target end,
    p_source, facts - 'message');
end
$$;

create function private.sale_of(p_order_id uuid) returns setof public.real_orders
language sql volatile security definer set search_path = ''
as $$
  with recursive up as (
    select o.id, o.parent_order_id from public.real_orders o where o.id = p_order_id
    union all
    select p.id, p.parent_order_id from up join public.real_orders p on p.id = up.parent_order_id
  ), down as (
    select o.* from up join public.real_orders o on o.id = up.id where up.parent_order_id is null
    union all
    select c.* from down join public.real_orders c on c.parent_order_id = down.id
    where c.took_over_at is not null or not private.is_final(c.order_status)
  )
  select * from down
$$;
comment on function private.sale_of is 'An order with everything it was changed into, as far as it moved shares or still may.';

-- As before, but its sale is the whole family of orders: while one of them may still trade nothing else is sent.
create or replace function private.settle_stop(s public.protective_stops) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders;
  is_working boolean;
  is_taken_back boolean;
  sold bigint;
  rest bigint;
begin
  if s.state = 'fired' then
    select bool_or(not private.is_final(x.order_status)), sum(x.cum_quantity),
      bool_or(x.order_status = 'cancelled' or x.order_status = 'executed' and x.cancelled_quantity > 0)
    into is_working, sold, is_taken_back
    from private.sale_of(s.order_id) x;
    select * into o from private.sale_of(s.order_id) x
    order by private.is_final(x.order_status), x.parent_order_id is not null and x.took_over_at is null, x.created_at desc limit 1;
    if is_working then
      -- At work or unknown: nothing else is sent for it. Screens lead to the order that works.
      update public.protective_stops x set order_id = o.id where x.id = s.id and x.order_id <> o.id;
      return;
    end if;
    rest := s.quantity - sold;
    if o.order_status = 'replaced' then
      update public.protective_stops x set state = 'paused', quantity = greatest(rest, 0), reason = 'order_replaced' where x.id = s.id;
    elsif rest < 1 or private.stop_shares(s) = 0 then
      update public.protective_stops x set state = 'done', quantity = greatest(rest, 0), reason = 'sold' where x.id = s.id;
    elsif is_taken_back then
      update public.protective_stops x set state = 'paused', quantity = rest, reason = 'order_cancelled' where x.id = s.id;
    elsif o.order_status in ('denied', 'rejected') and s.failures >= 4 then
      update public.protective_stops x set state = 'paused', failures = s.failures + 1, quantity = rest, reason = 'gave_up' where x.id = s.id;
      perform private.tell_stop(s, 'stop_gave_up', 'critical', jsonb_build_object('order_id', o.id, 'code', coalesce(o.denial_code, o.broker_code, '')));
    elsif o.order_status in ('denied', 'rejected') then
      update public.protective_stops x
      set state = 'armed', quantity = rest, failures = s.failures + 1, retry_at = clock_timestamp() + interval '5 seconds' * power(2, s.failures)
      where x.id = s.id;
      perform private.tell_stop(s, 'stop_refused', 'critical', jsonb_build_object('order_id', o.id, 'code', coalesce(o.denial_code, o.broker_code, '')));
    else
      update public.protective_stops x set state = 'armed', quantity = rest, failures = 0 where x.id = s.id; -- the session ended: the next one
    end if;
    return;
  end if;
  rest := private.stop_shares(s);
  if rest = 0 then
    update public.protective_stops x set state = 'done', reason = 'position_gone' where x.id = s.id;
  elsif rest < s.quantity then
    update public.protective_stops x set quantity = rest where x.id = s.id;
  elsif s.deployment_id is not null and exists (select 1 from public.strategy_deployments d where d.id = s.deployment_id and d.state = 'stopped') then
    update public.protective_stops x set state = 'cancelled', reason = 'deployment_stopped' where x.id = s.id;
  end if;
end
$$;

-- As before, in the common order of locks: the person, the account, then rows of it.
create or replace function public.fire_stop(p_stop_id uuid, p_n integer, p_price numeric, p_instance uuid, p_token bigint) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  s public.protective_stops;
  a public.broker_accounts;
  d public.strategy_deployments;
  shares bigint;
  refusal jsonb;
  placed jsonb;
begin
  -- The owner's lock first, as in place_order.
  perform 1 from public.trading_permissions t
  where t.user_id = (select x.user_id from public.protective_stops x where x.id = p_stop_id) for update;
  perform private.lock_account(x.broker_account_id) from public.protective_stops x where x.id = p_stop_id; -- before the stop: a corporate action does so
  select * into s from public.protective_stops x where x.id = p_stop_id for update;
  if s.id is null or s.state <> 'armed' or p_n is distinct from s.n + 1 or s.retry_at > clock_timestamp()
     or not private.owns_lease(s.broker_account_id, p_instance, p_token)
     -- One sale of a position at a time: its other stops wait for the outcome.
     or exists (select 1 from public.protective_stops x where x.broker_account_id = s.broker_account_id and x.stock_code = s.stock_code
                and x.deployment_id is not distinct from s.deployment_id and x.state = 'fired') then
    return null;
  end if;
  select * into a from public.broker_accounts x where x.id = s.broker_account_id;
  select * into d from public.strategy_deployments x where x.id = s.deployment_id;
  perform set_config('narae.stop_sells', 'yes', true);
  refusal := private.authority_denial(a, d, false);
  if refusal is null and (private.find_slot(null)).order_day is null then
    refusal := private.denial('market_closed');
  end if;
  shares := least(s.quantity, private.stop_shares(s));
  select least(shares, greatest(p.sellable_quantity - coalesce((
      select sum(r.quantity) from public.reservations r
      where r.broker_account_id = s.broker_account_id and r.stock_code = s.stock_code and r.side = 'sell'), 0), 0))
  into shares
  from public.real_positions p where p.broker_account_id = s.broker_account_id and p.stock_code = s.stock_code;
  if refusal is null and coalesce(shares, 0) < 1 then
    refusal := private.denial('insufficient_shares', jsonb_build_object('quantity', s.quantity, 'sellable', coalesce(shares, 0)));
  end if;
  if refusal is not null then
    -- Nothing was ordered and n stays: tried again with the next price after a pause, and its owner hears of it.
    perform set_config('narae.stop_sells', '', true);
    update public.protective_stops x set retry_at = clock_timestamp() + interval '10 seconds' where x.id = s.id;
    perform private.tell_stop(s, 'stop_blocked', 'critical', jsonb_build_object('code', refusal ->> 'code', 'price', trim_scale(p_price)));
    return jsonb_build_object('order', null, 'denial', refusal);
  end if;
  placed := private.place(a, d, 'stop', s.stock_code, 'sell', shares, 'market', null,
    private.uuid_of('stop:' || s.id || ':' || p_n), 'stop:' || s.id || ':' || p_n, true, null);
  perform set_config('narae.stop_sells', '', true);
  update public.protective_stops x
  set state = 'fired', n = p_n, order_id = (placed #>> '{order,id}')::uuid, fired_price = p_price, fired_at = clock_timestamp(), retry_at = null
  where x.id = s.id returning * into s;
  perform private.tell_stop(s, 'stop_fired', 'warning', jsonb_build_object('price', trim_scale(p_price), 'quantity', shares,
    'order_id', s.order_id));
  return placed;
end
$$;

-- As before, with a bound: every change is a row that is kept.
create or replace function public.set_protective_stop(p_account_id uuid, p_stock_code text, p_kind text, p_trigger numeric, p_trail_rate numeric,
  p_quantity numeric) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  a public.broker_accounts := private.own_account(p_account_id);
  instrument public.instruments;
  s public.protective_stops;
  held bigint;
  last numeric := private.last_price(p_stock_code);
  tick numeric;
  trigger_price numeric := p_trigger;
begin
  if a.is_paper_account is distinct from true and not private.is_armed(auth.uid()) then
    perform private.refuse('real_not_armed', 'Confirm your password again before setting a stop that sells real shares.', 403);
  end if;
  select * into instrument from public.instruments where stock_code = p_stock_code;
  if instrument.stock_code is null or not instrument.is_listed then
    perform private.refuse('unknown_symbol', 'This symbol is unknown or not listed.');
  end if;
  if p_kind is null or p_kind not in ('stop_loss', 'take_profit', 'trailing')
     or (p_kind = 'trailing') <> (p_trail_rate is not null) or (p_kind = 'trailing') <> (p_trigger is null) then
    perform private.refuse('invalid_input', 'A stop is stop_loss or take_profit with a trigger, or trailing with a rate.');
  end if;
  if p_trail_rate is not null and not p_trail_rate between 0.001 and 0.9 then
    perform private.refuse('stop_rate_invalid', 'A trailing stop follows at 0.1 % to 90 %.');
  end if;
  s.broker_account_id := a.id;
  s.stock_code := p_stock_code;
  held := private.stop_shares(s);
  if held < 1 then
    perform private.refuse('stop_without_position', 'You hold no shares of this symbol in this account that a strategy does not hold.');
  end if;
  if p_quantity is null or not (p_quantity >= 1 and p_quantity <= held) or p_quantity <> trunc(p_quantity) then
    perform private.refuse('stop_quantity_invalid', 'A stop sells 1 share up to all you hold.', 422, jsonb_build_object('held', held));
  end if;
  if p_kind <> 'trailing' then
    if not (p_trigger >= 1 and p_trigger <= 1000000000) then
      perform private.refuse('stop_price_invalid', 'The trigger is a price from 1 won on.');
    end if;
    tick := private.tick_at(instrument.kind, instrument.market, private.seoul_day(), trunc(p_trigger));
    -- Stops round down, targets up, as everywhere.
    trigger_price := case when p_kind = 'take_profit' then ceil(p_trigger / tick) * tick else greatest(floor(p_trigger / tick) * tick, tick) end;
    if p_kind = 'stop_loss' and trigger_price >= last or p_kind = 'take_profit' and trigger_price <= last then
      perform private.refuse('stop_price_passed', 'The price has already passed this trigger; it would sell at once.', 422,
        jsonb_build_object('trigger', trim_scale(trigger_price), 'last', trim_scale(last)));
    end if;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('stops of ' || a.id, 0)); -- a row that is being made cannot be locked
  select * into s from public.protective_stops x
  where x.broker_account_id = a.id and x.stock_code = p_stock_code and x.kind = p_kind and x.deployment_id is null
    and x.state in ('armed', 'fired', 'paused') for update;
  if s.state = 'fired' then
    perform private.refuse('stop_is_selling', 'This stop is selling right now. Change or cancel its order instead.');
  end if;
  if (select count(*) from public.protective_stops x where x.user_id = a.user_id and x.deployment_id is null
      and x.updated_at > clock_timestamp() - interval '1 day') >= 500 then
    perform private.refuse('rate_limited', 'You set 500 stops in a day. Try again tomorrow.', 429);
  end if;
  -- A changed stop is a new one: what the watcher knows of the old one (its high, its count) does not reach it.
  update public.protective_stops x set state = 'cancelled', reason = 'changed' where x.id = s.id;
  insert into public.protective_stops (user_id, broker_account_id, stock_code, kind, trigger_price, trail_rate, quantity)
  values (a.user_id, a.id, p_stock_code, p_kind, trigger_price, p_trail_rate, p_quantity) returning * into s;
  return to_jsonb(s);
end
$$;

-- As before, with a bound on everything but stopping.
create index if not exists audit_log_actor on public.audit_log (actor_id, at desc);
create or replace function public.set_halt(p_scope text, p_scope_id text, p_level text, p_reason text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  h public.trading_halts;
  scope_key text := case when p_scope = 'platform' then '' else coalesce(p_scope_id, '') end;
  before text;
  is_lowered boolean;
  unclear jsonb;
begin
  perform private.require_user();
  if p_scope is null or p_scope not in ('platform', 'broker', 'user', 'account', 'strategy') or p_level is null
     or p_level not in ('none', 'pause_entries', 'reduce_only', 'halt', 'cancel_all') or char_length(coalesce(p_reason, '')) > 500 then
    perform private.refuse('invalid_input', 'Scope, level and a reason of at most 500 characters are needed.');
  end if;
  if private.owner_of_scope(p_scope, scope_key) is distinct from auth.uid() and not private.is_admin() then
    perform private.refuse('forbidden', 'You may halt your own trading, accounts and strategies.', 403);
  end if;
  if p_scope in ('user', 'account', 'strategy') and private.owner_of_scope(p_scope, scope_key) is null
     or p_scope = 'broker' and scope_key not in ('kis', 'ls', 'paper') then
    perform private.refuse('invalid_input', 'There is nothing to halt under this id.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('halt ' || p_scope || scope_key, 0)); -- a row that is being made cannot be locked
  select * into h from public.trading_halts t where t.scope = p_scope and t.scope_id = scope_key for update;
  before := coalesce(h.level, 'none');
  is_lowered := private.halt_rank(p_level) < private.halt_rank(before);
  -- Stopping is never refused; every lifting leaves a line that is kept for ever and wakes every sender.
  if private.halt_rank(p_level) <= private.halt_rank(before) and not private.is_admin() and (
    select count(*) from public.audit_log l
    where l.actor_id = auth.uid() and l.at > clock_timestamp() - interval '1 day' and l.action = 'halt.set') >= 500 then
    perform private.refuse('rate_limited', 'You changed halts 500 times in a day. Halting on is possible, lifting tomorrow.', 429);
  end if;
  if is_lowered then
    -- What an administrator has stopped, the person does not start again; what stopped by itself, its owner may.
    if not private.is_admin() and h.set_by is distinct from auth.uid() and h.cause = 'person' then
      perform private.refuse('forbidden', 'An administrator set this halt; only an administrator lifts it.', 403);
    end if;
    if char_length(trim(coalesce(p_reason, ''))) = 0 then
      perform private.refuse('invalid_input', 'Say why trading may go on.');
    end if;
    unclear := private.unclear_in(p_scope, scope_key);
    if (unclear ->> 'unknown')::int > 0 or (unclear ->> 'unread')::int > 0 then
      perform private.refuse('not_reconciled', 'Orders are not clear yet; settle them first, then lift the halt.', 409, unclear || jsonb_build_object(
        'ko', format('아직 확인되지 않은 것이 있어 해제할 수 없습니다: 결과를 모르는 주문 %s건, 증권사와 맞춰 보지 못한 계좌 %s개. 잠시 기다리거나 주문을 확정한 뒤 다시 해제하세요.', unclear ->> 'unknown', unclear ->> 'unread'),
        'en', format('The halt cannot be lifted yet: %s orders of unknown outcome, %s accounts not read back from the broker. Wait a moment or settle the orders, then lift it again.', unclear ->> 'unknown', unclear ->> 'unread')));
    end if;
  end if;
  insert into public.trading_halts as t (scope, scope_id, level, reason, set_by)
  values (p_scope, scope_key, p_level, coalesce(p_reason, ''), auth.uid())
  on conflict (scope, scope_id) do update
    -- Who adds to an administrator's halt does not become its owner: that would be a way to lift it.
    set level = excluded.level, reason = excluded.reason, cause = 'person', numbers = '{}',
        set_by = case when t.level <> 'none' and t.cause = 'person' and t.set_by is distinct from excluded.set_by and not private.is_admin()
                      then t.set_by else excluded.set_by end,
        version = t.version + 1, updated_at = clock_timestamp()
  returning * into h;
  perform private.audit('halt.set', p_scope || ':' || scope_key, jsonb_build_object('level', p_level, 'before', before, 'version', h.version, 'reason', h.reason));
  return to_jsonb(h);
end
$$;

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
