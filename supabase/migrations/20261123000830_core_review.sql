-- Found by a review of the trading core.

-- As before, and: a person's sells by hand have an upper bound a day.
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

  -- Sells have no daily limit, because nobody may be kept from getting out; a loop that places and cancels may.
  if p_origin = 'user' and not is_entry and refusal is null and (
    select count(*) from public.real_orders x
    where x.user_id = p_account.user_id and x.created_at > clock_timestamp() - interval '1 day' and x.order_type = 'sell' and x.origin = 'user'
  ) >= 3000 then
    perform private.refuse('rate_limited', 'Three thousand sells were placed by hand in a day. Stops and strategies still sell; ask an administrator.', 429, '{}');
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

-- As before, and: shares that a change took over are the change's own.
create or replace function public.order_facts(p_account_id uuid, p_stock_code text) returns jsonb
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
      select jsonb_agg(jsonb_build_object('side', o.order_type, 'price', trim_scale(o.price), 'remaining', private.leaves_of(o)))
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

-- As before, and: attempts of changes.
create or replace function public.admin_unknown_orders() returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.require_admin();
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'order', to_jsonb(o), 'owner', coalesce(nullif(p.display_name, ''), u.email::text, o.user_id::text), 'account_label', a.label,
      'account_mask', a.account_mask, 'is_paper', a.is_paper_account is true,
      'is_held', exists (select 1 from public.account_leases l join public.trading_instances i on i.id = l.instance_id
                         where l.account_id = a.id and i.expires_at > clock_timestamp()),
      'read_at', (select b.as_of from public.account_balances b where b.broker_account_id = a.id),
      'attempts', (select coalesce(jsonb_agg(jsonb_build_object('started_at', t.started_at, 'finished_at', t.finished_at, 'outcome', t.outcome,
          'message', t.outcome_message, 'baseline', cardinality(t.baseline)) order by t.attempt_no), '[]')
        from public.order_attempts t where t.order_id = o.id and t.kind in ('submit', 'replace')))
      order by o.submitted_at), '[]')
    from public.real_orders o
    join public.broker_accounts a on a.id = o.broker_account_id
    join auth.users u on u.id = o.user_id
    left join public.profiles p on p.user_id = o.user_id
    where o.order_day is not null and o.order_status = 'unknown');
end
$$;

-- As before, and: a paper account's last heard price may be hours old; only a print of the shared feed heard after the close counts, and
-- never instead of what a broker said.
create or replace function private.keep_closes() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- A day closed on the next morning may show that morning's price already.
  if new.day = (new.ended_at at time zone 'Asia/Seoul')::date then
    insert into private.day_closes as d (stock_code, day, close)
    select p.stock_code, new.day, p.current_price
    from public.real_positions p join public.broker_accounts a on a.id = p.broker_account_id
    where p.broker_account_id = new.broker_account_id and a.broker_type <> 'paper' and p.quantity > 0 and p.current_price > 0
    on conflict (stock_code) do update set day = excluded.day, close = excluded.close where d.day <= excluded.day;

    insert into private.day_closes as d (stock_code, day, close)
    select p.stock_code, new.day, q.last_price
    from public.real_positions p
    join public.broker_accounts a on a.id = p.broker_account_id
    join public.quotes q on q.stock_code = p.stock_code and q.feed = 'shared'
    join public.market_calendar c on c.market = 'KRX' and c.day = new.day and c.session = 'regular'
    where p.broker_account_id = new.broker_account_id and a.broker_type = 'paper' and p.quantity > 0
      and q.last_price > 0 and q.heard_at >= c.close_at
    on conflict (stock_code) do update set day = excluded.day, close = excluded.close where d.day < excluded.day;
  end if;
  return null;
end
$$;

-- As before, in a language that keeps its plans: they are asked some times for every call to a broker and for every holding read.
create or replace function private.quota_rate(q public.broker_quotas, p_at timestamptz) returns double precision
language plpgsql immutable set search_path = ''
as $$
declare
  base double precision := case when p_at < q.first_seen_at + interval '3 days' then least(q.limit_per_second, q.new_key_per_second)
                                else q.limit_per_second end;
begin
  if q.slowed_at = '-infinity' then
    return base;
  end if;
  return least(base, q.slowed_to + base * extract(epoch from p_at - q.slowed_at) / 60);
end
$$;
create or replace function private.quota_burst(p_rate double precision) returns integer
language plpgsql immutable set search_path = ''
as $$ begin return greatest(1, floor(p_rate / 5))::integer; end $$;
create or replace function private.external_total(p_account_id uuid, p_stock_code text) returns bigint
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select coalesce(sum(case e.side when 'buy' then e.quantity else -e.quantity end), 0)::bigint
    from public.executions e join public.real_orders o on o.id = e.order_id
    where e.broker_account_id = p_account_id and e.stock_code = p_stock_code and o.origin = 'external');
end
$$;

-- As before, for six seconds instead of three: a thousand keys in use asked a thousand times a second. Who takes an account over from a dead
-- process waits six seconds for its lease as well.
create or replace function public.lease_broker_reserve(p_app_key_tag text, p_environment text, p_holder uuid, p_used integer[])
returns table (per_second double precision, burst integer, tokens integer, lease_ms integer, pause_ms integer)
language plpgsql volatile security definer set search_path = ''
as $$
declare
  q public.broker_quotas;
  at_now timestamptz;
  rate double precision;
  is_mine boolean;
  leased constant interval := interval '6 seconds';
begin
  select * into q from public.broker_quotas b where b.app_key_tag = p_app_key_tag and b.environment = p_environment for update;
  if not found then
    return;
  end if;
  at_now := clock_timestamp();
  for i in 1 .. coalesce(array_length(p_used, 1), 0) loop
    if p_used[i] > 0 then
      perform private.note_quota_use(p_app_key_tag, p_environment, i - 1, p_used[i], at_now);
    end if;
  end loop;
  q := private.refilled(q, at_now);
  rate := private.quota_rate(q, at_now);
  is_mine := q.reserve_until > at_now and q.reserve_holder = p_holder;
  if private.quota_burst(rate) < 2 or (q.reserve_until > at_now and not is_mine) then
    return; -- too slow a key to be split, or somebody else's: every call is claimed
  end if;
  per_second := rate / 2;
  burst := greatest(1, private.quota_burst(rate) * 2 / 3);
  tokens := case when is_mine then 0 else least(floor(q.tokens), burst) end; -- they move, none is made
  lease_ms := extract(epoch from leased) * 1000;
  pause_ms := greatest(0, ceil(extract(epoch from q.paused_until - at_now) * 1000));
  update public.broker_quotas b
  set tokens = q.tokens - lease_broker_reserve.tokens, refilled_at = q.refilled_at, reserve_holder = p_holder, reserve_until = at_now + leased,
      reserve_per_second = lease_broker_reserve.per_second, reserve_burst = lease_broker_reserve.burst
  where b.app_key_tag = p_app_key_tag and b.environment = p_environment;
  return next;
end
$$;
comment on function public.lease_broker_reserve is 'Half of a fast key''s rate for six seconds, for one process: it spends it on orders without asking. p_used tells what it spent since the last time, by lane. No row when there is none to have.';
