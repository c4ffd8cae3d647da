-- Protective stops (BACKTEST §8): prices at which a position is sold. The trading service tests every trade against them; firing writes
-- the sale in the same transaction, under an intent key of the stop and its count, so that a crash in between cannot exist.

create table public.protective_stops (
  id                uuid primary key default gen_random_uuid(),
  user_id           uuid not null references auth.users (id) on delete cascade,
  broker_account_id uuid not null references public.broker_accounts (id) on delete cascade,
  deployment_id     uuid references public.strategy_deployments (id) on delete cascade,
  stock_code        text not null,
  kind              text not null,
  trigger_price     numeric(18, 4),
  trail_rate        numeric(12, 8),
  high_water        numeric(18, 4) not null default 0,
  quantity          bigint not null,
  state             text not null default 'armed',
  reason            text not null default '',
  n                 integer not null default 0,
  failures          integer not null default 0,
  order_id          uuid references public.real_orders (id) on delete restrict,
  fired_price       numeric(18, 4),
  fired_at          timestamptz,
  retry_at          timestamptz,
  basis_quantity    bigint,
  basis_amount      numeric(20, 2),
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  version           bigint not null default 0,
  constraint protective_stops_kind_known check (kind in ('stop_loss', 'trailing', 'atr', 'take_profit')),
  constraint protective_stops_state_known check (state in ('armed', 'fired', 'done', 'cancelled', 'paused')),
  constraint protective_stops_quantity_not_negative check (quantity >= 0),
  constraint protective_stops_trail_fits check ((kind = 'trailing') = (trail_rate is not null) and trail_rate between 0.001 and 0.9),
  constraint protective_stops_trigger_positive check (trigger_price > 0)
);
comment on table public.protective_stops is 'Prices at which a position is sold. Set by its owner, or from a strategy''s rules when its position opens. armed → fired → done; paused waits for a person.';
comment on column public.protective_stops.trigger_price is 'Won a share, on the tick. At or below it a stop sells, at or above it a target. Null: a trailing stop that has seen no price yet.';
comment on column public.protective_stops.trail_rate is 'Fraction below the high water at which a trailing stop sells.';
comment on column public.protective_stops.high_water is 'Won; highest price seen since it was armed. 0 before the first.';
comment on column public.protective_stops.n is 'How often it has fired; the intent key of its sale is derived from id and n.';
comment on column public.protective_stops.fired_price is 'Won; the price that fired it last.';
comment on column public.protective_stops.basis_amount is 'Won paid for the basis_quantity shares of the strategy''s position that its levels were reckoned from.';
create unique index protective_stops_one_of_a_person on public.protective_stops (broker_account_id, stock_code, kind)
  where deployment_id is null and state in ('armed', 'fired', 'paused');
create unique index protective_stops_one_of_a_strategy on public.protective_stops (deployment_id, stock_code, kind)
  where deployment_id is not null and state in ('armed', 'fired', 'paused');
create index protective_stops_live on public.protective_stops (broker_account_id) where state in ('armed', 'fired');
create index protective_stops_user on public.protective_stops (user_id, updated_at desc);

alter table public.protective_stops enable row level security;
revoke all on public.protective_stops from public, anon, authenticated;
create policy protective_stops_select_own on public.protective_stops for select to authenticated using (user_id = (select auth.uid()));
comment on policy protective_stops_select_own on public.protective_stops is 'A person reads their own rows.';
grant select on public.protective_stops to authenticated;
revoke insert, update, delete, truncate on public.protective_stops from service_role;

create function private.touch_stop() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  new.version := old.version + 1;
  new.updated_at := clock_timestamp();
  return new;
end
$$;
comment on function private.touch_stop is 'Trigger: counts the version of a stop.';
create trigger protective_stops_touch before update on public.protective_stops for each row execute function private.touch_stop();
create trigger tell_owner after insert or update on public.protective_stops
  for each row execute function private.tell_owner('positions', 'stop_changed', 'basis_quantity', 'basis_amount');

-- The watcher looks at once when something may have changed for it; it polls besides, so a lost message costs two seconds.
create function private.wake_stops() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform pg_notify('wake_stops', '');
  return null;
end
$$;
comment on function private.wake_stops is 'Trigger: the trading service looks at its stops at commit.';
create trigger wake_stops after insert or update of state, trigger_price, quantity on public.protective_stops
  for each row when (new.state = 'armed') execute function private.wake_stops();
