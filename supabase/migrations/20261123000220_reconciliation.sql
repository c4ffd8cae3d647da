-- Holdings against ours (ORDERS §4): a break needs three agreeing reads over a minute that nothing of ours touched; trades made
-- elsewhere explain themselves through their EXTERNAL orders; strategies may not believe to hold more than the account does.

alter table public.reconciliation_breaks
  add column kind        text not null default 'holding',
  add column accepted_at timestamptz,
  add column accepted_by uuid references auth.users (id) on delete set null,
  add column reason      text not null default '',
  add constraint reconciliation_breaks_kind_known check (kind in ('holding', 'sub_ledger', 'corporate_action'));
comment on table public.reconciliation_breaks is 'What three reads over 60 s showed different from ours; entries of that symbol pause while open. user_id is who has to look into it.';
comment on column public.reconciliation_breaks.kind is 'holding: the broker''s shares and ours. sub_ledger: what strategies hold together (ours) and the account (theirs). corporate_action: shares and price change together.';
comment on column public.reconciliation_breaks.accepted_at is 'The owner or an administrator said that the broker''s figure is right; it is taken over with the next read that shows it.';
with doubled as (
  select id, row_number() over (partition by broker_account_id, stock_code order by opened_at) as place
  from public.reconciliation_breaks where closed_at is null
)
update public.reconciliation_breaks b set closed_at = clock_timestamp() from doubled d where d.id = b.id and d.place > 1;
create unique index reconciliation_breaks_one_open on public.reconciliation_breaks (broker_account_id, stock_code, kind) where closed_at is null;
create trigger tell_owner after insert or update on public.reconciliation_breaks
  for each row execute function private.tell_owner('accounts', 'break_changed');

alter table public.real_positions add column external_quantity bigint not null default 0;
comment on column public.real_positions.external_quantity is 'Net shares that EXTERNAL orders brought, as far as quantity includes them. Holdings of external orders come from the broker''s list alone.';

create function private.external_total(p_account_id uuid, p_stock_code text) returns bigint
language sql stable security definer set search_path = ''
as $$
  select coalesce(sum(case e.side when 'buy' then e.quantity else -e.quantity end), 0)::bigint
  from public.executions e join public.real_orders o on o.id = e.order_id
  where e.broker_account_id = p_account_id and e.stock_code = p_stock_code and o.origin = 'external'
$$;
comment on function private.external_total is 'Net shares that orders made elsewhere have brought to a symbol so far.';
update public.real_positions p set external_quantity = private.external_total(p.broker_account_id, p.stock_code)
where p.broker_account_id is not null;

alter table private.holding_reads add column kind text not null default 'holding';
alter table private.holding_reads drop constraint holding_reads_pkey, add primary key (account_id, stock_code, kind);
comment on table private.holding_reads is 'Reads in a row that showed the same difference, untouched by orders of ours; three over 60 s make a break.';

create function private.is_touched(p_account_id uuid, p_stock_code text, p_since timestamptz) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select exists (
      select 1 from public.real_orders o
      where o.broker_account_id = p_account_id and o.stock_code = p_stock_code and o.order_day is not null
        and (o.order_status in ('submitting', 'unknown', 'cancel_pending', 'replace_pending')
          or o.provisional_quantity > 0 and not private.is_final(o.order_status)))
    or exists (
      select 1 from public.executions e
      where e.broker_account_id = p_account_id and e.stock_code = p_stock_code
        and e.created_at > least(p_since, clock_timestamp()) - interval '10 seconds')
$$;
comment on function private.is_touched is 'Whether a fill since then, or an order in flight, may explain what a read shows: read and fill may have crossed.';

