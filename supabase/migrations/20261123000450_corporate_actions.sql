-- Corporate actions of held symbols (ORDERS §4): when the day's base price is not the last close, or the listed shares change, buys and
-- stops of that symbol pause. What the broker's holding becomes is the proposal; it is applied by itself when holding × average cost is
-- unchanged within 1 %, else a person confirms.

create table public.corporate_actions (
  id                uuid primary key default gen_random_uuid(),
  broker_account_id uuid not null references public.broker_accounts (id) on delete cascade,
  user_id           uuid not null,
  stock_code        text not null,
  day               date not null,
  state             text not null default 'detected',
  factor            numeric(12, 8) not null default 1,
  listed_before     bigint,
  listed_after      bigint,
  ours_quantity     bigint not null,
  ours_amount       numeric(20, 2) not null,
  theirs_quantity   bigint,
  theirs_amount     numeric(20, 2),
  decided_at        timestamptz,
  decided_by        uuid references auth.users (id) on delete set null,
  reason            text not null default '',
  created_at        timestamptz not null default clock_timestamp(),
  constraint corporate_actions_state_known check (state in ('detected', 'proposed', 'applied', 'no_effect', 'dismissed')),
  constraint corporate_actions_factor_positive check (factor > 0)
);
comment on table public.corporate_actions is 'A held symbol whose shares or base price changed. detected → proposed (the broker''s holding does not fit by itself) → applied | dismissed; no_effect: the holding stayed as it was.';
comment on column public.corporate_actions.factor is 'Last close ÷ base price of the day; 1 when only the listed shares changed.';
comment on column public.corporate_actions.ours_amount is 'Won paid for our shares before it.';
comment on column public.corporate_actions.theirs_amount is 'Won paid for the shares as the broker tells it after it.';
create unique index corporate_actions_one_open on public.corporate_actions (broker_account_id, stock_code) where state in ('detected', 'proposed');
create index corporate_actions_user on public.corporate_actions (user_id, created_at desc);
alter table public.corporate_actions enable row level security;
revoke all on public.corporate_actions from public, anon, authenticated, service_role;
grant select on public.corporate_actions to authenticated, service_role, narae_trading, narae_scheduler;
create policy corporate_actions_select_own on public.corporate_actions for select to authenticated using (user_id = (select auth.uid()));
comment on policy corporate_actions_select_own on public.corporate_actions is 'A person reads their own rows.';
create policy corporate_actions_fleet on public.corporate_actions for select to narae_trading, narae_scheduler using (true);
comment on policy corporate_actions_fleet on public.corporate_actions is 'Services of the fleet see all rows.';
create trigger tell_owner after insert or update on public.corporate_actions
  for each row execute function private.tell_owner('accounts', 'corporate_action_changed');

create table private.day_closes (
  stock_code text primary key,
  day        date not null,
  close      numeric(18, 4) not null
);
comment on table private.day_closes is 'Last price of held symbols at the end of the last day somebody closed; the next base price is compared with it.';

create function private.keep_closes() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- A day closed on the next morning may show that morning's price already.
  if new.day = (new.ended_at at time zone 'Asia/Seoul')::date then
    insert into private.day_closes as d (stock_code, day, close)
    select p.stock_code, new.day, p.current_price from public.real_positions p
    where p.broker_account_id = new.broker_account_id and p.quantity > 0 and p.current_price > 0
    on conflict (stock_code) do update set day = excluded.day, close = excluded.close where d.day <= excluded.day;
  end if;
  return null;
end
$$;
comment on function private.keep_closes is 'Trigger: the end of an account''s day keeps the last prices of what it holds.';
create trigger reconciliations_keep_closes after insert or update on public.reconciliations
  for each row when (new.kind = 'end_of_day') execute function private.keep_closes();

create function private.find_corporate_action() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  last_close numeric;
  factor numeric := 1;
  p public.real_positions;
  account public.broker_accounts;
