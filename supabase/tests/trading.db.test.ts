import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderStatus } from '#domain/order/order.ts';
import { EVIDENCE_MOVES, LEGAL_MOVES } from '#domain/order/transitions.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import {
  anAccount,
  aTrader,
  aTradingService,
  type OrderRecord,
  openMarket,
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
  await trading?.close();
  await db?.drop();
});

const one = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows[0];
const orderNow = (id: string): Promise<OrderRecord> => one('select * from real_orders where id = $1', [id]);
const typesOf = async (id: string) =>
  (await db.pool.query('select type from order_events where order_id = $1 order by seq', [id])).rows.map((row) => row.type);
const reservation = (id: string) => one('select quantity::int, amount::float from reservations where order_id = $1', [id]);
let brokerNumber = 1000;
const aNumber = () => String(brokerNumber++).padStart(10, '0');

async function anOrder(input: { side?: 'buy' | 'sell'; quantity?: number; price?: number; held?: number } = {}) {
  const user = await aTrader(db);
  const account = await anAccount(db, user);
  if (input.held) {
    await db.pool.query(
      `insert into real_positions (user_id, broker_account_id, stock_code, quantity, sellable_quantity, purchase_amount)
       values ($1, $2, $3, $4, $4, $5)`,
      [user, account, SHARE.code, input.held, input.held * 60_000],
    );
  }
  const { order, denial } = await place(db, user, { accountId: account, ...input });
  expect(denial).toBeNull();
  return { user, account, id: order.id };
}
async function anAcceptedOrder(input: Parameters<typeof anOrder>[0] = {}) {
  const order = await anOrder(input);
  const number = aNumber();
  await trading.accept(order.id, number);
  return { ...order, number };
}
async function aCancelPendingOrder(input: Parameters<typeof anOrder>[0] = {}) {
  const order = await anAcceptedOrder(input);
  await db.asUser(order.user, (client) => client.query('select cancel_order($1)', [order.id]));
  const attempt = await trading.begin(order.id, 'cancel');
  expect(attempt).not.toBeNull();
  return { ...order, attempt: attempt as number };
}

describe('moves', () => {
  test('SQL and the domain know the same ones, and the same need evidence', async () => {
    const { rows } = await db.pool.query('select from_status, to_status, needs_evidence from private.order_moves');
    const key = (moves: readonly (readonly [string, string])[]) => moves.map((move) => move.join('→')).sort();
    expect(key(rows.map((row) => [row.from_status, row.to_status] as const))).toEqual(
      key(
        [...new Map(LEGAL_MOVES.map((move) => [move.join(), move])).values()].filter(
          ([from, to]) => from !== to || from === 'partially_filled',
        ),
      ),
    );
    expect(key(rows.filter((row) => row.needs_evidence).map((row) => [row.from_status, row.to_status] as const))).toEqual(
      key(EVIDENCE_MOVES),
    );
  });

  test('every pair that is not legal is refused to whoever writes the row, the superuser too', async () => {
    const { account, user } = await anOrder();
    const legal = new Set(LEGAL_MOVES.filter((move) => !EVIDENCE_MOVES.includes(move)).map((move) => move.join()));
    for (const from of orderStatus.options) {
      for (const to of orderStatus.options) {
        if (from === to) continue;
        const { id } = await one(
          `insert into real_orders (user_id, broker_account_id, stock_code, order_type, order_status, quantity, order_day, origin)
           values ($1, $2, $3, 'buy', $4, 1, private.seoul_day(), 'external') returning id`,
          [user, account, SHARE.code, from],
        );
        const moved = db.pool.query('update real_orders set order_status = $2 where id = $1', [id, to]);
        if (legal.has(`${from},${to}`)) await moved;
        else await expect(moved, `${from} → ${to}`).rejects.toThrow(/illegal move|only with broker evidence/);
      }
    }
  });

  test('an order of ours begins as pending or denied', async () => {
    const { account, user } = await anOrder();
    const born = db.pool.query(
      `insert into real_orders (user_id, broker_account_id, stock_code, order_type, order_status, quantity) values ($1, $2, $3, 'buy', 'executed', 1)`,
      [user, account, SHARE.code],
    );
    await expect(born).rejects.toThrow('begins as pending or denied');
  });

  test.each(['quantity = 11', 'price = 1', `order_type = 'sell'`, `stock_code = 'X'`, 'order_day = order_day + 1'])(
    'what was asked for never changes: %s',
    async (set) => {
      const { id } = await anOrder();
      await expect(db.pool.query(`update real_orders set ${set} where id = $1`, [id])).rejects.toThrow('never changes');
    },
  );

  test('events cannot be changed, deleted or truncated, and a tampered chain is found', async () => {
    const { account, id } = await anAcceptedOrder();
    await expect(db.pool.query(`update order_events set type = 'x' where order_id = $1`, [id])).rejects.toThrow('append only');
    await expect(db.pool.query('delete from order_events where order_id = $1', [id])).rejects.toThrow('append only');
    await expect(db.pool.query('truncate order_events')).rejects.toThrow('append only');
    expect((await one('select private.first_broken_event($1) as seq', [account])).seq).toBeNull();
    await db.pool.query('alter table order_events disable trigger order_events_append_only');
    await db.pool.query(`update order_events set payload = '{"quantity":9}' where account_id = $1 and seq = 1`, [account]);
    await db.pool.query('alter table order_events enable trigger order_events_append_only');
    expect((await one('select private.first_broken_event($1)::int as seq', [account])).seq).toBe(1);
  });
});

