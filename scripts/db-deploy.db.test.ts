import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase({ bare: true });
});
afterAll(() => db.drop());

const entry = fileURLToPath(new URL('./db-deploy.ts', import.meta.url));
const deploy = (env: { DATABASE_URL?: string }) =>
  new Promise<{ code: number | null; text: string }>((resolve) => {
    let text = '';
    const child = spawn(process.execPath, [entry], { env: { PATH: process.env.PATH, NODE_ENV: 'test', ...env } });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
    child.once('close', (code) => resolve({ code, text }));
  });

test('brings a fresh project up to date once, job tables first', async () => {
  const first = await deploy({ DATABASE_URL: db.url() });
  expect(first).toMatchObject({ code: 0, text: expect.stringMatching(/applied 20261122000100[\s\S]*\d+ applied/) });
  expect(await deploy({ DATABASE_URL: db.url() })).toEqual({ code: 0, text: 'up to date\n' });
  const { rows } = await db.pool.query(`select to_regclass('graphile_worker._private_jobs') is not null as has_jobs`);
  expect(rows[0].has_jobs).toBe(true);
});

test('the services of the fleet may run jobs, people may not see them', async () => {
  await db.pool.query(`select graphile_worker.add_job('probe')`);
  const asWorker = await db.pool.connect();
  await asWorker.query('set role narae_worker');
  expect((await asWorker.query('select 1 from graphile_worker._private_jobs')).rowCount).toBe(1);
  await asWorker.query('reset role');
  asWorker.release();
  await expect(
    db.asUser('0a000000-0000-4000-8000-000000000001', (client) => client.query('select 1 from graphile_worker._private_jobs')),
  ).rejects.toThrow(/permission denied/);
});

test.each([
  { why: 'no address', env: {}, says: /DATABASE_URL/ },
  { why: 'the transaction pooler', env: { DATABASE_URL: 'postgres://x@db.example:6543/postgres' }, says: /session pooler/ },
  { why: 'an address nobody answers', env: { DATABASE_URL: 'postgres://x@127.0.0.1:1/postgres' }, says: /ECONNREFUSED/ },
])('refuses $why in a sentence', async ({ env, says }) => {
  const { code, text } = await deploy(env);
  expect(code).toBe(1);
  expect(text).toMatch(says);
});
