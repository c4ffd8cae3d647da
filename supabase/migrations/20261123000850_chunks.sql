-- What workers do with chunks of grid searches. Every function locks the job's row first: claims, completions and cancellations of one job
-- happen one after the other, so no two workers hold a chunk, the last completion is one, and a cancelled job takes no result.

-- Cell numbers count from 0, chunks too; people read them counted from 1.
create function private.quarantine_optimisation(c public.optimisation_chunks) returns void
language plpgsql volatile set search_path = ''
as $$
declare
  why_ko text := coalesce(nullif(c.error, ''), '계산하던 작업 프로세스가 사라졌습니다');
  why_en text := coalesce(nullif(c.error, ''), 'the worker computing it was lost');
begin
  perform private.end_optimisation(c.optimisation_id, 'quarantined', case when c.is_merge then jsonb_build_object(
    'ko', format('결과 합치기를 세 번 시도했지만 끝내지 못해 작업을 격리했습니다: %s', why_ko),
    'en', format('Three attempts did not merge the result, so the job is quarantined: %s', why_en))
  else jsonb_build_object(
    'ko', format('묶음 %s(조합 %s–%s)을 세 번 시도했지만 끝내지 못해 작업을 격리했습니다: %s', c.number + 1, c.first_cell + 1, c.last_cell + 1, why_ko),
    'en', format('Three attempts did not finish chunk %s (cells %s–%s), so the job is quarantined: %s', c.number + 1, c.first_cell + 1, c.last_cell + 1, why_en))
  end::text);
end
$$;
comment on function private.quarantine_optimisation is 'Ends a locked job whose chunk used up its three attempts, so that it holds up no other.';

create function public.claim_chunk(p_worker text, p_host text, p_memory_mb integer, p_prefer uuid default null, p_lease_seconds integer default 30) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  job uuid;
  o public.optimisations;
  c public.optimisation_chunks;
begin
  -- One claim at a time on a host: two workers must not begin two whole-market jobs in the same moment.
  perform pg_advisory_xact_lock(hashtextextended('chunks on ' || p_host, 0));
  for job in
    select x.id from public.optimisations x
    where x.state in ('queued', 'running') and coalesce(x.memory_mb, 0) <= p_memory_mb
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
comment on function public.claim_chunk is 'The next chunk for a worker, or null: of the job it prefers, else of the person and job that waited longest. An expired lease is reclaimed; after three attempts the job is quarantined.';

create function private.held_chunk(p_optimisation_id uuid, p_number integer, p_worker text, p_attempt integer) returns public.optimisation_chunks
language plpgsql volatile set search_path = ''
as $$
declare
  c public.optimisation_chunks;
begin
  perform 1 from public.optimisations o where o.id = p_optimisation_id and o.state = 'running' for update;
  if found then
    select * into c from public.optimisation_chunks x
    where x.optimisation_id = p_optimisation_id and x.number = p_number and x.state = 'running' and x.worker = p_worker and x.attempts = p_attempt;
  end if;
  return c;
end
$$;
comment on function private.held_chunk is 'The chunk, its job locked, if this worker''s attempt still holds it; else nulls.';

create function public.renew_chunk(p_optimisation_id uuid, p_number integer, p_worker text, p_attempt integer, p_lease_seconds integer default 30) returns boolean
language plpgsql volatile security definer set search_path = ''
as $$
declare
  c public.optimisation_chunks := private.held_chunk(p_optimisation_id, p_number, p_worker, p_attempt);
begin
  if c.number is null then
    return false;
  end if;
  update public.optimisation_chunks set lease_until = clock_timestamp() + make_interval(secs => p_lease_seconds)
  where optimisation_id = p_optimisation_id and number = p_number;
  return true;
end
$$;
comment on function public.renew_chunk is 'A worker''s heart-beat for its chunk; false: let it go, the job has ended or another worker holds the chunk.';

create function public.release_chunk(p_optimisation_id uuid, p_number integer, p_worker text, p_attempt integer, p_memory_mb integer default null,
  p_message text default '') returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  c public.optimisation_chunks := private.held_chunk(p_optimisation_id, p_number, p_worker, p_attempt);
begin
  if c.number is null then
    return;
  end if;
  update public.optimisation_chunks set state = 'queued', attempts = attempts - 1, lease_until = null
  where optimisation_id = p_optimisation_id and number = p_number;
  if p_memory_mb is not null then
    update public.optimisations o set memory_mb = p_memory_mb, message = p_message,
        state = case when exists (select 1 from public.optimisation_chunks x where x.optimisation_id = o.id and x.state <> 'queued') then o.state else 'queued' end
    where o.id = p_optimisation_id;
  end if;
