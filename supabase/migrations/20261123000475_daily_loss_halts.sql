-- The day's loss halts by itself as well, like the other causes: entries of the accounts pause once a day, told and audited. The limit
-- itself (trading_permissions.max_daily_loss) goes on refusing entries, also after a person has lifted the halt.

insert into private.halt_rules (cause, level, threshold) values ('daily_loss', 'pause_entries', 0);

create or replace function public.check_halts(p_instance uuid, p_clock_offsets jsonb default '{}') returns integer
language plpgsql volatile security definer set search_path = ''
as $$
declare
  found record;
  raised integer := 0;
begin
  for found in
    with mine as (
      select l.account_id, l.instance_id, l.token, l.taken_at,
        -- What was there when a person lifted the last halt does not set the next one.
        coalesce((select h.updated_at from public.trading_halts h where h.scope = 'account' and h.scope_id = l.account_id::text), '-infinity') as since
      from public.account_leases l
      join public.trading_instances i on i.id = l.instance_id and i.expires_at > clock_timestamp()
      where l.instance_id = p_instance
    ), unknowns as (
      select m.account_id, count(*) as orders, floor(extract(epoch from clock_timestamp() - min(o.submitted_at))) as seconds,
        (array_agg(o.id order by o.submitted_at))[1] as oldest, (array_agg(o.id order by o.submitted_at desc))[1] as newest
      from mine m
      join public.real_orders o on o.broker_account_id = m.account_id and o.order_day is not null and o.order_status = 'unknown'
      group by m.account_id
    )
    select 'unknown_age' as cause, u.account_id, jsonb_build_object('seconds', u.seconds, 'orders', u.orders) as numbers, u.seconds as value, u.oldest::text as episode
    from unknowns u
    union all
    select 'unknown_count', u.account_id, jsonb_build_object('orders', u.orders), u.orders, u.newest::text from unknowns u
    union all
    -- The day's result and its limit are of all the person's accounts of a kind: each of them pauses, once a day and limit.
    select 'daily_loss', m.account_id, jsonb_build_object('loss', trim_scale(-d.result), 'limit', trim_scale(t.max_daily_loss)),
      case when d.result < 0 and -d.result >= t.max_daily_loss then 1 else 0 end, private.seoul_day() || ' ' || t.max_daily_loss
    from mine m
    join public.broker_accounts a on a.id = m.account_id
    join public.trading_permissions t on t.user_id = a.user_id and t.max_daily_loss is not null
    cross join lateral (select private.day_result(a.user_id, a.is_paper_account, private.seoul_day()) as result) d
    union all
    select 'rejects', m.account_id, jsonb_build_object('orders', count(*)), count(*) + 1, null
    from mine m
    join public.order_attempts t on t.started_at > clock_timestamp() - interval '2 minutes' and t.kind <> 'cancel' and t.outcome = 'rejected'
      and t.finished_at > greatest(clock_timestamp() - interval '1 minute', m.since)
    join public.real_orders o on o.id = t.order_id and o.broker_account_id = m.account_id
    group by m.account_id
    union all
    select 'clock', m.account_id, jsonb_build_object('seconds', round((p_clock_offsets ->> m.account_id::text)::numeric, 1)),
      abs((p_clock_offsets ->> m.account_id::text)::numeric), null
    from mine m where p_clock_offsets ? m.account_id::text
    union all
    select 'two_senders', m.account_id, jsonb_build_object('token', m.token, 'foreign_token', max(t.lease_token)), count(*), max(t.id)::text
    from mine m
    join public.order_attempts t on t.started_at > greatest(m.taken_at, m.since, clock_timestamp() - interval '10 minutes')
      and (t.lease_token, t.instance_id) is distinct from (m.token, m.instance_id)
    join public.real_orders o on o.id = t.order_id and o.broker_account_id = m.account_id
    group by m.account_id, m.token
  loop
    if exists (select 1 from private.halt_rules r where r.cause = found.cause and r.is_on and found.value > r.threshold)
       and public.raise_halt('account', found.account_id::text, (select r.level from private.halt_rules r where r.cause = found.cause),
         found.cause, found.numbers, found.episode) then
      raised := raised + 1;
    end if;
  end loop;
  return raised;
end
$$;
comment on function public.check_halts is 'Looks for reasons to halt an account of this instance (private.halt_rules): old or many unknown orders, rejects, clock, an attempt under a foreign token, the day''s loss. p_clock_offsets: seconds by account. Gives how many were set.';
