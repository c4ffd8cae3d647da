-- The gate complete (ORDERS §5): limits a person may tighten alone and only an administrator loosens, the day's loss by P&L, and what
-- the ticket needs to ask the same questions before it sends.

alter table public.trading_permissions
  add column if not exists max_order_amount    numeric(20, 2),
  add column if not exists max_gross_amount    numeric(20, 2),
  add column if not exists max_daily_loss      numeric(20, 2),
  add column if not exists max_orders_a_minute integer,
  add column if not exists max_volume_percent  numeric(6, 3),
  add column if not exists collar_percent      numeric(5, 2) not null default 5;
alter table public.trading_permissions
  add constraint trading_permissions_limits_not_negative check (max_order_amount >= 0 and max_gross_amount >= 0 and max_daily_loss >= 0
    and max_orders_a_minute >= 0 and max_volume_percent >= 0) not valid,
  add constraint trading_permissions_collar_fits check (collar_percent between 0 and 10) not valid;
comment on column public.trading_permissions.max_order_amount is 'Won one buy may cost at worst; null: not limited.';
comment on column public.trading_permissions.max_gross_amount is 'Won of all held shares and working buys together; null: not limited.';
comment on column public.trading_permissions.max_daily_loss is 'Won lost in a Seoul day (P&L, not equity) from which on nothing more is bought; null: not limited.';
comment on column public.trading_permissions.max_orders_a_minute is 'Orders in any minute, for buys; null: not limited.';
comment on column public.trading_permissions.max_volume_percent is 'Percent of the average daily volume one buy may ask for; null: not limited.';
comment on column public.trading_permissions.collar_percent is 'Percent above the reference price that a buy may go, at most 10.';
alter table public.instruments add column if not exists average_volume bigint;
comment on column public.instruments.average_volume is 'Shares a day, mean of the last 20 sessions; null until the market service has reckoned it.';

create function private.day_result(p_user_id uuid, p_is_paper boolean, p_day date) returns numeric
language sql volatile security definer set search_path = ''
as $$
  -- What was sold less what was bought, and what is held at today's price less what was held in the morning at the base price. Shares
  -- that came by a corporate action are in the base price.
  with traded as (
    select e.broker_account_id, e.stock_code,
      sum(case e.side when 'sell' then e.amount else -e.amount end) as won,
      sum(case e.side when 'buy' then e.quantity else -e.quantity end) as shares
    from public.executions e join public.real_orders o on o.id = e.order_id
    where e.user_id = p_user_id and o.order_day = p_day
    group by 1, 2
  )
  select coalesce(round(sum(coalesce(t.won, 0) + p.quantity * l.price - (p.quantity - coalesce(t.shares, 0)) * b.price)), 0)
  from public.real_positions p
  join public.broker_accounts a on a.id = p.broker_account_id and a.is_paper_account is not distinct from p_is_paper
  left join traded t on t.broker_account_id = p.broker_account_id and t.stock_code = p.stock_code
  left join public.instruments i on i.stock_code = p.stock_code
  cross join lateral (select coalesce(private.last_price(p.stock_code), p.current_price, 0) as price) l
  -- A base price of another day says nothing about today.
  cross join lateral (select case when i.price_day = p_day then i.base_price else l.price end as price) b
  where p.user_id = p_user_id and (p.quantity <> 0 or t.won is not null)
$$;
comment on function private.day_result is 'Won gained or lost today over a person''s paper or real accounts, realised and not, before fee and tax.';

create function private.gross_of(p_user_id uuid, p_is_paper boolean) returns numeric
language sql volatile security definer set search_path = ''
as $$
  select coalesce((
      select sum(p.quantity * private.last_price(p.stock_code)) from public.real_positions p
      join public.broker_accounts a on a.id = p.broker_account_id
      where p.user_id = p_user_id and p.quantity > 0 and a.is_paper_account is not distinct from p_is_paper), 0)
    + coalesce((
      select sum(r.quantity * r.unit_price) from public.reservations r
      join public.broker_accounts a on a.id = r.broker_account_id
      where r.user_id = p_user_id and r.side = 'buy' and a.is_paper_account is not distinct from p_is_paper), 0)