create function private.note_difference(p_account public.broker_accounts, p_stock_code text, p_kind text, p_ours bigint, p_theirs bigint) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  seen private.holding_reads;
begin
  select * into seen from private.holding_reads where account_id = p_account.id and stock_code = p_stock_code and kind = p_kind;
  if private.is_touched(p_account.id, p_stock_code, coalesce(seen.first_at, clock_timestamp())) then
    delete from private.holding_reads where account_id = p_account.id and stock_code = p_stock_code and kind = p_kind;
    return false;
  end if;
  insert into private.holding_reads as r (account_id, stock_code, kind, ours, theirs)
  values (p_account.id, p_stock_code, p_kind, p_ours, p_theirs)
  on conflict (account_id, stock_code, kind) do update
    set reads    = case when (r.ours, r.theirs) = (excluded.ours, excluded.theirs) then r.reads + 1 else 1 end,
        first_at = case when (r.ours, r.theirs) = (excluded.ours, excluded.theirs) then r.first_at else excluded.first_at end,
        ours = excluded.ours, theirs = excluded.theirs
  returning * into seen;
  return seen.reads >= 3 and clock_timestamp() - seen.first_at >= interval '60 seconds';
end
$$;
comment on function private.note_difference is 'Counts one more read that differs; true when three agreeing reads over 60 s, untouched, stand behind it.';

create function private.open_break(p_account public.broker_accounts, p_stock_code text, p_kind text, p_ours bigint, p_theirs bigint) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  b public.reconciliation_breaks;
begin
  select * into b from public.reconciliation_breaks x
  where x.broker_account_id = p_account.id and x.stock_code = p_stock_code and x.kind = p_kind and x.closed_at is null;
  if b.id is not null then
    -- The age stays that of the first sight. An acceptance was of other figures.
    update public.reconciliation_breaks x set ours = p_ours, theirs = p_theirs, accepted_at = null, accepted_by = null
    where x.id = b.id and (x.ours, x.theirs) is distinct from (p_ours, p_theirs);
    return;
  end if;
  insert into public.reconciliation_breaks (broker_account_id, user_id, stock_code, kind, ours, theirs)
  values (p_account.id, p_account.user_id, p_stock_code, p_kind, p_ours, p_theirs);
  perform private.notify_person(p_account.user_id, case p_kind when 'holding' then 'position_break' else p_kind || '_break' end, 'critical',
    jsonb_build_object('account_id', p_account.id, 'stock_code', p_stock_code, 'ours', p_ours, 'theirs', p_theirs));
end
$$;
comment on function private.open_break is 'Opens a break and tells its owner, or renews the figures of the open one.';

