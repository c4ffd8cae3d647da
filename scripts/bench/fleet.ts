import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { forkWorker, importSyntheticMarket, until, type WorkerProcess } from '#nas/backtest/testing/fleet-rig.ts';
import { startTestCluster } from '#supabase/local/test-cluster.ts';
import type { Bench } from './main.ts';

const CHUNKS = 2_000;
/** Long enough that computing outweighs handing out: some 50 ms of work a chunk. */
const CELLS_A_CHUNK = 5;
/** 40 × 250 cells over five years of the synthetic market's daily bars. */
const REQUEST = {
  document: {
    ...goldenCross.document,
    params: { fast: { default: 20, min: 2, max: 41, step: 1 }, slow: { default: 60, min: 51, max: 300, step: 1 } },
  },
  grid: {},
  dataset: 'market',
  from: '2019-01-02',
  to: '2023-12-28',
  capital: 100_000_000,
};
const PATIENCE_MS = 30 * 60_000;
/** Rarely enough that looking costs the workers nothing. */
const LOOK_EVERY_MS = 200;

interface Run {
  readonly seconds: number;
  readonly hash: string;
  /** How often the chunk was begun that was begun most often. */
  readonly mostAttempts: number;
  readonly twice: number;
}

/** The same search of 2,000 chunks by 1, 2 and 4 worker processes, and by 2 of which one is killed in the middle. */
export const bench: Bench = async (report) => {
  const cluster = await startTestCluster();
  const dir = await mkdtemp(join(tmpdir(), 'narae-bench-fleet-'));
  const database = await cluster.migratedTemplate();
  const url = (role: string) => `postgres://${role}:${cluster.password}@127.0.0.1:${cluster.port}/${database}`;
  const pool = survivingLoss(new pg.Pool({ connectionString: url('postgres'), max: 2 }));
  const workers: WorkerProcess[] = [];
  try {
    await importSyntheticMarket(dir, REQUEST.dataset, { from: '2017-06-01', to: REQUEST.to });
    const withWorkers = async (count: number): Promise<void> => {
      while (workers.length < count) workers.push(await forkWorker({ DATABASE_URL: url('narae_worker'), MARKET_DATA_DIR: dir }));
    };
    const runs: Run[] = [];
    const cpu: number[] = [];
    for (const count of [1, 2, 4]) {
      await withWorkers(count);
      const before = await cpuSeconds(workers);
      runs.push(await finished(pool, await start(pool)));
      cpu.push((await cpuSeconds(workers)) - before);
    }
    await Promise.all(workers.splice(2).map((worker) => worker.kill()));
    const id = await start(pool);
    await until(
      () => chunksDone(pool, id),
      (done) => done >= CHUNKS / 2,
      PATIENCE_MS,
      LOOK_EVERY_MS,
    );
    await killWithAChunk(pool, workers[0]!);
    runs.push(await finished(pool, id));

    const [one, two, four, killed] = runs as [Run, Run, Run, Run];
    const baseline = { name: '1 worker', value: 1 };
    const cells = CHUNKS * CELLS_A_CHUNK;
    report({ name: `fleet: ${CHUNKS} chunks by 1 worker`, value: cells / one.seconds, unit: 'cells/s', baseline: null });
    report({ name: 'fleet: 2 workers', value: one.seconds / two.seconds, unit: 'of the pace of 1', baseline });
    // What a busy machine withholds from two workers does not show here: the same search should cost them together what it costs one.
    report({ name: 'fleet: 2 workers, cells a second of processor time', value: cpu[0]! / cpu[1]!, unit: 'of those of 1', baseline });
    report({ name: 'fleet: 4 workers', value: one.seconds / four.seconds, unit: 'of the pace of 1', baseline });
    report({ name: 'fleet: 2 workers, one killed in the middle', value: one.seconds / killed.seconds, unit: 'of the pace of 1', baseline });
    report({ name: 'fleet: chunks begun twice after kill -9', value: killed.twice, unit: 'chunks', baseline: null });
    const mostAttempts = Math.max(...runs.map((run) => run.mostAttempts));
    report({ name: 'fleet: attempts at the chunk that took most', value: mostAttempts, unit: 'attempts', baseline: null });
    const hashes = new Set(runs.map((run) => run.hash));
    report({
      name: `fleet: different hashes of the four runs (${one.hash.slice(0, 16)}…)`,
      value: hashes.size,
      unit: 'hashes',
      baseline: null,
    });
    if (hashes.size > 1 || mostAttempts > 2 || killed.twice < 1) process.exitCode = 1;
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await pool.end();
    await cluster.stop();
    await rm(dir, { recursive: true, force: true });
  }
};

/** Starts the search as a person of its own, so that no limit of an earlier one counts. */
async function start(pool: pg.Pool): Promise<string> {
  const user = randomUUID();
  await pool.query(
    `insert into auth.users (id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
     values ($1, 'authenticated', 'authenticated', $2, now(), '{}', '{}')`,
    [user, `${user}@bench.local`],
  );
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)`, [
      JSON.stringify({ sub: user, role: 'authenticated' }),
    ]);
    const { rows } = await client.query('select start_optimisation(null, null, $1, $2, $3, $4) as o', [
      'bench',
      REQUEST,
      CHUNKS * CELLS_A_CHUNK,
      CELLS_A_CHUNK,
    ]);
    await client.query('commit');
    return rows[0].o.id;
  } finally {
    client.release(true);
  }
}

async function chunksDone(pool: pg.Pool, id: string): Promise<number> {
  return (await pool.query('select chunks_done from optimisations where id = $1', [id])).rows[0].chunks_done;
}

async function finished(pool: pg.Pool, id: string): Promise<Run> {
  const job = await until(
    async () =>
      (
        await pool.query(
          `select state, message, result_hash, extract(epoch from finished_at - started_at)::float as seconds from optimisations where id = $1`,
          [id],
        )
      ).rows[0],
    (seen) => !['queued', 'running'].includes(seen.state),
    PATIENCE_MS,
    LOOK_EVERY_MS,
  );
  if (job.state !== 'done') throw new Error(`${job.state}: ${job.message}`);
  const { rows } = await pool.query(
    `select max(attempts)::int as most, count(*) filter (where attempts > 1)::int as twice from optimisation_chunks where optimisation_id = $1`,
    [id],
  );
  return { seconds: job.seconds, hash: job.result_hash, mostAttempts: rows[0].most, twice: rows[0].twice };
}

async function cpuSeconds(workers: readonly WorkerProcess[]): Promise<number> {
  return (await Promise.all(workers.map((worker) => worker.cpuSeconds()))).reduce((sum, seconds) => sum + seconds, 0);
}

/** Kills a worker with a chunk in its hands: it is stopped, looked at, and let go on when it held none. */
async function killWithAChunk(pool: pg.Pool, worker: WorkerProcess): Promise<void> {
  await until(
    async () => {
      worker.signal('SIGSTOP');
      // What it told before it was stopped is settled by the time of the look.
      await pool.query('select pg_sleep(0.2)');
      const { rowCount } = await pool.query(`select 1 from optimisation_chunks where state = 'running' and worker like '%-' || $1`, [
        worker.pid,
      ]);
      if (rowCount === 0) worker.signal('SIGCONT');
      return rowCount;
    },
    (held) => held === 1,
    PATIENCE_MS,
    LOOK_EVERY_MS,
  );
  await worker.kill();
}
