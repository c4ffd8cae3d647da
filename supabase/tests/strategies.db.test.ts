import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, aTradingService, openMarket, type Placed, refusalOf, SHARE } from './arrange.ts';

let db: TestDatabase;
let scheduler: pg.Pool;
beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  scheduler = survivingLoss(new pg.Pool({ connectionString: db.url('narae_scheduler'), max: 10 }));
});
afterAll(async () => {
  await scheduler?.end();
  await db?.drop();
});

const call = <T = Record<string, unknown>>(user: string, sql: string, values: unknown[] = []): Promise<T> =>
  db.asUser(user, async (client) => (await client.query(`select ${sql} as answer`, values)).rows[0].answer);
const one = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows[0];
const HASH = 'a'.repeat(64);
const save = (user: string, id: string | null, hash = HASH, document: unknown = { name: 'x' }) =>
  call<{ strategy_id: string; version: number }>(user, 'save_strategy($1, $2, $3, $4, $5, $6)', [
    id,
    '골든크로스',
    'golden-cross',
    JSON.stringify(document),
    '{}',
    hash,
  ]);

describe('a strategy', () => {
  test('gets a version for each different document, and none for the same again', async () => {
    const user = await aTrader(db);
    const { strategy_id: id, version } = await save(user, null);
    expect(version).toBe(1);
    expect((await save(user, id)).version).toBe(1);
    expect((await save(user, id, 'b'.repeat(64))).version).toBe(2);
    await expect(db.pool.query('update strategy_versions set params = $1', ['{"x":1}'])).rejects.toThrow('append only');
  });

  test('of somebody else cannot be saved over, and nonsense is refused', async () => {
    const user = await aTrader(db);
    const { strategy_id: id } = await save(user, null);
    expect(await refusalOf(save(await aTrader(db), id))).toMatchObject({ status: 404, code: 'strategy_not_found' });
    expect((await refusalOf(save(user, id, 'not a hash'))).code).toBe('invalid_input');
    expect((await refusalOf(save(user, id, HASH, []))).code).toBe('invalid_input');
    expect((await refusalOf(save(user, id, HASH, { x: 'y'.repeat(300_000) }))).code).toBe('invalid_input');
  });
});

describe('a back-test', () => {
  const request = { document: {}, params: {}, dataset: 'krx', from: '2010-01-01', to: '2022-03-15', capital: 1e8, mask: null, seed: 1 };
  const start = (user: string, body: unknown = request) =>
    call<{ id: string }>(user, 'start_backtest(null, null, $1, $2)', ['run', JSON.stringify(body)]);

  test('is queued with one job; five may wait or run, the sixth is told so, also when ten come at once', async () => {
    const user = await aTrader(db);
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => start(user)));
    const started = answers.filter((answer) => answer.status === 'fulfilled');
    expect(started).toHaveLength(5);
    expect(await refusalOf(start(user))).toMatchObject({ status: 429, code: 'rate_limited' });
    for (const { value } of started) {
      expect((await one('select count(*)::int as n from graphile_worker.jobs where key = $1', [`backtest:${value.id}`])).n).toBe(1);
    }
    const first = started[0]?.value.id as string;
    expect(await call(user, 'cancel_backtest($1)', [first])).toMatchObject({ state: 'cancelled' });
    expect((await one('select count(*)::int as n from graphile_worker.jobs where key = $1', [`backtest:${first}`])).n).toBe(0);
    await start(user);
  });

  test('that runs is asked to stop', async () => {
    const user = await aTrader(db);
    const { id } = await start(user);
    await db.pool.query(`update backtests set state = 'running' where id = $1`, [id]);
    expect(await call(user, 'cancel_backtest($1)', [id])).toMatchObject({ state: 'running', cancel_requested_at: expect.any(String) });
  });

  test.each([
    { why: 'no document', body: { ...request, document: undefined } },
    { why: 'days in the wrong order', body: { ...request, from: '2023-01-01' } },
    { why: 'days that are none', body: { ...request, to: 'tomorrow' } },
    { why: 'a list', body: [] },
    { why: 'half a megabyte', body: { ...request, document: { x: 'y'.repeat(600_000) } } },
  ])('is refused for $why', async ({ body }) => {
    expect((await refusalOf(start(await aTrader(db), body))).code).toBe('invalid_input');
  });
});

