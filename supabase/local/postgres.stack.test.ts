import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from './orphan.ts';
import { isPassable, reachableDir } from './os-user.ts';
import { freePort, requireFreePorts } from './ports.ts';
import { startPostgres } from './postgres.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'postgres-'));
  chmodSync(home, 0o755);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
const start = async (port?: number) =>
  startPostgres({ dataDir: join(home, 'data'), port: port ?? (await freePort()), password: 'p', durable: false });
const ask = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query(sql).finally(() => client.end());
};

describe('embedded Postgres', () => {
  test('a stop leaves no process and no open port, and a restart keeps the data', async () => {
    const first = await start();
    await ask(first.url('postgres'), 'create table kept as select 7 as n');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    await requireFreePorts([{ port: first.port, purpose: 'database', variable: 'NARAE_DB_PORT' }]);
    const second = await start(first.port);
    const { rows } = await ask(second.url('postgres'), 'select n from kept');
    await second.stop();
    expect(rows).toEqual([{ n: 7 }]);
  });

  test('a server left behind by a killed parent is ended by the next start', async () => {
    const orphan = await start();
    const next = await start();
    expect(isAlive(orphan.pid)).toBe(false);
    await next.stop();
  });

  test('a server killed outright is recovered by the next start', async () => {
    const killed = await start();
    await ask(killed.url('postgres'), 'create table kept as select 7 as n');
    process.kill(killed.pid, 'SIGKILL');
    const next = await start();
    await ask(next.url('postgres'), 'select 1');
    await next.stop();
  });

  test('a folder that is not a cluster is refused in a sentence and left as it is', async () => {
    mkdirSync(join(home, 'data'));
    writeFileSync(join(home, 'data', 'holiday.txt'), 'photos');
    await expect(start()).rejects.toThrow(/cannot start from the data .* Nothing was deleted/s);
  });

  test('a damaged cluster is refused with what Postgres says about it', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(home, 'data', 'global', 'pg_control'), 'garbage');
    await expect(start()).rejects.toThrow(/(FATAL|PANIC).*Nothing was deleted/s);
  });

  test('data of another Postgres version is refused', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(home, 'data', 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toThrow(/data of Postgres 15/);
  });

  test('a taken port is named with the variable that moves it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as { port: number }).port;
    await expect(start(port)).rejects.toThrow(new RegExp(`Port ${port} \\(database\\).*NARAE_DB_PORT`));
    await expect(requireFreePorts([{ port, purpose: 'web', variable: 'NARAE_WEB_PORT' }])).rejects.toThrow(/NARAE_WEB_PORT/);
    server.close();
  });

  test('an unexpected end is reported', async () => {
    let reason = '';
    const server = await startPostgres({
      dataDir: join(home, 'data'),
      port: await freePort(),
      password: 'p',
      durable: false,
      onExit: (r) => {
        reason = r;
      },
    });
    process.kill(server.pid, 'SIGINT');
    for (let i = 0; reason === '' && i < 200; i += 1) await sleep(25);
    expect(reason).toBe('code 0');
  });
});

describe('as root, with Postgres as another user', () => {
  const stranger = { uid: 65_533, gid: 65_533 };
  test('a closed parent folder is not passable and the data goes to a stable place outside', () => {
    const closed = join(home, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    expect(isPassable(join(closed, 'narae'), stranger)).toBe(false);
    const chosen = reachableDir(join(closed, 'narae', 'postgres'), stranger);
    expect(chosen.moved).toBe(true);
    expect(isPassable(chosen.dir, stranger)).toBe(true);
    expect(reachableDir(join(closed, 'narae', 'postgres'), stranger).dir).toBe(chosen.dir);
    rmSync(dirname(chosen.dir), { recursive: true });
  });
});
