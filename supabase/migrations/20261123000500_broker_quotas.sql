-- One quota an app key for all processes of the fleet. The database's clock decides; a call is claimed right before it is made.
-- Brokers count calls for each key, not for each process, and refuse the excess, cancels included (KIS throughput notice of 2026-04-20).
create table public.broker_quotas (
  app_key_tag        text not null,
  environment        text not null check (environment in ('real', 'paper')),
  limits_version     integer not null,
  limit_per_second   double precision not null check (limit_per_second > 0),
  new_key_per_second double precision not null check (new_key_per_second > 0),
  first_seen_at      timestamptz not null default clock_timestamp(),
  tokens             double precision not null default 1,
  refilled_at        timestamptz not null default clock_timestamp(),
  slowed_to          double precision not null default 0,
  slowed_at          timestamptz not null default '-infinity',
  paused_until       timestamptz not null default '-infinity',
  reserve_holder     uuid,
  reserve_until      timestamptz not null default '-infinity',
  reserve_per_second double precision not null default 0,
  reserve_burst      integer not null default 0,
  primary key (app_key_tag, environment)
);
comment on table public.broker_quotas is 'Calls a second of one app key, shared by the fleet: a token bucket, and the part of it that one process holds in reserve for its orders. The fleet only.';
comment on column public.broker_quotas.limit_per_second is 'Calls a second, version limits_version of the table of limits.';
comment on column public.broker_quotas.new_key_per_second is 'Calls a second while the key is younger than three days.';
comment on column public.broker_quotas.slowed_to is 'Calls a second after the broker last said "too fast"; the limit is regained within a minute.';

create table public.broker_quota_waits (
  app_key_tag text not null,
  environment text not null,
  holder      uuid not null,
  lane        integer not null,
  until       timestamptz not null,
  primary key (app_key_tag, environment, holder)
);
comment on table public.broker_quota_waits is 'The most urgent lane a process waits in; nobody in a lesser lane goes first. The fleet only.';

create table public.broker_quota_use (
  app_key_tag text not null,
  environment text not null,
  slot        timestamptz not null,
  lane        integer not null,
  calls       integer not null,
  primary key (app_key_tag, environment, slot, lane)
);
comment on table public.broker_quota_use is 'Calls by lane in slots of ten seconds, kept for ten minutes. The fleet only.';

alter table public.broker_quotas enable row level security;
alter table public.broker_quota_waits enable row level security;
alter table public.broker_quota_use enable row level security;
revoke all on public.broker_quotas, public.broker_quota_waits, public.broker_quota_use from public, anon, authenticated;

create function private.quota_rate(q public.broker_quotas, p_at timestamptz) returns double precision
language sql immutable set search_path = ''
as $$
  select least(base, case when q.slowed_at = '-infinity' then base
                          else q.slowed_to + base * extract(epoch from p_at - q.slowed_at) / 60 end)
  from (select case when p_at < q.first_seen_at + interval '3 days' then least(q.limit_per_second, q.new_key_per_second)
                    else q.limit_per_second end as base) b
$$;
comment on function private.quota_rate is 'Calls a second of a key at an instant: less for new keys (KIS notice of 2026-03-20) and for a minute after "too fast".';

create function private.quota_burst(p_rate double precision) returns integer
language sql immutable set search_path = ''
as $$ select greatest(1, floor(p_rate / 5))::integer $$;
comment on function private.quota_burst is 'Calls that may leave at once: a fifth of the rate, so that no second sees more than rate × 1.2 (15 stays at 18).';

create function private.refilled(q public.broker_quotas, p_at timestamptz) returns public.broker_quotas
language plpgsql immutable set search_path = ''
as $$
declare
  -- What the reserve may spend is not ours; a reserve that lapsed meanwhile counts for the whole span (never too much).
  reserved double precision := case when q.reserve_until > q.refilled_at then q.reserve_per_second else 0 end;
  burst integer := private.quota_burst(private.quota_rate(q, p_at)) - case when q.reserve_until > p_at then q.reserve_burst else 0 end;
begin
  q.tokens := least(greatest(burst, 1), q.tokens + greatest(private.quota_rate(q, q.refilled_at) - reserved, 0)
    * greatest(extract(epoch from p_at - q.refilled_at), 0));
  q.refilled_at := greatest(q.refilled_at, p_at);
  return q;
end
$$;
comment on function private.refilled is 'A key''s bucket as it stands at an instant.';

