import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, aTradingService, openMarket, place, refusalOf, type TradingService } from './arrange.ts';

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

const CASH = 100_000_000;
const TODAY = '2026-11-23';
const TOMORROW = '2026-11-24';
let brokerNumber = 8000;
const many = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows;
const check = (account: string, cash: number, more: { costs?: number | null; isClose?: boolean; day?: string } = {}) =>
  trading.call<{ forecast: number | null; difference: number; tolerance: number }>('check_cash($1, $2, $3, $4, now(), $5)', [
    account,
    more.day ?? TODAY,
    cash,
    more.costs === undefined ? 0 : more.costs,
    more.isClose ?? false,
  ]);
const flowsOf = (account: string) =>
  many('select amount::float, kind, source from cash_flows where broker_account_id = $1 order by created_at, amount desc', [account]);
const aMinuteLater = (account: string) =>
  db.pool.query(`update private.cash_marks set first_at = first_at - interval '61 seconds' where account_id = $1`, [account]);

/** An account whose cash is explained, and one fill of 10 shares for 700,000 won (two executions) long enough ago. */
async function anAccountWithFill(): Promise<string> {
  const account = await anAccount(db, user);
  await check(account, CASH);
  const { order } = await place(db, user, { accountId: account });
  await trading.accept(order.id, String(brokerNumber++).padStart(10, '0'));
  await trading.fill(order.id, 4, 280_000);
  await trading.fill(order.id, 10, 700_000);
  await db.pool.query(`update executions set created_at = created_at - interval '1 minute' where broker_account_id = $1`, [account]);
  return account;
}

describe('at the end of the day', () => {
  test('D+2 cash that fills, fees and tax explain makes no flow but the day’s fee', async () => {
    const account = await anAccountWithFill();
    const told = await check(account, CASH - 700_000 - 105, { costs: 105, isClose: true });
    expect(told).toMatchObject({ forecast: CASH - 700_105, difference: 0, tolerance: 2 });
    expect(await flowsOf(account)).toEqual([{ amount: -105, kind: 'fee', source: 'broker_total' }]);
  });

  test.each([
    { off: 2, flows: [] },
    { off: -2, flows: [] },
    { off: 3, flows: [{ amount: 3, kind: 'unclassified', source: 'end_of_day' }] },
    { off: -5_000, flows: [{ amount: -5_000, kind: 'unclassified', source: 'end_of_day' }] },
  ])('one won an execution may be missing: $off won of two executions', async ({ off, flows }) => {
    const account = await anAccountWithFill();
    await check(account, CASH - 700_000 + off, { isClose: true });
    expect(await flowsOf(account)).toEqual(flows);
    // It is explained now, and stays so when the same is read again, also on the next day.
    expect(await check(account, CASH - 700_000 + off, { isClose: true })).toMatchObject({ difference: 0 });
    expect(await check(account, CASH - 700_000 + off, { isClose: true, day: TOMORROW })).toMatchObject({ difference: 0 });
    expect(await flowsOf(account)).toEqual(flows);
  });

  test('each day’s costs count once, whatever was read within the day', async () => {
    const account = await anAccountWithFill();
    await check(account, CASH - 700_050, { costs: 50 });
    await check(account, CASH - 700_105, { costs: 105, isClose: true });
    expect(await check(account, CASH - 700_105, { costs: 105 })).toMatchObject({ difference: 0 });
    expect(await check(account, CASH - 700_105, { costs: 0, day: TOMORROW })).toMatchObject({ difference: 0 });
    expect(await flowsOf(account)).toHaveLength(1);
  });

  test('a broker that tells no costs may take half a percent of what was traded', async () => {
    const account = await anAccountWithFill();
    expect(await check(account, CASH - 703_000, { costs: null, isClose: true })).toMatchObject({ tolerance: 3_502 });
    expect(await flowsOf(account)).toEqual([]);
  });
});

