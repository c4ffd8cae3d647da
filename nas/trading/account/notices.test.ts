import { describe, expect, test } from 'vitest';
import { shares } from '#domain/money.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import { createLog } from '#lib/log.ts';
import type { OrderNotice } from '#nas/brokers/port.ts';
import { createMetrics } from '#nas/runtime/http.ts';
import { tradingMetrics } from '../metrics.ts';
import type { AccountContext } from './context.ts';
import { createNoticeDesk } from './notices.ts';

const anOrder = (id: string, over: Partial<OrderRow>) =>
  ({
    id,
    brokerOrderId: id,
    quantity: 10,
    cumQuantity: 0,
    cancelledQuantity: 0,
    replacedQuantity: 0,
    cancelQuantity: null,
    ...over,
  }) as OrderRow;
const aNotice = (over: Partial<OrderNotice>) =>
  ({ kind: 'filled', brokerOrderId: '1', originalOrderId: null, quantity: 4, price: 1_000, time: '100000', ...over }) as OrderNotice;

/** A desk over these orders, and everything it wrote. */
function aDesk(orders: readonly OrderRow[], isListBlind = false) {
  const written: unknown[] = [];
  const inquiries = { count: 0 };
  const write =
    (what: string) =>
    async (...values: unknown[]) =>
      void written.push([what, ...values.slice(0, 3)]);
  const context = {
    clock: { monotonic: () => 0, wall: () => 0, after: () => () => {} },
    log: createLog('test', 'silent'),
    metrics: tradingMetrics(createMetrics('test')),
    repo: { applyNotice: write('notice'), settle: write('settle'), applyCancelled: write('part') },
  } as unknown as AccountContext;
  const inquireNow = () => {
    inquiries.count += 1;
  };
  return { desk: createNoticeDesk(context, { orders: () => orders, inquireNow, isListBlind: () => isListBlind }), written, inquiries };
}

describe('a notice is told apart by its numbers', () => {
  const parent = anOrder('1', { replacedQuantity: 4 });
  const child = anOrder('2', { quantity: shares.parse(4) });

  test.each([
    {
      why: 'a fill of a change is the change’s own',
      orders: [parent, child],
      notice: { brokerOrderId: '2', originalOrderId: '1' },
      order: '2',
    },
    { why: 'a fill of the old order is its own', orders: [parent, child], notice: { brokerOrderId: '1' }, order: '1' },
  ])('$why', ({ orders, notice, order }) => {
    const { desk, written } = aDesk(orders);
    desk.onNotice(aNotice(notice));
    expect(written).toEqual([['notice', order, 4, expect.anything()]]);
  });

  test('a fill of a change whose number is not known yet is kept, and the list is asked', () => {
    const orders = [parent];
    const { desk, written, inquiries } = aDesk(orders);
    desk.onNotice(aNotice({ brokerOrderId: '2', originalOrderId: '1' }));
    expect([written, inquiries.count]).toEqual([[], 1]);
    orders.push(child);
    desk.retryHeld();
    expect(written).toEqual([['notice', '2', 4, expect.anything()]]);
  });
});

describe('where the list shows no rows, a cancel is told by its notice', () => {
  const cancelled = (quantity: number, brokerOrderId = '9') =>
    aNotice({ kind: 'cancelled', brokerOrderId, originalOrderId: '1', quantity: shares.parse(quantity) });

  test.each([
    { why: 'all of it', over: {}, quantity: 10, wrote: ['settle', '1', 'cancelled', 10] },
    { why: 'a part', over: { cancelQuantity: shares.parse(3) }, quantity: 3, wrote: ['part', '1', 3, 'notice'] },
    {
      why: 'a part after another',
      over: { cancelQuantity: shares.parse(3), cancelledQuantity: 2 },
      quantity: 3,
      wrote: ['part', '1', 5, 'notice'],
    },
    {
      why: 'a part that was all there was',
      over: { cancelQuantity: shares.parse(3), cumQuantity: shares.parse(7) },
      quantity: 3,
      wrote: ['settle', '1', 'cancelled', 3],
    },
  ])('$why', ({ over, quantity, wrote }) => {
    const { desk, written } = aDesk([anOrder('1', over)], true);
    desk.onNotice(cancelled(quantity));
    expect(written).toEqual([wrote]);
  });

  test.each([
    { quantity: 6, why: 'names the rest' },
    { quantity: 10, why: 'names the whole order' },
  ])('a cancel of the rest that $why leaves room for fills that only notices told of', ({ quantity }) => {
    const { desk, written } = aDesk([anOrder('1', {})], true);
    desk.onNotice(aNotice({ quantity: shares.parse(4) }));
    desk.onNotice(cancelled(quantity));
    expect(written).toEqual([
      ['notice', '1', 4, expect.anything()],
      ['part', '1', 6, 'notice'],
    ]);
  });

  test('a doubled notice takes back once', () => {
    const { desk, written } = aDesk([anOrder('1', { cancelQuantity: shares.parse(3) })], true);
    desk.onNotice(cancelled(3));
    desk.onNotice(cancelled(3));
    expect(written).toHaveLength(1);
  });
});
