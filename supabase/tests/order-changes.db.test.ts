import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withLedger } from '#lib/db/fleet/ledger.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { verifyLedger } from '#lib/use-cases/verify-ledger.ts';
import {
  anAccount,
  aTrader,
  aTradingService,
  type OrderRecord,
  openMarket,
  type Placed,
  place,
  refusalOf,
  SHARE,
  type TradingService,
} from './arrange.ts';

let db: TestDatabase;
let trading: TradingService;
beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  trading = await aTradingService(db);
});
afterAll(async () => {
  // Whatever the tests did: every row is what its events say.
  const { rows } = await db.pool.query('select id from broker_accounts');
  for (const { id } of rows) expect((await withLedger(db.pool, id, verifyLedger)).findings).toEqual([]);
  await trading?.close();
  await db?.drop();
});

const one = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows[0];
const orderNow = (id: string): Promise<OrderRecord> =>
  one(
    `select *, quantity::int, cum_quantity::int, cancelled_quantity::int, replaced_quantity::int, cancel_quantity::int from real_orders where id = $1`,
    [id],
  );
const held = (id: string) => one('select quantity::int, unit_price::int, amount::int from reservations where order_id = $1', [id]);
let brokerNumber = 5000;
const aNumber = () => String(brokerNumber++).padStart(10, '0');

interface Working {
  readonly user: string;
  readonly account: string;
  readonly id: string;
  readonly number: string;
}
/** An accepted order of 10 shares at 70,000 won. */
async function aWorkingOrder(input: { side?: 'buy' | 'sell'; cash?: number; dailyTradeLimit?: number } = {}): Promise<Working> {
  const user = await aTrader(db, input.dailyTradeLimit ? { dailyTradeLimit: input.dailyTradeLimit } : {});
  const account = await anAccount(db, user, input.cash ? { cash: input.cash } : {});
  await db.pool.query(
    `insert into real_positions (user_id, broker_account_id, stock_code, quantity, sellable_quantity, purchase_amount)
     values ($1, $2, $3, 10, 10, 600000)`,
    [user, account, SHARE.code],
  );
  const { order } = await place(db, user, { accountId: account, side: input.side ?? 'buy' });
  const number = aNumber();
  await trading.accept(order.id, number);
  return { user, account, id: order.id, number };
}

interface Wish {
  readonly quantity?: number | null;
  readonly price?: number | null;
  readonly priceType?: string;
  readonly key?: string;
  readonly body?: string;
}
const replace = (user: string, id: string, wish: Wish = {}): Promise<Placed> =>
  db.asUser(user, async (client) => {
    const { quantity = null, price = 69_000, priceType = 'limit', key = randomUUID(), body = 'body' } = wish;
    const values = [id, quantity, price, priceType, key, body];
    return (await client.query('select replace_order($1, $2, $3, $4, $5, $6) as answer', values)).rows[0].answer;
  });
const cancel = (user: string, id: string, quantity: number | null = null): Promise<Placed> =>
  db.asUser(user, async (client) => (await client.query('select cancel_order($1, $2) as answer', [id, quantity])).rows[0].answer);
const finish = (attempt: number, outcome: string, number: string | null = null) =>
  trading.call('finish_attempt($1, $2, $3, $4, $5, $6)', [attempt, outcome, outcome === 'accepted' ? null : 'E1', null, number, '00950']);

/** A change on its way: asked for, its attempt begun. */
async function aChange(order: Working, wish: Wish = {}) {
  const { order: child, denial } = await replace(order.user, order.id, wish);
  expect(denial).toBeNull();
  const attempt = await trading.begin(child.id, 'replace');
  expect(attempt).not.toBeNull();
  return { child: child.id, attempt: attempt as number };
}
/** A change the broker took. */
async function aReplaced(order: Working, wish: Wish = {}): Promise<Working> {
  const { child, attempt } = await aChange(order, wish);
  const number = aNumber();
  await finish(attempt, 'accepted', number);
  return { ...order, id: child, number };
}
const state = async (id: string) => {
  const { order_status, quantity, cum_quantity, cancelled_quantity, replaced_quantity } = await orderNow(id);
  return { order_status, quantity, cum_quantity, cancelled_quantity, replaced_quantity };
};

