import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, aTradingService, openMarket, place, refusalOf, SHARE, type TradingService } from './arrange.ts';

let db: TestDatabase;
let trading: TradingService;
let user: string;
beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  trading = await aTradingService(db);
  user = await aTrader(db);
});
afterAll(async () => {
  await trading?.close();
  await db?.drop();
});

let brokerNumber = 5000;
const aNumber = () => String(brokerNumber++).padStart(10, '0');
const many = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows;
/** One read of the broker's list for SHARE. */
const read = (account: string, quantity: number, cost = quantity * 60_000) =>
  trading.call<{ quantity: number }>('put_holding($1, $2, $3, $4, $4, $5, 0, 0, $6)', [
    account,
    SHARE.code,
    '시험전자',
    quantity,
    cost,
    71_000,
  ]);
const breaksOf = (account: string) =>
  many(
    'select kind, ours::int, theirs::int, closed_at is null as is_open from reconciliation_breaks where broker_account_id = $1 order by opened_at',
    [account],
  );
/** Lets a minute pass for the reads; the fills grow old by `fillsAgo`. */
const aMinuteLater = async (account: string) => {
  await db.pool.query(`update private.holding_reads set first_at = first_at - interval '61 seconds' where account_id = $1`, [account]);
};
const fillsAgo = (account: string) =>
  db.pool.query(`update executions set created_at = created_at - interval '20 minutes' where broker_account_id = $1`, [account]);

/** An account that was compared before and agreed on `held` shares. */
async function aComparedAccount(held = 10): Promise<string> {
  const account = await anAccount(db, user);
  if (held > 0) await read(account, held);
  await trading.call(`record_reconciliation($1, 'positions', now(), null)`, [account]);
  return account;
}
async function threeReads(account: string, quantity: number): Promise<void> {
  await read(account, quantity);
  await read(account, quantity);
  await aMinuteLater(account);
  await read(account, quantity);
}
const external = (account: string, side: 'buy' | 'sell', quantity: number) =>
  trading.call('adopt_external($1, $2)', [
    account,
    JSON.stringify({
      broker_order_id: aNumber(),
      stock_code: SHARE.code,
      side,
      quantity,
      price: SHARE.base,
      cum_quantity: quantity,
      cum_amount: quantity * SHARE.base,
      cancelled_quantity: 0,
    }),
  ]);

