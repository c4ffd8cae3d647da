-- What the broker says has happened: fills, ends of orders, cash, holdings, orders made elsewhere (ORDERS §1.4, §4). For narae_trading.

create function private.book_position(o public.real_orders, p_quantity bigint, p_amount numeric) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  p public.real_positions;
  cost numeric;
  fill_price numeric := case when p_quantity > 0 then round(p_amount / p_quantity, 4) end;
begin
  insert into public.real_positions (user_id, broker_account_id, stock_code, stock_name, quantity)
  values (o.user_id, o.broker_account_id, o.stock_code, o.stock_name, 0)
  on conflict (broker_account_id, stock_code) do nothing;
  select * into p from public.real_positions where broker_account_id = o.broker_account_id and stock_code = o.stock_code for update;
  if o.order_type = 'buy' then
    p.quantity := p.quantity + p_quantity;
    p.sellable_quantity := p.sellable_quantity + p_quantity;
    p.bought_today := p.bought_today + p_quantity;
    p.purchase_amount := p.purchase_amount + p_amount;
  else
    -- Average cost: the sold part of the purchase amount, in whole won; the last share takes the rest with it.
    cost := case when p_quantity >= p.quantity then p.purchase_amount else round(p.purchase_amount * p_quantity / p.quantity) end;
    p.quantity := greatest(p.quantity - p_quantity, 0); -- shares we did not know of: the next holding read mends it
    p.sellable_quantity := greatest(p.sellable_quantity - p_quantity, 0);
    p.sold_today := p.sold_today + p_quantity;
    p.purchase_amount := p.purchase_amount - cost;
    p.realized_pnl := p.realized_pnl + p_amount - cost;
  end if;
  perform private.write_position(p, coalesce(fill_price, p.current_price));
end
$$;
comment on function private.book_position is 'A fill changes the account''s holding. realized_pnl is before fee and tax, which come from the broker''s totals.';

create function private.write_position(p public.real_positions, p_last_price numeric) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.real_positions
  set quantity = p.quantity, sellable_quantity = p.sellable_quantity, bought_today = p.bought_today, sold_today = p.sold_today,
      stock_name = p.stock_name, purchase_amount = p.purchase_amount, realized_pnl = p.realized_pnl,
      avg_price = case when p.quantity > 0 then round(p.purchase_amount / p.quantity, 4) end,
      current_price = p_last_price,
      profit_loss = p_last_price * p.quantity - p.purchase_amount,
      profit_loss_rate = case when p.purchase_amount > 0 and p_last_price * p.quantity / p.purchase_amount < 10000
                              then round(p_last_price * p.quantity / p.purchase_amount - 1, 8) end,
      version = version + 1, updated_at = clock_timestamp()
  where id = p.id
    and (quantity, sellable_quantity, bought_today, sold_today, stock_name, purchase_amount, realized_pnl, current_price)
        is distinct from (p.quantity, p.sellable_quantity, p.bought_today, p.sold_today, p.stock_name, p.purchase_amount, p.realized_pnl, p_last_price)
$$;
comment on function private.write_position is 'Stores a position with the figures derived from it.';

create function private.book_deployment(o public.real_orders, p_quantity bigint, p_amount numeric) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  s public.strategy_positions;
  cost numeric;
begin
  insert into public.strategy_positions (deployment_id, user_id, stock_code) values (o.deployment_id, o.user_id, o.stock_code)
  on conflict do nothing;
  select * into s from public.strategy_positions where deployment_id = o.deployment_id and stock_code = o.stock_code for update;
  if o.order_type = 'buy' then
    if s.quantity = 0 then
      s.entered_at := clock_timestamp();
      s.bars_held := 0;
    end if;
    s.quantity := s.quantity + p_quantity;
    s.purchase_amount := s.purchase_amount + p_amount;
  else
    cost := case when p_quantity >= s.quantity then s.purchase_amount else round(s.purchase_amount * p_quantity / s.quantity) end;
    s.quantity := greatest(s.quantity - p_quantity, 0);
    s.purchase_amount := s.purchase_amount - cost;
    s.realized_pnl := s.realized_pnl + p_amount - cost;
  end if;
  update public.strategy_positions
  set quantity = s.quantity, purchase_amount = s.purchase_amount, realized_pnl = s.realized_pnl, bars_held = s.bars_held,
      entered_at = case when s.quantity > 0 then s.entered_at end, updated_at = clock_timestamp()
  where deployment_id = s.deployment_id and stock_code = s.stock_code;
