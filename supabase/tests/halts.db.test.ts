import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, aTradingService, openMarket, place, refusalOf, SHARE, type TradingService } from './arrange.ts';

let db: TestDatabase;
let trading: TradingService;
let admin: string;
let user: string;
let account: string;

beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  trading = await aTradingService(db);
  admin = await aTrader(db, { isAdmin: true });
});
afterAll(async () => {
  await trading?.close();
  await db?.drop();
});
beforeEach(async () => {
  user = await aTrader(db);
  account = await anAccount(db, user);
});

afterEach(async () => {
  const { rows } = await db.pool.query(`select id from real_orders where order_status = 'unknown'`);
  for (const { id } of rows) await call(admin, 'resolve_unknown($1, $2, $3)', [id, null, 'the test is over']);
  await db.pool.query(`update trading_halts set level = 'none'`);
});

let last = 0;
/** Never the same twice. */
const next = () => {
  last += 1;
  return last;
};
const aNumber = () => String(next()).padStart(10, '0');
const one = async (sql: string, values: unknown[] = []) => (await db.pool.query(sql, values)).rows[0];
const call = (who: string, sql: string, values: unknown[], claims = {}) =>
  db.asUser(who, async (client) => (await client.query(`select ${sql} as answer`, values)).rows[0].answer, claims);
const setHalt = (who: string, scope: string, id: string, level: string, reason = 'why') =>
  call(who, 'set_halt($1, $2, $3, $4)', [scope, id, level, reason]);
const haltOf = (scope: string, id: string) => one('select * from trading_halts where scope = $1 and scope_id = $2', [scope, id]);
const anOrder = async (on = account, side: 'buy' | 'sell' = 'buy') =>
  (await place(db, user, { accountId: on, side, quantity: next() })).order.id;
const anUnknown = async (on = account) => {
  const id = await anOrder(on);
  await trading.begin(id);
  await trading.call('mark_unknown($1, $2)', [id, 'slow']);
  return id;
};
const check = (offsets: Record<string, number> = {}) => trading.call<number>('check_halts($1, $2)', [trading.instance, offsets]);
const notices = async () =>
  (await db.pool.query('select kind, payload from notifications where user_id = $1 order by created_at', [user])).rows;

describe('a halt of one account', () => {
  test('refuses its orders and leaves the person’s other account alone', async () => {
    const other = await anAccount(db, user);
    await setHalt(user, 'account', account, 'halt');
    expect((await place(db, user, { accountId: account })).denial).toMatchObject({ code: 'halted', numbers: { scope: 'account' } });
    expect((await place(db, user, { accountId: other })).denial).toBeNull();
  });

  test('is nobody else’s to set, and is read by its owner alone', async () => {
    const stranger = await aTrader(db);
    expect((await refusalOf(setHalt(stranger, 'account', account, 'halt'))).status).toBe(403);
    await setHalt(user, 'account', account, 'pause_entries');
    const seen = (who: string) =>
      db.asUser(who, async (client) => (await client.query('select 1 from trading_halts where scope_id = $1', [account])).rowCount);
    expect([await seen(user), await seen(stranger), await seen(admin)]).toEqual([1, 0, 1]);
  });
});

describe('the last check before a socket', () => {
  test.each([
    { scope: 'platform', level: 'halt' },
    { scope: 'broker', level: 'cancel_all' },
    { scope: 'user', level: 'pause_entries' },
    { scope: 'account', level: 'reduce_only' },
  ])('$scope $level set after the order was placed: no attempt is written', async ({ scope, level }) => {
    const id = await anOrder();
    const scopeId = { platform: '', broker: 'kis', user, account }[scope]!;
    await setHalt(admin, scope, scopeId, level);
    expect(await trading.begin(id)).toBeNull();
    expect((await one('select count(*)::int as n from order_attempts where order_id = $1', [id])).n).toBe(0);
    await setHalt(admin, scope, scopeId, 'none');
    expect(await trading.begin(id)).not.toBeNull();
  });

  test('a cancel passes every halt', async () => {
    const id = await anOrder();
    await trading.accept(id, aNumber());
    await setHalt(user, 'user', user, 'halt');
    await call(user, 'cancel_order($1)', [id]);
    expect(await trading.begin(id, 'cancel')).not.toBeNull();
  });
});