/** Shares that came back to an order, as its chain tells it. */
const shrunkBy = async (id: string) =>
  (
    await db.pool.query<{ quantity: number }>(
      `select (payload ->> 'quantity')::int as quantity from order_events where order_id = $1 and type = 'change_shrunk' order by seq`,
      [id],
    )
  ).rows.map((row) => row.quantity);

describe('a change of the whole remainder', () => {
  test('ends its parent and works under its own number; the shares are held once at every moment', async () => {
    const order = await aWorkingOrder();
    const { order: asked } = await replace(order.user, order.id, { price: 71_000 });
    expect([await held(order.id), await held(asked.id)]).toEqual([{ quantity: 10, unit_price: 71_000, amount: 710_000 }, undefined]);
    const attempt = (await trading.begin(asked.id, 'replace')) as number;
    expect((await orderNow(order.id)).order_status).toBe('replace_pending');
    await finish(attempt, 'accepted', '77');
    expect(await state(order.id)).toMatchObject({ order_status: 'replaced', replaced_quantity: 10 });
    expect(await orderNow(asked.id)).toMatchObject({
      order_status: 'accepted',
      broker_order_id: '77',
      parent_order_id: order.id,
      origin: 'user',
    });
    expect([await held(order.id), await held(asked.id)]).toEqual([undefined, { quantity: 10, unit_price: 71_000, amount: 710_000 }]);
  });

  test('refused by the broker: the parent works on at its own price, the change is kept as rejected', async () => {
    const order = await aWorkingOrder();
    const { child, attempt } = await aChange(order, { price: 71_000 });
    await finish(attempt, 'rejected');
    expect([await state(order.id), await state(child)]).toMatchObject([{ order_status: 'accepted' }, { order_status: 'rejected' }]);
    expect([await held(order.id), await held(child)]).toEqual([{ quantity: 10, unit_price: 70_000, amount: 700_000 }, undefined]);
  });

  test('nobody answered: neither is sent again; the number settles both', async () => {
    const order = await aWorkingOrder();
    const { child, attempt } = await aChange(order);
    await trading.call('mark_unknown($1, $2)', [child, 'late']);
    expect([(await orderNow(child)).order_status, (await orderNow(order.id)).outcome_unknown]).toEqual(['unknown', true]);
    expect(await trading.begin(child, 'replace')).toBeNull();
    await trading.call('adopt_broker_order($1, $2, $3)', [child, '78', '00950']);
    expect([await state(order.id), await state(child)]).toMatchObject([{ order_status: 'replaced' }, { order_status: 'accepted' }]);
    await finish(attempt, 'accepted', '78');
    expect(await state(order.id)).toMatchObject({ order_status: 'replaced', replaced_quantity: 10 });
  });

  test('proved absent: the parent works on; when it appears after all, the shares move and a person is paged', async () => {
    const order = await aWorkingOrder();
    const { child } = await aChange(order);
    await trading.call('mark_unknown($1, $2)', [child, 'late']);
    await trading.call(`settle_order($1, 'rejected', 0, 'reconciler', '{"code":"NOT_FOUND"}')`, [child]);
    expect(await orderNow(order.id)).toMatchObject({ order_status: 'accepted', outcome_unknown: false });
    await trading.call('adopt_broker_order($1, $2, $3)', [child, aNumber(), '00950']);
    expect([await state(order.id), await state(child)]).toMatchObject([{ order_status: 'replaced' }, { order_status: 'accepted' }]);
    expect(await one(`select count(*)::int from notifications where user_id = $1 and kind = 'order_reopened'`, [order.user])).toEqual({
      count: 1,
    });
  });

  test.each(['before', 'after'])('fills of the parent %s the answer outrank it: the change is of what was left', async (when) => {
    const order = await aWorkingOrder();
    const { child, attempt } = await aChange(order, { price: 71_000 });
    const fill = () => trading.fill(order.id, 3, 210_000);
    if (when === 'before') await fill();
    await finish(attempt, 'accepted', aNumber());
    if (when === 'after') await fill();
    expect(await state(order.id)).toMatchObject({ order_status: 'replaced', cum_quantity: 3, replaced_quantity: 7 });
    expect(await state(child)).toMatchObject({ order_status: 'accepted', quantity: 7 });
    expect(await held(child)).toEqual({ quantity: 7, unit_price: 71_000, amount: 497_000 });
    await trading.fill(child, 7, 497_000);
    expect(await state(child)).toMatchObject({ order_status: 'executed', cum_quantity: 7 });
  });

  test.each([
    { quantity: null, was: 'replaced' },
    { quantity: 4, was: 'accepted' },
  ])('of $quantity shares, refused by the exchange after the broker took it: the old order works on with all its shares', async (wish) => {
    const order = await aWorkingOrder();
    const child = await aReplaced(order, { quantity: wish.quantity, price: 71_000 });
    expect((await orderNow(order.id)).order_status).toBe(wish.was);
    await trading.call(`settle_order($1, 'rejected', 0, 'inquiry', '{"code":"V1"}')`, [child.id]);
    expect([await state(order.id), await state(child.id)]).toMatchObject([
      { order_status: 'accepted', replaced_quantity: 0 },
      { order_status: 'rejected' },
    ]);
    expect([await held(order.id), await held(child.id)]).toEqual([{ quantity: 10, unit_price: 70_000, amount: 700_000 }, undefined]);
  });

  test('what the list shows of its quantity is believed, and a full order is then executed', async () => {
    const order = await aWorkingOrder();
    const child = await aReplaced(order);
    await trading.fill(child.id, 6, 414_000);
    await trading.call('resize_replacement($1, $2)', [child.id, 6]);
    expect(await state(child.id)).toMatchObject({ order_status: 'executed', quantity: 6 });
    expect(await state(order.id)).toMatchObject({ replaced_quantity: 6 });
    expect(await shrunkBy(order.id)).toEqual([4]);
    expect(await trading.fill(order.id, 4, 280_000)).toMatchObject({ order_status: 'replaced', cum_quantity: 4 });
  });

  test('after a part was taken back: a late fill takes its share from the replacement, not from what was cancelled', async () => {
    const order = await aWorkingOrder();
    await cancel(order.user, order.id, 2);
    await finish((await trading.begin(order.id, 'cancel', 2)) as number, 'accepted', aNumber());
    await trading.call('apply_broker_cancelled($1, $2)', [order.id, 2]);
    await aReplaced(order);
    await trading.fill(order.id, 3, 210_000);
    expect(await state(order.id)).toMatchObject({ cum_quantity: 3, cancelled_quantity: 2, replaced_quantity: 5 });
    expect(await shrunkBy(order.id)).toEqual([3]);
  });

  test('in a chain: late fills of the first take their shares from the last', async () => {
    const first = await aWorkingOrder();
    const second = await aReplaced(first, { price: 69_000 });
    const third = await aReplaced(second, { price: 70_000 });
    await trading.fill(first.id, 2, 140_000);
    expect([await state(first.id), await state(second.id), await state(third.id)]).toMatchObject([
      { order_status: 'replaced', cum_quantity: 2, replaced_quantity: 8 },
      { order_status: 'replaced', quantity: 8, replaced_quantity: 8 },
      { order_status: 'accepted', quantity: 8 },
    ]);
    expect(await one('select sum(quantity)::int as held from reservations where broker_account_id = $1', [first.account])).toEqual({
      held: 8,
    });
  });

  test('a sale is never held twice: its shares move with the change', async () => {
    const order = await aWorkingOrder({ side: 'sell' });
    const { child, attempt } = await aChange(order, { price: 71_000 });
    const heldShares = () =>
      one(
        'select sum(r.quantity)::int as held, max(p.reserved_quantity)::int as shown from reservations r, real_positions p where r.broker_account_id = $1 and p.broker_account_id = $1',
        [order.account],
      );
    expect(await heldShares()).toEqual({ held: 10, shown: 10 });
    await finish(attempt, 'accepted', aNumber());
    expect(await heldShares()).toEqual({ held: 10, shown: 10 });
    expect(await state(child)).toMatchObject({ order_status: 'accepted' });
  });
});

