import { randomUUID } from 'node:crypto';
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

interface Stop {
  readonly id: string;
  readonly state: string;
  readonly reason: string;
  readonly trigger_price: number | null;
  readonly quantity: number;
  readonly n: number;
  readonly failures: number;
  readonly order_id: string | null;
}

async function aHolder(quantity = 10, options: { isPaper?: boolean } = {}) {
  const user = await aTrader(db);
  const account = await anAccount(db, user, options);
  await db.pool.query(
    `insert into real_positions (user_id, broker_account_id, stock_code, quantity, sellable_quantity, purchase_amount) values ($1, $2, $3, $4, $4, $5)`,
    [user, account, SHARE.code, quantity, quantity * SHARE.base],
  );
  return { user, account };
}
interface Wish {
  readonly kind?: string;
  readonly trigger?: number | null;
  readonly rate?: number | null;
  readonly quantity?: number;
}
const set = (
  user: string,
  account: string,
  { kind = 'stop_loss', trigger = 64_400, rate = null, quantity = 10 }: Wish = {},
): Promise<Stop> =>
  db.asUser(
    user,
    async (client) =>
      (
        await client.query('select set_protective_stop($1, $2, $3, $4, $5, $6) as stop', [
          account,
          SHARE.code,
          kind,
          kind === 'trailing' ? null : trigger,
          rate,
          quantity,
        ])
      ).rows[0].stop,
  );
const cancel = (user: string, id: string): Promise<Stop> =>
  db.asUser(user, async (client) => (await client.query('select cancel_protective_stop($1) as stop', [id])).rows[0].stop);
const stopOf = async (id: string): Promise<Stop> =>
  (await db.pool.query('select to_jsonb(s) as stop from protective_stops s where id = $1', [id])).rows[0].stop;
async function fire(account: string, id: string, n = 1, price = 64_000) {
  const token = (await trading.tokens()).get(account);
  return trading.call<{ order: { id: string; order_status: string } | null; denial: { code: string } | null } | null>(
    'fire_stop($1, $2, $3, $4, $5)',
    [id, n, price, trading.instance, token],
  );
}
const sync = async () => {
  await trading.tokens();
  return trading.call<{
    stops: { id: string; isWaiting: boolean }[];
    unprotected: { deploymentId: string; quantity: number }[];
    isOpen: boolean;
  }>('sync_stops($1)', [trading.instance]);
};
const ordersOf = async (account: string) =>
  (await db.pool.query('select to_jsonb(o) as o from real_orders o where broker_account_id = $1 order by created_at', [account])).rows.map(
    (row) => row.o,
  );
const notices = async (user: string): Promise<string[]> =>
  (await db.pool.query('select kind from notifications where user_id = $1 order by created_at', [user])).rows.map((row) => row.kind);