describe('a lease', () => {
  test('belongs to one live instance; a take-over raises the token and the old one may not send', async () => {
    const { account, id } = await anOrder();
    const token = (await trading.tokens()).get(account) as number;
    const rival = randomUUID();
    await trading.call('renew_instance($1)', [rival]);
    const taken = await trading.pool.query('select * from take_leases($1)', [rival]);
    expect(taken.rows).toEqual([]);

    await db.pool.query(`update trading_instances set expires_at = now() - interval '1 second' where id = $1`, [trading.instance]);
    const over = await trading.pool.query('select * from take_leases($1) where account_id = $2', [rival, account]);
    expect(over.rows[0]).toMatchObject({
      token: String(token + 1),
      broker_type: 'kis',
      is_paper_account: true,
      encrypted_credentials: { ct: 'secret' },
    });
    await trading.call('renew_instance($1)', [trading.instance]);
    expect(await trading.call('begin_attempt($1, $2, $3, $4)', [id, 'submit', trading.instance, token])).toBeNull();
    expect(await trading.call('begin_attempt($1, $2, $3, $4)', [id, 'submit', rival, token])).toBeNull();
    expect((await orderNow(id)).order_status).toBe('pending');
    expect(await trading.call('begin_attempt($1, $2, $3, $4)', [id, 'submit', rival, token + 1])).not.toBeNull();
    await trading.call('drop_instance($1)', [rival]);
  });

  test('of an expired instance sends nothing', async () => {
    const { account, id } = await anOrder();
    const token = (await trading.tokens()).get(account);
    await db.pool.query(`update trading_instances set expires_at = now() - interval '1 millisecond' where id = $1`, [trading.instance]);
    expect(await trading.call('begin_attempt($1, $2, $3, $4)', [id, 'submit', trading.instance, token])).toBeNull();
  });

  test('is not given for a legacy ciphertext nobody can open', async () => {
    const { account } = await anOrder();
    await db.pool.query(`update broker_accounts set encrypted_credentials = to_jsonb('old text'::text) where id = $1`, [account]);
    expect((await trading.tokens()).has(account)).toBe(false);
  });
});

