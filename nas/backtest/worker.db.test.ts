import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { readFleetEnv } from '#lib/env/fleet.ts';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, createTestUser, type TestDatabase } from '#lib/testing/database.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { SYNTHETIC_INSTRUMENTS } from '#nas/venue/market/instruments.ts';
import { runStored } from './run-stored.ts';
import { startWorker } from './service.ts';
import { forkWorker, importSyntheticMarket, until } from './testing/fleet-rig.ts';
import { asOnlyWholeMarket } from './whole-market.ts';

const PERIOD = { from: '2022-01-03', to: '2023-12-28' };
const log = createLog('backtest', 'fatal');
let db: TestDatabase;
let dir: string;
let userId: string;
let env: ReturnType<typeof readFleetEnv>;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  userId = await createTestUser(db.pool);
  dir = await mkdtemp(join(tmpdir(), 'narae-worker-'));
  await importSyntheticMarket(dir, 'small', { from: '2021-06-01', to: PERIOD.to });
  env = readFleetEnv({ DATABASE_URL: db.url('narae_worker'), CREDENTIALS_DIR: dir, MARKET_DATA_DIR: dir });
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop().catch(() => undefined);
  await db?.drop();
  await rm(dir, { recursive: true, force: true });
});

const request = (over: Record<string, unknown> = {}) => ({
  document: goldenCross.document,
  params: {},
  dataset: 'small',
  ...PERIOD,
  capital: 100_000_000,
  mask: null,
  seed: 1,
  ...over,
});
const start = async (over: Record<string, unknown> = {}): Promise<string> =>
  db.asUser(userId, async (client) => {
    const { rows } = await client.query('select start_backtest(null, null, $1, $2) as b', ['시험', JSON.stringify(request(over))]);
    return rows[0].b.id;
  });
const row = async (id: string) => (await db.pool.query('select * from backtests where id = $1', [id])).rows[0];
/** A session of the workers' role, as another worker's would be. */
async function session(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: db.url('narae_worker') });
  await client.connect();
  stops.push(() => client.end());
  return client;
}
async function worker(): Promise<RunningService> {
  const service = await startWorker({ env, log, progressEveryMs: 10 });
  stops.push(() => service.stop());
  return service;
}
const ended = (id: string) =>
  until(
    () => row(id),
    (seen) => ['done', 'failed', 'cancelled'].includes(seen.state),
  );

test('a queued run is done with the command line’s own hash, its series and its trades, telling its progress', async () => {
  const expected = await runStored(join(dir, 'small'), { document: goldenCross.document, ...PERIOD, capital: 100_000_000, seed: 1 });
  if (!expected.ok) throw new Error(JSON.stringify(expected.faults));
  const id = await start();
  expect((await row(id)).state).toBe('queued');
  const service = await worker();
  const done = await ended(id);
  await service.stop();
  expect(done).toMatchObject({
    state: 'done',
    progress: '1.00000000',
    result_hash: expected.result.hash,
    data_hash: expected.result.inputs.dataHash,
  });
  const { rows: trades } = await db.pool.query('select seq, trade from backtest_trades where backtest_id = $1 order by seq', [id]);
  expect(trades.map((one) => one.trade)).toEqual(JSON.parse(JSON.stringify(expected.result.trades)));
  const { rows: series } = await db.pool.query('select name, points from backtest_series where backtest_id = $1 order by name', [id]);
  expect(series.map((one) => one.name)).toEqual(['equity', 'monthly']);
  expect(series[0].points).toHaveLength(expected.result.equity.length);
  const { rows: told } = await db.pool.query(
    `select payload ->> 'state' as state from realtime.messages where topic = $1 and payload ->> 'id' = $2 order by inserted_at`,
    [`user:${userId}:backtests`, id],
  );
  expect(told.map((one) => one.state)).toEqual(expect.arrayContaining(['queued', 'running', 'done']));
});

test('two workers share the queue and never a run', async () => {
  const both = await Promise.all([worker(), worker()]);
  const ids = await Promise.all([1, 2, 3].map((seed) => start({ seed })));
  for (const id of ids) expect((await ended(id)).state).toBe('done');
  await Promise.all(both.map((service) => service.stop()));
  const { rows } = await db.pool.query(
    `select payload ->> 'id' as id, count(*)::int as starts from realtime.messages
      where payload ->> 'id' = any($1) and payload ->> 'state' = 'running' and (payload ->> 'progress')::numeric = 0 and payload ->> 'eta_seconds' is null
      group by 1`,
    [ids],
  );
  expect(rows).toHaveLength(3);
  const { rows: left } = await db.pool.query('select 1 from graphile_worker.jobs');
  expect(left).toEqual([]);
});

test('a cancelled run ends at its next look, and leaves no half result', async () => {
  const id = await start();
  // Whatever the machine's speed: the person cancels in the very moment the run begins.
  await db.pool.query(`create function cancel_at_start() returns trigger language plpgsql as $$
    begin if new.state = 'running' and old.state = 'queued' and new.id = '${id}' then new.cancel_requested_at := now(); end if; return new; end $$;
    create trigger cancel_at_start before update on backtests for each row execute function cancel_at_start()`);
  const service = await worker();
  expect((await ended(id)).state).toBe('cancelled');
  await service.stop();
  await db.pool.query('drop trigger cancel_at_start on backtests; drop function cancel_at_start()');
  const { rows } = await db.pool.query('select 1 from backtest_trades where backtest_id = $1', [id]);
  expect(rows).toEqual([]);
});

