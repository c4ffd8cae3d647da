import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import { startTrading } from './service.ts';
import { type Desk, openDesk, SYMBOL, until } from './testing/desk.ts';

/** KIS paper has been seen to answer its order list without rows (KIS reference §3.6). */
const ORDER_LIST = 'VTTC0081R';
let desk: Desk;
let service: RunningService;

beforeAll(async () => {
  desk = await openDesk({ holdings: [{ symbol: SYMBOL, quantity: 100 }] });
  desk.venue.faults.onRequest({ kind: 'rows_missing', trId: ORDER_LIST, times: 100_000 });
  service = await startTrading({ env: desk.env, log: createLog('trading', 'fatal') });
  await desk.untilReady();
});
afterAll(async () => {
  await service?.stop();
  await desk?.stop();
});
const isAt = (wanted: string) => (order: { order_status: string }) => order.order_status === wanted;
const executions = async (orderId: string) =>
  (await desk.database.pool.query('select quantity::int, amount::int, basis from public.executions where order_id = $1', [orderId])).rows;

test('without rows a fill is booked from its notice once the holding has moved as much; a doubled notice adds nothing', async () => {
  const price = desk.basePrice();
  const { order } = await desk.place({ quantity: 5, price });
  await until('acceptance', () => desk.order(order.id), isAt('accepted'));
  desk.venue.faults.onNotice({ kind: 'duplicate_notice', event: 'filled', times: 1 });
  desk.house('sell', 2, price);
  await until(
    'part',
    () => desk.order(order.id),
    (o) => o.cum_quantity === 2,
    20_000,
  );
  desk.house('sell', 3, price);
  await until('rest', () => desk.order(order.id), isAt('executed'), 20_000);
  const booked = await executions(order.id);
  expect(booked.map((row) => row.basis)).toEqual(booked.map(() => 'notice'));
  expect(booked.reduce((sum, row) => sum + row.quantity, 0)).toBe(5);
  expect(booked.reduce((sum, row) => sum + row.amount, 0)).toBe(5 * price);
});

test('without rows a cancel ends with its notice', async () => {
  const { order } = await desk.place({ quantity: 2, price: desk.basePrice() - 1_000 });
  await until('acceptance', () => desk.order(order.id), isAt('accepted'));
  await desk.cancel(order.id);
  await until('cancel', () => desk.order(order.id), isAt('cancelled'), 10_000);
});
