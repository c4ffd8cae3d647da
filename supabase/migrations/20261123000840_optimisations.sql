-- Grid searches, cut into chunks that any number of workers on any number of hosts compute, and merged when all are there.
-- A chunk is held by a lease which its worker renews. A lease that ran out, whoever held it, lets the next worker compute the chunk again.

create table public.optimisations (
  id              uuid primary key default gen_random_uuid(),
  user_id         uuid not null references auth.users (id) on delete cascade,
  strategy_id     uuid references public.strategies (id) on delete set null,
  version         integer,
  name            text not null default '',
  request         jsonb not null,
  is_whole_market boolean not null,
  cells           integer not null,
  chunk_cells     integer not null,
  chunks          integer not null,
  chunks_done     integer not null default 0,
  state           text not null default 'queued',
  progress        numeric(12, 8) not null default 0,
  eta_seconds     integer,
  told_at         timestamptz,
  message         text not null default '',
  faults          jsonb not null default '[]',
  memory_mb       integer,
  engine          text,
  data_hash       text,
  result_hash     text,
  result          bytea,
  served_at       timestamptz,
  created_at      timestamptz not null default now(),
  started_at      timestamptz,
  finished_at     timestamptz,
  constraint optimisations_state_known check (state in ('queued', 'running', 'done', 'failed', 'cancelled', 'quarantined')),
  constraint optimisations_progress_fraction check (progress between 0 and 1),
  constraint optimisations_cells_positive check (cells > 0 and chunk_cells > 0),
  constraint optimisations_done_within_chunks check (chunks_done between 0 and chunks)
);
comment on table public.optimisations is 'A grid search and its merged result. request: {document, grid, dataset, from, to, capital, mask, split, delistingHaircut}.';
comment on column public.optimisations.is_whole_market is 'The document names no symbols. Of such jobs a host computes one at a time: each fills a worker''s memory.';
comment on column public.optimisations.progress is 'Fraction of the chunks done, 0 to 1; written at most twice a second.';
comment on column public.optimisations.message is 'A sentence {ko, en} as JSON: why it waits, failed or was quarantined.';
comment on column public.optimisations.faults is 'Faults of the document or request, each with its path and sentence.';
comment on column public.optimisations.memory_mb is 'Megabytes its bars need, told by the first worker they did not fit; only workers with as many take it.';
comment on column public.optimisations.engine is 'Engine version of the first finished chunk. A chunk of another one does not join it.';
comment on column public.optimisations.data_hash is 'Bars of the first finished chunk. A chunk from other bars does not join it.';
comment on column public.optimisations.result is 'The merged result as columns, JSON deflated by zlib; null until done.';
comment on column public.optimisations.served_at is 'When a chunk was last handed out: the job that waited longest is next.';
create index optimisations_user_at on public.optimisations (user_id, created_at desc);
create index optimisations_open on public.optimisations (state) where state in ('queued', 'running');

create table public.optimisation_chunks (
  optimisation_id uuid not null references public.optimisations (id) on delete cascade,
  number          integer not null,
  user_id         uuid not null references auth.users (id) on delete cascade,
  first_cell      integer not null,
  last_cell       integer not null,
  is_merge        boolean not null default false,
  state           text not null default 'queued',
  attempts        integer not null default 0,
  worker          text,
  host            text,
  lease_until     timestamptz,
  started_at      timestamptz,
  finished_at     timestamptz,
  result_hash     text,
  result          bytea,
  error           text not null default '',
  primary key (optimisation_id, number),
  constraint optimisation_chunks_state_known check (state in ('queued', 'running', 'done')),
  constraint optimisation_chunks_attempts_bounded check (attempts between 0 and 3)
);
comment on table public.optimisation_chunks is 'Cells first_cell to last_cell of a job. The last chunk is its merge, which begins when the others are done.';
comment on column public.optimisation_chunks.attempts is 'How often it was begun. An attempt that a stopping worker gave back is not counted; after the third the job is quarantined.';
comment on column public.optimisation_chunks.result_hash is 'SHA-256 of the chunk''s JSON. A second completion must tell the same.';
comment on column public.optimisation_chunks.result is 'The chunk''s JSON deflated by zlib; gone when the job has ended.';
create index optimisation_chunks_open on public.optimisation_chunks (optimisation_id, number) where state <> 'done';
create index optimisation_chunks_running on public.optimisation_chunks (host) where state = 'running';

