import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isDenialCode } from '#domain/risk/denials.ts';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, type OrderInput, openMarket, place, refusalOf, SHARE } from './arrange.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
});
afterAll(() => db?.drop());

const count = async (sql: string, values: unknown[]) => Number((await db.pool.query(`select count(*) from ${sql}`, values)).rows[0].count);

test('sells by hand have an upper bound a day; what stops and strategies sell does not count', async () => {
  const user = await aTrader(db);
  const account = await anAccount(db, user);
  const sells = (count: number, origin: string) =>
    db.pool.query(
      `insert into real_orders (user_id, broker_account_id, stock_code, order_type, order_status, quantity, price, price_type, order_day, origin)
       select $1, $2, $3, 'sell', 'pending', 1, $4, 'limit', private.seoul_day(), $5 from generate_series(1, $6)`,
      [user, account, SHARE.code, SHARE.base, origin, count],
    );
  await sells(2_999, 'user');
  await sells(10, 'stop');
  const sell = () => place(db, user, { accountId: account, side: 'sell' });
  expect((await sell()).denial?.code).toBe('insufficient_shares');
  await sells(1, 'user');
  expect((await place(db, user, { accountId: account })).denial).toBeNull();
  await db.pool.query('select put_holding($1, $2, $3, 10, 10, 700000, 0, 0, 70000)', [account, SHARE.code, '시험전자']);
  await db.pool.query('select put_holding($1, $2, $3, 10, 10, 700000, 0, 0, 70000)', [account, SHARE.code, '시험전자']);
  expect((await refusalOf(sell())).code).toBe('rate_limited');
});

describe('an accepted order', () => {
  test('is one row, one reservation, one event and one wake-up job', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user, { feeRate: 0.00014053 });
    const { order, denial, replayed } = await place(db, user, { accountId: account });
    expect(denial).toBeNull();
    expect(replayed).toBe(false);
    expect(order).toMatchObject({
      order_status: 'pending',
      quantity: 10,
      price: 70_000,
      stock_name: '시험전자',
      origin: 'user',
      is_entry: true,
    });
    const reservation = (await db.pool.query('select * from reservations where order_id = $1', [order.id])).rows[0];
    expect(reservation).toMatchObject({ unit_price: '70000.0000', amount: '700099.00', quantity: '10' }); // fee 98.37… rounded up
    expect((await db.pool.query('select type, source, to_status from order_events where order_id = $1', [order.id])).rows).toEqual([
      { type: 'placed', source: 'user', to_status: 'pending' },
    ]);
    expect(await count('graphile_worker.jobs where key = $1', [`wake:${account}`])).toBe(1);
  });

  test('at the market holds the upper limit', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    const { order } = await place(db, user, { accountId: account, priceType: 'market', quantity: 3 });
    expect((await db.pool.query('select amount::int from reservations where order_id = $1', [order.id])).rows[0].amount).toBe(
      3 * SHARE.upper,
    );
  });

  test('reserved for later waits for the next session to take orders', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    await db.pool.query(`insert into market_calendar (day, session, order_from, open_at, close_at, source)
      values (private.seoul_day() + 1, 'regular', now() + interval '20 hours', now() + interval '20 hours', now() + interval '26 hours', 'test')`);
    const sendAt = new Date(Date.now() + 8 * 3_600_000).toISOString(); // after today's close
    const { order, denial } = await place(db, user, { accountId: account, sendAt });
    expect(denial).toBeNull();
    const { rows } = await db.pool.query(
      `select o.send_at = c.order_from as is_at_open, o.order_day = c.day as is_next_day, (select count(*)::int from work_of($2)) as work
       from real_orders o, market_calendar c where o.id = $1 and c.day = private.seoul_day() + 1`,
      [order.id, account],
    );
    expect(rows[0]).toEqual({ is_at_open: true, is_next_day: true, work: 0 });
    await db.pool.query('delete from market_calendar where day = private.seoul_day() + 1');
  });
});