describe('a break', () => {
  test('opens after three agreeing reads over a minute, pauses buys, lets sales pass, and closes when they agree', async () => {
    const account = await aComparedAccount();
    for (let n = 0; n < 4; n++) expect((await read(account, 7)).quantity).toBe(10);
    expect(await breaksOf(account)).toEqual([]);
    await aMinuteLater(account);
    await read(account, 7);
    expect(await breaksOf(account)).toEqual([{ kind: 'holding', ours: 10, theirs: 7, is_open: true }]);
    expect((await place(db, user, { accountId: account })).denial?.code).toBe('position_unproved');
    expect((await place(db, user, { accountId: account, side: 'sell', quantity: 1 })).denial).toBeNull();
    expect((await read(account, 10)).quantity).toBe(10);
    expect(await breaksOf(account)).toEqual([{ kind: 'holding', ours: 10, theirs: 7, is_open: false }]);
    expect((await place(db, user, { accountId: account })).denial).toBeNull();
  });

  test('does not open when the reads do not agree with each other', async () => {
    const account = await aComparedAccount();
    for (const quantity of [7, 6, 7, 6, 7]) {
      await read(account, quantity);
      await aMinuteLater(account);
    }
    expect(await breaksOf(account)).toEqual([]);
  });

  test('does not open while an order is in flight, nor when a fill came between the reads', async () => {
    const account = await aComparedAccount();
    const { order } = await place(db, user, { accountId: account, quantity: 2 });
    const attempt = await trading.begin(order.id);
    await threeReads(account, 12);
    expect(await breaksOf(account)).toEqual([]);
    await trading.call('finish_attempt($1, $2, null, null, $3)', [attempt, 'accepted', aNumber()]);
    await read(account, 12);
    await aMinuteLater(account);
    await trading.fill(order.id, 2, 140_000);
    expect((await read(account, 12)).quantity).toBe(12);
    expect(await breaksOf(account)).toEqual([]);
  });

  test('keeps the age of its first sight while its figures change, and is told once', async () => {
    const account = await aComparedAccount();
    await threeReads(account, 7);
    const [first] = await many('select opened_at from reconciliation_breaks where broker_account_id = $1', [account]);
    await threeReads(account, 5);
    expect(await many('select opened_at, theirs::int from reconciliation_breaks where broker_account_id = $1', [account])).toEqual([
      { ...first, theirs: 5 },
    ]);
    expect(
      await many(`select 1 from notifications where kind = 'position_break' and payload ->> 'account_id' = $1`, [account]),
    ).toHaveLength(1);
  });

  test('that a person accepts is taken over with the next read of the same figure, and no other', async () => {
    const account = await aComparedAccount();
    await threeReads(account, 7);
    const [{ id }] = await many('select id from reconciliation_breaks where broker_account_id = $1', [account]);
    const stranger = await aTrader(db);
    const accept = (who: string, reason = '입고') => db.asUser(who, (client) => client.query('select accept_break($1, $2)', [id, reason]));
    expect((await refusalOf(accept(stranger))).code).toBe('break_not_found');
    expect((await refusalOf(accept(user, ' '))).code).toBe('invalid_input');
    await accept(user);
    expect((await read(account, 6)).quantity).toBe(10);
    expect((await read(account, 7)).quantity).toBe(7);
    expect(await breaksOf(account)).toMatchObject([{ is_open: false }]);
    expect((await refusalOf(accept(user))).code).toBe('break_closed');
    expect(
      await many(`select detail ->> 'theirs' as theirs from audit_log where action = 'break.accept' and subject_id = $1`, [id]),
    ).toEqual([{ theirs: '7' }]);
  });
});

describe('trades made elsewhere', () => {
  test.each([
    { side: 'buy', to: 13 },
    { side: 'sell', to: 7 },
  ] as const)('explain the difference they make ($side)', async ({ side, to }) => {
    const account = await aComparedAccount();
    expect((await read(account, to)).quantity).toBe(10); // the list has not shown it yet
    await external(account, side, 3);
    expect((await read(account, to)).quantity).toBe(to);
    expect((await read(account, to)).quantity).toBe(to);
    expect(await breaksOf(account)).toEqual([]);
  });

  test.each([
    { why: 'and the list showed it only after the holdings', waits: false },
    { why: 'and an agreeing read came between', waits: true },
  ])('explain the next one too when one was in the first read already, $why', async ({ waits }) => {
    const account = await anAccount(db, user);
    await read(account, 5); // bought in HTS this morning
    await trading.call(`record_reconciliation($1, 'positions', now(), null)`, [account]);
    await external(account, 'buy', 5);
    if (waits) {
      await fillsAgo(account);
      expect((await read(account, 5)).quantity).toBe(5);
    }
    await external(account, 'buy', 3);
    expect((await read(account, 8)).quantity).toBe(8);
    await fillsAgo(account);
    await read(account, 8);
    await threeReads(account, 11);
    expect(await breaksOf(account)).toEqual([{ kind: 'holding', ours: 8, theirs: 11, is_open: true }]);
  });

  test('explain nothing but themselves', async () => {
    const account = await aComparedAccount();
    await external(account, 'sell', 3);
    await fillsAgo(account);
    await threeReads(account, 6);
    expect(await breaksOf(account)).toEqual([{ kind: 'holding', ours: 10, theirs: 6, is_open: true }]);
  });
});

