-- A whole market fills a worker's memory, so a host works on one at a time, be it a back-test or a grid search. A back-test holds a lock
-- of its session, which a killed worker leaves behind; no chunk of a whole market is handed out on that host meanwhile.

create function private.whole_market_key(p_host text) returns bigint
language sql immutable set search_path = ''
as $$ select hashtextextended('whole market on ' || p_host, 0) $$;
comment on function private.whole_market_key is 'The advisory lock of the one whole-market job of a host.';

create function public.take_whole_market(p_host text) returns boolean
language sql volatile security definer set search_path = ''
as $$ select pg_try_advisory_lock(private.whole_market_key(p_host)) $$;
comment on function public.take_whole_market is 'Takes a host''s whole-market work for this session until it gives it back or ends; false: another back-test has it, or a chunk is just being claimed.';

create function public.give_back_whole_market(p_host text) returns void
language sql volatile security definer set search_path = ''
as $$ select pg_advisory_unlock(private.whole_market_key(p_host)) $$;
comment on function public.give_back_whole_market is 'Ends what take_whole_market began in this session.';

create function public.has_whole_market_chunk(p_host text) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (
    select 1 from public.optimisation_chunks r join public.optimisations w on w.id = r.optimisation_id
    where r.host = p_host and r.state = 'running' and r.lease_until > clock_timestamp() and w.is_whole_market and w.state = 'running')
$$;
comment on function public.has_whole_market_chunk is 'Whether a worker of the host computes a chunk of a whole-market search.';

create or replace function public.claim_chunk(p_worker text, p_host text, p_memory_mb integer, p_prefer uuid default null, p_lease_seconds integer default 30) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  job uuid;
  o public.optimisations;
  c public.optimisation_chunks;
  -- Held until this claim is written: a back-test that takes the host then sees the chunk, and one that has it is seen here.
  is_free boolean := pg_try_advisory_xact_lock_shared(private.whole_market_key(p_host));
begin
  -- One claim at a time on a host: two workers must not begin two whole-market jobs in the same moment.
  perform pg_advisory_xact_lock(hashtextextended('chunks on ' || p_host, 0));
  for job in
    select x.id from public.optimisations x
    where x.state in ('queued', 'running') and coalesce(x.memory_mb, 0) <= p_memory_mb
      and not (x.is_whole_market and not is_free)
      and not (x.is_whole_market and exists (
        select 1 from public.optimisation_chunks r join public.optimisations w on w.id = r.optimisation_id
        where r.host = p_host and r.state = 'running' and r.lease_until > clock_timestamp()
          and w.is_whole_market and w.state = 'running' and w.id <> x.id))
      -- Only jobs with work are locked below: a claim that held one job while it waited for another could meet one doing the opposite.
      and exists (
        select 1 from public.optimisation_chunks n
        where n.optimisation_id = x.id and (n.state = 'queued' or n.state = 'running' and n.lease_until < clock_timestamp())
          and (not n.is_merge or x.chunks_done = x.chunks))
    order by (x.id is not distinct from p_prefer) desc,
      (select max(y.served_at) from public.optimisations y where y.user_id = x.user_id and y.state in ('queued', 'running')) nulls first,
      x.served_at nulls first, x.created_at, x.id
  loop
    select * into o from public.optimisations where id = job and state in ('queued', 'running') for update;
    continue when o.id is null;
    select * into c from public.optimisation_chunks x
    where x.optimisation_id = o.id and (x.state = 'queued' or x.state = 'running' and x.lease_until < clock_timestamp())
      and (not x.is_merge or o.chunks_done = o.chunks)
    order by x.number limit 1;
    continue when c.number is null;
    if c.attempts >= 3 then
      perform private.quarantine_optimisation(c);
      continue;
    end if;
    update public.optimisation_chunks
    set state = 'running', attempts = c.attempts + 1, worker = p_worker, host = p_host, started_at = clock_timestamp(),
        lease_until = clock_timestamp() + make_interval(secs => p_lease_seconds)
    where optimisation_id = o.id and number = c.number;
    update public.optimisations
    set state = 'running', served_at = clock_timestamp(), started_at = coalesce(started_at, clock_timestamp()), message = ''
    where id = o.id;
    return jsonb_build_object('optimisation_id', o.id, 'number', c.number, 'attempt', c.attempts + 1, 'first_cell', c.first_cell,
      'last_cell', c.last_cell, 'is_merge', c.is_merge, 'cells', o.cells, 'request', o.request);
  end loop;
  return null;
end
$$;

revoke execute on function private.whole_market_key from public, anon, authenticated, service_role;
revoke all on function public.take_whole_market, public.give_back_whole_market, public.has_whole_market_chunk from public, anon, authenticated, service_role;
grant execute on function public.take_whole_market, public.give_back_whole_market, public.has_whole_market_chunk to narae_worker;
