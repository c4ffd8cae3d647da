import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withLedger } from '#lib/db/fleet/ledger.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { verifyLedger } from '#lib/use-cases/verify-ledger.ts';
import { anAccount, aTrader, aTradingService, openMarket, type Placed, place, refusalOf, SHARE, type TradingService } from './arrange.ts';

let db: TestDatabase;
let trading: TradingService;
beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  trading = await aTradingService(db);
});
afterAll(async () => {
  const { rows } = await db.pool.query('select id from broker_accounts');
  for (const { id } of rows) expect((await withLedger(db.pool, id, verifyLedger)).findings).toEqual([]);
  await trading?.close();
  await db?.drop();
});

let brokerNumber = 9000;
const aNumber = () => String(brokerNumber++).padStart(10, '0');
async function aHolder(quantity: number) {
  const user = await aTrader(db);
  const account = await anAccount(db, user);
  await db.pool.query(
    `insert into real_positions (user_id, broker_account_id, stock_code, quantity, sellable_quantity, purchase_amount) values ($1, $2, $3, $4, $4, $5)`,
    [user, account, SHARE.code, quantity, quantity * SHARE.base],
  );
  return { user, account };
}
const asked = async (user: string, sql: string, values: unknown[]): Promise<Placed> =>
  db.asUser(user, async (client) => (await client.query(`select ${sql} as answer`, values)).rows[0].answer);
const cancel = (user: string, id: string, quantity: number | null = null) => asked(user, 'cancel_order($1, $2)', [id, quantity]);
const finish = (attempt: number, outcome: string, number: string | null = null) =>
  trading.call('finish_attempt($1, $2, null, null, $3)', [attempt, outcome, number]);
const cancelledSoFar = (id: string, quantity: number) => trading.call('apply_broker_cancelled($1, $2)', [id, quantity]);
const orderNow = async (id: string) => (await db.pool.query('select to_jsonb(o) as o from real_orders o where id = $1', [id])).rows[0].o;
/** The ten seconds a sent cancel is given to show are over. */
const patienceEnds = (id: string) =>
  db.pool.query(
    `with gone as (update real_orders set cancel_requested_at = cancel_requested_at - interval '1 minute' where id = $1)
     update order_attempts set started_at = started_at - interval '1 minute' where order_id = $1`,
    [id],
  );

describe('a partial cancel', () => {
  async function aPartOnItsWay() {
    const { user, account } = await aHolder(10);
    const { order } = await place(db, user, { accountId: account });
    await trading.accept(order.id, aNumber());
    await cancel(user, order.id, 3);
    const attempt = (await trading.begin(order.id, 'cancel', 3)) as number;
    return { user, id: order.id, attempt };
  }

  test.each(['accepted', 'unknown'])('is sent once, also when a fill comes before its confirmation (answer: %s)', async (outcome) => {
    const { id, attempt } = await aPartOnItsWay();
    await finish(attempt, outcome, outcome === 'accepted' ? aNumber() : null);
    await trading.fill(id, 1, 70_000);
    await patienceEnds(id);
    expect(await trading.begin(id, 'cancel', 3)).toBeNull();
    await cancelledSoFar(id, 3);
    expect(await orderNow(id)).toMatchObject({ order_status: 'partially_filled', cancel_requested_at: null, cancel_quantity: null });
    expect(await trading.begin(id, 'cancel', 3)).toBeNull();
  });

  test('that was refused after a fill is over: the wish is not sent again and again', async () => {
    const { id, attempt } = await aPartOnItsWay();
    await trading.fill(id, 1, 70_000);
    await finish(attempt, 'rejected');
    expect(await orderNow(id)).toMatchObject({ order_status: 'partially_filled', cancel_requested_at: null });
  });

  test('that had no effect leaves the wish for all the rest, which came after it', async () => {
    const { user, id, attempt } = await aPartOnItsWay();
    await finish(attempt, 'unknown');
    await cancel(user, id);
    await trading.call('settle_order($1, $2)', [id, 'previous']);
    expect(await orderNow(id)).toMatchObject({ order_status: 'accepted', cancel_quantity: null });
    expect(await trading.begin(id, 'cancel')).not.toBeNull();
  });

  test('waits for an earlier one that has not left yet, though it counts as without effect', async () => {
    const { user, id, attempt } = await aPartOnItsWay();
    await patienceEnds(id);
    await trading.call('settle_order($1, $2)', [id, 'previous']);
    await cancel(user, id, 3);
    expect(await trading.begin(id, 'cancel', 3)).toBeNull();
    await finish(attempt, 'not_processed');
    expect(await trading.begin(id, 'cancel', 3)).not.toBeNull();
  });
});

