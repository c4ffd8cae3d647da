import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OrderStatus } from '#domain/order/order.ts';
import { isFinal } from '#domain/order/transitions.ts';
import { withLedger } from '#lib/db/fleet/ledger.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { verifyLedger } from '#lib/use-cases/verify-ledger.ts';
import { anAccount, aTrader, aTradingService, openMarket, place, SHARE, type TradingService } from './arrange.ts';

let db: TestDatabase;
let trading: TradingService;
let user: string;
let day: string;
beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  trading = await aTradingService(db);
  user = await aTrader(db, { dailyOrderLimit: 1_000_000 });
  day = (await db.pool.query('select private.seoul_day()::text as day')).rows[0].day;
});
afterAll(async () => {
  await trading?.close();
  await db?.drop();
});

const QUANTITY = 10;
const ORDERS = 3;
const at = fc.nat(ORDERS - 1);
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('takeOver' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      at,
      isStale: fc.boolean(),
      arrives: fc.boolean(),
      answer: fc.constantFrom('told', 'told', 'later', 'unknown'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('answerLate' as const), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('markUnknown' as const), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fill' as const), at, quantity: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('list' as const), at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('notice' as const), at, quantity: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), at, isTaken: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('callAbsent' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One order as the broker has it, and what was sent for it. */
interface Truth {
  readonly row: string;
  readonly price: number;
  /** How often its bytes arrived. */
  arrivals: number;
  number: string | null;
  cum: number;
  cancelled: number;
  /** Attempts whose outcome nobody has written yet. */
  open: { id: number; arrives: boolean }[];
  /** Nobody proved that the last attempt did nothing. */
  isAmbiguous: boolean;
}
interface Row {
  readonly order_status: OrderStatus;
  readonly cum_quantity: number;
  readonly broker_order_id: string | null;
  readonly broker_code: string | null;
}

/** Two processes, one account and a broker that takes what arrives. The owner changes; the other one still believes in its old token. */
async function aDesk() {
  const account = await anAccount(db, user);
  const instances = [randomUUID(), randomUUID()];
  const tokens = new Map<string, number>();
  let owner = instances[0]!;
  const truths: Truth[] = [];
  let numbers = 0;

  async function takeOver(): Promise<void> {
    owner = instances.find((id) => id !== owner)!;
    await db.pool.query('delete from trading_instances');
    await trading.call('renew_instance($1)', [owner]);
    const { rows } = await trading.pool.query('select account_id, token from take_leases($1)', [owner]);
    tokens.set(owner, Number(rows.find((row) => row.account_id === account).token));
  }
  const rowOf = async ({ row }: Truth): Promise<Row> =>
    (await db.pool.query('select order_status, cum_quantity::int, broker_order_id, broker_code from real_orders where id = $1', [row]))
      .rows[0];
  const finish = (attempt: number, outcome: string, number: string | null) =>
    trading.call('finish_attempt($1, $2, null, null, $3, $4)', [attempt, outcome, number, '00950']);

  async function send(truth: Truth, wish: Step & { do: 'send' }): Promise<void> {
    const sender = wish.isStale ? instances.find((id) => id !== owner)! : owner;
    const attempt = await trading.call<number | null>('begin_attempt($1, $2, $3, $4, $5)', [
      truth.row,
      'submit',
      sender,
      tokens.get(sender) ?? 0,
      [],
    ]);
    if (attempt === null) return;
    expect({ isOwner: sender === owner, wasAmbiguous: truth.isAmbiguous }).toEqual({ isOwner: true, wasAmbiguous: false });
    truth.isAmbiguous = true;
    if (wish.arrives) {
      truth.arrivals += 1;
      numbers += 1;
      truth.number = String(numbers);
    }
    if (wish.answer === 'later') truth.open.push({ id: attempt, arrives: wish.arrives });
    else if (wish.answer === 'unknown') await finish(attempt, 'unknown', null);
    else await answer(truth, { id: attempt, arrives: wish.arrives });
  }

  async function answer(truth: Truth, { id, arrives }: Truth['open'][number]): Promise<void> {
    if (!arrives) truth.isAmbiguous = false;
    await finish(id, arrives ? 'accepted' : 'not_processed', arrives ? truth.number : null);
  }

  /** What a complete list of the broker makes us write about one order. */
  async function list(truth: Truth): Promise<void> {
    const row = await rowOf(truth);
    if (truth.number === null) return;
    if (row.broker_order_id === null) {
      const isLost = row.order_status === 'rejected' && row.broker_code === 'NOT_FOUND';
      if (row.order_status !== 'unknown' && row.order_status !== 'expired' && !isLost) return;
      await trading.call('adopt_broker_order($1, $2, $3)', [truth.row, truth.number, '00950']);
    }
    if (truth.cum > 0) await trading.fill(truth.row, truth.cum, truth.cum * truth.price);
    const leaves = QUANTITY - truth.cum - truth.cancelled;
    if (leaves === 0 && truth.cancelled > 0) await trading.call(`settle_order($1, 'cancelled', $2)`, [truth.row, truth.cancelled]);
  }

  async function cancel(truth: Truth, isTaken: boolean): Promise<void> {
    await db.asUser(user, (client) => client.query('select cancel_order($1)', [truth.row]));
    const attempt = await trading.call<number | null>('begin_attempt($1, $2, $3, $4)', [truth.row, 'cancel', owner, tokens.get(owner)]);
    if (attempt === null) return;
    const leaves = QUANTITY - truth.cum - truth.cancelled;
    if (!isTaken || leaves === 0) return void (await finish(attempt, 'rejected', null));
    truth.cancelled += leaves;
    await finish(attempt, 'accepted', '999999');
  }

  async function make(wish: Step): Promise<void> {
    if (wish.do === 'takeOver') return takeOver();
    if (wish.do === 'expire') return void (await trading.call('expire_day($1, $2, false)', [account, day]));
    const truth = truths[wish.at]!;
    const before = await rowOf(truth);
    if (wish.do === 'send') await send(truth, wish);
    else if (wish.do === 'answerLate' && truth.open.length > 0) await answer(truth, truth.open.shift()!);
    else if (wish.do === 'markUnknown') await trading.call(`mark_unknown($1, 'silence')`, [truth.row]);
    else if (wish.do === 'fill' && truth.number !== null) truth.cum += Math.min(wish.quantity, QUANTITY - truth.cum - truth.cancelled);
    else if (wish.do === 'list') await list(truth);
    else if (wish.do === 'notice') await trading.call('apply_notice($1, $2)', [truth.row, wish.quantity]);
    else if (wish.do === 'cancel') await cancel(truth, wish.isTaken);
    else if (wish.do === 'callAbsent' && before.order_status === 'unknown' && truth.number === null && truth.open.length === 0)
      await trading.call(`settle_order($1, 'rejected', 0, 'reconciler', '{"code":"NOT_FOUND"}')`, [truth.row]);
    const after = await rowOf(truth);
    expect(after.cum_quantity).toBeGreaterThanOrEqual(before.cum_quantity);
    expect(after.cum_quantity).toBeLessThanOrEqual(truth.cum);
    expect(truth.arrivals).toBeLessThanOrEqual(1);
  }

  /** Faults are over: every late answer comes, the lists are read, and what never arrived is called absent. */
  async function settle(): Promise<void> {
    for (const truth of truths) {
      for (const open of truth.open.splice(0)) await answer(truth, open);
      await trading.call(`mark_unknown($1, 'silence')`, [truth.row]);
      await list(truth);
      const row = await rowOf(truth);
      if (row.order_status === 'unknown')
        await trading.call(`settle_order($1, 'rejected', 0, 'reconciler', '{"code":"NOT_FOUND"}')`, [truth.row]);
      if (truth.number !== null && !isFinal((await rowOf(truth)).order_status)) {
        truth.cancelled = QUANTITY - truth.cum;
        await list(truth);
      }
    }
    await trading.call('expire_day($1, $2, true)', [account, day]);
  }

  await takeOver();
  for (let n = 0; n < ORDERS; n++) {
    const price = SHARE.base - 100 * n;
    const { order, denial } = await place(db, user, { accountId: account, quantity: QUANTITY, price });
    expect(denial).toBeNull();
    truths.push({ row: order.id, price, arrivals: 0, number: null, cum: 0, cancelled: 0, open: [], isAmbiguous: false });
  }
  return { account, truths, make, settle, rowOf };
}

test('whoever sends, answers, dies or comes late: one arrival an order, fills only grow, and in the end rows, events and reservations agree with the broker', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 18 }), async (steps) => {
      const desk = await aDesk();
      for (const wish of steps) await desk.make(wish);
      await desk.settle();
      for (const truth of desk.truths) {
        const row = await desk.rowOf(truth);
        expect({ isOver: isFinal(row.order_status), cum: row.cum_quantity, number: row.broker_order_id }).toEqual({
          isOver: true,
          cum: truth.cum,
          number: truth.number,
        });
      }
      const { rows } = await db.pool.query('select order_id from reservations where broker_account_id = $1', [desk.account]);
      expect(rows).toEqual([]);
      expect((await withLedger(db.pool, desk.account, verifyLedger)).findings).toEqual([]);
    }),
    { numRuns: 60, seed: 7 },
  );
}, 120_000);
