import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { hasPgBouncer, type PgBouncer, startPgBouncer } from '#lib/testing/pgbouncer.ts';
import { createFleetPool } from './pool.ts';
import { requireSessionMode } from './session-mode.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('a database without a pooler is what we want', async () => {
  await requireSessionMode(db.url('narae_worker'));
});

test('a database that is not there is told as such, not as a pooler', async () => {
  await expect(requireSessionMode('postgres://narae_worker:x@127.0.0.1:9/none')).rejects.toThrow(/ECONNREFUSED/);
});

// Debian: apt-get install pgbouncer. Without it there is no pooler to try this on.
describe.skipIf(!hasPgBouncer())('behind pgbouncer (skipped where the program is not installed)', () => {
  const poolers: PgBouncer[] = [];
  const behind = async (mode: 'session' | 'transaction', role = 'narae_worker'): Promise<string> => {
    const url = new URL(db.url(role));
    const pooler = await startPgBouncer({ mode, port: Number(url.port), password: url.password });
    poolers.push(pooler);
    url.port = String(pooler.port);
    return String(url);
  };
  afterAll(async () => {
    for (const pooler of poolers) await pooler.stop();
  });

  test('in session mode everything starts, and the statement timeout holds', async () => {
    const url = await behind('session');
    await requireSessionMode(url);
    const pool = createFleetPool(url, { name: 'test', log: createLog('test', 'fatal') });
    expect((await pool.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '10s' }]);
    await pool.end();
  });

  test('in transaction mode the start is refused with a sentence in both languages, every time', async () => {
    const url = await behind('transaction');
    for (let i = 0; i < 20; i += 1) await expect(requireSessionMode(url)).rejects.toThrow(/트랜잭션 방식.*transaction mode/s);
  });

  test('also while others use the pooler', async () => {
    const url = await behind('transaction');
    const busy = createFleetPool(url, { name: 'busy', max: 8, log: createLog('test', 'fatal') });
    let isOver = false;
    const crowd = Array.from({ length: 8 }, async () => {
      while (!isOver) await busy.query('select pg_sleep(0.002)');
    });
    try {
      for (let i = 0; i < 200; i += 1) await expect(requireSessionMode(url)).rejects.toThrow(/transaction mode/);
    } finally {
      isOver = true;
      await Promise.all(crowd);
      await busy.end();
    }
  });

  test.each(['trading', 'market', 'scheduler', 'backtest', 'gateway'])('the %s service ends with that sentence', async (service) => {
    const role = service === 'backtest' ? 'narae_worker' : `narae_${service}`;
    const child = fork(fileURLToPath(new URL(`../../../nas/${service}/main.ts`, import.meta.url)), {
      env: {
        DATABASE_URL: await behind('transaction', role),
        CREDENTIALS_DIR: tmpdir(),
        MARKET_DATA_DIR: tmpdir(),
        NAS_API_KEY: 'k'.repeat(32),
        NAS_API_SECRET: 's'.repeat(32),
        LOG_LEVEL: 'fatal',
        NODE_ENV: 'test',
      },
      stdio: 'ignore',
    });
    const [[message], [code]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
    expect(message).toEqual({ type: 'crashed', reason: expect.stringMatching(/세션 방식 풀러.*session pooler/s) });
    expect(code).toBe(1);
  });
});
