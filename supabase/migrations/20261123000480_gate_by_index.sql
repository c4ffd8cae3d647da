-- The two questions below were asked of every order a person ever had; indexes on (user_id, created_at) answer them.

create or replace function private.day_result(p_user_id uuid, p_is_paper boolean, p_day date) returns numeric
language sql volatile security definer set search_path = ''
as $$
  -- What was sold less what was bought, and what is held at today's price less what was held in the morning at the base price. Shares
  -- that came by a corporate action are in the base price.
  with traded as (
    select e.broker_account_id, e.stock_code,
      sum(case e.side when 'sell' then e.amount else -e.amount end) as won,
      sum(case e.side when 'buy' then e.quantity else -e.quantity end) as shares
    from public.executions e join public.real_orders o on o.id = e.order_id
    where e.user_id = p_user_id and o.order_day = p_day and e.created_at > clock_timestamp() - interval '2 days'
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

create or replace function private.duplicate_denial(p_account_id uuid, p_stock_code text, p_side text, p_quantity numeric, p_price_type text, p_price numeric)
returns jsonb
language sql volatile security definer set search_path = ''
as $$
  select private.denial('duplicate_suspected', jsonb_build_object('seconds', round(min(extract(epoch from clock_timestamp() - o.created_at)), 1)))
  from public.real_orders o
  where o.user_id = (select a.user_id from public.broker_accounts a where a.id = p_account_id)
    and o.broker_account_id = p_account_id and o.created_at > clock_timestamp() - interval '2 seconds'
    and o.stock_code = p_stock_code and o.order_type = p_side and o.quantity = p_quantity and o.price_type = p_price_type
    and o.price is not distinct from p_price and o.order_status <> 'denied' and o.origin <> 'external'
  having count(*) > 0
$$;

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
