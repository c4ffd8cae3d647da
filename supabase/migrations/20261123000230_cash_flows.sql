-- Cash our ledger does not explain (ORDERS §4). D+2 cash is compared with what fills, fees and known flows make of the last mark: within
-- the day more than 10,000 won, at its end more than 1 won an execution, becomes a cash_flows row for its owner to classify.

create table public.cash_flows (
  id                uuid primary key,
  broker_account_id uuid not null references public.broker_accounts (id) on delete restrict,
  user_id           uuid not null,
  day               date not null,
  at                timestamptz not null,
  amount            numeric(20, 2) not null,
  kind              text not null default 'unclassified',
  source            text not null,
  note              text not null default '',
  classified_at     timestamptz,
  classified_by     uuid references auth.users (id) on delete set null,
  created_at        timestamptz not null default clock_timestamp(),
  constraint cash_flows_kind_known check (kind in ('deposit', 'withdrawal', 'dividend', 'tax', 'fee', 'interest', 'unclassified')),
  constraint cash_flows_source_known check (source in ('in_day', 'end_of_day', 'broker_total')),
  constraint cash_flows_amount_given check (amount <> 0)
);
comment on table public.cash_flows is 'Cash that came or went without a trade, and the day''s fees and tax. Deposits, withdrawals and what nobody has classified yet are no profit: returns are reckoned between them.';
comment on column public.cash_flows.amount is 'Won; positive came into the account.';
comment on column public.cash_flows.at is 'The last moment the account still agreed without it.';
comment on column public.cash_flows.source is 'in_day and end_of_day: found as a difference. broker_total: fees and tax of the day as the broker summed them up.';
create index cash_flows_account on public.cash_flows (broker_account_id, at desc);
alter table public.cash_flows enable row level security;
revoke all on public.cash_flows from public, anon, authenticated, service_role;
grant select on public.cash_flows to authenticated, service_role, narae_trading, narae_scheduler;
create policy cash_flows_select_own on public.cash_flows for select to authenticated using (user_id = (select auth.uid()));
comment on policy cash_flows_select_own on public.cash_flows is 'A person reads their own rows.';
create policy cash_flows_fleet on public.cash_flows for select to narae_trading, narae_scheduler using (true);
comment on policy cash_flows_fleet on public.cash_flows is 'Services of the fleet see all rows.';
create trigger tell_owner after insert or update on public.cash_flows
  for each row execute function private.tell_owner('accounts', 'cash_flow_changed');

create table private.cash_marks (
  account_id uuid primary key references public.broker_accounts (id) on delete cascade,
  day        date not null,
  cash_d2    numeric(20, 2) not null,
  traded     numeric(20, 2) not null,
  flows      numeric(20, 2) not null,
  costs      numeric(20, 2) not null,
  executions bigint not null,
  clean_at   timestamptz not null,
  unexplained numeric(20, 2),
  reads      integer not null default 0,
  first_at   timestamptz
);
comment on table private.cash_marks is 'The last D+2 cash that was explained whole, with the sums of everything known by then: what followed must explain the next one.';

create function private.cash_sums(p_account_id uuid, out traded numeric, out flows numeric, out executions bigint, out volume numeric)
language sql stable security definer set search_path = ''
as $$
  select coalesce(sum(case e.side when 'sell' then e.amount else -e.amount end), 0),
    (select coalesce(sum(f.amount), 0) from public.cash_flows f where f.broker_account_id = p_account_id and f.source <> 'broker_total'),
    count(*), coalesce(sum(e.amount), 0)
  from public.executions e where e.broker_account_id = p_account_id
$$;
comment on function private.cash_sums is 'Won that all fills moved, all found flows, how many fills and their won together.';

create function private.add_cash_flow(p_account public.broker_accounts, p_at timestamptz, p_amount numeric, p_kind text, p_source text, p_name text)
returns public.cash_flows
language plpgsql volatile security definer set search_path = ''
as $$
declare
  f public.cash_flows;
begin
  insert into public.cash_flows (id, broker_account_id, user_id, day, at, amount, kind, source)
  values (private.uuid_of(concat_ws('|', p_account.id, p_source, p_name)), p_account.id, p_account.user_id,
    (clock_timestamp() at time zone 'Asia/Seoul')::date, p_at, p_amount, p_kind, p_source)
  on conflict (id) do nothing
  returning * into f;
  if f.id is not null and p_kind = 'unclassified' then
    perform private.notify_person(p_account.user_id, 'cash_flow_found', 'warning',
      jsonb_build_object('account_id', p_account.id, 'cash_flow_id', f.id, 'amount', private.exact(p_amount)));
  end if;
  return f;
