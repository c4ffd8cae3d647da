import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TradingDay } from '#domain/order/order.ts';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import { readFleetEnv } from '#lib/env/fleet.ts';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { dailyColumnsByYear, minuteColumns } from '#nas/market/chunks.ts';
import { marketStore } from '#nas/market/store.ts';
import { anAccount, aTrader, openMarket, SHARE } from '#supabase/tests/arrange.ts';
import { minuteLabel } from './live-bars.ts';
import type { SessionRow } from './phases.ts';
import { runDeployment } from './run-deployment.ts';
import { type RunPhase, type SchedulerStore, schedulerStore } from './scheduler-store.ts';
import { startScheduler } from './service.ts';
import { enqueueDue, sessionsAround } from './tick.ts';

const MINUTE = 60_000;
const log = createLog('scheduler', 'fatal');
let db: TestDatabase;
let pool: ReturnType<typeof createFleetPool>;
let marketPool: ReturnType<typeof createFleetPool>;
let store: SchedulerStore;
let userId: string;
let accountId: string;
/** The minute that has just begun, by the database's clock: place_order reckons with it. */
let tick: Date;

const document = (timeframe: string) => ({
  schema: 'narae.strategy/1',
  name: '시험',
  timeframe,
  params: {},
  universe: { refresh: 'daily' },
  entry: { left: { field: 'close' }, op: '>', right: { indicator: 'sma', args: { period: 3 } } },
  exit: { left: { field: 'close' }, op: '<', right: { indicator: 'sma', args: { period: 3 } } },
  sizing: { kind: 'percent_equity', percent: 0.1, maxPositions: 2 },
});

beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  // Sessions begin on whole minutes.
  await db.pool.query(
    `update market_calendar set order_from = date_trunc('minute', order_from), open_at = date_trunc('minute', open_at), close_at = date_trunc('minute', close_at)`,
  );
  userId = await aTrader(db);
  accountId = await anAccount(db, userId);
  pool = createFleetPool(db.url('narae_scheduler'), { name: 'scheduler', max: 3, log });
  marketPool = createFleetPool(db.url('narae_market'), { name: 'market', max: 2, log });
  store = schedulerStore(pool);
});
afterAll(async () => {
  await Promise.all([pool?.end(), marketPool?.end()]);
  await db?.drop();
});
beforeEach(async () => {
  tick = new Date(Math.floor(Date.now() / MINUTE) * MINUTE);
  await db.pool.query('delete from bar_chunks');
  await db.pool.query(`update strategy_deployments set state = 'stopped'`);
  await db.pool.query('update platform_settings set auto_enabled = true');
  await db.pool.query('update broker_accounts set environment_verified_at = now() where id = $1', [accountId]);
});

async function deploy(timeframe = '1m', doc: unknown = document(timeframe)): Promise<string> {
  const text = JSON.stringify(doc);
  const hash = createHash('sha256')
    .update(text + randomUUID())
    .digest('hex');
  return db.asUser(userId, async (client) => {
    const saved = await client.query('select save_strategy(null, $1, null, $2, $3, $4) as s', ['시험', text, '{}', hash]);
    const deployed = await client.query('select deploy_strategy($1, 1, $2, $3, $4, $5) as d', [
      saved.rows[0].s.strategy_id,
      accountId,
      [SHARE.code],
      10_000_000,
      '{}',
    ]);
    return deployed.rows[0].d.id as string;
  });
}
/** Minute bars that end at the tick: quiet, then one jump of the last close. */
async function minutesUntil(at: Date, jump: number): Promise<void> {
  const last = at.getTime() / MINUTE - 1;
  const bars = Array.from({ length: 12 }, (_, i) => {
    const close = SHARE.base + (i === 11 ? jump : 0);
    return {
      minute: last - 11 + i,
      open: SHARE.base,
      high: Math.max(close, SHARE.base),
      low: Math.min(close, SHARE.base),
      close,
      volume: 100_000,
      value: close * 100_000,
    };
  });
  await marketStore(marketPool).writeChunk(SHARE.code, '1m', 20261120, minuteColumns(bars));
}
const run = async (deploymentId: string, options: { phase?: RunPhase; at?: Date; now?: Date; sessions?: readonly SessionRow[] } = {}) => {
  const at = options.at ?? tick;
  const now = options.now ?? new Date(at.getTime() + 4_000);
  await runDeployment(
    { store, log, now: () => now },
    { deploymentId, phase: options.phase ?? 'evaluate', tick: at },
    options.sessions ?? (await sessionsAround(store, at)),
  );
};
async function runs(deploymentId: string) {
  const { rows } = await db.pool.query(
    'select phase, outcome, reason, decisions, finished_at from strategy_runs where deployment_id = $1 order by tick',
    [deploymentId],
  );
  return rows as { phase: string; outcome: string; reason: string; decisions: Record<string, unknown>[]; finished_at: Date | null }[];
}
async function orders(deploymentId: string) {
  const { rows } = await db.pool.query(
    `select order_type as side, quantity::int, order_status as status, price_type, origin, send_at, denial_code from real_orders where deployment_id = $1`,
    [deploymentId],
  );
  return rows;
}

