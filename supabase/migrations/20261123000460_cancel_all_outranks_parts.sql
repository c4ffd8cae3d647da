-- A cancel-all takes back everything: a wish to cancel a part of an order, made before it, becomes one for the whole rest.

create or replace function public.sweep_cancel_all(p_account_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders;
  dropped integer := 0;
  asked integer := 0;
begin
  perform private.lock_account(p_account_id);
  for o in
    select x.* from public.real_orders x join public.broker_accounts a on a.id = x.broker_account_id
    where x.broker_account_id = p_account_id and x.order_day is not null and not private.is_final(x.order_status)
      and (x.cancel_requested_at is null or x.cancel_quantity is not null or x.order_status = 'pending')
      and exists (select 1 from public.trading_halts h where h.level = 'cancel_all'
                  and private.is_in_scope(h.scope, h.scope_id, x.user_id, x.broker_account_id, a.broker_type, x.deployment_id))
    order by (x.order_status = 'pending') desc, x.created_at -- what was not sent yet goes first
    for update of x
  loop
    update public.real_orders set cancel_requested_at = clock_timestamp(), cancel_quantity = null,
      cancelled_quantity = case when order_status = 'pending' then quantity else cancelled_quantity end
    where id = o.id returning * into o;
    if o.order_status = 'pending' then
      perform private.move_order(o, 'cancelled', 'cancelled', 'operator', '{"halt": "cancel_all"}');
      dropped := dropped + 1;
    else
      perform private.note_order(o, 'cancel_requested', 'operator', '{"halt": "cancel_all"}');
      asked := asked + 1;
    end if;
  end loop;
  if asked > 0 then
    perform private.wake_account(p_account_id);
  end if;
  return jsonb_build_object('dropped', dropped, 'asked', asked);
end
$$;