begin
  if new.is_synthetic then
    return null; -- the fictional market knows none, and begins anew where it likes
  end if;
  if new.price_day > old.price_day then
    select d.close into last_close from private.day_closes d where d.stock_code = new.stock_code and d.day = old.price_day;
    if last_close > 0 and new.base_price > 0 and last_close <> new.base_price then
      factor := round(last_close / new.base_price, 8);
    end if;
  end if;
  if factor = 1 and (new.listed_shares = old.listed_shares or least(new.listed_shares, old.listed_shares) <= 0) then
    return null;
  end if;
  for p in
    select * from public.real_positions x
    where x.stock_code = new.stock_code and x.quantity > 0 and x.broker_account_id is not null order by x.broker_account_id
  loop
    perform private.lock_account(p.broker_account_id);
    insert into public.corporate_actions (broker_account_id, user_id, stock_code, day, factor, listed_before, listed_after, ours_quantity, ours_amount)
    values (p.broker_account_id, p.user_id, p.stock_code, new.price_day, greatest(factor, 0.00000001), old.listed_shares, new.listed_shares, p.quantity, p.purchase_amount)
    on conflict do nothing;
    if found then
      select * into account from public.broker_accounts a where a.id = p.broker_account_id;
      perform private.open_break(account, p.stock_code, 'corporate_action', p.quantity, p.quantity);
      update public.protective_stops s set state = 'paused', reason = 'corporate_action'
      where s.broker_account_id = p.broker_account_id and s.stock_code = p.stock_code and s.state = 'armed';
    end if;
  end loop;
  return null;
end
$$;
comment on function private.find_corporate_action is 'Trigger: a base price that is not the last close, or other listed shares, pause buys and stops of everybody who holds the symbol.';
create trigger instruments_corporate_action after update of base_price, price_day, listed_shares on public.instruments
  for each row when (old.price_day <> new.price_day or old.listed_shares <> new.listed_shares)
  execute function private.find_corporate_action();

-- p_share_ratio: how many shares one became. p_price_ratio: what a price of before is worth now.
create function private.end_corporate_action(a public.corporate_actions, p_state text, p_share_ratio numeric, p_price_ratio numeric) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  instrument public.instruments;
  s public.protective_stops;
  level numeric;
  tick numeric;
  total bigint;
begin
  select * into instrument from public.instruments i where i.stock_code = a.stock_code;
  if p_share_ratio <> 1 then
    select coalesce(sum(x.quantity), 0) into total from public.strategy_positions x join public.strategy_deployments d on d.id = x.deployment_id
    where d.broker_account_id = a.broker_account_id and x.stock_code = a.stock_code;
    perform private.fit_sub_ledgers(a.broker_account_id, a.stock_code, floor(total * p_share_ratio)::bigint, true);
  end if;
  for s in
    select * from public.protective_stops x where x.broker_account_id = a.broker_account_id and x.stock_code = a.stock_code
      and x.state = 'paused' and x.reason = 'corporate_action' for update
  loop
    level := s.trigger_price * p_price_ratio;
    tick := private.tick_at(instrument.kind, instrument.market, a.day, greatest(level, 1));
    update public.protective_stops x
    set trigger_price = case when p_price_ratio = 1 then x.trigger_price else greatest(round(level / coalesce(tick, 1)) * coalesce(tick, 1), coalesce(tick, 1)) end,
        high_water = round(x.high_water * p_price_ratio, 4),
        quantity = floor(x.quantity * p_share_ratio)::bigint,
        basis_quantity = floor(x.basis_quantity * p_share_ratio)::bigint,
        state = case when floor(x.quantity * p_share_ratio) >= 1 then 'armed' else 'done' end,
        reason = case when floor(x.quantity * p_share_ratio) >= 1 then '' else 'position_gone' end
    where x.id = s.id;
  end loop;
  update public.corporate_actions c set state = p_state, decided_at = clock_timestamp() where c.id = a.id;
  perform private.close_break(a.broker_account_id, a.stock_code, 'corporate_action');
  if p_state = 'applied' then
    perform private.notify_person(a.user_id, 'corporate_action_applied', 'warning', jsonb_build_object('account_id', a.broker_account_id,
      'stock_code', a.stock_code, 'ours', a.ours_quantity, 'theirs', floor(a.ours_quantity * p_share_ratio)));
  end if;