end
$$;
comment on function private.book_deployment is 'A fill changes the deployment''s sub-ledger.';

create function private.status_after_fill(o public.real_orders) returns text
language sql volatile security definer set search_path = ''
as $$
  select case
    when o.cum_quantity = o.quantity then 'executed'
    -- A cancel or an expiry was told before its last fills: the figures still fit, so the order stays ended.
    when o.order_status in ('cancelled', 'replaced') and o.cum_quantity + o.cancelled_quantity <= o.quantity then o.order_status
    when o.order_status = 'expired' and coalesce(o.expires_at, '-infinity') <= clock_timestamp() then o.order_status
    else 'partially_filled'
  end
$$;
comment on function private.status_after_fill is 'The status that fits an order''s cumulative figures.';

create function public.apply_broker_cum(p_order_id uuid, p_cum_quantity bigint, p_cum_amount numeric, p_basis text, p_as_of timestamptz default null)
returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders := private.lock_order(p_order_id);
  source text := case p_basis when 'notice' then 'notice' when 'operator' then 'operator' else 'inquiry' end;
  facts jsonb := jsonb_build_object('cum_quantity', p_cum_quantity, 'cum_amount', private.exact(p_cum_amount), 'basis', p_basis);
  more_quantity bigint;
  more_amount numeric;
  target text;
begin
  if p_basis is null or p_basis not in ('inquiry', 'notice', 'operator') then
    perform private.refuse('invalid_input', 'basis is inquiry, notice or operator.');
  end if;
  if p_cum_quantity is null or p_cum_quantity < 0 or not coalesce(p_cum_amount, 0) between 0 and 9007199254740991
     or p_cum_amount <> trunc(p_cum_amount) then
    perform private.page(o, 'bad_fill', source, facts);
    return o;
  end if;
  if p_cum_quantity > o.quantity then
    perform private.page(o, 'overfilled', source, facts);
    return o;
  end if;
  more_quantity := p_cum_quantity - o.cum_quantity;
  more_amount := greatest(coalesce(p_cum_amount, o.cum_amount) - o.cum_amount, 0);
  if more_quantity < 0 or more_quantity = 0 and more_amount = 0 then
    return o; -- late or repeated: the truth is the largest cumulative figure
  end if;
  if o.order_status in ('pending', 'denied') or o.order_status = 'rejected' and o.broker_code is distinct from 'NOT_FOUND' then
    perform private.page(o, 'fill_of_unsent_order', source, facts);
    return o;
  end if;

  o.cum_quantity := p_cum_quantity;
  target := case when more_quantity = 0 then o.order_status else private.status_after_fill(o) end;
  update public.real_orders
  set cum_quantity = p_cum_quantity,
      cum_amount = cum_amount + more_amount,
      executed_price = case when p_cum_quantity > 0 then round((cum_amount + more_amount) / p_cum_quantity, 4) end,
      executed_at = coalesce(p_as_of, clock_timestamp()),
      acknowledged_at = coalesce(acknowledged_at, clock_timestamp()),
      provisional_quantity = greatest(provisional_quantity - more_quantity, 0),
      -- An order that comes back works again for all its rest: what was told of its cancel was wrong.
      cancelled_quantity = case when private.is_final(target) then least(cancelled_quantity, quantity - p_cum_quantity) else 0 end
  where id = o.id;
  if more_quantity > 0 then
    insert into public.executions (order_id, user_id, broker_account_id, stock_code, side, quantity, amount, cum_quantity_after, basis, as_of)
    values (o.id, o.user_id, o.broker_account_id, o.stock_code, o.order_type, more_quantity, more_amount, p_cum_quantity, p_basis,
      coalesce(p_as_of, clock_timestamp()));
  else
    -- The quantity came before its amount: the missing won belong to the last increment.
    update public.executions set amount = amount + more_amount where order_id = o.id and cum_quantity_after = p_cum_quantity;
  end if;
  -- Holdings of orders made elsewhere come from the broker's holdings alone, or they would be counted twice.
  if o.origin <> 'external' then
    perform private.book_position(o, more_quantity, more_amount);
    if o.deployment_id is not null then
      perform private.book_deployment(o, more_quantity, more_amount);
    end if;
  end if;

  if target = o.order_status then
    perform private.note_order(o, 'filled', source, facts);
  else
    o := private.move_order(o, target, 'filled', source, facts);
  end if;
  select * into o from public.real_orders where id = o.id;
  if not private.is_final(o.order_status) then
    perform private.hold(o);
  end if;
  return o;
