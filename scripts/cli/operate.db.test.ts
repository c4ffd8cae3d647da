import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const cli = (...words: string[]) =>
  spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', env: { PATH: process.env.PATH, NODE_ENV: 'test' } });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('the operator makes the first administrator and takes the role back, and both are audited', async () => {
  const { rows } = await database.pool.query<{ id: string }>(
    `insert into auth.users (id, aud, role, email) values (gen_random_uuid(), 'authenticated', 'authenticated', 'first@example.com') returning id`,
  );
  const isAdmin = async () =>
    (await database.pool.query<{ is_admin: boolean }>('select is_admin from public.profiles where user_id = $1', [rows[0]?.id])).rows[0]
      ?.is_admin;

  expect(cli('admin', 'grant', 'FIRST@example.com', '--database', database.url()).status).toBe(0);
  expect(await isAdmin()).toBe(true);
  expect(cli('admin', 'revoke', 'first@example.com', '--database', database.url()).status).toBe(0);
  expect(await isAdmin()).toBe(false);
  const audit = await database.pool.query<{ action: string }>('select action from public.audit_log where subject_id = $1 order by id', [
    rows[0]?.id,
  ]);
  expect(audit.rows.map((row) => row.action)).toEqual(['admin.grant', 'admin.revoke']);
});

test.each([
  { words: ['admin', 'grant'], says: 'whose e-mail' },
  { words: ['admin', 'grant', 'you@example.com'], says: 'set DATABASE_URL' },
  { words: ['admin', 'grant', 'you@example.com', '--database', 'postgres://127.0.0.1:1/none'], says: 'not done' },
])('$words says what is missing', ({ words, says }) => {
  const { status, stderr } = cli(...words);
  expect(status).toBe(2);
  expect(stderr).toContain(says);
});

test('somebody who never signed up is named', () => {
  const { status, stderr } = cli('admin', 'grant', 'nobody@example.com', '--database', database.url());
  expect(status).toBe(2);
  expect(stderr).toContain('nobody@example.com');
});