describe('an attempt', () => {
  test('is allowed once; a second one never while the first has no outcome, or any but not_processed', async () => {
    for (const outcome of [null, 'unknown', 'accepted', 'rejected']) {
      const { id } = await anOrder();
      const attempt = await trading.begin(id);
      expect(attempt).not.toBeNull();
      if (outcome)
        await trading.call('finish_attempt($1, $2, null, null, $3)', [attempt, outcome, outcome === 'accepted' ? aNumber() : null]);
      expect(await trading.begin(id), String(outcome)).toBeNull();
      expect((await one('select count(*)::int as n from order_attempts where order_id = $1', [id])).n).toBe(1);
    }
  });

  test('proven not processed may be repeated', async () => {
    const { id } = await anOrder();
    const first = await trading.begin(id);
    const order = await trading.call('finish_attempt($1, $2, $3, $4)', [first, 'not_processed', 'EGW00201', 'rate']);
    expect(order.order_status).toBe('submitting');
    const second = await trading.begin(id);
    expect(second).not.toBeNull();
    expect((await trading.call('finish_attempt($1, $2, null, null, $3)', [second, 'accepted', aNumber()])).order_status).toBe('accepted');
  });

  test('two at once: one is allowed', async () => {
    const { account, id } = await anOrder();
    const token = (await trading.tokens()).get(account);
    const given = await Promise.all(
      Array.from({ length: 8 }, () => trading.call('begin_attempt($1, $2, $3, $4)', [id, 'submit', trading.instance, token])),
    );
    expect(given.filter((attempt) => attempt !== null)).toHaveLength(1);
  });

  const standing = [
    {
      why: 'a platform halt',
      set: `insert into trading_halts (scope, level) values ('platform', 'halt')`,
      undo: 'delete from trading_halts',
    },
    {
      why: 'a pause of entries',
      set: `insert into trading_halts (scope, scope_id, level) values ('broker', 'kis', 'pause_entries')`,
      undo: 'delete from trading_halts',
    },
    {
      why: 'orders switched off',
      set: 'update platform_settings set orders_enabled = false',
      undo: 'update platform_settings set orders_enabled = true',
    },
  ];
  test.each(standing)('is refused to a pending buy under $why, and a cancel passes', async ({ set, undo }) => {
    const pending = await anOrder();
    const working = await anAcceptedOrder();
    await db.asUser(working.user, (client) => client.query('select cancel_order($1)', [working.id]));
    await db.pool.query(set);
    const [submit, cancel] = [await trading.begin(pending.id), await trading.begin(working.id, 'cancel')];
    await db.pool.query(undo);
    expect(submit).toBeNull();
    expect(cancel).not.toBeNull();
  });

  test('is refused after the session’s end, before send_at, after a cancel request and once the account lost its proof', async () => {
    for (const set of [
      `update real_orders set expires_at = now() - interval '1 second' where id = $1`,
      `update real_orders set send_at = now() + interval '1 hour' where id = $1`,
      'update real_orders set cancel_requested_at = now() where id = $1',
      'update broker_accounts set environment_verified_at = null where id = (select broker_account_id from real_orders where id = $1)',
      'update trading_permissions set can_paper_trade = false where user_id = (select user_id from real_orders where id = $1)',
    ]) {
      const { id } = await anOrder();
      await db.pool.query(set, [id]);
      expect(await trading.begin(id), set).toBeNull();
    }
  });

  test('waits while an order with the same fingerprint has no number, and a buy while any of the symbol is unknown', async () => {
    const { user, account, id } = await anOrder();
    const twin = (await place(db, user, { accountId: account })).order.id;
    const other = (await place(db, user, { accountId: account, quantity: 7 })).order.id;
    const attempt = await trading.begin(id);
    expect(await trading.begin(twin)).toBeNull();
    await trading.call('mark_unknown($1, $2)', [id, 'no answer for 3 s']);
    expect(await trading.begin(other)).toBeNull();
    await trading.call('finish_attempt($1, $2, null, null, $3)', [attempt, 'accepted', aNumber()]);
    expect(await trading.begin(twin)).not.toBeNull();
  });
});