describe('the same intent key', () => {
  test('with the same body gives the stored answer, also of a denied order', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    for (const quantity of [10, 0]) {
      const input = { accountId: account, intentKey: randomUUID(), quantity };
      const first = await place(db, user, input);
      const second = await place(db, user, input);
      expect(second).toEqual({ ...first, replayed: true });
      expect(await count('real_orders where intent_key = $1', [input.intentKey])).toBe(1);
    }
  });

  test('with another body is a conflict', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    const intentKey = randomUUID();
    await place(db, user, { accountId: account, intentKey, bodyHash: 'one' });
    expect(await refusalOf(place(db, user, { accountId: account, intentKey, bodyHash: 'two' }))).toMatchObject({
      status: 422,
      code: 'intent_conflict',
    });
  });

  test('twenty times at once is one order', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    const input = { accountId: account, intentKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => place(db, user, input)));
    expect(new Set(answers.map((answer) => answer.order.id)).size).toBe(1);
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1);
  });
});

describe('a refusal', () => {
  const cases: readonly (Partial<OrderInput> & { code: string; numbers?: object; why: string })[] = [
    { code: 'unknown_symbol', stockCode: 'ZZZZZZ', why: 'a code nobody lists' },
    { code: 'unknown_symbol', stockCode: '', why: 'an empty code' },
    { code: 'invalid_quantity', quantity: 0, numbers: { quantity: 0 }, why: 'no shares' },
    { code: 'invalid_quantity', quantity: -5, numbers: { quantity: -5 }, why: 'negative shares' },
    { code: 'invalid_quantity', quantity: 1.5, numbers: { quantity: 1.5 }, why: 'a fraction of a share' },
    { code: 'invalid_quantity', quantity: 1_000_000_001, why: 'more than a thousand million' },
    { code: 'invalid_quantity', quantity: '9223372036854775808', why: 'more than a bigint holds' },
    { code: 'invalid_quantity', quantity: `1${'0'.repeat(300)}`, why: 'a number of 301 digits' },
    { code: 'invalid_quantity', quantity: 'NaN', why: 'not a number' },
    { code: 'invalid_quantity', quantity: 'Infinity', why: 'infinity' },
    { code: 'invalid_quantity', quantity: null, why: 'no quantity' },
    { code: 'invalid_price', price: 0, why: 'a price of nothing' },
    { code: 'invalid_price', price: -100, why: 'a negative price' },
    { code: 'invalid_price', price: 70_000.5, why: 'half a won' },
    { code: 'invalid_price', price: null, why: 'a limit order without a price' },
    { code: 'invalid_price', price: `1${'0'.repeat(300)}`, why: 'a price of 301 digits' },
    { code: 'invalid_price', price: 'NaN', why: 'a price that is not a number' },
    { code: 'invalid_price', priceType: 'market', price: 70_000, why: 'a market order with a price' },
    { code: 'off_tick', price: 70_050, numbers: { price: 70_050, tick: 100, below: 70_000, above: 70_100 }, why: 'between two ticks' },
    { code: 'outside_price_limits', price: 91_100, numbers: { price: 91_100, lower: 49_000, upper: 91_000 }, why: 'above the upper limit' },
    { code: 'outside_price_limits', price: 48_950, why: 'below the lower limit' },
    { code: 'price_type_unsupported', priceType: 'best', price: null, why: 'a type we do not send yet' },
    { code: 'insufficient_cash', quantity: 1_000_000_000, price: 90_000, why: 'more than anybody has' },
    { code: 'insufficient_shares', side: 'sell', numbers: { quantity: 10, sellable: 0 }, why: 'selling what is not held' },
  ];
  test.each(cases)('$code: $why', async ({ code, numbers, why: _why, ...input }) => {
    const user = await aTrader(db, { dailyTradeLimit: 9e15, maxPositionSize: 9e15 });
    const account = await anAccount(db, user);
    const { order, denial } = await place(db, user, { accountId: account, ...input });
    expect(denial?.code).toBe(code);
    if (numbers) expect(denial?.numbers).toEqual(numbers);
    expect(isDenialCode(code)).toBe(true);
    expect(order).toMatchObject({ order_status: 'denied', denial_code: code });
    expect(await count('reservations where order_id = $1', [order.id])).toBe(0);
    expect(await count('graphile_worker.jobs where key = $1', [`wake:${account}`])).toBe(0);
  });

  test.each([
    { why: 'a side that is neither', input: { side: 'short' } },
    { why: 'no side', input: { side: null } },
    { why: 'an unknown price type', input: { priceType: 'magic', price: null } },
    { why: 'no intent key', input: { intentKey: null } },
    { why: 'no body hash', input: { bodyHash: null } },
    { why: 'a code of 21 characters', input: { stockCode: 'A'.repeat(21) } },
  ])('keeps no row for $why', async ({ input }) => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    expect(await refusalOf(place(db, user, { accountId: account, ...input }))).toMatchObject({ status: 422, code: 'invalid_input' });
    expect(await count('real_orders where broker_account_id = $1', [account])).toBe(0);
  });

  test('keeps no row for somebody else’s account, nor for one that does not exist', async () => {
    const [owner, stranger] = [await aTrader(db), await aTrader(db)];
    const account = await anAccount(db, owner);
    for (const accountId of [account, randomUUID()]) {
      expect(await refusalOf(place(db, stranger, { accountId }))).toMatchObject({ status: 404, code: 'account_not_found' });
    }
    expect(await count('real_orders where user_id = $1', [stranger])).toBe(0);
  });

  test.each([
    { code: 'limits_expired', set: `limits_expire_at = now() - interval '1 second'` },
    { code: 'daily_order_limit', set: 'daily_order_limit = 0' },
    { code: 'daily_amount_limit', set: 'daily_trade_limit = null' },
    { code: 'position_limit', set: 'max_position_size = null' },
    { code: 'permission_missing', set: 'can_paper_trade = false' },
  ])('$code: $set', async ({ code, set }) => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    await db.pool.query(`update trading_permissions set ${set} where user_id = $1`, [user]);
    expect((await place(db, user, { accountId: account })).denial?.code).toBe(code);
  });

  test.each([
    { code: 'account_unverified', set: 'environment_verified_at = null' },
    { code: 'account_unverified', set: 'is_active = false' },
  ])('$code: $set', async ({ code, set }) => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    await db.pool.query(`update broker_accounts set ${set} where id = $1`, [account]);
    expect((await place(db, user, { accountId: account })).denial?.code).toBe(code);
  });

  test('without a balance nothing is bought', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user, { cash: null });
    expect((await place(db, user, { accountId: account })).denial).toEqual({
      code: 'insufficient_cash',
      numbers: { needed: 700_000, available: null },
    });
  });

  test('yesterday’s price limits are good for no buy, and keep nobody from selling', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    await db.pool.query(
      `insert into real_positions (user_id, broker_account_id, stock_code, quantity, sellable_quantity) values ($1, $2, $3, 10, 10)`,
      [user, account, SHARE.code],
    );
    await db.pool.query(`update instruments set price_day = price_day - 1 where stock_code = $1`, [SHARE.code]);
    const buy = await place(db, user, { accountId: account });
    const sell = await place(db, user, { accountId: account, side: 'sell' });
    await db.pool.query(`update instruments set price_day = price_day + 1 where stock_code = $1`, [SHARE.code]);
    expect(buy.denial?.code).toBe('no_quote');
    expect(sell.denial).toBeNull();
  });
});

