-- The SQL layer of the gate (ORDERS §5): what needs a lock, or must stand against a person who calls place_order directly.
-- Each check gives null or {code, numbers}; the sentences are in lib/domain/risk/denials.ts. "Entry" means buy: nothing here that is
-- for entries only may keep a person from leaving a position.

create index real_orders_user_day on public.real_orders (user_id, order_day) where order_day is not null;
create index reservations_user on public.reservations (user_id);
create index real_orders_acknowledged on public.real_orders (broker_account_id, acknowledged_at) where order_type = 'buy';

create function private.denial(p_code text, p_numbers jsonb default '{}') returns jsonb
language sql immutable set search_path = ''
as $$ select jsonb_build_object('code', p_code, 'numbers', p_numbers) $$;
comment on function private.denial is 'A refusal of ours as a value.';

create function private.halt_rank(p_level text) returns integer
language sql immutable set search_path = ''
as $$ select coalesce(array_position(array['none', 'pause_entries', 'reduce_only', 'halt'], p_level), 4) $$;
comment on function private.halt_rank is 'Orders the levels of the kill switch; an unknown word counts as halt.';

create function private.halt_for(p_user_id uuid, p_broker_type text, p_deployment_id uuid, p_is_entry boolean) returns jsonb
language sql volatile security definer set search_path = ''
as $$
  select private.denial('halted', jsonb_build_object('level', h.level, 'scope', h.scope))
  from public.trading_halts h
  where (h.scope = 'platform'
      or h.scope = 'broker' and h.scope_id in (p_broker_type, private.broker_of(p_broker_type))
      or h.scope = 'user' and h.scope_id = p_user_id::text
      or h.scope = 'strategy' and h.scope_id = p_deployment_id::text)
    -- pause_entries and reduce_only stop what raises exposure; halt stops all but cancels.
    and private.halt_rank(h.level) >= case when p_is_entry then 2 else 4 end
  order by private.halt_rank(h.level) desc
  limit 1
$$;
comment on function private.halt_for is 'The strongest halt that stands against an order, or null. Cancels never ask.';

create function private.authority_denial(p_account public.broker_accounts, p_deployment public.strategy_deployments, p_is_entry boolean) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  platform public.platform_settings;
  rights public.trading_permissions;
  halted jsonb;
  is_real boolean := p_account.is_paper_account is distinct from true;
begin
  select * into platform from public.platform_settings;
  if platform.orders_enabled is distinct from true then
    return private.denial('orders_disabled');
  end if;
  if p_deployment.id is not null and not platform.auto_enabled then
    return private.denial('auto_disabled');
  end if;
  halted := private.halt_for(p_account.user_id, p_account.broker_type, p_deployment.id, p_is_entry);
  if halted is not null then
    return halted;
  end if;
  select * into rights from public.trading_permissions where user_id = p_account.user_id;
  if is_real then
    if not platform.real_enabled then
      return private.denial('real_disabled');
    end if;
    if rights.can_real_trade is distinct from true then
      return private.denial('permission_missing');
    end if;
    -- A strategy's real orders were armed when it was deployed; a person arms each session.
    if p_deployment.id is null and not private.is_armed(p_account.user_id) then
      return private.denial('real_not_armed');
    end if;
  elsif rights.can_paper_trade is distinct from true then
    return private.denial('permission_missing');
  end if;
  if p_deployment.id is not null and p_is_entry and p_deployment.state <> 'running' then
    return private.denial('deployment_not_approved');
  end if;
  if p_account.is_active is distinct from true or p_account.environment_verified_at is null
     or is_real and p_account.verified_at is null then
    return private.denial('account_unverified');
  end if;
  return null;
end
$$;
comment on function private.authority_denial is 'Switches, halts, permission, arm and account: who may send an order at all.';

create function private.is_armed(p_user_id uuid) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select exists (
    select 1 from public.trading_arms t
    where t.user_id = p_user_id and t.session_id = auth.jwt() ->> 'session_id' and t.expires_at > clock_timestamp()
  )
$$;
comment on function private.is_armed is 'True while this very session was armed for real orders in the last 30 minutes.';

