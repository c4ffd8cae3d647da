import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyOrderEvent, nextStatus, type OrderEvent, type OrderLife } from '#domain/order/apply-event.ts';
import { type OrderStatus, orderStatus } from '#domain/order/order.ts';
import { canMove, isFinal, needsEvidence } from '#domain/order/transitions.ts';

const anOrder = (life: Partial<OrderLife> = {}): OrderLife => ({
  status: 'pending',
  quantity: 10,
  cumQuantity: 0,
  cumAmount: 0,
  brokerOrderId: null,
  cancelRequested: false,
  outcomeUnknown: false,
  reason: null,
  ...life,
});
const lifeAfter = (order: OrderLife, ...events: OrderEvent[]): OrderLife =>
  events.reduce((life, event) => {
    const applied = applyOrderEvent(life, event);
    if (!applied.ok) throw new Error(`${event.type} on ${life.status}: ${applied.reason}`);
    return applied.order;
  }, order);
const filled = (cumQuantity: number): OrderEvent => ({ type: 'filled', cumQuantity, cumAmount: cumQuantity * 1_000 });
const ACCEPTED: OrderEvent = { type: 'accepted', brokerOrderId: '0000117057' };

test('an ordinary order is sent, accepted, filled in two parts', () => {
  const order = lifeAfter(anOrder(), { type: 'send_started' }, ACCEPTED, filled(4), filled(10));
  expect(order).toMatchObject({ status: 'executed', cumQuantity: 10, cumAmount: 10_000, brokerOrderId: '0000117057' });
});

test('a fill may overtake the answer, and the late answer only tells the number', () => {
  const early = lifeAfter(anOrder(), { type: 'send_started' }, filled(10));
  expect(lifeAfter(early, ACCEPTED)).toMatchObject({ status: 'executed', brokerOrderId: '0000117057' });
});

test('an unknown order is settled by a late answer', () => {
  expect(lifeAfter(anOrder(), { type: 'send_started' }, { type: 'outcome_unknown' }, ACCEPTED).status).toBe('accepted');
});

test('an order that never arrived is rejected as NOT_FOUND, and comes back to life when it appears', () => {
  const gone = lifeAfter(anOrder(), { type: 'send_started' }, { type: 'outcome_unknown' }, { type: 'not_found' });
  expect(gone).toMatchObject({ status: 'rejected', reason: 'NOT_FOUND' });
  const back = applyOrderEvent(gone, { type: 'seen_working', brokerOrderId: '0000117057' });
  expect(back).toMatchObject({ ok: true, pages: true, order: { status: 'accepted', reason: null } });
});

test('what the broker rejected stays rejected', () => {
  const rejected = anOrder({ status: 'rejected', reason: 'APBK0506' });
  expect(applyOrderEvent(rejected, { type: 'seen_working', brokerOrderId: '1' })).toEqual({ ok: false, reason: 'already_final' });
  expect(applyOrderEvent(rejected, filled(1))).toEqual({ ok: false, reason: 'already_final' });
});

test('only an unknown order can be declared not found', () => {
  for (const status of orderStatus.options.filter((s) => s !== 'unknown')) {
    expect(applyOrderEvent(anOrder({ status }), { type: 'not_found' }).ok).toBe(false);
  }
});

describe('cancelling', () => {
  test('an order that was not sent is cancelled at once', () => {
    expect(lifeAfter(anOrder(), { type: 'cancel_requested' }).status).toBe('cancelled');
  });

  test.each(['submitting', 'unknown', 'accepted', 'partially_filled'] as const)('is remembered while an order is %s', (status) => {
    expect(lifeAfter(anOrder({ status }), { type: 'cancel_requested' })).toMatchObject({ status, cancelRequested: true });
  });

  test('a fill outranks the cancel', () => {
    expect(lifeAfter(anOrder({ status: 'accepted' }), { type: 'cancel_sent' }, filled(10)).status).toBe('executed');
  });

  test('a partial fill keeps the request', () => {
    expect(lifeAfter(anOrder({ status: 'accepted' }), { type: 'cancel_sent' }, filled(3))).toMatchObject({
      status: 'partially_filled',
      cancelRequested: true,
    });
  });

  test('a refused cancel goes back to what the order was', () => {
    expect(lifeAfter(anOrder({ status: 'accepted' }), { type: 'cancel_sent' }, { type: 'change_refused' }).status).toBe('accepted');
    expect(
      lifeAfter(anOrder({ status: 'partially_filled', cumQuantity: 3 }), { type: 'cancel_sent' }, { type: 'change_refused' }).status,
    ).toBe('partially_filled');
  });

  test('an unanswered cancel keeps its state and says so', () => {
    expect(lifeAfter(anOrder({ status: 'accepted' }), { type: 'cancel_sent' }, { type: 'outcome_unknown' })).toMatchObject({
      status: 'cancel_pending',
      outcomeUnknown: true,
    });
  });

  test('only one change is outstanding at a time', () => {
    const pending = anOrder({ status: 'cancel_pending' });
    expect(applyOrderEvent(pending, { type: 'cancel_sent' })).toEqual({ ok: false, reason: 'change_outstanding' });
    expect(applyOrderEvent(pending, { type: 'replace_sent' })).toEqual({ ok: false, reason: 'change_outstanding' });
  });

  test('a fill that raced the cancel re-opens the order and pages', () => {
    expect(applyOrderEvent(anOrder({ status: 'cancelled', cumQuantity: 3 }), filled(5))).toMatchObject({
      ok: true,
      pages: true,
      order: { status: 'partially_filled' },
    });
  });
});