describe('an answer', () => {
  test('that is late settles the unknown order', async () => {
    for (const [outcome, status] of [
      ['accepted', 'accepted'],
      ['rejected', 'rejected'],
      ['not_processed', 'rejected'],
    ] as const) {
      const { id } = await anOrder();
      const attempt = await trading.begin(id);
      expect((await trading.call('mark_unknown($1, $2)', [id, 'slow'])).order_status).toBe('unknown');
      expect(await reservation(id)).toBeDefined();
      const order = await trading.call('finish_attempt($1, $2, $3, $4, $5)', [
        attempt,
        outcome,
        'C1',
        'm',
        outcome === 'accepted' ? aNumber() : null,
      ]);
      expect(order.order_status, outcome).toBe(status);
    }
  });

  test('of acceptance only tells the number when a fill overtook it', async () => {
    const { id } = await anOrder();
    const attempt = await trading.begin(id);
    expect((await trading.fill(id, 10, 700_000)).order_status).toBe('executed');
    const number = aNumber();
    const order = await trading.call('finish_attempt($1, $2, null, null, $3, $4)', [attempt, 'accepted', number, '00950']);
    expect(order).toMatchObject({ order_status: 'executed', broker_order_id: number, broker_branch: '00950' });
  });

  test('of refusal for an order that is at work changes nothing and pages', async () => {
    const { id, user } = await anOrder();
    const attempt = await trading.begin(id);
    await trading.call('mark_unknown($1, $2)', [id, 'slow']);
    await trading.call('adopt_broker_order($1, $2, $3)', [id, aNumber(), '']);
    const order = await trading.call('finish_attempt($1, $2, $3, $4)', [attempt, 'rejected', 'C1', 'no']);
    expect(order.order_status).toBe('accepted');
    expect((await one(`select count(*)::int as n from notifications where user_id = $1 and kind = 'late_refusal'`, [user])).n).toBe(1);
  });

  test('given twice counts once', async () => {
    const { id } = await anOrder();
    const attempt = await trading.begin(id);
    const number = aNumber();
    await trading.call('finish_attempt($1, $2, null, null, $3)', [attempt, 'accepted', number]);
    const again = await trading.call('finish_attempt($1, $2, $3, $4)', [attempt, 'rejected', 'C1', 'no']);
    expect(again).toMatchObject({ order_status: 'accepted', broker_order_id: number });
  });

  test('with the number of another order pages once and leaves the order unknown', async () => {
    const first = await anAcceptedOrder();
    const { order } = await place(db, first.user, { accountId: first.account, quantity: 3 });
    const attempt = await trading.begin(order.id);
    const answered = await trading.call('finish_attempt($1, $2, null, null, $3)', [attempt, 'accepted', first.number]);
    expect(answered).toMatchObject({ order_status: 'unknown', broker_order_id: null });
    expect(await typesOf(order.id)).toContain('broker_number_taken');
  });
});

describe('a cancel', () => {
  const cancel = (user: string, id: string) =>
    db.asUser(user, async (client) => (await client.query('select cancel_order($1) as answer', [id])).rows[0].answer);

  test('of a pending order ends it at once and frees the money', async () => {
    const { user, id } = await anOrder();
    expect((await cancel(user, id)).order.order_status).toBe('cancelled');
    expect(await reservation(id)).toBeUndefined();
    expect(await trading.begin(id)).toBeNull();
  });

  test('of an unknown order is kept until a number is known, then it is work', async () => {
    const { user, account, id } = await anOrder();
    const attempt = await trading.begin(id);
    await trading.call('mark_unknown($1, $2)', [id, 'slow']);
    const { order } = await cancel(user, id);
    expect(order).toMatchObject({ order_status: 'unknown', cancel_requested_at: expect.any(String) });
    expect(await trading.begin(id, 'cancel')).toBeNull();
    await trading.call('finish_attempt($1, $2, null, null, $3)', [attempt, 'accepted', aNumber()]);
    const work = await db.pool.query('select id, order_status from work_of($1)', [account]);
    expect(work.rows).toEqual([{ id, order_status: 'accepted' }]);
    expect(await trading.begin(id, 'cancel')).not.toBeNull();
  });

  test('of a final order is refused as a value', async () => {
    const { user, id } = await anAcceptedOrder();
    await trading.fill(id, 10, 700_000);
    expect((await cancel(user, id)).denial).toEqual({ code: 'not_cancellable', numbers: { status: 'executed' } });
  });

  test('of somebody else’s order is not found', async () => {
    const { id } = await anOrder();
    expect(await refusalOf(cancel(await aTrader(db), id))).toMatchObject({ status: 404, code: 'order_not_found' });
  });

  test.each([
    { outcome: 'accepted', status: 'cancel_pending', isWished: true },
    { outcome: 'rejected', status: 'accepted', isWished: false },
    { outcome: 'not_processed', status: 'accepted', isWished: true },
    { outcome: 'unknown', status: 'cancel_pending', isWished: true },
  ])('answered $outcome leaves the order $status', async ({ outcome, status, isWished }) => {
    const { id, attempt } = await aCancelPendingOrder();
    const order = await trading.call('finish_attempt($1, $2, $3, $4)', [attempt, outcome, 'C', 'm']);
    expect(order).toMatchObject({ order_status: status, outcome_unknown: outcome === 'unknown' });
    expect(order.cancel_requested_at !== null).toBe(isWished);
    expect(await reservation(id)).toBeDefined();
  });

  test('that a full fill overtakes ends as executed', async () => {
    const { id } = await aCancelPendingOrder();
    expect((await trading.fill(id, 10, 700_000)).order_status).toBe('executed');
    expect((await trading.call('settle_order($1, $2, $3)', [id, 'cancelled', 0])).order_status).toBe('executed');
  });

  test('keeps its wish over a partial fill and is not doubled within ten seconds', async () => {
    const { id, attempt } = await aCancelPendingOrder();
    await trading.call('finish_attempt($1, $2)', [attempt, 'accepted']);
    expect(await trading.fill(id, 4, 280_000)).toMatchObject({ order_status: 'partially_filled', cancel_requested_at: expect.any(String) });
    expect(await trading.begin(id, 'cancel')).toBeNull();
    const order = await trading.call('settle_order($1, $2, $3)', [id, 'cancelled', 6]);
    expect(order).toMatchObject({ order_status: 'cancelled', cum_quantity: 4, cancelled_quantity: 6 });
    expect(await reservation(id)).toBeUndefined();
  });

  test('that the broker refuses leaves the order as it was', async () => {
    const { id } = await aCancelPendingOrder();
    await trading.fill(id, 4, 280_000);
    expect(await trading.call('settle_order($1, $2)', [id, 'previous'])).toMatchObject({ order_status: 'partially_filled' });
  });
});