test('what cannot run says why: faults of the document, an unknown data set, a period without data', async () => {
  const service = await worker();
  const faulty = await ended(
    await start({ document: { ...goldenCross.document, entry: { left: { field: 'nonsense' }, op: '>', right: 1 } } }),
  );
  expect(faulty.state).toBe('failed');
  expect(faulty.diagnosis.length).toBeGreaterThan(0);
  expect(faulty.diagnosis[0]).toMatchObject({ severity: 'error', ko: expect.stringMatching(/\S/), en: expect.stringMatching(/\S/) });
  for (const over of [{ dataset: 'elsewhere' }, { from: '1999-01-04', to: '1999-12-30' }, { dataset: '../../etc' }]) {
    const failed = await ended(await start(over));
    expect({ over, state: failed.state, words: `${failed.message}${JSON.stringify(failed.diagnosis)}` }).toMatchObject({
      state: 'failed',
      words: expect.stringMatching(/"ko":/),
    });
  }
  await service.stop();
});

test('kill -9 of a worker: another one ends the run after the silence, with the same hash', async () => {
  const child = await forkWorker({ DATABASE_URL: env.DATABASE_URL, MARKET_DATA_DIR: dir });
  stops.push(() => child.kill());
  // The run is held in its first step, as a long one would be, until the process is dead.
  await db.pool.query(`create function hold() returns trigger language plpgsql as $$ begin if new.state = 'running' and old.state = 'queued' then
      perform pg_notify('held', new.id::text); end if; return new; end $$;
    create trigger hold before update on backtests for each row execute function hold()`);
  const listener = await db.pool.connect();
  await listener.query('listen held');
  const killed = new Promise<void>((resolve) => {
    listener.on('notification', () => void child.kill().then(resolve));
  });
  const id = await start();
  await killed;
  listener.release(true);
  await db.pool.query('drop trigger hold on backtests; drop function hold()');
  expect((await row(id)).state).toBe('running');

  const service = await worker();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await row(id)).state).toBe('running'); // its worker was heard a moment ago
  await db.pool.query(`update service_heartbeats set beat_at = now() - interval '31 seconds' where instance like '%-${child.pid}'`);
  const second = await worker(); // whoever starts, or beats, frees the jobs of the silent
  const done = await ended(id);
  const reference = await db.pool.query(
    `select result_hash from backtests where state = 'done' and id <> $1 and request ->> 'seed' = '1' limit 1`,
    [id],
  );
  expect(done).toMatchObject({ state: 'done', result_hash: reference.rows[0].result_hash });
  await Promise.all([service.stop(), second.stop()]);
});

test('a worker that is told to stop hands its run on without spending an attempt', async () => {
  const id = await start();
  const first = await worker();
  await until(
    () => row(id),
    (seen) => seen.state !== 'queued',
  );
  await first.stop();
  const after = await row(id);
  if (after.state !== 'done') {
    expect(after.state).toBe('queued');
    const { rows } = await db.pool.query(`select attempts from graphile_worker.jobs where key = $1`, [`backtest:${id}`]);
    expect(rows).toEqual([{ attempts: 0 }]);
  }
  const second = await worker();
  expect((await ended(id)).state).toBe('done');
  await second.stop();
});

test('of two whole-market runs on a host one waits and says why; a run with its symbols named does not', async () => {
  const other = await session();
  const take = async () => (await other.query('select take_whole_market($1) as is_mine', [hostname()])).rows[0].is_mine;
  expect(await take()).toBe(true);
  const service = await worker();
  const whole = await start();
  const waiting = await until(
    () => row(whole),
    (seen) => seen.message !== '',
  );
  expect(waiting).toMatchObject({ state: 'queued', message: expect.stringContaining('차례를 기다립니다') });
  const named = await start({ document: { ...goldenCross.document, universe: { symbols: [SYNTHETIC_INSTRUMENTS[0]!.symbol] } } });
  expect((await ended(named)).state).toBe('done');
  expect((await row(whole)).state).toBe('queued');
  await other.query('select give_back_whole_market($1)', [hostname()]);
  expect(await ended(whole)).toMatchObject({ state: 'done', message: '' });
  await until(take, (isMine) => isMine); // it has given the host back
  await other.query('select give_back_whole_market($1)', [hostname()]);
  await service.stop();
});

test('no chunk of a whole market is handed out while a back-test has the host, and the back-test waits for one that runs', async () => {
  const search = { document: goldenCross.document, grid: {}, dataset: 'small', ...PERIOD, capital: 100_000_000 };
  await db.asUser(userId, async (client) => {
    await client.query('select start_optimisation(null, null, $1, $2, 2, 1)', ['search', JSON.stringify(search)]);
  });
  const chunks = await session();
  const claim = async (host: string) => (await chunks.query(`select claim_chunk('w', $1, 4000) as claim`, [host])).rows[0].claim;
  expect(await claim('nas')).toMatchObject({ number: 0 });
  const pool = new pg.Pool({ connectionString: db.url('narae_worker'), max: 1 });
  stops.push(() => pool.end());
  let hasBegun = false;
  const run = asOnlyWholeMarket(pool, 'nas', new AbortController().signal, async () => {
    hasBegun = true;
    expect(await claim('nas')).toBeNull();
    expect(await claim('elsewhere')).toMatchObject({ number: 0 });
  });
  await until(
    async () => (await db.pool.query(`select 1 from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' and granted`)).rowCount,
    (locks) => locks === 1,
  );
  expect(hasBegun).toBe(false);
  await db.pool.query(`update optimisation_chunks set lease_until = now() where host = 'nas'`);
  await run;
  expect(await claim('nas')).toMatchObject({ number: 1 });
  await db.pool.query('delete from optimisations');
});
