import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, aTradingService, openMarket, place, refusalOf, type TradingService } from './arrange.ts';

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

const call = <T = Record<string, unknown>>(user: string, sql: string, values: unknown[] = []): Promise<T> =>
  db.asUser(user, async (client) => (await client.query(`select ${sql} as answer`, values)).rows[0].answer);
const one = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows[0];
const statusOf = async (id: string): Promise<string> =>
  (await one('select order_status from real_orders where id = $1', [id])).order_status;

describe('an administrator’s halt', () => {
  const halt = (by: string, of: string, level: string) => call(by, 'set_halt($1, $2, $3, $4)', ['user', of, level, 'why']);

  test.each(['pause_entries', 'halt'])('is not lifted by its person in two steps, by way of %s', async (step) => {
    const [admin, person] = [await aTrader(db, { isAdmin: true }), await aTrader(db)];
    await halt(admin, person, 'pause_entries');
    await halt(person, person, step); // stopping more is always allowed
    expect((await refusalOf(halt(person, person, 'none'))).code).toBe('forbidden');
    expect((await halt(admin, person, 'none')).level).toBe('none');
    await halt(person, person, 'halt');
    expect((await halt(person, person, 'none')).level).toBe('none');
  });

  test('is not lost to a person who says “none” at the same moment', async () => {
    const [admin, person] = [await aTrader(db, { isAdmin: true }), await aTrader(db)];
    const client = await db.pool.connect();
    try {
      await client.query('begin');
      await client.query(`select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)`, [
        JSON.stringify({ sub: admin, role: 'authenticated' }),
      ]);
      await client.query(`select set_halt('user', $1, 'halt', 'why')`, [person]);
      const lifting = refusalOf(halt(person, person, 'none'));
      await expect
        .poll(
          async () =>
            (await one(`select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`))
              .n,
        )
        .toBe(1);
      await client.query('commit');
      expect((await lifting).code).toBe('forbidden');
    } finally {
      client.release();
    }
    expect((await one(`select level from trading_halts where scope = 'user' and scope_id = $1`, [person])).level).toBe('halt');
  });
});

describe('nobody answered, so nobody says no', () => {
  async function aSentOrder() {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    const { id } = (await place(db, user, { accountId: account })).order;
    const attempt = await trading.begin(id);
    return { user, account, id, attempt };
  }
  const today = async () => (await one('select private.seoul_day()::text as day')).day as string;

  test.each(['rejected', 'expired'])('a send under way is not %s by somebody with an older picture', async (to) => {
    const { id } = await aSentOrder();
    await trading.call('settle_order($1, $2, 0, $3, $4)', [id, to, 'sender', { code: 'halted' }]);
    expect(await statusOf(id)).toBe('submitting');
    expect(await one('select quantity::int from reservations where order_id = $1', [id])).toEqual({ quantity: 10 });
  });

  test('an attempt that proved nothing was done may end in a refusal', async () => {
    const { id, attempt } = await aSentOrder();
    await trading.call('finish_attempt($1, $2, $3)', [attempt, 'not_processed', 'EGW00201']);
    await trading.call('settle_order($1, $2, 0, $3, $4)', [id, 'rejected', 'sender', { code: 'halted' }]);
    expect(await statusOf(id)).toBe('rejected');
  });

  test('the end of the day leaves a send under way and an unknown order alone, and their money held', async () => {
    const sending = await aSentOrder();
    const unknown = await aSentOrder();
    await trading.call('mark_unknown($1, $2)', [unknown.id, 'late']);
    for (const { account, id } of [sending, unknown]) {
      expect(await trading.call<number>('expire_day($1, $2)', [account, await today()])).toBe(0);
      expect(['submitting', 'unknown']).toContain(await statusOf(id));
      expect(await one('select quantity::int from reservations where order_id = $1', [id])).toEqual({ quantity: 10 });
    }
  });

  test('with a list that shows rows and no candidate the day ends an unknown order; with candidates a person does', async () => {
    const [gone, ambiguous] = [await aSentOrder(), await aSentOrder()];
    for (const { id } of [gone, ambiguous]) await trading.call('mark_unknown($1, $2)', [id, 'late']);
    await trading.call('set_candidates($1, $2)', [ambiguous.id, JSON.stringify([{ brokerOrderId: '1' }, { brokerOrderId: '2' }])]);
    expect(await trading.call<number>('expire_day($1, $2, true)', [gone.account, await today()])).toBe(1);
    expect(await trading.call<number>('expire_day($1, $2, true)', [ambiguous.account, await today()])).toBe(0);
    expect([await statusOf(gone.id), await statusOf(ambiguous.id)]).toEqual(['expired', 'unknown']);
  });

  test('the end of one day does not end another, whose list was not read', async () => {
    const { account, id } = await aSentOrder();
    await trading.call('expire_day($1, $2::date + 1)', [account, await today()]);
    expect(await statusOf(id)).toBe('submitting');
    const user = await aTrader(db);
    const other = await anAccount(db, user);
    const accepted = (await place(db, user, { accountId: other })).order.id;
    await trading.accept(accepted, '0000777777');
    await trading.call('expire_day($1, $2::date + 1)', [other, await today()]);
    expect(await statusOf(accepted)).toBe('accepted');
  });
});