end
$$;
comment on function public.apply_broker_cum is 'The only writer of cum_quantity and cum_amount: keeps the maximum and books the increment as one execution, position, sub-ledger and reservation.';

create function public.apply_notice(p_order_id uuid, p_provisional_quantity bigint, p_payload jsonb default '{}') returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders := private.lock_order(p_order_id);
begin
  update public.real_orders
  set provisional_quantity = greatest(least(p_provisional_quantity, quantity - cum_quantity), 0)
  where id = o.id and p_provisional_quantity is not null
  returning * into o;
  if o.id is null then
    select * into o from public.real_orders where id = p_order_id;
  end if;
  perform private.note_order(o, 'notice', 'notice', coalesce(p_payload, '{}'));
  return o;
end
$$;
comment on function public.apply_notice is 'Shares that notices report and no inquiry has proved (체결 추정). Never added to cum_quantity.';

create function private.is_proved_unsent(p_order_id uuid) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select not exists (
    select 1 from public.order_attempts a where a.order_id = p_order_id and a.kind = 'submit' and a.outcome is distinct from 'not_processed'
  )
$$;
comment on function private.is_proved_unsent is 'True when every send that was begun is proved to have done nothing.';

create function public.settle_order(p_order_id uuid, p_to text, p_cancelled_quantity bigint default null, p_source text default 'inquiry',
  p_payload jsonb default '{}') returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders := private.lock_order(p_order_id);
  target text := case when p_to = 'previous' then private.working_status(o) else p_to end;
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
      update public.real_orders set cancel_requested_at = null where id = o.id;
      return private.move_order(o, private.working_status(o), 'change_refused', p_source, coalesce(p_payload, '{}'));
    end if;
    return o;
  end if;
  if not exists (select 1 from private.order_moves m where m.from_status = o.order_status and m.to_status = target) then
    perform private.page(o, 'illegal_settlement', p_source, coalesce(p_payload, '{}') || jsonb_build_object('to', target));
    return o;
  end if;
  update public.real_orders
  set cancelled_quantity = case when target = 'cancelled'
        then least(greatest(coalesce(p_cancelled_quantity, quantity - cum_quantity), 0), quantity) else cancelled_quantity end,
      broker_code = case when target = 'rejected' then coalesce(p_payload ->> 'code', broker_code) else broker_code end,
      broker_message = case when target = 'rejected' then left(coalesce(p_payload ->> 'message', broker_message), 500) else broker_message end
  where id = o.id;
  return private.move_order(o, target, case when target = 'rejected' and p_payload ->> 'code' = 'NOT_FOUND' then 'not_found' else target end,
    p_source, coalesce(p_payload, '{}') - 'message');
end
$$;
comment on function public.settle_order is 'How an order ended at the broker, or `previous`: the change was refused and it works as before. rejected: payload {code, message}; code NOT_FOUND may be proved wrong later.';

create function public.expire_day(p_account_id uuid, p_day date, p_with_unknown boolean default false) returns integer
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders;
  ended integer := 0;