create type private.order_slot as (order_day date, session text, send_at timestamptz, expires_at timestamptz, next_order_from timestamptz);

create function private.find_slot(p_send_at timestamptz) returns private.order_slot
language plpgsql security definer set search_path = ''
as $$
declare
  slot private.order_slot;
  now_at timestamptz := clock_timestamp();
  wanted_at timestamptz := greatest(p_send_at, now_at);
begin
  -- A KRX day takes orders from the opening auction to the end of the closing one (ORDERS §4a).
  select c.day, min(c.order_from), max(c.close_at) into slot.order_day, slot.next_order_from, slot.expires_at
  from public.market_calendar c
  where c.market = 'KRX' and c.is_open and c.session in ('open_auction', 'regular', 'close_auction')
  group by c.day
  having max(c.close_at) > wanted_at
  order by c.day
  limit 1;
  if p_send_at is not null then
    slot.send_at := greatest(p_send_at, slot.next_order_from);
  elsif slot.next_order_from is null or slot.next_order_from > now_at then
    slot.order_day := null; -- closed now; next_order_from tells when to come back
    slot.expires_at := null;
  end if;
  select c.session into slot.session
  from public.market_calendar c
  where c.market = 'KRX' and c.day = slot.order_day and c.session in ('open_auction', 'regular', 'close_auction')
    and coalesce(slot.send_at, now_at) >= c.order_from and coalesce(slot.send_at, now_at) < c.close_at
  order by c.order_from
  limit 1;
  slot.session := coalesce(slot.session, 'regular');
  return slot;
end
$$;
comment on function private.find_slot is 'The trading day an order belongs to: now, or the next session for a reserved order. order_day null: the market is closed.';

create function private.tick_at(p_kind text, p_market text, p_day date, p_price numeric) returns numeric
language sql stable security definer set search_path = ''
as $$
  select b.tick
  from public.tick_bands b
  where b.kind = p_kind and b.market = p_market and b.price_from <= p_price
    and b.valid_from = (select max(valid_from) from public.tick_bands where kind = p_kind and market = p_market and valid_from <= p_day)
  order by b.price_from desc
  limit 1
$$;
comment on function private.tick_at is 'Tick (호가가격단위) of a price on a day.';

create function private.last_price(p_stock_code text) returns numeric
language sql volatile security definer set search_path = ''
as $$
  select coalesce(
    (select q.last_price from public.quotes q where q.stock_code = p_stock_code and q.last_price > 0 order by q.heard_at desc limit 1),
    (select i.base_price from public.instruments i where i.stock_code = p_stock_code))
$$;
comment on function private.last_price is 'The latest price of any feed, else the base price.';

-- Won a share that an order may cost at most. A market order reserved for a later day is reckoned from today's last price with the
-- same width of limits; the trading service reckons again on the day.
create function private.unit_price(p_instrument public.instruments, p_price_type text, p_price numeric, p_order_day date) returns numeric
language sql volatile security definer set search_path = ''
as $$
  select case
    when p_price_type = 'limit' then p_price
    when p_instrument.price_day >= p_order_day then p_instrument.upper_limit
    else ceil(private.last_price(p_instrument.stock_code) * p_instrument.upper_limit / nullif(p_instrument.base_price, 0))
  end
$$;
comment on function private.unit_price is 'Limit price, or the upper limit (상한가) for market orders.';

create function private.body_denial(p_instrument public.instruments, p_order_day date, p_is_entry boolean, p_is_reserved boolean,
  p_quantity numeric, p_price_type text, p_price numeric) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  tick numeric;
  unit numeric;
