-- 정정 (replace) and partial cancels (ORDERS §2). A replacement is an order of its own, the child: it has its own intent, attempt, number
-- and end. Until the broker has said yes the child holds nothing; its parent's reservation is kept at the dearer of the two prices. In the
-- transaction that gives the child its number the moved shares leave the parent's reservation and enter the child's, so at no moment is
-- a share held twice or not at all. Whatever path moves the child (answer, list, person, session's end), the parent follows in move_order.

alter table public.real_orders
  add column replaced_quantity bigint not null default 0,
  add column replaces_whole    boolean not null default false,
  add column took_over_at      timestamptz,
  add column cancel_quantity   bigint;
comment on column public.real_orders.replaced_quantity is 'Shares that went on in replacements of this order. Open shares = quantity − cum − cancelled − replaced.';
comment on column public.real_orders.replaces_whole is 'The change asked for the whole remainder: its quantity shrinks by what filled under the parent while the change was on its way.';
comment on column public.real_orders.took_over_at is 'When the parent''s shares became this order''s; null for orders that replace nothing, and until the broker said yes.';
comment on column public.real_orders.cancel_quantity is 'Shares that cancel_requested_at asks to take back; null for all that is left.';
create index real_orders_children on public.real_orders (parent_order_id) where parent_order_id is not null;
alter table public.order_attempts add column quantity bigint;
comment on column public.order_attempts.quantity is 'Shares a partial cancel named; null for everything else.';

create function private.leaves_of(o public.real_orders) returns bigint
language sql immutable set search_path = ''
as $$ select greatest(o.quantity - o.cum_quantity - o.cancelled_quantity - o.replaced_quantity, 0) $$;
comment on function private.leaves_of is 'Shares of an order that may still trade.';

-- As before, and: the quantity of a change of "whatever is left" may shrink to what was left.
create or replace function private.guard_order() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  rule private.order_moves;
begin
  if tg_op = 'INSERT' then
    if new.order_status not in ('pending', 'denied') and new.origin <> 'external' then
      raise exception 'an order begins as pending or denied, not as %', new.order_status using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  if (new.id, new.user_id, new.broker_account_id, new.stock_code, new.order_type, new.price, new.order_day, new.intent_key, new.parent_order_id)
     is distinct from
     (old.id, old.user_id, old.broker_account_id, old.stock_code, old.order_type, old.price, old.order_day, old.intent_key, old.parent_order_id)
     or new.quantity > old.quantity or new.quantity < old.quantity and not old.replaces_whole then
    raise exception 'what an order asks for never changes' using errcode = 'restrict_violation';
  end if;
  if new.cum_quantity < old.cum_quantity or new.cum_amount < old.cum_amount then
    raise exception 'what is filled stays filled' using errcode = 'restrict_violation';
  end if;
  if new.order_status <> old.order_status then
    select * into rule from private.order_moves m where m.from_status = old.order_status and m.to_status = new.order_status;
    if rule.from_status is null then
      raise exception 'illegal move of an order: % to %', old.order_status, new.order_status using errcode = 'restrict_violation';
    end if;
    if rule.needs_evidence and current_setting('narae.has_evidence', true) is distinct from 'yes' then
      raise exception 'a final order (%) moves only with broker evidence', old.order_status using errcode = 'restrict_violation';
    end if;
    if rule.needs_evidence and old.order_status = 'rejected' and old.broker_code is distinct from 'NOT_FOUND' then
      raise exception 'a refusal by the broker stands' using errcode = 'restrict_violation';
    end if;
  end if;
  new.version := old.version + 1;
  new.updated_at := clock_timestamp();
  return new;
end
$$;

-- As before, and: what a replacement goes through, its parent hears in the same transaction.
create or replace function private.move_order(p_order public.real_orders, p_to text, p_type text, p_source text, p_payload jsonb default '{}')
returns public.real_orders
language plpgsql security definer set search_path = ''
as $$
declare
  moved public.real_orders;
  is_reopened boolean := private.is_final(p_order.order_status) and not private.is_final(p_to) or
    p_order.order_status in ('cancelled', 'expired', 'replaced', 'rejected') and p_to = 'executed';
begin
  if is_reopened then
    perform set_config('narae.has_evidence', 'yes', true);
  end if;
  update public.real_orders
  set order_status    = p_to,
      outcome_unknown = outcome_unknown and p_to in ('cancel_pending', 'replace_pending'),
      acknowledged_at = case when p_to in ('accepted', 'partially_filled', 'executed') then coalesce(acknowledged_at, clock_timestamp())
                             else acknowledged_at end
  where id = p_order.id
  returning * into moved;
  perform set_config('narae.has_evidence', '', true);
  if private.is_final(p_to) then
    delete from public.reservations where order_id = p_order.id;
  end if;
  perform private.append_event(moved, p_type, p_source, p_order.order_status, p_to, p_payload);
  if is_reopened then
    perform private.notify_person(moved.user_id, 'order_reopened', 'critical',
      jsonb_build_object('order_id', moved.id, 'from', p_order.order_status, 'to', p_to));
  end if;
  if moved.parent_order_id is not null and p_order.order_status <> p_to and (moved.took_over_at is null or p_to = 'rejected') then
    perform private.follow_change(moved, p_source);
    select * into moved from public.real_orders where id = moved.id;
  end if;
  return moved;
end
$$;

create function private.follow_change(p_child public.real_orders, p_source text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  parent public.real_orders;
  facts jsonb := jsonb_build_object('replacement', p_child.id);
begin
  select * into parent from public.real_orders where id = p_child.parent_order_id for update;
  if p_child.took_over_at is not null then
    perform private.undo_change(parent, p_child, p_source);
  elsif p_child.order_status in ('accepted', 'partially_filled', 'executed') then
    perform private.take_over(parent, p_child, p_source);
  elsif p_child.order_status = 'unknown' then
    perform private.to_unknown(parent, p_source, facts);
  elsif private.is_final(p_child.order_status) then
    if parent.order_status = 'replace_pending' then
      parent := private.move_order(parent, private.working_status(parent), 'change_refused', p_source, facts);
    end if;
    if not private.is_final(parent.order_status) then
      perform private.hold(parent); -- at its own price again
    end if;
    if parent.cancel_requested_at is not null then
      perform private.wake_account(parent.broker_account_id); -- the cancel had to wait for the change
    end if;
  end if;
end
$$;
comment on function private.follow_change is 'What a step of a replacement means for the order it replaces; called by move_order.';

create function private.undo_change(p_parent public.real_orders, p_child public.real_orders, p_source text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  parent public.real_orders := p_parent;
  back bigint := least(p_child.quantity - p_child.cum_quantity, p_parent.replaced_quantity);
  facts jsonb := jsonb_build_object('replacement', p_child.id, 'quantity', back);
begin
  update public.real_orders set took_over_at = null where id = p_child.id;
  update public.real_orders set replaced_quantity = replaced_quantity - back where id = parent.id returning * into parent;
  if parent.order_status = 'replaced' and back > 0 then
    parent := private.move_order(parent, private.working_status(parent), 'change_undone', p_source, facts);
  else
    perform private.note_order(parent, 'change_undone', p_source, facts);
  end if;
  if not private.is_final(parent.order_status) then
    perform private.hold(parent);
  end if;
end
$$;
comment on function private.undo_change is 'The exchange refused a change the broker had taken: its shares never left the order it was to replace, which works on.';

create function private.take_over(p_parent public.real_orders, p_child public.real_orders, p_source text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  parent public.real_orders := p_parent;
  child public.real_orders := p_child;
  rest bigint := private.leaves_of(p_parent);
  moved bigint;
  facts jsonb;
begin
  update public.real_orders
  set took_over_at = clock_timestamp(),
      -- Who cancelled the parent while the change was on its way meant these shares.
      cancel_requested_at = coalesce(cancel_requested_at, case when parent.cancel_quantity is null then parent.cancel_requested_at end)
  where id = child.id returning * into child;
  if child.quantity > rest and rest > 0 then
    child := private.shrink_order(child, rest, p_source);
  end if;
  moved := least(child.quantity, rest);
  facts := jsonb_build_object('replacement', child.id, 'quantity', moved);
  if moved < child.quantity then
    perform private.page(parent, 'overfilled', p_source, facts || jsonb_build_object('cum_quantity', parent.cum_quantity));
  end if;
  update public.real_orders set replaced_quantity = replaced_quantity + moved where id = parent.id returning * into parent;
  if private.is_final(parent.order_status) then
    perform private.note_order(parent, 'partly_replaced', p_source, facts);
  elsif private.leaves_of(parent) = 0 then
    if parent.order_status = 'cancel_pending' then
      parent := private.move_order(parent, private.working_status(parent), 'change_refused', p_source, facts);
    end if;
    perform private.move_order(parent, 'replaced', 'replaced', p_source, facts);
  else
    if parent.order_status = 'replace_pending' then
      parent := private.move_order(parent, private.working_status(parent), 'partly_replaced', p_source, facts);
    else
      perform private.note_order(parent, 'partly_replaced', p_source, facts);
    end if;
    perform private.hold(parent);
  end if;
  if not private.is_final(child.order_status) then
    perform private.hold(child);
  end if;
  if child.cancel_requested_at is not null or parent.cancel_requested_at is not null then
    perform private.wake_account(child.broker_account_id);
  end if;
end
$$;
comment on function private.take_over is 'The broker took a change: its shares leave the old order and its reservation and become the new one''s.';

create function private.shrink_order(p_order public.real_orders, p_quantity bigint, p_source text) returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders := p_order;
  fitting bigint := greatest(p_quantity, p_order.cum_quantity, 1);
begin
  if not o.replaces_whole or fitting >= o.quantity then
    return o;
  end if;
  if o.replaced_quantity > 0 and o.cum_quantity + o.cancelled_quantity + o.replaced_quantity > fitting then
    o.replaced_quantity := o.replaced_quantity
      - private.give_back(o, o.cum_quantity + o.cancelled_quantity + o.replaced_quantity - fitting, p_source);
  end if;
  update public.real_orders
  set quantity = fitting, replaced_quantity = least(o.replaced_quantity, fitting - cum_quantity),
      cancelled_quantity = least(cancelled_quantity, fitting - cum_quantity - least(o.replaced_quantity, fitting - cum_quantity)),
      provisional_quantity = least(provisional_quantity, fitting - cum_quantity)
  where id = o.id returning * into o;
  perform private.note_order(o, 'resized', p_source, jsonb_build_object('quantity', o.quantity, 'cancelled_quantity', o.cancelled_quantity));
  if private.is_final(o.order_status) or o.order_status in ('submitting', 'unknown') then
    return o;
  elsif private.leaves_of(o) = 0 and o.cum_quantity > 0 then
    return private.move_order(o, 'executed', 'filled', p_source,
      jsonb_build_object('cum_quantity', o.cum_quantity, 'cum_amount', private.exact(o.cum_amount)));
  end if;
  perform private.hold(o);
  return o;
end
$$;
comment on function private.shrink_order is 'A change of "whatever is left" moved fewer shares than it asked for: the others had filled under its parent.';

create function private.give_back(p_parent public.real_orders, p_quantity bigint, p_source text) returns bigint
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
  return before - child.quantity;
end
$$;
comment on function private.give_back is 'Shares that were thought to have moved filled under the parent: its newest change of the whole remainder shrinks by them. Returns how many it could.';

create function public.resize_replacement(p_order_id uuid, p_quantity bigint) returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders := private.lock_order(p_order_id);
  resized public.real_orders;
begin
  if o.took_over_at is null or p_quantity is null then
    return o;
  end if;
  resized := private.shrink_order(o, p_quantity, 'inquiry');
  update public.real_orders set replaced_quantity = greatest(replaced_quantity - (o.quantity - resized.quantity), 0)
  where id = o.parent_order_id and resized.quantity < o.quantity;
  return resized;
end
$$;
comment on function public.resize_replacement is 'The broker''s list shows how many shares a change of the whole remainder moved.';

-- As before, and: while a change is on its way the dearer of the two prices is held.
create or replace function private.hold(o public.real_orders) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  instrument public.instruments;
  fee numeric;
  unit numeric := 0;
  rest bigint := private.leaves_of(o);
begin
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
comment on function private.hold is 'Makes the reservation fit the open shares, at the dearer price while a change is on its way.';

-- As before, and: what a change on its way holds on top is not in the broker's figure, however long ago its parent was acknowledged.
create or replace function private.free_cash(p_account public.broker_accounts) returns numeric
language sql volatile security definer set search_path = ''
as $$
  select b.orderable
    - coalesce((
        select sum(case when o.acknowledged_at is null or o.acknowledged_at >= b.as_of then r.amount
                        else greatest(r.amount - private.cost_of(r.quantity, coalesce(o.price, r.unit_price), p_account.commission_rate_krx), 0) end)
        from public.reservations r
        join public.real_orders o on o.id = r.order_id
        where r.broker_account_id = b.broker_account_id and r.side = 'buy'
      ), 0)
    - coalesce((
        select sum(o.cum_amount + ceil(o.cum_amount * p_account.commission_rate_krx))
        from public.real_orders o
        where o.broker_account_id = b.broker_account_id and o.order_type = 'buy' and o.acknowledged_at >= b.as_of
      ), 0)
  from public.account_balances b
  where b.broker_account_id = p_account.id
$$;

-- As before, and: what a partial cancel or change took away is no longer waited for.
create or replace function private.status_after_fill(o public.real_orders) returns text
language sql volatile security definer set search_path = ''
as $$
  select case
    when o.cum_quantity = o.quantity or o.order_status = 'executed' then 'executed'
    -- A cancel or an expiry was told before its last fills: the figures still fit, so the order stays ended.
    when o.order_status in ('cancelled', 'replaced') and o.cum_quantity + o.cancelled_quantity + o.replaced_quantity <= o.quantity then o.order_status
    when o.order_status = 'expired' and coalesce(o.expires_at, '-infinity') <= clock_timestamp() then o.order_status
    -- All that a partial cancel or change had left is filled.
    when not private.is_final(o.order_status) and private.leaves_of(o) = 0 then 'executed'
    else 'partially_filled'
  end
$$;

-- As before, changes included.
create or replace function private.is_proved_unsent(p_order_id uuid) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select not exists (
    select 1 from public.order_attempts a
    where a.order_id = p_order_id and a.kind in ('submit', 'replace') and a.outcome is distinct from 'not_processed'
  )
$$;

-- As before, and: a fill that overtook a change of the whole remainder takes its shares back from the replacement.
create or replace function public.apply_broker_cum(p_order_id uuid, p_cum_quantity bigint, p_cum_amount numeric, p_basis text, p_as_of timestamptz default null)
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

  -- Fills that overtook a change of the whole remainder: those shares never moved.
  if o.replaced_quantity > 0 and p_cum_quantity + o.cancelled_quantity + o.replaced_quantity > o.quantity then
    o.replaced_quantity := o.replaced_quantity
      - private.give_back(o, p_cum_quantity + o.cancelled_quantity + o.replaced_quantity - o.quantity, source);
    if p_cum_quantity + o.replaced_quantity > o.quantity then
      perform private.page(o, 'overfilled', source, facts); -- shares that a change of a part took away: booked, and a person looks
    end if;
  end if;
  o.cum_quantity := p_cum_quantity;
  target := case when more_quantity = 0 then o.order_status else private.status_after_fill(o) end;
  if target = 'partially_filled' and private.is_final(o.order_status) then
    o.cancelled_quantity := 0; -- it works again for all its rest: what was told of its cancel was wrong
  end if;
  update public.real_orders
  set cum_quantity = p_cum_quantity,
      cum_amount = cum_amount + more_amount,
      executed_price = case when p_cum_quantity > 0 then round((cum_amount + more_amount) / p_cum_quantity, 4) end,
      executed_at = coalesce(p_as_of, clock_timestamp()),
      acknowledged_at = coalesce(acknowledged_at, clock_timestamp()),
      provisional_quantity = greatest(provisional_quantity - more_quantity, 0),
      replaced_quantity = least(o.replaced_quantity, quantity - p_cum_quantity),
      cancelled_quantity = greatest(least(o.cancelled_quantity, quantity - p_cum_quantity - least(o.replaced_quantity, quantity - p_cum_quantity)), 0)
  where id = o.id;
  if more_quantity > 0 then
    insert into public.executions (order_id, user_id, broker_account_id, deployment_id, stock_code, side, quantity, amount, cum_quantity_after,
      basis, as_of)
    values (o.id, o.user_id, o.broker_account_id, o.deployment_id, o.stock_code, o.order_type, more_quantity, more_amount, p_cum_quantity, p_basis,
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

create function public.apply_broker_cancelled(p_order_id uuid, p_cancelled_quantity bigint, p_source text default 'inquiry') returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders := private.lock_order(p_order_id);
  total bigint := least(p_cancelled_quantity, o.quantity - o.cum_quantity - o.replaced_quantity);
  facts jsonb := jsonb_build_object('cancelled_quantity', total);
  asked bigint;
begin
  if private.is_final(o.order_status) or o.order_status in ('pending', 'submitting', 'unknown') or total is null or total <= o.cancelled_quantity then
    return o;
  end if;
  select a.quantity into asked from public.order_attempts a where a.order_id = o.id and a.kind = 'cancel' order by a.id desc limit 1;
  update public.real_orders
  set cancelled_quantity = total,
      -- A part was asked for and is gone. Who has asked for the rest meanwhile still wants it.
      cancel_requested_at = case when order_status = 'cancel_pending' and cancel_quantity is not null then null else cancel_requested_at end,
      cancel_quantity = case when order_status = 'cancel_pending' then null else cancel_quantity end
  where id = o.id returning * into o;
  if private.leaves_of(o) = 0 then
    return private.move_order(o, 'cancelled', 'cancelled', p_source, facts);
  elsif o.order_status = 'cancel_pending' and asked is not null then
    o := private.move_order(o, private.working_status(o), 'partly_cancelled', p_source, facts);
  else
    perform private.note_order(o, 'partly_cancelled', p_source, facts);
  end if;
  perform private.hold(o);
  if o.cancel_requested_at is not null then
    perform private.wake_account(o.broker_account_id);
  end if;
  return o;
end
$$;
comment on function public.apply_broker_cancelled is 'Shares of a working order that the broker has taken back so far, by our partial cancel or another client''s. Keeps the maximum; the order keeps its number and the rest.';

-- As before, and: an order that works after all has moved no shares on.
create or replace function private.take_number(o public.real_orders, p_broker_order_id text, p_branch text, p_source text, p_is_seen_working boolean)
returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  facts jsonb := jsonb_build_object('broker_order_id', p_broker_order_id);
begin
  if coalesce(p_broker_order_id, '') = '' then
    perform private.refuse('invalid_input', 'A broker order number is missing.');
  end if;
  if o.broker_order_id is not null and o.broker_order_id <> p_broker_order_id then
    perform private.page(o, 'other_broker_order', p_source, facts);
    return o;
  end if;
  if exists (select 1 from public.real_orders x where x.broker_account_id = o.broker_account_id and x.order_day = o.order_day
             and x.broker_order_id = p_broker_order_id and x.id <> o.id) then
    perform private.page(o, 'broker_number_taken', p_source, facts);
    return private.to_unknown(o, p_source, facts); -- a person settles it
  end if;
  if o.order_status in ('pending', 'denied') or o.order_status = 'rejected' and o.broker_code is distinct from 'NOT_FOUND' then
    perform private.page(o, 'number_of_unsent_order', p_source, facts);
    return o;
  end if;
  update public.real_orders
  set broker_order_id = p_broker_order_id, broker_branch = coalesce(p_branch, broker_branch), candidates = '[]',
      acknowledged_at = coalesce(acknowledged_at, clock_timestamp())
  where id = o.id returning * into o;
  if o.order_status in ('submitting', 'unknown') then
    o := private.move_order(o, private.working_status(o), 'accepted', p_source, facts);
  elsif o.order_status = 'rejected' or p_is_seen_working and o.order_status in ('cancelled', 'expired', 'replaced') then
    update public.real_orders set cancelled_quantity = 0, replaced_quantity = 0 where id = o.id; -- all its rest works again
    o := private.move_order(o, private.working_status(o), 'seen_working', p_source, facts);
    perform private.hold(o);
  else
    perform private.note_order(o, 'accepted', p_source, facts); -- a fill or a cancel overtook the answer; it only tells the number
  end if;
  if o.cancel_requested_at is not null then
    perform private.wake_account(o.broker_account_id);
  end if;
  return o;
end
$$;

-- --- what people ask for ---------------------------------------------------------------------------------------------------------

create function private.change_denial(p_parent public.real_orders, p_quantity bigint) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
begin
  if p_parent.order_status not in ('accepted', 'partially_filled', 'cancel_pending', 'replace_pending') then
    return private.denial('not_changeable', jsonb_build_object('status', p_parent.order_status));
  end if;
  if p_parent.order_status in ('cancel_pending', 'replace_pending') or p_parent.cancel_requested_at is not null or exists (
       select 1 from public.real_orders c
       where c.parent_order_id = p_parent.id and c.took_over_at is null and c.order_status in ('pending', 'submitting', 'unknown')) then
    return private.denial('change_outstanding');
  end if;
  if p_quantity is not null and not p_quantity between 1 and private.leaves_of(p_parent) then
    return private.denial('over_remainder', jsonb_build_object('quantity', p_quantity, 'remaining', private.leaves_of(p_parent)));
  end if;
  return null;
end
$$;
comment on function private.change_denial is 'Whether an order can be changed or taken back in part now: at work, nothing else on its way, enough shares left.';

-- What dearer shares cost beyond what the parent holds. The reservation is raised first, so that every sum counts the shares once, at the
-- new price; the caller lets it fit the rows again.
create function private.raise_denial(p_account public.broker_accounts, p_parent public.real_orders, p_quantity bigint, p_unit numeric) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  refusal jsonb;
  deployment public.strategy_deployments;
  most numeric;
  before numeric;
  more numeric;
begin
  select t.max_order_amount into most from public.trading_permissions t where t.user_id = p_account.user_id;
  if p_quantity * p_unit > most then
    return private.denial('order_amount_limit', jsonb_build_object('amount', private.exact(p_quantity * p_unit), 'limit', trim_scale(most)));
  end if;
  select r.amount into before from public.reservations r where r.order_id = p_parent.id;
  update public.reservations r
  set unit_price = greatest(r.unit_price, p_unit),
      amount = greatest(r.amount, private.cost_of(r.quantity, p_unit, p_account.commission_rate_krx))
  where r.order_id = p_parent.id
  returning r.amount - before into more;
  refusal := private.limit_denial(p_account, p_parent.stock_code, p_parent.order_day, 0, p_unit);
  if refusal is null and more > 0 then
    refusal := private.funds_denial(p_account, p_parent.stock_code, true, 0, p_unit);
    if refusal ->> 'code' = 'insufficient_cash' then
      refusal := private.denial('insufficient_cash', jsonb_build_object('needed', private.exact(more),
        'available', private.exact(greatest(private.free_cash(p_account) + more, 0))));
    end if;
    select * into deployment from public.strategy_deployments d where d.id = p_parent.deployment_id;
    refusal := coalesce(refusal, private.deployment_denial(deployment, p_parent.stock_code, true, 0, p_unit));
  end if;
  return refusal;
end
$$;
comment on function private.raise_denial is 'Limits, cash and a strategy''s budget against a buy whose price rises. Leaves the parent''s reservation raised.';

create function public.replace_order(p_order_id uuid, p_quantity bigint, p_price numeric, p_price_type text, p_intent_key uuid, p_body_hash text)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  account public.broker_accounts;
  instrument public.instruments;
  parent public.real_orders;
  child public.real_orders;
  slot private.order_slot;
  refusal jsonb;
  shares bigint;
  is_entry boolean;
begin
  -- First the lock, then the sums, as in place_order.
  perform 1 from public.trading_permissions where user_id = auth.uid() for update;
  perform private.require_user();
  if not exists (select 1 from public.real_orders where id = p_order_id and user_id = auth.uid()) then
    perform private.refuse('order_not_found', 'There is no such order among yours.', 404);
  end if;
  if p_intent_key is null or p_body_hash is null or char_length(p_body_hash) > 200 or p_price_type is null
     or p_price_type not in ('limit', 'market', 'best', 'own_best', 'conditional', 'mid', 'pre_close', 'post_close') then
    perform private.refuse('invalid_input', 'price type, intent key and body hash must be given and known.');
  end if;
  parent := private.lock_order(p_order_id);
  select * into account from public.broker_accounts where id = parent.broker_account_id;
  select * into child from public.real_orders where broker_account_id = account.id and intent_key = p_intent_key;
  if child.id is not null then
    if child.body_hash is distinct from p_body_hash or child.parent_order_id is distinct from parent.id then
      perform private.refuse('intent_conflict', 'The same intent key came with a different order.');
    end if;
    return jsonb_build_object('order', to_jsonb(child), 'denial', child.denial, 'replayed', true);
  end if;

  -- The shares go back to the book as a new order of the same side, so a change of a buy is an entry, of a sale an exit.
  is_entry := parent.order_type = 'buy';
  shares := coalesce(p_quantity, private.leaves_of(parent));
  select * into instrument from public.instruments where stock_code = parent.stock_code;
  slot := private.find_slot(null);
  refusal := coalesce(
    private.change_denial(parent, p_quantity),
    private.authority_denial(account, null, is_entry),
    case when slot.order_day is distinct from parent.order_day
         then private.denial('market_closed', jsonb_build_object('next_order_from', slot.next_order_from)) end,
    private.body_denial(instrument, parent.order_day, is_entry, false, shares, p_price_type, p_price),
    case when (p_price_type, p_price) is not distinct from (parent.price_type, parent.price) then private.denial('nothing_to_change') end);
  if refusal is null and is_entry then
    refusal := private.raise_denial(account, parent, shares, private.unit_price(instrument, p_price_type, p_price, parent.order_day));
  end if;
  if refusal is not null and (
    select count(*) from public.real_orders x
    where x.user_id = account.user_id and x.created_at > clock_timestamp() - interval '1 day' and x.order_status = 'denied'
  ) >= 1000 then
    perform private.refuse('rate_limited', 'A thousand of your orders were refused in a day. This one was refused too and is not kept.', 429, refusal);
  end if;

  insert into public.real_orders (user_id, broker_account_id, strategy_id, deployment_id, stock_code, stock_name, order_type, order_status,
    quantity, price, price_type, session, order_day, origin, intent_key, body_hash, is_entry, expires_at, allow_duplicate, parent_order_id,
    replaces_whole, denial_code, denial)
  values (parent.user_id, parent.broker_account_id, parent.strategy_id, parent.deployment_id, parent.stock_code, parent.stock_name,
    parent.order_type, case when refusal is null then 'pending' else 'denied' end,
    case when shares between 0 and 9007199254740991 then shares else 0 end,
    case when p_price between 0 and 9007199254740 then p_price end,
    p_price_type, slot.session, parent.order_day, 'user', p_intent_key, p_body_hash, is_entry, coalesce(slot.expires_at, parent.expires_at),
    true, -- the key tells two changes apart; back to an old price is no duplicate
    parent.id, p_quantity is null, refusal ->> 'code', refusal)
  returning * into child;
  if refusal is null then
    perform private.append_event(child, 'placed', 'user', null, 'pending',
      jsonb_build_object('quantity', child.quantity, 'price', child.price, 'replaces', parent.id));
    perform private.note_order(parent, 'replace_requested', 'user', jsonb_build_object('replacement', child.id));
    perform private.wake_account(child.broker_account_id);
  else
    perform private.append_event(child, 'denied', 'risk', null, 'denied', refusal);
  end if;
  if not private.is_final(parent.order_status) then
    perform private.hold(parent);
  end if;
  return jsonb_build_object('order', to_jsonb(child), 'denial', refusal, 'replayed', false);
end
$$;
comment on function public.replace_order is '정정: asks for other terms for an order of the signed-in person, for all that is left (p_quantity null) or a part. Gives {order (the replacement), denial, replayed}; a refused one is kept as denied.';

drop function public.cancel_order(uuid);
create function public.cancel_order(p_order_id uuid, p_quantity bigint default null) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders;
  part bigint := p_quantity;
  refusal jsonb;
begin
  perform private.require_user();
  if not exists (select 1 from public.real_orders where id = p_order_id and user_id = auth.uid()) and not private.is_admin() then
    perform private.refuse('order_not_found', 'There is no such order among yours.', 404);
  end if;
  o := private.lock_order(p_order_id);
  if private.is_final(o.order_status) then
    return jsonb_build_object('order', to_jsonb(o),
      'denial', private.denial('not_cancellable', jsonb_build_object('status', o.order_status)));
  end if;
  if part = private.leaves_of(o) then
    part := null; -- all of it, whatever fills on the way
  end if;
  if part is not null then
    refusal := private.change_denial(o, part);
    if refusal is not null then
      return jsonb_build_object('order', to_jsonb(o), 'denial', refusal);
    end if;
  end if;
  -- A wish for all of it outranks one for a part.
  if o.cancel_requested_at is null or o.cancel_quantity is not null then
    update public.real_orders set cancel_requested_at = clock_timestamp(), cancel_quantity = part where id = o.id returning * into o;
    perform private.note_order(o, 'cancel_requested', 'user', case when part is null then '{}' else jsonb_build_object('quantity', part) end);
  end if;
  if o.order_status = 'pending' then
    update public.real_orders set cancelled_quantity = quantity where id = o.id;
    o := private.move_order(o, 'cancelled', 'cancelled', 'user'); -- never sent: gone at once
  else
    perform private.wake_account(o.broker_account_id);
  end if;
  return jsonb_build_object('order', to_jsonb(o), 'denial', null);
end
$$;
comment on function public.cancel_order is 'Asks for a cancel of all that is left, or of p_quantity shares of it. What was not sent yet is gone at once; the rest is cancelled as soon as the broker''s number is known.';

-- --- what the sender may do ------------------------------------------------------------------------------------------------------

create function private.release_of(o public.real_orders) returns text
language sql volatile security definer set search_path = ''
as $$
  select case
    when coalesce(o.send_at, '-infinity') > clock_timestamp() then 'later'
    when o.deployment_id is null or o.send_at is null then 'due'
    -- A strategy decided yesterday: today's prepare must have found the way clean (ORDERS §4a).
    when exists (select 1 from public.strategy_runs r
                 where r.deployment_id = o.deployment_id and r.phase = 'prepare' and r.finished_at is not null and r.reason = 'prepared'
                   and (r.tick at time zone 'Asia/Seoul')::date = o.order_day) then 'due'
    when clock_timestamp() < o.send_at + interval '10 minutes' then 'later' -- the scheduler takes a missed prepare up for so long
    else 'unprepared'
  end
$$;
comment on function private.release_of is 'due, later, or unprepared: no clean prepare of its day came, so the order may not leave any more.';

create function public.order_release(p_order_id uuid) returns text
language sql volatile security definer set search_path = ''
as $$ select private.release_of(o) from public.real_orders o where o.id = p_order_id $$;
comment on function public.order_release is 'Whether an order''s time has come: due, later, or unprepared (to be denied).';

-- As before, and: orders of strategies wait for a clean prepare.
create or replace function public.work_of(p_account_id uuid) returns setof public.real_orders
language sql volatile security definer set search_path = ''
as $$
  select o.*
  from public.real_orders o
  where o.broker_account_id = p_account_id
    and o.order_day is not null -- rows of the owner's earlier system are never work
    and (o.order_status = 'pending' and private.release_of(o) <> 'later'
      or o.order_status in ('submitting', 'unknown', 'cancel_pending', 'replace_pending')
      or o.order_status in ('accepted', 'partially_filled') and o.cancel_requested_at is not null)
  order by o.created_at, o.id
$$;

create function private.may_replace(o public.real_orders, p_parent public.real_orders) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  account public.broker_accounts;
  platform public.platform_settings;
  rights public.trading_permissions;
begin
  if o.order_status not in ('pending', 'submitting') or o.cancel_requested_at is not null
     or coalesce(o.expires_at, 'infinity') <= clock_timestamp()
     or p_parent.order_status not in ('accepted', 'partially_filled') or p_parent.cancel_requested_at is not null
     or p_parent.broker_order_id is null or private.leaves_of(p_parent) < (case when o.replaces_whole then 1 else o.quantity end) then
    return false;
  end if;
  -- At most once, as for a new order: a repeated change could move shares again.
  if not private.is_proved_unsent(o.id)
     or o.order_status = 'submitting' and not exists (select 1 from public.order_attempts a where a.order_id = o.id and a.kind = 'replace') then
    return false;
  end if;
  if o.is_entry and exists (
    select 1 from public.real_orders x
    where x.broker_account_id = o.broker_account_id and x.id <> o.id and x.order_day = o.order_day
      and x.stock_code = o.stock_code and x.order_type = o.order_type and x.order_status = 'unknown'
  ) then
    return false;
  end if;
  select * into account from public.broker_accounts where id = o.broker_account_id;
  select * into platform from public.platform_settings;
  select * into rights from public.trading_permissions where user_id = o.user_id;
  return account.is_active and account.environment_verified_at is not null and platform.orders_enabled
    and case when account.is_paper_account then rights.can_paper_trade is true
             else platform.real_enabled and rights.can_real_trade is true and account.verified_at is not null end
    and private.halt_for(o.user_id, account.broker_type, o.deployment_id, o.is_entry) is null;
end
$$;
comment on function private.may_replace is 'Whether a change may go to the broker now; asked in the attempt''s own transaction.';

-- As before, and: a part that was taken back does not delay the cancel of the rest.
create or replace function private.may_cancel(o public.real_orders) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select o.order_status in ('accepted', 'partially_filled') and o.cancel_requested_at is not null and o.broker_order_id is not null
    -- One outstanding change: a cancel the broker took, or may have taken, gets 10 s to show before the same one is asked again.
    and not exists (
      select 1 from public.order_attempts a
      where a.order_id = o.id and a.kind = 'cancel' and a.quantity is not distinct from o.cancel_quantity
        and (a.outcome is null or a.outcome in ('accepted', 'unknown'))
        and a.started_at > clock_timestamp() - interval '10 seconds'
    )
$$;

drop function public.begin_attempt(uuid, text, uuid, bigint, text[]);
create function public.begin_attempt(p_order_id uuid, p_kind text, p_instance uuid, p_token bigint, p_baseline text[] default '{}',
  p_quantity bigint default null) returns bigint
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders;
  parent public.real_orders;
  attempt public.order_attempts;
begin
  o := private.lock_order(p_order_id);
  select * into parent from public.real_orders where id = o.parent_order_id for update;
  insert into public.order_attempts (order_id, attempt_no, kind, instance_id, lease_token, baseline, quantity)
  select o.id, 1 + (select count(*) from public.order_attempts x where x.order_id = o.id and x.kind = p_kind), p_kind, i.id, l.token,
    coalesce(p_baseline, '{}'), p_quantity
  from public.account_leases l
  join public.trading_instances i on i.id = l.instance_id and i.expires_at > clock_timestamp()
  where l.account_id = o.broker_account_id and l.instance_id = p_instance and l.token = p_token
    and case p_kind
          when 'submit' then o.parent_order_id is null and private.release_of(o) = 'due' and private.may_submit(o)
          when 'replace' then parent.id is not null and o.origin <> 'external' and private.may_replace(o, parent)
          when 'cancel' then private.may_cancel(o) and p_quantity is not distinct from o.cancel_quantity
          else false end
  returning * into attempt;
  if attempt.id is null then
    return null;
  end if;
  if p_kind = 'cancel' then
    perform private.move_order(o, 'cancel_pending', 'cancel_sent', 'sender',
      jsonb_strip_nulls(jsonb_build_object('attempt', attempt.id, 'quantity', p_quantity)));
    return attempt.id;
  end if;
  update public.real_orders set submitted_at = clock_timestamp() where id = o.id;
  if o.order_status = 'pending' then
    perform private.move_order(o, 'submitting', 'send_started', 'sender', jsonb_build_object('attempt', attempt.id));
  else
    perform private.note_order(o, 'send_started', 'sender', jsonb_build_object('attempt', attempt.id));
  end if;
  if p_kind = 'replace' then
    perform private.move_order(parent, 'replace_pending', 'replace_sent', 'sender', jsonb_build_object('replacement', o.id, 'attempt', attempt.id));
  end if;
  return attempt.id;
end
$$;
comment on function public.begin_attempt is 'The permission to write to the socket once, or null. Only the live owner with the current token gets one, no halt may stand, and a submit or change is never repeated unless every earlier one is proven not processed. p_quantity: the part a cancel names.';

-- As before, and the answer to a change.
create or replace function public.finish_attempt(p_attempt_id bigint, p_outcome text, p_code text default null, p_message text default null,
  p_broker_order_id text default null, p_branch text default null) returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  attempt public.order_attempts;
  o public.real_orders;
  parent public.real_orders;
  facts jsonb := jsonb_build_object('attempt', p_attempt_id, 'code', p_code);
begin
  select * into attempt from public.order_attempts where id = p_attempt_id;
  if attempt.id is null or p_outcome is null or p_outcome not in ('accepted', 'rejected', 'not_processed', 'unknown') then
    perform private.refuse('invalid_input', 'No such attempt, or an unknown outcome.');
  end if;
  o := private.lock_order(attempt.order_id);
  select * into attempt from public.order_attempts where id = p_attempt_id for update;
  if attempt.outcome is not null and (attempt.outcome <> 'unknown' or p_outcome = 'unknown') then
    return o; -- said before; the first definite answer stands
  end if;
  update public.order_attempts
  set outcome = p_outcome, outcome_code = p_code, outcome_message = left(p_message, 500), finished_at = clock_timestamp()
  where id = p_attempt_id;
  if p_outcome in ('rejected', 'not_processed') then
    update public.real_orders set broker_code = p_code, broker_message = left(p_message, 500)
    where id = o.id and (attempt.kind = 'cancel' or order_status in ('submitting', 'unknown')) returning * into o;
    if o.id is null then
      select * into o from public.real_orders where id = attempt.order_id;
    end if;
  end if;

  if attempt.kind in ('submit', 'replace') then
    if p_outcome = 'accepted' then
      return private.take_number(o, p_broker_order_id, p_branch, 'sender', false);
    elsif p_outcome = 'unknown' then
      return private.to_unknown(o, 'sender', facts);
    elsif o.order_status not in ('submitting', 'unknown') then
      perform private.page(o, 'late_refusal', 'sender', facts);
    elsif p_outcome = 'rejected' or o.order_status = 'unknown' then
      return private.move_order(o, 'rejected', 'rejected', 'sender', facts); -- an unknown order is never sent again, so not_processed ends it
    else
      perform private.note_order(o, 'not_processed', 'sender', facts); -- stays submitting: a new attempt is allowed
      select * into parent from public.real_orders where id = o.parent_order_id for update;
      if attempt.kind = 'replace' and parent.order_status = 'replace_pending' then
        perform private.move_order(parent, private.working_status(parent), 'change_not_processed', 'sender', facts);
      end if;
    end if;
    return o;
  end if;

  if o.order_status <> 'cancel_pending' then
    perform private.note_order(o, 'change_' || p_outcome, 'sender', facts);
  elsif p_outcome = 'accepted' then
    update public.real_orders set outcome_unknown = false where id = o.id returning * into o;
    perform private.note_order(o, 'change_accepted', 'sender', facts); -- the end comes with notices and inquiries
  elsif p_outcome = 'unknown' then
    return private.to_unknown(o, 'sender', facts);
  elsif p_outcome = 'rejected' then
    -- The wish that was refused is over; a wish for the rest that came after a refused part is not.
    update public.real_orders set cancel_requested_at = null, cancel_quantity = null
    where id = o.id and attempt.quantity is not distinct from o.cancel_quantity;
    return private.move_order(o, private.working_status(o), 'change_refused', 'sender', facts);
  else
    return private.move_order(o, private.working_status(o), 'change_not_processed', 'sender', facts); -- the wish stays: it may be sent again
  end if;
  return o;
end
$$;

-- --- changes made elsewhere ------------------------------------------------------------------------------------------------------

-- As before, and: a change made elsewhere takes over the shares of the order it changes.
create or replace function public.adopt_external(p_account_id uuid, p_order jsonb) returns uuid
language plpgsql volatile security definer set search_path = ''
as $$
declare
  account public.broker_accounts;
  o public.real_orders;
  parent public.real_orders;
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
    select * into parent from public.real_orders
    where broker_account_id = p_account_id and order_day = day and broker_order_id = p_order ->> 'original_order_id' for update;
    -- It may be one of ours whose number is not known yet: not a stranger's until that one is settled.
    if coalesce((p_order ->> 'is_api')::boolean, true) and exists (
         select 1 from public.real_orders x where x.broker_account_id = p_account_id and x.order_day = day
           and x.order_status in ('submitting', 'unknown') and x.broker_order_id is null
           and x.stock_code = p_order ->> 'stock_code' and x.order_type = side
           and x.parent_order_id is not distinct from parent.id
           and (x.quantity = shares or x.replaces_whole and x.quantity > shares)) then
      return null;
    end if;
    insert into public.real_orders (user_id, broker_account_id, stock_code, stock_name, order_type, order_status, quantity, price, price_type,
      order_day, origin, intent_key, is_entry, broker_order_id, broker_branch, acknowledged_at, parent_order_id)
    values (account.user_id, account.id, p_order ->> 'stock_code',
      (select i.name_ko from public.instruments i where i.stock_code = p_order ->> 'stock_code'), side, 'accepted', shares,
      nullif((p_order ->> 'price')::numeric, 0), coalesce(p_order ->> 'price_type', 'limit'), day, 'external',
      private.uuid_of(concat_ws('|', account.id, day, p_order ->> 'broker_order_id')), side = 'buy', p_order ->> 'broker_order_id',
      coalesce(p_order ->> 'broker_branch', ''), clock_timestamp(), parent.id)
    returning * into o;
    perform private.append_event(o, 'adopted', 'reconciler', null, 'accepted',
      jsonb_strip_nulls(jsonb_build_object('broker_order_id', o.broker_order_id, 'replaces', parent.id)));
    perform private.hold(o);
    if parent.id is not null then
      perform private.take_over(parent, o, 'reconciler');
    end if;
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
comment on function public.adopt_external is 'An order made in HTS or MTS becomes a row and counts in risk; a change made there becomes a child of the order it changes. p_order: {broker_order_id, broker_branch, original_order_id, is_api, order_day, stock_code, side, quantity, price, price_type, cum_quantity, cum_amount, cancelled_quantity}. Null while it may be one of ours.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.replace_order, public.cancel_order, public.begin_attempt, public.apply_broker_cancelled, public.resize_replacement,
  public.order_release from public, anon, authenticated, service_role;
grant execute on function public.replace_order, public.cancel_order to authenticated;
grant execute on function public.begin_attempt, public.apply_broker_cancelled, public.resize_replacement, public.order_release to narae_trading;