create function private.close_break(p_account_id uuid, p_stock_code text, p_kind text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from private.holding_reads where account_id = p_account_id and stock_code = p_stock_code and kind = p_kind;
  update public.reconciliation_breaks set closed_at = clock_timestamp()
  where broker_account_id = p_account_id and stock_code = p_stock_code and kind = p_kind and closed_at is null;
end
$$;
comment on function private.close_break is 'They agree again: the count starts anew and the break is over.';

create function private.is_accepted(p_account_id uuid, p_stock_code text, p_kind text, p_ours bigint, p_theirs bigint) returns boolean
language sql volatile security definer set search_path = ''
as $$
  select exists (
    select 1 from public.reconciliation_breaks b
    where b.broker_account_id = p_account_id and b.stock_code = p_stock_code and b.kind = p_kind and b.closed_at is null
      and b.accepted_at is not null and b.ours = p_ours and b.theirs = p_theirs)
$$;
comment on function private.is_accepted is 'Whether a person has accepted exactly this difference.';

create function private.fit_sub_ledgers(p_account_id uuid, p_stock_code text, p_to bigint, p_keeps_cost boolean) returns void
language sql volatile security definer set search_path = ''
as $$
  with held as (
    select x.deployment_id, x.quantity, x.purchase_amount, sum(x.quantity) over () as total,
      sum(x.quantity) over (order by x.quantity, x.deployment_id) as upto
    from public.strategy_positions x join public.strategy_deployments d on d.id = x.deployment_id
    where d.broker_account_id = p_account_id and x.stock_code = p_stock_code and x.quantity > 0
  ), fitted as (
    -- Cut at the running sums, so that the whole shares add up to p_to exactly.
    select deployment_id, quantity, purchase_amount, (div(upto * p_to, total) - div((upto - quantity) * p_to, total))::bigint as share from held
  )
  update public.strategy_positions s
  set quantity = f.share,
      purchase_amount = case when p_keeps_cost and f.share > 0 then s.purchase_amount else round(s.purchase_amount * f.share / f.quantity) end,
      entered_at = case when f.share > 0 then s.entered_at end, updated_at = clock_timestamp()
  from fitted f
  where s.deployment_id = f.deployment_id and s.stock_code = p_stock_code and f.share <> f.quantity
$$;
comment on function private.fit_sub_ledgers is 'Makes what strategies hold of a symbol sum up to p_to, each in proportion. Keeps its cost when the shares themselves changed (split), else the cost goes with the shares.';

create function private.check_sub_ledgers(p_account public.broker_accounts, p_stock_code text, p_held bigint) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  total bigint;
begin
  select coalesce(sum(x.quantity), 0) into total from public.strategy_positions x join public.strategy_deployments d on d.id = x.deployment_id
  where d.broker_account_id = p_account.id and x.stock_code = p_stock_code;
  if total <= p_held then -- the rest is the person's own: bought by hand or elsewhere
    perform private.close_break(p_account.id, p_stock_code, 'sub_ledger');
  elsif private.is_accepted(p_account.id, p_stock_code, 'sub_ledger', total, p_held) then
    perform private.fit_sub_ledgers(p_account.id, p_stock_code, p_held, false);
    perform private.close_break(p_account.id, p_stock_code, 'sub_ledger');
  elsif private.note_difference(p_account, p_stock_code, 'sub_ledger', total, p_held) then
    perform private.open_break(p_account, p_stock_code, 'sub_ledger', total, p_held);
  end if;
end
$$;
comment on function private.check_sub_ledgers is 'Strategies together may hold no more of a symbol than the account; the difference to it is what the person holds beside them.';

create or replace function public.put_holding(p_account_id uuid, p_stock_code text, p_stock_name text, p_quantity bigint, p_sellable bigint,
  p_purchase_amount numeric, p_bought_today bigint, p_sold_today bigint, p_last_price numeric) returns public.real_positions
language plpgsql volatile security definer set search_path = ''
as $$
declare
  p public.real_positions;
  account public.broker_accounts;
  own_sales bigint;
  external bigint;
  is_first boolean;
begin
  select * into account from public.broker_accounts a where a.id = p_account_id;
  if account.id is null then
    perform private.refuse('account_not_found', 'There is no such account.', 404);
  end if;
  perform private.lock_account(p_account_id);
  external := private.external_total(p_account_id, p_stock_code);
  insert into public.real_positions (user_id, broker_account_id, stock_code, stock_name, quantity, external_quantity)
  values (account.user_id, p_account_id, p_stock_code, p_stock_name, 0, external)
  on conflict (broker_account_id, stock_code) do nothing
  returning * into p;
  -- Nothing of ours is known of this symbol, or the account was never compared: the broker's first word is taken as it is.
  is_first := p.id is not null
    or not exists (select 1 from public.reconciliations r where r.broker_account_id = p_account_id and r.kind = 'positions');
  select * into p from public.real_positions where broker_account_id = p_account_id and stock_code = p_stock_code for update;

  if p.quantity <> p_quantity then
    if p_quantity - p.quantity = external - p.external_quantity then
      p.external_quantity := external; -- trades made elsewhere, seen in the order list
    elsif is_first and not private.is_touched(p_account_id, p_stock_code, clock_timestamp()) then
      p.external_quantity := external;
    elsif private.is_accepted(p_account_id, p_stock_code, 'holding', p.quantity, p_quantity) then
      p.external_quantity := external;
    else
      if private.note_difference(account, p_stock_code, 'holding', p.quantity, p_quantity) then
        perform private.open_break(account, p_stock_code, 'holding', p.quantity, p_quantity);
      end if;
      return p;
    end if;
  end if;

  perform private.close_break(p_account_id, p_stock_code, 'holding');
  -- The broker leaves shares of working sales out of "sellable"; ours leaves them in and holds them by reservation.
  select coalesce(sum(r.quantity), 0) into own_sales
  from public.reservations r join public.real_orders o on o.id = r.order_id
  where r.broker_account_id = p_account_id and r.stock_code = p_stock_code and r.side = 'sell' and o.acknowledged_at is not null;
  p.quantity := p_quantity;
  p.sellable_quantity := least(p_quantity, p_sellable + own_sales);
  p.purchase_amount := p_purchase_amount;
  p.bought_today := p_bought_today;
  p.sold_today := p_sold_today;
  p.stock_name := coalesce(p_stock_name, p.stock_name);
  update public.real_positions set external_quantity = p.external_quantity where id = p.id and external_quantity <> p.external_quantity;
  perform private.write_position(p, coalesce(p_last_price, p.current_price));
  perform private.check_sub_ledgers(account, p_stock_code, p_quantity);
  select * into p from public.real_positions where id = p.id;
  return p;
end
$$;
comment on function public.put_holding is 'A holding as the broker told it. Taken over when it agrees, when trades made elsewhere explain it, at first sight, or when a person accepted it; else a difference that stays for three untouched reads over 60 s opens a break.';

create function public.accept_break(p_break_id uuid, p_reason text) returns public.reconciliation_breaks
language plpgsql volatile security definer set search_path = ''
as $$
declare
  b public.reconciliation_breaks;
begin
  perform private.require_user();
  if char_length(trim(coalesce(p_reason, ''))) not between 1 and 500 then
    perform private.refuse('invalid_input', 'Say why, in at most 500 characters.');
  end if;
  select * into b from public.reconciliation_breaks x where x.id = p_break_id and (x.user_id = auth.uid() or private.is_admin());
  if b.id is null then
    perform private.refuse('break_not_found', 'There is no such break among yours.', 404);
  end if;
  perform private.lock_account(b.broker_account_id);
  update public.reconciliation_breaks x
  set accepted_at = clock_timestamp(), accepted_by = auth.uid(), reason = trim(p_reason)
  where x.id = b.id and x.closed_at is null and x.kind <> 'corporate_action'
  returning * into b;
  if b.accepted_at is null then
    perform private.refuse('break_closed', 'The figures agree again, or this is settled elsewhere.', 409);
  end if;
  perform private.audit('break.accept', b.id::text,
    jsonb_build_object('account_id', b.broker_account_id, 'stock_code', b.stock_code, 'kind', b.kind, 'ours', b.ours, 'theirs', b.theirs));
  return b;
end
$$;
comment on function public.accept_break is 'The owner or an administrator says that the broker''s figure is right: it is taken over with the next read that shows the same. Audited.';

-- Without a result: what the account's open breaks say.
create or replace function public.record_reconciliation(p_account_id uuid, p_kind text, p_started_at timestamptz, p_result text, p_detail jsonb default '{}')
returns public.reconciliations
language plpgsql volatile security definer set search_path = ''
as $$
declare
  r public.reconciliations;
  owner_id uuid;
  head private.event_heads;
  open_breaks integer;
begin
  select a.user_id into owner_id from public.broker_accounts a where a.id = p_account_id;
  if owner_id is null then
    perform private.refuse('account_not_found', 'There is no such account.', 404);
  end if;
  if p_kind = 'end_of_day' then
    select * into head from private.event_heads where account_id = p_account_id;
  end if;
  select count(*) into open_breaks from public.reconciliation_breaks b where b.broker_account_id = p_account_id and b.closed_at is null;
  insert into public.reconciliations as x (broker_account_id, user_id, kind, day, started_at, ended_at, result, detail, ledger_seq, ledger_hash)
  values (p_account_id, owner_id, p_kind, private.seoul_day(), p_started_at, clock_timestamp(),
    coalesce(p_result, case when open_breaks > 0 then 'differs' else 'agreed' end), coalesce(p_detail, '{}'), head.seq, head.hash)
  on conflict (broker_account_id, kind, day) do update
    set started_at = excluded.started_at, ended_at = excluded.ended_at, result = excluded.result, detail = excluded.detail,
        runs = x.runs + 1, ledger_seq = excluded.ledger_seq, ledger_hash = excluded.ledger_hash
  returning * into r;
  if p_kind = 'ledger' and r.result = 'differs' then
    insert into public.notifications (user_id, kind, severity, payload)
    select p.user_id, 'ledger_differs', 'critical', jsonb_build_object('account_id', p_account_id) || coalesce(p_detail, '{}')
    from public.profiles p where p.is_admin;
  end if;
  return r;
end
$$;

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.accept_break from public, anon, authenticated, service_role;
grant execute on function public.accept_break to authenticated;
