-- As before, and: an order of an earlier day works no more. An account that nobody can read any longer (expired keys) would keep the
-- halt of everybody else for ever.
create or replace function private.unclear_in(p_scope text, p_scope_id text) returns jsonb
language sql volatile security definer set search_path = ''
as $$
  select jsonb_build_object(
    'unknown', count(*) filter (where o.order_status = 'unknown' or o.outcome_unknown),
    'unread', count(distinct o.broker_account_id) filter (where o.order_day >= private.seoul_day()
      and (b.as_of is null or b.as_of < clock_timestamp() - interval '2 minutes')))
  from public.real_orders o
  join public.broker_accounts a on a.id = o.broker_account_id
  left join public.account_balances b on b.broker_account_id = a.id
  where o.order_day is not null and o.order_status in ('submitting', 'unknown', 'accepted', 'partially_filled', 'cancel_pending', 'replace_pending')
    and private.is_in_scope(p_scope, p_scope_id, o.user_id, a.id, a.broker_type, o.deployment_id)
$$;
