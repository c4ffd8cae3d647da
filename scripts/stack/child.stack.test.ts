import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EVENTUALLY } from '#lib/testing/eventually.ts';
import { isAlive } from '#supabase/local/orphan.ts';
import { Child } from './child.ts';

let dir: string;
let children: Child[] = [];
const warnings: string[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'child-'));
  warnings.length = 0;
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.stop()));
  children = [];
  rmSync(dir, { recursive: true });
});

const READY = `process.send({ type: 'ready', url: 'http://here' });`;
const STAY = 'setInterval(() => {}, 1000);';
function make(source: string, more: { readyWithinMs?: number; backOffMs?: number; onGiveUp?: (reason: string) => void } = {}): Child {
  writeFileSync(join(dir, 'service.mjs'), source);
  const child = new Child({
    name: 'service',
    entry: join(dir, 'service.mjs'),
    env: {},
    logFile: join(dir, 'logs', 'service.log'),
    readyWithinMs: 10_000,
    onWarning: (line) => warnings.push(line),
    onGiveUp: () => {},
    ...more,
  });
  children.push(child);
  return child;
}

test('is ready when it says so, with its address, and is gone after a stop', async () => {
  const child = make(READY + STAY);
  await child.start();
  const pid = child.pid!;
  expect(child.url).toBe('http://here');
  await child.stop();
  expect(isAlive(pid)).toBe(false);
});

test('dying before it is ready ends the start with its last lines', async () => {
  await expect(make(`console.error('line one'); console.error('no key given'); process.exit(3);`).start()).rejects.toThrow(
    /service ended \(code 3\).*line one.*no key given/s,
  );
});

test('an error thrown at the top is told with its message', async () => {
  await expect(make(`throw new Error('port is taken');`).start()).rejects.toThrow(/port is taken/);
});

test('not being ready in time ends the start and the process', async () => {
  const child = make(STAY, { readyWithinMs: 300 });
  await expect(child.start()).rejects.toThrow(/not ready within 0.3 s/);
  await vi.waitFor(() => expect(isAlive(child.pid!)).toBe(false), EVENTUALLY);
});

test('a crash after it was ready is told and the process comes back', async () => {
  const child = make(READY + STAY);
  await child.start();
  const first = child.pid!;
  process.kill(first, 'SIGKILL');
  await vi.waitFor(() => expect(child.pid).not.toBe(first), EVENTUALLY);
  await child.ready;
  expect(warnings[0]).toMatch(/service ended \(SIGKILL\).*restarting in 0.5 s \(1 of 5\)/s);
});

test('warnings of the service reach the terminal, its other lines only the log', async () => {
  const line = (level: number, msg: string) =>
    `console.error(JSON.stringify({ level: ${level}, msg: '${msg}', service: 'x', orderId: 7 }));`;
  const child = make(`${line(30, 'all is well')}${line(40, 'feed is late')}${READY}${STAY}`);
  await child.start();
  await vi.waitFor(() => expect(warnings).toEqual(['service: feed is late orderId=7']), EVENTUALLY);
  await child.stop();
  expect(readFileSync(join(dir, 'logs', 'service.log'), 'utf8')).toContain('all is well');
});

test('after five restarts in a row it gives up and says why', async () => {
  const reasons: string[] = [];
  const child = make(`${READY}setTimeout(() => { console.error('out of luck'); process.exit(9); }, 20);`, {
    backOffMs: 10,
    onGiveUp: (reason) => reasons.push(reason),
  });
  await child.start();
  await vi.waitFor(() => expect(reasons[0]).toMatch(/service ended \(code 9\).*out of luck/s), { timeout: 28_000 });
  expect(child.restarts).toBe(5);
});