describe('switches, halts and sessions', () => {
  const withChange = async <T>(change: string, undo: string, work: () => Promise<T>): Promise<T> => {
    await db.pool.query(change);
    try {
      return await work();
    } finally {
      await db.pool.query(undo);
    }
  };
  const holder = async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    await db.pool.query(
      `insert into real_positions (user_id, broker_account_id, stock_code, quantity, sellable_quantity) values ($1, $2, $3, 100, 100)`,
      [user, account, SHARE.code],
    );
    return { user, account };
  };

  test('orders that are switched off are refused for both sides', async () => {
    const { user, account } = await holder();
    const codes = await withChange(
      'update platform_settings set orders_enabled = false',
      'update platform_settings set orders_enabled = true',
      async () => [
        (await place(db, user, { accountId: account })).denial?.code,
        (await place(db, user, { accountId: account, side: 'sell' })).denial?.code,
      ],
    );
    expect(codes).toEqual(['orders_disabled', 'orders_disabled']);
  });

  test.each([
    { level: 'pause_entries', buy: 'halted', sell: null },
    { level: 'reduce_only', buy: 'halted', sell: null },
    { level: 'halt', buy: 'halted', sell: 'halted' },
  ])('$level on platform, broker or user stops buys; sales only at halt', async ({ level, buy, sell }) => {
    const { user, account } = await holder();
    for (const [scope, scopeId] of [
      ['platform', ''],
      ['broker', 'kis'],
      ['user', user],
    ] as const) {
      const answers = await withChange(
        `insert into trading_halts (scope, scope_id, level) values ('${scope}', '${scopeId}', '${level}')`,
        'delete from trading_halts',
        async () => [
          (await place(db, user, { accountId: account })).denial,
          (await place(db, user, { accountId: account, side: 'sell', quantity: 1 })).denial,
        ],
      );
      expect(answers[0]).toEqual({ code: buy, numbers: { level, scope } });
      expect(answers[1]?.code ?? null).toBe(sell);
    }
  });

  test('somebody else’s halt stops nobody else', async () => {
    const { user, account } = await holder();
    const other = await aTrader(db);
    const { denial } = await withChange(
      `insert into trading_halts (scope, scope_id, level) values ('user', '${other}', 'halt'), ('broker', 'ls', 'halt')`,
      'delete from trading_halts',
      () => place(db, user, { accountId: account }),
    );
    expect(denial).toBeNull();
  });

  test('a closed market refuses and tells when it takes orders again', async () => {
    const { user, account } = await holder();
    const { denial } = await withChange(
      `update market_calendar set order_from = now() + interval '1 hour', open_at = now() + interval '1 hour'`,
      `update market_calendar set order_from = now() - interval '1 hour', open_at = now() - interval '1 hour'`,
      () => place(db, user, { accountId: account }),
    );
    expect(denial?.code).toBe('market_closed');
    expect(Date.parse(denial?.numbers.next_order_from as string)).toBeGreaterThan(Date.now());
  });

  test('a day without a row takes no order', async () => {
    const { user, account } = await holder();
    const { denial } = await withChange('update market_calendar set is_open = false', 'update market_calendar set is_open = true', () =>
      place(db, user, { accountId: account }),
    );
    expect(denial).toEqual({ code: 'market_closed', numbers: { next_order_from: null } });
  });
});

