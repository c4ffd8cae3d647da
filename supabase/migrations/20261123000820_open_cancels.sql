-- As before, and: a part waits for an earlier cancel whose call is not over. A cancel waits up to 30 s for its turn in the key's quota, is
-- connected within 3 s and read for 30 s; by then it may count as without effect, and a second part would be taken back besides.
create or replace function private.may_cancel(o public.real_orders) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select o.order_status in ('accepted', 'partially_filled') and o.cancel_requested_at is not null and o.broker_order_id is not null
    -- One outstanding change: a cancel the broker took, or may have taken, gets 10 s to show before the same one is asked again.
    and not exists (
      select 1 from public.order_attempts a
      where a.order_id = o.id and a.kind = 'cancel' and a.quantity is not distinct from o.cancel_quantity
        and (a.outcome is null or a.outcome in ('accepted', 'unknown'))
        and (a.started_at > clock_timestamp() - interval '10 seconds'
          -- Shares of a part asked for twice are taken back twice; the rest cannot be.
          or o.cancel_quantity is not null and a.started_at >= o.cancel_requested_at)
    )
    and (o.cancel_quantity is null or not exists (
      select 1 from public.order_attempts a
      where a.order_id = o.id and a.kind = 'cancel' and a.outcome is null and a.started_at > clock_timestamp() - interval '70 seconds'
    ))
$$;
