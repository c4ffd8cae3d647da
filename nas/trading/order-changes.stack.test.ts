import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { startTrading } from './service.ts';
import { type Desk, openDesk, until } from './testing/desk.ts';
import { fastClock } from './testing/fast-clock.ts';

const CHANGE = 'VTTC0013U';
const ORDER_LIST = 'VTTC0081R';
const SOLD = '990060';
let desk: Desk;
let service: RunningService;

beforeAll(async () => {
  desk = await openDesk({ holdings: [{ symbol: SOLD, quantity: 10 }] });
  service = await startTrading({ env: desk.env, log: createLog('trading', 'fatal'), clock: fastClock(20) });
  await desk.untilReady();
});
afterAll(async () => {
  await service?.stop();
  await desk?.stop();
});
afterEach(() => desk.venue.faults.clear());

const isAt = (wanted: string) => (order: { order_status: string }) => order.order_status === wanted;
const untilAt = (id: string, wanted: string, ms?: number) => until(wanted, () => desk.order(id), isAt(wanted), ms);
const row = async (id: string) =>
  (
    await desk.database.pool.query(
      `select order_status, quantity::int, cum_quantity::int, cancelled_quantity::int, replaced_quantity::int, origin, parent_order_id
         from public.real_orders where id = $1`,
      [id],
    )
  ).rows[0];
const childrenOf = async (id: string): Promise<string[]> =>
  (await desk.database.pool.query('select id from public.real_orders where parent_order_id = $1 order by created_at', [id])).rows.map(
    (r) => r.id,
  );
/** All requests of the account for a symbol in the venue's own book: new orders and changes, cancels left out. */
const bookOf = (symbol: string) =>
  desk.venue
    .judge()
    .accounts.find(({ id }) => id === `paper:${desk.account.accountNumber}-01`)!
    .orders.filter((order) => order.symbol === symbol && order.action !== 'cancel');
const heldOf = async (symbol: string): Promise<number> =>
  Number(
    (await desk.database.pool.query('select coalesce(sum(quantity), 0) as held from public.reservations where stock_code = $1', [symbol]))
      .rows[0].held,
  );

/** Ten shares well away from the market, at work. */
async function resting(symbol: string, side: 'buy' | 'sell' = 'buy') {
  const { exchange } = desk.venue;
  const base = desk.basePrice(symbol);
  const step = exchange.rules.tickSize(exchange.markets.get(symbol)!.instrument, exchange.day, base);
  const price = side === 'buy' ? base - 5 * step : base + 5 * step;
  const { order } = await desk.place({ symbol, side, quantity: 10, price });
  const { broker_order_id } = await untilAt(order.id, 'accepted');
  return { id: order.id, price, step, symbol, number: broker_order_id as string };
}
async function replace(id: string, price: number, quantity: number | null = null): Promise<string> {
  const key = randomUUID();
  const { rows } = await desk.database.asUser(desk.userId, (client) =>
    client.query('select public.replace_order($1, $2, $3, $4, $5, $6) as answer', [id, quantity, price, 'limit', key, key]),
  );
  const { order, denial } = rows[0].answer;
  expect(denial).toBeNull();
  return order.id;
}
const cancelPart = (id: string, quantity: number) =>
  desk.database.asUser(desk.userId, (client) => client.query('select public.cancel_order($1, $2)', [id, quantity]));

test('a change is one request: the new number works at the new price, the old order is replaced', async () => {
  const order = await resting('990030');
  const child = await replace(order.id, order.price + order.step);
  const { broker_order_id } = await untilAt(child, 'accepted');
  expect((await desk.order(order.id)).order_status).toBe('replaced');
  expect(bookOf(order.symbol)).toMatchObject([
    { orderNumber: order.number, status: 'replaced' },
    { orderNumber: broker_order_id, originalOrderNumber: order.number, price: order.price + order.step, status: 'working' },
  ]);
  desk.house('sell', 10, order.price + order.step, order.symbol);
  expect((await untilAt(child, 'executed')).cum_quantity).toBe(10);
  expect(await heldOf(order.symbol)).toBe(0);
});

