import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import { sleep } from '#nas/runtime/clock.ts';
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
afterEach(() => desk.venue.faults.clear());
const pass = (ms: number) => sleep(clock, ms);
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

test('a notice socket that breaks during the minute makes it begin anew, not last for ever', async () => {
  const symbol = '990070';
  desk.venue.faults.onRequest({ kind: 'drop_before', trId: SUBMIT.buy });
  const { order } = await desk.place({ symbol, price: desk.basePrice(symbol) });
  await until('unknown', () => desk.order(order.id), isAt('unknown'));
  await pass(40_000);
  desk.venue.disturbSockets('cut');
  const cutAt = clock.monotonic();
  await until('absence', () => desk.order(order.id), isAt('rejected'), 20_000);
  expect(clock.monotonic() - cutAt).toBeGreaterThan(60_000);
});

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
  await pass(90_000);
  expect((await desk.order(order.id)).order_status).toBe('unknown');
  desk.venue.faults.clear();
  await until('absence', () => desk.order(order.id), isAt('rejected'), 20_000);
});

test('a broker that does not answer for 30 s: the order is denied, never sent', async () => {
  const symbol = '990060';
  desk.venue.faults.onRequest({ kind: 'drop_before', trId: 'VTTC0081R', times: 10_000 });
  await pass(6_000); // what is known of the list is too old to send by
  const { order } = await desk.place({ symbol, price: desk.basePrice(symbol) });
  const denied = await until('denial', () => desk.order(order.id), isAt('denied'), 20_000);
  expect(denied.denial_code).toBe('broker_unavailable');
  expect(desk.bookOf().filter((o) => o.symbol === symbol)).toHaveLength(0);
});

test('a broker that does not answer is not a finding: the account is tried again and stays untested meanwhile', async () => {
  const stateOf = async ({ id }: { id: string }) => {
    const { rows } = await desk.database.pool.query(
      'select credential_state, credential_message from public.broker_accounts where id = $1',
      [id],
    );
    return rows[0] as { credential_state: string; credential_message: string };
  };
  desk.venue.faults.onRequest({ kind: 'drop_before', trId: 'tokenP', times: 1 });
  const account = await desk.openAccount(desk.userId);
  await until(
    'sentence',
    () => stateOf(account),
    (row) => row.credential_state === 'untested' && row.credential_message.includes('did not answer'),
  );
  await until(
    'second try',
    () => stateOf(account),
    (row) => row.credential_state === 'ok',
    25_000,
  );
});

test('what the session leaves over expires after one more look at the list, and its reservation is freed', async () => {
  const { order } = await desk.place({ symbol: '990080', price: desk.basePrice('990080') - 100 });
  await until(
    'acceptance',
    () => desk.order(order.id),
    (row) => row.order_status === 'accepted',
  );
  await desk.database.pool.query(`update public.real_orders set expires_at = now() - interval '2 minutes' where id = $1`, [order.id]);
  await until(
    'expiry',
    () => desk.order(order.id),
    (row) => row.order_status === 'expired',
    45_000,
  );
  const { rows } = await desk.database.pool.query('select 1 from public.reservations where order_id = $1', [order.id]);
  expect(rows).toHaveLength(0);
});
