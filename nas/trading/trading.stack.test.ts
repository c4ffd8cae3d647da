import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { startTrading } from './service.ts';
import { type Desk, openDesk, SYMBOL, until } from './testing/desk.ts';

const log = createLog('trading', 'fatal');
const SUBMIT_BUY = 'VTTC0012U';
let desk: Desk;
let service: RunningService;

beforeAll(async () => {
  desk = await openDesk({ holdings: [{ symbol: SYMBOL, quantity: 100 }] });
  service = await startTrading({ env: desk.env, log });
  await desk.untilReady();
});
afterAll(async () => {
  await service?.stop();
  await desk?.stop();
});
afterEach(() => desk.venue.faults.clear());

const status = (id: string) => desk.order(id);
const isAt = (wanted: string) => (order: { order_status: string }) => order.order_status === wanted;
const bookOf = (symbol: string) => desk.bookOf().filter((order) => order.symbol === symbol);

test('an untested account is proved against its own host and shows a mask only', async () => {
  const { rows } = await desk.database.pool.query('select * from public.broker_accounts where id = $1', [desk.account.id]);
  expect(rows[0]).toMatchObject({ credential_state: 'ok', account_mask: `${desk.account.accountNumber.slice(0, 4)}****-01` });
  expect(rows[0].environment_verified_at).not.toBeNull();
});

test('an order reaches the venue once, fills, and moves the position', async () => {
  const price = desk.basePrice();
  desk.house('sell', 3, price);
  const { order, denial } = await desk.place({ quantity: 3, price });
  expect(denial).toBeNull();
  const filled = await until('fill', () => status(order.id), isAt('executed'));
  expect(filled.cum_quantity).toBe(3);
  expect(bookOf(SYMBOL).filter((o) => o.side === 'buy')).toHaveLength(1);
  const { rows } = await desk.database.pool.query('select quantity from public.real_positions where broker_account_id = $1', [
    desk.account.id,
  ]);
  expect(Number(rows[0].quantity)).toBe(103);
});

test('a resting order is cancelled by its owner, and its reservation is gone', async () => {
  const { order } = await desk.place({ quantity: 2, price: desk.basePrice() - 500 });
  await until('acceptance', () => status(order.id), isAt('accepted'));
  await desk.cancel(order.id);
  await until('cancel', () => status(order.id), isAt('cancelled'));
  expect(bookOf(SYMBOL).at(-1)).toMatchObject({ cancelled: 2, status: 'cancelled' });
  const { rows } = await desk.database.pool.query('select 1 from public.reservations where order_id = $1', [order.id]);
  expect(rows).toHaveLength(0);
});

test('a partial fill is booked as it grows, and the rest can be cancelled', async () => {
  const price = desk.basePrice() - 1_000;
  const { order } = await desk.place({ quantity: 10, price });
  await until('acceptance', () => status(order.id), isAt('accepted'));
  desk.house('sell', 4, price);
  await until(
    'part',
    () => status(order.id),
    (o) => o.cum_quantity === 4 && o.order_status === 'partially_filled',
  );
  await desk.cancel(order.id);
  await until('cancel', () => status(order.id), isAt('cancelled'));
  const { rows } = await desk.database.pool.query('select quantity::int from public.executions where order_id = $1', [order.id]);
  expect(rows).toEqual([{ quantity: 4 }]);
});

test('identical resting orders are legal: both are sent, each gets its own number', async () => {
  const symbol = '990120';
  const wish = { symbol, price: desk.basePrice(symbol), allowDuplicate: true };
  const [first, second] = [await desk.place(wish), await desk.place(wish)];
  const numbers = await Promise.all(
    [first, second].map(async ({ order }) => (await until('acceptance', () => status(order.id), isAt('accepted'))).broker_order_id),
  );
  expect(new Set(numbers).size).toBe(2);
  expect(bookOf(symbol)).toHaveLength(2);
});

test('the same order again within two seconds is denied until the person confirms it', async () => {
  const symbol = '990130';
  const wish = { symbol, price: desk.basePrice(symbol) };
  const first = await desk.place(wish);
  const { order } = await desk.place(wish);
  expect(await until('denial', () => status(order.id), isAt('denied'))).toMatchObject({ denial_code: 'duplicate_suspected' });
  await until('acceptance', () => status(first.order.id), isAt('accepted'));
  expect(bookOf(symbol)).toHaveLength(1);
});

