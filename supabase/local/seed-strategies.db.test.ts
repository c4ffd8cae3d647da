import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashOf } from '#domain/hash.ts';
import { compileStrategy } from '#domain/strategy/compile.ts';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, createTestUser, type TestDatabase } from '#lib/testing/database.ts';
import { DEMO_USERS, type SeedContext } from './seed.ts';
import { seedStrategies } from './seed-strategies.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await createTestUser(db.pool, DEMO_USERS.trader1);
  await db.pool.query(
    `insert into broker_accounts (id, user_id, broker_type, label, is_paper_account) values ($1, $2, 'kis', '모의투자 · 자동매매', true)`,
    [randomUUID(), DEMO_USERS.trader1.id],
  );
});
afterAll(() => db?.drop());

test('the first trader finds every template as a strategy that runs, one of them at work, and a second start changes nothing', async () => {
  const context = { users: DEMO_USERS, marketHours: 'demo', log: createLog('seed', 'fatal') } as unknown as SeedContext;
  await seedStrategies(db.pool, context);
  await seedStrategies(db.pool, context);
  const { rows } = await db.pool.query(
    `select s.template, v.document, v.hash from strategies s join strategy_versions v on v.strategy_id = s.id and v.version = s.latest_version`,
  );
  expect(rows.map((row) => row.template).sort()).toEqual([
    'bollinger-reversion',
    'fifty-two-week-high',
    'golden-cross',
    'minute-momentum',
    'rsi-reversal',
  ]);
  for (const { document, hash } of rows) {
    expect(compileStrategy(document).ok).toBe(true);
    expect(hash).toBe(hashOf(document));
  }
  const { rows: deployed } = await db.pool.query(
    `select s.template, d.state, v.document -> 'sessions' as sessions from strategy_deployments d
       join strategies s on s.id = d.strategy_id join strategy_versions v on v.strategy_id = s.id and v.version = d.version`,
  );
  expect(deployed).toEqual([
    { template: 'minute-momentum', state: 'running', sessions: expect.not.objectContaining({ exitAllBeforeClose: true }) },
  ]);
});
