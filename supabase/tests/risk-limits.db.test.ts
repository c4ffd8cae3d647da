import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, aTradingService, openMarket, place, refusalOf, SHARE, type TradingService } from './arrange.ts';

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

const setLimits = (as: string, of: string, limits: object): Promise<Record<string, number | null>> =>
  db.asUser(
    as,
    async (client) => (await client.query('select set_risk_limits($1, $2) as limits', [of, JSON.stringify(limits)])).rows[0].limits,
  );

describe('risk limits', () => {
  test('are tightened by their owner at once, and loosened by an administrator only', async () => {
    const [user, admin] = [await aTrader(db), await aTrader(db, { isAdmin: true })];
    expect(await setLimits(user, user, { max_order_amount: 1_000_000, collar_percent: 3 })).toMatchObject({
      max_order_amount: 1_000_000,
      collar_percent: 3,
      max_daily_loss: null,
    });
    expect(await setLimits(user, user, { max_order_amount: 500_000 })).toMatchObject({ max_order_amount: 500_000, collar_percent: 3 });
    for (const looser of [
      { max_order_amount: 500_001 },
      { max_order_amount: null },
      { collar_percent: 4 },
      { max_order_amount: 1, collar_percent: 4 },
    ]) {
      expect((await refusalOf(setLimits(user, user, looser))).code).toBe('limit_raise_needs_admin');
    }
    expect(await setLimits(admin, user, { max_order_amount: null, collar_percent: 10 })).toMatchObject({
      max_order_amount: null,
      collar_percent: 10,
    });
    const { rows } = await db.pool.query(`select actor_id from audit_log where action = 'limits.set' and subject_id = $1 order by id`, [
      user,
    ]);
    expect(rows.map((row) => row.actor_id)).toEqual([user, user, admin]);
  });

  test('of one’s own are not loosened by an administrator where there are two', async () => {
    const [admin] = [await aTrader(db, { isAdmin: true }), await aTrader(db, { isAdmin: true })];
    await setLimits(admin, admin, { max_order_amount: 10 });
    expect((await refusalOf(setLimits(admin, admin, { max_order_amount: 11 }))).code).toBe('four_eyes');
  });

  test('of others are nobody else’s business, and nonsense is refused', async () => {
    const [user, stranger] = [await aTrader(db), await aTrader(db)];
    expect((await refusalOf(setLimits(stranger, user, { max_order_amount: 1 }))).code).toBe('forbidden');
    expect((await refusalOf(db.asUser(stranger, (client) => client.query('select risk_limits($1)', [user])))).code).toBe('forbidden');
    for (const nonsense of [
      {},
      { can_real_trade: true },
      { max_order_amount: -1 },
      { max_order_amount: '1' },
      { max_order_amount: 1.5 },
      { collar_percent: 11 },
      { collar_percent: null },
      { max_volume_percent: 101 },
      { user_id: stranger },
    ]) {
      expect((await refusalOf(setLimits(user, user, nonsense))).code).toBe('invalid_input');
    }
  });
});

describe('the loss of a day', () => {
  /** 10 shares from yesterday at a base price of 70,000; the last price as given. */
  async function aDay(last: number) {
    await db.pool.query(
      `insert into quotes (stock_code, last_price) values ($1, $2) on conflict (feed, stock_code) do update set last_price = excluded.last_price`,
      [SHARE.code, last],
    );
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    await db.pool.query(
      `insert into real_positions (user_id, broker_account_id, stock_code, quantity, sellable_quantity, purchase_amount) values ($1, $2, $3, 10, 10, 1)`,
      [user, account, SHARE.code],
    );
    const result = async () =>
      Number((await db.pool.query('select private.day_result($1, true, private.seoul_day()) as won', [user])).rows[0].won);
    return { user, account, result };
  }
  const traded = async (user: string, account: string, side: string, quantity: number, amount: number) => {
    const { order } = await place(db, user, { accountId: account, side, quantity });
    await trading.accept(order.id, `L${order.id.slice(0, 8)}`);
    await trading.fill(order.id, quantity, amount);
  };

  test('is what the price took from what was held in the morning, whatever it once cost', async () => {
    const { result } = await aDay(69_000);
    expect(await result()).toBe(-10 * 1_000);
  });

  test('counts what was bought and sold today at its own prices', async () => {
    const { user, account, result } = await aDay(69_000);
    await traded(user, account, 'buy', 5, 5 * 70_500); // 5 × (69,000 − 70,500)
    await traded(user, account, 'sell', 8, 8 * 69_500); // 8 of the morning's: 8 × (69,500 − 70,000)
    expect(await result()).toBe(5 * (69_000 - 70_500) + 8 * (69_500 - 70_000) + 2 * (69_000 - 70_000));
  });

  test('stops buys from its limit on, and never a sale', async () => {
    const { user, account } = await aDay(69_000);
    await setLimits(user, user, { max_daily_loss: 10_001 });
    expect((await place(db, user, { accountId: account, quantity: 1 })).denial).toBeNull();
    await setLimits(user, user, { max_daily_loss: 10_000 });
    expect((await place(db, user, { accountId: account, quantity: 1 })).denial).toMatchObject({
      code: 'loss_limit',
      numbers: { loss: 10_000, limit: 10_000 },
    });
    expect((await place(db, user, { accountId: account, quantity: 1, side: 'sell', price: 90_000 })).denial).toBeNull();
  });
});

test('a second press of the same order is asked about; a confirmed one and the first one’s repeat go through', async () => {
  const user = await aTrader(db);
  const account = await anAccount(db, user);
  const wish = { accountId: account, allowDuplicate: false };
  const first = await place(db, user, { ...wish, intentKey: '6f1c2b9e-5a8d-4c1f-9d65-0d7d8f7f3a10' });
  expect(first.denial).toBeNull();
  expect((await place(db, user, { ...wish, intentKey: '6f1c2b9e-5a8d-4c1f-9d65-0d7d8f7f3a10' })).replayed).toBe(true);
  expect((await place(db, user, wish)).denial).toMatchObject({ code: 'duplicate_suspected' });
  expect((await place(db, user, { ...wish, price: 70_100 })).denial).toBeNull();
  expect((await place(db, user, { ...wish, allowDuplicate: true })).denial).toBeNull();
});