describe('real money', () => {
  test('needs the right, the switch and this very session to be armed', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user, { isPaper: false });
    const session = { session_id: 'session-1' };
    const code = async (claims = session) => (await place(db, user, { accountId: account }, claims)).denial?.code ?? null;
    expect(await code()).toBe('permission_missing');
    await db.pool.query('update trading_permissions set can_real_trade = true where user_id = $1', [user]);
    expect(await code()).toBe('real_not_armed');
    await db.pool.query(
      `insert into trading_arms (user_id, session_id, expires_at) values ($1, 'session-1', now() + interval '30 minutes')`,
      [user],
    );
    expect(await code({ session_id: 'session-2' })).toBe('real_not_armed');
    expect(await code()).toBeNull();
    await db.pool.query('update platform_settings set real_enabled = false');
    expect(await code()).toBe('real_disabled');
    await db.pool.query('update platform_settings set real_enabled = true');
    await db.pool.query(`update trading_arms set expires_at = now() - interval '1 second' where user_id = $1`, [user]);
    expect(await code()).toBe('real_not_armed');
  });

  test('is counted apart from paper', async () => {
    const user = await aTrader(db, { dailyOrderLimit: 1 });
    const [paper, real] = [await anAccount(db, user), await anAccount(db, user, { isPaper: false })];
    await db.pool.query('update trading_permissions set can_real_trade = true where user_id = $1', [user]);
    await db.pool.query(`insert into trading_arms (user_id, session_id, expires_at) values ($1, 's', now() + interval '30 minutes')`, [
      user,
    ]);
    const codes = [];
    for (const accountId of [paper, real, paper, real])
      codes.push((await place(db, user, { accountId }, { session_id: 's' })).denial?.code ?? null);
    expect(codes).toEqual([null, null, 'daily_order_limit', 'daily_order_limit']);
  });
});