create function private.note_quota_use(p_app_key_tag text, p_environment text, p_lane integer, p_calls integer, p_at timestamptz) returns void
language plpgsql volatile set search_path = ''
as $$
declare
  is_new boolean;
begin
  insert into public.broker_quota_use as u (app_key_tag, environment, slot, lane, calls)
  values (p_app_key_tag, p_environment, date_bin('10 seconds', p_at, 'epoch'), p_lane, p_calls)
  on conflict (app_key_tag, environment, slot, lane) do update set calls = u.calls + excluded.calls
  returning xmax = 0 into is_new;
  if is_new then
    delete from public.broker_quota_use u
    where u.app_key_tag = p_app_key_tag and u.environment = p_environment and u.slot < p_at - interval '10 minutes';
  end if;
end
$$;
comment on function private.note_quota_use is 'Counts calls of a lane, and forgets what is older than ten minutes.';

create function public.open_broker_quota(
  p_app_key_tag text, p_environment text, p_version integer, p_limit double precision, p_new_key_limit double precision) returns void
language sql volatile security definer set search_path = ''
as $$
  insert into public.broker_quotas as q (app_key_tag, environment, limits_version, limit_per_second, new_key_per_second)
  values (p_app_key_tag, p_environment, p_version, p_limit, p_new_key_limit)
  on conflict (app_key_tag, environment) do update
    set limits_version = p_version, limit_per_second = p_limit, new_key_per_second = p_new_key_limit
    where p_version >= q.limits_version
      and (q.limits_version, q.limit_per_second, q.new_key_per_second) is distinct from (p_version, p_limit, p_new_key_limit)
$$;
comment on function public.open_broker_quota is 'Tells a key''s limits; a newer version of the table of limits replaces an older one.';

create function public.claim_broker_calls(p_app_key_tag text, p_environment text, p_holder uuid, p_lane integer, p_wanted integer)
returns table (granted integer, wait_ms integer)
language plpgsql volatile security definer set search_path = ''
as $$
declare
  q public.broker_quotas;
  at_now timestamptz;
  rate double precision;
  wait double precision := 0;
begin
  select * into q from public.broker_quotas b where b.app_key_tag = p_app_key_tag and b.environment = p_environment for update;
  if not found then
    return; -- no row: not opened yet
  end if;
  at_now := clock_timestamp(); -- after the wait for the lock
  q := private.refilled(q, at_now);
  rate := greatest(private.quota_rate(q, at_now) - case when q.reserve_until > at_now then q.reserve_per_second else 0 end, 0.1);
  granted := 0;
  if at_now < q.paused_until then
    wait := extract(epoch from q.paused_until - at_now);
  elsif exists (select 1 from public.broker_quota_waits w
      where w.app_key_tag = p_app_key_tag and w.environment = p_environment and w.holder <> p_holder and w.lane < p_lane and w.until > at_now) then
    wait := 1 / rate;
  elsif q.tokens < 1 then
    wait := (1 - q.tokens) / rate;
  else
    granted := least(p_wanted, floor(q.tokens));
    q.tokens := q.tokens - granted;
    perform private.note_quota_use(p_app_key_tag, p_environment, p_lane, granted, at_now);
  end if;
  if granted < p_wanted then
    wait := greatest(wait, 0.001);
    insert into public.broker_quota_waits as w values (p_app_key_tag, p_environment, p_holder, p_lane, at_now + make_interval(secs => wait + 0.5))
    on conflict (app_key_tag, environment, holder) do update set lane = excluded.lane, until = excluded.until;
  else
    delete from public.broker_quota_waits w where w.app_key_tag = p_app_key_tag and w.environment = p_environment and w.holder = p_holder;
  end if;
  update public.broker_quotas b set tokens = q.tokens, refilled_at = q.refilled_at
  where b.app_key_tag = p_app_key_tag and b.environment = p_environment;
  wait_ms := ceil(wait * 1000);
  return next;
end
$$;
comment on function public.claim_broker_calls is 'Takes up to p_wanted calls of a key for a lane (0 is the most urgent), or tells how long to wait; whoever waits in a more urgent lane goes first, in any process.';

create function public.lease_broker_reserve(p_app_key_tag text, p_environment text, p_holder uuid, p_used integer[])
returns table (per_second double precision, burst integer, tokens integer, lease_ms integer, pause_ms integer)
language plpgsql volatile security definer set search_path = ''
as $$
declare
  q public.broker_quotas;
  at_now timestamptz;
  rate double precision;
  is_mine boolean;
  leased constant interval := interval '3 seconds';