describe('a change of a part', () => {
  test('leaves the rest at its number and price', async () => {
    const order = await aWorkingOrder();
    const child = await aReplaced(order, { quantity: 4, price: 71_000 });
    expect([await state(order.id), await state(child.id)]).toMatchObject([
      { order_status: 'accepted', replaced_quantity: 4 },
      { order_status: 'accepted', quantity: 4 },
    ]);
    expect([await held(order.id), await held(child.id)]).toEqual([
      { quantity: 6, unit_price: 70_000, amount: 420_000 },
      { quantity: 4, unit_price: 71_000, amount: 284_000 },
    ]);
    expect(await trading.fill(order.id, 6, 420_000)).toMatchObject({ order_status: 'executed' });
  });

  test('fills beyond its rest contradict the broker: they are booked, and a person is paged', async () => {
    const order = await aWorkingOrder();
    await aReplaced(order, { quantity: 4 });
    await trading.fill(order.id, 6, 420_000);
    expect(await trading.fill(order.id, 7, 490_000)).toMatchObject({ cum_quantity: 7, replaced_quantity: 3 });
    expect(await one(`select count(*)::int from notifications where user_id = $1 and kind = 'overfilled'`, [order.user])).toEqual({
      count: 1,
    });
  });
});

describe('a change is refused', () => {
  test.each([
    { wish: { price: 70_050 }, code: 'off_tick' },
    { wish: { price: 91_100 }, code: 'outside_price_limits' },
    { wish: { price: 70_000 }, code: 'nothing_to_change' },
    { wish: { quantity: 11 }, code: 'over_remainder' },
    { wish: { quantity: 0 }, code: 'over_remainder' },
    { wish: { priceType: 'best', price: null }, code: 'price_type_unsupported' },
  ])('$wish: $code, kept as denied under its parent', async ({ wish, code }) => {
    const order = await aWorkingOrder();
    const { order: child, denial } = await replace(order.user, order.id, wish);
    expect(denial?.code).toBe(code);
    expect(await orderNow(child.id)).toMatchObject({ order_status: 'denied', denial_code: code, parent_order_id: order.id });
    expect(await held(order.id)).toEqual({ quantity: 10, unit_price: 70_000, amount: 700_000 });
    expect(await trading.begin(child.id, 'replace')).toBeNull();
  });

  test.each([
    { what: 'cash for the increase', input: { cash: 705_000 }, code: 'insufficient_cash' },
    { what: 'the day’s won', input: { dailyTradeLimit: 705_000 }, code: 'daily_amount_limit' },
  ])('for $what, counted once; an order that fits still passes', async ({ input, code }) => {
    const order = await aWorkingOrder(input);
    await db.pool.query(
      'update account_balances set orderable = least(orderable, 5000), as_of = now() where broker_account_id = $1 and cash < 1e9',
      [order.account],
    );
    expect((await replace(order.user, order.id, { price: 71_000 })).denial?.code).toBe(code);
    expect((await replace(order.user, order.id, { price: 70_500 })).denial).toBeNull();
  });

  test('for the most one order may cost', async () => {
    const order = await aWorkingOrder();
    await db.pool.query('update trading_permissions set max_order_amount = 705000 where user_id = $1', [order.user]);
    expect((await replace(order.user, order.id, { price: 71_000 })).denial?.code).toBe('order_amount_limit');
    expect((await replace(order.user, order.id, { price: 71_000, quantity: 9 })).denial).toBeNull();
  });

  test('for a halt of entries: a buy waits, a sale may change', async () => {
    const [buy, sale] = [await aWorkingOrder(), await aWorkingOrder({ side: 'sell' })];
    for (const { user } of [buy, sale]) {
      await db.pool.query(`insert into trading_halts (scope, scope_id, level) values ('user', $1, 'pause_entries')`, [user]);
    }
    expect((await replace(buy.user, buy.id)).denial?.code).toBe('halted');
    expect((await replace(sale.user, sale.id)).denial).toBeNull();
  });

  test('a halt that comes after it was asked for stops the attempt', async () => {
    const order = await aWorkingOrder();
    const { order: child } = await replace(order.user, order.id);
    await db.pool.query(`insert into trading_halts (scope, scope_id, level) values ('user', $1, 'pause_entries')`, [order.user]);
    expect(await trading.begin(child.id, 'replace')).toBeNull();
    expect((await orderNow(order.id)).order_status).toBe('accepted');
  });

  test('while another change or a cancel is on its way; a new one passes after it', async () => {
    const order = await aWorkingOrder();
    const { child, attempt } = await aChange(order);
    expect((await replace(order.user, order.id, { price: 68_000 })).denial?.code).toBe('change_outstanding');
    await finish(attempt, 'rejected');
    expect((await orderNow(child)).order_status).toBe('rejected');
    await cancel(order.user, order.id);
    expect((await replace(order.user, order.id, { price: 68_000 })).denial?.code).toBe('change_outstanding');
  });

  test.each(['pending', 'submitting', 'unknown'])(
    'of a replacement that is still %s: neither holds anything, its parent holds for all',
    async (status) => {
      const order = await aWorkingOrder();
      const { order: asked } = await replace(order.user, order.id, { price: 71_000 });
      if (status !== 'pending') await trading.begin(asked.id, 'replace');
      if (status === 'unknown') await trading.call('mark_unknown($1, $2)', [asked.id, 'late']);
      const { order: refused, denial } = await replace(order.user, asked.id, { price: 68_000 });
      expect(denial).toMatchObject({ code: 'not_changeable', numbers: { status } });
      expect([await held(order.id), await held(asked.id), await held(refused.id)]).toEqual([
        { quantity: 10, unit_price: 71_000, amount: 710_000 },
        undefined,
        undefined,
      ]);
    },
  );

  test('of an order that was not sent or has ended', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    const { order } = await place(db, user, { accountId: account });
    expect((await replace(user, order.id)).denial).toMatchObject({ code: 'not_changeable', numbers: { status: 'pending' } });
    await cancel(user, order.id);
    expect((await replace(user, order.id)).denial?.code).toBe('not_changeable');
  });

  test('of somebody else’s order: it does not exist for them', async () => {
    const order = await aWorkingOrder();
    expect(await refusalOf(replace(await aTrader(db), order.id))).toMatchObject({ status: 404, code: 'order_not_found' });
  });
});

