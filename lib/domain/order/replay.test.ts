import { expect, test } from 'vitest';
import { type LedgerEvent, type ReplayedOrder, replayEvent } from './replay.ts';

const QUANTITY = 10;
const event = (type: string, from: string | null, to: string | null, payload: unknown = {}): LedgerEvent => ({
  seq: 1,
  orderId: 'o',
  type,
  from,
  to,
  payload,
});
const order = (change: Partial<ReplayedOrder> = {}): ReplayedOrder => ({
  status: 'accepted',
  quantity: QUANTITY,
  replacedQuantity: 0,
  cumQuantity: 0,
  cumAmount: 0,
  cancelledQuantity: 0,
  brokerOrderId: '7',
  ...change,
});
const fold = (events: readonly LedgerEvent[]) =>
  events.reduce<ReplayedOrder | null>((before, next) => {
    const replayed = replayEvent(before, next, QUANTITY);
    if (!replayed.ok) throw new Error(replayed.fault);
    return replayed.order;
  }, null);

test('a life from placing to a cancelled rest is told by its events alone', () => {
  const life = [
    event('placed', null, 'pending', { quantity: 10, price: 1_000 }),
    event('send_started', 'pending', 'submitting', { attempt: 1 }),
    event('filled', 'submitting', 'partially_filled', { cum_quantity: 3, cum_amount: 3_000 }),
    event('accepted', 'partially_filled', 'partially_filled', { broker_order_id: '42' }),
    event('notice', 'partially_filled', 'partially_filled', { quantity: 9 }),
    event('filled', 'partially_filled', 'partially_filled', { cum_quantity: 4, cum_amount: null }),
    event('filled', 'partially_filled', 'partially_filled', { cum_quantity: 4, cum_amount: 3_990 }),
    event('cancelled', 'partially_filled', 'cancelled', { cancelled_quantity: 6 }),
  ];
  expect(fold(life)).toEqual({
    status: 'cancelled',
    quantity: 10,
    replacedQuantity: 0,
    cumQuantity: 4,
    cumAmount: 3_990,
    cancelledQuantity: 6,
    brokerOrderId: '42',
  });
});

test.each([
  { why: 'a cancel of an order that was never sent', from: 'pending', type: 'cancelled', to: 'cancelled', cancelledQuantity: 10 },
  { why: 'an order held back', from: 'pending', type: 'held_back', to: 'cancelled', cancelledQuantity: 10 },
])('$why takes all its shares back', ({ from, type, to, cancelledQuantity }) => {
  const before = order({ status: from as 'pending', brokerOrderId: null });
  expect(replayEvent(before, event(type, from, to), QUANTITY)).toMatchObject({ ok: true, order: { status: to, cancelledQuantity } });
});

test.each([
  { why: 'fills that come after the cancel make the cancelled part smaller', cum: 5, to: 'cancelled', cancelledQuantity: 5 },
  { why: 'an order that comes back works again for all its rest', cum: 7, to: 'partially_filled', cancelledQuantity: 0 },
])('$why', ({ cum, to, cancelledQuantity }) => {
  const before = order({ status: 'cancelled', cumQuantity: 4, cumAmount: 4_000, cancelledQuantity: 6 });
  const after = replayEvent(before, event('filled', 'cancelled', to, { cum_quantity: cum, cum_amount: cum * 1_000 }), QUANTITY);
  expect(after).toMatchObject({ ok: true, order: { cumQuantity: cum, cancelledQuantity } });
});

test('shares that went on in a replacement are neither filled nor cancelled here, and come back when they had filled', () => {
  const life = [
    event('placed', null, 'pending', { quantity: 10 }),
    event('send_started', 'pending', 'submitting'),
    event('accepted', 'submitting', 'accepted', { broker_order_id: '42' }),
    event('partly_replaced', 'accepted', 'accepted', { replacement: 'c', quantity: 6 }),
    event('partly_cancelled', 'accepted', 'accepted', { cancelled_quantity: 2 }),
    event('filled', 'accepted', 'executed', { cum_quantity: 5, cum_amount: 5_000 }),
  ];
  expect(fold(life)).toMatchObject({ quantity: 10, replacedQuantity: 5, cumQuantity: 5, cancelledQuantity: 0 });
  const shrunk = [...life.slice(0, 5), event('change_shrunk', 'accepted', 'accepted', { replacement: 'c', quantity: 4 })];
  expect(fold(shrunk)).toMatchObject({ replacedQuantity: 2, cancelledQuantity: 2 });
  const resized = [...life.slice(0, 3), event('resized', 'accepted', 'accepted', { quantity: 7, cancelled_quantity: 0 })];
  expect(fold(resized)).toMatchObject({ quantity: 7 });
});

test.each([
  { why: 'an event that begins elsewhere', next: event('cancel_sent', 'partially_filled', 'cancel_pending'), fault: 'gap' },
  { why: 'a second birth', next: event('placed', null, 'pending'), fault: 'gap' },
  { why: 'a step that does not exist', next: event('send_started', 'accepted', 'submitting'), fault: 'illegal_move' },
  { why: 'a state nobody knows', next: event('accepted', 'accepted', 'done'), fault: 'illegal_move' },
  { why: 'a fill without its number', next: event('filled', 'accepted', 'executed', { cum_amount: 5 }), fault: 'bad_payload' },
  { why: 'an acceptance without a number', next: event('accepted', 'accepted', 'accepted', {}), fault: 'bad_payload' },
])('$why is refused', ({ next, fault }) => {
  expect(replayEvent(order(), next, QUANTITY)).toEqual({ ok: false, fault });
});
