-- The life of an order: which moves exist, who may make them, and the chained record of every one.
-- order_moves mirrors LEGAL_MOVES of lib/domain/order/transitions.ts; a test proves the two equal.

create table private.order_moves (
  from_status    text not null,
  to_status      text not null,
  needs_evidence boolean not null default false,
  primary key (from_status, to_status)
);
comment on table private.order_moves is 'Every legal move of an order. needs_evidence: only the broker''s own evidence re-opens a final order.';

insert into private.order_moves (from_status, to_status)
select m.from_status, unnest(string_to_array(m.to_statuses, ' '))
from (values
  ('pending', 'submitting cancelled denied expired'),
  ('submitting', 'accepted rejected unknown partially_filled executed expired'),
  ('unknown', 'accepted partially_filled executed cancelled rejected expired'),
  ('accepted', 'partially_filled executed cancel_pending replace_pending cancelled expired rejected replaced'),
  ('partially_filled', 'partially_filled executed cancel_pending replace_pending cancelled expired rejected replaced'),
  ('cancel_pending', 'cancelled partially_filled executed accepted expired'),
  ('replace_pending', 'cancelled partially_filled executed accepted expired replaced')
) as m (from_status, to_statuses);

insert into private.order_moves (from_status, to_status, needs_evidence)
select f, t, true
from unnest(array['cancelled', 'expired', 'replaced', 'rejected']) f, unnest(array['accepted', 'partially_filled', 'executed']) t;

create function private.is_final(p_status text) returns boolean
language sql immutable set search_path = ''
as $$ select p_status in ('executed', 'cancelled', 'replaced', 'rejected', 'denied', 'expired') $$;
comment on function private.is_final is 'Final states hold no reservation and move again only with broker evidence.';

-- Last link of each account's chain. Its row lock is also the account's mutex: every function that changes an account's orders,
-- holdings or cash takes it before any row of these, so that two of them can never wait for each other.
create table private.event_heads (
  account_id uuid primary key references public.broker_accounts (id) on delete restrict,
  seq        bigint not null default 0,
  hash       text not null default ''
);
comment on table private.event_heads is 'Last link of each account''s event chain; locked by every change of the account.';

create function private.lock_account(p_account_id uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  insert into private.event_heads (account_id) values (p_account_id) on conflict do nothing;
  perform 1 from private.event_heads where account_id = p_account_id for update;
end
$$;
comment on function private.lock_account is 'Takes the account''s mutex until the transaction ends.';

create function private.lock_order(p_order_id uuid) returns public.real_orders
language plpgsql security definer set search_path = ''
as $$
declare
  o public.real_orders;
begin
  select * into o from public.real_orders where id = p_order_id;
  -- Rows of the owner's earlier system have no order_day: they were never ours to send or to change.
  if o.id is null or o.broker_account_id is null or o.order_day is null then
    perform private.refuse('order_not_found', 'There is no such order.', 404);
  end if;
  perform private.lock_account(o.broker_account_id);
  select * into o from public.real_orders where id = p_order_id for update;
  return o;
end
$$;
comment on function private.lock_order is 'Locks an order''s account, then the order, and returns the row as it is now.';

create function private.event_hash(p_prev_hash text, p_account_id uuid, p_seq bigint, p_order_id uuid, p_type text, p_source text,
  p_from text, p_to text, p_payload jsonb, p_at timestamptz) returns text
language sql stable set search_path = ''
as $$
  select encode(extensions.digest(convert_to(concat_ws('|', p_prev_hash, p_account_id, p_seq, p_order_id, p_type, p_source,
    coalesce(p_from, '-'), coalesce(p_to, '-'), p_payload, extract(epoch from p_at)), 'UTF8'), 'sha256'), 'hex')
$$;
comment on function private.event_hash is 'SHA-256 over the previous hash and the whole event.';

create function private.append_event(p_order public.real_orders, p_type text, p_source text, p_from text, p_to text, p_payload jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  head private.event_heads;
  now_at timestamptz := clock_timestamp();
  link text;
begin
  perform private.lock_account(p_order.broker_account_id);
  select * into head from private.event_heads where account_id = p_order.broker_account_id;
  link := private.event_hash(head.hash, head.account_id, head.seq + 1, p_order.id, p_type, p_source, p_from, p_to, p_payload, now_at);
  insert into public.order_events (account_id, seq, order_id, user_id, type, source, from_status, to_status, payload, at, prev_hash, hash)
  values (head.account_id, head.seq + 1, p_order.id, p_order.user_id, p_type, p_source, p_from, p_to, p_payload, now_at, head.hash, link);
  update private.event_heads set seq = head.seq + 1, hash = link where account_id = head.account_id;
end
$$;
comment on function private.append_event is 'Appends one event to the account''s chain.';

create function private.first_broken_event(p_account_id uuid) returns bigint
language sql stable security definer set search_path = ''
as $$
  select min(e.seq)
  from (
    select *, lag(hash, 1, '') over (order by seq) as before, row_number() over (order by seq) as place
    from public.order_events where account_id = p_account_id
  ) e
  where e.seq <> e.place or e.prev_hash <> e.before
     or e.hash <> private.event_hash(e.prev_hash, e.account_id, e.seq, e.order_id, e.type, e.source, e.from_status, e.to_status, e.payload, e.at)
$$;
comment on function private.first_broken_event is 'The first event of an account whose link does not hold; null when the chain is whole.';

create trigger order_events_append_only before update or delete or truncate on public.order_events
  for each statement execute function private.refuse_change();

-- The last word on every row, whoever writes it.
create function private.guard_order() returns trigger
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
  if (new.id, new.user_id, new.broker_account_id, new.stock_code, new.order_type, new.quantity, new.price, new.order_day, new.intent_key)
     is distinct from
     (old.id, old.user_id, old.broker_account_id, old.stock_code, old.order_type, old.quantity, old.price, old.order_day, old.intent_key) then
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
comment on function private.guard_order is 'Trigger: refuses illegal moves, changed intents and shrinking fills; counts the version.';
create trigger real_orders_guard before insert or update on public.real_orders
  for each row execute function private.guard_order();

create function private.move_order(p_order public.real_orders, p_to text, p_type text, p_source text, p_payload jsonb default '{}') returns public.real_orders
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
  return moved;
end
$$;
comment on function private.move_order is 'The only writer of order_status: moves, frees the reservation of final orders, records the event, pages when a final order comes back.';

create function private.note_order(p_order public.real_orders, p_type text, p_source text, p_payload jsonb default '{}') returns void
language sql security definer set search_path = ''
as $$ select private.append_event(p_order, p_type, p_source, p_order.order_status, p_order.order_status, p_payload) $$;
comment on function private.note_order is 'Records an event that does not move the order.';

create function private.page(p_order public.real_orders, p_kind text, p_source text, p_payload jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  -- A poll repeats the same contradiction every few seconds: once in ten minutes is enough to be heard.
  if exists (select 1 from public.notifications n where n.user_id = p_order.user_id and n.kind = p_kind
             and n.payload ->> 'order_id' = p_order.id::text and n.created_at > clock_timestamp() - interval '10 minutes') then
    return;
  end if;
  perform private.note_order(p_order, p_kind, p_source, p_payload);
  perform private.notify_person(p_order.user_id, p_kind, 'critical', p_payload || jsonb_build_object('order_id', p_order.id));
end
$$;
comment on function private.page is 'Our picture and the broker''s differ: recorded, told to the owner, and nothing is changed.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin() to authenticated;