describe('the intent', () => {
  test('asked twice is one change; another body or parent under the key is a conflict', async () => {
    const order = await aWorkingOrder();
    const key = randomUUID();
    const first = await replace(order.user, order.id, { key });
    expect(await replace(order.user, order.id, { key })).toMatchObject({ replayed: true, order: { id: first.order.id } });
    expect(await refusalOf(replace(order.user, order.id, { key, body: 'other' }))).toMatchObject({ code: 'intent_conflict' });
  });

  test('a change is never sent as a new order, nor a new order as a change', async () => {
    const order = await aWorkingOrder();
    const { order: child } = await replace(order.user, order.id);
    expect(await trading.begin(child.id, 'submit')).toBeNull();
    const other = await aWorkingOrder();
    expect(await trading.begin(other.id, 'replace')).toBeNull();
  });

  test('proved not processed: the parent works meanwhile, and the change may go once more', async () => {
    const order = await aWorkingOrder();
    const { child, attempt } = await aChange(order);
    await finish(attempt, 'not_processed');
    expect([await state(order.id), await state(child)]).toMatchObject([{ order_status: 'accepted' }, { order_status: 'submitting' }]);
    const again = (await trading.begin(child, 'replace')) as number;
    await finish(again, 'accepted', aNumber());
    expect((await orderNow(order.id)).order_status).toBe('replaced');
  });

  test('a change that was withdrawn or expired before its attempt leaves the parent alone', async () => {
    const order = await aWorkingOrder();
    const { order: child } = await replace(order.user, order.id, { price: 71_000 });
    await cancel(order.user, child.id);
    expect((await orderNow(child.id)).order_status).toBe('cancelled');
    expect(await held(order.id)).toEqual({ quantity: 10, unit_price: 70_000, amount: 700_000 });
  });

  test('a cancel of the parent while the change is on its way goes on to what works afterwards', async () => {
    const order = await aWorkingOrder();
    const { child, attempt } = await aChange(order);
    await cancel(order.user, order.id);
    expect(await trading.begin(order.id, 'cancel')).toBeNull();
    await finish(attempt, 'accepted', aNumber());
    expect(await trading.begin(child, 'cancel')).not.toBeNull();
  });
});