create trigger wake_stops after insert or update of quantity on public.strategy_positions
  for each row when (new.quantity > 0) execute function private.wake_stops();
create trigger wake_stops after update of order_status on public.real_orders
  for each row when (new.origin = 'stop' and new.order_status is distinct from old.order_status) execute function private.wake_stops();

create function private.stop_shares(s public.protective_stops) returns bigint
language sql volatile security definer set search_path = ''
as $$
  select case when s.deployment_id is not null then
    coalesce((select p.quantity from public.strategy_positions p where p.deployment_id = s.deployment_id and p.stock_code = s.stock_code), 0)
  else
    -- What strategies hold inside the account is theirs to protect.
    greatest(coalesce((select p.quantity from public.real_positions p
                       where p.broker_account_id = s.broker_account_id and p.stock_code = s.stock_code), 0)
      - coalesce((select sum(p.quantity) from public.strategy_positions p join public.strategy_deployments d on d.id = p.deployment_id
                  where d.broker_account_id = s.broker_account_id and d.state <> 'stopped' and p.stock_code = s.stock_code), 0), 0)
  end
$$;
comment on function private.stop_shares is 'Shares a stop protects: the deployment''s own, or what the person holds beside strategies.';

create function private.tell_stop(s public.protective_stops, p_kind text, p_severity text, p_payload jsonb) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  -- A poll repeats the same trouble: once in ten minutes is enough to be heard.
  if exists (select 1 from public.notifications x where x.user_id = s.user_id and x.kind = p_kind
             and x.payload ->> 'stop_id' = s.id::text and x.payload ->> 'n' = s.n::text
             and x.created_at > clock_timestamp() - interval '10 minutes') then
    return;
  end if;
  perform private.notify_person(s.user_id, p_kind, p_severity, p_payload || jsonb_build_object('stop_id', s.id, 'n', s.n,
    'stock_code', s.stock_code, 'kind', s.kind));
end
$$;
comment on function private.tell_stop is 'A notification about a stop, once in ten minutes.';