describe('a stop of a person', () => {
  test.each([
    { wish: { trigger: 64_450 }, trigger: 64_400, why: 'a stop rounds down to the tick' },
    { wish: { kind: 'take_profit', trigger: 80_010 }, trigger: 80_100, why: 'a target rounds up' },
    { wish: { kind: 'trailing', rate: 0.1 }, trigger: null, why: 'a trailing one waits for its first price' },
  ])('$wish: $why', async ({ wish, trigger }) => {
    const { user, account } = await aHolder();
    expect(await set(user, account, wish)).toMatchObject({ state: 'armed', trigger_price: trigger, quantity: 10, n: 0 });
  });

  test.each([
    { wish: { trigger: 70_000 }, code: 'stop_price_passed' },
    { wish: { kind: 'take_profit', trigger: 70_000 }, code: 'stop_price_passed' },
    { wish: { quantity: 11 }, code: 'stop_quantity_invalid' },
    { wish: { quantity: 0 }, code: 'stop_quantity_invalid' },
    { wish: { quantity: 1.5 }, code: 'stop_quantity_invalid' },
    { wish: { trigger: 0 }, code: 'stop_price_invalid' },
    { wish: { trigger: Number.NaN }, code: 'stop_price_invalid' },
    { wish: { kind: 'trailing', rate: 0.95 }, code: 'stop_rate_invalid' },
    { wish: { kind: 'trailing' }, code: 'invalid_input' },
    { wish: { kind: 'atr' }, code: 'invalid_input' },
    { wish: { rate: 0.1 }, code: 'invalid_input' },
  ])('$wish is refused: $code', async ({ wish, code }) => {
    const { user, account } = await aHolder();
    expect((await refusalOf(set(user, account, wish))).code).toBe(code);
  });

  test('needs shares of one’s own: not a stranger’s account, not those a strategy holds', async () => {
    const { user, account } = await aHolder();
    expect((await refusalOf(set(await aTrader(db), account))).code).toBe('account_not_found');
    await aDeployment(user, account, 10);
    expect((await refusalOf(set(user, account))).code).toBe('stop_without_position');
  });

  test('on a real account needs an armed session to be set, and none to sell', async () => {
    const { user, account } = await aHolder(10, { isPaper: false });
    await db.pool.query('update trading_permissions set can_real_trade = true where user_id = $1', [user]);
    expect((await refusalOf(set(user, account))).code).toBe('real_not_armed');
    const claims = { session_id: 'here' };
    await db.pool.query(`insert into trading_arms (user_id, session_id, expires_at) values ($1, 'here', now() + interval '1 minute')`, [
      user,
    ]);
    const { id } = await db.asUser(
      user,
      async (client) =>
        (await client.query(`select set_protective_stop($1, $2, 'stop_loss', 64400, null, 10) as stop`, [account, SHARE.code])).rows[0]
          .stop,
      claims,
    );
    await db.pool.query('delete from trading_arms where user_id = $1', [user]);
    expect(await fire(account, id)).toMatchObject({ order: { order_status: 'pending' }, denial: null });
    expect((await place(db, user, { accountId: account, side: 'sell', quantity: 1 })).denial?.code).toBe('real_not_armed');
  });

  test('set again is changed: one of a kind stands, and the old one is over', async () => {
    const { user, account } = await aHolder();
    const first = await set(user, account);
    const second = await set(user, account, { trigger: 60_000, quantity: 5 });
    expect(second.id).not.toBe(first.id);
    expect(await stopOf(first.id)).toMatchObject({ state: 'cancelled', reason: 'changed' });
    expect(await cancel(user, second.id)).toMatchObject({ state: 'cancelled' });
    expect(await cancel(user, second.id)).toMatchObject({ state: 'cancelled' });
    expect((await refusalOf(cancel(await aTrader(db), first.id))).code).toBe('stop_not_found');
  });
});

describe('firing', () => {
  test('writes one market sale of the stop’s shares, whoever asks how often', async () => {
    const { user, account } = await aHolder();
    const { id } = await set(user, account);
    const answers = await Promise.all(Array.from({ length: 8 }, () => fire(account, id)));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
    expect(await ordersOf(account)).toMatchObject([
      { order_type: 'sell', price_type: 'market', price: null, quantity: 10, origin: 'stop', order_status: 'pending', is_entry: false },
    ]);
    expect(await stopOf(id)).toMatchObject({ state: 'fired', n: 1 });
    expect(await notices(user)).toEqual(['stop_fired']);
  });

  test('is refused to a process that does not own the account, to another n, and to a cancelled stop', async () => {
    const { user, account } = await aHolder();
    const { id } = await set(user, account);
    await trading.tokens();
    expect(await trading.call('fire_stop($1, 1, 64000, $2, 1)', [id, randomUUID()])).toBeNull();
    expect(await trading.call('fire_stop($1, 1, 64000, $2, 99)', [id, trading.instance])).toBeNull();
    expect(await fire(account, id, 2)).toBeNull();
    await cancel(user, id);
    expect(await fire(account, id)).toBeNull();
    expect(await ordersOf(account)).toEqual([]);
  });

  test('passes where entries are paused; a halt keeps it armed and tells its owner once', async () => {
    const { user, account } = await aHolder();
    const { id } = await set(user, account);
    await db.pool.query(`insert into trading_halts (scope, scope_id, level) values ('user', $1, 'halt')`, [user]);
    expect(await fire(account, id)).toMatchObject({ order: null, denial: { code: 'halted' } });
    expect(await fire(account, id)).toBeNull();
    await db.pool.query('update protective_stops set retry_at = null where id = $1', [id]);
    expect(await fire(account, id)).toMatchObject({ order: null });
    expect(await notices(user)).toEqual(['stop_blocked']);
    await db.pool.query(`update trading_halts set level = 'reduce_only' where scope_id = $1`, [user]);
    await db.pool.query('update protective_stops set retry_at = null where id = $1', [id]);
    expect(await fire(account, id)).toMatchObject({ order: { order_status: 'pending' }, denial: null });
    expect(await stopOf(id)).toMatchObject({ n: 1 });
  });

  test('sells what is free: shares in a working sale stay there', async () => {
    const { user, account } = await aHolder();
    const { id } = await set(user, account);
    await place(db, user, { accountId: account, side: 'sell', quantity: 4, price: 90_000 });
    await fire(account, id);
    expect((await ordersOf(account)).map((row) => Number(row.quantity))).toEqual([4, 6]);
  });

  test('with all shares in a working sale: nothing is ordered, the owner hears, and it stays armed', async () => {
    const { user, account } = await aHolder();
    const { id } = await set(user, account);
    await place(db, user, { accountId: account, side: 'sell', quantity: 10, price: 90_000 });
    expect(await fire(account, id)).toMatchObject({ order: null, denial: { code: 'insufficient_shares' } });
    expect(await stopOf(id)).toMatchObject({ state: 'armed', n: 0 });
    expect(await notices(user)).toEqual(['stop_blocked']);
  });

  test('of one stop makes its siblings wait, and the sale ends them all', async () => {
    const { user, account } = await aHolder();
    const { id } = await set(user, account);
    const target = await set(user, account, { kind: 'take_profit', trigger: 80_000 });
    const answer = await fire(account, id);
    expect(await fire(account, target.id, 1, 81_000)).toBeNull();
    await trading.accept(answer!.order!.id, 'S1');
    await trading.fill(answer!.order!.id, 10, 640_000);
    await sync();
    expect(await stopOf(id)).toMatchObject({ state: 'done', reason: 'sold' });
    expect(await stopOf(target.id)).toMatchObject({ state: 'done', reason: 'position_gone' });
  });
});