test('several changes after each other: each has its number, the last one works', async () => {
  const order = await resting('990040');
  let last = order.id;
  for (const step of [1, 2, 3]) {
    last = await replace(last, order.price + step * order.step);
    await untilAt(last, 'accepted');
  }
  expect(bookOf(order.symbol).map(({ status }) => status)).toEqual(['replaced', 'replaced', 'replaced', 'working']);
  expect(await heldOf(order.symbol)).toBe(10);
});

test('a change of a part leaves the rest at its number; both fill', async () => {
  const order = await resting('990050');
  const child = await replace(order.id, order.price + order.step, 4);
  await untilAt(child, 'accepted');
  expect(await row(order.id)).toMatchObject({ order_status: 'accepted', replaced_quantity: 4 });
  desk.house('sell', 10, order.price, order.symbol);
  await untilAt(child, 'executed');
  expect(await untilAt(order.id, 'executed')).toMatchObject({ cum_quantity: 6 });
});

test('a refused change leaves the order at work, at its price and number', async () => {
  const order = await resting(SOLD, 'sell');
  // What we believe of the day's limits is wrong; only the venue knows.
  const { upperLimit } = desk.venue.exchange.markets.get(SOLD)!;
  await desk.database.pool.query('update public.instruments set upper_limit = upper_limit * 2 where stock_code = $1', [SOLD]);
  const child = await replace(order.id, upperLimit + 10 * order.step);
  await untilAt(child, 'rejected');
  expect(await row(order.id)).toMatchObject({ order_status: 'accepted', replaced_quantity: 0 });
  expect(bookOf(SOLD)).toMatchObject([{ orderNumber: order.number, status: 'working', open: 10, price: order.price }]);
  expect(await heldOf(SOLD)).toBe(10);
});

test('what fills while a change is on its way stays with the old order; the change is of the rest', async () => {
  const order = await resting('990070');
  desk.venue.faults.onNotice({ kind: 'lose_notice', times: 10 });
  desk.house('sell', 3, order.price, order.symbol);
  const child = await replace(order.id, order.price + order.step);
  await until(
    'sizes',
    () => row(child),
    ({ quantity }) => quantity === 7,
  );
  await until(
    'late fills',
    () => row(order.id),
    ({ cum_quantity }) => cum_quantity === 3,
  );
  expect(await row(order.id)).toMatchObject({ order_status: 'replaced', replaced_quantity: 7 });
  expect(await heldOf(order.symbol)).toBe(7);
  desk.house('sell', 7, order.price + order.step, order.symbol);
  await untilAt(child, 'executed');
});

describe('an answer that never comes back', () => {
  test.each([
    { kind: 'lost_answer', symbol: '990080', quantity: null },
    { kind: 'error_after', symbol: '990090', quantity: 4 },
    { kind: 'garbage_after', symbol: '990100', quantity: null },
  ] as const)('$kind, change of $quantity: found under the old order’s number, sent once', async ({ kind, symbol, quantity }) => {
    const order = await resting(symbol);
    desk.venue.faults.onRequest({ kind, trId: CHANGE });
    const child = await replace(order.id, order.price + order.step, quantity);
    const found = await untilAt(child, 'accepted', 15_000);
    const book = bookOf(symbol);
    expect(book).toHaveLength(2);
    expect(found.broker_order_id).toBe(book[1]!.orderNumber);
    expect((await desk.order(order.id)).order_status).toBe(quantity === null ? 'replaced' : 'accepted');
    expect(await heldOf(symbol)).toBe(10);
  });

  test('the venue never took it: proved absent by the old order’s shares, which works on; nothing is sent again', async () => {
    const order = await resting('990110');
    desk.venue.faults.onRequest({ kind: 'drop_before', trId: CHANGE });
    const child = await replace(order.id, order.price + order.step);
    await untilAt(child, 'unknown');
    expect((await desk.order(order.id)).order_status).toBe('replace_pending');
    await untilAt(child, 'rejected', 30_000);
    expect((await desk.order(order.id)).order_status).toBe('accepted');
    expect(bookOf(order.symbol)).toHaveLength(1);
  });

  test('a cancel asked for meanwhile reaches what lives on', async () => {
    const order = await resting('990120');
    desk.venue.faults.onRequest({ kind: 'delay', delayMs: 2_000, trId: CHANGE });
    const child = await replace(order.id, order.price + order.step);
    await until(
      'send',
      () => desk.order(child),
      ({ order_status }) => order_status !== 'pending',
    );
    // Not found before the cancel is asked for.
    desk.venue.faults.onRequest({ kind: 'error_after', trId: ORDER_LIST, times: 1_000 });
    await untilAt(child, 'unknown');
    await desk.cancel(order.id);
    desk.venue.faults.clear();
    await untilAt(child, 'cancelled', 15_000);
    expect(bookOf(order.symbol).map(({ status }) => status)).toEqual(['replaced', 'cancelled']);
  });

  test('the service was killed before it wrote the answer down: the next one finds the change', async () => {
    const order = await resting('990130');
    desk.venue.faults.onRequest({ kind: 'delay', delayMs: 60_000, trId: CHANGE });
    desk.venue.faults.onRequest({ kind: 'rows_missing', trId: ORDER_LIST, times: 3 });
    const child = await replace(order.id, order.price + order.step);
    await untilAt(child, 'submitting').catch(() => {});
    await service.stop();
    desk.venue.faults.clear();
    service = await startTrading({ env: desk.env, log: createLog('trading', 'fatal'), clock: fastClock(20) });
    await untilAt(child, 'accepted', 20_000);
    expect(bookOf(order.symbol)).toHaveLength(2);
    expect((await desk.order(order.id)).order_status).toBe('replaced');
  });
});

