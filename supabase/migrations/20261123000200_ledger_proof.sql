-- The ledger proves itself: every link of the chain is walked, the tail is compared with the head and with what was recorded at the end
-- of earlier days, and the numbers a replay needs are in the events (ORDERS §1.5).

create table public.reconciliations (
  id                uuid primary key default gen_random_uuid(),
  broker_account_id uuid not null references public.broker_accounts (id) on delete cascade,
  user_id           uuid not null,
  kind              text not null,
  day               date not null,
  started_at        timestamptz not null,
  ended_at          timestamptz not null,
  runs              integer not null default 1,
  result            text not null,
  detail            jsonb not null default '{}',
  ledger_seq        bigint,
  ledger_hash       text,
  unique (broker_account_id, kind, day),
  constraint reconciliations_kind_known check (kind in ('startup', 'orders', 'positions', 'cash', 'end_of_day', 'ledger')),
  constraint reconciliations_result_known check (result in ('agreed', 'differs', 'failed'))
);
comment on table public.reconciliations is 'What was compared with the broker, or with itself, and what came out: one row an account, loop and Seoul day; the last run counts.';
comment on column public.reconciliations.runs is 'How often the loop wrote this row on that day.';
comment on column public.reconciliations.ledger_seq is 'End of day: the last event of the account''s chain. With ledger_hash it shows later that nothing before it was rewritten.';
alter table public.reconciliations enable row level security;
revoke all on public.reconciliations from public, anon, authenticated, service_role;
grant select on public.reconciliations to authenticated, service_role, narae_trading, narae_scheduler;
create policy reconciliations_select_own on public.reconciliations for select to authenticated
  using (user_id = (select auth.uid()) or (select private.is_admin()));
comment on policy reconciliations_select_own on public.reconciliations is 'A person reads their own rows, administrators read all.';
create policy reconciliations_fleet on public.reconciliations for select to narae_trading, narae_scheduler using (true);
comment on policy reconciliations_fleet on public.reconciliations is 'Services of the fleet see all rows.';

create function public.record_reconciliation(p_account_id uuid, p_kind text, p_started_at timestamptz, p_result text, p_detail jsonb default '{}')
returns public.reconciliations
language plpgsql volatile security definer set search_path = ''
as $$
declare
  r public.reconciliations;
  owner_id uuid;
  head private.event_heads;
begin
  select a.user_id into owner_id from public.broker_accounts a where a.id = p_account_id;
  if owner_id is null then
    perform private.refuse('account_not_found', 'There is no such account.', 404);
  end if;
  if p_kind = 'end_of_day' then
    select * into head from private.event_heads where account_id = p_account_id;
  end if;
  insert into public.reconciliations as x (broker_account_id, user_id, kind, day, started_at, ended_at, result, detail, ledger_seq, ledger_hash)
  values (p_account_id, owner_id, p_kind, private.seoul_day(), p_started_at, clock_timestamp(), p_result, coalesce(p_detail, '{}'),
    head.seq, head.hash)
  on conflict (broker_account_id, kind, day) do update
    set started_at = excluded.started_at, ended_at = excluded.ended_at, result = excluded.result, detail = excluded.detail,
        runs = x.runs + 1, ledger_seq = excluded.ledger_seq, ledger_hash = excluded.ledger_hash
  returning * into r;
  if p_kind = 'ledger' and p_result = 'differs' then
    insert into public.notifications (user_id, kind, severity, payload)
    select p.user_id, 'ledger_differs', 'critical', jsonb_build_object('account_id', p_account_id) || coalesce(p_detail, '{}')
    from public.profiles p where p.is_admin;
  end if;
  return r;
end
$$;
comment on function public.record_reconciliation is 'Writes what one loop found. A ledger that contradicts itself is told to every administrator.';

create function public.verify_chain(p_account_id uuid) returns table (seq bigint, order_id uuid, fault text)
language sql stable security definer set search_path = ''
as $$
  with chain as (
    select e.*, lag(e.hash, 1, '') over (order by e.seq) as hash_before, lag(e.seq, 1, 0::bigint) over (order by e.seq) as seq_before
    from public.order_events e where e.account_id = p_account_id
  ), tail as (
    select h.seq, h.hash, (select max(c.seq) from chain c) as last_seq from private.event_heads h where h.account_id = p_account_id
  )
  select f.seq, f.order_id, f.fault
  from (
    select c.seq, c.order_id, 'changed' as fault from chain c
    where c.hash <> private.event_hash(c.prev_hash, c.account_id, c.seq, c.order_id, c.type, c.source, c.from_status, c.to_status, c.payload, c.at)
    union all
    select c.seq, c.order_id, 'missing_before' from chain c where c.seq <> c.seq_before + 1
    union all
    select c.seq, c.order_id, 'unlinked' from chain c where c.seq = c.seq_before + 1 and c.prev_hash <> c.hash_before
    union all
    select c.seq, c.order_id, 'other_person' from chain c join public.real_orders o on o.id = c.order_id where c.user_id <> o.user_id
    union all
    select coalesce(t.last_seq, 0) + 1, null, 'tail_cut' from tail t where t.seq > coalesce(t.last_seq, 0)
    union all
    select c.seq, c.order_id, 'not_the_head' from chain c
    where c.seq = (select max(x.seq) from chain x)
      and not exists (select 1 from tail t where t.seq > c.seq or t.seq = c.seq and t.hash = c.hash)
    union all
    select r.ledger_seq, c.order_id, 'differs_from_record' from public.reconciliations r
    left join chain c on c.seq = r.ledger_seq
    where r.broker_account_id = p_account_id and r.ledger_seq > 0 and c.hash is distinct from r.ledger_hash
  ) f
  order by f.seq, f.fault
  limit 100