$$;
comment on function private.gross_of is 'Won of everything held, at the last price, and of working buys at their worst.';

create function private.day_usage(p_user_id uuid, p_is_paper boolean, p_day date, out orders bigint, out amount numeric)
language sql volatile security definer set search_path = ''
as $$
  select count(*) filter (where o.order_status <> 'denied'),
    coalesce(sum(o.cum_amount + coalesce(r.quantity * r.unit_price, 0)) filter (where o.order_type = 'buy'), 0)
  from public.real_orders o
  join public.broker_accounts a on a.id = o.broker_account_id
  left join public.reservations r on r.order_id = o.id
  where o.user_id = p_user_id and o.order_day = p_day and a.is_paper_account is not distinct from p_is_paper
$$;
comment on function private.day_usage is 'Orders of a day and won bought with them: filled, and the rest at its worst.';

create function private.symbol_usage(p_user_id uuid, p_is_paper boolean, p_stock_code text, out held numeric, out working numeric)
language sql volatile security definer set search_path = ''
as $$
  select
    coalesce((select sum(p.quantity) from public.real_positions p join public.broker_accounts a on a.id = p.broker_account_id
              where p.user_id = p_user_id and p.stock_code = p_stock_code and a.is_paper_account is not distinct from p_is_paper), 0),
    coalesce((select sum(r.quantity) from public.reservations r join public.broker_accounts a on a.id = r.broker_account_id
              where r.user_id = p_user_id and r.stock_code = p_stock_code and r.side = 'buy'
                and a.is_paper_account is not distinct from p_is_paper), 0)
$$;
comment on function private.symbol_usage is 'Shares of a symbol a person holds, and those in working buys, over their paper or real accounts.';

create function private.minute_orders(p_user_id uuid) returns bigint
language sql volatile security definer set search_path = ''
as $$
  select count(*) from public.real_orders o
  where o.user_id = p_user_id and o.created_at > clock_timestamp() - interval '1 minute' and o.order_status <> 'denied' and o.origin <> 'external'
$$;
comment on function private.minute_orders is 'Orders of a person in the last minute.';

-- In the order of lib/domain/risk, and with its figures: one table of cases proves it.
create or replace function private.limit_denial(p_account public.broker_accounts, p_stock_code text, p_order_day date, p_quantity numeric,
  p_unit_price numeric) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  rights public.trading_permissions;
  day record;
  symbol record;
  used numeric;
  amount numeric := p_quantity * p_unit_price;
  worth numeric;