end
$$;
comment on function private.add_cash_flow is 'One flow, under an id derived from what it stands for: found twice, it is one row.';

-- p_costs: fees and tax of today by the broker's total; null when it tells none, then half a percent of what was traded may be costs.
create function public.check_cash(p_account_id uuid, p_day date, p_cash_d2 numeric, p_costs numeric, p_as_of timestamptz, p_is_close boolean)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  account public.broker_accounts;
  mark private.cash_marks;
  sums record;
  costs numeric;
  forecast numeric;
  difference numeric;
  tolerance numeric;
  fills bigint;
begin
  select * into account from public.broker_accounts a where a.id = p_account_id;
  if account.id is null then
    perform private.refuse('account_not_found', 'There is no such account.', 404);
  end if;
  perform private.lock_account(p_account_id);
  select * into sums from private.cash_sums(p_account_id);
  select * into mark from private.cash_marks m where m.account_id = p_account_id;
  if mark.account_id is null then
    insert into private.cash_marks (account_id, day, cash_d2, traded, flows, costs, executions, clean_at)
    values (p_account_id, p_day, p_cash_d2, sums.traded, sums.flows, coalesce(p_costs, 0), sums.executions, p_as_of);
    return jsonb_build_object('forecast', null, 'cash_d2', p_cash_d2, 'difference', 0, 'tolerance', 0, 'costs', p_costs);
  end if;
  -- The broker's total starts anew each day; a mark made within the day already holds a part of it.
  costs := coalesce(p_costs, 0) - case when mark.day = p_day then mark.costs else 0 end;
  fills := sums.executions - mark.executions;
  forecast := mark.cash_d2 + (sums.traded - mark.traded) + (sums.flows - mark.flows) - costs;
  difference := p_cash_d2 - forecast;
  tolerance := fills + case when p_costs is null then ceil(abs(sums.traded - mark.traded) * 0.005) else 0 end
    + case when p_is_close then 0 else 10000 end;

  if not p_is_close then
    if abs(difference) <= tolerance then
      update private.cash_marks set clean_at = greatest(clean_at, p_as_of), unexplained = null, reads = 0, first_at = null where account_id = p_account_id;
    elsif exists (select 1 from public.executions e where e.broker_account_id = p_account_id and e.created_at > p_as_of - interval '10 seconds')
       or exists (select 1 from public.real_orders o where o.broker_account_id = p_account_id and o.order_day is not null
                  and (o.order_status in ('submitting', 'unknown') or o.provisional_quantity > 0 and not private.is_final(o.order_status))) then
      update private.cash_marks set unexplained = null, reads = 0, first_at = null where account_id = p_account_id; -- read and fill may have crossed
    else
      update private.cash_marks m
      set reads = case when m.unexplained = difference then m.reads + 1 else 1 end,
          first_at = case when m.unexplained = difference then m.first_at else clock_timestamp() end,
          unexplained = difference
      where account_id = p_account_id returning * into mark;
      if mark.reads >= 3 and clock_timestamp() - mark.first_at >= interval '60 seconds' then
        perform private.add_cash_flow(account, mark.clean_at, difference, 'unclassified', 'in_day', p_as_of::text);
        update private.cash_marks set unexplained = null, reads = 0, first_at = null, clean_at = greatest(clean_at, p_as_of) where account_id = p_account_id;
      end if;
    end if;
  else
    if abs(difference) > tolerance then
      perform private.add_cash_flow(account, mark.clean_at, difference, 'unclassified', 'end_of_day', p_day::text);
    end if;
    if p_costs > 0 then
      perform private.add_cash_flow(account, p_as_of, -p_costs, 'fee', 'broker_total', p_day::text);
    end if;
    select * into sums from private.cash_sums(p_account_id);
    update private.cash_marks
    set day = p_day, cash_d2 = p_cash_d2, traded = sums.traded, flows = sums.flows, costs = coalesce(p_costs, 0), executions = sums.executions,
        clean_at = greatest(clean_at, p_as_of), unexplained = null, reads = 0, first_at = null
    where account_id = p_account_id;
  end if;
  return jsonb_build_object('forecast', private.exact(forecast), 'cash_d2', private.exact(p_cash_d2), 'difference', private.exact(difference),
    'tolerance', private.exact(tolerance), 'costs', private.exact(p_costs));