test('a closed minute with a signal becomes one accepted order and a record that names it', async () => {
  const id = await deploy();
  await minutesUntil(tick, 1_000);
  await run(id);
  // 10 % of ten million won at 71,000 won and 0.015 % commission
  expect(await orders(id)).toEqual([
    { side: 'buy', quantity: 14, status: 'pending', price_type: 'market', origin: 'strategy', send_at: null, denial_code: null },
  ]);
  const [record] = await runs(id);
  expect(record).toMatchObject({ phase: 'evaluate', outcome: 'ordered', finished_at: expect.any(Date) });
  expect(record!.decisions).toEqual([
    expect.objectContaining({ side: 'buy', code: SHARE.code, quantity: 14, reason: 'entry_signal', denial: null }),
  ]);
});

test('two schedulers and doubled jobs run a tick once and place one order', async () => {
  const id = await deploy();
  await minutesUntil(tick, 1_000);
  const env = readFleetEnv({ DATABASE_URL: db.url('narae_scheduler'), CREDENTIALS_DIR: '.', MARKET_DATA_DIR: '.' });
  const now = () => new Date(tick.getTime() + 4_000); // an evaluation that comes late in its minute is not acted upon
  const both = await Promise.all([startScheduler({ env, log, now }), startScheduler({ env, log, now })]);
  try {
    await Promise.all([
      run(id),
      run(id),
      enqueueDue(store, new Date(tick.getTime() + 4_000)),
      enqueueDue(store, new Date(tick.getTime() + 5_000)),
    ]);
    for (let i = 0; i < 100; i += 1) {
      const { rows } = await db.pool.query(`select 1 from graphile_worker.jobs where task_identifier = 'run-deployment'`);
      if (rows.length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const own = (await runs(id)).filter((record) => record.phase === 'evaluate');
    expect(own.length).toBeGreaterThanOrEqual(1); // a minute may have passed meanwhile
    expect((await orders(id)).length).toBe(1);
    expect(own.filter((record) => record.outcome === 'ordered')).toHaveLength(1);
  } finally {
    await Promise.all(both.map((service) => service.stop()));
  }
});

describe('what keeps a strategy from trading is written down in one word', () => {
  test.each<{ reason: string; arrange: () => Promise<unknown>; outcome?: string; now?: (at: Date) => Date }>([
    { reason: 'auto_disabled', arrange: () => db.pool.query('update platform_settings set auto_enabled = false') },
    {
      reason: 'account_unverified',
      arrange: () => db.pool.query('update broker_accounts set environment_verified_at = null where id = $1', [accountId]),
    },
    { reason: 'stale_data', arrange: () => minutesUntil(new Date(tick.getTime() - 5 * MINUTE), 1_000) },
    { reason: 'too_late', arrange: async () => undefined, now: (at) => new Date(at.getTime() + 50_000) },
    {
      reason: 'no_trade',
      outcome: 'no_signal',
      arrange: async () => {
        await minutesUntil(new Date(tick.getTime() - 5 * MINUTE), 1_000);
        await marketPool.query(
          `insert into quotes (stock_code, last_price, heard_at) values ($1, 70000, now()) on conflict (feed, stock_code) do update set heard_at = now()`,
          [SHARE.code],
        );
      },
    },
  ])('$reason', async ({ reason, arrange, outcome = 'skipped', now }) => {
    const id = await deploy();
    await db.pool.query('delete from quotes');
    await minutesUntil(tick, 1_000);
    await arrange();
    await run(id, now ? { now: now(tick) } : {});
    expect(await orders(id)).toEqual([]);
    expect(await runs(id)).toEqual([expect.objectContaining({ outcome, reason, decisions: [] })]);
  });

  test('a denied order is a decision with its code', async () => {
    const id = await deploy();
    await minutesUntil(tick, 1_000);
    await db.pool.query('update trading_permissions set daily_order_limit = 0 where user_id = $1', [userId]);
    await run(id);
    await db.pool.query('update trading_permissions set daily_order_limit = 10000 where user_id = $1', [userId]);
    expect((await runs(id))[0]).toMatchObject({ outcome: 'ordered', decisions: [{ denial: expect.stringMatching(/order/) }] });
  });

  test('a stopped deployment leaves no trace, one that cannot be compiled is stopped with its fault', async () => {
    const stopped = await deploy();
    await db.asUser(userId, (client) => client.query(`select set_deployment_state($1, 'stopped')`, [stopped]));
    await run(stopped);
    expect(await runs(stopped)).toEqual([]);
    const broken = await deploy('1m', { ...document('1m'), entry: { left: { field: 'nonsense' }, op: '>', right: 1 } });
    await run(broken);
    const { rows } = await db.pool.query('select state, state_reason from strategy_deployments where id = $1', [broken]);
    expect(rows[0]).toEqual({ state: 'error', state_reason: expect.stringMatching(/\S/) });
  });

  test('a run whose process died is closed as interrupted and never repeated', async () => {
    const id = await deploy();
    await minutesUntil(tick, 1_000);
    expect(await store.claim(id, tick, 'evaluate')).toBe(true);
    await db.pool.query(`update strategy_runs set started_at = now() - interval '3 minutes' where deployment_id = $1`, [id]);
    expect(await store.closeInterrupted(new Date(Date.now() - 2 * MINUTE))).toBe(1);
    await run(id);
    expect(await runs(id)).toEqual([expect.objectContaining({ outcome: 'failed', reason: 'interrupted' })]);
    expect(await orders(id)).toEqual([]);
  });
});

describe('a daily strategy', () => {
  const day = minuteLabel(Math.floor(Date.now() / MINUTE)).slice(0, 10);
  /** Today's session has closed a few minutes ago, tomorrow's is known. */
  async function close(withToday: boolean): Promise<{ at: Date; sessions: SessionRow[] }> {
    const closeAt = new Date(tick.getTime() - 5 * MINUTE);
    const tomorrow = minuteLabel(Math.floor(Date.now() / MINUTE) + 1440).slice(0, 10);
    await db.pool.query(
      `insert into market_calendar (market, day, session, order_from, open_at, close_at, source)
       values ('KRX', $1, 'regular', now() + interval '20 hours', now() + interval '20.5 hours', now() + interval '27 hours', 'test')
       on conflict do nothing`,
      [tomorrow],
    );
    const known = await sessionsAround(store, tick);
    const sessions = known.map((s) => (s.day === day ? { ...s, openAt: new Date(closeAt.getTime() - 390 * MINUTE), closeAt } : s));
    const past = Array.from({ length: 12 }, (_, i) => minuteLabel(Math.floor(Date.now() / MINUTE) - (12 - i) * 1440).slice(0, 10));
    const bars = [...past, ...(withToday ? [day] : [])].map((d) => {
      const price = SHARE.base + (d === day ? 1_000 : 0);
      return {
        day: d as TradingDay,
        time: null,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 1_000_000,
        value: price * 1_000_000,
      };
    });
    for (const [year, columns] of dailyColumnsByYear(bars)) await marketStore(marketPool).writeChunk(SHARE.code, '1d', year, columns);
    return { at: tick, sessions };
  }

  test('reserves its orders for the next session, and prepare holds them back when the way is not clean', async () => {
    const id = await deploy('1d');
    const { at, sessions } = await close(true);
    await run(id, { at, sessions });
    const next = sessions.find((s) => s.day > day)!;
    expect(await orders(id)).toEqual([
      expect.objectContaining({ side: 'buy', quantity: 14, status: 'pending', send_at: new Date(next.orderFrom.getTime() + MINUTE) }),
    ]);
    await db.pool.query('update platform_settings set auto_enabled = false');
    await run(id, { phase: 'prepare', at: new Date(next.openAt.getTime() - 30 * MINUTE), sessions });
    expect(await orders(id)).toEqual([expect.objectContaining({ status: 'cancelled' })]);
    expect((await runs(id)).at(-1)).toMatchObject({ phase: 'prepare', outcome: 'skipped', reason: 'auto_disabled' });
    const { rows } = await db.pool.query('select kind, payload from notifications where user_id = $1', [userId]);
    expect(rows).toEqual([{ kind: 'order_held_back', payload: expect.objectContaining({ reason: 'auto_disabled' }) }]);
  });

  test('keeps reserved orders when prepare finds the way clean', async () => {
    const id = await deploy('1d');
    const { at, sessions } = await close(true);
    await run(id, { at, sessions });
    const next = sessions.find((s) => s.day > day)!;
    await run(id, { phase: 'prepare', at: new Date(next.openAt.getTime() - 30 * MINUTE), sessions });
    expect(await orders(id)).toEqual([expect.objectContaining({ status: 'pending' })]);
    expect((await runs(id)).at(-1)).toMatchObject({ phase: 'prepare', reason: 'prepared' });
  });

  test('waits for the day’s bar without claiming, and gives the day up when it does not come', async () => {
    const id = await deploy('1d');
    const { at, sessions } = await close(false);
    await expect(run(id, { at, sessions })).rejects.toThrow('have not arrived');
    expect(await runs(id)).toEqual([]);
    await run(id, { at, sessions, now: new Date(at.getTime() + 9 * MINUTE) });
    expect(await runs(id)).toEqual([expect.objectContaining({ outcome: 'skipped', reason: 'stale_data' })]);
  });
});