describe('an answer that never comes back', () => {
  test.each([
    { kind: 'lost_answer', symbol: '990030', why: 'the socket closed after the venue took it' },
    { kind: 'error_after', symbol: '990040', why: 'HTTP 500 after the venue took it' },
    { kind: 'garbage_after', symbol: '990050', why: 'a body nobody can read after the venue took it' },
  ] as const)('$kind: unknown, found at the venue, adopted; the book has one ($why)', async ({ kind, symbol }) => {
    desk.venue.faults.onRequest({ kind, trId: SUBMIT_BUY });
    const { order } = await desk.place({ symbol, price: desk.basePrice(symbol) });
    const found = await until('adoption', () => status(order.id), isAt('accepted'), 15_000);
    expect(bookOf(symbol).map((o) => o.orderNumber)).toEqual([found.broker_order_id]);
    expect(await movesOf(order.id)).toEqual(['pending', 'submitting', 'unknown', 'accepted']);
  });

  test('a late answer settles the order it belongs to; nothing is sent again', async () => {
    const symbol = '990060';
    desk.venue.faults.onRequest({ kind: 'delay', delayMs: 4_500, trId: SUBMIT_BUY });
    // Without the list, only the late answer can tell.
    desk.venue.faults.onRequest({ kind: 'error_after', trId: 'VTTC0081R', times: 6 });
    const { order } = await desk.place({ symbol, price: desk.basePrice(symbol) });
    await until('unknown', () => status(order.id), isAt('unknown'));
    await until('late answer', () => status(order.id), isAt('accepted'), 15_000);
    expect(bookOf(symbol)).toHaveLength(1);
    expect(await attemptsOf(order.id)).toEqual(['accepted']);
  });

  test('drop before the venue took it: stays unknown, is never sent again, and never called a failure by a guess', async () => {
    const symbol = '990070';
    desk.venue.faults.onRequest({ kind: 'drop_before', trId: SUBMIT_BUY });
    const { order } = await desk.place({ symbol, price: desk.basePrice(symbol) });
    await until('unknown', () => status(order.id), isAt('unknown'));
    const looks = await inquiries();
    await until('look-ups', inquiries, (count) => count >= looks + 3, 15_000);
    expect((await status(order.id)).order_status).toBe('unknown');
    expect(await attemptsOf(order.id)).toEqual(['unknown']);
    expect(bookOf(symbol)).toHaveLength(0);
  });
});

describe('a refusal that proves nothing was done', () => {
  test.each([
    { kind: 'rate_limit', symbol: '990080' },
    { kind: 'ledger_limit', symbol: '990090' },
    { kind: 'token_expired', symbol: '990100' },
  ] as const)('$kind: one more attempt, one order', async ({ kind, symbol }) => {
    desk.venue.faults.onRequest({ kind, trId: SUBMIT_BUY });
    const { order } = await desk.place({ symbol, price: desk.basePrice(symbol) });
    await until('acceptance', () => status(order.id), isAt('accepted'), 15_000);
    expect(bookOf(symbol)).toHaveLength(1);
    expect((await attemptsOf(order.id)).at(-1)).toBe('accepted');
  });
});

test('a cancel does not wait for a submit that hangs', async () => {
  const resting = await desk.place({ symbol: '990110', price: desk.basePrice('990110') });
  await until('acceptance', () => status(resting.order.id), isAt('accepted'));
  desk.venue.faults.onRequest({ kind: 'delay', delayMs: 8_000, trId: SUBMIT_BUY });
  const hanging = await desk.place({ symbol: '990020', price: desk.basePrice('990020') });
  await until('send', () => status(hanging.order.id), isAt('submitting'));
  await desk.cancel(resting.order.id);
  await until('cancel', () => status(resting.order.id), isAt('cancelled'), 2_000);
  expect((await status(hanging.order.id)).order_status).toMatch(/submitting|unknown/);
});

test('a halt set after the order was placed stops it before the socket, and cancels still pass', async () => {
  const symbol = '990140';
  const resting = await desk.place({ symbol, price: desk.basePrice(symbol) });
  await until('acceptance', () => status(resting.order.id), isAt('accepted'));
  await desk.database.pool.query(`insert into public.trading_halts (scope, scope_id, level) values ('broker', 'kis', 'halt')
    on conflict (scope, scope_id) do update set level = 'halt'`);
  const { denial } = await desk.place({ symbol, price: desk.basePrice(symbol) });
  expect(denial?.code).toBe('halted');
  await desk.cancel(resting.order.id);
  await until('cancel', () => status(resting.order.id), isAt('cancelled'));
  await desk.database.pool.query(`update public.trading_halts set level = 'none'`);
});

async function movesOf(orderId: string): Promise<string[]> {
  const { rows } = await desk.database.pool.query(
    `select to_status from public.order_events where order_id = $1 and (from_status is distinct from to_status) order by seq`,
    [orderId],
  );
  return rows.map((row) => row.to_status);
}
async function attemptsOf(orderId: string): Promise<string[]> {
  const { rows } = await desk.database.pool.query(
    `select coalesce(outcome, 'none') as outcome from public.order_attempts where order_id = $1 and kind = 'submit' order by attempt_no`,
    [orderId],
  );
  return rows.map((row) => row.outcome);
}
/** Complete reads of the order list so far, as the service counts them. */
async function inquiries(): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  return Number(/narae_inquiries_total\{[^}]*result="complete"[^}]*\} (\d+)/.exec(text)?.[1] ?? 0);
}