describe('a hundred orders at once where ten fit', () => {
  const limits = [
    { name: 'daily_order_limit', options: { dailyOrderLimit: 10 }, code: 'daily_order_limit' },
    { name: 'daily_trade_limit', options: { dailyTradeLimit: 10 * 700_000 }, code: 'daily_amount_limit' },
    { name: 'max_position_size', options: { maxPositionSize: 10 * 700_000 }, code: 'position_limit' },
    { name: 'cash of one account', options: {}, cash: 10 * 700_000, code: 'insufficient_cash' },
  ];
  test.each(limits)('let exactly ten through: $name', async ({ options, cash, code }) => {
    const user = await aTrader(db, options);
    // Two accounts, except where the limit is one account's cash; two connection pools besides the test's own.
    const accounts = cash === undefined ? [await anAccount(db, user), await anAccount(db, user)] : [await anAccount(db, user, { cash })];
    const pools = [0, 1].map(() => survivingLoss(new pg.Pool({ connectionString: db.url(), max: 10 })));
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const client = await (pools[n % 2] as pg.Pool).connect();
        try {
          await client.query('begin');
          await client.query(`select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)`, [
            JSON.stringify({ sub: user, role: 'authenticated' }),
          ]);
          const { rows } = await client.query(`select place_order($1, $2, 'buy', 10, 'limit', 70000, $3, 'b', true) as placed`, [
            accounts[n % accounts.length],
            SHARE.code,
            randomUUID(),
          ]);
          await client.query('commit');
          return rows[0].placed.denial?.code ?? 'accepted';
        } finally {
          client.release();
        }
      }),
    );
    await Promise.all(pools.map((pool) => pool.end()));
    expect(answers.filter((answer) => answer === 'accepted')).toHaveLength(10);
    expect(answers.filter((answer) => answer === code)).toHaveLength(90);
    expect(await count(`real_orders where user_id = $1 and order_status = 'pending'`, [user])).toBe(10);
  });

  test('would let more through without the lock: a slow check shows it', async () => {
    const slow = await createTestDatabase();
    await openMarket(slow);
    const definitionOf = async (name: string) =>
      (await slow.pool.query('select pg_get_functiondef($1::regproc) as sql', [name])).rows[0].sql as string;
    // The sums are taken, then it dawdles: whoever is not behind the lock decides on old figures.
    await slow.pool.query(
      (await definitionOf('private.limit_denial')).replace(/return null;(?![\s\S]*return null;)/, 'perform pg_sleep(0.03); return null;'),
    );
    const acceptedOf = async () => {
      const user = await aTrader(slow, { dailyOrderLimit: 4 });
      const accounts = await Promise.all(Array.from({ length: 8 }, () => anAccount(slow, user)));
      const answers = await Promise.all(accounts.map((accountId) => place(slow, user, { accountId })));
      return answers.filter((answer) => !answer.denial).length;
    };
    const locked = await acceptedOf();
    await slow.pool.query((await definitionOf('public.place_order')).replace(/perform 1 from public\.trading_permissions[^;]*;/, ''));
    const unlocked = await acceptedOf();
    await slow.drop();
    expect(locked).toBe(4);
    expect(unlocked).toBeGreaterThan(4);
  });
});
