-- The kill switch complete (ORDERS §6): halts of one account, HALT with cancel-all and its progress, automatic halts with their rules,
-- the last check on every attempt, and lifting that needs a person, a reason and orders whose outcome is known.
-- A single order is stopped with cancel_order: what was not sent is gone at once, what works is cancelled.

alter table public.trading_halts
  add column if not exists cause   text not null default 'person',
  add column if not exists numbers jsonb not null default '{}',
  add column if not exists episode text;
alter table public.trading_halts drop constraint if exists trading_halts_scope_known, drop constraint if exists trading_halts_level_known;
alter table public.trading_halts
  add constraint trading_halts_scope_known check (scope in ('platform', 'broker', 'user', 'account', 'strategy')),
  add constraint trading_halts_level_known check (level in ('none', 'pause_entries', 'reduce_only', 'halt', 'cancel_all')),
  add constraint trading_halts_cause_known check (cause in ('person', 'unknown_age', 'unknown_count', 'rejects', 'clock', 'two_senders', 'daily_loss', 'local_file'));
comment on column public.trading_halts.cause is 'person, or what set it by itself. Automatic ones may be lifted by the owner of what they stop.';
comment on column public.trading_halts.numbers is 'The figures an automatic halt was set for.';
comment on column public.trading_halts.episode is 'What the last automatic halt was about: the same thing halts once, also after a person has lifted it.';

create table private.halt_rules (
  cause     text primary key,
  level     text not null,
  threshold numeric not null,
  is_on     boolean not null default true
);
comment on table private.halt_rules is 'When trading halts by itself: unknown_age in seconds, unknown_count and rejects (a minute) in orders, clock in seconds. Versioned with the migrations.';
insert into private.halt_rules (cause, level, threshold) values
  ('unknown_age', 'pause_entries', 180),
  ('unknown_count', 'pause_entries', 2),
  ('rejects', 'pause_entries', 5),
  ('clock', 'pause_entries', 3),
  ('two_senders', 'pause_entries', 0);

create index order_attempts_recent on public.order_attempts (started_at);

create or replace function private.halt_rank(p_level text) returns integer
language sql immutable set search_path = ''
as $$ select coalesce(array_position(array['none', 'pause_entries', 'reduce_only', 'halt', 'cancel_all'], p_level), 4) $$;

create function private.account_halt(p_account_id uuid, p_is_entry boolean) returns jsonb
language sql volatile security definer set search_path = ''
as $$
  select private.denial('halted', jsonb_build_object('level', h.level, 'scope', h.scope))
  from public.trading_halts h
  where h.scope = 'account' and h.scope_id = p_account_id::text
    and private.halt_rank(h.level) >= case when p_is_entry then 2 else 4 end
$$;
comment on function private.account_halt is 'The halt of one account that stands against an order, or null. The wider scopes are in halt_for.';

create or replace function private.authority_denial(p_account public.broker_accounts, p_deployment public.strategy_deployments, p_is_entry boolean) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  platform public.platform_settings;
  rights public.trading_permissions;
  halted jsonb;
  is_real boolean := p_account.is_paper_account is distinct from true;
begin
  select * into platform from public.platform_settings;
  if platform.orders_enabled is distinct from true then
    return private.denial('orders_disabled');
  end if;
  if p_deployment.id is not null and not platform.auto_enabled then
    return private.denial('auto_disabled');
  end if;
  halted := coalesce(private.halt_for(p_account.user_id, p_account.broker_type, p_deployment.id, p_is_entry),
    private.account_halt(p_account.id, p_is_entry));
  if halted is not null then
    return halted;
  end if;
  select * into rights from public.trading_permissions where user_id = p_account.user_id;
  if is_real then
    if not platform.real_enabled then
      return private.denial('real_disabled');
    end if;
    if rights.can_real_trade is distinct from true then
      return private.denial('permission_missing');
    end if;
    -- A strategy's real orders were armed when it was deployed; a person arms each session.
    if p_deployment.id is null and not private.is_armed(p_account.user_id) then
      return private.denial('real_not_armed');
    end if;
  elsif rights.can_paper_trade is distinct from true then
    return private.denial('permission_missing');
  end if;
  if p_deployment.id is not null and p_is_entry and p_deployment.state <> 'running' then
    return private.denial('deployment_not_approved');
  end if;
  if p_account.is_active is distinct from true or p_account.environment_verified_at is null
     or is_real and p_account.verified_at is null then
    return private.denial('account_unverified');
  end if;
  return null;