begin
  select * into rights from public.trading_permissions where user_id = p_account.user_id;
  if rights.limits_expire_at <= clock_timestamp() then
    return private.denial('limits_expired', jsonb_build_object('expired_at', rights.limits_expire_at));
  end if;
  if amount > rights.max_order_amount then
    return private.denial('order_amount_limit', jsonb_build_object('amount', private.exact(amount), 'limit', trim_scale(rights.max_order_amount)));
  end if;
  select * into symbol from private.symbol_usage(p_account.user_id, p_account.is_paper_account, p_stock_code);
  worth := (symbol.held + symbol.working + p_quantity) * greatest(p_unit_price, private.last_price(p_stock_code));
  if worth > coalesce(rights.max_position_size, 0) then
    return private.denial('position_limit', jsonb_build_object('amount', private.exact(worth),
      'limit', trim_scale(coalesce(rights.max_position_size, 0))));
  end if;
  if rights.max_gross_amount is not null then
    used := private.gross_of(p_account.user_id, p_account.is_paper_account);
    if used + amount > rights.max_gross_amount then
      return private.denial('gross_limit', jsonb_build_object('amount', private.exact(used + amount), 'limit', trim_scale(rights.max_gross_amount)));
    end if;
  end if;
  select * into day from private.day_usage(p_account.user_id, p_account.is_paper_account, p_order_day);
  if day.amount + amount > coalesce(rights.daily_trade_limit, 0) then
    return private.denial('daily_amount_limit', jsonb_build_object('used', trim_scale(day.amount), 'amount', trim_scale(amount),
      'limit', trim_scale(coalesce(rights.daily_trade_limit, 0))));
  end if;
  if day.orders >= coalesce(rights.daily_order_limit, 0) then
    return private.denial('daily_order_limit', jsonb_build_object('used', day.orders, 'limit', coalesce(rights.daily_order_limit, 0)));
  end if;
  if rights.max_daily_loss is not null then
    used := -private.day_result(p_account.user_id, p_account.is_paper_account, p_order_day);
    if used > 0 and used >= rights.max_daily_loss then
      return private.denial('loss_limit', jsonb_build_object('loss', private.exact(used), 'limit', trim_scale(rights.max_daily_loss)));
    end if;
  end if;
  if rights.max_orders_a_minute is not null then
    used := private.minute_orders(p_account.user_id);
    if used >= rights.max_orders_a_minute then
      return private.denial('rate_limited', jsonb_build_object('count', used, 'seconds', 60, 'limit', rights.max_orders_a_minute));
    end if;
  end if;
  return null;
end
$$;

create function private.duplicate_denial(p_account_id uuid, p_stock_code text, p_side text, p_quantity numeric, p_price_type text, p_price numeric)
returns jsonb
language sql volatile security definer set search_path = ''
as $$
  select private.denial('duplicate_suspected', jsonb_build_object('seconds', round(min(extract(epoch from clock_timestamp() - o.created_at)), 1)))
  from public.real_orders o
  where o.broker_account_id = p_account_id and o.created_at > clock_timestamp() - interval '2 seconds'
    and o.stock_code = p_stock_code and o.order_type = p_side and o.quantity = p_quantity and o.price_type = p_price_type
    and o.price is not distinct from p_price and o.order_status <> 'denied' and o.origin <> 'external'
  having count(*) > 0
$$;
comment on function private.duplicate_denial is 'The same order two seconds ago under another intent key: a second press asks once more.';

