import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type GridSpec, gridOf } from '#domain/optimise/grid.ts';
import { optimisationHash } from '#domain/optimise/merge.ts';
import { unpackCells } from '#domain/optimise/packed-cells.ts';
import { compileStrategy } from '#domain/strategy/compile.ts';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { readFleetEnv } from '#lib/env/fleet.ts';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, createTestUser, type TestDatabase } from '#lib/testing/database.ts';
import { cellSteps, planCells } from '#lib/use-cases/run-cells.ts';
import { SYNTHETIC_INSTRUMENTS } from '#nas/venue/market/instruments.ts';
import { loadColumns } from './load-columns.ts';
import { barsFor } from './run-stored.ts';
import { startWorker } from './service.ts';
import { forkWorker, importSyntheticMarket, until, type WorkerProcess } from './testing/fleet-rig.ts';

const PERIOD = { from: '2022-01-03', to: '2023-12-28' };
const CAPITAL = 100_000_000;
/** 200 cells. */
const GRID: GridSpec = { params: { fast: { min: 2, max: 41 }, slow: { min: 50, max: 70 } } };
const DOCUMENT = { ...goldenCross.document, universe: { symbols: [SYNTHETIC_INSTRUMENTS[0]!.symbol] } };
const LONG = {
  document: { ...DOCUMENT, universe: { symbols: SYNTHETIC_INSTRUMENTS.slice(0, 20).map((instrument) => instrument.symbol) } },
  grid: { params: { fast: { min: 2, max: 51 }, slow: { min: 55, max: 150 } } } satisfies GridSpec,
};

// Child processes share two cores with the other tests; what is waited for is a condition, never a time.
vi.setConfig({ testTimeout: 90_000 });
const PATIENCE_MS = 80_000;

let db: TestDatabase;
let dir: string;
let user: string;
let expectedHash: string;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  dir = await mkdtemp(join(tmpdir(), 'narae-fleet-'));
  await importSyntheticMarket(dir, 'small', { from: '2021-06-01', to: PERIOD.to });
  expectedHash = await searchHere();
});
beforeEach(async () => {
  user = await createTestUser(db.pool);
});
afterAll(async () => {
  for (const worker of workers) await worker.kill();
  await db?.drop();
  await rm(dir, { recursive: true, force: true });
});

/** The same search in this process, without chunks. */
async function searchHere(): Promise<string> {
  const compiled = compileStrategy(DOCUMENT);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  const { document } = compiled.program;
  const gridded = gridOf(document.params, GRID);
  if (!gridded.ok) throw new Error(JSON.stringify(gridded.faults));
  const planned = planCells(DOCUMENT, gridded.grid);
  if (!planned.ok) throw new Error(JSON.stringify(planned.faults));
  const columns = await loadColumns(join(dir, 'small'), barsFor(document, planned.historyBars, PERIOD));
  const steps = cellSteps({ document: DOCUMENT, columns, ...PERIOD, capital: CAPITAL }, gridded.grid, [...Array(gridded.grid.size).keys()]);
  for (;;) {
    const step = steps.next();
    if (step.done) return optimisationHash(step.value);
  }
}

const request = (over: Record<string, unknown> = {}) => ({
  document: DOCUMENT,
  grid: GRID,
  dataset: 'small',
  ...PERIOD,
  capital: CAPITAL,
  ...over,
});
const start = (over: Record<string, unknown> = {}, cells = 200, chunkCells = 1): Promise<string> =>
  db.asUser(user, async (client) => {
    const { rows } = await client.query('select start_optimisation(null, null, $1, $2, $3, $4) as o', [
      '시험',
      request(over),
      cells,
      chunkCells,
    ]);
    return rows[0].o.id;
  });
const job = async (id: string) => (await db.pool.query('select * from optimisations where id = $1', [id])).rows[0];
const reached = (id: string, chunks: number) =>
  until(
    () => job(id),
    (seen) => seen.chunks_done >= chunks,
    PATIENCE_MS,
  );
const ended = (id: string) =>
  until(
    () => job(id),
    (seen) => seen.finished_at !== null,
    PATIENCE_MS,
  );
const chunksOf = async (id: string) =>
  (await db.pool.query('select number, attempts, worker from optimisation_chunks where optimisation_id = $1 order by number', [id])).rows;
const fork = async (): Promise<WorkerProcess> => {
  const worker = await forkWorker({ DATABASE_URL: db.url('narae_worker'), MARKET_DATA_DIR: dir });
  setPriority(worker.pid, 10); // it computes all it can, and tests beside it keep time
  workers.push(worker);
  return worker;
};

test.each([{ count: 1 }, { count: 2 }, { count: 4 }])(
  '$count worker(s) give the hash of the search without chunks, and its cells to its owner alone',
  async ({ count }) => {
    while (workers.length < count) await fork();
    // One after the other each has the job for itself, so that all take part however fast the first is; then together.
    for (const worker of workers.slice(1)) worker.signal('SIGSTOP');
    const id = await start({}, 200, 2);
    for (let turn = 1; turn < count; turn += 1) {
      await reached(id, turn * 15);
      workers[turn]!.signal('SIGCONT');
      workers[turn - 1]!.signal('SIGSTOP');
    }
    if (count > 1) await reached(id, count * 15);
    for (const worker of workers) worker.signal('SIGCONT');
    expect(await ended(id)).toMatchObject({ state: 'done', result_hash: expectedHash, progress: '1.00000000', chunks_done: 100 });
    const chunks = await chunksOf(id);
    expect(new Set(chunks.map((chunk) => chunk.worker)).size).toBe(count);
    expect(chunks.filter((chunk) => chunk.attempts > 2)).toEqual([]);

    const read = async (by: string) => db.asUser(by, async (client) => (await client.query('select result from optimisations')).rows);
    const [own] = await read(user);
    expect(optimisationHash(unpackCells(JSON.parse(inflateSync(own.result).toString('utf8'))))).toBe(expectedHash);
    expect(await read(await createTestUser(db.pool))).toEqual([]);
  },
);