describe('what becomes of a fired stop', () => {
  async function fired() {
    const { user, account } = await aHolder();
    const { id } = await set(user, account);
    const answer = await fire(account, id);
    return { user, account, id, order: answer!.order!.id };
  }

  test('an order at work or of unknown outcome: nothing more is sent for it', async () => {
    const { id, order, account } = await fired();
    await trading.begin(order);
    await trading.call('mark_unknown($1, $2)', [order, 'test']);
    await sync();
    expect(await stopOf(id)).toMatchObject({ state: 'fired', n: 1 });
    expect(await fire(account, id, 2)).toBeNull();
  });

  test('a refused sale arms it again with a pause, under a new key; after five it waits for a person', async () => {
    const { user, account, id, order } = await fired();
    let current = order;
    for (let n = 1; n <= 5; n += 1) {
      await trading.call('deny_order($1, $2, $3)', [current, 'self_cross', '{}']);
      await sync();
      const stop = await stopOf(id);
      if (n === 5) {
        expect(stop).toMatchObject({ state: 'paused', reason: 'gave_up', n: 5 });
        break;
      }
      expect(stop).toMatchObject({ state: 'armed', failures: n, n });
      expect((await sync()).stops.find((row) => row.id === id)).toMatchObject({ isWaiting: true });
      expect(await fire(account, id, n + 1)).toBeNull();
      await db.pool.query('update protective_stops set retry_at = null where id = $1', [id]);
      current = (await fire(account, id, n + 1))!.order!.id;
    }
    expect(new Set((await ordersOf(account)).map((row) => row.intent_key)).size).toBe(5);
    expect(await notices(user)).toContain('stop_gave_up');
  });

  test('a part that was sold before the session ended: the rest is armed again', async () => {
    const { id, order } = await fired();
    await trading.accept(order, 'S2');
    await trading.fill(order, 4, 256_000);
    await trading.call('settle_order($1, $2)', [order, 'expired']);
    await sync();
    expect(await stopOf(id)).toMatchObject({ state: 'armed', quantity: 6, n: 1 });
  });

  test('its owner cancelled the sale: it waits for them, and setting it anew arms it', async () => {
    const { user, account, id, order } = await fired();
    await db.asUser(user, (client) => client.query('select cancel_order($1)', [order]));
    await sync();
    expect(await stopOf(id)).toMatchObject({ state: 'paused', reason: 'order_cancelled' });
    expect(await set(user, account)).toMatchObject({ state: 'armed' });
    expect(await stopOf(id)).toMatchObject({ state: 'cancelled' });
  });
});

test('a stop shrinks with its position, and ends with it', async () => {
  const { user, account } = await aHolder();
  const { id } = await set(user, account);
  await db.pool.query('update real_positions set quantity = 3, sellable_quantity = 3 where broker_account_id = $1', [account]);
  await sync();
  expect(await stopOf(id)).toMatchObject({ state: 'armed', quantity: 3 });
  await db.pool.query('update real_positions set quantity = 0, sellable_quantity = 0 where broker_account_id = $1', [account]);
  await sync();
  expect(await stopOf(id)).toMatchObject({ state: 'done', reason: 'position_gone' });
});

test('a new high only raises, also when an old one comes late', async () => {
  const { user, account } = await aHolder();
  const { id } = await set(user, account, { kind: 'trailing', rate: 0.1 });
  const raise = (highWater: number, trigger: number) => trading.call('raise_stops($1)', [JSON.stringify([{ id, highWater, trigger }])]);
  await raise(70_000, 63_000);
  await raise(80_000, 72_000);
  await raise(75_000, 67_500);
  expect(await stopOf(id)).toMatchObject({ high_water: 80_000, trigger_price: 72_000 });
});