describe('the broker’s cumulative truth', () => {
  const positionOf = (account: string) =>
    one(
      `select quantity::int, sellable_quantity::int as sellable, reserved_quantity::int as reserved, purchase_amount::float as cost,
         realized_pnl::float as pnl, bought_today::int as bought, sold_today::int as sold from real_positions where broker_account_id = $1`,
      [account],
    );

  test('books increments, whatever order and repetition they come in', async () => {
    const { account, id } = await anAcceptedOrder();
    for (const [quantity, amount] of [
      [3, 210_000],
      [3, 210_000],
      [7, 489_000],
      [3, 210_000],
      [10, 698_000],
      [7, 489_000],
    ] as const)
      await trading.fill(id, quantity, amount);
    const { rows } = await db.pool.query(
      'select quantity::int, amount::float, cum_quantity_after::int as after from executions where order_id = $1 order by 3',
      [id],
    );
    expect(rows).toEqual([
      { quantity: 3, amount: 210_000, after: 3 },
      { quantity: 4, amount: 279_000, after: 7 },
      { quantity: 3, amount: 209_000, after: 10 },
    ]);
    expect(await orderNow(id)).toMatchObject({
      order_status: 'executed',
      cum_quantity: '10',
      cum_amount: '698000.00',
      executed_price: '69800.0000',
    });
    expect(await positionOf(account)).toEqual({ quantity: 10, sellable: 10, reserved: 0, cost: 698_000, pnl: 0, bought: 10, sold: 0 });
    expect(await reservation(id)).toBeUndefined();
  });

  test('shrinks the reservation with each fill', async () => {
    const { id } = await anAcceptedOrder();
    await trading.fill(id, 4, 270_000);
    expect(await reservation(id)).toEqual({ quantity: 6, amount: 420_000 });
  });

  test('sells at average cost in whole won, the last share takes the rest', async () => {
    const { account, id, user } = await anAcceptedOrder({ side: 'sell', quantity: 2, held: 3 });
    await db.pool.query('update real_positions set purchase_amount = 200000 where broker_account_id = $1', [account]);
    expect((await positionOf(account)).reserved).toBe(2);
    await trading.fill(id, 1, 70_000);
    expect(await positionOf(account)).toMatchObject({ quantity: 2, sellable: 2, reserved: 1, cost: 133_333, pnl: 3_333 });
    await trading.fill(id, 2, 140_000);
    expect(await positionOf(account)).toMatchObject({ quantity: 1, reserved: 0, cost: 66_666, pnl: 6_666 }); // 133,333 ÷ 2 rounds up
    const last = await place(db, user, { accountId: account, side: 'sell', quantity: 1 });
    await trading.accept(last.order.id, aNumber());
    await trading.fill(last.order.id, 1, 70_000);
    expect(await positionOf(account)).toMatchObject({ quantity: 0, cost: 0, pnl: 10_000, sold: 3 });
  });

  test.each([
    { why: 'more than was ordered', quantity: 11, amount: 770_000, type: 'overfilled' },
    { why: 'a negative quantity', quantity: -1, amount: 0, type: 'bad_fill' },
    { why: 'a negative amount', quantity: 5, amount: -1, type: 'bad_fill' },
    { why: 'a fraction of a won', quantity: 5, amount: 350_000.5, type: 'bad_fill' },
  ])('$why is recorded, pages and books nothing', async ({ quantity, amount, type }) => {
    const { id, user } = await anAcceptedOrder();
    await trading.fill(id, 2, 140_000);
    expect(await trading.fill(id, quantity, amount)).toMatchObject({
      cum_quantity: 2,
      cum_amount: 140_000,
      order_status: 'partially_filled',
    });
    expect(await typesOf(id)).toContain(type);
    expect((await one('select count(*)::int as n from notifications where user_id = $1 and kind = $2', [user, type])).n).toBe(1);
  });

  test('a fill of an order that was never sent is not believed', async () => {
    const { id } = await anOrder();
    expect(await trading.fill(id, 5, 350_000)).toMatchObject({ order_status: 'pending', cum_quantity: 0 });
    expect(await typesOf(id)).toContain('fill_of_unsent_order');
  });

  test('an amount that comes after its quantity belongs to the last increment', async () => {
    const { account, id } = await anAcceptedOrder();
    await trading.fill(id, 4, null, 'notice');
    expect(await trading.fill(id, 4, 280_000)).toMatchObject({ cum_amount: 280_000, order_status: 'partially_filled' });
    expect(await one('select amount::float from executions where order_id = $1', [id])).toEqual({ amount: 280_000 });
    expect(await positionOf(account)).toMatchObject({ quantity: 4, cost: 280_000 });
  });

  test('notices never add to it; an inquiry takes the estimate back', async () => {
    const { id } = await anAcceptedOrder();
    expect(await trading.call('apply_notice($1, $2)', [id, 6])).toMatchObject({ provisional_quantity: 6, cum_quantity: 0 });
    expect(await trading.fill(id, 4, 280_000)).toMatchObject({ provisional_quantity: 2, cum_quantity: 4 });
    expect(await trading.call('apply_notice($1, $2)', [id, 99])).toMatchObject({ provisional_quantity: 6 });
  });

  test('re-opens NOT_FOUND, keeps its money held again, and pages', async () => {
    const { id, user } = await anOrder();
    await trading.begin(id);
    await trading.call('mark_unknown($1, $2)', [id, 'slow']);
    await trading.call('settle_order($1, $2, null, $3, $4)', [id, 'rejected', 'reconciler', { code: 'NOT_FOUND' }]);
    expect(await orderNow(id)).toMatchObject({ order_status: 'rejected', broker_code: 'NOT_FOUND' });
    expect(await reservation(id)).toBeUndefined();
    expect((await trading.fill(id, 4, 280_000)).order_status).toBe('partially_filled');
    expect(await reservation(id)).toEqual({ quantity: 6, amount: 420_000 });
    expect((await one(`select count(*)::int as n from notifications where user_id = $1 and kind = 'order_reopened'`, [user])).n).toBe(1);
  });

  test('never re-opens what the broker itself refused', async () => {
    const { id } = await anOrder();
    const attempt = await trading.begin(id);
    await trading.call('finish_attempt($1, $2, $3, $4)', [attempt, 'rejected', 'APBK0918', 'no']);
    expect(await trading.fill(id, 4, 280_000)).toMatchObject({ order_status: 'rejected', cum_quantity: 0 });
  });

  test('of a cancelled order: a late fill that still fits stays cancelled, one that does not brings it back', async () => {
    const { id } = await anAcceptedOrder();
    await trading.call('settle_order($1, $2, $3)', [id, 'cancelled', 6]);
    expect(await trading.fill(id, 4, 280_000)).toMatchObject({ order_status: 'cancelled', cum_quantity: 4 });
    expect(await trading.fill(id, 5, 350_000)).toMatchObject({ order_status: 'partially_filled', cancelled_quantity: 0 });
    expect(await reservation(id)).toMatchObject({ quantity: 5 });
    expect((await trading.fill(id, 10, 700_000)).order_status).toBe('executed');
  });

  test('of an adopted order that the list shows at work re-opens it', async () => {
    const { id, number } = await anAcceptedOrder();
    await trading.call('settle_order($1, $2)', [id, 'expired']);
    expect(await trading.call('adopt_broker_order($1, $2, $3, $4)', [id, number, '', {}])).toMatchObject({ order_status: 'accepted' });
    expect(await reservation(id)).toMatchObject({ quantity: 10 });
  });

  test('the end of the day expires what is left, once', async () => {
    const { account, id, user } = await anAcceptedOrder();
    const pending = (await place(db, user, { accountId: account, quantity: 3 })).order.id;
    const { day } = await one('select private.seoul_day()::text as day');
    expect(await trading.call<number>('expire_day($1, $2)', [account, day])).toBe(2);
    expect(await trading.call<number>('expire_day($1, $2)', [account, day])).toBe(0);
    for (const orderId of [id, pending]) expect((await orderNow(orderId)).order_status).toBe('expired');
    expect((await one('select count(*)::int as n from reservations where broker_account_id = $1', [account])).n).toBe(0);
  });

  test('the event chain of every account stays whole through all of this', async () => {
    const { rows } = await db.pool.query(
      `select h.account_id, private.first_broken_event(h.account_id) as broken from private.event_heads h`,
    );
    expect(rows.length).toBeGreaterThan(20);
    // The one the tampering test broke on purpose.
    expect(rows.filter((row) => row.broken !== null).length).toBeLessThanOrEqual(1);
  });
});

