import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { beat, unlockSilentWorkers } from './heartbeats.ts';
import { createFleetPool } from './pool.ts';

let database: TestDatabase;
const pools: pg.Pool[] = [];
const poolOf = (role: string) => {
  const pool = createFleetPool(database.url(role), { name: role, max: 2, log: createLog('test', 'silent') });
  pools.push(pool);
  return pool;
};

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database.drop();
});

test.each(['narae_trading', 'narae_market', 'narae_scheduler', 'narae_gateway', 'narae_worker'])('%s can beat', async (role) => {
  await beat(poolOf(role), { service: role, instance: 'i', version: 'v', workerIds: ['w'], detail: { accounts: 1 } });
  const { rows } = await database.pool.query('select worker_ids, detail from public.service_heartbeats where service = $1', [role]);
  expect(rows).toEqual([{ worker_ids: ['w'], detail: { accounts: 1 } }]);
});

test('jobs of a worker that has been silent for 30 s are free again, those of a living one stay locked', async () => {
  const pool = poolOf('narae_trading');
  await beat(pool, { service: 'trading', instance: 'dead', version: '', workerIds: ['dead-worker'], detail: {} });
  await beat(pool, { service: 'trading', instance: 'alive', version: '', workerIds: ['live-worker'], detail: {} });
  await database.pool.query(`update public.service_heartbeats set beat_at = now() - interval '31 seconds' where instance = 'dead'`);
  for (const worker of ['dead-worker', 'live-worker']) {
    await database.pool.query(`select graphile_worker.add_job('wake-account', '{}', job_key => $1::text)`, [worker]);
    await database.pool.query(
      `update graphile_worker._private_jobs set locked_by = $1::text, locked_at = now() - interval '1 minute' where key = $1::text`,
      [worker],
    );
  }
  expect(await unlockSilentWorkers(pool)).toBe(1);
  const { rows } = await database.pool.query('select key from graphile_worker._private_jobs where locked_by is not null');
  expect(rows).toEqual([{ key: 'live-worker' }]);
});
