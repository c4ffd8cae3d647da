import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, aTradingService, openMarket, place, type TradingService } from '#supabase/tests/arrange.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
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

const verify = (...words: string[]) =>
  spawnSync(process.execPath, [main, 'ledger', 'verify', '--database', db.url(), ...words], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NODE_ENV: 'test' },
  });
const findingsOf = (account: string) => {
  const { status, stdout } = verify('--account', account, '--json');
  return { status, findings: JSON.parse(stdout).broken[0]?.findings ?? [] };
};
/** Changes what nobody may change, as somebody with the superuser's rights and bad intentions. */
async function tamper(sql: string, values: unknown[]): Promise<void> {
  const client = await db.pool.connect();
  try {
    await client.query(`set session_replication_role = replica`);
    await client.query(sql, values);
  } finally {
    await client.query('reset session_replication_role');
    client.release();
  }
}
let next = 1;
async function aFilledOrder(): Promise<{ account: string; order: string }> {
  const account = await anAccount(db, user);
  const { order } = await place(db, user, { accountId: account });
  await trading.accept(order.id, String(next++).padStart(10, '0'));
  await trading.fill(order.id, 4, 280_000);
  await trading.fill(order.id, 10, 700_000);
  return { account, order: order.id };
}

test('a whole ledger is called whole, and the exit code is 0', async () => {
  await aFilledOrder();
  const { status, stdout } = verify();
  expect(stdout).toMatch(/^whole: \d+ accounts, \d+ orders, \d+ events/m);
  expect(status).toBe(0);
});

test('one flipped byte in one payload is found and named', async () => {
  const { account, order } = await aFilledOrder();
  await tamper(`update order_events set payload = jsonb_set(payload, '{cum_amount}', '280001') where account_id = $1 and seq = 4`, [
    account,
  ]);
  const { status, findings } = findingsOf(account);
  expect(status).toBe(1);
  expect(findings).toEqual([{ seq: 4, orderId: order, fault: 'changed' }]);
  expect(verify('--account', account).stdout).toContain(`account ${account}, event 4, order ${order}: this event was changed`);
});

test('a cut tail is found', async () => {
  const { account, order } = await aFilledOrder();
  await tamper('delete from order_events where account_id = $1 and seq = 5', [account]);
  const { status, findings } = findingsOf(account);
  expect(status).toBe(1);
  expect(findings[0]).toEqual({ seq: 5, orderId: null, fault: 'tail_cut' });
  expect(findings[1]).toMatchObject({ orderId: order, fault: 'row_differs' });
});

test.each([
  {
    what: 'an event taken out of the middle',
    sql: 'delete from order_events where account_id = $1 and seq = 3',
    fault: 'missing_before',
    seq: 4,
  },
  {
    what: 'another previous hash',
    sql: `update order_events set prev_hash = hash where account_id = $1 and seq = 3`,
    fault: 'unlinked',
    seq: 3,
  },
  {
    what: 'another person',
    sql: 'update order_events set user_id = gen_random_uuid() where account_id = $1 and seq = 2',
    fault: 'other_person',
    seq: 2,
  },
  {
    what: 'a moved head',
    sql: `update private.event_heads set hash = 'x' where account_id = $1`,
    fault: 'not_the_head',
    seq: 5,
  },
])('$what is found', async ({ sql, fault, seq }) => {
  const { account } = await aFilledOrder();
  await tamper(sql, [account]);
  const { status, findings } = findingsOf(account);
  expect(status).toBe(1);
  expect(findings).toContainEqual(expect.objectContaining({ fault, seq }));
});

test('a tail that was cut together with its head and rows is found by what the end of day recorded', async () => {
  const { account, order } = await aFilledOrder();
  await trading.call(`record_reconciliation($1, 'end_of_day', now(), 'agreed')`, [account]);
  expect(findingsOf(account)).toEqual({ status: 0, findings: [] });
  await tamper('delete from order_events where account_id = $1 and seq = 5', [account]);
  await tamper(
    `update private.event_heads h set seq = 4, hash = e.hash from order_events e where h.account_id = $1 and e.account_id = $1 and e.seq = 4`,
    [account],
  );
  await tamper(`update real_orders set order_status = 'partially_filled', cum_quantity = 4, cum_amount = 280000 where id = $1`, [order]);
  await tamper('delete from executions where order_id = $1 and cum_quantity_after = 10', [order]);
  await tamper(
    `insert into reservations (order_id, user_id, broker_account_id, stock_code, side) select id, user_id, broker_account_id, stock_code, 'buy' from real_orders where id = $1`,
    [order],
  );
  expect(findingsOf(account)).toEqual({ status: 1, findings: [{ seq: 5, orderId: null, fault: 'differs_from_record' }] });
});

test.each([
  { what: 'shares', sql: 'update real_orders set cum_quantity = 9 where id = $1', names: 'cum_quantity: events 10, row 9' },
  {
    what: 'won',
    sql: 'update executions set amount = amount + 1 where order_id = $1 and cum_quantity_after = 10',
    names: 'executions.amount',
  },
  { what: 'the broker’s number', sql: `update real_orders set broker_order_id = '9' where id = $1`, names: 'broker_order_id' },
  {
    what: 'the state',
    sql: `update real_orders set order_status = 'cancelled' where id = $1`,
    names: 'status: events executed, row cancelled',
  },
])('a row that differs from its events in $what is found', async ({ sql, names }) => {
  const { account, order } = await aFilledOrder();
  await tamper(sql, [order]);
  const { status, findings } = findingsOf(account);
  expect(status).toBe(1);
  expect(findings).toEqual([{ fault: 'row_differs', seq: null, orderId: order, detail: expect.stringContaining(names) }]);
});

test('an order without events and an account nobody has are named', async () => {
  const { account, order } = await aFilledOrder();
  await tamper('delete from order_events where account_id = $1', [account]);
  expect(findingsOf(account).findings).toContainEqual({ fault: 'order_without_events', seq: null, orderId: order });
  const { status, stderr } = verify('--account', '00000000-0000-4000-8000-000000000000');
  expect(status).toBe(2);
  expect(stderr).toContain('there is no account');
});