describe('a deployment', () => {
  const deployed = async (capital = 1_000_000) => {
    const user = await aTrader(db);
    const account = await anAccount(db, user);
    const { strategy_id } = await save(user, null);
    const deployment = await call<{ id: string; state: string }>(user, 'deploy_strategy($1, 1, $2, $3, $4, $5)', [
      strategy_id,
      account,
      [SHARE.code],
      capital,
      '{}',
    ]);
    return { user, account, strategy: strategy_id, id: deployment.id };
  };
  const tick = '2026-11-23T00:30:00Z';
  const order = async (
    id: string,
    input: { at?: string; side?: string; quantity?: number; price?: number | null; purpose?: string } = {},
  ): Promise<Placed> => {
    const { at = tick, side = 'buy', quantity = 10, price = 70_000, purpose = 'entry' } = input;
    const { rows } = await scheduler.query('select place_order_for_deployment($1, $2, $3, $4, $5, $6, $7, $8) as placed', [
      id,
      at,
      SHARE.code,
      side,
      quantity,
      price === null ? 'market' : 'limit',
      price,
      purpose,
    ]);
    return rows[0].placed;
  };

  test('is refused for version 0, unknown symbols, somebody else’s account, and a real account in a session that is not armed', async () => {
    const { user, account, strategy } = await deployed();
    const real = await anAccount(db, user, { isPaper: false });
    await db.pool.query('update trading_permissions set can_real_trade = true where user_id = $1', [user]);
    const foreign = await anAccount(db, await aTrader(db));
    const deploy = (version: number, accountId: string, symbols: string[], capital = 1) =>
      refusalOf(call(user, 'deploy_strategy($1, $2, $3, $4, $5, $6)', [strategy, version, accountId, symbols, capital, '{}']));
    expect((await deploy(0, account, [SHARE.code])).code).toBe('strategy_not_runnable');
    expect((await deploy(1, account, ['ZZZZZZ'])).code).toBe('invalid_input');
    expect((await deploy(1, account, [])).code).toBe('invalid_input');
    expect((await deploy(1, account, [SHARE.code], 0.5)).code).toBe('invalid_input');
    expect((await deploy(1, foreign, [SHARE.code])).code).toBe('account_not_found');
    expect((await deploy(1, real, [SHARE.code])).code).toBe('real_not_armed');
  });

  test('runs a tick once, whoever claims it', async () => {
    const { id } = await deployed();
    const claims = await Promise.all(
      Array.from({ length: 8 }, () => scheduler.query('select claim_run($1, $2, $3) as mine', [id, tick, 'evaluate'])),
    );
    expect(claims.filter((claim) => claim.rows[0].mine)).toHaveLength(1);
    await scheduler.query('select finish_run($1, $2, $3, $4, $5, $6)', [id, tick, 'ordered', '', '[]', '{"n":1}']);
    await scheduler.query('select finish_run($1, $2, $3, $4, $5, $6)', [id, tick, 'failed', 'late', '[]', '{"n":2}']);
    expect(
      await one('select r.outcome, d.memory from strategy_runs r join strategy_deployments d on d.id = r.deployment_id where d.id = $1', [
        id,
      ]),
    ).toEqual({ outcome: 'ordered', memory: { n: 1 } });
  });

  test('the same decision twice is one order; a different one under the same tick and purpose is a conflict', async () => {
    const { id, strategy } = await deployed();
    const first = await order(id);
    expect(first.order).toMatchObject({ origin: 'strategy', deployment_id: id, strategy_id: strategy, order_status: 'pending' });
    expect(await order(id)).toEqual({ ...first, replayed: true });
    expect((await refusalOf(order(id, { quantity: 9 }))).code).toBe('intent_conflict');
    expect((await order(id, { at: '2026-11-23T00:31:00Z', quantity: 1 })).replayed).toBe(false);
  });

  test('may spend its whole capital at the market: the budget counts what an order should cost, the account holds the worst', async () => {
    const { id } = await deployed();
    expect((await order(id, { price: null, quantity: 15, purpose: 'more' })).denial).toEqual({
      code: 'order_amount_limit',
      numbers: { amount: 15 * SHARE.base, limit: 1_000_000 },
    });
    const bought = await order(id, { price: null, quantity: 14 });
    expect(bought.denial).toBeNull();
    expect(await one('select amount::float as held from reservations where order_id = $1', [bought.order.id])).toMatchObject({
      held: expect.closeTo(14 * SHARE.upper, -3),
    });
  });

  test('stays inside its capital and sells only what it bought', async () => {
    const { id, user, account } = await deployed();
    await db.pool.query(
      'insert into real_positions (user_id, broker_account_id, stock_code, quantity, sellable_quantity) values ($1, $2, $3, 50, 50)',
      [user, account, SHARE.code],
    );
    const trading = await aTradingService(db);
    const bought = await order(id);
    expect((await order(id, { purpose: 'more', quantity: 5 })).denial).toEqual({
      code: 'order_amount_limit',
      numbers: { amount: 350_000, limit: 300_000 },
    });
    await trading.accept(bought.order.id, '0000000001');
    await trading.fill(bought.order.id, 10, 650_000);
    expect(
      await one(
        'select quantity::int, purchase_amount::float as cost, entered_at is not null as entered from strategy_positions where deployment_id = $1',
        [id],
      ),
    ).toEqual({ quantity: 10, cost: 650_000, entered: true });
    expect((await order(id, { side: 'sell', purpose: 'exit', quantity: 11 })).denial).toEqual({
      code: 'insufficient_shares',
      numbers: { quantity: 11, sellable: 10 },
    });
    const sold = await order(id, { side: 'sell', purpose: 'stop_loss', quantity: 10 });
    expect(sold.order).toMatchObject({ origin: 'stop', is_entry: false });
    await trading.accept(sold.order.id, '0000000002');
    await trading.fill(sold.order.id, 10, 700_000);
    expect(
      await one('select quantity::int, realized_pnl::float as pnl, entered_at from strategy_positions where deployment_id = $1', [id]),
    ).toEqual({ quantity: 0, pnl: 50_000, entered_at: null });
    await trading.close();
  });

  test('buys nothing while paused, while automatic trading is off, or after its own halt; it may sell while paused', async () => {
    const { id, user } = await deployed();
    await db.pool.query('insert into strategy_positions (deployment_id, user_id, stock_code, quantity) values ($1, $2, $3, 5)', [
      id,
      user,
      SHARE.code,
    ]);
    await db.pool.query(
      'insert into real_positions (user_id, broker_account_id, stock_code, quantity, sellable_quantity) select user_id, broker_account_id, $2, 5, 5 from strategy_deployments where id = $1',
      [id, SHARE.code],
    );
    await call(user, 'set_deployment_state($1, $2)', [id, 'paused']);
    expect((await order(id, { purpose: 'a' })).denial?.code).toBe('deployment_not_approved');
    expect((await order(id, { purpose: 'b', side: 'sell', quantity: 1 })).denial).toBeNull();
    await call(user, 'set_deployment_state($1, $2)', [id, 'running']);
    await db.pool.query('update platform_settings set auto_enabled = false');
    const off = await order(id, { purpose: 'c' });
    await db.pool.query('update platform_settings set auto_enabled = true');
    expect(off.denial?.code).toBe('auto_disabled');
    await call(user, `set_halt('strategy', $1, 'pause_entries', 'why')`, [id]);
    expect((await order(id, { purpose: 'd' })).denial?.code).toBe('halted');
    await call(user, 'set_deployment_state($1, $2)', [id, 'stopped']);
    expect((await refusalOf(call(user, 'set_deployment_state($1, $2)', [id, 'running']))).code).toBe('deployment_stopped');
  });

  test('that does not exist places nothing', async () => {
    expect((await refusalOf(order(randomUUID()))).code).toBe('deployment_not_found');
  });
});
