import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { bootstrap } from './bootstrap.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('a later start does not open again what our migrations have closed', async () => {
  await bootstrap({ url: db.url(), passwordOf: () => 'test' });
  await db.pool.query('create table public.made_later (n int)');
  const { rows } = await db.pool.query(
    `select has_table_privilege('anon', 'public.made_later', 'select') as anon, has_table_privilege('authenticated', 'public.made_later', 'insert') as person`,
  );
  expect(rows[0]).toEqual({ anon: false, person: false });
});

test('the role that serves REST is no superuser and passes no RLS by itself', async () => {
  const { rows } = await db.pool.query(`select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = 'lite'`);
  expect(rows[0]).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false });
});

test('people cannot reach the tables of the auth server', async () => {
  for (const ask of [db.asAnon, (work: Parameters<typeof db.asAnon>[0]) => db.asUser('0a000000-0000-4000-8000-000000000001', work)]) {
    await expect(ask((client) => client.query('select 1 from auth.users'))).rejects.toThrow(/permission denied/);
  }
});