begin
  perform private.lock_account(p_account_id);
  for o in
    select * from public.real_orders
    where broker_account_id = p_account_id and order_day = p_day and not private.is_final(order_status)
    order by created_at, id for update
  loop
    -- The close proves nothing about an order without a number: it may have been filled.
    continue when o.order_status = 'submitting' and not private.is_proved_unsent(o.id);
    continue when o.order_status = 'unknown' and (not p_with_unknown or jsonb_array_length(o.candidates) > 0);
    perform private.move_order(o, 'expired', 'expired', 'reconciler');
    ended := ended + 1;
  end loop;
  return ended;
end
$$;
comment on function public.expire_day is 'Ends what one day left over, after its last pages were read. p_with_unknown: those pages show rows, so an unknown order that is not among them and has no candidates is over too; otherwise it stays unknown.';

create function public.put_balance(p_account_id uuid, p_cash numeric, p_cash_d1 numeric, p_cash_d2 numeric, p_orderable numeric,
  p_net_assets numeric, p_as_of timestamptz default null) returns public.account_balances
language plpgsql volatile security definer set search_path = ''
as $$
declare
  b public.account_balances;
  owner_id uuid;
  -- When the question was asked, not when the answer came: what happened between is not in it. Callers who do not say get 10 s.
  asked_at timestamptz := least(coalesce(p_as_of, clock_timestamp() - interval '10 seconds'), clock_timestamp());
begin
  select a.user_id into owner_id from public.broker_accounts a where a.id = p_account_id;
  if owner_id is null then
    perform private.refuse('account_not_found', 'There is no such account.', 404);
  end if;
  perform private.lock_account(p_account_id);
  insert into public.account_balances as x (broker_account_id, user_id, cash, cash_d1, cash_d2, orderable, net_assets, as_of)
  values (p_account_id, owner_id, p_cash, p_cash_d1, p_cash_d2, p_orderable, p_net_assets, asked_at)
  on conflict (broker_account_id) do update
    set cash = excluded.cash, cash_d1 = excluded.cash_d1, cash_d2 = excluded.cash_d2, orderable = excluded.orderable,
        net_assets = excluded.net_assets, as_of = excluded.as_of
    where x.as_of <= excluded.as_of;
  insert into public.equity_snapshots (broker_account_id, user_id, at, net_assets)
  values (p_account_id, owner_id, date_trunc('minute', clock_timestamp()), p_net_assets)
  on conflict do nothing;
  select * into b from public.account_balances where broker_account_id = p_account_id;
  return b;
end
$$;
comment on function public.put_balance is 'Cash as the broker told it. p_as_of: when the question was sent; orders acknowledged later are not in p_orderable.';

create table private.holding_reads (
  account_id uuid not null references public.broker_accounts (id) on delete cascade,
  stock_code text not null,
  ours       bigint not null,
  theirs     bigint not null,
  reads      integer not null default 1,
  first_at   timestamptz not null default clock_timestamp(),
  primary key (account_id, stock_code)
);
comment on table private.holding_reads is 'Reads in a row that showed the same difference while orders were at work; three over 60 s make a break.';

create function public.put_holding(p_account_id uuid, p_stock_code text, p_stock_name text, p_quantity bigint, p_sellable bigint,
  p_purchase_amount numeric, p_bought_today bigint, p_sold_today bigint, p_last_price numeric) returns public.real_positions
language plpgsql volatile security definer set search_path = ''
as $$
declare
  p public.real_positions;
  owner_id uuid;
  seen private.holding_reads;
  is_in_flight boolean;
  own_sales bigint;
