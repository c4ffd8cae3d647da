import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import { marketStore, type QuoteRow } from '#nas/market/store.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { startTrading } from './service.ts';
import { type Desk, type DeskAccount, openDesk, SYMBOL, until } from './testing/desk.ts';

const LOG = createLog('paper', 'fatal');
let desk: Desk;
let account: DeskAccount;
let service: RunningService | null = null;
let volume = 1_000;

beforeAll(async () => {
  desk = await openDesk();
  const id = randomUUID();
  await desk.database.asUser(desk.userId, (client) =>
    client.query('select public.open_paper_account($1, $2, $3)', [id, '가상', 50_000_000]),
  );
  account = { ...desk.account, id };
  await say({});
  service = await startTrading({ env: desk.env, log: LOG });
  await desk.untilReady(account);
});
afterAll(async () => {
  await service?.stop();
  await desk.stop();
});

/** What the market service would write: others traded `printed` shares at a price, one tick of book on both sides. */
async function say({ last = desk.basePrice(), printed = 0, depth = 0 }: { last?: number; printed?: number; depth?: number }) {
  volume += printed;
  const now = new Date().toISOString();
  const level = (price: number) => (depth > 0 ? [{ price, quantity: depth }] : []);
  const row: QuoteRow = {
    stockCode: SYMBOL,
    last,
    change: 0,
    open: last,
    high: last,
    low: last,
    volume,
    value: volume * last,
    bestAsk: last,
    bestBid: last,
    book: { asks: level(last), bids: level(last), expectedPrice: 0, expectedVolume: 0 },
    phase: 'continuous',
    isHalted: false,
    tradedAt: now,
    heardAt: now,
  };
  await marketStore(desk.database.pool).writeQuotes([row]);
}
const position = async () => {
  const { rows } = await desk.database.pool.query(
    `select quantity::int, purchase_amount::int, sellable_quantity::int from public.real_positions where broker_account_id = $1 and stock_code = $2`,
    [account.id, SYMBOL],
  );
  return rows[0];
};

test('a person’s order goes from place_order to a fill, a position and the cash that is left', async () => {
  await say({ depth: 10 });
  const { order, denial } = await desk.place({ account, quantity: 10 });
  expect(denial).toBeNull();
  await until(
    'filled',
    () => desk.order(order.id),
    (row) => row.order_status === 'executed',
    15_000,
  );
  const paid = 10 * desk.basePrice();
  await until('position', position, (row) => row?.quantity === 10 && row.purchase_amount === paid);
  const { rows } = await desk.database.pool.query('select quantity::int, amount::int from public.executions where order_id = $1', [
    order.id,
  ]);
  expect(rows).toEqual([{ quantity: 10, amount: paid }]);
  const balance = () =>
    desk.database.pool.query('select cash_d2::bigint as d2 from public.account_balances where broker_account_id = $1', [account.id]);
  await until('cash', balance, ({ rows: [row] }) => Number(row.d2) < 50_000_000 && Number(row.d2) > 50_000_000 - paid * 1.001);
});

test('a resting order survives a restart of the service, fills in part by what is printed, and its rest is cancelled', async () => {
  await say({});
  const price = desk.basePrice() - 500;
  const { order } = await desk.place({ account, quantity: 20, price });
  const looked = async () => {
    await say({});
    const { rows } = await desk.database.pool.query('select seen_volume from public.paper_orders where broker_account_id = $1', [
      account.id,
    ]);
    return rows.every((row) => row.seen_volume !== null) && (await desk.order(order.id)).order_status === 'accepted';
  };
  await until('resting', looked, Boolean, 15_000);
  await service?.stop();
  service = await startTrading({ env: desk.env, log: LOG });
  await say({ last: price - 500, printed: 50 });
  await until(
    'part',
    () => desk.order(order.id),
    (row) => row.order_status === 'partially_filled',
    20_000,
  );
  expect((await desk.order(order.id)).cum_quantity).toBe(5); // a tenth of what was printed
  await desk.cancel(order.id);
  await until(
    'cancelled',
    () => desk.order(order.id),
    (row) => row.order_status === 'cancelled',
    15_000,
  );
  await until('position', position, (row) => row?.quantity === 15 && row.sellable_quantity === 15);
}, 60_000);
