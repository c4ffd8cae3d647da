import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHaltFile } from '#lib/credentials/halt-file.ts';
import { createTestDatabase, createTestUser, type TestDatabase } from '#lib/testing/database.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const cli = (...words: string[]) =>
  spawnSync(process.execPath, [main, 'halt', ...words], { encoding: 'utf8', env: { PATH: process.env.PATH, NODE_ENV: 'test' } });

let database: TestDatabase;
let directory: string;
beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'narae-cli-halt-'));
  const admin = await createTestUser(database.pool, { email: 'chief@example.com' });
  await createTestUser(database.pool, { email: 'member@example.com' });
  await database.pool.query('update public.profiles set is_admin = true where user_id = $1', [admin]);
});
afterAll(async () => {
  await database?.drop();
  await rm(directory, { recursive: true, force: true });
});

describe('--local', () => {
  test.each([
    { words: ['--local', '--reason', 'fire'], level: 'halt' },
    { words: ['--local', '--cancel-all'], level: 'cancel_all' },
  ])('$words writes $level, which is taken back', async ({ words, level }) => {
    expect(cli(...words, '--credentials', directory)).toMatchObject({ status: 0, stdout: expect.stringContaining('halted') });
    expect(await readHaltFile(directory)).toBe(level);
    const release = cli('--local', '--release', '--credentials', directory);
    expect(release).toMatchObject({ status: 0, stdout: expect.stringContaining('until an administrator lifts it') });
    expect(await readHaltFile(directory)).toBe('none');
    expect(cli('--release', '--credentials', directory).stdout).toContain('there was no halt file');
  });

  test('says so when the volume cannot be written', async () => {
    const file = join(directory, 'a-file');
    await writeFile(file, '');
    const answer = cli('--local', '--credentials', file);
    expect(answer.status).toBe(2);
    expect(answer.stderr).toContain('not halted');
  });

  test('leaves nothing half written beside it', async () => {
    await chmod(directory, 0o700);
    cli('--local', '--credentials', directory, '--reason', '불');
    expect(JSON.parse(await readFile(join(directory, 'halt.json'), 'utf8'))).toMatchObject({ level: 'halt', reason: '불' });
  });
});

describe('with the database', () => {
  const set = (level: string, ...more: string[]) => cli('--scope', 'platform', '--level', level, '--database', database.url(), ...more);
  const row = async () => (await database.pool.query('select level, reason, set_by from public.trading_halts')).rows;

  test('halts and lifts in an administrator’s name, with a reason, audited', async () => {
    expect(set('halt', '--as', 'CHIEF@example.com', '--reason', 'drill').status).toBe(0);
    expect(await row()).toMatchObject([{ level: 'halt', reason: 'drill' }]);
    expect(set('none', '--as', 'chief@example.com')).toMatchObject({ status: 2, stderr: expect.stringContaining('Say why') });
    expect(set('none', '--as', 'chief@example.com', '--reason', 'over').status).toBe(0);
    expect(await row()).toMatchObject([{ level: 'none' }]);
    const { rows } = await database.pool.query(`select actor_id is not null as by_person from public.audit_log where action = 'halt.set'`);
    expect(rows).toEqual([{ by_person: true }, { by_person: true }]);
  });

  test.each([
    { words: ['--as', 'member@example.com'], says: 'is not an administrator' },
    { words: [], says: 'say --as' },
    { words: ['--as', 'chief@example.com', '--database', 'postgres://127.0.0.1:1/none'], says: 'not done' },
  ])('$words is refused: $says', ({ words, says }) => {
    expect(set('halt', ...words)).toMatchObject({ status: 2, stderr: expect.stringContaining(says) });
  });

  test('without anything it says what is missing', () => {
    expect(cli().stderr).toContain('--scope and --level');
  });
});
