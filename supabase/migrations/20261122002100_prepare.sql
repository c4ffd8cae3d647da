-- The auto-trader's prepare: orders reserved for the session are held back when the account or its data is not clean by then.
create function public.hold_back_orders(p_deployment_id uuid, p_reason text) returns integer
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders;
  held integer := 0;
begin
  for o in select * from public.real_orders r where r.deployment_id = p_deployment_id and r.order_status = 'pending' order by r.created_at loop
    o := private.lock_order(o.id);
    continue when o.order_status <> 'pending'; -- its turn came while we waited for the lock
    update public.real_orders set cancelled_quantity = quantity, cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()) where id = o.id;
    perform private.move_order(o, 'cancelled', 'held_back', 'strategy', jsonb_build_object('reason', left(p_reason, 60)));
    perform private.notify_person(o.user_id, 'order_held_back', 'warning', jsonb_build_object('order_id', o.id, 'reason', left(p_reason, 60)));
    held := held + 1;
  end loop;
  return held;
end
$$;
comment on function public.hold_back_orders is 'Withdraws the reserved orders of a deployment that were never sent, with the reason; tells their owner. Returns how many.';
revoke all on function public.hold_back_orders from public, anon, authenticated, service_role;
grant execute on function public.hold_back_orders to narae_scheduler;