$$;
comment on function public.verify_chain is 'Every fault of an account''s event chain, the first hundred: changed (payload or hash), missing_before, unlinked, other_person, tail_cut, not_the_head, differs_from_record. No row: the chain is whole.';

-- settle_order as before; the cancelled shares are in the event, so that a replay need not look at the row.
create or replace function public.settle_order(p_order_id uuid, p_to text, p_cancelled_quantity bigint default null, p_source text default 'inquiry',
  p_payload jsonb default '{}') returns public.real_orders
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders := private.lock_order(p_order_id);
  target text := case when p_to = 'previous' then private.working_status(o) else p_to end;
  facts jsonb := coalesce(p_payload, '{}');
  cancelled bigint;
begin
  if target is null or target not in ('cancelled', 'expired', 'rejected', 'replaced', 'accepted', 'partially_filled') then
    perform private.refuse('invalid_input', 'An order settles as cancelled, expired, rejected, replaced or previous.');
  end if;
  if o.order_status = target or o.order_status = 'executed' then
    return o; -- fills outrank cancels
  end if;
  -- A sender that believes the order unsent may be behind: somebody else's send is under way, or nobody knows what became of it.
  if (o.order_status = 'submitting' or o.order_status = 'unknown' and p_source = 'sender') and not private.is_proved_unsent(o.id) then
    perform private.note_order(o, 'settlement_refused', p_source, jsonb_build_object('to', target));
    return o;
  end if;
  if target in ('accepted', 'partially_filled') then
    if o.order_status in ('cancel_pending', 'replace_pending') then
      update public.real_orders set cancel_requested_at = null where id = o.id;
      return private.move_order(o, private.working_status(o), 'change_refused', p_source, facts);
    end if;
    return o;
  end if;
  if not exists (select 1 from private.order_moves m where m.from_status = o.order_status and m.to_status = target) then
    perform private.page(o, 'illegal_settlement', p_source, facts || jsonb_build_object('to', target));
    return o;
  end if;
  if target = 'cancelled' then
    cancelled := least(greatest(coalesce(p_cancelled_quantity, o.quantity - o.cum_quantity), 0), o.quantity);
    facts := facts || jsonb_build_object('cancelled_quantity', cancelled);
  end if;
  update public.real_orders
  set cancelled_quantity = coalesce(cancelled, cancelled_quantity),
      broker_code = case when target = 'rejected' then coalesce(facts ->> 'code', broker_code) else broker_code end,
      broker_message = case when target = 'rejected' then left(coalesce(facts ->> 'message', broker_message), 500) else broker_message end
  where id = o.id;
  return private.move_order(o, target, case when target = 'rejected' and facts ->> 'code' = 'NOT_FOUND' then 'not_found' else target end,
    p_source, facts - 'message');
end
$$;

-- Each execution names the deployment whose sub-ledger it changed.
alter table public.executions add column deployment_id uuid references public.strategy_deployments (id) on delete restrict;
comment on column public.executions.deployment_id is 'The deployment whose sub-ledger this fill changed; null for a person''s own and for external orders.';
update public.executions e set deployment_id = o.deployment_id from public.real_orders o where o.id = e.order_id and o.deployment_id is not null;

-- apply_broker_cum as before, but a fill of an order at work leaves its partial cancel as it was, and the execution names its deployment.
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

  o.cum_quantity := p_cum_quantity;
  target := case when more_quantity = 0 then o.order_status else private.status_after_fill(o) end;
  update public.real_orders
  set cum_quantity = p_cum_quantity,
      cum_amount = cum_amount + more_amount,
      executed_price = case when p_cum_quantity > 0 then round((cum_amount + more_amount) / p_cum_quantity, 4) end,
      executed_at = coalesce(p_as_of, clock_timestamp()),
      acknowledged_at = coalesce(acknowledged_at, clock_timestamp()),
      provisional_quantity = greatest(provisional_quantity - more_quantity, 0),
      -- An order that comes back works again for all its rest: what was told of its cancel was wrong.
      cancelled_quantity = case when private.is_final(o.order_status) and not private.is_final(target) then 0
                                else least(cancelled_quantity, quantity - p_cum_quantity) end
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

grant select on public.order_events to narae_scheduler;
alter policy order_events_fleet on public.order_events to narae_trading, narae_scheduler;

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.record_reconciliation, public.verify_chain from public, anon, authenticated, service_role;
grant execute on function public.record_reconciliation to narae_trading, narae_scheduler;
grant execute on function public.verify_chain to narae_scheduler;
