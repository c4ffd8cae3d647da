import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import type { RunningService } from '#nas/runtime/service.ts';
import type { Variants } from '#nas/venue/variants.ts';
import { startTrading } from './service.ts';
import { type Desk, openDesk, until } from './testing/desk.ts';
import { fastClock } from './testing/fast-clock.ts';

/** Readings of the KIS reference that nobody has confirmed and that a change or cancel meets. */
const READINGS: readonly Partial<Variants>[] = [
  { cancelToldOn: 'request' },
  { cancelToldOn: 'order', cancelFlag: 'empty' },
  { orderNumber: 'unpadded', changeAnswer: 'lower', changeNotice: 'received_and_confirmed' },
  { inquiryLag: '3s', noticeTiming: 'after_answer' },
];

describe.each(READINGS)('a broker with %j', (variants) => {
  let desk: Desk;
  let service: RunningService;
  beforeAll(async () => {
    desk = await openDesk({ venue: { variants } });
    service = await startTrading({ env: desk.env, log: createLog('trading', 'fatal'), clock: fastClock(20) });
    await desk.untilReady();
  });
  afterAll(async () => {
    await service?.stop();
    await desk?.stop();
  });

  const row = async (id: string) =>
    (
      await desk.database.pool.query(
        'select order_status, cum_quantity::int as cum, cancelled_quantity::int as cancelled, replaced_quantity::int as replaced from public.real_orders where id = $1',
        [id],
      )
    ).rows[0];
  const untilRow = (id: string, wanted: Record<string, unknown>) =>
    until(
      JSON.stringify(wanted),
      () => row(id),
      (seen) => Object.entries(wanted).every(([key, value]) => seen[key] === value),
      20_000,
    );
  const asOwner = async (sql: string, values: unknown[]) =>
    (await desk.database.asUser(desk.userId, (client) => client.query(`select ${sql} as answer`, values))).rows[0].answer;
  async function resting(symbol: string) {
    const price = desk.venue.exchange.markets.get(symbol)!.lowerLimit;
    const { order } = await desk.place({ symbol, quantity: 10, price });
    await untilRow(order.id, { order_status: 'accepted' });
    return { id: order.id, symbol, price };
  }

  test('a part is taken back, the rest fills', async () => {
    const order = await resting('990020');
    await asOwner('public.cancel_order($1, 4)', [order.id]);
    await untilRow(order.id, { order_status: 'accepted', cancelled: 4 });
    desk.house('sell', 6, order.price, order.symbol);
    await untilRow(order.id, { order_status: 'executed', cum: 6 });
  });

  test('what is left is cancelled', async () => {
    const order = await resting('990030');
    await asOwner('public.cancel_order($1)', [order.id]);
    await untilRow(order.id, { order_status: 'cancelled', cancelled: 10 });
  });

  test.each([null, 'lost_answer'] as const)('a part is changed and all of that taken back again (%s)', async (kind) => {
    const order = await resting(kind ? '990050' : '990040');
    const { exchange } = desk.venue;
    const step = exchange.rules.tickSize(exchange.markets.get(order.symbol)!.instrument, exchange.day, order.price);
    const above = (Math.floor(order.price / step) + 1) * step;
    if (kind) desk.venue.faults.onRequest({ kind, trId: 'VTTC0013U' });
    const { order: child } = await asOwner(`public.replace_order($1, 4, $2, 'limit', $3, 'b')`, [order.id, above, randomUUID()]);
    await untilRow(child.id, { order_status: 'accepted' });
    await untilRow(order.id, { order_status: 'accepted', replaced: 4 });
    await asOwner('public.cancel_order($1)', [child.id]);
    await untilRow(child.id, { order_status: 'cancelled', cancelled: 4 });
    await asOwner('public.cancel_order($1)', [order.id]);
    await untilRow(order.id, { order_status: 'cancelled', cancelled: 6, replaced: 4 });
    const { rows } = await desk.database.pool.query('select count(*)::int as held from public.reservations where stock_code = $1', [
      order.symbol,
    ]);
    expect(rows[0].held).toBe(0);
  });
});