begin
  if p_instrument.stock_code is null or not p_instrument.is_listed then
    return private.denial('unknown_symbol');
  end if;
  if p_instrument.is_halted
     or exists (select 1 from public.quotes q where q.stock_code = p_instrument.stock_code and q.is_halted
                and q.heard_at > clock_timestamp() - interval '1 minute') then
    return private.denial('symbol_halted');
  end if;
  -- NaN is greater than every number, so it fails here too.
  if p_quantity is null or not (p_quantity >= 1 and p_quantity <= 1000000000) or p_quantity <> trunc(p_quantity) then
    return private.denial('invalid_quantity', jsonb_build_object('quantity', private.exact(p_quantity)));
  end if;
  if p_price_type not in ('limit', 'market') then
    return private.denial('price_type_unsupported', jsonb_build_object('price_type', p_price_type));
  end if;
  if p_price_type = 'market' and p_price is not null
     or p_price_type = 'limit' and (p_price is null or not (p_price >= 1 and p_price <= 1000000000) or p_price <> trunc(p_price)) then
    return private.denial('invalid_price', jsonb_build_object('price', private.exact(p_price)));
  end if;
  if p_price_type = 'limit' then
    tick := private.tick_at(p_instrument.kind, p_instrument.market, p_order_day, p_price);
    if tick is null or p_price % tick <> 0 then
      return private.denial('off_tick', jsonb_build_object('price', p_price, 'tick', tick,
        'below', greatest(p_price - p_price % tick, tick), 'above', p_price - p_price % tick + tick));
    end if;
  end if;
  if p_instrument.price_day = p_order_day then
    if p_price_type = 'limit' and not p_price between p_instrument.lower_limit and p_instrument.upper_limit then
      return private.denial('outside_price_limits', jsonb_build_object('price', p_price,
        'lower', trim_scale(p_instrument.lower_limit), 'upper', trim_scale(p_instrument.upper_limit)));
    end if;
  elsif p_is_entry and not p_is_reserved then
    -- The day's limits are not known yet: nobody buys on yesterday's. A sale may go; the exchange checks its price.
    return private.denial('no_quote', jsonb_build_object('price_day', p_instrument.price_day));
  end if;
  unit := private.unit_price(p_instrument, p_price_type, p_price, p_order_day);
  if p_is_entry and (unit is null or unit <= 0) then
    return private.denial('no_quote');
  end if;
  if p_quantity * unit > 9007199254740991 then
    return private.denial('order_amount_limit', jsonb_build_object('amount', private.exact(p_quantity * unit), 'limit', 9007199254740991));
  end if;
  return null;
end
$$;
comment on function private.body_denial is 'Symbol, quantity, price type, tick of the day and price limits.';

create function private.cost_of(p_quantity numeric, p_unit_price numeric, p_fee_rate numeric) returns numeric
language sql immutable set search_path = ''
as $$ select p_quantity * p_unit_price + ceil(p_quantity * p_unit_price * coalesce(p_fee_rate, 0)) $$;
comment on function private.cost_of is 'Won a buy may take from the account: amount and fee, the fee rounded up.';

-- Sums of what the person has bought, ordered and holds. Paper and real are counted apart. The caller holds the lock on the
-- person's trading_permissions row, so that no other order of theirs is between check and insert.
create function private.limit_denial(p_account public.broker_accounts, p_stock_code text, p_order_day date, p_quantity numeric,
  p_unit_price numeric) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  rights public.trading_permissions;
  used numeric;
  shares numeric;
  amount numeric := p_quantity * p_unit_price;
