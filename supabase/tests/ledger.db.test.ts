import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withLedger } from '#lib/db/fleet/ledger.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { verifyLedger } from '#lib/use-cases/verify-ledger.ts';
import { anAccount, aTrader, aTradingService, openMarket, place, SHARE, type TradingService } from './arrange.ts';

let db: TestDatabase;
let trading: TradingService;
let user: string;
beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  trading = await aTradingService(db);
  user = await aTrader(db, { dailyOrderLimit: 1_000_000 });
});
afterAll(async () => {
  await trading?.close();
  await db?.drop();
});

const QUANTITY = 10;
/** Everything that happens to orders; which order is meant is an index among those there are. */
const step = fc.oneof(
  fc.constant({ do: 'place' as const }),
  fc.record({ do: fc.constant('send' as const), order: fc.nat(3) }),
  fc.record({
    do: fc.constant('answer' as const),
    order: fc.nat(3),
    outcome: fc.constantFrom('accepted', 'accepted', 'rejected', 'not_processed', 'unknown'),
  }),
  fc.record({
    do: fc.constant('fill' as const),
    order: fc.nat(3),
    quantity: fc.integer({ min: -1, max: QUANTITY + 1 }),
    isPriced: fc.boolean(),
  }),
  fc.record({ do: fc.constant('cancel' as const), order: fc.nat(3), quantity: fc.option(fc.integer({ min: 1, max: QUANTITY })) }),
  fc.record({
    do: fc.constant('replace' as const),
    order: fc.nat(3),
    quantity: fc.option(fc.integer({ min: 1, max: QUANTITY })),
    outcome: fc.constantFrom('accepted', 'accepted', 'rejected', 'not_processed', 'unknown', null),
  }),
  fc.record({ do: fc.constant('taken back' as const), order: fc.nat(3), quantity: fc.nat(QUANTITY) }),
  fc.record({ do: fc.constant('resized' as const), order: fc.nat(5), quantity: fc.nat(QUANTITY) }),
  fc.record({
    do: fc.constant('settle' as const),
    order: fc.nat(3),
    to: fc.constantFrom('cancelled', 'expired', 'rejected', 'replaced', 'previous'),
    quantity: fc.option(fc.nat(QUANTITY)),
  }),
  fc.record({ do: fc.constant('adopt' as const), order: fc.nat(3) }),
  fc.record({ do: fc.constant('notice' as const), order: fc.nat(3), quantity: fc.nat(QUANTITY) }),
  fc.record({ do: fc.constant('external' as const), quantity: fc.nat(QUANTITY) }),
  fc.record({ do: fc.constant('expire' as const), withUnknown: fc.boolean() }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

let numbers = 0;
const aNumber = () => String(++numbers).padStart(10, '0');

/** Makes one step through the real functions; what they refuse is refused, and must leave no trace either. */
async function make(wish: Step, account: string, orders: { id: string; attempts: number[] }[]): Promise<void> {
  if (wish.do === 'place') {
    const { order } = await place(db, user, { accountId: account, quantity: QUANTITY });
    orders.push({ id: order.id, attempts: [] });
    return;
  }
  if (wish.do === 'expire') return trading.call(`expire_day($1, (now() at time zone 'Asia/Seoul')::date, $2)`, [account, wish.withUnknown]);
  if (wish.do === 'external') {
    const seen = { broker_order_id: aNumber(), stock_code: SHARE.code, side: 'buy', quantity: QUANTITY + 1, price: SHARE.base };
    const filled = {
      cum_quantity: wish.quantity,
      cum_amount: wish.quantity * SHARE.base,
      cancelled_quantity: QUANTITY + 1 - wish.quantity,
    };
    return trading.call('adopt_external($1, $2)', [account, JSON.stringify({ ...seen, ...filled })]);
  }
  const order = orders[wish.order];
  if (!order) return;
  switch (wish.do) {
    case 'send': {
      const attempt = await trading.begin(order.id);
      if (attempt !== null) order.attempts.push(attempt);
      return;
    }
    case 'answer': {
      const attempt = order.attempts.at(-1);
      if (attempt === undefined) return;
      const number = wish.outcome === 'accepted' ? aNumber() : null;
      return trading.call('finish_attempt($1, $2, $3, null, $4)', [attempt, wish.outcome, 'CODE', number]);
    }
    case 'cancel': {
      await db.asUser(user, (client) => client.query('select cancel_order($1, $2)', [order.id, wish.quantity]));
      const attempt = await trading.begin(order.id, 'cancel');
      if (attempt !== null) order.attempts.push(attempt);
      return;
    }
    case 'replace': {
      const values = [order.id, wish.quantity, SHARE.base - 100, 'limit', randomUUID(), 'body'];
      const { rows } = await db.asUser(user, (client) => client.query('select replace_order($1, $2, $3, $4, $5, $6) as placed', values));
      const id = rows[0].placed.order?.id;
      if (!id) return;
      orders.push({ id, attempts: [] });
      const attempt = await trading.begin(id, 'replace');
      if (attempt === null || wish.outcome === null) return;
      const number = wish.outcome === 'accepted' ? aNumber() : null;
      return trading.call('finish_attempt($1, $2, null, null, $3)', [attempt, wish.outcome, number]);
    }
    case 'taken back':
      return trading.call('apply_broker_cancelled($1, $2)', [order.id, wish.quantity]);
    case 'resized':
      return trading.call('resize_replacement($1, $2)', [order.id, wish.quantity]);
    case 'fill':
      await trading.fill(order.id, wish.quantity, wish.isPriced ? Math.max(wish.quantity, 0) * SHARE.base : null);
      return;
    case 'settle':
      return trading.call('settle_order($1, $2, $3)', [order.id, wish.to, wish.quantity]);
    case 'adopt':
      return trading.call('adopt_broker_order($1, $2, $3)', [order.id, aNumber(), '']);
    case 'notice':
      return trading.call('apply_notice($1, $2)', [order.id, wish.quantity]);
  }
}

/** Two orders at work, so that what follows meets something. */
const WORKING: readonly Step[] = [0, 1].flatMap((order) => [
  { do: 'place' },
  { do: 'send', order },
  { do: 'answer', order, outcome: 'accepted' },
]);

/** One of them changed for all that is left, which may yet turn out to be less. */
const CHANGED: readonly Step[] = [...WORKING, { do: 'replace', order: 0, quantity: null, outcome: 'accepted' }];

test('whatever happens to orders, their events replayed give their rows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom([], WORKING, CHANGED), fc.array(step, { minLength: 5, maxLength: 40 }), async (opening, steps) => {
      const account = await anAccount(db, user);
      const orders: { id: string; attempts: number[] }[] = [];
      for (const wish of [...opening, ...steps]) await make(wish, account, orders);
      const verdict = await withLedger(db.pool, account, verifyLedger);
      expect(verdict.findings).toEqual([]);
    }),
    { numRuns: 150, seed: 20_261_123 },
  );
  // The sequences went everywhere, or they would have proved little.
  const { rows } = await db.pool.query('select array_agg(distinct type) as types from order_events');
  expect(rows[0].types).toEqual(
    expect.arrayContaining([
      'filled',
      'cancelled',
      'expired',
      'adopted',
      'replace_sent',
      'partly_replaced',
      'replaced',
      'partly_cancelled',
      'change_shrunk',
    ]),
  );
}, 120_000);