begin
  select a.user_id into owner_id from public.broker_accounts a where a.id = p_account_id;
  if owner_id is null then
    perform private.refuse('account_not_found', 'There is no such account.', 404);
  end if;
  perform private.lock_account(p_account_id);
  insert into public.real_positions (user_id, broker_account_id, stock_code, stock_name, quantity)
  values (owner_id, p_account_id, p_stock_code, p_stock_name, 0)
  on conflict (broker_account_id, stock_code) do nothing;
  select * into p from public.real_positions where broker_account_id = p_account_id and stock_code = p_stock_code for update;

  if p.quantity <> p_quantity then
    select exists (select 1 from public.real_orders o where o.broker_account_id = p_account_id and o.stock_code = p_stock_code
                   and o.order_day is not null and o.origin <> 'external' and o.order_status <> 'pending' and not private.is_final(o.order_status))
        or exists (select 1 from public.executions e join public.real_orders o on o.id = e.order_id
                   where e.broker_account_id = p_account_id and e.stock_code = p_stock_code and o.origin <> 'external'
                     and e.created_at > clock_timestamp() - interval '10 seconds')
    into is_in_flight;
    if is_in_flight then
      -- The read and a fill may have crossed. Only the same difference three times over 60 s is a break (ORDERS §4).
      insert into private.holding_reads as r (account_id, stock_code, ours, theirs)
      values (p_account_id, p_stock_code, p.quantity, p_quantity)
      on conflict (account_id, stock_code) do update
        set reads    = case when (r.ours, r.theirs) = (excluded.ours, excluded.theirs) then r.reads + 1 else 1 end,
            first_at = case when (r.ours, r.theirs) = (excluded.ours, excluded.theirs) then r.first_at else excluded.first_at end,
            ours = excluded.ours, theirs = excluded.theirs
      returning * into seen;
      if seen.reads >= 3 and clock_timestamp() - seen.first_at >= interval '60 seconds'
         and not exists (select 1 from public.reconciliation_breaks b where b.broker_account_id = p_account_id
                         and b.stock_code = p_stock_code and b.closed_at is null) then
        insert into public.reconciliation_breaks (broker_account_id, user_id, stock_code, ours, theirs)
        values (p_account_id, owner_id, p_stock_code, p.quantity, p_quantity);
        perform private.notify_person(owner_id, 'position_break', 'critical',
          jsonb_build_object('account_id', p_account_id, 'stock_code', p_stock_code, 'ours', p.quantity, 'theirs', p_quantity));
      end if;
      return p;
    end if;
  end if;

  delete from private.holding_reads where account_id = p_account_id and stock_code = p_stock_code;
  update public.reconciliation_breaks set closed_at = clock_timestamp()
  where broker_account_id = p_account_id and stock_code = p_stock_code and closed_at is null;
  -- The broker leaves shares of working sales out of "sellable"; ours leaves them in and holds them by reservation.
  select coalesce(sum(r.quantity), 0) into own_sales
  from public.reservations r join public.real_orders o on o.id = r.order_id
  where r.broker_account_id = p_account_id and r.stock_code = p_stock_code and r.side = 'sell' and o.acknowledged_at is not null;
  p.quantity := p_quantity;
  p.sellable_quantity := least(p_quantity, p_sellable + own_sales);
  p.purchase_amount := p_purchase_amount;
  p.bought_today := p_bought_today;
  p.sold_today := p_sold_today;
  p.stock_name := coalesce(p_stock_name, p.stock_name);
  perform private.write_position(p, coalesce(p_last_price, p.current_price));
  select * into p from public.real_positions where id = p.id;
  return p;
end
$$;
comment on function public.put_holding is 'A holding as the broker told it. Adopted when nothing of ours touched the symbol; else a difference that stays for three reads over 60 s opens a break.';

create function public.adopt_external(p_account_id uuid, p_order jsonb) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  account public.broker_accounts;
  o public.real_orders;
  day date := coalesce((p_order ->> 'order_day')::date, private.seoul_day());
  side text := p_order ->> 'side';
  shares bigint := (p_order ->> 'quantity')::bigint;
