import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { startTrading } from './service.ts';
import { type Desk, openDesk, until } from './testing/desk.ts';
import { fastClock } from './testing/fast-clock.ts';

/** Waits of a minute pass in three seconds. */
const clock = fastClock(20);
const SUBMIT = { buy: 'VTTC0012U', sell: 'VTTC0011U' } as const;
const BUY = '990010';
const SELL = '990020';
let desk: Desk;
let service: RunningService;

beforeAll(async () => {
  desk = await openDesk({ holdings: [{ symbol: SELL, quantity: 50 }] });
  service = await startTrading({ env: desk.env, log: createLog('trading', 'fatal'), clock });
  await desk.untilReady();
});
afterAll(async () => {
  await service?.stop();
  await desk?.stop();
});
const isAt = (wanted: string) => (order: { order_status: string }) => order.order_status === wanted;

test.each([
  { side: 'buy', symbol: BUY },
  { side: 'sell', symbol: SELL },
] as const)(
  'a $side that never arrived ends as rejected NOT_FOUND only after a minute of clean look-ups, and is sent once',
  async ({ side, symbol }) => {
    desk.venue.faults.onRequest({ kind: 'drop_before', trId: SUBMIT[side] });
    const placedAt = clock.monotonic();
    const { order } = await desk.place({ side, symbol, price: desk.basePrice(symbol) });
    await until('absence', () => desk.order(order.id), isAt('rejected'), 20_000);
    expect(clock.monotonic() - placedAt).toBeGreaterThan(60_000);
    const { rows } = await desk.database.pool.query('select broker_code from public.real_orders where id = $1', [order.id]);
    expect(rows[0].broker_code).toBe('NOT_FOUND');
    expect(desk.bookOf().filter((o) => o.symbol === symbol)).toHaveLength(0);
    const attempts = await desk.database.pool.query('select 1 from public.order_attempts where order_id = $1', [order.id]);
    expect(attempts.rowCount).toBe(1);
  },
);

test('an identical order waits for the unknown one up to 30 s and is then denied, while other symbols go on', async () => {
  const symbol = '990030';
  desk.venue.faults.onRequest({ kind: 'drop_before', trId: SUBMIT.buy });
  const wish = { symbol, price: desk.basePrice(symbol), allowDuplicate: true };
  const first = await desk.place(wish);
  await until('unknown', () => desk.order(first.order.id), isAt('unknown'));
  const second = await desk.place(wish);
  const other = await desk.place({ symbol: '990040', price: desk.basePrice('990040') });
  await until('other', () => desk.order(other.order.id), isAt('accepted'));
  expect(await until('denial', () => desk.order(second.order.id), isAt('denied'))).toMatchObject({ denial_code: 'fingerprint_wait' });
  expect(desk.bookOf().filter((o) => o.symbol === symbol)).toHaveLength(0);
});

test('while the list cannot be read nobody concludes anything', async () => {
  const symbol = '990050';
  desk.venue.faults.onRequest({ kind: 'drop_before', trId: SUBMIT.buy });
  const { order } = await desk.place({ symbol, price: desk.basePrice(symbol) });
  await until('unknown', () => desk.order(order.id), isAt('unknown'));
  desk.venue.faults.onRequest({ kind: 'garbage_after', trId: 'VTTC0081R', times: 10_000 });
  await new Promise((resolve) => clock.after(90_000, () => resolve(undefined)));
  expect((await desk.order(order.id)).order_status).toBe('unknown');
  desk.venue.faults.clear();
  await until('absence', () => desk.order(order.id), isAt('rejected'), 20_000);
});
