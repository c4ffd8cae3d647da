import { expect, test } from 'vitest';
import type { TradingDay } from '#domain/order/order.ts';
import { createLog } from '#lib/log.ts';
import type { Broker, BrokerOrder } from '#nas/brokers/port.ts';
import { systemClock } from '#nas/runtime/clock.ts';
import { createMetrics } from '#nas/runtime/http.ts';
import { tradingMetrics } from '../metrics.ts';
import { createInquiry } from './inquiry.ts';

const DAY = '2026-11-23' as TradingDay;

/** A broker whose list is answered by hand. */
function slowList() {
  const open: { resolve: (rows: BrokerOrder[]) => void; reject: (error: Error) => void }[] = [];
  const broker = { ordersOn: () => new Promise((resolve, reject) => open.push({ resolve, reject })) } as unknown as Broker;
  const metrics = tradingMetrics(createMetrics('test'));
  return { open, inquiry: createInquiry({ broker, clock: systemClock, metrics, log: createLog('test', 'silent'), isUrgent: () => false }) };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('who asks during a read gets one that began after the question; several of them share it', async () => {
  const { open, inquiry } = slowList();
  const first = inquiry.read(DAY);
  const second = inquiry.read(DAY);
  const third = inquiry.read(DAY);
  expect(open).toHaveLength(1);
  open[0]!.resolve([]);
  await first;
  await settle();
  expect(open).toHaveLength(2);
  open[1]!.resolve([]);
  expect((await second).startedAt).toBeGreaterThan((await first).startedAt);
  expect(await third).toBe(await second);
});

test('a failed read is not an empty list, and the next one begins anew', async () => {
  const { open, inquiry } = slowList();
  const first = inquiry.read(DAY);
  open[0]!.reject(new Error('page 2 is missing'));
  await expect(first).rejects.toThrow('page 2');
  const second = inquiry.noOlderThan(DAY, 5_000);
  await settle();
  open[1]!.resolve([]);
  expect((await second).rows).toEqual([]);
});

test('a list young enough is used again, an older one is not', async () => {
  const { open, inquiry } = slowList();
  const first = inquiry.read(DAY);
  open[0]!.resolve([]);
  const known = await first;
  expect(await inquiry.noOlderThan(DAY, 5_000)).toBe(known);
  const fresh = inquiry.noOlderThan(DAY, -1);
  await settle();
  open[1]!.resolve([]);
  expect(await fresh).not.toBe(known);
});

test('an empty list after one with rows is asked for again before anybody believes it', async () => {
  const { open, inquiry } = slowList();
  const row = { brokerOrderId: '1' } as BrokerOrder;
  const first = inquiry.read(DAY);
  open[0]!.resolve([row]);
  await first;
  const second = inquiry.read(DAY);
  await settle();
  open[1]!.resolve([]);
  await settle();
  expect(open).toHaveLength(3);
  open[2]!.resolve([row]);
  expect((await second).rows).toEqual([row]);
});