end
$$;

-- The last word before a socket: whichever function writes an attempt, no row is made while a halt stands against its order.
create function private.guard_attempt() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  o public.real_orders;
  a public.broker_accounts;
begin
  if new.kind = 'cancel' then
    return new;
  end if;
  select * into o from public.real_orders where id = new.order_id;
  select * into a from public.broker_accounts where id = o.broker_account_id;
  if coalesce(private.halt_for(o.user_id, a.broker_type, o.deployment_id, o.is_entry), private.account_halt(a.id, o.is_entry)) is not null then
    return null; -- no row: begin_attempt answers null and nothing is sent
  end if;
  return new;
end
$$;
comment on function private.guard_attempt is 'Trigger: no attempt but a cancel begins while a halt stands against its order.';
create trigger order_attempts_guard before insert on public.order_attempts
  for each row execute function private.guard_attempt();

create function private.is_in_scope(p_scope text, p_scope_id text, p_user_id uuid, p_account_id uuid, p_broker_type text, p_deployment_id uuid)
returns boolean
language sql immutable set search_path = ''
as $$
  select case p_scope
    when 'platform' then true
    when 'broker' then p_scope_id in (p_broker_type, private.broker_of(p_broker_type))
    when 'user' then p_scope_id = p_user_id::text
    when 'account' then p_scope_id = p_account_id::text
    else coalesce(p_scope_id = p_deployment_id::text, false)
  end
$$;
comment on function private.is_in_scope is 'Whether a halt of this scope concerns an order.';

create function private.unclear_in(p_scope text, p_scope_id text) returns jsonb
language sql volatile security definer set search_path = ''
as $$
  select jsonb_build_object(
    'unknown', count(*) filter (where o.order_status = 'unknown' or o.outcome_unknown),
    'unread', count(distinct o.broker_account_id) filter (where b.as_of is null or b.as_of < clock_timestamp() - interval '2 minutes'))
  from public.real_orders o
  join public.broker_accounts a on a.id = o.broker_account_id
  left join public.account_balances b on b.broker_account_id = a.id
  where o.order_day is not null and o.order_status in ('submitting', 'unknown', 'accepted', 'partially_filled', 'cancel_pending', 'replace_pending')
    and private.is_in_scope(p_scope, p_scope_id, o.user_id, a.id, a.broker_type, o.deployment_id)
$$;
comment on function private.unclear_in is 'What keeps a halt from being lifted: orders of unknown outcome, and accounts with working orders that were not read for two minutes.';

create function private.owner_of_scope(p_scope text, p_scope_id text) returns uuid
language sql stable security definer set search_path = ''
as $$
  select case p_scope
    when 'user' then (select u.id from auth.users u where u.id::text = p_scope_id)
    when 'account' then (select a.user_id from public.broker_accounts a where a.id::text = p_scope_id)
    when 'strategy' then (select d.user_id from public.strategy_deployments d where d.id::text = p_scope_id)
  end
$$;
comment on function private.owner_of_scope is 'Whose trading a halt of a user, an account or a strategy stops; null for the wider scopes.';