describe('cash', () => {
  const freeCash = async (account: string) =>
    Number((await one('select private.free_cash(a) as cash from broker_accounts a where id = $1', [account])).cash);

  test('is the broker’s figure less what the broker had not seen when it was asked', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user, { cash: 2_000_000 });
    const first = await place(db, user, { accountId: account }); // 700,000
    expect(await freeCash(account)).toBe(1_300_000);
    await trading.accept(first.order.id, aNumber());
    expect(await freeCash(account), 'acknowledged after the balance was asked').toBe(1_300_000);
    await trading.call('put_balance($1, 2000000, 2000000, 2000000, 1300000, 2000000, now())', [account]);
    expect(await freeCash(account), 'the new balance has the order in it').toBe(1_300_000);
    await trading.fill(first.order.id, 10, 700_000);
    expect(await freeCash(account), 'a fill of a known order takes nothing twice').toBe(1_300_000);
    const second = await place(db, user, { accountId: account });
    await trading.accept(second.order.id, aNumber());
    await trading.fill(second.order.id, 10, 690_000);
    expect(await freeCash(account), 'filled at 690,000 since the balance').toBe(610_000);
  });

  test('an answer that was asked for before the last one is dropped', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user, { cash: 500 });
    await trading.call(`put_balance($1, 9, 9, 9, 9, 9, now() - interval '1 minute')`, [account]);
    expect(await freeCash(account)).toBe(500);
  });
});