end
$$;
comment on function public.check_cash is 'The broker''s D+2 cash against our forecast. In the day three agreeing untouched reads over 60 s of more than 10,000 won make a flow; at the close everything beyond 1 won an execution does, and the mark moves on.';

create function public.classify_cash_flow(p_id uuid, p_kind text, p_note text default '') returns public.cash_flows
language plpgsql volatile security definer set search_path = ''
as $$
declare
  f public.cash_flows;
begin
  perform private.require_user();
  select * into f from public.cash_flows x where x.id = p_id and x.user_id = auth.uid() for update;
  if f.id is null then
    perform private.refuse('cash_flow_not_found', 'There is no such cash flow among yours.', 404);
  end if;
  if p_kind is null or p_kind not in ('deposit', 'withdrawal', 'dividend', 'tax', 'fee', 'interest') or char_length(coalesce(p_note, '')) > 200
     or f.source = 'broker_total' then
    perform private.refuse('invalid_input', 'A cash flow is a deposit, withdrawal, dividend, tax, fee or interest; the note has at most 200 characters.');
  end if;
  -- The sign says which way it went.
  if p_kind in ('deposit', 'dividend') and f.amount < 0 or p_kind in ('withdrawal', 'tax', 'fee') and f.amount > 0 then
    perform private.refuse('wrong_direction', 'This cash went the other way.');
  end if;
  update public.cash_flows x
  set kind = p_kind, note = trim(coalesce(p_note, '')), classified_at = clock_timestamp(), classified_by = auth.uid()
  where x.id = f.id returning * into f;
  perform private.audit('cash_flow.classify', f.id::text, jsonb_build_object('account_id', f.broker_account_id, 'kind', p_kind, 'amount', f.amount));
  return f;
end
$$;
comment on function public.classify_cash_flow is 'The owner says what a found cash flow was. May be said again; audited.';

create function public.account_valuations(p_account_id uuid, p_since timestamptz) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  if not exists (select 1 from public.broker_accounts a where a.id = p_account_id and a.user_id = auth.uid()) then
    perform private.refuse('account_not_found', 'The account was not found among yours.', 404);
  end if;
  return (
    with flows as (
      select f.at, f.amount from public.cash_flows f
      where f.broker_account_id = p_account_id and f.at >= p_since and f.kind in ('deposit', 'withdrawal', 'unclassified')
    ), moments as (
      select (select s.at from public.equity_snapshots s where s.broker_account_id = p_account_id and s.at <= f.at and s.at >= p_since order by s.at desc limit 1) as at from flows f
      union
      (select s.at from public.equity_snapshots s where s.broker_account_id = p_account_id and s.at >= p_since order by s.at limit 1)
      union
      (select s.at from public.equity_snapshots s where s.broker_account_id = p_account_id and s.at >= p_since order by s.at desc limit 1)
    )
    select jsonb_build_object(
      'valuations', coalesce((select jsonb_agg(jsonb_build_object('at', s.at, 'net_assets', s.net_assets) order by s.at)
                              from public.equity_snapshots s join moments m on m.at = s.at where s.broker_account_id = p_account_id), '[]'),
      'flows', coalesce((select jsonb_agg(jsonb_build_object('at', f.at, 'amount', f.amount) order by f.at) from flows f), '[]')));
end
$$;
comment on function public.account_valuations is 'What a time-weighted return of one''s own account needs: net assets at the ends and directly before each flow from outside, and these flows.';

-- As before, and for another day: the end of one may be read on the next morning.
drop function public.record_reconciliation(uuid, text, timestamptz, text, jsonb);
create function public.record_reconciliation(p_account_id uuid, p_kind text, p_started_at timestamptz, p_result text, p_detail jsonb default '{}',
  p_day date default null)
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
  values (p_account_id, owner_id, p_kind, coalesce(p_day, private.seoul_day()), p_started_at, clock_timestamp(),
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
comment on function public.record_reconciliation is 'Writes what one loop found; without a result, what the account''s open breaks say. A ledger that contradicts itself is told to every administrator.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.check_cash, public.classify_cash_flow, public.account_valuations, public.record_reconciliation from public, anon, authenticated, service_role;
grant execute on function public.check_cash to narae_trading;
grant execute on function public.record_reconciliation to narae_trading, narae_scheduler;
grant execute on function public.classify_cash_flow, public.account_valuations to authenticated;
