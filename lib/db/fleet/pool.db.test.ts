import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { EVENTUALLY } from '#lib/testing/eventually.ts';
import { survivingLoss } from './pool.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('a connection the server ends, idle or lent out, is told once and replaced, and ends nothing else', async () => {
  const told: Error[] = [];
  const pool = survivingLoss(new pg.Pool({ connectionString: db.url(), max: 2 }), (error) => told.push(error));
  const lent = await pool.connect();
  await pool.query('select 1'); // a second one, which then lies idle
  const { rows } = await db.pool.query<{ pid: number }>(
    `select pg_terminate_backend(pid), pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
      and application_name = ''`,
  );
  expect(rows.length).toBeGreaterThanOrEqual(2);
  await vi.waitFor(() => expect(told).toHaveLength(2), EVENTUALLY);
  lent.release(told[0]);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
  expect(told).toHaveLength(2);
});
