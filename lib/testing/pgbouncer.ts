import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { passableTempDir, postgresOsUser } from '#supabase/local/os-user.ts';
import { freePort } from '#supabase/local/ports.ts';

/** What the hosted session pooler allows a role (DESIGN §7). */
const CONNECTIONS_A_ROLE = 15;
const ROLES = ['narae_trading', 'narae_market', 'narae_scheduler', 'narae_gateway', 'narae_worker'] as const;

/** Whether this machine has the program; Debian's package is `pgbouncer`. */
export function hasPgBouncer(): boolean {
  try {
    execFileSync('pgbouncer', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface PgBouncer {
  readonly port: number;
  stop(): Promise<void>;
}

/** A pgbouncer before a Postgres on this machine, every database by its own name, with settings as they come from the package. */
export async function startPgBouncer(options: { mode: 'session' | 'transaction'; port: number; password: string }): Promise<PgBouncer> {
  const port = await freePort();
  const home = passableTempDir('narae-pgbouncer-');
  writeFileSync(join(home, 'users.txt'), ROLES.map((role) => `"${role}" "${options.password}"\n`).join(''));
  writeFileSync(
    join(home, 'pgbouncer.ini'),
    [
      '[databases]',
      `* = host=127.0.0.1 port=${options.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${join(home, 'users.txt')}`,
      `pool_mode = ${options.mode}`,
      `default_pool_size = ${CONNECTIONS_A_ROLE}`,
      'max_client_conn = 500',
      '',
    ].join('\n'),
  );
  const user = postgresOsUser();
  const child = spawn('pgbouncer', [...(user ? ['-u', 'postgres'] : []), join(home, 'pgbouncer.ini')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (bytes: Buffer) => {
      said = `${said}${bytes}`.slice(-4_000);
      if (said.includes('process up')) resolve();
    });
    exited.then(() => reject(new Error(`pgbouncer did not start: ${said}`)), reject);
  });
  return {
    port,
    async stop() {
      child.kill('SIGTERM'); // at once, whoever is still connected
      await exited;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
