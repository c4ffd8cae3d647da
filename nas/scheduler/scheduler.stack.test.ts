import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import { createLog } from '#lib/log.ts';
import { minuteColumns } from '#nas/market/chunks.ts';
import { marketStore } from '#nas/market/store.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { startTrading } from '#nas/trading/service.ts';
import { type Desk, openDesk, SYMBOL, until } from '#nas/trading/testing/desk.ts';
import { runDeployment } from './run-deployment.ts';
import { schedulerStore } from './scheduler-store.ts';
import { sessionsAround } from './tick.ts';

const MINUTE = 60_000;
const log = createLog('scheduler', 'fatal');
const STRATEGY = {
  schema: 'narae.strategy/1',
  name: '시험',
  timeframe: '1m',
  params: {},
  universe: { refresh: 'daily' },
  entry: { left: { field: 'close' }, op: '>', right: { indicator: 'sma', args: { period: 3 } } },
  exit: { left: { field: 'close' }, op: '<', right: { indicator: 'sma', args: { period: 3 } } },
  stops: { loss: 0.03 },
  sizing: { kind: 'percent_equity', percent: 0.1, maxPositions: 2 },
};

let desk: Desk;
let trading: RunningService;
let pool: ReturnType<typeof createFleetPool>;
beforeAll(async () => {
  desk = await openDesk();
  trading = await startTrading({ env: desk.env, log });
  await desk.untilReady();
  pool = createFleetPool(desk.database.url('narae_scheduler'), { name: 'scheduler', max: 3, log });
});
afterAll(async () => {
  await pool?.end();
  await trading?.stop();
  await desk?.stop();
});

test('bars → decision → gate → exchange → sub-ledger → exit: a strategy trades by itself, once', async () => {
  const { database, venue } = desk;
  const text = JSON.stringify(STRATEGY);
  const id = await database.asUser(desk.userId, async (client) => {
    const hash = createHash('sha256').update(text).digest('hex');
    const saved = await client.query(`select public.save_strategy(null, '시험', null, $1, '{}', $2) as s`, [text, hash]);
    const { rows } = await client.query(`select public.deploy_strategy($1, 1, $2, $3, 20000000, '{}') as d`, [
      saved.rows[0].s.strategy_id,
      desk.account.id,
      [SYMBOL],
    ]);
    return rows[0].d.id as string;
  });
  const store = schedulerStore(pool);
  const base = desk.basePrice();
  /** Ten quiet minutes before the tick, the last of which closes `jump` won away from the others. */
  async function tickAfter(tick: Date, jump: number, level = 0): Promise<void> {
    const last = tick.getTime() / MINUTE - 1;
    const bars = Array.from({ length: 10 }, (_, i) => {
      const close = base + level + (i === 9 ? jump : 0);
      return {
        minute: last - 9 + i,
        open: base,
        high: Math.max(base, close),
        low: Math.min(base, close),
        close,
        volume: 1_000,
        value: close * 1_000,
      };
    });
    await marketStore(database.pool).writeChunk(SYMBOL, '1m', 20261120, minuteColumns(bars));
    const sessions = await sessionsAround(store, tick);
    await runDeployment(
      { store, log, now: () => new Date(tick.getTime() + 4_000) },
      { deploymentId: id, phase: 'evaluate', tick },
      sessions,
    );
  }
  const quantityHeld = async () => (await store.positions(id))[0]?.quantity ?? 0;
  const tick = new Date(Math.floor(Date.now() / MINUTE) * MINUTE);
  const expected = Math.floor(2_000_000 / ((base + 500) * 1.00015));

  desk.house('sell', 1_000, base + 100);
  await tickAfter(tick, 500);
  await until('entry filled', quantityHeld, (quantity) => quantity === expected);
  expect(desk.bookOf().map(({ side, quantity }) => ({ side, quantity }))).toEqual([{ side: 'buy', quantity: expected }]);

  desk.house('buy', 1_000, base - 100);
  await tickAfter(new Date(tick.getTime() + MINUTE), -500);
  await until('exit filled', quantityHeld, (quantity) => quantity === 0);
  expect(desk.bookOf().map(({ side, quantity }) => ({ side, quantity }))).toEqual([
    { side: 'buy', quantity: expected },
    { side: 'sell', quantity: expected },
  ]);
  const { rows } = await database.pool.query(
    `select outcome, decisions -> 0 ->> 'reason' as reason from public.strategy_runs where deployment_id = $1 order by tick`,
    [id],
  );
  expect(rows).toEqual([
    { outcome: 'ordered', reason: 'entry_signal' },
    { outcome: 'ordered', reason: 'exit_signal' },
  ]);

  // Again in, and out by its stop: 3 % under what was paid, while the exit condition (over the average of three) stays silent.
  desk.house('sell', 1_000, base + 100);
  await tickAfter(new Date(tick.getTime() + 2 * MINUTE), 4_000); // another quantity: the same order at once would look like a mistake
  await until('second entry filled', quantityHeld, (quantity) => quantity > 0 && quantity < expected);
  desk.house('buy', 1_000, base - 100);
  await tickAfter(new Date(tick.getTime() + 3 * MINUTE), 500, -4_000);
  await until('stop filled', quantityHeld, (quantity) => quantity === 0);
  const { rows: stopped } = await database.pool.query(
    `select origin from public.real_orders where deployment_id = $1 order by created_at desc limit 1`,
    [id],
  );
  expect(stopped).toEqual([{ origin: 'stop' }]);
  expect(venue.judge().accounts.find(({ id: name }) => name.includes(desk.account.accountNumber))!.orders).toHaveLength(4);
});