end
$$;
comment on function public.release_chunk is 'Gives a chunk back unspent: its worker stops, or has less memory than the p_memory_mb which the job then waits for.';

create function public.fail_chunk(p_optimisation_id uuid, p_number integer, p_worker text, p_attempt integer, p_error text) returns void
language plpgsql volatile security definer set search_path = ''
as $$
declare
  c public.optimisation_chunks := private.held_chunk(p_optimisation_id, p_number, p_worker, p_attempt);
begin
  if c.number is null then
    return;
  end if;
  update public.optimisation_chunks set state = 'queued', lease_until = null, error = left(p_error, 500)
  where optimisation_id = p_optimisation_id and number = p_number returning * into c;
  if c.attempts >= 3 then
    perform private.quarantine_optimisation(c);
  end if;
end
$$;
comment on function public.fail_chunk is 'An attempt ended in an error. The third one quarantines the job with that error as its reason.';

create function public.fail_optimisation(p_optimisation_id uuid, p_message text, p_faults jsonb default '[]') returns void
language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform 1 from public.optimisations o where o.id = p_optimisation_id and o.state in ('queued', 'running') for update;
  if found then
    update public.optimisations set faults = coalesce(p_faults, '[]') where id = p_optimisation_id;
    perform private.end_optimisation(p_optimisation_id, 'failed', p_message);
  end if;
end
$$;
comment on function public.fail_optimisation is 'Ends a job that no attempt could finish: faults of its document or request.';

create function public.complete_chunk(p_optimisation_id uuid, p_number integer, p_engine text, p_data_hash text, p_result_hash text, p_result bytea) returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.optimisations;
  c public.optimisation_chunks;
  done integer;
  tells boolean;
begin
  select * into o from public.optimisations where id = p_optimisation_id for update;
  select * into c from public.optimisation_chunks where optimisation_id = p_optimisation_id and number = p_number;
  if c.number is null or o.state not in ('queued', 'running', 'done') then
    return 'ended';
  end if;
  if c.state = 'done' then
    if c.result_hash = p_result_hash then
      return 'same';
    end if;
    perform private.end_optimisation(o.id, 'failed', jsonb_build_object(
      'ko', format('묶음 %s을(를) 두 번 계산한 결과가 서로 달라 작업을 중단했습니다. 관리자에게 알려 주세요.', c.number + 1),
      'en', format('Chunk %s gave two different results, so the job was stopped. Please tell your administrator.', c.number + 1))::text);
    return 'differs';
  end if;
  if o.state = 'done' then
    return 'ended';
  end if;
  if not c.is_merge and (coalesce(o.engine, p_engine), coalesce(o.data_hash, p_data_hash)) is distinct from (p_engine, p_data_hash) then
    perform private.end_optimisation(o.id, 'failed', jsonb_build_object(
      'ko', '계산하는 동안 데이터나 엔진 버전이 바뀌어 작업을 중단했습니다. 다시 시작하세요.',
      'en', 'The data or the engine''s version changed during the computation, so the job was stopped. Start it again.')::text);
    return 'differs';
  end if;
  update public.optimisation_chunks
  set state = 'done', result_hash = p_result_hash, result = case when is_merge then null else p_result end, lease_until = null,
      finished_at = clock_timestamp(), error = ''
  where optimisation_id = o.id and number = c.number;
  if c.is_merge then
    update public.optimisations set result_hash = p_result_hash, result = p_result, progress = 1 where id = o.id;
    perform private.end_optimisation(o.id, 'done', '');
    return 'kept';
  end if;
  done := o.chunks_done + 1;
  tells := o.told_at is null or o.told_at < clock_timestamp() - interval '500 milliseconds' or done = o.chunks;
  update public.optimisations
  set chunks_done = done, engine = p_engine, data_hash = p_data_hash,
      told_at = case when tells then clock_timestamp() else told_at end,
      progress = case when tells then done::numeric / chunks else progress end,
      eta_seconds = case when tells then ceil(extract(epoch from clock_timestamp() - started_at) / done * (chunks - done)) else eta_seconds end
  where id = o.id;
  return 'kept';
end
$$;
comment on function public.complete_chunk is 'Keeps a chunk''s result: kept; same, if it was there already; differs, which ends the job; or ended, when the job has. The merge''s result is the job''s.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.claim_chunk, public.renew_chunk, public.release_chunk, public.fail_chunk, public.fail_optimisation, public.complete_chunk
  from public, anon, authenticated, service_role;
grant execute on function public.claim_chunk, public.renew_chunk, public.release_chunk, public.fail_chunk, public.fail_optimisation,
  public.complete_chunk to narae_worker;