describe('a part is taken back', () => {
  test('the order keeps its number and the rest trades', async () => {
    const order = await resting('990140');
    await cancelPart(order.id, 4);
    await until(
      'part',
      () => row(order.id),
      ({ cancelled_quantity, order_status }) => cancelled_quantity === 4 && order_status === 'accepted',
    );
    expect(bookOf(order.symbol)).toMatchObject([{ orderNumber: order.number, cancelled: 4, open: 6 }]);
    expect(await heldOf(order.symbol)).toBe(6);
    desk.house('sell', 6, order.price, order.symbol);
    expect((await untilAt(order.id, 'executed')).cum_quantity).toBe(6);
  });

  test('fills outrank it: the venue refuses to take back what has traded', async () => {
    const order = await resting('990150');
    desk.venue.faults.onNotice({ kind: 'lose_notice', times: 10 });
    desk.house('sell', 8, order.price, order.symbol);
    await cancelPart(order.id, 4);
    await until(
      'fills',
      () => row(order.id),
      ({ cum_quantity, order_status }) => cum_quantity === 8 && order_status === 'partially_filled',
    );
    expect(bookOf(order.symbol)).toMatchObject([{ open: 2, cancelled: 0 }]);
  });

  test('an answer that is lost: the list tells that the part is gone, and it is not asked twice', async () => {
    const order = await resting('990160');
    desk.venue.faults.onRequest({ kind: 'lost_answer', trId: CHANGE });
    await cancelPart(order.id, 4);
    await until(
      'part',
      () => row(order.id),
      ({ cancelled_quantity, order_status }) => cancelled_quantity === 4 && order_status === 'accepted',
      15_000,
    );
    expect(bookOf(order.symbol)).toMatchObject([{ cancelled: 4, open: 6 }]);
  });
});

describe('a change made in HTS', () => {
  test.each([
    { symbol: '990170', quantity: 'all' as const, parent: 'replaced', moved: 10 },
    { symbol: '990180', quantity: 4, parent: 'accepted', moved: 4 },
  ])('of $quantity shares becomes an external order under ours', async ({ symbol, quantity, parent, moved }) => {
    const order = await resting(symbol);
    const { exchange, clock } = desk.venue;
    const account = exchange.ledger.accounts.get(`paper:${desk.account.accountNumber}-01`)!;
    exchange.modify(account, order.number, { quantity, price: order.price + order.step, orderType: '00', channel: 'Nsmart' }, clock.now());
    const [child] = await until(
      'adoption',
      () => childrenOf(order.id),
      (ids) => ids.length === 1,
      20_000,
    );
    expect(await row(child!)).toMatchObject({ origin: 'external', quantity: moved, order_status: 'accepted' });
    expect(await row(order.id)).toMatchObject({ order_status: parent, replaced_quantity: moved });
    expect(await heldOf(symbol)).toBe(10);
  });
});