describe('holdings', () => {
  const read = (account: string, quantity: number, sellable = quantity) =>
    trading.call('put_holding($1, $2, $3, $4, $5, $6, 0, 0, $7)', [
      account,
      SHARE.code,
      '시험전자',
      quantity,
      sellable,
      quantity * 60_000,
      71_000,
    ]);
  test('are adopted when nothing of ours touched the symbol', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    expect(await read(account, 5)).toMatchObject({
      quantity: 5,
      sellable_quantity: 5,
      purchase_amount: 300_000,
      profit_loss: 55_000,
      avg_price: 60_000,
    });
    expect(await read(account, 0)).toMatchObject({ quantity: 0, avg_price: null });
  });

  test('keep our working sale sellable once: by reservation, not twice', async () => {
    const { account, user } = await anAcceptedOrder({ side: 'sell', quantity: 4, held: 10 });
    expect(await read(account, 10, 6)).toMatchObject({ sellable_quantity: 10, reserved_quantity: 4 });
    const denial = (await place(db, user, { accountId: account, side: 'sell', quantity: 7 })).denial;
    expect(denial).toEqual({ code: 'insufficient_shares', numbers: { quantity: 7, sellable: 6 } });
  });
});

describe('an order made elsewhere', () => {
  const foreign = (more: object = {}) => ({
    broker_order_id: aNumber(),
    stock_code: SHARE.code,
    side: 'buy',
    quantity: 10,
    price: 70_000,
    cum_quantity: 0,
    cum_amount: 0,
    cancelled_quantity: 0,
    ...more,
  });

  test('is adopted once, counts against the limits and leaves holdings to the broker’s list', async () => {
    const user = await aTrader(db, { dailyTradeLimit: 1_000_000 });
    const account = await anAccount(db, user);
    const order = foreign({ cum_quantity: 4, cum_amount: 280_000 });
    const id = await trading.call<string>('adopt_external($1, $2)', [account, order]);
    expect(
      await trading.call('adopt_external($1, $2)', [account, { ...order, cum_quantity: 6, cum_amount: 420_000, cancelled_quantity: 4 }]),
    ).toBe(id);
    expect(await orderNow(id)).toMatchObject({ origin: 'external', order_status: 'cancelled', cum_quantity: '6' });
    expect((await one('select count(*)::int as n from real_positions where broker_account_id = $1', [account])).n).toBe(0);
    expect((await place(db, user, { accountId: account })).denial).toMatchObject({
      code: 'daily_amount_limit',
      numbers: { used: 420_000 },
    });
  });

  test('is not adopted while it may be one of ours', async () => {
    const { account, id } = await anOrder();
    await trading.begin(id);
    expect(await trading.call('adopt_external($1, $2)', [account, foreign()])).toBeNull();
    expect(await trading.call('adopt_external($1, $2)', [account, foreign({ quantity: 11 })])).not.toBeNull();
  });
});