-- As before, and: a person's second press of the same order is asked about.
create or replace function private.place(
  p_account public.broker_accounts, p_deployment public.strategy_deployments, p_origin text,
  p_stock_code text, p_side text, p_quantity numeric, p_price_type text, p_price numeric,
  p_intent_key uuid, p_body_hash text, p_allow_duplicate boolean, p_send_at timestamptz
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  instrument public.instruments;
  slot private.order_slot;
  refusal jsonb;
  unit numeric;
  is_entry boolean := p_side = 'buy';
  o public.real_orders;
begin
  if p_intent_key is null or p_body_hash is null or p_side is null or p_side not in ('buy', 'sell') or p_price_type is null
     or p_price_type not in ('limit', 'market', 'best', 'own_best', 'conditional', 'mid', 'pre_close', 'post_close')
     or p_stock_code is null or char_length(p_stock_code) > 20 or char_length(p_body_hash) > 200 then
    perform private.refuse('invalid_input', 'side, price type, stock code, intent key and body hash must be given and known.');
  end if;

  -- The same wish twice is one order: the caller holds the person's lock, so the first one is here or was never committed.
  select * into o from public.real_orders where broker_account_id = p_account.id and intent_key = p_intent_key;
  if o.id is not null then
    if o.body_hash is distinct from p_body_hash then
      perform private.refuse('intent_conflict', 'The same intent key came with a different order.');
    end if;
    return jsonb_build_object('order', to_jsonb(o), 'denial', o.denial, 'replayed', true);
  end if;
  perform private.lock_account(p_account.id);

  select * into instrument from public.instruments where stock_code = p_stock_code;
  refusal := private.authority_denial(p_account, p_deployment, is_entry);
  slot := private.find_slot(p_send_at);
  if refusal is null and slot.order_day is null then
    refusal := private.denial('market_closed', jsonb_build_object('next_order_from', slot.next_order_from));
  end if;
  if refusal is null then
    refusal := private.body_denial(instrument, slot.order_day, is_entry, p_send_at is not null, p_quantity, p_price_type, p_price);
  end if;
  if refusal is null then
    unit := private.unit_price(instrument, p_price_type, p_price, slot.order_day);
    if is_entry then
      refusal := private.limit_denial(p_account, p_stock_code, slot.order_day, p_quantity, unit);
    end if;
    refusal := coalesce(refusal, private.funds_denial(p_account, p_stock_code, is_entry, p_quantity, unit));
    refusal := coalesce(refusal, private.deployment_denial(p_deployment, p_stock_code, is_entry, p_quantity, unit));
    if p_origin = 'user' and not coalesce(p_allow_duplicate, false) then
      refusal := coalesce(refusal, private.duplicate_denial(p_account.id, p_stock_code, p_side, p_quantity, p_price_type, p_price));
    end if;
  end if;

  -- Refused orders are kept for ever and cost their sender nothing: a loop would fill the disk.
  if refusal is not null and p_deployment.id is null and (
    select count(*) from public.real_orders x
    where x.user_id = p_account.user_id and x.created_at > clock_timestamp() - interval '1 day' and x.order_status = 'denied'
  ) >= 1000 then
    perform private.refuse('rate_limited', 'A thousand of your orders were refused in a day. This one was refused too and is not kept.', 429, refusal);
  end if;

  insert into public.real_orders (user_id, broker_account_id, strategy_id, deployment_id, stock_code, stock_name, order_type, order_status,
    quantity, price, price_type, session, order_day, origin, intent_key, body_hash, is_entry, send_at, expires_at, allow_duplicate,
    denial_code, denial)
  values (p_account.user_id, p_account.id, p_deployment.strategy_id, p_deployment.id, p_stock_code, instrument.name_ko, p_side,
    case when refusal is null then 'pending' else 'denied' end,
    -- What a refused order asked for may not fit its column; the refusal's numbers tell it.
    case when p_quantity between 0 and 9007199254740991 then trunc(p_quantity) else 0 end,
    case when p_price between 0 and 9007199254740 then p_price end,
    p_price_type, slot.session, coalesce(slot.order_day, private.seoul_day()), p_origin, p_intent_key, p_body_hash, is_entry,
    case when refusal is null then slot.send_at end, slot.expires_at, coalesce(p_allow_duplicate, false), refusal ->> 'code', refusal)
  returning * into o;

  if refusal is null then
    insert into public.reservations (order_id, user_id, broker_account_id, stock_code, side, unit_price, amount, quantity)
    values (o.id, o.user_id, o.broker_account_id, o.stock_code, o.order_type, case when is_entry then unit else 0 end,
      case when is_entry then private.cost_of(o.quantity, unit, p_account.commission_rate_krx) else 0 end, o.quantity);
    perform private.append_event(o, 'placed', case when p_deployment.id is null then 'user' else 'strategy' end, null, 'pending',
      jsonb_build_object('quantity', o.quantity, 'price', o.price));
    perform private.wake_account(o.broker_account_id);
  else
    perform private.append_event(o, 'denied', 'risk', null, 'denied', refusal);
  end if;
  return jsonb_build_object('order', to_jsonb(o), 'denial', refusal, 'replayed', false);
end
$$;

create function private.limits_of(t public.trading_permissions) returns jsonb
language sql immutable set search_path = ''
as $$
  select jsonb_build_object('max_order_amount', t.max_order_amount, 'max_gross_amount', t.max_gross_amount, 'max_daily_loss', t.max_daily_loss,
    'max_orders_a_minute', t.max_orders_a_minute, 'max_volume_percent', t.max_volume_percent, 'collar_percent', t.collar_percent)
$$;
comment on function private.limits_of is 'The limits a person may tighten, for screens and the audit log.';

create function public.set_risk_limits(p_user_id uuid, p_limits jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  before public.trading_permissions;
  t public.trading_permissions;
  entry record;
  was numeric;
  next numeric;
  is_raise boolean := false;
begin
  perform private.require_user();
  if p_user_id is distinct from auth.uid() and not private.is_admin() then
    perform private.refuse('forbidden', 'Only an administrator changes the limits of others.', 403);
  end if;
  if jsonb_typeof(p_limits) is distinct from 'object' or p_limits = '{}' then
    perform private.refuse('invalid_input', 'Say which limit to change.');
  end if;
  select * into before from public.trading_permissions where user_id = p_user_id for update;
  if before.user_id is null then
    perform private.refuse('user_not_found', 'There is no such person.', 404);
  end if;
  t := before;
  for entry in select * from jsonb_each(p_limits) loop
    if entry.key not in ('max_order_amount', 'max_gross_amount', 'max_daily_loss', 'max_orders_a_minute', 'max_volume_percent', 'collar_percent')
       or jsonb_typeof(entry.value) not in ('number', 'null') or entry.key = 'collar_percent' and jsonb_typeof(entry.value) = 'null' then
      perform private.refuse('invalid_input', 'There is no such limit, or not this value for it.', 422, jsonb_build_object('key', left(entry.key, 60)));
    end if;
    next := (entry.value #>> '{}')::numeric;
    if next < 0 or entry.key = 'collar_percent' and next > 10 or entry.key = 'max_volume_percent' and next > 100
       or entry.key = 'max_orders_a_minute' and next > 100000 or next > 9007199254740991
       or entry.key not in ('max_volume_percent', 'collar_percent') and next <> trunc(next) then
      perform private.refuse('invalid_input', 'Limits are whole won or orders, percent from 0 to 100; the collar goes to 10.', 422, jsonb_build_object('key', entry.key));
    end if;
    was := (private.limits_of(before) ->> entry.key)::numeric;
    -- No limit is the loosest one.
    is_raise := is_raise or coalesce(next, 'Infinity'::numeric) > coalesce(was, 'Infinity'::numeric);
  end loop;
  if is_raise and not private.is_admin() then
    perform private.refuse('limit_raise_needs_admin', 'You may lower your limits yourself; an administrator raises them.', 403);
  end if;
  if is_raise and p_user_id = auth.uid() and (select count(*) from public.profiles where is_admin) >= 2 then
    perform private.refuse('four_eyes', 'Another administrator must raise your own limits.', 403);
  end if;
  t := jsonb_populate_record(before, p_limits);
  update public.trading_permissions x
  set max_order_amount = t.max_order_amount, max_gross_amount = t.max_gross_amount, max_daily_loss = t.max_daily_loss,
      max_orders_a_minute = t.max_orders_a_minute, max_volume_percent = t.max_volume_percent, collar_percent = t.collar_percent,
      updated_at = clock_timestamp()
  where x.user_id = p_user_id
  returning * into t;
  perform private.audit('limits.set', p_user_id::text, jsonb_build_object('before', private.limits_of(before), 'after', private.limits_of(t)));
  return private.limits_of(t);
end
$$;
comment on function public.set_risk_limits is 'Changes risk limits: everybody tightens their own at once, only an administrator loosens; nobody loosens their own where there are two. Null takes a limit away. Audited.';

create function public.risk_limits(p_user_id uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_user();
  if p_user_id is distinct from auth.uid() and not private.is_admin() then
    perform private.refuse('forbidden', 'These are the limits of somebody else.', 403);
  end if;
  return (select private.limits_of(t) from public.trading_permissions t where t.user_id = p_user_id);
end
$$;
comment on function public.risk_limits is 'The risk limits of oneself, or of anybody for administrators.';

create function public.order_facts(p_account_id uuid, p_stock_code text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  a public.broker_accounts := private.own_account(p_account_id);
  rights public.trading_permissions;
  day record;
  symbol record;
  slot private.order_slot := private.find_slot(null);
  answer jsonb;
begin
  if slot.order_day is null then
    slot := private.find_slot(clock_timestamp()); -- closed: reckoned for the next session
  end if;
  select * into rights from public.trading_permissions where user_id = a.user_id;
  select * into day from private.day_usage(a.user_id, a.is_paper_account, coalesce(slot.order_day, private.seoul_day()));
  select * into symbol from private.symbol_usage(a.user_id, a.is_paper_account, p_stock_code);
  select jsonb_build_object(
    'authority', jsonb_build_object('buy', private.authority_denial(a, null, true), 'sell', private.authority_denial(a, null, false)),
    'limits', private.limits_of(rights) || jsonb_build_object('max_position_size', coalesce(rights.max_position_size, 0),
      'daily_trade_limit', coalesce(rights.daily_trade_limit, 0), 'daily_order_limit', coalesce(rights.daily_order_limit, 0),
      'expired_at', case when rights.limits_expire_at <= clock_timestamp() then rights.limits_expire_at end),
    'usage', jsonb_build_object('gross', trim_scale(private.gross_of(a.user_id, a.is_paper_account)), 'daily_amount', trim_scale(day.amount),
      'daily_orders', day.orders, 'minute_orders', private.minute_orders(a.user_id),
      'loss', private.exact(-private.day_result(a.user_id, a.is_paper_account, coalesce(slot.order_day, private.seoul_day())))),
    'held', symbol.held, 'working_buys', symbol.working, 'commission_rate', a.commission_rate_krx,
    'free_cash', trim_scale(greatest(private.free_cash(a), 0)), 'last_price', trim_scale(private.last_price(p_stock_code)),
    'sellable', coalesce((
      select greatest(p.sellable_quantity - coalesce((select sum(r.quantity) from public.reservations r where r.broker_account_id = a.id
                        and r.stock_code = p_stock_code and r.side = 'sell'), 0), 0)
      from public.real_positions p where p.broker_account_id = a.id and p.stock_code = p_stock_code), 0),
    'working', coalesce((
      select jsonb_agg(jsonb_build_object('side', o.order_type, 'price', trim_scale(o.price), 'remaining', o.quantity - o.cum_quantity - o.cancelled_quantity))
      from public.real_orders o
      where o.broker_account_id = a.id and o.stock_code = p_stock_code
        and o.order_status in ('submitting', 'unknown', 'accepted', 'partially_filled', 'cancel_pending', 'replace_pending')), '[]'),
    'has_unknown_buy', exists (select 1 from public.real_orders o where o.broker_account_id = a.id and o.stock_code = p_stock_code
      and o.order_type = 'buy' and o.order_status = 'unknown'),
    'has_break', exists (select 1 from public.reconciliation_breaks b where b.broker_account_id = a.id and b.stock_code = p_stock_code and b.closed_at is null),
    'allow_restricted', coalesce((select s.allow_restricted from public.investment_settings s where s.user_id = a.user_id), false),
    'average_volume', (select i.average_volume from public.instruments i where i.stock_code = p_stock_code))
  into answer;
  return answer;
end
$$;
comment on function public.order_facts is 'What the gate knows of one''s own account and a symbol: authority, limits with what is used of them, cash, shares, working orders. The ticket asks the same function as the sender with it.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.set_risk_limits, public.risk_limits, public.order_facts from public, anon, authenticated, service_role;
grant execute on function public.set_risk_limits, public.risk_limits, public.order_facts to authenticated;
