import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { brokerQuotas } from '#lib/db/fleet/broker-quotas.ts';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, createTestUser, type TestDatabase } from '#lib/testing/database.ts';
import { systemClock } from './clock.ts';
import { createGovernor, LANES, type Lane } from './governor.ts';
import { type QuotaStore, sharedCalls } from './shared-calls.ts';

let db: TestDatabase;
const pools: pg.Pool[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
});
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.end();
});
afterAll(() => db?.drop());

let nextKey = 1;
const aKey = () => ({ tag: `key${nextKey++}`, environment: 'paper' });

/** A process of the fleet: a pool, a holder and a governor of its own. `asked` counts the claims that went to the database. */
function aProcess(key: { tag: string; environment: string }, perSecond: number, over: { role?: string; newKeyPerSecond?: number } = {}) {
  const pool = survivingLoss(new pg.Pool({ connectionString: db.url(over.role ?? 'narae_trading'), max: 2 }));
  pools.push(pool);
  const quotas = brokerQuotas(pool, key, { version: 1, perSecond, newKeyPerSecond: over.newKeyPerSecond ?? perSecond });
  const count = { asked: 0 };
  const store: QuotaStore = {
    ...quotas,
    claim(lane, wanted) {
      count.asked++;
      return quotas.claim(lane, wanted);
    },
  };
  const source = sharedCalls({ store, requestsPerSecond: perSecond, clock: systemClock, log: createLog('test', 'silent') });
  return { governor: createGovernor({ source, clock: systemClock }), store, count, pool };
}
const drop = (key: { tag: string }) => db.pool.query('delete from public.broker_quotas where app_key_tag = $1', [key.tag]);

/** How late a call may be told to us after the database has granted it, on a busy machine. */
const LATE_S = 0.25;
/** The worst stretch: calls in it beyond what burst and rate allow; above 0 the quota was broken. */
function excess(instants: readonly number[], perSecond: number): number {
  const burst = Math.max(1, Math.floor(perSecond / 5));
  const sorted = [...instants].sort((a, b) => a - b);
  const beyond = (from: number, to: number) => to - from + 1 - burst - perSecond * ((sorted[to]! - sorted[from]!) / 1_000 + LATE_S);
  return Math.max(...sorted.flatMap((_, from) => sorted.slice(from).map((_, n) => beyond(from, from + n))));
}

test.each([
  { perSecond: 0.95, seconds: 6 },
  { perSecond: 2.8, seconds: 4 },
  { perSecond: 15, seconds: 8 },
])('four processes together never make more calls than a key of $perSecond a second has', async ({ perSecond, seconds }) => {
  const key = aKey();
  const processes = [aProcess(key, perSecond), ...[1, 2, 3].map(() => aProcess(key, perSecond, { role: 'narae_market' }))];
  const made: number[] = [];
  const until = performance.now() + seconds * 1_000;
  // All want more than there is, in every lane: one spends from the reserve as well.
  const caller = async (process: (typeof processes)[number], lane: Lane) => {
    while (performance.now() < until) {
      try {
        await process.governor.take(lane, Math.max(1, until - performance.now()));
        made.push(performance.now());
      } catch {
        return; // time is over
      }
    }
  };
  await Promise.all(processes.flatMap((process) => LANES.map((lane) => caller(process, lane))));
  expect(excess(made, perSecond)).toBeLessThanOrEqual(0);
  expect(made.length).toBeGreaterThanOrEqual(Math.floor(perSecond * seconds * 0.5)); // and what there is, is used
});

test('a cancel of one process goes before all screens of another, and waits for one call at most', async () => {
  const key = aKey();
  const [market, trading] = [aProcess(key, 2, { role: 'narae_market' }), aProcess(key, 2)];
  await trading.store.open(); // connected, as a service is
  const order: string[] = [];
  const screens = Array.from({ length: 8 }, () => market.governor.take('screen').then(() => order.push('screen')));
  await expect.poll(() => order.length).toBeGreaterThanOrEqual(1);
  const before = order.length;
  await trading.governor.take('cancel').then(() => order.push('cancel'));
  // The call after the one that was free: the market service asked for it first, but a cancel waits in the other process.
  expect(order.indexOf('cancel') - before).toBeLessThanOrEqual(1);
  await Promise.all(screens);
});

test('the order path of a busy process asks the database once, then spends from its reserve', async () => {
  const key = aKey();
  const { governor, store, count } = aProcess(key, 1_000);
  await store.open();
  await db.pool.query('update public.broker_quotas set tokens = 200 where app_key_tag = $1', [key.tag]); // idle for a while
  await governor.take('entry');
  await expect.poll(async () => (await reserveOf(key)).isHeld).toBe(true);
  await governor.take('in_flight'); // the lease has arrived here too
  const before = count.asked;
  for (let n = 0; n < 20; n++) await governor.take(n % 2 ? 'entry' : 'exit');
  expect(count.asked).toBe(before);
  await governor.take('screen');
  expect(count.asked).toBe(before + 1);
});

async function reserveOf(key: { tag: string }) {
  const { rows } = await db.pool.query(
    `select reserve_until > clock_timestamp() as "isHeld", reserve_per_second as "perSecond" from public.broker_quotas where app_key_tag = $1`,
    [key.tag],
  );
  return rows[0];
}