do $$
declare
  t text;
begin
  foreach t in array array['optimisations', 'optimisation_chunks'] loop
    execute format('alter table public.%I enable row level security', t);
    execute format('revoke all on public.%I from public, anon, authenticated', t);
    execute format('create policy %I on public.%I for select to authenticated using (user_id = (select auth.uid()))', t || '_select_own', t);
    execute format('comment on policy %I on public.%I is %L', t || '_select_own', t, 'A person reads their own rows.');
    execute format('create policy %I on public.%I for select to narae_worker using (true)', t || '_fleet', t);
    execute format('comment on policy %I on public.%I is %L', t || '_fleet', t, 'Workers read every job; functions change them.');
    execute format('grant select on public.%I to authenticated, narae_worker', t);
  end loop;
end
$$;

-- Chunks of an ended job say which worker computed what, and a late worker is still compared with them; soon nobody asks any more.
insert into public.retention_rules (name, keep_days) values ('optimisations', null), ('optimisation_chunks', 7);
create or replace function public.apply_retention() returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  rule public.retention_rules;
  gone bigint;
  counts jsonb := '{}';
begin
  for rule in select * from public.retention_rules where keep_days is not null order by name loop
    case rule.name
      when 'runs_with_signals' then
        delete from public.strategy_runs where jsonb_array_length(decisions) > 0 and started_at < clock_timestamp() - make_interval(days => rule.keep_days);
      when 'runs_without_signals' then
        delete from public.strategy_runs where jsonb_array_length(decisions) = 0 and started_at < clock_timestamp() - make_interval(days => rule.keep_days);
      when 'heartbeats' then
        delete from public.service_heartbeats where beat_at < clock_timestamp() - make_interval(days => rule.keep_days);
      when 'notifications' then
        delete from public.notifications where created_at < clock_timestamp() - make_interval(days => rule.keep_days);
      when 'quote_interest' then
        delete from public.quote_interest where expires_at < clock_timestamp() - make_interval(days => rule.keep_days);
      when 'optimisation_chunks' then
        delete from public.optimisation_chunks c using public.optimisations o
        where o.id = c.optimisation_id and o.finished_at < clock_timestamp() - make_interval(days => rule.keep_days);
      else
        raise exception 'rows of "%" are kept for ever; there is no rule that removes them', rule.name using errcode = 'restrict_violation';
    end case;
    get diagnostics gone = row_count;
    counts := counts || jsonb_build_object(rule.name, gone);
  end loop;
  return counts;
end
$$;

create function private.tell_optimisation() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.tell(new.user_id, 'optimisations', 'optimisation_changed', jsonb_build_object('id', new.id, 'state', new.state,
    'progress', new.progress, 'eta_seconds', new.eta_seconds, 'message', new.message, 'result_hash', new.result_hash));
  return null;
end
$$;
comment on function private.tell_optimisation is 'Trigger: progress of a grid search, without its heavy fields.';
create trigger tell_new after insert on public.optimisations for each row execute function private.tell_optimisation();
create trigger tell_owner after update on public.optimisations for each row
  when ((old.state, old.progress, old.message) is distinct from (new.state, new.progress, new.message))
  execute function private.tell_optimisation();