create or replace function public.set_halt(p_scope text, p_scope_id text, p_level text, p_reason text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  h public.trading_halts;
  scope_key text := case when p_scope = 'platform' then '' else coalesce(p_scope_id, '') end;
  before text;
  is_lowered boolean;
  unclear jsonb;
begin
  perform private.require_user();
  if p_scope is null or p_scope not in ('platform', 'broker', 'user', 'account', 'strategy') or p_level is null
     or p_level not in ('none', 'pause_entries', 'reduce_only', 'halt', 'cancel_all') or char_length(coalesce(p_reason, '')) > 500 then
    perform private.refuse('invalid_input', 'Scope, level and a reason of at most 500 characters are needed.');
  end if;
  if private.owner_of_scope(p_scope, scope_key) is distinct from auth.uid() and not private.is_admin() then
    perform private.refuse('forbidden', 'You may halt your own trading, accounts and strategies.', 403);
  end if;
  if p_scope in ('user', 'account', 'strategy') and private.owner_of_scope(p_scope, scope_key) is null
     or p_scope = 'broker' and scope_key not in ('kis', 'ls', 'paper') then
    perform private.refuse('invalid_input', 'There is nothing to halt under this id.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('halt ' || p_scope || scope_key, 0)); -- a row that is being made cannot be locked
  select * into h from public.trading_halts t where t.scope = p_scope and t.scope_id = scope_key for update;
  before := coalesce(h.level, 'none');
  is_lowered := private.halt_rank(p_level) < private.halt_rank(before);
  if is_lowered then
    -- What an administrator has stopped, the person does not start again; what stopped by itself, its owner may.
    if not private.is_admin() and h.set_by is distinct from auth.uid() and h.cause = 'person' then
      perform private.refuse('forbidden', 'An administrator set this halt; only an administrator lifts it.', 403);
    end if;
    if char_length(trim(coalesce(p_reason, ''))) = 0 then
      perform private.refuse('invalid_input', 'Say why trading may go on.');
    end if;
    unclear := private.unclear_in(p_scope, scope_key);
    if (unclear ->> 'unknown')::int > 0 or (unclear ->> 'unread')::int > 0 then
      perform private.refuse('not_reconciled', 'Orders are not clear yet; settle them first, then lift the halt.', 409, unclear || jsonb_build_object(
        'ko', format('아직 확인되지 않은 것이 있어 해제할 수 없습니다: 결과를 모르는 주문 %s건, 증권사와 맞춰 보지 못한 계좌 %s개. 잠시 기다리거나 주문을 확정한 뒤 다시 해제하세요.', unclear ->> 'unknown', unclear ->> 'unread'),
        'en', format('The halt cannot be lifted yet: %s orders of unknown outcome, %s accounts not read back from the broker. Wait a moment or settle the orders, then lift it again.', unclear ->> 'unknown', unclear ->> 'unread')));
    end if;
  end if;
  insert into public.trading_halts as t (scope, scope_id, level, reason, set_by)
  values (p_scope, scope_key, p_level, coalesce(p_reason, ''), auth.uid())
  on conflict (scope, scope_id) do update
    -- Who adds to an administrator's halt does not become its owner: that would be a way to lift it.
    set level = excluded.level, reason = excluded.reason, cause = 'person', numbers = '{}',
        set_by = case when t.level <> 'none' and t.cause = 'person' and t.set_by is distinct from excluded.set_by and not private.is_admin()
                      then t.set_by else excluded.set_by end,
        version = t.version + 1, updated_at = clock_timestamp()
  returning * into h;
  perform private.audit('halt.set', p_scope || ':' || scope_key, jsonb_build_object('level', p_level, 'before', before, 'version', h.version, 'reason', h.reason));
  return to_jsonb(h);
end
$$;
comment on function public.set_halt is 'The kill switch. People stop their own trading, accounts and strategies, administrators everything. Lifting needs a person, a reason and no order of unknown outcome.';

create function public.raise_halt(p_scope text, p_scope_id text, p_level text, p_cause text, p_numbers jsonb default '{}', p_episode text default null)
returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  h public.trading_halts;
  scope_key text := case when p_scope = 'platform' then '' else coalesce(p_scope_id, '') end;
  told uuid;
begin
  perform pg_advisory_xact_lock(hashtextextended('halt ' || p_scope || scope_key, 0));
  select * into h from public.trading_halts t where t.scope = p_scope and t.scope_id = scope_key for update;
  if private.halt_rank(coalesce(h.level, 'none')) >= private.halt_rank(p_level) or h.episode = p_cause || ':' || p_episode then
    return false;
  end if;
  insert into public.trading_halts as t (scope, scope_id, level, reason, cause, numbers, episode)
  values (p_scope, scope_key, p_level, '', p_cause, coalesce(p_numbers, '{}'), p_cause || ':' || p_episode)
  on conflict (scope, scope_id) do update
    set level = excluded.level, reason = '', set_by = null, cause = excluded.cause, numbers = excluded.numbers,
        episode = coalesce(excluded.episode, t.episode), version = t.version + 1, updated_at = clock_timestamp()
  returning * into h;
  perform private.audit('halt.auto', p_scope || ':' || scope_key, jsonb_build_object('level', p_level, 'cause', p_cause, 'numbers', h.numbers, 'version', h.version));
  for told in
    select private.owner_of_scope(p_scope, scope_key) where p_scope not in ('platform', 'broker')
    union select p.user_id from public.profiles p where p_scope in ('platform', 'broker') and p.is_admin
  loop
    perform private.notify_person(told, 'halt_' || p_cause, 'critical', h.numbers || jsonb_build_object('scope', p_scope, 'scope_id', scope_key, 'level', p_level));
  end loop;
  return true;
end
$$;
comment on function public.raise_halt is 'An automatic halt: set once for an episode, audited, told to whom it stops. Never lowers one that stands. True when it was set now.';

create function public.check_halts(p_instance uuid, p_clock_offsets jsonb default '{}') returns integer
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
comment on function public.check_halts is 'Looks for reasons to halt an account of this instance (private.halt_rules): old or many unknown orders, rejects, clock, an attempt under a foreign token. p_clock_offsets: seconds by account. Gives how many were set.';

create function public.sweep_cancel_all(p_account_id uuid) returns jsonb
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
      and (x.cancel_requested_at is null or x.order_status = 'pending')
      and exists (select 1 from public.trading_halts h where h.level = 'cancel_all'
                  and private.is_in_scope(h.scope, h.scope_id, x.user_id, x.broker_account_id, a.broker_type, x.deployment_id))
    order by (x.order_status = 'pending') desc, x.created_at -- what was not sent yet goes first
    for update of x
  loop
    update public.real_orders set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
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
comment on function public.sweep_cancel_all is 'While a halt with cancel-all stands over this account: drops what was not sent and asks for the cancel of the rest. Safe to repeat.';

create function public.halt_progress(p_scope text, p_scope_id text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  h public.trading_halts;
begin
  perform private.require_user();
  if private.owner_of_scope(p_scope, p_scope_id) is distinct from auth.uid() and not private.is_admin() then
    perform private.refuse('forbidden', 'This is somebody else''s trading.', 403);
  end if;
  select * into h from public.trading_halts t where t.scope = p_scope and t.scope_id = coalesce(p_scope_id, '');
  return (
    select jsonb_build_object(
      'left', count(*) filter (where not private.is_final(o.order_status)),
      'cancelled', count(*) filter (where o.order_status = 'cancelled' and o.cancel_requested_at >= h.updated_at),
      'filled', count(*) filter (where o.order_status = 'executed' and o.cancel_requested_at >= h.updated_at))
    from public.real_orders o join public.broker_accounts a on a.id = o.broker_account_id
    where o.order_day >= private.seoul_day() - 7
      and private.is_in_scope(p_scope, p_scope_id, o.user_id, a.id, a.broker_type, o.deployment_id));
end
$$;
comment on function public.halt_progress is 'How far a cancel-all is: {left, cancelled, filled} orders of a scope; for its owner and administrators.';

create or replace function private.tell_halt() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  owner_id uuid;
begin
  perform pg_notify('trading_halts', jsonb_build_object('scope', new.scope, 'scope_id', new.scope_id, 'level', new.level, 'version', new.version)::text);
  if new.scope in ('platform', 'broker') then
    perform realtime.send(to_jsonb(new), 'halt_changed', 'platform:state', true);
    return null;
  end if;
  owner_id := private.owner_of_scope(new.scope, new.scope_id);
  if owner_id is not null then
    perform private.tell(owner_id, 'permissions', 'halt_changed', to_jsonb(new)); -- nobody else's business
  end if;
  return null;
end
$$;

alter policy trading_halts_select_concerned on public.trading_halts
  using (scope in ('platform', 'broker') or scope = 'user' and scope_id = (select auth.uid())::text
    or scope = 'account' and scope_id in (select a.id::text from public.broker_accounts a where a.user_id = (select auth.uid()))
    or scope = 'strategy' and scope_id in (select d.id::text from public.strategy_deployments d where d.user_id = (select auth.uid()))
    or (select private.is_admin()));

create or replace function public.resolve_unknown(p_order_id uuid, p_broker_order_id text, p_reason text) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.real_orders;
  candidates jsonb;
  is_real boolean;
begin
  perform private.require_user();
  if not exists (select 1 from public.real_orders where id = p_order_id and user_id = auth.uid()) and not private.is_admin() then
    perform private.refuse('order_not_found', 'There is no such order among yours.', 404);
  end if;
  if char_length(trim(coalesce(p_reason, ''))) not between 1 and 500 then
    perform private.refuse('invalid_input', 'Say why, in at most 500 characters.');
  end if;
  o := private.lock_order(p_order_id);
  if o.order_status <> 'unknown' then
    perform private.refuse('order_not_unknown', 'The outcome of this order is known by now.', 422, jsonb_build_object('status', o.order_status,
      'ko', '그 사이 이 주문의 결과가 확인되었습니다. 주문 상태를 다시 확인하세요.', 'en', 'The outcome of this order has become known meanwhile. Look at its state again.'));
  end if;
  select a.is_paper_account is distinct from true into is_real from public.broker_accounts a where a.id = o.broker_account_id;
  if is_real and o.user_id = auth.uid() and not private.is_armed(auth.uid()) then
    perform private.refuse('real_not_armed', 'Confirm your password again before settling a real order.', 422, jsonb_build_object(
      'ko', '실전 주문은 실전 거래 잠금을 푼 세션에서만 확정할 수 있습니다. 비밀번호를 다시 확인한 뒤 시도하세요.',
      'en', 'A real order is settled only in a session unlocked for real trading. Confirm your password again, then retry.'));
  end if;
  candidates := o.candidates;
  if p_broker_order_id is null then
    update public.real_orders set broker_code = 'NOT_FOUND', broker_message = '', candidates = '[]' where id = o.id returning * into o;
    o := private.move_order(o, 'rejected', 'not_found', 'operator');
  else
    if not p_broker_order_id ~ '^[0-9A-Za-z-]{1,50}$'
       or jsonb_array_length(candidates) > 0 and not exists (
            select 1 from jsonb_array_elements(candidates) c
            where p_broker_order_id in (c #>> '{}', c ->> 'brokerOrderId', c ->> 'broker_order_id'))
       or exists (select 1 from public.real_orders x where x.broker_account_id = o.broker_account_id and x.order_day = o.order_day
                  and x.broker_order_id = p_broker_order_id and x.id <> o.id) then
      perform private.refuse('invalid_input', 'This broker order number is not one of the candidates, or belongs to another order.', 422, jsonb_build_object(
        'ko', '후보에 없거나 다른 주문의 증권사 주문번호입니다. 증권사 화면에서 번호를 다시 확인하세요.',
        'en', 'This number is not one of the candidates, or belongs to another order. Check it on the broker''s own screen.'));
    end if;
    o := private.take_number(o, p_broker_order_id,
      (select c ->> 'branch' from jsonb_array_elements(candidates) c where c ->> 'brokerOrderId' = p_broker_order_id limit 1), 'operator', true);
  end if;
  perform private.audit('order.resolve_unknown', o.id::text,
    jsonb_build_object('broker_order_id', p_broker_order_id, 'reason', p_reason, 'candidates', jsonb_array_length(candidates), 'by_owner', o.user_id = auth.uid()));
  perform private.wake_account(o.broker_account_id);
  return jsonb_build_object('order', to_jsonb(o));
end
$$;

create function public.admin_unknown_orders() returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.require_admin();
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'order', to_jsonb(o), 'owner', coalesce(nullif(p.display_name, ''), u.email::text, o.user_id::text), 'account_label', a.label,
      'account_mask', a.account_mask, 'is_paper', a.is_paper_account is true,
      'is_held', exists (select 1 from public.account_leases l join public.trading_instances i on i.id = l.instance_id
                         where l.account_id = a.id and i.expires_at > clock_timestamp()),
      'read_at', (select b.as_of from public.account_balances b where b.broker_account_id = a.id),
      'attempts', (select coalesce(jsonb_agg(jsonb_build_object('started_at', t.started_at, 'finished_at', t.finished_at, 'outcome', t.outcome,
          'message', t.outcome_message, 'baseline', cardinality(t.baseline)) order by t.attempt_no), '[]')
        from public.order_attempts t where t.order_id = o.id and t.kind = 'submit'))
      order by o.submitted_at), '[]')
    from public.real_orders o
    join public.broker_accounts a on a.id = o.broker_account_id
    join auth.users u on u.id = o.user_id
    left join public.profiles p on p.user_id = o.user_id
    where o.order_day is not null and o.order_status = 'unknown');
end
$$;
comment on function public.admin_unknown_orders is 'Every order of unknown outcome, oldest first, with its account, attempts and candidates; for administrators.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.raise_halt, public.check_halts, public.sweep_cancel_all, public.halt_progress, public.admin_unknown_orders
  from public, anon, authenticated, service_role;
grant execute on function public.halt_progress, public.admin_unknown_orders to authenticated;

grant execute on function public.raise_halt, public.check_halts, public.sweep_cancel_all to narae_trading;