end
$$;
comment on function private.end_corporate_action is 'Strategies'' shares, stop prices (on their tick) and stop quantities follow; the pause is over.';

create function private.propose_corporate_action(a public.corporate_actions, p public.real_positions, p_quantity bigint, p_amount numeric) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
begin
  update public.corporate_actions c set theirs_quantity = p_quantity, theirs_amount = p_amount where c.id = a.id;
  if p_quantity > 0 and p.quantity > 0 and abs(p_amount - p.purchase_amount) * 100 <= p.purchase_amount then
    perform private.end_corporate_action(a, 'applied', p_quantity::numeric / p.quantity, p.quantity::numeric / p_quantity);
    return true;
  end if;
  if a.state = 'detected' then
    update public.corporate_actions c set state = 'proposed' where c.id = a.id;
    perform private.notify_person(a.user_id, 'corporate_action_proposed', 'critical', jsonb_build_object('account_id', a.broker_account_id,
      'stock_code', a.stock_code, 'ours', p.quantity, 'theirs', p_quantity));
  end if;
  update public.reconciliation_breaks b set ours = p.quantity, theirs = p_quantity
  where b.broker_account_id = a.broker_account_id and b.stock_code = a.stock_code and b.kind = 'corporate_action' and b.closed_at is null
    and (b.ours, b.theirs) is distinct from (p.quantity, p_quantity);
  return false;
end
$$;
comment on function private.propose_corporate_action is 'The broker''s holding after it: applied when what was paid is unchanged within 1 %, else proposed to a person.';

-- As before, and: while a corporate action stands, a changed holding is a proposal, not a break.
create or replace function public.put_holding(p_account_id uuid, p_stock_code text, p_stock_name text, p_quantity bigint, p_sellable bigint,
  p_purchase_amount numeric, p_bought_today bigint, p_sold_today bigint, p_last_price numeric) returns public.real_positions
language plpgsql volatile security definer set search_path = ''
as $$
declare
  p public.real_positions;
  account public.broker_accounts;
  own_sales bigint;
  external bigint;
  is_first boolean;
  action public.corporate_actions;
begin
  select * into account from public.broker_accounts a where a.id = p_account_id;
  if account.id is null then
    perform private.refuse('account_not_found', 'There is no such account.', 404);
  end if;
  perform private.lock_account(p_account_id);
  external := private.external_total(p_account_id, p_stock_code);
  insert into public.real_positions (user_id, broker_account_id, stock_code, stock_name, quantity, external_quantity)
  values (account.user_id, p_account_id, p_stock_code, p_stock_name, 0, external)
  on conflict (broker_account_id, stock_code) do nothing
  returning * into p;
  -- Nothing of ours is known of this symbol, or the account was never compared: the broker's first word is taken as it is.
  is_first := p.id is not null
    or not exists (select 1 from public.reconciliations r where r.broker_account_id = p_account_id and r.kind = 'positions');
  select * into p from public.real_positions where broker_account_id = p_account_id and stock_code = p_stock_code for update;
  select * into action from public.corporate_actions c
  where c.broker_account_id = p_account_id and c.stock_code = p_stock_code and c.state in ('detected', 'proposed');

  if p.quantity <> p_quantity then
    if p_quantity - p.quantity = external - p.external_quantity then
      p.external_quantity := external; -- trades made elsewhere, seen in the order list
    elsif is_first and not private.is_touched(p_account_id, p_stock_code, clock_timestamp()) then
      p.external_quantity := external;
    elsif private.is_accepted(p_account_id, p_stock_code, 'holding', p.quantity, p_quantity) then
      p.external_quantity := external;
    elsif action.id is not null then
      if not private.note_difference(account, p_stock_code, 'corporate_action', p.quantity, p_quantity)
         or not private.propose_corporate_action(action, p, p_quantity, p_purchase_amount) then
        return p;
      end if;
      p.external_quantity := external;
    else
      if private.note_difference(account, p_stock_code, 'holding', p.quantity, p_quantity) then
        perform private.open_break(account, p_stock_code, 'holding', p.quantity, p_quantity);
      end if;
      return p;
    end if;
  elsif action.id is not null and action.factor = 1
        and private.note_difference(account, p_stock_code, 'corporate_action', p.quantity, p_quantity) then
    perform private.end_corporate_action(action, 'no_effect', 1, 1); -- more shares are listed and none of them are ours
  end if;

  perform private.close_break(p_account_id, p_stock_code, 'holding');
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
  update public.real_positions set external_quantity = p.external_quantity where id = p.id and external_quantity <> p.external_quantity;
  perform private.write_position(p, coalesce(p_last_price, p.current_price));
  perform private.check_sub_ledgers(account, p_stock_code, p_quantity);
  select * into p from public.real_positions where id = p.id;
  return p;