test('keys of another account number do not replace those of an account with orders at work; new keys of the same one do', async () => {
  const user = await aTrader(db);
  const account = await anAccount(db, user);
  await db.pool.query(`insert into nas_keys (key_id, public_key, fingerprint) values ('k', 'p', 'f') on conflict do nothing`);
  await db.pool.query(`update broker_accounts set account_mask = '5012****-01' where id = $1`, [account]);
  const { id } = (await place(db, user, { accountId: account })).order;
  const save = (mask: string) =>
    call(user, `save_credentials($1, 'kis', 'x', $2, true, $3, 'k')`, [account, mask, { v: 1, kid: 'k', enc: 'e', ct: 'c' }]);
  expect((await refusalOf(save('5099****-01'))).code).toBe('account_has_orders');
  await save('5012****-01');
  await call(user, 'cancel_order($1)', [id]);
  await save('5099****-01');
});

describe('a person cannot fill the disk', () => {
  test('with refused orders: after a thousand a day they are answered and not kept', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    await db.pool.query(
      `insert into real_orders (user_id, broker_account_id, stock_code, order_type, order_status, quantity, order_day, intent_key)
       select $1, $2, 'X', 'buy', 'denied', 1, private.seoul_day(), gen_random_uuid() from generate_series(1, 1000)`,
      [user, account],
    );
    expect(await refusalOf(place(db, user, { accountId: account, quantity: 0 }))).toMatchObject({ status: 429, code: 'rate_limited' });
    expect((await place(db, user, { accountId: account })).denial).toBeNull(); // what is not refused goes on
  });

  test('with watchlists', async () => {
    const user = await aTrader(db);
    const add = (codes: string[], count = 1) =>
      db.asUser(user, (client) =>
        client
          .query(`insert into watchlists (name, stock_codes) select 'w', $1 from generate_series(1, $2)`, [codes, count])
          .then(() => null),
      );
    await add(Array.from({ length: 200 }, () => '005930'));
    await expect(add(['x'.repeat(2_000)])).rejects.toThrow(/watchlists_codes_short/);
    await expect(add(['005930'], 50)).rejects.toThrow(/50/);
  });

  test.each([
    { column: 'filters', value: JSON.stringify({ a: 'x'.repeat(20_000) }) },
    { column: 'exclude', value: ['x'.repeat(30_000)] },
    { column: 'markets', value: Array.from({ length: 2_000 }, () => 'KOSPI') },
  ])('with settings: $column', async ({ column, value }) => {
    const user = await aTrader(db);
    const add = (given: unknown) =>
      db.asUser(user, async (client) => (await client.query(`insert into investment_settings (${column}) values ($1)`, [given])).rowCount);
    await expect(add(value)).rejects.toThrow(/investment_settings_/);
  });

  test('with back-tests that are started and cancelled', async () => {
    const user = await aTrader(db);
    await db.pool.query(`insert into backtests (user_id, request, state) select $1, '{}', 'cancelled' from generate_series(1, 300)`, [
      user,
    ]);
    const start = call(user, 'start_backtest(null, null, null, $1)', [{ document: {}, from: '2020-01-01', to: '2020-02-01' }]);
    expect(await refusalOf(start)).toMatchObject({ status: 429, code: 'rate_limited' });
  });

  test('with versions of strategies', async () => {
    const user = await aTrader(db);
    const save = (id: string | null, hash: string) =>
      call<{ strategy_id: string }>(user, 'save_strategy($1, $2, null, $3, $4, $5)', [id, 'a', {}, {}, hash.padEnd(64, '0')]);
    const { strategy_id: id } = await save(null, '1');
    await db.pool.query(
      `insert into strategy_versions (strategy_id, version, user_id, document, hash) select $1, n, $2, '{}', 'h' from generate_series(2, 500) n`,
      [id, user],
    );
    await db.pool.query('update strategies set latest_version = 500 where id = $1', [id]);
    expect(await refusalOf(save(id, '2'))).toMatchObject({ status: 429, code: 'rate_limited' });
  });

  test('with the parameters of a deployment', async () => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    const { strategy_id: id } = await call<{ strategy_id: string }>(user, 'save_strategy(null, $1, null, $2, $3, $4)', [
      'a',
      {},
      {},
      '1'.padEnd(64, '0'),
    ]);
    const deploy = call(user, 'deploy_strategy($1, 1, $2, $3, 1000000, $4)', [id, account, ['900010'], { a: 'x'.repeat(70_000) }]);
    expect((await refusalOf(deploy)).code).toBe('invalid_input');
  });
});