create function public.start_optimisation(p_strategy_id uuid, p_version integer, p_name text, p_request jsonb, p_cells integer, p_chunk_cells integer default null)
returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.optimisations;
  is_whole boolean := coalesce(p_request #> '{document,universe,symbols}', '[]') = '[]';
  size integer;
begin
  perform private.require_user();
  if jsonb_typeof(p_request) is distinct from 'object' or jsonb_typeof(p_request -> 'document') is distinct from 'object'
     or jsonb_typeof(p_request -> 'grid') is distinct from 'object' or octet_length(p_request::text) > 524288 or char_length(coalesce(p_name, '')) > 120
     or coalesce(p_request ->> 'from', '') !~ '^\d{4}-\d{2}-\d{2}$' or coalesce(p_request ->> 'to', '') !~ '^\d{4}-\d{2}-\d{2}$'
     or p_request ->> 'from' > p_request ->> 'to' then
    perform private.refuse('invalid_input', 'A grid search needs a document, a grid and days from ≤ to as YYYY-MM-DD.');
  end if;
  if coalesce(p_cells, 0) not between 1 and 100000 then
    perform private.refuse('too_many_cells', 'A grid has 1 to 100,000 cells. Widen the steps or leave out a parameter.');
  end if;
  -- Enough chunks that workers share them evenly, few enough that handing them out costs nothing: a cell of a whole market takes seconds.
  size := coalesce(p_chunk_cells, least(case when is_whole then 20 else 250 end, greatest(1, ceil(p_cells / 200.0)::integer)));
  if size not between 1 and 1000 or ceil(p_cells::numeric / size) > 5000 then
    perform private.refuse('invalid_input', 'A chunk has 1 to 1,000 cells and a grid search at most 5,000 chunks.');
  end if;
  if p_strategy_id is not null and (coalesce(p_version, 0) < 1
     or not exists (select 1 from public.strategy_versions v where v.strategy_id = p_strategy_id and v.version = p_version and v.user_id = auth.uid())) then
    perform private.refuse('strategy_not_found', 'The strategy or its version was not found among yours.', 404);
  end if;
  perform pg_advisory_xact_lock(hashtextextended('optimisations of ' || auth.uid(), 0));
  if (select count(*) from public.optimisations x where x.user_id = auth.uid() and x.state in ('queued', 'running')) >= 5 then
    perform private.refuse('rate_limited', 'Five grid searches are waiting or running. Wait for one to end or cancel it.', 429);
  end if;
  if (select coalesce(sum(x.cells), 0) from public.optimisations x where x.user_id = auth.uid() and x.state in ('queued', 'running')) + p_cells > 200000 then
    perform private.refuse('rate_limited', 'Your waiting and running grid searches would exceed 200,000 cells. Wait for one to end or cancel it.', 429);
  end if;
  if (select count(*) from public.optimisations x where x.user_id = auth.uid() and x.created_at > clock_timestamp() - interval '1 day') >= 100 then
    perform private.refuse('rate_limited', 'You started 100 grid searches in a day. Try again tomorrow.', 429);
  end if;
  insert into public.optimisations (user_id, strategy_id, version, name, request, is_whole_market, cells, chunk_cells, chunks)
  values (auth.uid(), p_strategy_id, p_version, coalesce(p_name, ''), p_request,
    is_whole, p_cells, size, ceil(p_cells::numeric / size))
  returning * into o;
  insert into public.optimisation_chunks (optimisation_id, number, user_id, first_cell, last_cell, is_merge)
  select o.id, n, o.user_id, n * size, least((n + 1) * size, p_cells) - 1, n = o.chunks from generate_series(0, o.chunks) n;
  return to_jsonb(o) - array['request', 'result'];
end
$$;
comment on function public.start_optimisation is 'Queues a grid search of p_cells cells in chunks of p_chunk_cells; at most five of a person wait or run, with 200,000 cells together.';

create function private.end_optimisation(p_optimisation_id uuid, p_state text, p_message text) returns public.optimisations
language plpgsql volatile set search_path = ''
as $$
declare
  o public.optimisations;
begin
  update public.optimisations set state = p_state, message = coalesce(p_message, ''), eta_seconds = null, finished_at = clock_timestamp()
  where id = p_optimisation_id returning * into o;
  update public.optimisation_chunks set result = null where optimisation_id = p_optimisation_id and result is not null;
  return o;
end
$$;
comment on function private.end_optimisation is 'Ends a locked job; its merged result, if any, stays and the chunks'' go.';

create function public.cancel_optimisation(p_optimisation_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  o public.optimisations;
begin
  perform private.require_user();
  select * into o from public.optimisations where id = p_optimisation_id and user_id = auth.uid() for update;
  if o.id is null then
    perform private.refuse('optimisation_not_found', 'The grid search was not found among yours.', 404);
  end if;
  if o.state in ('queued', 'running') then
    o := private.end_optimisation(o.id, 'cancelled', '');
  end if;
  return to_jsonb(o) - array['request', 'result'];
end
$$;
comment on function public.cancel_optimisation is 'Ends a grid search at once; workers hear of it when they renew their lease, and let their chunk go.';

revoke execute on all functions in schema private from public, anon, authenticated, service_role;
grant execute on function private.is_admin(), private.my_feeds() to authenticated;
revoke all on function public.start_optimisation, public.cancel_optimisation from public, anon, authenticated, service_role;
grant execute on function public.start_optimisation, public.cancel_optimisation to authenticated;
