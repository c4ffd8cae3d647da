import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stepTicks, tickTable } from '#domain/market/ticks.ts';
import { createLog } from '#lib/log.ts';
import { marketStore } from '#nas/market/store.ts';
import { seoul } from '#nas/runtime/clock.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { startTrading } from '../service.ts';
import { type Desk, type DeskAccount, openDesk, SYMBOL, until } from '../testing/desk.ts';
import { fastClock } from '../testing/fast-clock.ts';

let desk: Desk;
let account: DeskAccount;
let service: RunningService;
let volume = 1_000;

beforeAll(async () => {
  desk = await openDesk();
  const id = randomUUID();
  await desk.database.asUser(desk.userId, (client) => client.query('select public.open_paper_account($1, $2, $3)', [id, '가상', 1e9]));
  account = { ...desk.account, id };
  await print(0, 0);
  service = await startTrading({ env: desk.env, log: createLog('trading', 'fatal'), clock: fastClock(5) });
  await desk.untilReady(account);
});
afterAll(async () => {
  await service?.stop();
  await desk?.stop();
});

/** The fleet's quote of the symbol, ticks off its base price; somebody trades that many shares there. */
async function print(ticks: number, quantity: number): Promise<void> {
  volume += quantity;
  const [last, bestAsk, bestBid] = [priceAt(ticks), priceAt(ticks + 1), priceAt(ticks - 1)];
  const book = {
    asks: [{ price: bestAsk, quantity: 500 }],
    bids: [{ price: bestBid, quantity: 500 }],
    expectedPrice: 0,
    expectedVolume: 0,
  };
  const now = new Date().toISOString();
  const figures = { last, change: 0, open: last, high: last, low: last, volume, value: volume * last, bestAsk, bestBid, book };
  await marketStore(desk.database.pool).writeQuotes([
    { stockCode: SYMBOL, ...figures, phase: 'continuous', isHalted: false, tradedAt: now, heardAt: now },
  ]);
}
function priceAt(ticks: number): number {
  const { instrument, basePrice } = desk.venue.exchange.markets.get(SYMBOL)!;
  return stepTicks(basePrice, ticks, tickTable({ day: seoul(Date.now()).day, kind: instrument.kind, market: instrument.market }));
}
const held = async (): Promise<number> =>
  (
    await desk.database.pool.query('select coalesce(sum(quantity), 0)::int as shares from real_positions where broker_account_id = $1', [
      account.id,
    ])
  ).rows[0].shares;
const sales = async () =>
  (
    await desk.database.pool.query(
      `select order_status, origin, cum_quantity::int as filled from real_orders where broker_account_id = $1 and order_type = 'sell'`,
      [account.id],
    )
  ).rows;
const notices = async (): Promise<string[]> =>
  (await desk.database.pool.query('select kind from notifications where user_id = $1', [desk.userId])).rows.map((row) => row.kind);

test('on live quotes without keys: a silent feed is told and fires nothing, the next print through the stop sells once', async () => {
  await desk.place({ account, symbol: SYMBOL, quantity: 10, price: null });
  await until(
    'holding',
    async () => {
      await print(0, 20);
      return held();
    },
    (shares) => shares === 10,
    20_000,
  );
  await desk.database.asUser(desk.userId, (client) =>
    client.query(`select set_protective_stop($1, $2, 'stop_loss', $3, null, 10)`, [account.id, SYMBOL, priceAt(-3)]),
  );
  // The fleet's feed says nothing more: its stream stays live all the same.
  await until('alert', notices, (kinds) => kinds.includes('stop_feed_stale'), 60_000);
  expect(await sales()).toEqual([]);
  await until(
    'sale',
    async () => {
      await print(-5, 20);
      return held();
    },
    (shares) => shares === 0,
    30_000,
  );
  expect(await sales()).toEqual([{ order_status: 'executed', origin: 'stop', filled: 10 }]);
}, 150_000);
