-- Every change of replaced_quantity has its event, so that the chain alone gives it; and a replacement holds nothing before it took over.

-- As before, and the parent's chain is told of the shares that came back.
create or replace function private.give_back(p_parent public.real_orders, p_quantity bigint, p_source text) returns bigint
language plpgsql volatile security definer set search_path = ''
as $$
declare
  child public.real_orders;
  before bigint;
begin
  select * into child from public.real_orders
  where parent_order_id = p_parent.id and took_over_at is not null and replaces_whole
  order by took_over_at desc limit 1 for update;
  if child.id is null then
    return 0;
  end if;
  before := child.quantity;
  child := private.shrink_order(child, before - p_quantity, p_source);
  if child.quantity < before then
    perform private.note_order(p_parent, 'change_shrunk', p_source,
      jsonb_build_object('replacement', child.id, 'quantity', before - child.quantity));
  end if;
  return before - child.quantity;
end
$$;

-- As before, and the parent's chain is told of the shares that had not moved.
create or replace function public.resize_replacement(p_order_id uuid, p_quantity bigint) returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders := private.lock_order(p_order_id);
  resized public.real_orders;
  parent public.real_orders;
  back bigint;
begin
  if o.took_over_at is null or p_quantity is null then
    return o;
  end if;
  resized := private.shrink_order(o, p_quantity, 'inquiry');
  select * into parent from public.real_orders where id = o.parent_order_id for update;
  back := least(o.quantity - resized.quantity, parent.replaced_quantity);
  if back > 0 then
    update public.real_orders set replaced_quantity = replaced_quantity - back where id = parent.id returning * into parent;
    perform private.note_order(parent, 'change_shrunk', 'inquiry', jsonb_build_object('replacement', o.id, 'quantity', back));
  end if;
  return resized;
end
$$;

-- As before, except for a replacement that has not taken over: its shares are its parent's, which holds them at the dearer price.
create or replace function private.hold(o public.real_orders) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  instrument public.instruments;
  fee numeric;
  unit numeric := 0;
  rest bigint := private.leaves_of(o);
begin
  if o.parent_order_id is not null and o.took_over_at is null then
    return;
  end if;
  if o.order_type = 'buy' then
    select * into instrument from public.instruments where stock_code = o.stock_code;
    unit := coalesce(private.unit_price(instrument, o.price_type, o.price, o.order_day), o.price, 0);
    select greatest(unit, max(coalesce(private.unit_price(instrument, c.price_type, c.price, c.order_day), c.price))) into unit
    from public.real_orders c
    where c.parent_order_id = o.id and c.took_over_at is null and c.order_status in ('pending', 'submitting', 'unknown');
  end if;
  select a.commission_rate_krx into fee from public.broker_accounts a where a.id = o.broker_account_id;
  insert into public.reservations as r (order_id, user_id, broker_account_id, stock_code, side, unit_price, amount, quantity)
  values (o.id, o.user_id, o.broker_account_id, o.stock_code, o.order_type, unit, private.cost_of(rest, unit, fee), rest)
  on conflict (order_id) do update set unit_price = excluded.unit_price, quantity = excluded.quantity, amount = excluded.amount;
end
$$;

-- What such replacements hold already is their parent's too.
delete from public.reservations r using public.real_orders o
where o.id = r.order_id and o.parent_order_id is not null and o.took_over_at is null;
