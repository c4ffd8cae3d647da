import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, aTradingService, openMarket, place, SHARE, type TradingService } from './arrange.ts';

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

/** The same seed gives the same storm. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

test('people, sender and reconciler at once deadlock nobody, and the books balance afterwards', async () => {
  const user = await aTrader(db);
  const accounts = [await anAccount(db, user), await anAccount(db, user)];
  const orders: { id: string; quantity: number }[] = [];
  let number = 0;
  const actor = async (seed: number): Promise<void> => {
    const roll = dice(seed);
    for (let step = 0; step < 40; step++) {
      const account = accounts[roll(2)] as string;
      const order = orders[roll(orders.length)];
      const action = roll(9);
      if (action <= 2 || !order) {
        const side = roll(3) === 0 ? 'sell' : 'buy';
        const quantity = 1 + roll(20);
        const placed = await place(db, user, { accountId: account, side, quantity });
        if (!placed.denial) orders.push({ id: placed.order.id, quantity });
      } else if (action === 3) await db.asUser(user, (client) => client.query('select cancel_order($1)', [order.id]));
      else if (action === 4) {
        const attempt = await trading.begin(order.id, roll(3) === 0 ? 'cancel' : 'submit');
        const outcome = ['accepted', 'accepted', 'unknown', 'not_processed', 'rejected'][roll(5)];
        if (attempt !== null)
          await trading.call('finish_attempt($1, $2, null, null, $3)', [attempt, outcome, outcome === 'accepted' ? `N${number++}` : null]);
      } else if (action === 5) {
        const filled = 1 + roll(order.quantity);
        await trading.fill(order.id, filled, filled * 70_000);
      } else if (action === 6) await trading.call('settle_order($1, $2)', [order.id, ['cancelled', 'expired', 'previous'][roll(3)]]);
      else if (action === 7) await trading.call('put_balance($1, 1e12, 1e12, 1e12, 1e12, 1e12, now())', [account]);
      else await trading.call('adopt_broker_order($1, $2, $3)', [order.id, `N${number++}`, '']);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, n) => actor(n + 1)));

  const wrong = async (sql: string) => (await db.pool.query(sql)).rows;
  expect(orders.length).toBeGreaterThan(30);
  expect(await wrong('select 1 from executions')).not.toEqual([]);
  expect(
    await wrong(`select o.id from real_orders o where cum_quantity <> (select coalesce(sum(quantity), 0) from executions e where e.order_id = o.id)
    or cum_amount <> (select coalesce(sum(amount), 0) from executions e where e.order_id = o.id)`),
    'cum = Σ executions',
  ).toEqual([]);
  expect(
    await wrong(`select o.id, o.order_status, r.quantity from real_orders o left join reservations r on r.order_id = o.id
    where private.is_final(o.order_status) is distinct from (r.order_id is null)
       or r.quantity <> o.quantity - o.cum_quantity`),
    'what is not final, and only that, is reserved',
  ).toEqual([]);
  expect(
    await wrong(
      `select o.id from real_orders o where o.order_status <> (select e.to_status from order_events e where e.order_id = o.id order by seq desc limit 1)`,
    ),
    'the last event tells the state',
  ).toEqual([]);
  expect(
    await wrong(`select p.id from real_positions p where quantity <> (select sum(case side when 'buy' then e.quantity else -e.quantity end)
    from executions e where e.broker_account_id = p.broker_account_id and e.stock_code = '${SHARE.code}')`),
    'held = bought − sold',
  ).toEqual([]);
  expect(
    await wrong(`select p.id from real_positions p where reserved_quantity <> (select coalesce(sum(r.quantity), 0) from reservations r
    where r.broker_account_id = p.broker_account_id and r.side = 'sell')`),
    'reserved shares = Σ reservations',
  ).toEqual([]);
  expect(
    await wrong('select account_id from private.event_heads where private.first_broken_event(account_id) is not null'),
    'every chain is whole',
  ).toEqual([]);
  expect(
    await wrong(
      `select order_id from order_attempts where kind = 'submit' and outcome is distinct from 'not_processed' group by 1 having count(*) > 1`,
    ),
    'no order may have gone out twice',
  ).toEqual([]);
}, 60_000);