test('kill -9 of a worker in the middle: its chunk is computed a second time, the others once, and the hash is the same', async () => {
  while (workers.length < 2) await fork();
  // The 100th chunk is held in the moment it is told, as a long one would be, until its worker is dead.
  await db.pool.query(`create function hold() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(7); return new; end $$;
    create trigger hold before update on optimisation_chunks for each row
      when (new.number = 100 and new.state = 'done' and new.attempts = 1) execute function hold()`);
  const lock = await db.pool.connect();
  await lock.query('select pg_advisory_lock(7)');
  const id = await start();
  const waiting = async (): Promise<{ pid: number }[]> =>
    (
      await db.pool.query(
        `select pid from pg_stat_activity where datname = current_database() and wait_event = 'advisory' and query like '%complete_chunk%'`,
      )
    ).rows;
  const [backend] = await until(waiting, (rows) => rows.length > 0);
  const holder = (await db.pool.query('select worker from optimisation_chunks where optimisation_id = $1 and number = 100', [id])).rows[0]
    .worker;
  const victim = workers.findIndex((worker) => holder.endsWith(`-${worker.pid}`));
  await workers.splice(victim, 1)[0]!.kill();
  await db.pool.query('select pg_terminate_backend($1)', [backend!.pid]);
  await until(waiting, (rows) => rows.length === 0);
  await lock.query('select pg_advisory_unlock(7)');
  lock.release();
  await reached(id, 199);
  expect((await job(id)).chunks_done).toBe(199); // the dead worker's lease still stands
  await db.pool.query(`update optimisation_chunks set lease_until = now() where optimisation_id = $1 and number = 100`, [id]);
  expect(await ended(id)).toMatchObject({ state: 'done', result_hash: expectedHash });
  await db.pool.query('drop trigger hold on optimisation_chunks; drop function hold()');
  const chunks = await chunksOf(id);
  expect(chunks.filter((chunk) => chunk.attempts !== 1).map((chunk) => [chunk.number, chunk.attempts])).toEqual([[100, 2]]);
});

test('a job that cannot be computed says why and holds up no other', async () => {
  while (workers.length < 1) await fork();
  await importSyntheticMarket(dir, 'damaged', PERIOD);
  const [version] = (await readdir(join(dir, 'damaged'))).filter((name) => name.startsWith('v-'));
  await writeFile(join(dir, 'damaged', version!, 'year=2022.parquet'), 'no bars');
  const poison = await start({ dataset: 'damaged' });
  const faulty = await start({ document: { ...DOCUMENT, entry: { left: { field: 'nonsense' }, op: '>', right: 1 } } });
  const miscounted = await start({}, 199);
  const elsewhere = await start({ dataset: 'elsewhere' });
  const sound = await start();
  expect(await ended(sound)).toMatchObject({ state: 'done', result_hash: expectedHash });
  expect(await ended(poison)).toMatchObject({ state: 'quarantined', message: expect.stringMatching(/chunk 1 .*parquet.*묶음 1/is) });
  expect(await ended(faulty)).toMatchObject({
    state: 'failed',
    faults: [expect.objectContaining({ path: expect.stringContaining('entry') })],
  });
  expect(await ended(miscounted)).toMatchObject({ state: 'failed', message: expect.stringContaining('the grid has 200') });
  expect(await ended(elsewhere)).toMatchObject({ state: 'failed', message: expect.stringContaining('no data for this period') });
  for (const id of [faulty, miscounted, elsewhere]) expect((await job(id)).message).toMatch(/"ko":/);
});

test('a cancelled chunk is let go in its middle, a stopped worker’s goes back unspent, and bars beyond the memory wait', async () => {
  for (const worker of workers.splice(0)) await worker.kill();
  const env = readFleetEnv({ DATABASE_URL: db.url('narae_worker'), CREDENTIALS_DIR: dir, MARKET_DATA_DIR: dir, WORKER_BARS_MB: '1' });
  const options = { log: createLog('backtest', 'fatal'), chunks: { renewEveryMs: 5, pollEveryMs: 5 } };
  const first = await startWorker({ env, ...options });
  const endsOf = async (end: string) =>
    Number(new RegExp(`end="${end}"[^}]*} (\\d+)`).exec(await (await fetch(`${first.url}/metrics`)).text())?.[1] ?? 0);
  try {
    const big = await start({ document: { ...DOCUMENT, universe: {} }, from: '2021-09-01' }, 200, 200);
    await until(
      () => job(big),
      (seen) => seen.memory_mb !== null,
    );
    expect(await job(big)).toMatchObject({ state: 'queued', message: expect.stringContaining('WORKER_BARS_MB') });

    // Long enough that neither could end by itself: 1,000 cells of one chunk.
    const long = await start(LONG, 1_000, 1_000);
    const running = (id: string) =>
      until(
        () => job(id),
        (seen) => seen.state === 'running',
      );
    await running(long);
    await db.asUser(user, (client) => client.query('select cancel_optimisation($1)', [long]));
    await until(
      () => endsOf('lost'),
      (count) => count === 1,
    );
    const handed = await start(LONG, 1_000, 1_000);
    await running(handed);
    await first.stop();
    expect(
      (await db.pool.query('select state, attempts from optimisation_chunks where optimisation_id = $1 and number = 0', [handed])).rows,
    ).toEqual([{ state: 'queued', attempts: 0 }]);
  } finally {
    await first.stop().catch(() => undefined);
  }
});
