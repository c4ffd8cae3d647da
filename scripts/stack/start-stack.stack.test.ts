import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EVENTUALLY } from '#lib/testing/eventually.ts';
import { isAlive } from '#supabase/local/orphan.ts';
import { requireFreePorts } from '#supabase/local/ports.ts';
import { DEMO_PASSWORD, DEMO_USERS } from '#supabase/local/seed.ts';
import { type RunningStack, type StackOptions, startStack } from './start-stack.ts';

const FREE = {
  NARAE_WEB_PORT: '0',
  NARAE_SUPABASE_PORT: '0',
  NARAE_DB_PORT: '0',
  NARAE_GATEWAY_PORT: '0',
  NARAE_VENUE_REST_PORT: '0',
  NARAE_VENUE_WS_PORT: '0',
};
let home: string;
const cleanups: (() => unknown)[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stack-'));
  chmodSync(home, 0o755);
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  rmSync(home, { recursive: true, force: true });
});

async function start(more: StackOptions = {}): Promise<RunningStack> {
  const stack = await startStack({
    services: ['supabase'],
    seed: 'people',
    durable: false,
    ...more,
    env: { NARAE_HOME: home, ...FREE, ...more.env },
  });
  cleanups.push(stack.stop);
  return stack;
}
async function query(stack: RunningStack, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: stack.databaseUrl() });
  await client.connect();
  return (await client.query(sql).finally(() => client.end())).rows as Record<string, unknown>[];
}
const signIn = (stack: RunningStack, email: string) =>
  fetch(`${stack.supabaseUrl}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { apikey: stack.publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: DEMO_PASSWORD }),
  });
const portOf = (url: string) => ({ port: Number(new URL(url).port), purpose: 'test', variable: 'X' });

/** A stack in a process of its own, ready. */
async function startParent(): Promise<{ parent: ChildProcess; supabaseUrl: string; supabasePid: number; databaseUrl: string }> {
  const entry = fileURLToPath(new URL('./fixtures/parent.ts', import.meta.url));
  const parent = spawn(process.execPath, [entry], {
    env: { PATH: process.env.PATH, NODE_ENV: 'test', NARAE_HOME: home, ...FREE },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanups.push(() => parent.kill('SIGKILL'));
  for await (const line of createInterface({ input: parent.stdout! })) {
    if (line.startsWith('{')) return { parent, ...(JSON.parse(line) as { supabaseUrl: string; supabasePid: number; databaseUrl: string }) };
  }
  throw new Error('the stack ended before it was ready');
}

describe('the local stack', () => {
  test('the demo people can sign in, and a stop leaves no process, port or lock', async () => {
    const stack = await start();
    for (const { email } of Object.values(DEMO_USERS)) expect((await signIn(stack, email)).status).toBe(200);
    const pid = stack.process('supabase').pid!;
    await stack.stop();
    expect(isAlive(pid)).toBe(false);
    await requireFreePorts([portOf(stack.supabaseUrl), portOf(stack.databaseUrl())]);
    expect(existsSync(join(home, 'stack.json'))).toBe(false);
    expect(existsSync(join(home, 'postgres', 'postmaster.pid'))).toBe(false);
  });

  test('a restart keeps the data, the keys and what an administrator switched off', async () => {
    const first = await start();
    expect(await query(first, 'select orders_enabled, auto_enabled, real_enabled from public.platform_settings')).toEqual([
      { orders_enabled: true, auto_enabled: true, real_enabled: false },
    ]);
    await query(first, `update public.platform_settings set auto_enabled = false; update public.profiles set display_name = '민준'`);
    await first.stop();
    const second = await start();
    expect(second.publishableKey).toBe(first.publishableKey);
    expect(await query(second, 'select auto_enabled from public.platform_settings')).toEqual([{ auto_enabled: false }]);
    expect(await query(second, 'select distinct display_name from public.profiles')).toEqual([{ display_name: '민준' }]);
  });

  test('secrets are readable by their owner only', async () => {
    const stack = await start({ services: [] });
    const { mode } = statSync(join(home, 'secrets.json'));
    expect(mode & 0o077).toBe(0);
    expect(readFileSync(join(home, 'secrets.json'), 'utf8')).toContain(stack.publishableKey);
  });

  test('after kill -9 of the parent the next start takes over, and nothing of the old one lives', async () => {
    const { parent, supabaseUrl, supabasePid, databaseUrl } = await startParent();
    const postgresPid = Number(readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    const gone = once(parent, 'exit'); // until then it is a process like any other
    parent.kill('SIGKILL');
    await gone;
    // The same ports again: what was left behind must be gone before they are asked for.
    const stack = await start({ env: { NARAE_DB_PORT: new URL(databaseUrl).port, NARAE_SUPABASE_PORT: new URL(supabaseUrl).port } });
    expect([isAlive(supabasePid), isAlive(postgresPid)]).toEqual([false, false]);
    expect((await signIn(stack, DEMO_USERS.trader1.email)).status).toBe(200);
  });

  test('a second start on the same folder is refused while the first lives', async () => {
    const { parent } = await startParent();
    await expect(start()).rejects.toThrow(new RegExp(`already running from this folder \\(process ${parent.pid}\\)`));
    expect(isAlive(parent.pid!)).toBe(true);
  });

  test('a service that is killed comes back on its port', async () => {
    const said: string[] = [];
    const stack = await start({ say: (line) => said.push(line) });
    const service = stack.process('supabase');
    const pid = service.pid!;
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(service.pid).not.toBe(pid), EVENTUALLY);
    await service.ready;
    expect((await signIn(stack, DEMO_USERS.trader1.email)).status).toBe(200);
    expect(said.join('\n')).toMatch(/supabase ended \(SIGKILL\)/);
  });

  test('when the database dies the stack stops itself and says so', async () => {
    const stack = await start({ services: [] });
    process.kill(Number(readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGQUIT');
    expect(await stack.failed).toMatch(/Postgres ended unexpectedly/);
  });

  test('a start that is called off undoes what it did', async () => {
    const abort = new AbortController();
    const starting = start({ signal: abort.signal, say: () => abort.abort(new Error('called off')) });
    await expect(starting).rejects.toThrow('called off');
    expect(existsSync(join(home, 'stack.json'))).toBe(false);
    expect(existsSync(join(home, 'postgres', 'postmaster.pid'))).toBe(false);
  });
});

describe('what a person can get wrong', () => {
  test('every occupied port is named with its purpose and variable, before anything starts', async () => {
    const servers: Server[] = [createServer(), createServer()];
    const ports = await Promise.all(
      servers.map(
        (server) =>
          new Promise<string>((resolve) =>
            server.listen(0, '127.0.0.1', () => resolve(String((server.address() as { port: number }).port))),
          ),
      ),
    );
    cleanups.push(() => servers.forEach((server) => void server.close()));
    const starting = start({ env: { NARAE_DB_PORT: ports[0], NARAE_SUPABASE_PORT: ports[1] } });
    await expect(starting).rejects.toThrow(
      new RegExp(`Port ${ports[0]} \\(database\\).*NARAE_DB_PORT.*Port ${ports[1]} \\(Supabase\\).*NARAE_SUPABASE_PORT`, 's'),
    );
    expect(existsSync(join(home, 'postgres'))).toBe(false);
  });

  test('an unusable environment is refused with every fault', async () => {
    const starting = start({ env: { NARAE_WEB_PORT: 'web', NARAE_MARKET_HOURS: 'sometimes' } });
    await expect(starting).rejects.toThrow(/NARAE_WEB_PORT[\s\S]*NARAE_MARKET_HOURS|NARAE_MARKET_HOURS[\s\S]*NARAE_WEB_PORT/);
  });

  test('a damaged secrets file is refused and kept', async () => {
    const stack = await start({ services: [] });
    await stack.stop();
    writeFileSync(join(home, 'secrets.json'), '{');
    await expect(start({ services: [] })).rejects.toThrow(/secrets\.json cannot be read/);
    expect(readFileSync(join(home, 'secrets.json'), 'utf8')).toBe('{');
  });
});
