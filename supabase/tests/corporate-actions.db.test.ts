import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, aTradingService, openMarket, place, refusalOf, type TradingService } from './arrange.ts';

let db: TestDatabase;
let trading: TradingService;
let user: string;
let account: string;
let code: string;
let next = 901_000;
const HELD = 10;
const PAID = 5_000_000;
const CLOSE = 500_000;

const many = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows;
const read = (quantity: number, paid: number, price = 100_000) =>
  trading.call<{ quantity: number; purchase_amount: number }>('put_holding($1, $2, $3, $4, $4, $5, 0, 0, $6)', [
    account,
    code,
    '분할전자',
    quantity,
    paid,
    price,
  ]);
async function threeReads(quantity: number, paid: number) {
  await read(quantity, paid);
  await read(quantity, paid);
  await db.pool.query(`update private.holding_reads set first_at = first_at - interval '61 seconds' where account_id = $1`, [account]);
  return read(quantity, paid);
}
const action = async () =>
  (await many('select *, factor::float, theirs_quantity::int from corporate_actions where broker_account_id = $1', [account]))[0];
const stop = async () =>
  (await many('select trigger_price::int, quantity::int, state, reason from protective_stops where broker_account_id = $1', [account]))[0];
const openBreaks = async () =>
  (await many('select kind from reconciliation_breaks where broker_account_id = $1 and closed_at is null', [account])).map(
    (row) => row.kind,
  );
const subLedger = async () =>
  (await many('select quantity::int, purchase_amount::int from strategy_positions where stock_code = $1', [code]))[0];
/** What the market service learns in the morning. */
const morning = (change: string) =>
  db.pool.query(`update instruments set price_day = private.seoul_day(), ${change} where stock_code = $1`, [code]);

beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  await db.pool.query(
    `insert into tick_bands (kind, market, valid_from, price_from, tick) values ('stock', 'KOSPI', '2023-01-25', 0, 100), ('stock', 'KOSPI', '2023-01-25', 200000, 500) on conflict do nothing`,
  );
  trading = await aTradingService(db);
  user = await aTrader(db);
});
afterAll(async () => {
  await trading?.close();
  await db?.drop();
});
/** Ten shares at 500,000 won, four of them a strategy's, a stop at 450,000 won, and the day closed. */
beforeEach(async () => {
  code = String(next++);
  account = await anAccount(db, user);
  await db.pool.query(
    `insert into instruments (stock_code, name_ko, market, kind, base_price, upper_limit, lower_limit, price_day, listed_shares)
     values ($1, '분할전자', 'KOSPI', 'stock', $2, $2 * 1.3, $2 * 0.7, private.seoul_day() - 1, 1000000)`,
    [code, CLOSE],
  );
  await read(HELD, PAID, CLOSE);
  await trading.call(`record_reconciliation($1, 'positions', now(), null)`, [account]);
  await db.pool.query(
    `with s as (insert into strategies (user_id, name) values ($1, 's') returning id),
          v as (insert into strategy_versions (strategy_id, version, user_id, document, hash) select id, 1, $1, '{}', 'h' from s returning strategy_id),
          d as (insert into strategy_deployments (user_id, strategy_id, version, broker_account_id, capital, state) select $1, strategy_id, 1, $2, 1e12, 'running' from v returning id)
     insert into strategy_positions (deployment_id, user_id, stock_code, quantity, purchase_amount, entered_at) select id, $1, $3, 4, 2000000, now() from d`,
    [user, account, code],
  );
  await db.pool.query(
    `insert into protective_stops (user_id, broker_account_id, stock_code, kind, trigger_price, quantity) values ($1, $2, $3, 'stop_loss', 450000, 6)`,
    [user, account, code],
  );
  await db.pool.query(`insert into private.day_closes (stock_code, day, close) values ($1, private.seoul_day() - 1, $2)`, [code, CLOSE]);
});

test('the end of a day keeps the closes of what is held, and a morning with the same base price is no action', async () => {
  await db.pool.query('delete from private.day_closes where stock_code = $1', [code]);
  await trading.call(`record_reconciliation($1, 'end_of_day', now(), 'agreed')`, [account]);
  expect(await many('select close::int from private.day_closes where stock_code = $1', [code])).toEqual([{ close: CLOSE }]);
  await morning(`base_price = ${CLOSE}`);
  expect(await action()).toBeUndefined();
  expect(await stop()).toMatchObject({ state: 'armed' });
});

test.each([
  { why: 'a paper account’s last heard price is no close: it may be hours old', heard: `c.close_at - interval '1 hour'`, closes: [] },
  {
    why: 'a print of the shared feed heard after the close is one',
    heard: `c.close_at + interval '1 minute'`,
    closes: [{ close: 480_000 }],
  },
])('$why', async ({ heard, closes }) => {
  await db.pool.query('delete from private.day_closes where stock_code = $1', [code]);
  await db.pool.query(`update broker_accounts set broker_type = 'paper' where id = $1`, [account]);
  await db.pool.query(
    `insert into quotes (feed, stock_code, last_price, heard_at) select 'shared', $1, 480000, ${heard} from market_calendar c
     where c.market = 'KRX' and c.day = private.seoul_day() and c.session = 'regular'`,
    [code],
  );
  await trading.call(`record_reconciliation($1, 'end_of_day', now(), 'agreed')`, [account]);
  expect(await many('select close::int from private.day_closes where stock_code = $1', [code])).toEqual(closes);
});

