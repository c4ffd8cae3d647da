import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HALT_FILE, removeHaltFile, writeHaltFile } from '#lib/credentials/halt-file.ts';
import { createLog } from '#lib/log.ts';
import { systemClock } from '#nas/runtime/clock.ts';
import { watchLocalHalt } from './local-halt.ts';
import { until } from './testing/desk.ts';

const log = createLog('trading', 'silent');
const content = { level: 'halt', at: '2026-11-22T00:00:00Z', reason: 'fire' } as const;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'narae-halt-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));
const start = (changes: string[] = []) => {
  const local = watchLocalHalt({ directory, clock: systemClock, log, onChange: () => changes.push(local.level()) });
  return local;
};

test('a file that comes halts, one that changes cancels all, and one that goes ends it; each is told', async () => {
  const changes: string[] = [];
  const local = start(changes);
  try {
    expect(local.level()).toBe('halt'); // not read yet
    await local.isRead;
    expect(local.level()).toBe('none');
    for (const level of ['halt', 'cancel_all'] as const) {
      await writeHaltFile(directory, { ...content, level });
      await until(level, local.level, (seen) => seen === level, 2_000);
    }
    expect(await removeHaltFile(directory)).toBe(true);
    await until('release', local.level, (seen) => seen === 'none', 2_000);
    expect(changes).toEqual(['none', 'halt', 'cancel_all', 'none']);
  } finally {
    local.stop();
  }
});

test.each([
  { text: '', why: 'an empty file' },
  { text: '{"level":', why: 'half a file' },
  { text: '{"level":"none","at":"","reason":""}', why: 'a word that is no level' },
])('$why halts', async ({ text }) => {
  await writeFile(join(directory, HALT_FILE), text);
  const local = start();
  await local.isRead;
  local.stop();
  expect(local.level()).toBe('halt');
});

test('a credentials volume that is gone halts, and one that is back goes on', async () => {
  const local = start();
  try {
    await local.isRead;
    await rm(directory, { recursive: true });
    await until('halt', local.level, (seen) => seen === 'halt', 3_000);
    await writeHaltFile(directory, content);
    await removeHaltFile(directory);
    await until('release', local.level, (seen) => seen === 'none', 3_000);
  } finally {
    local.stop();
  }
});