describe('what strategies hold', () => {
  const strategyHolds = async (account: string, quantity: number) => {
    const [{ id }] = await many(
      `with s as (insert into strategies (user_id, name) values ($1, 's') returning id),
            v as (insert into strategy_versions (strategy_id, version, user_id, document, hash) select id, 1, $1, '{}', 'h' from s returning strategy_id)
       insert into strategy_deployments (user_id, strategy_id, version, broker_account_id, capital, state) select $1, strategy_id, 1, $2, 1e12, 'running' from v returning id`,
      [user, account],
    );
    await db.pool.query(
      `insert into strategy_positions (deployment_id, user_id, stock_code, quantity, purchase_amount, entered_at) values ($1, $2, $3, $4::int, $4::int * 60000, now())`,
      [id, user, SHARE.code, quantity],
    );
    return id as string;
  };
  const shares = async (deployments: string[]) =>
    Promise.all(
      deployments.map(
        async (id) => (await many('select quantity::int, purchase_amount::int from strategy_positions where deployment_id = $1', [id]))[0],
      ),
    );

  test('may be less than the account holds: the rest is the person’s own', async () => {
    const account = await aComparedAccount();
    await strategyHolds(account, 6);
    await threeReads(account, 10);
    expect(await breaksOf(account)).toEqual([]);
  });

  test('is told beside what the person bought by hand or elsewhere, to nobody else', async () => {
    const account = await aComparedAccount();
    await strategyHolds(account, 6);
    await external(account, 'buy', 3);
    await read(account, 13);
    const shares = (who: string) =>
      db.asUser(who, async (client) => (await client.query('select * from holding_shares($1)', [account])).rows);
    expect(await shares(user)).toEqual([{ stock_code: SHARE.code, quantity: '13', strategies: '6', external: '3' }]);
    expect((await refusalOf(shares(await aTrader(db)))).code).toBe('account_not_found');
  });

  test('may not be more: that is a break, and accepting it takes the missing shares from each in proportion', async () => {
    const account = await aComparedAccount();
    const deployments = [await strategyHolds(account, 3), await strategyHolds(account, 7)];
    await external(account, 'sell', 5); // sold by hand, from under the strategies
    await fillsAgo(account);
    await threeReads(account, 5);
    expect(await breaksOf(account)).toEqual([{ kind: 'sub_ledger', ours: 10, theirs: 5, is_open: true }]);
    expect((await place(db, user, { accountId: account })).denial?.code).toBe('position_unproved');
    const [{ id }] = await many('select id from reconciliation_breaks where broker_account_id = $1', [account]);
    await db.asUser(user, (client) => client.query('select accept_break($1, $2)', [id, 'HTS에서 매도']));
    await read(account, 5);
    const left = await shares(deployments);
    expect(left.map((row) => row.quantity)).toEqual([1, 4]);
    expect(left.map((row) => row.purchase_amount)).toEqual([60_000, 240_000]);
    expect(await breaksOf(account)).toMatchObject([{ is_open: false }]);
  });

  test('each fill of a strategy’s order names the deployment, and the sub-ledger is the sum of these', async () => {
    const account = await aComparedAccount(0);
    const deployment = await strategyHolds(account, 0);
    const placed = await many(`select place_order_for_deployment($1, now(), $2, 'buy', 10, 'limit', $3, 'entry', null) as answer`, [
      deployment,
      SHARE.code,
      SHARE.base,
    ]);
    const order = placed[0].answer.order.id;
    await trading.accept(order, aNumber());
    await trading.fill(order, 4, 280_000);
    await trading.fill(order, 10, 700_000);
    expect(
      await many('select deployment_id, quantity::int from executions where order_id = $1 order by cum_quantity_after', [order]),
    ).toEqual([
      { deployment_id: deployment, quantity: 4 },
      { deployment_id: deployment, quantity: 6 },
    ]);
    expect(await shares([deployment])).toEqual([{ quantity: 10, purchase_amount: 700_000 }]);
  });
});

test('a run is one row a day, loop and account, and says whether breaks are open', async () => {
  const account = await aComparedAccount();
  await threeReads(account, 7);
  await trading.call(`record_reconciliation($1, 'positions', now(), null)`, [account]);
  const rows = await many(
    `select kind, runs, result, ledger_hash is not null as has_hash from reconciliations where broker_account_id = $1`,
    [account],
  );
  expect(rows).toEqual([{ kind: 'positions', runs: 2, result: 'differs', has_hash: false }]);
});