create function public.set_protective_stop(p_account_id uuid, p_stock_code text, p_kind text, p_trigger numeric, p_trail_rate numeric,
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
  -- A changed stop is a new one: what the watcher knows of the old one (its high, its count) does not reach it.
  update public.protective_stops x set state = 'cancelled', reason = 'changed' where x.id = s.id;
  insert into public.protective_stops (user_id, broker_account_id, stock_code, kind, trigger_price, trail_rate, quantity)
  values (a.user_id, a.id, p_stock_code, p_kind, trigger_price, p_trail_rate, p_quantity) returning * into s;
  return to_jsonb(s);
end
$$;
comment on function public.set_protective_stop is 'Arms a stop for shares of one''s own, or changes the one of this kind. The trigger is rounded to the tick. Real money needs an armed session.';

create function public.cancel_protective_stop(p_stop_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  s public.protective_stops;
begin
  perform private.require_user();
  select * into s from public.protective_stops x where x.id = p_stop_id and x.user_id = auth.uid() for update;
  if s.id is null then
    perform private.refuse('stop_not_found', 'There is no such stop of yours.', 404);
  end if;
  if s.deployment_id is not null then
    perform private.refuse('stop_of_strategy', 'This stop belongs to a strategy. Pause or end its automatic trading instead.');
  end if;
  if s.state = 'fired' then
    perform private.refuse('stop_is_selling', 'This stop is selling right now. Change or cancel its order instead.');
  end if;
  update public.protective_stops x set state = 'cancelled' where x.id = s.id and x.state in ('armed', 'paused') returning * into s;
  if s.id is null then
    select * into s from public.protective_stops x where x.id = p_stop_id;
  end if;
  return to_jsonb(s);
end
$$;
comment on function public.cancel_protective_stop is 'Takes an armed stop of one''s own off. Ended ones stay as they are.';

create function private.owns_lease(p_account_id uuid, p_instance uuid, p_token bigint) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select exists (
    select 1 from public.account_leases l
    join public.trading_instances i on i.id = l.instance_id and i.expires_at > clock_timestamp()
    where l.account_id = p_account_id and l.instance_id = p_instance and l.token = p_token)
$$;
comment on function private.owns_lease is 'Whether a trading process is the live owner of an account, under its current token.';

create function public.fire_stop(p_stop_id uuid, p_n integer, p_price numeric, p_instance uuid, p_token bigint) returns jsonb
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
comment on function public.fire_stop is 'A price has met an armed stop: its sale is written, once, at the market. Null: not armed, not this n, not this process'' account, or a sibling is selling. {order: null, denial}: not possible now, it stays armed.';

create function private.settle_stop(s public.protective_stops) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders;
  next_id uuid;
  rest bigint;
begin
  if s.state = 'fired' then
    select * into o from public.real_orders x where x.id = s.order_id;
    if not private.is_final(o.order_status) then
      return; -- at work or unknown: nothing else is sent for it
    end if;
    rest := s.quantity - o.cum_quantity;
    if o.order_status = 'replaced' then
      -- Its owner changed the order's price: the stop follows the order that took its place.
      select x.id into next_id from public.real_orders x where x.parent_order_id = o.id order by x.created_at limit 1;
      update public.protective_stops x set order_id = coalesce(next_id, x.order_id), quantity = greatest(rest, 0),
        state = case when next_id is null then 'paused' else x.state end, reason = case when next_id is null then 'order_replaced' else '' end
      where x.id = s.id;
    elsif rest < 1 or private.stop_shares(s) = 0 then
      update public.protective_stops x set state = 'done', quantity = greatest(rest, 0), reason = 'sold' where x.id = s.id;
    elsif o.order_status = 'cancelled' or o.order_status = 'executed' and o.cancelled_quantity > 0 then
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
comment on function private.settle_stop is 'What became of a stop''s sale or of its position: sold or gone ends it, a refusal arms it again with growing pauses (five times), a cancel by its owner pauses it.';

create function public.sync_stops(p_instance uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  s public.protective_stops;
  answer jsonb;
begin
  for s in
    select x.* from public.protective_stops x join public.account_leases l on l.account_id = x.broker_account_id
    where l.instance_id = p_instance and x.state in ('armed', 'fired', 'paused') order by x.id for update of x skip locked
  loop
    perform private.settle_stop(s);
  end loop;
  select jsonb_build_object(
    'stops', coalesce((
      select jsonb_agg(jsonb_build_object('id', x.id, 'accountId', x.broker_account_id, 'symbol', x.stock_code, 'kind', x.kind,
        'deploymentId', x.deployment_id, 'trigger', trim_scale(x.trigger_price), 'trailRate', x.trail_rate, 'highWater', trim_scale(x.high_water),
        'n', x.n, 'isWaiting', coalesce(x.retry_at > clock_timestamp(), false), 'market', i.market, 'instrumentKind', i.kind,
        'upper', case when i.price_day = private.seoul_day() then trim_scale(i.upper_limit) end,
        'lower', case when i.price_day = private.seoul_day() then trim_scale(i.lower_limit) end) order by x.id)
      from public.protective_stops x
      join public.account_leases l on l.account_id = x.broker_account_id and l.instance_id = p_instance
      join public.instruments i on i.stock_code = x.stock_code
      where x.state = 'armed'), '[]'),
    'unprotected', coalesce((
      select jsonb_agg(jsonb_build_object('deploymentId', p.deployment_id, 'symbol', p.stock_code, 'quantity', p.quantity,
        'purchaseAmount', trim_scale(p.purchase_amount), 'enteredAt', p.entered_at, 'document', v.document, 'params', v.params || d.params,
        'market', i.market, 'instrumentKind', i.kind, 'atr', (
          select (e.value ->> 'atr')::numeric from public.strategy_runs r, jsonb_array_elements(r.decisions) e
          where r.deployment_id = d.id and e.value ->> 'code' = p.stock_code and e.value ->> 'side' = 'buy' and r.tick <= p.entered_at
          order by r.tick desc limit 1)))
      from public.strategy_positions p
      join public.strategy_deployments d on d.id = p.deployment_id and d.state <> 'stopped'
      join public.strategy_versions v on v.strategy_id = d.strategy_id and v.version = d.version
      join public.account_leases l on l.account_id = d.broker_account_id and l.instance_id = p_instance
      join public.instruments i on i.stock_code = p.stock_code
      where p.quantity > 0 and v.document -> 'stops' ?| array['loss', 'profit', 'trailing', 'atr']
        and not exists (
          select 1 from public.protective_stops x where x.deployment_id = p.deployment_id and x.stock_code = p.stock_code
            and x.state in ('armed', 'fired', 'paused')
            and (x.basis_quantity, x.basis_amount) = (p.quantity, p.purchase_amount))), '[]'))
  into answer;
  return answer || jsonb_build_object('isOpen', (private.find_slot(null)).order_day is not null);
end
$$;
comment on function public.sync_stops is 'Settles the stops of this process'' accounts and gives what is left to watch, and the strategies'' positions whose levels are not reckoned yet.';

create function public.arm_deployment_stops(p_deployment_id uuid, p_stock_code text, p_quantity bigint, p_purchase_amount numeric, p_levels jsonb)
returns integer
language plpgsql volatile security definer set search_path = ''
as $$
declare
  d public.strategy_deployments;
  armed integer;
begin
  select * into d from public.strategy_deployments x where x.id = p_deployment_id and x.state <> 'stopped';
  -- The position moved on while the levels were reckoned: the next look reckons them anew.
  if d.id is null or not exists (select 1 from public.strategy_positions p where p.deployment_id = d.id and p.stock_code = p_stock_code
                                 and p.quantity = p_quantity and p.purchase_amount = p_purchase_amount) then
    return 0;
  end if;
  insert into public.protective_stops as x (user_id, broker_account_id, deployment_id, stock_code, kind, trigger_price, trail_rate, high_water,
    quantity, basis_quantity, basis_amount)
  select d.user_id, d.broker_account_id, d.id, p_stock_code, l.kind, l.trigger, l."trailRate", l."highWater", p_quantity, p_quantity, p_purchase_amount
  from jsonb_to_recordset(p_levels) as l (kind text, trigger numeric, "trailRate" numeric, "highWater" numeric)
  on conflict (deployment_id, stock_code, kind) where deployment_id is not null and state in ('armed', 'fired', 'paused') do update
    set basis_quantity = excluded.basis_quantity, basis_amount = excluded.basis_amount,
        quantity = case when x.state = 'armed' then excluded.quantity else x.quantity end,
        high_water = greatest(x.high_water, excluded.high_water),
        trigger_price = case when x.state <> 'armed' then x.trigger_price
          when x.kind = 'trailing' then greatest(x.trigger_price, excluded.trigger_price) else excluded.trigger_price end;
  get diagnostics armed = row_count;
  return armed;
end
$$;
comment on function public.arm_deployment_stops is 'Stops of a strategy''s position as its own rules say, reckoned from what the position cost. Doing it twice changes nothing.';

create function public.raise_stops(p_stops jsonb) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.protective_stops x
  set high_water = greatest(x.high_water, r."highWater"), trigger_price = greatest(x.trigger_price, r.trigger)
  from jsonb_to_recordset(p_stops) as r (id uuid, "highWater" numeric, trigger numeric)
  where x.id = r.id and x.state = 'armed' and x.trail_rate is not null and x.high_water < r."highWater"
$$;
comment on function public.raise_stops is 'New highs of trailing stops; highs and triggers only rise.';

create function public.tell_stop_feed(p_account_id uuid, p_stock_codes text[], p_state text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  owner_id uuid := (select a.user_id from public.broker_accounts a where a.id = p_account_id);
begin
  if owner_id is null or p_state is null or p_state not in ('slow', 'stale', 'back') then
    perform private.refuse('invalid_input', 'Say of which account, and whether prices are slow, stale or back.');
  end if;
  perform private.notify_person(owner_id, 'stop_feed_' || p_state,
    case p_state when 'stale' then 'critical' when 'slow' then 'warning' else 'info' end,
    jsonb_build_object('account_id', p_account_id, 'stock_codes', array_to_string(p_stock_codes, ', ')));
end
$$;
comment on function public.tell_stop_feed is 'Prices of symbols with armed stops: slow (asked every 10 s), stale (none comes, no stop can fire) or back.';

-- A stop was allowed when it was set: the sale it writes, perhaps at night, needs no armed session of its own.
create or replace function private.is_armed(p_user_id uuid) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select current_setting('narae.stop_sells', true) is not distinct from 'yes' or exists (
    select 1 from public.trading_arms t
    where t.user_id = p_user_id and t.session_id = auth.jwt() ->> 'session_id' and t.expires_at > clock_timestamp()
  )
$$;
comment on function private.is_armed is 'True while this very session was armed for real orders in the last 30 minutes, and while a stop that was set by an armed session sells.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.set_protective_stop, public.cancel_protective_stop, public.fire_stop, public.sync_stops, public.arm_deployment_stops,
  public.raise_stops, public.tell_stop_feed from public, anon, authenticated, service_role;
grant execute on function public.set_protective_stop, public.cancel_protective_stop to authenticated;
grant execute on function public.fire_stop, public.sync_stops, public.arm_deployment_stops, public.raise_stops, public.tell_stop_feed to narae_trading;