describe('a partial cancel', () => {
  test('keeps number and rest, adds up, and shrinks what is held', async () => {
    const order = await aWorkingOrder();
    for (const [part, total] of [
      [3, 3],
      [2, 5],
    ] as const) {
      await cancel(order.user, order.id, part);
      const attempt = (await trading.begin(order.id, 'cancel', part)) as number;
      await finish(attempt, 'accepted', aNumber());
      expect(await trading.call('apply_broker_cancelled($1, $2)', [order.id, total])).toMatchObject({
        order_status: 'accepted',
        cancel_requested_at: null,
      });
      expect(await held(order.id)).toMatchObject({ quantity: 10 - total });
      await db.pool.query(`update order_attempts set started_at = started_at - interval '1 minute' where order_id = $1`, [order.id]);
    }
    expect(await orderNow(order.id)).toMatchObject({ broker_order_id: order.number, cancelled_quantity: 5 });
    expect(await trading.fill(order.id, 5, 350_000)).toMatchObject({ order_status: 'executed' });
  });

  test('fills outrank it: what filled is not taken back, and nothing left ends the order', async () => {
    const order = await aWorkingOrder();
    await cancel(order.user, order.id, 4);
    await finish((await trading.begin(order.id, 'cancel', 4)) as number, 'accepted', aNumber());
    await trading.fill(order.id, 8, 560_000);
    expect(await trading.call('apply_broker_cancelled($1, $2)', [order.id, 4])).toMatchObject({
      order_status: 'cancelled',
      cancelled_quantity: 2,
      cum_quantity: 8,
    });
  });

  test('of more than is left is refused, of all that is left is a whole cancel', async () => {
    const order = await aWorkingOrder();
    expect((await cancel(order.user, order.id, 11)).denial?.code).toBe('over_remainder');
    expect((await cancel(order.user, order.id, 10)).order).toMatchObject({ cancel_quantity: null });
  });

  test('the wish for the rest outranks it and goes out as soon as the part is gone', async () => {
    const order = await aWorkingOrder();
    await cancel(order.user, order.id, 4);
    await finish((await trading.begin(order.id, 'cancel', 4)) as number, 'accepted', aNumber());
    await cancel(order.user, order.id);
    await trading.call('apply_broker_cancelled($1, $2)', [order.id, 4]);
    expect(await trading.begin(order.id, 'cancel', 4)).toBeNull();
    expect(await trading.begin(order.id, 'cancel')).not.toBeNull();
  });

  test('a refused part leaves the order at work and the wish over', async () => {
    const order = await aWorkingOrder();
    await cancel(order.user, order.id, 4);
    await finish((await trading.begin(order.id, 'cancel', 4)) as number, 'rejected');
    expect(await orderNow(order.id)).toMatchObject({ order_status: 'accepted', cancel_requested_at: null, cancel_quantity: null });
  });
});