begin
  select * into rights from public.trading_permissions where user_id = p_account.user_id;
  if rights.limits_expire_at <= clock_timestamp() then
    return private.denial('limits_expired', jsonb_build_object('expired_at', rights.limits_expire_at));
  end if;

  select count(*) into used
  from public.real_orders o
  join public.broker_accounts a on a.id = o.broker_account_id
  where o.user_id = p_account.user_id and o.order_day = p_order_day and o.order_status <> 'denied'
    and a.is_paper_account is not distinct from p_account.is_paper_account;
  if used >= coalesce(rights.daily_order_limit, 0) then
    return private.denial('daily_order_limit', jsonb_build_object('used', used, 'limit', coalesce(rights.daily_order_limit, 0)));
  end if;

  select coalesce(sum(o.cum_amount + coalesce(r.quantity * r.unit_price, 0)), 0) into used
  from public.real_orders o
  join public.broker_accounts a on a.id = o.broker_account_id
  left join public.reservations r on r.order_id = o.id
  where o.user_id = p_account.user_id and o.order_day = p_order_day and o.order_type = 'buy'
    and a.is_paper_account is not distinct from p_account.is_paper_account;
  if used + amount > coalesce(rights.daily_trade_limit, 0) then
    return private.denial('daily_amount_limit', jsonb_build_object('used', trim_scale(used), 'amount', trim_scale(amount),
      'limit', trim_scale(coalesce(rights.daily_trade_limit, 0))));
  end if;

  select coalesce(sum(p.quantity), 0) into shares
  from public.real_positions p
  join public.broker_accounts a on a.id = p.broker_account_id
  where p.user_id = p_account.user_id and p.stock_code = p_stock_code
    and a.is_paper_account is not distinct from p_account.is_paper_account;
  select shares + coalesce(sum(r.quantity), 0) into shares
  from public.reservations r
  join public.broker_accounts a on a.id = r.broker_account_id
  where r.user_id = p_account.user_id and r.stock_code = p_stock_code and r.side = 'buy'
    and a.is_paper_account is not distinct from p_account.is_paper_account;
  amount := (shares + p_quantity) * greatest(p_unit_price, private.last_price(p_stock_code));
  if amount > coalesce(rights.max_position_size, 0) then
    return private.denial('position_limit', jsonb_build_object('amount', private.exact(amount),
      'limit', trim_scale(coalesce(rights.max_position_size, 0))));
  end if;
  return null;
end
$$;
comment on function private.limit_denial is 'Orders a day, won a day, won a symbol. A limit that is not set allows nothing. For entries.';

-- What may still be spent. account_balances.orderable was told by the broker and asked for at as_of: it already leaves out what the
-- broker knew of by then. Everything of ours the broker acknowledged later, or not yet, is taken off here: the whole reservation, and
-- what has been filled of such orders since. Until the next balance this errs on the careful side (a cancelled order's cash or a
-- sale's proceeds come back only with it).
create function private.free_cash(p_account public.broker_accounts) returns numeric
language sql volatile security definer set search_path = ''
as $$
  select b.orderable
    - coalesce((
        select sum(r.amount)
        from public.reservations r
        join public.real_orders o on o.id = r.order_id
        where r.broker_account_id = b.broker_account_id and r.side = 'buy' and (o.acknowledged_at is null or o.acknowledged_at >= b.as_of)
      ), 0)
    - coalesce((
        select sum(o.cum_amount + ceil(o.cum_amount * p_account.commission_rate_krx))
        from public.real_orders o
        where o.broker_account_id = b.broker_account_id and o.order_type = 'buy' and o.acknowledged_at >= b.as_of
      ), 0)
  from public.account_balances b
  where b.broker_account_id = p_account.id
$$;
comment on function private.free_cash is 'Won the account may still spend on buys; null while the broker has told no balance.';

create function private.funds_denial(p_account public.broker_accounts, p_stock_code text, p_is_entry boolean, p_quantity numeric,
  p_unit_price numeric) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  needed numeric;
  free numeric;
begin
  if p_is_entry then
    if exists (select 1 from public.reconciliation_breaks b
               where b.broker_account_id = p_account.id and b.stock_code = p_stock_code and b.closed_at is null) then
      return private.denial('position_unproved');
    end if;
    needed := private.cost_of(p_quantity, p_unit_price, p_account.commission_rate_krx);
    free := private.free_cash(p_account);
    if free is null or needed > free then
      return private.denial('insufficient_cash', jsonb_build_object('needed', private.exact(needed), 'available', case when free is not null then private.exact(greatest(free, 0)) end));
    end if;
    return null;
  end if;
  -- sellable_quantity leaves our own working sales in; they are held back by their reservations.
  select p.sellable_quantity - coalesce((
      select sum(r.quantity) from public.reservations r
      where r.broker_account_id = p_account.id and r.stock_code = p_stock_code and r.side = 'sell'), 0)
  into free
  from public.real_positions p
  where p.broker_account_id = p_account.id and p.stock_code = p_stock_code;
  free := greatest(coalesce(free, 0), 0);
  if p_quantity > free then
    return private.denial('insufficient_shares', jsonb_build_object('quantity', p_quantity, 'sellable', free));
  end if;
  return null;
end
$$;
comment on function private.funds_denial is 'Cash with fee for buys, free shares for sales.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin() to authenticated;