describe('a halt with cancel-all', () => {
  test('drops what was not sent, asks for the rest, counts its progress, and repeats without effect', async () => {
    const [working, queued] = [await anOrder(), await anOrder()];
    await trading.accept(working, aNumber());
    await setHalt(user, 'account', account, 'cancel_all');
    expect(await trading.call('sweep_cancel_all($1)', [account])).toEqual({ dropped: 1, asked: 1 });
    expect(await one('select order_status, cancel_requested_at is not null as asked from real_orders where id = $1', [working])).toEqual({
      order_status: 'accepted',
      asked: true,
    });
    expect((await one('select order_status from real_orders where id = $1', [queued])).order_status).toBe('cancelled');
    expect((await one('select count(*)::int as n from reservations where order_id = $1', [queued])).n).toBe(0);
    expect(await trading.call('sweep_cancel_all($1)', [account])).toEqual({ dropped: 0, asked: 0 });
    expect(await call(user, 'halt_progress($1, $2)', ['account', account])).toEqual({ left: 1, cancelled: 1, filled: 0 });
    await trading.call('settle_order($1, $2, $3, $4)', [working, 'cancelled', 5, 'inquiry']);
    expect(await call(user, 'halt_progress($1, $2)', ['account', account])).toMatchObject({ left: 0 });
    const stranger = await aTrader(db);
    expect((await refusalOf(call(stranger, 'halt_progress($1, $2)', ['account', account]))).status).toBe(403);
  });

  test('turns a wish for a part into one for the whole rest', async () => {
    const { order } = await place(db, user, { accountId: account, quantity: 10 });
    await trading.accept(order.id, aNumber());
    await call(user, 'cancel_order($1, $2)', [order.id, 4]);
    await setHalt(user, 'account', account, 'cancel_all');
    expect(await trading.call('sweep_cancel_all($1)', [account])).toEqual({ dropped: 0, asked: 1 });
    expect(
      await one('select cancel_quantity, cancel_requested_at is not null as asked from real_orders where id = $1', [order.id]),
    ).toEqual({
      cancel_quantity: null,
      asked: true,
    });
    expect(await trading.call('sweep_cancel_all($1)', [account])).toEqual({ dropped: 0, asked: 0 });
  });

  test('a milder halt cancels nothing', async () => {
    await anOrder();
    await setHalt(user, 'account', account, 'halt');
    expect(await trading.call('sweep_cancel_all($1)', [account])).toEqual({ dropped: 0, asked: 0 });
  });
});

describe('lifting', () => {
  test('waits for accounts with orders of today, not for one that nobody can read any more', async () => {
    const id = await anOrder();
    await trading.accept(id, 'LEFT-OVER');
    await db.pool.query(`update account_balances set as_of = now() - interval '1 hour' where broker_account_id = $1`, [account]);
    await setHalt(user, 'account', account, 'halt');
    expect((await refusalOf(setHalt(user, 'account', account, 'none'))).code).toBe('not_reconciled');
    await db.pool.query('alter table real_orders disable trigger user');
    await db.pool.query('update real_orders set order_day = order_day - 1 where id = $1', [id]);
    await db.pool.query('alter table real_orders enable trigger user');
    expect(await setHalt(user, 'account', account, 'none')).toMatchObject({ level: 'none' });
  });

  test('needs a reason and no order of unknown outcome', async () => {
    const id = await anUnknown();
    await setHalt(user, 'account', account, 'halt');
    expect((await refusalOf(setHalt(user, 'account', account, 'pause_entries', ' '))).code).toBe('invalid_input');
    const refusal = await refusalOf(setHalt(user, 'account', account, 'none'));
    expect(refusal).toMatchObject({ code: 'not_reconciled', status: 409 });
    expect(JSON.parse(refusal.details!)).toMatchObject({ unknown: 1, unread: 0 });
    await call(user, 'resolve_unknown($1, $2, $3)', [id, null, 'looked at the broker']);
    expect(await setHalt(user, 'account', account, 'none')).toMatchObject({ level: 'none', set_by: user });
  });

  test('needs every account with working orders to have been read in the last two minutes', async () => {
    await trading.accept(await anOrder(), aNumber());
    await setHalt(user, 'user', user, 'halt');
    await db.pool.query(`update account_balances set as_of = now() - interval '3 minutes' where broker_account_id = $1`, [account]);
    expect(JSON.parse((await refusalOf(setHalt(user, 'user', user, 'none'))).details!)).toMatchObject({ unknown: 0, unread: 1 });
    await trading.call('put_balance($1, $2, $2, $2, $2, $2, now())', [account, 1e9]);
    expect(await setHalt(user, 'user', user, 'none')).toMatchObject({ level: 'none' });
  });
});