describe('a change made in HTS', () => {
  const adopt = (account: string, row: Record<string, unknown>) =>
    trading.call<string>('adopt_external($1, $2)', [
      account,
      {
        broker_branch: '00950',
        stock_code: SHARE.code,
        side: 'buy',
        price: 71_000,
        cum_quantity: 0,
        cum_amount: 0,
        cancelled_quantity: 0,
        is_api: false,
        ...row,
      },
    ]);

  test.each([
    { moved: 10, parent: 'replaced' },
    { moved: 4, parent: 'accepted' },
  ])('of $moved shares: an external child, and the parent is $parent', async ({ moved, parent }) => {
    const order = await aWorkingOrder();
    const id = await adopt(order.account, { broker_order_id: aNumber(), original_order_id: order.number, quantity: moved });
    expect(await orderNow(id)).toMatchObject({ origin: 'external', parent_order_id: order.id, order_status: 'accepted' });
    expect(await state(order.id)).toMatchObject({ order_status: parent, replaced_quantity: moved });
    expect(await one('select sum(quantity)::int as held from reservations where broker_account_id = $1', [order.account])).toEqual({
      held: 10,
    });
  });

  test('is not taken for one while a change of ours has no number', async () => {
    const order = await aWorkingOrder();
    const { child } = await aChange(order);
    await trading.call('mark_unknown($1, $2)', [child, 'late']);
    const row = { broker_order_id: aNumber(), original_order_id: order.number, quantity: 10, is_api: true };
    expect(await adopt(order.account, row)).toBeNull();
  });
});

test('an external order counts in the limits like one of ours', async () => {
  const order = await aWorkingOrder({ dailyTradeLimit: 1_000_000 });
  await trading.call('adopt_external($1, $2)', [
    order.account,
    { broker_order_id: aNumber(), stock_code: SHARE.code, side: 'buy', price: 70_000, quantity: 4, is_api: false },
  ]);
  const { denial } = await place(db, order.user, { accountId: order.account, quantity: 1, price: 70_000 });
  expect(denial).toMatchObject({ code: 'daily_amount_limit', numbers: { used: 980_000 } });
});
