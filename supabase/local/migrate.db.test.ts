import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import { migrate } from './migrate.ts';

let db: TestDatabase;
let client: pg.Client;
let dir: string;
beforeEach(async () => {
  db = await createTestDatabase({ bare: true });
  client = new pg.Client({ connectionString: db.url() });
  await client.connect();
  dir = mkdtempSync(join(tmpdir(), 'migrations-'));
});
afterEach(async () => {
  await client.end();
  await db.drop();
  rmSync(dir, { recursive: true });
});
const write = (version: number, name: string, sql: string) => writeFileSync(join(dir, `2030010100000${version}_${name}.sql`), sql);

test('applies pending files once and in order', async () => {
  write(2, 'second', 'insert into public.t values (2)');
  write(1, 'first', 'create table public.t (n int);');
  expect(await migrate(client, dir)).toEqual({ applied: ['20300101000001', '20300101000002'], edited: [] });
  expect(await migrate(client, dir)).toEqual({ applied: [], edited: [] });
  expect((await client.query('select n from public.t')).rows).toEqual([{ n: 2 }]);
});

test('tells which applied file was edited afterwards', async () => {
  write(1, 'first', 'create table public.t (n int);');
  await migrate(client, dir);
  write(1, 'first', 'create table public.t (n bigint);');
  expect((await migrate(client, dir)).edited).toEqual(['20300101000001']);
});

test.each([
  {
    what: 'a parse error',
    sql: 'create table public.a ();\n\nselect\n  nope from public.a;',
    line: 4,
    message: 'column "nope" does not exist',
  },
  {
    what: 'an error without a position',
    sql: `select 1;\n-- note\ndo $$ begin\n raise exception 'stop here'; end $$;`,
    line: 3,
    message: 'stop here',
  },
])('names file and line of $what and rolls the file back', async ({ sql, line, message }) => {
  write(1, 'good', 'create table public.good ();');
  write(2, 'bad', `create table public.undone ();${sql}`);
  await expect(migrate(client, dir)).rejects.toThrow(new RegExp(`20300101000002_bad\\.sql:${line}.*${message}`));
  const { rows } = await client.query(`select to_regclass('public.good')::text as good, to_regclass('public.undone')::text as undone`);
  expect(rows[0]).toEqual({ good: 'good', undone: null });
});

test('two runs at once apply each file once', async () => {
  write(1, 'first', 'select pg_sleep(0.2); create table public.t (n int);');
  const other = new pg.Client({ connectionString: db.url() });
  await other.connect();
  const results = await Promise.all([migrate(client, dir), migrate(other, dir)]);
  await other.end();
  expect(results.flatMap((r) => r.applied)).toEqual(['20300101000001']);
});