describe('within the day', () => {
  test('more than 10,000 won that three reads over a minute agree on becomes one flow to classify, told to its owner', async () => {
    const account = await anAccountWithFill();
    const cash = CASH - 700_000 + 5_000_000;
    for (let n = 0; n < 4; n++) await check(account, cash);
    expect(await flowsOf(account)).toEqual([]);
    await aMinuteLater(account);
    await check(account, cash);
    await check(account, cash);
    await check(account, cash, { isClose: true });
    expect(await flowsOf(account)).toEqual([{ amount: 5_000_000, kind: 'unclassified', source: 'in_day' }]);
    const told = await many(`select payload from notifications where kind = 'cash_flow_found' and payload ->> 'account_id' = $1`, [
      account,
    ]);
    expect(told).toMatchObject([{ payload: { amount: 5_000_000 } }]);
  });

  test.each([
    { why: '10,000 won and less wait for the end of the day', off: [10_002, 10_002, 10_002] },
    { why: 'reads that do not agree prove nothing', off: [50_000, 60_000, 50_000] },
  ])('$why', async ({ off }) => {
    const account = await anAccountWithFill();
    for (const difference of off) {
      await check(account, CASH - 700_000 + difference);
      await aMinuteLater(account);
    }
    expect(await flowsOf(account)).toEqual([]);
  });

  test('a fill just booked or an order nobody has an answer for is no flow', async () => {
    const account = await anAccountWithFill();
    const { order } = await place(db, user, { accountId: account });
    await trading.begin(order.id);
    for (let n = 0; n < 3; n++) {
      await check(account, CASH - 1_400_000);
      await aMinuteLater(account);
    }
    expect(await flowsOf(account)).toEqual([]);
  });
});

describe('a flow', () => {
  const found = async (amount: number) => {
    const account = await anAccount(db, user);
    await check(account, CASH);
    await check(account, CASH + amount, { isClose: true });
    const [row] = await many('select id from cash_flows where broker_account_id = $1', [account]);
    return { account, id: row.id as string };
  };
  const classify = (who: string, id: string, kind: string) =>
    db.asUser(who, async (client) => (await client.query('select classify_cash_flow($1, $2, $3)', [id, kind, ' 급여 '])).rows[0]);

  test('is classified by its owner alone, in the direction it went, and audited', async () => {
    const { id } = await found(3_000_000);
    expect((await refusalOf(classify(await aTrader(db), id, 'deposit'))).code).toBe('cash_flow_not_found');
    expect((await refusalOf(classify(user, id, 'withdrawal'))).code).toBe('wrong_direction');
    expect((await refusalOf(classify(user, id, 'unclassified'))).code).toBe('invalid_input');
    await classify(user, id, 'deposit');
    expect(await many('select kind, note, classified_by from cash_flows where id = $1', [id])).toEqual([
      { kind: 'deposit', note: '급여', classified_by: user },
    ]);
    expect(await many(`select 1 from audit_log where action = 'cash_flow.classify' and subject_id = $1`, [id])).toHaveLength(1);
  });

  test('from outside stands between two valuations; a dividend is a return', async () => {
    const { account, id } = await found(3_000_000);
    await db.pool.query('delete from equity_snapshots where broker_account_id = $1', [account]);
    await db.pool.query(`update cash_flows set at = now() - interval '30 minutes' where id = $1`, [id]);
    for (const [minutes, worth] of [
      [60, CASH],
      [45, CASH + 1],
      [31, CASH + 2],
      [20, CASH + 3_000_002],
      [1, CASH + 3_000_003],
    ]) {
      await db.pool.query(
        `insert into equity_snapshots (broker_account_id, user_id, at, net_assets) values ($1, $2, now() - make_interval(mins => $3), $4)`,
        [account, user, minutes, worth],
      );
    }
    const valuations = (who: string) =>
      db.asUser(
        who,
        async (client) => (await client.query(`select account_valuations($1, now() - interval '1 day') as v`, [account])).rows[0].v,
      );
    const worthOf = (answer: { valuations: { net_assets: number }[] }) => answer.valuations.map((row) => row.net_assets);
    expect(worthOf(await valuations(user))).toEqual([CASH, CASH + 2, CASH + 3_000_003]);
    expect((await valuations(user)).flows).toMatchObject([{ amount: 3_000_000 }]);
    await classify(user, id, 'dividend');
    expect((await valuations(user)).flows).toEqual([]);
    expect((await refusalOf(valuations(await aTrader(db)))).code).toBe('account_not_found');
  });
});