begin
  select * into account from public.broker_accounts where id = p_account_id;
  if account.id is null then
    perform private.refuse('account_not_found', 'There is no such account.', 404);
  end if;
  perform private.lock_account(p_account_id);
  select * into o from public.real_orders
  where broker_account_id = p_account_id and order_day = day and broker_order_id = p_order ->> 'broker_order_id';
  if o.id is null then
    -- It may be one of ours whose number is not known yet: not a stranger's until that one is settled.
    if exists (select 1 from public.real_orders x where x.broker_account_id = p_account_id and x.order_day = day
               and x.order_status in ('submitting', 'unknown') and x.broker_order_id is null
               and x.stock_code = p_order ->> 'stock_code' and x.order_type = side and x.quantity = shares) then
      return null;
    end if;
    insert into public.real_orders (user_id, broker_account_id, stock_code, stock_name, order_type, order_status, quantity, price, price_type,
      order_day, origin, intent_key, is_entry, broker_order_id, broker_branch, acknowledged_at)
    values (account.user_id, account.id, p_order ->> 'stock_code',
      (select i.name_ko from public.instruments i where i.stock_code = p_order ->> 'stock_code'), side, 'accepted', shares,
      nullif((p_order ->> 'price')::numeric, 0), coalesce(p_order ->> 'price_type', 'limit'), day, 'external',
      private.uuid_of(concat_ws('|', account.id, day, p_order ->> 'broker_order_id')), side = 'buy', p_order ->> 'broker_order_id',
      coalesce(p_order ->> 'broker_branch', ''), clock_timestamp())
    returning * into o;
    perform private.append_event(o, 'adopted', 'reconciler', null, 'accepted', jsonb_build_object('broker_order_id', o.broker_order_id));
    perform private.hold(o);
  end if;
  if o.origin = 'external' then
    if coalesce((p_order ->> 'cum_quantity')::bigint, 0) > 0 then
      o := public.apply_broker_cum(o.id, (p_order ->> 'cum_quantity')::bigint, (p_order ->> 'cum_amount')::numeric, 'inquiry');
    end if;
    if not private.is_final(o.order_status) and (p_order ->> 'cancelled_quantity')::bigint > 0
       and o.cum_quantity + (p_order ->> 'cancelled_quantity')::bigint >= o.quantity then
      perform public.settle_order(o.id, 'cancelled', (p_order ->> 'cancelled_quantity')::bigint, 'reconciler');
    end if;
  end if;
  return o.id;
end
$$;
comment on function public.adopt_external is 'An order made in HTS or MTS becomes a row and counts in risk. p_order: {broker_order_id, broker_branch, order_day, stock_code, side, quantity, price, price_type, cum_quantity, cum_amount, cancelled_quantity}. Null while it may be one of ours.';

create function public.set_credential_state(p_account_id uuid, p_state text, p_message text, p_environment_proved boolean default null,
  p_app_key_tag text default null, p_account_mask text default null) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if p_state is null or p_state not in ('untested', 'testing', 'ok', 'bad_key', 'wrong_environment', 'wrong_account', 'blocked') then
    perform private.refuse('invalid_input', 'Unknown credential state.');
  end if;
  update public.broker_accounts
  set credential_state = p_state,
      credential_message = left(coalesce(p_message, ''), 500),
      environment_verified_at = case p_environment_proved when true then clock_timestamp() when false then null else environment_verified_at end,
      verified_at = case when p_environment_proved and p_state = 'ok' then clock_timestamp()
                         when p_environment_proved = false or p_state in ('bad_key', 'wrong_environment', 'wrong_account') then null
                         else verified_at end,
      app_key_tag = coalesce(p_app_key_tag, app_key_tag),
      account_mask = coalesce(p_account_mask, account_mask),
      updated_at = clock_timestamp()
  where id = p_account_id;
end
$$;
comment on function public.set_credential_state is 'What the test of the keys at the broker found. p_environment_proved: true proves, false un-proves, null leaves.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin() to authenticated;
revoke all on function public.apply_broker_cum, public.apply_notice, public.settle_order, public.expire_day, public.put_balance,
  public.put_holding, public.adopt_external, public.set_credential_state from public, anon, authenticated, service_role;
grant execute on function public.apply_broker_cum, public.apply_notice, public.settle_order, public.expire_day, public.put_balance,
  public.put_holding, public.adopt_external, public.set_credential_state to narae_trading;