end
$$;

create function public.settle_corporate_action(p_id uuid, p_is_accepted boolean, p_reason text) returns public.corporate_actions
language plpgsql volatile security definer set search_path = ''
as $$
declare
  a public.corporate_actions;
  p public.real_positions;
begin
  perform private.require_user();
  if p_is_accepted is null or char_length(trim(coalesce(p_reason, ''))) not between 1 and 500 then
    perform private.refuse('invalid_input', 'Say yes or no, and why, in at most 500 characters.');
  end if;
  select * into a from public.corporate_actions c where c.id = p_id and (c.user_id = auth.uid() or private.is_admin());
  if a.id is null then
    perform private.refuse('corporate_action_not_found', 'There is no such corporate action among yours.', 404);
  end if;
  perform private.lock_account(a.broker_account_id);
  select * into a from public.corporate_actions c where c.id = p_id for update;
  if a.state not in ('detected', 'proposed') then
    perform private.refuse('corporate_action_settled', 'This corporate action is settled already.', 409);
  end if;
  select * into p from public.real_positions x where x.broker_account_id = a.broker_account_id and x.stock_code = a.stock_code for update;
  if not p_is_accepted then
    perform private.end_corporate_action(a, 'dismissed', 1, 1); -- a holding that still differs becomes a break like any other
  elsif a.state = 'detected' then
    perform private.end_corporate_action(a, 'applied', 1, 1 / a.factor); -- only prices changed (rights, dividend in shares to come)
  else
    p.quantity := a.theirs_quantity;
    p.sellable_quantity := least(p.sellable_quantity, a.theirs_quantity);
    p.purchase_amount := a.theirs_amount;
    perform private.write_position(p, p.current_price);
    perform private.end_corporate_action(a, 'applied', a.theirs_quantity::numeric / a.ours_quantity,
      case when a.theirs_quantity > 0 then a.ours_quantity::numeric / a.theirs_quantity else 1 end);
  end if;
  update public.corporate_actions c set decided_by = auth.uid(), reason = trim(p_reason) where c.id = a.id returning * into a;
  perform private.audit('corporate_action.settle', a.id::text, jsonb_build_object('account_id', a.broker_account_id, 'stock_code', a.stock_code,
    'state', a.state, 'ours', a.ours_quantity, 'theirs', a.theirs_quantity));
  return a;
end
$$;
comment on function public.settle_corporate_action is 'The owner or an administrator confirms what a corporate action made of a holding, or says that nothing changed. Audited.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.settle_corporate_action from public, anon, authenticated, service_role;
grant execute on function public.settle_corporate_action to authenticated;
