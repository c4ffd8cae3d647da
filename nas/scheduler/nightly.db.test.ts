import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { anAccount, aTrader, openMarket, place } from '#supabase/tests/arrange.ts';
import { enqueueNightly, runNightly } from './nightly.ts';

const log = createLog('scheduler', 'silent');
let db: TestDatabase;
let pool: ReturnType<typeof createFleetPool>;
let user: string;
let admin: string;
beforeAll(async () => {
  db = await createTestDatabase();
  await openMarket(db);
  user = await aTrader(db);
  admin = await aTrader(db, { isAdmin: true });
  pool = createFleetPool(db.url('narae_scheduler'), { name: 'scheduler', max: 3, log });
});
afterAll(async () => {
  await pool?.end();
  await db?.drop();
});

const proofOf = async (account: string) =>
  (await db.pool.query(`select result, runs, detail from reconciliations where broker_account_id = $1 and kind = 'ledger'`, [account]))
    .rows[0];
const noticesOf = async (person: string) =>
  (await db.pool.query(`select payload from notifications where user_id = $1 and kind = 'ledger_differs'`, [person])).rows;

test('the night proves every ledger once a day and tells administrators alone of one that contradicts itself', async () => {
  const [whole, broken] = [await anAccount(db, user), await anAccount(db, user)];
  for (const account of [whole, broken]) await place(db, user, { accountId: account });
  const client = await db.pool.connect();
  await client.query(`set session_replication_role = replica`);
  await client.query(`update order_events set payload = '{"quantity": 10, "price": 70001}' where account_id = $1`, [broken]);
  await client.query('reset session_replication_role');
  client.release();

  await runNightly({ pool, log });
  expect(await proofOf(whole)).toMatchObject({ result: 'agreed', detail: { events: 1, orders: 1, findings: 0 } });
  expect(await proofOf(broken)).toMatchObject({ result: 'differs', detail: { first: [{ seq: 1, fault: 'changed' }] } });
  expect(await noticesOf(admin)).toEqual([{ payload: expect.objectContaining({ account_id: broken, findings: 1 }) }]);
  expect(await noticesOf(user)).toEqual([]);

  await runNightly({ pool, log });
  expect((await proofOf(broken)).runs).toBe(1);
  expect(await noticesOf(admin)).toHaveLength(1);
});

test('a ledger that cannot be read is called failed, hides no other one, and is tried again', async () => {
  await db.pool.query(`delete from reconciliations`);
  const account = await anAccount(db, user);
  await place(db, user, { accountId: account });
  await db.pool.query('revoke select on executions from narae_scheduler');
  await expect(runNightly({ pool, log })).rejects.toThrow('could not be verified');
  expect(await proofOf(account)).toMatchObject({ result: 'failed' });
  await db.pool.query('grant select on executions to narae_scheduler');
  await runNightly({ pool, log });
  expect(await proofOf(account)).toMatchObject({ result: 'agreed', runs: 2 });
});

test.each([
  { at: '2026-11-22T18:30:04Z', asked: true },
  { at: '2026-11-22T19:20:04Z', asked: true },
  { at: '2026-11-22T18:31:04Z', asked: false },
  { at: '2026-11-22T19:30:04Z', asked: false },
  { at: '2026-11-22T03:30:04Z', asked: false },
])('at $at (UTC) the night’s work is asked for: $asked', async ({ at, asked }) => {
  await db.pool.query('delete from graphile_worker._private_jobs');
  expect(await enqueueNightly(pool, new Date(at))).toBe(asked);
  const { rows } = await db.pool.query(`select key from graphile_worker.jobs where task_identifier = 'nightly'`);
  expect(rows).toEqual(asked ? [{ key: 'nightly:2026-11-23' }] : []);
});

test('what is older than its rule allows goes, and what is kept for ever stays', async () => {
  const account = await anAccount(db, user);
  const { order } = await place(db, user, { accountId: account });
  const { rows } = await db.pool.query(
    `with s as (insert into strategies (user_id, name) values ($1, 's') returning id),
          v as (insert into strategy_versions (strategy_id, version, user_id, document, hash) select id, 1, $1, '{}', 'h' from s returning strategy_id)
     insert into strategy_deployments (user_id, strategy_id, version, broker_account_id, capital) select $1, strategy_id, 1, $2, 1 from v returning id`,
    [user, account],
  );
  const deployment = rows[0].id;
  const ages = { signals: [399, 401], silent: [6, 8] };
  for (const days of ages.signals) {
    await db.pool.query(
      `insert into strategy_runs (deployment_id, tick, user_id, decisions, started_at) values ($1, now() - make_interval(days => $3), $2, '[{}]', now() - make_interval(days => $3))`,
      [deployment, user, days],
    );
  }
  for (const days of ages.silent) {
    await db.pool.query(
      `insert into strategy_runs (deployment_id, tick, user_id, started_at) values ($1, now() - make_interval(days => $3), $2, now() - make_interval(days => $3))`,
      [deployment, user, days],
    );
  }
  await db.pool.query(
    `insert into notifications (user_id, kind, created_at) values ($1, 'young', now() - interval '179 days'), ($1, 'old', now() - interval '181 days')`,
    [user],
  );
  await db.pool.query(
    `insert into service_heartbeats (service, instance, beat_at) values ('trading', 'young', now() - interval '6 days'), ('trading', 'old', now() - interval '8 days')`,
  );
  for (const days of [6, 8]) {
    await db.pool.query(
      `with o as (insert into optimisations (user_id, request, is_whole_market, cells, chunk_cells, chunks, state, finished_at)
              values ($1, '{}', false, 1, 1, 1, 'done', now() - make_interval(days => $2)) returning id)
       insert into optimisation_chunks (optimisation_id, number, user_id, first_cell, last_cell) select id, $2, $1, 0, 0 from o`,
      [user, days],
    );
  }

  await runNightly({ pool, log });
  const runs = await db.pool.query(
    `select round(extract(epoch from now() - started_at) / 86400)::int as days from strategy_runs order by 1`,
  );
  expect(runs.rows.map((row) => row.days)).toEqual([6, 399]);
  const left = async (sql: string) => (await db.pool.query(sql)).rows.map((row) => Object.values(row)[0]);
  expect(await left(`select kind from notifications where kind in ('young', 'old')`)).toEqual(['young']);
  expect(await left(`select instance from service_heartbeats`)).toEqual(['young']);
  expect(await left(`select number from optimisation_chunks`)).toEqual([6]);
  expect(await left(`select count(*)::int from optimisations`)).toEqual([2]);
  expect(await left(`select count(*)::int from order_events where order_id = '${order.id}'`)).toEqual([1]);
});

test('days given to what is kept for ever are refused, and nothing is removed', async () => {
  await db.pool.query(`update retention_rules set keep_days = 1 where name = 'orders'`);
  await expect(runNightly({ pool, log })).rejects.toThrow('kept for ever');
  await db.pool.query(`update retention_rules set keep_days = null where name = 'orders'`);
});
