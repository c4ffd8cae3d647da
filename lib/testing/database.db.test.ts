import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, createTestUser, type TestDatabase } from './database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

describe('a test database', () => {
  test('has our migrations recorded as the Supabase CLI records them', async () => {
    const { rows } = await db.pool.query('select version, name, statements from supabase_migrations.schema_migrations order by version');
    expect(rows[0]).toMatchObject({ version: '20261122000100', name: 'roles_and_helpers' });
    expect(rows[0].statements.length).toBeGreaterThan(3);
  });

  test('tells a signed-in request who it is', async () => {
    const id = await createTestUser(db.pool, { email: 'who@test.local' });
    const row = await db.asUser(
      id,
      async (client) =>
        (await client.query(`select auth.uid() as uid, auth.role() as role, current_user::text as db_role, auth.jwt() ->> 'aal' as aal`))
          .rows[0],
      { aal: 'aal2' },
    );
    expect(row).toEqual({ uid: id, role: 'authenticated', db_role: 'authenticated', aal: 'aal2' });
  });

  test('tells an anonymous request that nobody is signed in', async () => {
    const row = await db.asAnon(async (client) => (await client.query('select auth.uid() as uid, current_user::text as role')).rows[0]);
    expect(row).toEqual({ uid: null, role: 'anon' });
  });

  test('leaves no role or claim behind on a pooled connection', async () => {
    const id = await createTestUser(db.pool);
    await db.asUser(id, async (client) => client.query('select 1'));
    const { rows } = await db.pool.query(
      `select current_user::text as role, nullif(current_setting('request.jwt.claims', true), '') as claims`,
    );
    expect(rows[0]).toEqual({ role: 'postgres', claims: null });
  });

  test('undoes what a failing request did', async () => {
    await db.pool.query('create table public.kept (n int); grant all on public.kept to authenticated');
    const id = await createTestUser(db.pool);
    const failing = db.asUser(id, async (client) => {
      await client.query('insert into public.kept values (1)');
      throw new Error('refused');
    });
    await expect(failing).rejects.toThrow('refused');
    expect((await db.pool.query('select count(*)::int as n from public.kept')).rows[0].n).toBe(0);
  });

  test('is apart from the next one', async () => {
    const other = await createTestDatabase();
    await db.pool.query('create table public.only_here ()');
    const { rows } = await other.pool.query(`select to_regclass('public.only_here') as found`);
    await other.drop();
    expect(rows[0].found).toBeNull();
  });
});
