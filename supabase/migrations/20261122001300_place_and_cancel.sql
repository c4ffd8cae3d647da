-- What people may do with orders: place, cancel, and settle one whose outcome nobody could find out.

create function private.place(
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
comment on function private.place is 'One order of one person: replay, checks, row, reservation, event and wake-up in one transaction. The caller holds the lock on trading_permissions.';

create function private.deployment_denial(p_deployment public.strategy_deployments, p_stock_code text, p_is_entry boolean,
  p_quantity numeric, p_unit_price numeric) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  used numeric;
  expected numeric;
  held numeric;
begin
  if p_deployment.id is null then
    return null;
  end if;
  if p_is_entry then
    select coalesce(sum(s.purchase_amount), 0) into used from public.strategy_positions s where s.deployment_id = p_deployment.id;
    -- A strategy's budget is reckoned at what its orders should cost: the engine sized them so. What a market order may cost at worst,
    -- the upper limit, is held against the account's cash, not against the budget: a fully invested strategy would lose its last slot.
    select used + coalesce(sum(r.quantity * least(r.unit_price, private.last_price(r.stock_code))), 0) into used
    from public.reservations r join public.real_orders o on o.id = r.order_id
    where o.deployment_id = p_deployment.id and r.side = 'buy';
    expected := p_quantity * least(p_unit_price, private.last_price(p_stock_code));
    if used + expected > p_deployment.capital then
      return private.denial('order_amount_limit', jsonb_build_object('amount', trim_scale(expected),
        'limit', trim_scale(greatest(p_deployment.capital - used, 0))));
    end if;
    return null;
  end if;
  -- A strategy sells what it bought, never what the person holds beside it.
  select coalesce((select s.quantity from public.strategy_positions s
                   where s.deployment_id = p_deployment.id and s.stock_code = p_stock_code), 0)
       - coalesce((select sum(r.quantity) from public.reservations r join public.real_orders o on o.id = r.order_id
                   where o.deployment_id = p_deployment.id and r.side = 'sell' and r.stock_code = p_stock_code), 0)
  into held;
  if p_quantity > held then
    return private.denial('insufficient_shares', jsonb_build_object('quantity', p_quantity, 'sellable', greatest(held, 0)));
  end if;
  return null;
end
$$;
comment on function private.deployment_denial is 'A deployment stays inside its capital and sells only its own shares.';

create function public.place_order(
  p_account_id uuid, p_stock_code text, p_side text, p_quantity numeric, p_price_type text, p_price numeric,
  p_intent_key uuid, p_body_hash text, p_allow_duplicate boolean default false, p_send_at timestamptz default null
) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  account public.broker_accounts;
begin
  -- First the lock, then the sums, each in a later statement: otherwise parallel calls pass one limit together.
  perform 1 from public.trading_permissions where user_id = auth.uid() for update;
  perform private.require_user();
  select * into account from public.broker_accounts where id = p_account_id and user_id = auth.uid();
  if account.id is null then
    perform private.refuse('account_not_found', 'The account was not found among yours.', 404);
  end if;
  return private.place(account, null, 'user', p_stock_code, p_side, p_quantity, p_price_type, p_price, p_intent_key, p_body_hash,
    p_allow_duplicate, p_send_at);
end
$$;
comment on function public.place_order is 'Places one order of the signed-in person. Gives {order, denial, replayed}; a refused order is kept as denied. p_send_at: send at the next session from this moment on.';

create function public.cancel_order(p_order_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders;
begin
  perform private.require_user();
  if not exists (select 1 from public.real_orders where id = p_order_id and user_id = auth.uid()) and not private.is_admin() then
    perform private.refuse('order_not_found', 'There is no such order among yours.', 404);
  end if;
  o := private.lock_order(p_order_id);
  if private.is_final(o.order_status) then
    return jsonb_build_object('order', to_jsonb(o),
      'denial', private.denial('not_cancellable', jsonb_build_object('status', o.order_status)));
  end if;
  if o.cancel_requested_at is null then
    update public.real_orders set cancel_requested_at = clock_timestamp() where id = o.id returning * into o;
    perform private.note_order(o, 'cancel_requested', 'user');
  end if;
  if o.order_status = 'pending' then
    update public.real_orders set cancelled_quantity = quantity where id = o.id;
    o := private.move_order(o, 'cancelled', 'cancelled', 'user'); -- never sent: gone at once
  else
    perform private.wake_account(o.broker_account_id);
  end if;
  return jsonb_build_object('order', to_jsonb(o), 'denial', null);
end
$$;
comment on function public.cancel_order is 'Asks for a cancel. What was not sent yet is gone at once; the rest is cancelled as soon as the broker''s number is known.';

create function public.resolve_unknown(p_order_id uuid, p_broker_order_id text, p_reason text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders;
  is_real boolean;
begin
  perform private.require_user();
  if not exists (select 1 from public.real_orders where id = p_order_id and user_id = auth.uid()) and not private.is_admin() then
    perform private.refuse('order_not_found', 'There is no such order among yours.', 404);
  end if;
  if char_length(trim(coalesce(p_reason, ''))) not between 1 and 500 then
    perform private.refuse('invalid_input', 'Say why, in at most 500 characters.');
  end if;
  o := private.lock_order(p_order_id);
  if o.order_status <> 'unknown' then
    perform private.refuse('order_not_unknown', 'The outcome of this order is known by now.', 422, jsonb_build_object('status', o.order_status));
  end if;
  select a.is_paper_account is distinct from true into is_real from public.broker_accounts a where a.id = o.broker_account_id;
  if is_real and not private.is_armed(auth.uid()) then
    perform private.refuse('real_not_armed', 'Confirm your password again before settling a real order.');
  end if;
  if p_broker_order_id is null then
    update public.real_orders set broker_code = 'NOT_FOUND', broker_message = '' where id = o.id;
    o := private.move_order(o, 'rejected', 'not_found', 'operator');
  else
    if not p_broker_order_id ~ '^[0-9A-Za-z-]{1,50}$'
       or jsonb_array_length(o.candidates) > 0 and not exists (
            select 1 from jsonb_array_elements(o.candidates) c
            where p_broker_order_id in (c #>> '{}', c ->> 'brokerOrderId', c ->> 'broker_order_id'))
       or exists (select 1 from public.real_orders x where x.broker_account_id = o.broker_account_id and x.order_day = o.order_day
                  and x.broker_order_id = p_broker_order_id and x.id <> o.id) then
      perform private.refuse('invalid_input', 'This broker order number is not one of the candidates, or belongs to another order.');
    end if;
    update public.real_orders set broker_order_id = p_broker_order_id where id = o.id;
    o := private.move_order(o, 'accepted', 'accepted', 'operator', jsonb_build_object('broker_order_id', p_broker_order_id));
  end if;
  perform private.audit('order.resolve_unknown', o.id::text, jsonb_build_object('broker_order_id', p_broker_order_id, 'reason', p_reason));
  perform private.wake_account(o.broker_account_id);
  return jsonb_build_object('order', to_jsonb(o));
end
$$;
comment on function public.resolve_unknown is 'The owner or an administrator says what became of an order: a broker number, or null for "was not placed". Audited.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin() to authenticated;
revoke all on function public.place_order, public.cancel_order, public.resolve_unknown from public, anon, authenticated, service_role;
grant execute on function public.place_order, public.cancel_order, public.resolve_unknown to authenticated;
