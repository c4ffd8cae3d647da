-- Trades made elsewhere before the account's first read are in its holdings already, though their orders are adopted seconds later:
-- the count of what a holding includes must not run behind, or the next such trade would not explain itself.

create function private.has_external_since(p_account_id uuid, p_stock_code text, p_within interval) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select exists (
    select 1 from public.executions e join public.real_orders o on o.id = e.order_id
    where e.broker_account_id = p_account_id and e.stock_code = p_stock_code and o.origin = 'external'
      and e.created_at > clock_timestamp() - p_within)
$$;
comment on function private.has_external_since is 'Whether a fill of an order made elsewhere was seen within that time.';

create function private.trades_explain(p_account_id uuid, p_stock_code text, p_difference bigint) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select exists (
    select 1
    from (
      select sum(case e.side when 'buy' then e.quantity else -e.quantity end) over (order by e.created_at desc, e.id rows unbounded preceding) as newest
      from public.executions e join public.real_orders o on o.id = e.order_id
      where e.broker_account_id = p_account_id and e.stock_code = p_stock_code and o.origin = 'external'
        and e.created_at > clock_timestamp() - interval '10 minutes'
    ) t
    where t.newest = p_difference)
$$;
comment on function private.trades_explain is 'Whether the newest trades made elsewhere within ten minutes, one or several, sum up to a difference.';

-- As before, with these two.
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
    if p_quantity - p.quantity = external - p.external_quantity
       or private.trades_explain(p_account_id, p_stock_code, p_quantity - p.quantity) then
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
  -- An agreeing read that was asked after every such trade was seen holds them all: also those that were in the first read already.
  if p.quantity = p_quantity and p.external_quantity <> external and not private.has_external_since(p_account_id, p_stock_code, interval '10 seconds') then
    p.external_quantity := external;
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

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