test('a base price that is not the last close pauses buys and stops; sales pass', async () => {
  await morning('base_price = 100000');
  expect(await action()).toMatchObject({ state: 'detected', factor: 5, stock_code: code });
  expect(await openBreaks()).toEqual(['corporate_action']);
  expect(await stop()).toMatchObject({ state: 'paused', reason: 'corporate_action' });
  await morning('upper_limit = 130000, lower_limit = 70000');
  expect((await place(db, user, { accountId: account, stockCode: code, price: 100_000 })).denial?.code).toBe('position_unproved');
  expect((await place(db, user, { accountId: account, stockCode: code, side: 'sell', quantity: 1, price: 100_000 })).denial).toBeNull();
});

test.each([
  { what: 'a split one to five', base: 100_000, shares: 50, paid: PAID, trigger: 90_000, stopShares: 30, subShares: 20 },
  { what: 'a consolidation five to one', base: 2_500_000, shares: 2, paid: PAID, trigger: 2_250_000, stopShares: 1, subShares: 0 },
  {
    what: 'a split whose cost rounds within 1 %',
    base: 166_500,
    shares: 30,
    paid: PAID + 49_000,
    trigger: 150_000,
    stopShares: 18,
    subShares: 12,
  },
])('$what is applied by itself when what was paid is unchanged', async ({ base, shares, paid, trigger, stopShares, subShares }) => {
  await morning(`base_price = ${base}`);
  expect((await read(shares, paid)).quantity).toBe(HELD); // one read proves nothing
  expect(await threeReads(shares, paid)).toMatchObject({ quantity: shares, purchase_amount: paid });
  expect((await action()).state).toBe('applied');
  expect(await stop()).toEqual({ trigger_price: trigger, quantity: stopShares, state: 'armed', reason: '' });
  expect((await subLedger()).quantity).toBe(subShares);
  if (subShares > 0) expect((await subLedger()).purchase_amount).toBe(2_000_000);
  expect(await openBreaks()).toEqual([]);
});

describe('a holding that does not fit by itself', () => {
  const settle = (who: string, isAccepted: boolean, reason = '공시 확인') =>
    db.asUser(who, async (client) =>
      client.query('select settle_corporate_action((select id from corporate_actions where broker_account_id = $1), $2, $3)', [
        account,
        isAccepted,
        reason,
      ]),
    );
  const propose = async () => {
    await morning('base_price = 100000');
    return threeReads(30, 3_000_000);
  };

  test('is proposed to its owner and changes nothing before a person confirms', async () => {
    expect((await propose()).quantity).toBe(HELD);
    expect(await action()).toMatchObject({ state: 'proposed', theirs_quantity: 30 });
    expect(await stop()).toMatchObject({ state: 'paused' });
    expect(
      await many(`select 1 from notifications where kind = 'corporate_action_proposed' and payload ->> 'account_id' = $1`, [account]),
    ).toHaveLength(1);
    await settle(user, true);
    expect(await action()).toMatchObject({ state: 'applied', decided_by: user, reason: '공시 확인' });
    expect(await many('select quantity::int, purchase_amount::int from real_positions where broker_account_id = $1', [account])).toEqual([
      { quantity: 30, purchase_amount: 3_000_000 },
    ]);
    expect(await stop()).toMatchObject({ trigger_price: 150_000, quantity: 18, state: 'armed' });
    expect(await openBreaks()).toEqual([]);
    expect((await refusalOf(settle(user, true))).code).toBe('corporate_action_settled');
    expect(
      await many(`select 1 from audit_log where action = 'corporate_action.settle' and detail ->> 'account_id' = $1`, [account]),
    ).toHaveLength(1);
  });

  test('may be dismissed: stops are armed as they were, and the difference becomes a break', async () => {
    await propose();
    await settle(user, false);
    expect(await stop()).toMatchObject({ trigger_price: 450_000, quantity: 6, state: 'armed' });
    await threeReads(30, 3_000_000);
    expect(await openBreaks()).toEqual(['holding']);
  });

  test('is no stranger’s business, and needs a reason', async () => {
    await propose();
    expect((await refusalOf(settle(await aTrader(db), true))).code).toBe('corporate_action_not_found');
    expect((await refusalOf(settle(user, true, ' '))).code).toBe('invalid_input');
  });

  test('rights change prices alone: confirmed, the stops follow the factor and the shares stay', async () => {
    await morning('base_price = 400000');
    await threeReads(HELD, PAID);
    expect((await action()).state).toBe('detected');
    await settle(user, true);
    expect(await stop()).toMatchObject({ trigger_price: 360_000, quantity: 6, state: 'armed' });
    expect((await subLedger()).quantity).toBe(4);
  });
});

test('more listed shares of which none are ours end by themselves', async () => {
  await morning(`base_price = ${CLOSE}, listed_shares = 1100000`);
  expect(await action()).toMatchObject({ state: 'detected', factor: 1 });
  expect(await stop()).toMatchObject({ state: 'paused' });
  await threeReads(HELD, PAID);
  expect((await action()).state).toBe('no_effect');
  expect(await stop()).toEqual({ trigger_price: 450_000, quantity: 6, state: 'armed', reason: '' });
  expect(await openBreaks()).toEqual([]);
});
