import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, createTestUser, type TestDatabase } from '#lib/testing/database.ts';
import { startVenue, type Venue } from '#nas/venue/venue.ts';
import { DEMO_USERS, type SeedContext } from './seed.ts';
import { seedAccounts } from './seed-accounts.ts';

let database: TestDatabase;
let venue: Venue;
let context: SeedContext;

beforeAll(async () => {
  database = await createTestDatabase();
  venue = await startVenue({ marketHours: 'always', eventsPerSecond: 0, controlToken: 'token' });
  for (const { id, email } of Object.values(DEMO_USERS)) await createTestUser(database.pool, { id, email });
  const home = await mkdtemp(join(tmpdir(), 'narae-seed-'));
  context = {
    users: DEMO_USERS,
    isFirstTime: true,
    home,
    credentialsDir: join(home, 'credentials'),
    marketDataDir: home,
    marketHours: 'always',
    venue: { restUrl: venue.restUrl.paper, realRestUrl: venue.restUrl.real, controlToken: 'token' },
    log: createLog('seed', 'fatal'),
  };
});
afterAll(async () => {
  await venue.stop();
  await database.drop();
  await rm(context.home, { recursive: true, force: true });
});

test('opens two paper accounts a trader, one without keys and one feed, and a second start changes nothing', async () => {
  await seedAccounts(database.pool, context);
  const first = await rows();
  await seedAccounts(database.pool, context);
  expect(await rows()).toEqual(first);
  expect(first.map((row) => row.user_id).sort()).toEqual(
    [DEMO_USERS.trader1, DEMO_USERS.trader1, DEMO_USERS.trader2, DEMO_USERS.trader2, DEMO_USERS.trader2, DEMO_USERS.admin]
      .map((user) => user.id)
      .sort(),
  );
  expect(venue.judge().accounts).toHaveLength(5);
  expect(first.filter((row) => row.broker_type === 'paper')).toMatchObject([
    { user_id: DEMO_USERS.trader2.id, encrypted_credentials: null },
  ]);
  const { rows: feeds } = await database.pool.query('select scope from public.market_feeds');
  expect(feeds).toEqual([{ scope: 'shared' }]);
});

test('no key and no account number is readable in the database', async () => {
  const keys = JSON.parse(await readFile(join(context.credentialsDir, 'demo-accounts.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const text = JSON.stringify(await rows());
  for (const { appKey, appSecret, accountNumber } of Object.values(keys)) {
    for (const secret of [appKey, appSecret, accountNumber]) expect(text).not.toContain(secret);
  }
});

test.each([
  { why: 'cut off', text: '{"trader1-main":' },
  { why: 'something else', text: '{"trader1-main":7}' },
])('a $why file of keys stops the start with a sentence and stays as it is', async ({ text }) => {
  const file = join(context.credentialsDir, 'demo-accounts.json');
  await writeFile(file, text);
  await expect(seedAccounts(database.pool, context)).rejects.toThrow(/읽을 수 없습니다.*cannot be read.*move the file/s);
  expect(await readFile(file, 'utf8')).toBe(text);
});

async function rows(): Promise<Record<string, unknown>[]> {
  return (await database.pool.query('select * from public.broker_accounts order by id')).rows;
}
