import { expect, test } from 'vitest';
import type { Symbol, TradingDay } from '#domain/order/order.ts';
import { createLog } from '#lib/log.ts';
import type { Broker, BrokerOrder } from '#nas/brokers/port.ts';
import { systemClock } from '#nas/runtime/clock.ts';
import { createMetrics } from '#nas/runtime/http.ts';
import { tradingMetrics } from '../metrics.ts';
import { createInquiry } from './inquiry.ts';

const DAY = '2026-11-23' as TradingDay;
const SYMBOL = '005930' as Symbol;
const OTHER = '000660' as Symbol;
const PAGE = 15;
const rows = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ brokerOrderId: String(at), symbol: at % 2 ? SYMBOL : OTHER }) as BrokerOrder);

/** A broker whose list is answered by hand. */
function slowList() {
  const open: { resolve: (rows: BrokerOrder[]) => void; reject: (error: Error) => void }[] = [];
  const asked: unknown[] = [];
  const broker = {
    capabilities: { ordersPerPage: PAGE },
    ordersOn: (_day: TradingDay, filter: { symbol?: Symbol }) =>
      new Promise((resolve, reject) => {
        asked.push(filter.symbol ?? 'all');
        open.push({ resolve, reject });
      }),
  } as unknown as Broker;
  const metrics = tradingMetrics(createMetrics('test'));
  const inquiry = createInquiry({ broker, clock: systemClock, metrics, log: createLog('test', 'silent'), isUrgent: () => false });
  return { open, asked, inquiry };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('who asks during a read gets one that began after the question; several of them share it', async () => {
  const { open, inquiry } = slowList();
  const first = inquiry.read(DAY, null);
  const second = inquiry.read(DAY, null);
  const third = inquiry.read(DAY, null);
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
  const first = inquiry.read(DAY, null);
  open[0]!.reject(new Error('page 2 is missing'));
  await expect(first).rejects.toThrow('page 2');
  const second = inquiry.noOlderThan(DAY, SYMBOL, 5_000);
  await settle();
  open[1]!.resolve([]);
  expect((await second).rows).toEqual([]);
});

test('a list young enough is used again, an older one is not', async () => {
  const { open, inquiry } = slowList();
  const first = inquiry.read(DAY, null);
  open[0]!.resolve([]);
  const known = await first;
  expect(await inquiry.noOlderThan(DAY, SYMBOL, 5_000)).toBe(known);
  const fresh = inquiry.noOlderThan(DAY, SYMBOL, -1);
  await settle();
  open[1]!.resolve([]);
  expect(await fresh).not.toBe(known);
});

test('an empty list after one with rows is asked for again before anybody believes it', async () => {
  const { open, inquiry } = slowList();
  const row = { brokerOrderId: '1' } as BrokerOrder;
  const first = inquiry.read(DAY, null);
  open[0]!.resolve([row]);
  await first;
  const second = inquiry.read(DAY, null);
  await settle();
  open[1]!.resolve([]);
  await settle();
  expect(open).toHaveLength(3);
  open[2]!.resolve([row]);
  expect((await second).rows).toEqual([row]);
});

test('a symbol is asked for by itself where that saves pages, and its rows alone are told even if the broker sends more', async () => {
  const { open, asked, inquiry } = slowList();
  const whole = inquiry.read(DAY, null);
  open[0]!.resolve(rows(PAGE));
  await whole;
  expect(inquiry.scopesFor(DAY, [SYMBOL])).toEqual([null]);
  const longer = inquiry.read(DAY, null);
  open[1]!.resolve(rows(PAGE + 1));
  await longer;
  expect(inquiry.scopesFor(DAY, [SYMBOL])).toEqual([SYMBOL]);
  expect(inquiry.scopesFor(DAY, [SYMBOL, OTHER])).toEqual([null]);
  const one = inquiry.noOlderThan(DAY, SYMBOL, -1);
  open[2]!.resolve(rows(PAGE + 1));
  expect((await one).rows.map(({ symbol }) => symbol)).toEqual(Array(8).fill(SYMBOL));
  expect(asked).toEqual(['all', 'all', SYMBOL]);
});

test('a symbol whose orders the whole list showed is asked for twice before nothing is believed', async () => {
  const { open, inquiry } = slowList();
  const whole = inquiry.read(DAY, null);
  open[0]!.resolve(rows(PAGE + 1));
  await whole;
  const one = inquiry.read(DAY, SYMBOL);
  open[1]!.resolve([]);
  await settle();
  expect(open).toHaveLength(3);
  open[2]!.resolve([]);
  expect((await one).rows).toEqual([]);
});