describe('an unknown order', () => {
  const resolve = (user: string, id: string, number: string | null) =>
    db.asUser(
      user,
      async (client) =>
        (await client.query('select resolve_unknown($1, $2, $3) as answer', [id, number, 'looked it up'])).rows[0].answer.order,
    );

  test('with several candidates is settled by its owner with one of them, audited', async () => {
    const { id, user } = await anOrder();
    await trading.begin(id);
    await trading.call('mark_unknown($1, $2)', [id, 'slow']);
    const [a, b] = [aNumber(), aNumber()];
    await trading.call('set_candidates($1, $2)', [id, JSON.stringify([{ brokerOrderId: a }, { brokerOrderId: b }])]);
    expect(await refusalOf(resolve(user, id, '9999999999'))).toMatchObject({ code: 'invalid_input' });
    expect(await refusalOf(resolve(await aTrader(db), id, a))).toMatchObject({ status: 404 });
    expect(await resolve(user, id, b)).toMatchObject({ order_status: 'accepted', broker_order_id: b });
    expect((await one(`select count(*)::int as n from audit_log where action = 'order.resolve_unknown' and subject_id = $1`, [id])).n).toBe(
      1,
    );
    expect(await refusalOf(resolve(user, id, a))).toMatchObject({ code: 'order_not_unknown' });
  });

  test('said not to have been placed frees the money, and can be proved wrong', async () => {
    const { id, user } = await anOrder();
    await trading.begin(id);
    await trading.call('mark_unknown($1, $2)', [id, 'slow']);
    expect(await resolve(user, id, null)).toMatchObject({ order_status: 'rejected', broker_code: 'NOT_FOUND' });
    expect(await reservation(id)).toBeUndefined();
    expect((await trading.call('adopt_broker_order($1, $2, $3)', [id, aNumber(), ''])).order_status).toBe('accepted');
  });
});

describe('the trading service’s refusal', () => {
  test('denies a pending order with code and numbers, and leaves a sent one alone', async () => {
    const { id } = await anOrder();
    expect(await trading.call('deny_order($1, $2, $3)', [id, 'collar', { price: 1 }])).toMatchObject({
      order_status: 'denied',
      denial: { code: 'collar', numbers: { price: 1 } },
    });
    expect(await reservation(id)).toBeUndefined();
    const sent = await anAcceptedOrder();
    expect((await trading.call('deny_order($1, $2)', [sent.id, 'collar'])).order_status).toBe('accepted');
  });
});