/** A deployment with stop rules that holds shares of its own, all of them in the account too. */
async function aDeployment(user: string, account: string, quantity: number, stops: unknown = { loss: 0.08 }) {
  const [strategy, deployment] = [randomUUID(), randomUUID()];
  await db.pool.query(`insert into strategies (id, user_id, name) values ($1, $2, 's')`, [strategy, user]);
  await db.pool.query(`insert into strategy_versions (strategy_id, version, user_id, document, hash) values ($1, 1, $2, $3, 'h')`, [
    strategy,
    user,
    JSON.stringify({ stops }),
  ]);
  await db.pool.query(
    'insert into strategy_deployments (id, user_id, strategy_id, version, broker_account_id, capital) values ($1, $2, $3, 1, $4, 1e9)',
    [deployment, user, strategy, account],
  );
  await db.pool.query(
    'insert into strategy_positions (deployment_id, user_id, stock_code, quantity, purchase_amount, entered_at) values ($1, $2, $3, $4, $5, now())',
    [deployment, user, SHARE.code, quantity, quantity * 70_000],
  );
  return deployment;
}

describe('a strategy’s position', () => {
  const arm = (deployment: string, quantity: number, trigger = 64_400) =>
    trading.call<number>('arm_deployment_stops($1, $2, $3, $4, $5)', [
      deployment,
      SHARE.code,
      quantity,
      quantity * 70_000,
      JSON.stringify([{ kind: 'stop_loss', trigger, trailRate: null, highWater: 0 }]),
    ]);
  const ofDeployment = async (deployment: string): Promise<Stop[]> =>
    (
      await db.pool.query('select to_jsonb(s) as stop from protective_stops s where deployment_id = $1 order by created_at', [deployment])
    ).rows.map((row) => row.stop);
  const isListed = async (deployment: string) => (await sync()).unprotected.some((row) => row.deploymentId === deployment);

  test('is listed until its levels are reckoned, and again when it grows', async () => {
    const { user, account } = await aHolder();
    const deployment = await aDeployment(user, account, 10);
    expect(await isListed(deployment)).toBe(true);
    expect(await arm(deployment, 10)).toBe(1);
    expect(await arm(deployment, 10)).toBe(1);
    expect(await ofDeployment(deployment)).toMatchObject([{ state: 'armed', quantity: 10, trigger_price: 64_400 }]);
    expect(await isListed(deployment)).toBe(false);
    await db.pool.query('update strategy_positions set quantity = 12, purchase_amount = 12 * 70000 where deployment_id = $1', [deployment]);
    expect(await isListed(deployment)).toBe(true);
    expect(await arm(deployment, 10)).toBe(0); // reckoned from what it no longer holds
    await arm(deployment, 12, 64_500);
    expect(await ofDeployment(deployment)).toMatchObject([{ quantity: 12, trigger_price: 64_500 }]);
  });

  test('without stop rules is never listed', async () => {
    const { user, account } = await aHolder();
    expect(await isListed(await aDeployment(user, account, 10, { maxBars: 60 }))).toBe(false);
  });

  test('its stop sells its own shares through the strategy’s sub-ledger, also while the strategy is paused', async () => {
    const { user, account } = await aHolder(30);
    const deployment = await aDeployment(user, account, 10);
    await arm(deployment, 10);
    await db.pool.query(`update strategy_deployments set state = 'paused' where id = $1`, [deployment]);
    const [{ id }] = (await ofDeployment(deployment)) as [Stop];
    const answer = await fire(account, id);
    expect(await ordersOf(account)).toMatchObject([{ quantity: 10, deployment_id: deployment, origin: 'stop' }]);
    await trading.accept(answer!.order!.id, 'S3');
    await trading.fill(answer!.order!.id, 10, 640_000);
    await sync();
    expect(await stopOf(id)).toMatchObject({ state: 'done' });
    expect(await isListed(deployment)).toBe(false);
  });

  test('cannot be taken off by hand, and ends with its strategy', async () => {
    const { user, account } = await aHolder();
    const deployment = await aDeployment(user, account, 10);
    await arm(deployment, 10);
    const [{ id }] = (await ofDeployment(deployment)) as [Stop];
    expect((await refusalOf(cancel(user, id))).code).toBe('stop_of_strategy');
    await db.pool.query(`update strategy_deployments set state = 'stopped' where id = $1`, [deployment]);
    await sync();
    expect(await stopOf(id)).toMatchObject({ state: 'cancelled', reason: 'deployment_stopped' });
    expect(await arm(deployment, 10)).toBe(0);
  });
});