begin
  select * into q from public.broker_quotas b where b.app_key_tag = p_app_key_tag and b.environment = p_environment for update;
  if not found then
    return;
  end if;
  at_now := clock_timestamp();
  for i in 1 .. coalesce(array_length(p_used, 1), 0) loop
    if p_used[i] > 0 then
      perform private.note_quota_use(p_app_key_tag, p_environment, i - 1, p_used[i], at_now);
    end if;
  end loop;
  q := private.refilled(q, at_now);
  rate := private.quota_rate(q, at_now);
  is_mine := q.reserve_until > at_now and q.reserve_holder = p_holder;
  if private.quota_burst(rate) < 2 or (q.reserve_until > at_now and not is_mine) then
    return; -- too slow a key to be split, or somebody else's: every call is claimed
  end if;
  per_second := rate / 2;
  burst := greatest(1, private.quota_burst(rate) * 2 / 3);
  tokens := case when is_mine then 0 else least(floor(q.tokens), burst) end; -- they move, none is made
  lease_ms := extract(epoch from leased) * 1000;
  pause_ms := greatest(0, ceil(extract(epoch from q.paused_until - at_now) * 1000));
  update public.broker_quotas b
  set tokens = q.tokens - lease_broker_reserve.tokens, refilled_at = q.refilled_at, reserve_holder = p_holder, reserve_until = at_now + leased,
      reserve_per_second = lease_broker_reserve.per_second, reserve_burst = lease_broker_reserve.burst
  where b.app_key_tag = p_app_key_tag and b.environment = p_environment;
  return next;
end
$$;
comment on function public.lease_broker_reserve is 'Half of a fast key''s rate for three seconds, for one process: it spends it on orders without asking. p_used tells what it spent since the last time, by lane. No row when there is none to have.';

create function public.slow_broker_calls(p_app_key_tag text, p_environment text, p_pause_ms integer, p_is_own_rate boolean) returns void
language sql volatile security definer set search_path = ''
as $$
  update public.broker_quotas q
  set paused_until = greatest(q.paused_until, clock_timestamp() + make_interval(secs => p_pause_ms / 1000.0)),
      -- A fifth less, never below a quarter; answers to one burst of calls count once.
      slowed_to = case when p_is_own_rate and q.slowed_at < clock_timestamp() - interval '1 second'
        then greatest(private.quota_rate(q, clock_timestamp()) * 0.8, q.limit_per_second / 4) else q.slowed_to end,
      slowed_at = case when p_is_own_rate and q.slowed_at < clock_timestamp() - interval '1 second' then clock_timestamp() else q.slowed_at end
  where q.app_key_tag = p_app_key_tag and q.environment = p_environment
$$;
comment on function public.slow_broker_calls is 'The broker said "too fast": nothing leaves for p_pause_ms; when it was the key''s own rate, the rate falls by a fifth and comes back within a minute.';

create function public.my_broker_quotas()
returns table (broker_account_id uuid, limit_per_second double precision, now_per_second double precision, paused_until timestamptz, used integer[])
language sql stable security definer set search_path = ''
as $$
  select a.id, q.limit_per_second, private.quota_rate(q, now()), nullif(q.paused_until, '-infinity'),
    array(select coalesce(sum(u.calls), 0)::integer
          from generate_series(0, 5) n
          left join public.broker_quota_use u on u.app_key_tag = q.app_key_tag and u.environment = q.environment and u.lane = n
            and u.slot > now() - interval '60 seconds'
          group by n order by n)
  from public.broker_accounts a
  join public.broker_quotas q on q.app_key_tag = a.app_key_tag and q.environment = case when a.is_paper_account then 'paper' else 'real' end
  where a.user_id = (select auth.uid())
$$;
comment on function public.my_broker_quotas is 'The quota of each of the caller''s accounts: limit and present rate a second, and the calls of the last minute by lane (cancel, exit, in flight, entry, reconcile, screen).';

revoke execute on function private.quota_rate, private.quota_burst, private.refilled, private.note_quota_use from public, anon, authenticated, service_role;
revoke all on function public.open_broker_quota, public.claim_broker_calls, public.lease_broker_reserve, public.slow_broker_calls,
  public.my_broker_quotas from public, anon, authenticated, service_role;
grant execute on function public.open_broker_quota, public.claim_broker_calls, public.lease_broker_reserve, public.slow_broker_calls
  to narae_trading, narae_market;
grant execute on function public.my_broker_quotas to authenticated;