describe('an automatic halt', () => {
  const rejected = async () => {
    const id = await anOrder();
    const attempt = await trading.begin(id);
    await trading.call('finish_attempt($1, $2, $3, $4)', [attempt, 'rejected', 'X', 'no']);
  };
  /** Ten shares bought above the last price. */
  const aLoss = async (won: number) => {
    const { order } = await place(db, user, { accountId: account, quantity: 10 });
    await trading.accept(order.id, aNumber());
    await trading.fill(order.id, 10, 10 * SHARE.base + won);
  };
  let sent: readonly string[] = [];
  const cases: { cause: string; why: string; below: () => Promise<unknown>; above: () => Promise<Record<string, number> | undefined> }[] = [
    {
      cause: 'unknown_count',
      why: 'a third order of unknown outcome',
      below: async () => {
        sent = [await anOrder(), await anOrder(), await anOrder()];
        for (const id of sent) await trading.begin(id);
        for (const id of sent.slice(1)) await trading.call('mark_unknown($1, $2)', [id, 'slow']);
      },
      above: async () => {
        await trading.call('mark_unknown($1, $2)', [sent[0], 'slow']);
        return undefined;
      },
    },
    {
      cause: 'unknown_age',
      why: 'an order unknown for more than 180 s',
      below: () => anUnknown(),
      above: async () => {
        await db.pool.query(`update real_orders set submitted_at = now() - interval '181 seconds' where broker_account_id = $1`, [account]);
        return undefined;
      },
    },
    {
      cause: 'rejects',
      why: 'a fifth reject within a minute',
      below: async () => {
        for (let i = 0; i < 4; i += 1) await rejected();
      },
      above: async () => {
        await rejected();
        return undefined;
      },
    },
    { cause: 'clock', why: 'our clock more than 3 s off', below: async () => {}, above: async () => ({ [account]: -3.2 }) },
    {
      cause: 'two_senders',
      why: 'an attempt under a foreign token',
      below: async () => trading.begin(await anOrder()),
      above: async () => {
        await db.pool.query(
          `insert into order_attempts (order_id, attempt_no, kind, instance_id, lease_token) values ($1, 1, 'submit', $2, 7)`,
          [await anOrder(), randomUUID()],
        );
        return undefined;
      },
    },
    {
      cause: 'daily_loss',
      why: 'a loss of the day that reaches the limit',
      below: async () => {
        await db.pool.query('update trading_permissions set max_daily_loss = 100000 where user_id = $1', [user]);
        await aLoss(99_000);
      },
      above: async () => {
        await aLoss(1_000);
        return undefined;
      },
    },
  ];

  test.each(cases)('pauses the entries of the account for $cause: $why; once, told, audited, lifted by its owner', async (row) => {
    await trading.tokens();
    await row.below();
    await check(row.cause === 'clock' ? { [account]: 2.9 } : {});
    expect(await haltOf('account', account)).toBeUndefined();

    const offsets = (await row.above()) ?? {};
    await check(offsets);
    expect(await haltOf('account', account)).toMatchObject({ level: 'pause_entries', cause: row.cause, set_by: null, version: '1' });
    await check(offsets);
    expect((await haltOf('account', account)).version).toBe('1');
    expect((await notices()).filter(({ kind }) => kind === `halt_${row.cause}`)).toHaveLength(1);
    expect(
      (await one(`select count(*)::int as n from audit_log where action = 'halt.auto' and subject_id = $1`, [`account:${account}`])).n,
    ).toBe(1);
    expect((await place(db, user, { accountId: account })).denial?.code).toBe('halted');

    for (const { id } of (
      await db.pool.query(`select id from real_orders where broker_account_id = $1 and order_status = 'unknown'`, [account])
    ).rows)
      await call(user, 'resolve_unknown($1, $2, $3)', [id, null, 'looked']);
    expect(await setHalt(user, 'account', account, 'none')).toMatchObject({ level: 'none', cause: 'person', set_by: user });
    await check();
    expect((await haltOf('account', account)).level).toBe('none');
  });

  test('never lowers what stands, and the same episode halts once, also after a person has lifted it', async () => {
    const raise = (level: string, day: string) =>
      trading.call<boolean>('raise_halt($1, $2, $3, $4, $5, $6)', ['user', user, level, 'daily_loss', { loss: 1_000_000 }, day]);
    await setHalt(user, 'user', user, 'halt');
    expect(await raise('pause_entries', 'd1')).toBe(false);
    await setHalt(user, 'user', user, 'none');
    expect(await raise('pause_entries', 'd1')).toBe(true);
    await setHalt(user, 'user', user, 'none');
    expect(await raise('pause_entries', 'd1')).toBe(false);
    expect(await raise('pause_entries', 'd2')).toBe(true);
    expect(await notices()).toMatchObject([
      { kind: 'halt_daily_loss', payload: { loss: 1_000_000, scope: 'user', level: 'pause_entries' } },
      { kind: 'halt_daily_loss' },
    ]);
  });

  test('of the whole platform is told to administrators', async () => {
    await trading.call('raise_halt($1, $2, $3, $4)', ['platform', '', 'halt', 'local_file']);
    expect((await one(`select count(*)::int as n from notifications where user_id = $1 and kind = 'halt_local_file'`, [admin])).n).toBe(1);
    expect(await notices()).toEqual([]);
    expect((await refusalOf(setHalt(user, 'platform', '', 'none'))).status).toBe(403);
    await setHalt(admin, 'platform', '', 'none');
  });
});

