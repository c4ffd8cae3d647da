import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isFinal } from '#domain/order/transitions.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
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
const part = fc.option(fc.integer({ min: 1, max: QUANTITY }));
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fill' as const), at: fc.nat(5), quantity: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tell' as const), at: fc.nat(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('replace' as const),
      at: fc.nat(5),
      quantity: part,
      answer: fc.constantFrom('told', 'told', 'lost'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), at: fc.nat(5), quantity: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('find' as const), at: fc.nat(5) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** An order as the broker has it. We hear of it only by answers and when somebody tells. */
interface Truth {
  readonly row: string;
  readonly number: string;
  readonly quantity: number;
  readonly price: number;
  leaves: number;
  cum: number;
  cancelled: number;
  moved: number;
}
interface Row {
  readonly id: string;
  readonly order_status: string;
  readonly quantity: number;
  readonly cum_quantity: number;
  readonly cancelled_quantity: number;
  readonly replaced_quantity: number;
}

/** One order and its changes at a broker that never lies but answers late, or not at all. */
async function aFamily() {
  const account = await anAccount(db, user);
  const truths: Truth[] = [];
  const atBroker = (row: string, quantity: number, price: number): Truth => {
    const truth = { row, number: String(truths.length + 1), quantity, price, leaves: quantity, cum: 0, cancelled: 0, moved: 0 };
    truths.push(truth);
    return truth;
  };
  const rowOf = async (id: string): Promise<Row> =>
    (
      await db.pool.query(
        `select id, order_status, quantity::int, cum_quantity::int, cancelled_quantity::int, replaced_quantity::int from real_orders where id = $1`,
        [id],
      )
    ).rows[0];
  const finish = (attempt: number, number: string | null) =>
    trading.call('finish_attempt($1, $2, $3, null, $4, $5)', [
      attempt,
      number ? 'accepted' : 'rejected',
      number ? null : 'E1',
      number,
      '00950',
    ]);

  /** What one row of the broker's list makes us write: size, fills, what was taken back, the end. */
  async function tell(truth: Truth): Promise<void> {
    const row = await rowOf(truth.row);
    if (['submitting', 'unknown'].includes(row.order_status)) return;
    if (truth.quantity < row.quantity) await trading.call('resize_replacement($1, $2)', [row.id, truth.quantity]);
    if (truth.cum > 0) await trading.fill(row.id, truth.cum, truth.cum * truth.price);
    if (truth.leaves > 0) return void (await trading.call('apply_broker_cancelled($1, $2)', [row.id, truth.cancelled]));
    const now = await rowOf(row.id);
    const rest = now.quantity - truth.cum - Math.max(now.replaced_quantity, truth.moved);
    if (!isFinal(now.order_status as never) && rest > 0) await trading.call(`settle_order($1, 'cancelled', $2)`, [row.id, rest]);
  }
  const find = (truth: Truth) => trading.call('adopt_broker_order($1, $2, $3)', [truth.row, truth.number, '00950']);

  async function make(wish: Step): Promise<void> {
    const truth = truths[wish.at % truths.length]!;
    if (wish.do === 'fill') {
      const quantity = Math.min(wish.quantity, truth.leaves);
      truth.leaves -= quantity;
      truth.cum += quantity;
    } else if (wish.do === 'tell') await tell(truth);
    else if (wish.do === 'find') {
      if ((await rowOf(truth.row)).order_status === 'unknown') await find(truth);
    } else if (wish.do === 'replace') await replace(truth, wish.quantity, wish.answer === 'lost');
    else await cancelPart(truth, wish.quantity);
  }

  async function replace(truth: Truth, quantity: number | null, isLost: boolean): Promise<void> {
    const price = truth.price === SHARE.base ? SHARE.base - 100 : SHARE.base;
    const values = [truth.row, quantity, price, randomUUID()];
    const { rows } = await db.asUser(user, (client) =>
      client.query(`select replace_order($1, $2, $3, 'limit', $4, 'b') as answer`, values),
    );
    const { order, denial } = rows[0].answer;
    const attempt = denial ? null : await trading.begin(order.id, 'replace');
    if (attempt === null) return;
    const moved = quantity ?? truth.leaves;
    if (truth.leaves === 0 || moved > truth.leaves) return void (await finish(attempt, null));
    truth.leaves -= moved;
    truth.moved += moved;
    const next = atBroker(order.id, moved, price);
    if (isLost) await trading.call(`mark_unknown($1, 'late')`, [order.id]);
    else await finish(attempt, next.number);
  }

  async function cancelPart(truth: Truth, quantity: number): Promise<void> {
    await db.pool.query(`update order_attempts set started_at = started_at - interval '1 minute' where order_id = $1`, [truth.row]);
    const { rows } = await db.asUser(user, (client) => client.query('select cancel_order($1, $2) as answer', [truth.row, quantity]));
    const { denial, order } = rows[0].answer;
    const attempt = denial ? null : await trading.begin(truth.row, 'cancel', order.cancel_quantity);
    if (attempt === null) return;
    const taken = order.cancel_quantity === null ? truth.leaves : quantity;
    if (truth.leaves === 0 || taken > truth.leaves) return void (await finish(attempt, null));
    truth.leaves -= taken;
    truth.cancelled += taken;
    await finish(attempt, '999');
  }

  const { order } = await place(db, user, { accountId: account, quantity: QUANTITY });
  await trading.accept(order.id, '1');
  atBroker(order.id, QUANTITY, SHARE.base);
  return {
    account,
    truths,
    make,
    rowOf,
    async tellAll() {
      for (const truth of truths) if ((await rowOf(truth.row)).order_status === 'unknown') await find(truth);
      for (const truth of truths) await tell(truth);
    },
  };
}

test('whatever fills, is changed or is taken back in whatever order we hear of it: the rows end as the broker has them, and nothing leaks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const family = await aFamily();
      for (const wish of steps) await family.make(wish);
      await family.tellAll();
      for (const truth of family.truths) {
        const row = await family.rowOf(truth.row);
        expect({ cum: row.cum_quantity, quantity: row.quantity, isOver: isFinal(row.order_status as never) }).toEqual({
          cum: truth.cum,
          quantity: truth.quantity,
          isOver: truth.leaves === 0,
        });
      }
      const { rows } = await db.pool.query(
        `select coalesce(sum(r.quantity), 0)::int as held,
                (select count(*)::int from notifications where payload ->> 'order_id' = any($2) and severity = 'critical') as pages
           from reservations r where r.broker_account_id = $1`,
        [family.account, family.truths.map(({ row }) => row)],
      );
      expect(rows[0]).toEqual({ held: family.truths.reduce((sum, { leaves }) => sum + leaves, 0), pages: 0 });
    }),
    { numRuns: 100, seed: 7 },
  );
}, 120_000);