test('late and repeated figures change nothing: the largest cumulative figure is the truth', () => {
  const order = anOrder({ status: 'partially_filled', cumQuantity: 6, cumAmount: 6_000 });
  expect(applyOrderEvent(order, filled(4))).toEqual({ ok: true, order, move: null, pages: false });
  expect(applyOrderEvent(order, filled(6))).toEqual({ ok: true, order, move: null, pages: false });
});

test.each([
  { why: 'more than was ordered', order: anOrder({ status: 'accepted' }), event: filled(11), reason: 'overfilled' },
  { why: 'before it was sent', order: anOrder(), event: filled(1), reason: 'not_sent_yet' },
  { why: 'a broken number', order: anOrder({ status: 'accepted' }), event: filled(1.5), reason: 'bad_fill' },
  {
    why: 'under another number',
    order: anOrder({ status: 'accepted', brokerOrderId: '1' }),
    event: ACCEPTED,
    reason: 'other_broker_order',
  },
] as const)('refuses what cannot be true: $why', ({ order, event, reason }) => {
  expect(applyOrderEvent(order, event)).toEqual({ ok: false, reason });
});

const anyEvent: fc.Arbitrary<OrderEvent> = fc.oneof(
  fc.constantFrom<OrderEvent>(
    { type: 'send_started' },
    { type: 'outcome_unknown' },
    { type: 'not_found' },
    { type: 'cancel_requested' },
    { type: 'cancel_sent' },
    { type: 'replace_sent' },
    { type: 'change_refused' },
    { type: 'cancelled' },
    { type: 'replaced' },
    { type: 'expired' },
    { type: 'denied', reason: 'halted' },
    { type: 'rejected', reason: 'APBK0506' },
    ACCEPTED,
    { type: 'seen_working', brokerOrderId: '0000117057' },
  ),
  fc.integer({ min: 0, max: 12 }).map(filled),
);

describe('whatever happens in whatever order', () => {
  test('each step is in the table, figures only grow, and fills stay within the quantity', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let order = anOrder();
        for (const event of events) {
          const before = Object.freeze({ ...order });
          const applied = applyOrderEvent(before, event);
          if (!applied.ok) continue;
          if (applied.order.status !== before.status) {
            expect(canMove(before.status, applied.order.status)).toBe(true);
            expect(applied.pages).toBe(needsEvidence(before.status, applied.order.status));
            expect(nextStatus(before, event)).toBe(applied.order.status);
          }
          expect(applied.order.cumQuantity).toBeGreaterThanOrEqual(before.cumQuantity);
          expect(applied.order.cumQuantity).toBeLessThanOrEqual(order.quantity);
          if (applied.order.status === 'executed') expect(applied.order.cumQuantity).toBe(order.quantity);
          order = applied.order;
        }
      }),
      { numRuns: 500 },
    );
  });

  test('an order is sent at most once', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        let order = anOrder();
        let sends = 0;
        for (const event of events) {
          const applied = applyOrderEvent(order, event);
          if (!applied.ok) continue;
          if (event.type === 'send_started') sends += 1;
          order = applied.order;
        }
        expect(sends).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  test('hearing the same fact twice is as good as once', () => {
    fc.assert(
      fc.property(fc.constantFrom<OrderStatus>(...orderStatus.options), fc.integer({ min: 1, max: 10 }), (status, cum) => {
        const first = applyOrderEvent(anOrder({ status, reason: 'NOT_FOUND' }), filled(cum));
        if (!first.ok) return;
        expect(applyOrderEvent(first.order, filled(cum))).toMatchObject({ ok: true, order: first.order, move: null });
      }),
    );
  });

  test('a final order only comes back with a page', () => {
    fc.assert(
      fc.property(fc.constantFrom<OrderStatus>(...orderStatus.options.filter(isFinal)), anyEvent, (status, event) => {
        const applied = applyOrderEvent(anOrder({ status, cumQuantity: 2, cumAmount: 2_000 }), event);
        if (applied.ok && applied.order.status !== status) expect(applied.pages).toBe(true);
      }),
    );
  });
});