describe('an order of unknown outcome', () => {
  test('is listed for administrators with its owner, account, attempts and candidates, and for nobody else', async () => {
    const id = await anUnknown();
    const candidates = [{ brokerOrderId: aNumber(), branch: '00950' }, { brokerOrderId: aNumber() }];
    await trading.call('set_candidates($1, $2)', [id, JSON.stringify(candidates)]);
    expect((await refusalOf(call(user, 'admin_unknown_orders()', []))).status).toBe(403);
    const row = (await call(admin, 'admin_unknown_orders()', [])).find((one: { order: { id: string } }) => one.order.id === id);
    expect(row).toMatchObject({ order: { candidates }, is_paper: true, is_held: true, attempts: [{ outcome: null, baseline: 0 }] });
    expect(await call(admin, 'resolve_unknown($1, $2, $3)', [id, candidates[0]!.brokerOrderId, 'asked the broker'])).toMatchObject({
      order: { order_status: 'accepted', broker_branch: '00950', candidates: [] },
    });
    expect(
      await one(`select actor_id, detail from audit_log where action = 'order.resolve_unknown' and subject_id = $1`, [id]),
    ).toMatchObject({
      actor_id: admin,
      detail: { by_owner: false, candidates: 2, reason: 'asked the broker' },
    });
  });

  test('on a real account is settled by its owner only in an unlocked session', async () => {
    const real = await anAccount(db, user, { isPaper: false });
    await db.pool.query('update trading_permissions set can_real_trade = true where user_id = $1', [user]);
    await db.pool.query(`insert into trading_arms (user_id, session_id, expires_at) values ($1, 'armed', now() + interval '5 minutes')`, [
      user,
    ]);
    const { order } = await place(db, user, { accountId: real }, { session_id: 'armed' });
    await trading.begin(order.id);
    await trading.call('mark_unknown($1, $2)', [order.id, 'slow']);
    const settle = (claims: object) => call(user, 'resolve_unknown($1, $2, $3)', [order.id, null, 'looked'], claims);
    expect((await refusalOf(settle({ session_id: 'other' }))).code).toBe('real_not_armed');
    expect(await settle({ session_id: 'armed' })).toMatchObject({ order: { order_status: 'rejected' } });
  });
});
