import type pg from 'pg';

/** How long a worker may be silent before whoever starts releases its jobs: a killed process keeps its locks for hours. */
const SILENT_WORKER_SECONDS = 30;

/** What a process tells about itself every 5 s. Numbers and short words only. */
export interface Beat {
  readonly service: string;
  readonly instance: string;
  readonly version: string;
  readonly workerIds: readonly string[];
  readonly detail: Record<string, unknown>;
}

export async function beat(pool: pg.Pool, { service, instance, version, workerIds, detail }: Beat): Promise<void> {
  await pool.query('select public.beat($1, $2, $3, $4::text[], $5::jsonb)', [
    service,
    instance,
    version,
    workerIds,
    JSON.stringify(detail),
  ]);
}

/** Releases the graphile-worker jobs of processes that stopped beating; returns how many worker ids were freed. */
export async function unlockSilentWorkers(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ ids: string[] | null }>(
    `select array_agg(distinct id) as ids from public.service_heartbeats, unnest(worker_ids) as id
      where beat_at < now() - make_interval(secs => $1)`,
    [SILENT_WORKER_SECONDS],
  );
  const ids = rows[0]?.ids ?? [];
  if (ids.length > 0) await pool.query('select graphile_worker.force_unlock_workers($1::text[])', [ids]);
  return ids.length;
}