describe('a stop whose sale was changed', () => {
  async function aFiredStop() {
    const { user, account } = await aHolder(100);
    const stop = await asked(user, `set_protective_stop($1, $2, 'stop_loss', 64400, null, 40)`, [account, SHARE.code]);
    const id = (stop as unknown as { id: string }).id;
    const token = (await trading.tokens()).get(account);
    const fire = (n: number) => trading.call<Placed | null>('fire_stop($1, $2, 64000, $3, $4)', [id, n, trading.instance, token]);
    const sale = (await fire(1))!.order.id;
    await trading.accept(sale, aNumber());
    return { user, id, sale, fire };
  }
  const replace = (user: string, id: string, quantity: number | null, price: number) =>
    asked(user, `replace_order($1, $2, $3, 'limit', $4, 'body')`, [id, quantity, price, randomUUID()]);
  async function taken(user: string, id: string, quantity: number | null): Promise<string> {
    const { order } = await replace(user, id, quantity, 64_000);
    await finish((await trading.begin(order.id, 'replace')) as number, 'accepted', aNumber());
    return order.id;
  }
  const sync = () => trading.call('sync_stops($1)', [trading.instance]);
  const stopNow = async (id: string) =>
    (await db.pool.query('select to_jsonb(s) as s from protective_stops s where id = $1', [id])).rows[0].s;

  test('does not sell again while the change works, after an earlier change was refused', async () => {
    const { user, id, sale, fire } = await aFiredStop();
    expect((await replace(user, sale, null, 64_050)).denial?.code).toBe('off_tick');
    const child = await taken(user, sale, null);
    await sync();
    await sync();
    expect(await stopNow(id)).toMatchObject({ state: 'fired', n: 1, order_id: child });
    expect(await fire(2)).toBeNull();
    await trading.fill(child, 40, 2_560_000);
    await sync();
    expect(await stopNow(id)).toMatchObject({ state: 'done', quantity: 0 });
  });

  test('does not sell again while a part of it works under another number', async () => {
    const { user, id, sale, fire } = await aFiredStop();
    const part = await taken(user, sale, 15);
    await trading.fill(sale, 25, 1_600_000);
    expect(await orderNow(sale)).toMatchObject({ order_status: 'executed' });
    await sync();
    expect(await stopNow(id)).toMatchObject({ state: 'fired', n: 1 });
    expect(await fire(2)).toBeNull();
    await cancel(user, part);
    await finish((await trading.begin(part, 'cancel')) as number, 'accepted', aNumber());
    await trading.call('settle_order($1, $2)', [part, 'cancelled']);
    await sync();
    expect(await stopNow(id)).toMatchObject({ state: 'paused', reason: 'order_cancelled', quantity: 15 });
  });
});

test('a stop fires in the common order of locks: who holds its account may still pause it', async () => {
  const { user, account } = await aHolder(10);
  const stop = await asked(user, `set_protective_stop($1, $2, 'stop_loss', 64400, null, 10)`, [account, SHARE.code]);
  const { id } = stop as unknown as { id: string };
  const token = (await trading.tokens()).get(account);
  const other = await db.pool.connect();
  try {
    await other.query('begin');
    await other.query('select private.lock_account($1)', [account]);
    const fired = trading.call<Placed | null>('fire_stop($1, 1, 64000, $2, $3)', [id, trading.instance, token]);
    const isWaiting = async () =>
      (
        await db.pool.query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%fire_stop%'`,
        )
      ).rows.length > 0;
    await expect.poll(isWaiting, { timeout: 5_000 }).toBe(true);
    await other.query('select 1 from protective_stops where id = $1 for update nowait', [id]);
    await other.query('commit');
    expect((await fired)?.order.order_status).toBe('pending');
  } finally {
    other.release(true);
  }
});

describe('what a person may write without end is bounded', () => {
  test('stops: five hundred a day', async () => {
    const { user, account } = await aHolder(10);
    await db.pool.query(
      `insert into protective_stops (user_id, broker_account_id, stock_code, kind, trigger_price, quantity, state)
       select $1, $2, $3, 'stop_loss', 64400, 1, 'cancelled' from generate_series(1, 500)`,
      [user, account, SHARE.code],
    );
    const set = () => asked(user, `set_protective_stop($1, $2, 'stop_loss', 64400, null, 10)`, [account, SHARE.code]);
    expect(await refusalOf(set())).toMatchObject({ status: 429, code: 'rate_limited' });
    await db.pool.query(`alter table protective_stops disable trigger user`);
    await db.pool.query(`update protective_stops set updated_at = updated_at - interval '1 day' where user_id = $1`, [user]);
    await db.pool.query(`alter table protective_stops enable trigger user`);
    expect(await set()).toMatchObject({ state: 'armed' });
  });

  test('halts: five hundred liftings and repetitions a day; stopping is never refused', async () => {
    const user = await aTrader(db);
    await db.pool.query(`insert into audit_log (actor_id, action) select $1, 'halt.set' from generate_series(1, 500)`, [user]);
    const halt = (level: string) => asked(user, `set_halt('user', $1, $2, 'why')`, [user, level]);
    expect(await halt('pause_entries')).toMatchObject({ level: 'pause_entries' });
    expect(await refusalOf(halt('none'))).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(await refusalOf(halt('pause_entries'))).toMatchObject({ status: 429 });
    expect(await halt('cancel_all')).toMatchObject({ level: 'cancel_all' });
  });
});