test('the reserve belongs to one process, moves calls and makes none, and a slow key has none', async () => {
  const key = aKey();
  const [one, two] = [aProcess(key, 15), aProcess(key, 15)];
  await one.store.open();
  await db.pool.query('update public.broker_quotas set tokens = 3 where app_key_tag = $1', [key.tag]);
  expect(await one.store.reserve([])).toMatchObject({ perSecond: 7.5, burst: 2, tokens: 2 });
  expect(await two.store.reserve([])).toBeNull();
  expect(await one.store.reserve([])).toMatchObject({ tokens: 0 }); // a renewal
  await db.pool.query(`update public.broker_quotas set reserve_until = now() - interval '1 s' where app_key_tag = $1`, [key.tag]);
  expect(await two.store.reserve([])).toMatchObject({ perSecond: 7.5 });
  const paper = aProcess(aKey(), 0.95);
  await paper.store.open();
  expect(await paper.store.reserve([])).toBeNull();
});

test('a key younger than three days gets the newcomer’s rate, an older one the whole', async () => {
  const key = aKey();
  const { store } = aProcess(key, 15, { newKeyPerSecond: 2.8 });
  await store.open();
  const rate = async () =>
    (await db.pool.query('select private.quota_rate(q, now()) as rate from public.broker_quotas q where app_key_tag = $1', [key.tag]))
      .rows[0].rate;
  expect(await rate()).toBe(2.8);
  await db.pool.query(`update public.broker_quotas set first_seen_at = now() - interval '73 hours' where app_key_tag = $1`, [key.tag]);
  expect(await rate()).toBe(15);
});

test('"too fast" stops every process for the pause, lowers the rate by a fifth once a burst, and the minute gives it back', async () => {
  const key = aKey();
  const [one, two] = [aProcess(key, 10), aProcess(key, 10)];
  await one.store.open();
  await one.store.slow(400, true);
  await one.store.slow(400, true); // the second answer of the same burst
  const rateIn = async (seconds: number) =>
    (
      await db.pool.query(
        `select round(private.quota_rate(q, q.slowed_at + make_interval(secs => $2))::numeric, 2)::float as rate from public.broker_quotas q where app_key_tag = $1`,
        [key.tag, seconds],
      )
    ).rows[0].rate;
  expect([await rateIn(0), await rateIn(6), await rateIn(60)]).toEqual([8, 9, 10]);
  const startedAt = performance.now();
  await two.governor.take('cancel');
  expect(performance.now() - startedAt).toBeGreaterThan(250);
  await one.store.slow(1, false); // the whole ledger's limit is no fault of ours
  expect(await rateIn(0)).toBe(8);
});

test('an older table of limits does not put its figure back, and a row that was deleted is made again', async () => {
  const key = aKey();
  const { governor, store } = aProcess(key, 50);
  await store.open();
  await brokerQuotas(pools[0]!, key, { version: 0, perSecond: 500, newKeyPerSecond: 500 }).open();
  const limit = async () =>
    (await db.pool.query('select limit_per_second as limit from public.broker_quotas where app_key_tag = $1', [key.tag])).rows[0].limit;
  expect(await limit()).toBe(50);
  await governor.take('screen');
  await drop(key);
  await governor.take('screen');
  expect(await limit()).toBe(50);
});

test('without the database a process goes on by itself, with a third of the rate', async () => {
  const { governor, pool } = aProcess(aKey(), 30);
  pools.splice(0);
  await pool.end();
  const startedAt = performance.now();
  for (let n = 0; n < 7; n++) await governor.take('cancel');
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(seconds).toBeGreaterThan(0.4); // ten a second, two of them at once
});

test('a database that hangs holds up the first call only, not each cancel after it', async () => {
  const hang = () => new Promise<never>(() => {});
  const store: QuotaStore = { open: async () => {}, claim: hang, reserve: hang, slow: hang };
  const source = sharedCalls({ store, requestsPerSecond: 300, clock: systemClock, log: createLog('test', 'silent') });
  const governor = createGovernor({ source, clock: systemClock });
  const startedAt = performance.now();
  for (let n = 0; n < 15; n++) await governor.take('cancel');
  expect(performance.now() - startedAt).toBeLessThan(10_000); // waiting for each of them takes longer
});

test('the owner sees limit, rate and the last minute by lane, of own accounts only', async () => {
  const key = aKey();
  const [owner, stranger] = [await createTestUser(db.pool), await createTestUser(db.pool)];
  const { rows: accounts } = await db.pool.query(
    `insert into public.broker_accounts (user_id, broker_type, is_paper_account, label, app_key_tag) values ($1, 'kis', true, 'a', $2) returning id`,
    [owner, key.tag],
  );
  const { governor } = aProcess(key, 200);
  for (let n = 0; n < 3; n++) await governor.take('screen');
  await governor.take('reconcile');
  const see = async (user: string) => (await db.asUser(user, (client) => client.query('select * from public.my_broker_quotas()'))).rows;
  expect(await see(stranger)).toEqual([]);
  expect(await see(owner)).toEqual([
    { broker_account_id: accounts[0].id, limit_per_second: 200, now_per_second: 200, paused_until: null, used: [0, 0, 0, 0, 1, 3] },
  ]);
});