describe('odd parameters of an order', () => {
  test.each(['infinity', '-infinity', '294276-12-31', '0001-01-01'])('send_at %s neither fails nor is kept', async (sendAt) => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    const { order, denial } = await place(db, user, { accountId: account, sendAt });
    if (denial) expect(denial.code).toBe('market_closed');
    expect(String(order.send_at ?? '')).not.toMatch(/infinity|294276/);
  });

  test.each([
    { quantity: 'NaN' },
    { quantity: 'Infinity' },
    { quantity: '-Infinity' },
    { quantity: '1e300' },
    { quantity: '1.5' },
    { price: 'NaN' },
    { price: 'Infinity' },
    { price: '1e300' },
    { price: '-1' },
  ])('$quantity$price is denied with a row, for a buy and for a sale', async (odd) => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    for (const side of ['buy', 'sell']) {
      const { order, denial } = await place(db, user, { accountId: account, side, ...odd });
      expect(denial?.code).toMatch(/^invalid_(quantity|price)$/);
      expect(order.order_status).toBe('denied');
    }
  });

  test('the same wish for somebody else’s account says no more than that there is none', async () => {
    const [mine, theirs] = [await aTrader(db), await aTrader(db)];
    const account = await anAccount(db, theirs);
    const there = await refusalOf(place(db, mine, { accountId: account }));
    expect(there).toEqual(await refusalOf(place(db, mine, { accountId: randomUUID() })));
  });
});

test('what the owner’s earlier system kept in an account is not broadcast', async () => {
  const user = await aTrader(db);
  await db.pool.query(`alter table broker_accounts add column legacy_api_secret text default 'old-secret'`);
  await db.pool.query('delete from realtime.messages');
  await anAccount(db, user);
  const { rows } = await db.pool.query(`select payload::text from realtime.messages where event = 'account_changed'`);
  expect(rows.length).toBeGreaterThan(0);
  for (const { payload } of rows) expect(payload).not.toMatch(/old-secret|encrypted_credentials|"ct"/);
});

test('no function of ours is open to everybody, and every one with definer rights fixes its search path', async () => {
  const { rows } = await db.pool.query(
    `select p.oid::regprocedure::text as name, p.prosecdef as is_definer, p.proconfig::text as config,
            has_function_privilege('anon', p.oid, 'execute') as for_anon
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('public', 'private')`,
  );
  expect(rows.length).toBeGreaterThan(80);
  expect(rows.filter((row) => row.for_anon)).toEqual([]);
  expect(rows.filter((row) => row.is_definer && !row.config?.includes('search_path='))).toEqual([]);
});
