import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { readStackEnv } from '#lib/env/stack.ts';
import { createLog } from '#lib/log.ts';
import { bootstrap } from '#supabase/local/bootstrap.ts';
import { StackFault } from '#supabase/local/fault.ts';
import type { Mail } from '#supabase/local/mail.ts';
import { deployDatabase } from '#supabase/local/migrate.ts';
import { freePort, requireFreePorts } from '#supabase/local/ports.ts';
import { startPostgres } from '#supabase/local/postgres.ts';
import { loadSecrets, rolePassword } from '#supabase/local/secrets.ts';
import { seedDemo } from '#supabase/local/seed.ts';
import { PROCESSES, type ProcessContext, type ProcessName, type ProcessSpec } from '../processes.ts';
import { Child } from './child.ts';
import { takeLock } from './lock.ts';

export interface StackOptions {
  /** NARAE_* variables; those of the calling process are not read. Ports set to '0' are free ones. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly mode?: 'start' | 'dev';
  /** Which processes run beside Postgres; all when left out. */
  readonly services?: readonly ProcessName[];
  /** False leaves the database without demo people and content. */
  readonly seed?: boolean;
  /** More or other variables for single processes, e.g. a fault for the venue. */
  readonly serviceEnv?: Partial<Record<ProcessName, Record<string, string>>>;
  /** False skips waiting for the disk: for tests. */
  readonly durable?: boolean;
  /** Progress and warnings, one line each. */
  readonly say?: (line: string) => void;
  readonly onMail?: (mail: Mail) => void;
  /** Ends a start that is still under way. */
  readonly signal?: AbortSignal;
}

export interface RunningStack {
  readonly home: string;
  readonly webUrl: string;
  readonly supabaseUrl: string;
  readonly gatewayUrl: string;
  readonly venueRestUrl: string;
  readonly venueWsUrl: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly nasApiKey: string;
  readonly nasApiSecret: string;
  /** Address of the database for a role; the superuser without one. */
  databaseUrl(role?: string): string;
  /** A process of the stack, e.g. to kill it and wait for its restart. */
  process(name: ProcessName): Child;
  /** Resolves with a sentence when something has died for good and the stack has stopped itself. */
  readonly failed: Promise<string>;
  stop(): Promise<void>;
}

/** What every child inherits: enough to run, nothing that could steer it. Telemetry of the libraries is off. */
function baseEnv(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SystemRoot'].flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : []));
  return { ...Object.fromEntries(kept), NODE_ENV: 'production', LITE_TELEMETRY: '0', NEXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}

/** Starts the whole product on this machine: Postgres, migrations, demo, then every process of the table, stage by stage. */
export async function startStack(options: StackOptions = {}): Promise<RunningStack> {
  const { say = () => {}, signal } = options;
  const env = readEnv(options.env ?? {});
  const names = options.services ?? (Object.keys(PROCESSES) as ProcessName[]);
  const home = env.NARAE_HOME;
  const file = (name: string) => join(home, name);
  mkdirSync(home, { recursive: true, mode: 0o755 });

  const undo: (() => Promise<void> | void)[] = [];
  const stop = once(async () => {
    for (const step of undo.reverse()) await step();
  });
  let fail: (reason: string) => void = () => {};
  const failed = new Promise<string>((resolve) => {
    fail = (reason) => void stop().then(() => resolve(reason));
  });
  const checkpoint = (): void => signal?.throwIfAborted();

  try {
    const lock = await takeLock(file('stack.json'));
    undo.push(() => lock.release());
    const ports = await choosePorts(env, names);
    checkpoint();

    const secrets = loadSecrets(file('secrets.json'));
    const postgres = await startPostgres({
      dataDir: file('postgres'),
      port: ports.db,
      password: secrets.databasePassword,
      durable: options.durable ?? true,
      onExit: (reason) => fail(`Postgres가 예기치 않게 끝났습니다(${reason}). / Postgres ended unexpectedly (${reason}).`),
    });
    undo.push(() => postgres.stop());
    if (postgres.moved)
      say(`데이터 폴더는 ${postgres.dataDir}입니다. / The database lies in ${postgres.dataDir} (user postgres cannot reach ${home}).`);
    const databaseUrl = (role = 'postgres') =>
      role === 'postgres' ? postgres.url('postgres') : postgres.url('postgres', role, rolePassword(secrets, role));
    const dirs = { credentials: file('credentials'), marketData: file('market-data'), venueData: file('venue') };
    for (const dir of Object.values(dirs)) mkdirSync(dir, { recursive: true, mode: 0o700 });
    const context: ProcessContext = {
      mode: options.mode ?? 'start',
      logLevel: env.LOG_LEVEL,
      marketHours: env.NARAE_MARKET_HOURS,
      ports,
      databaseUrl,
      secrets,
      dirs,
    };
    const stack: Omit<RunningStack, 'process' | 'failed' | 'stop'> = {
      home,
      webUrl: `http://127.0.0.1:${ports.web}`,
      supabaseUrl: `http://127.0.0.1:${ports.supabase}`,
      gatewayUrl: `http://127.0.0.1:${ports.gateway}`,
      venueRestUrl: `http://127.0.0.1:${ports.venueRest}`,
      venueWsUrl: `ws://127.0.0.1:${ports.venueWs}`,
      publishableKey: secrets.publishableKey,
      secretKey: secrets.secretKey,
      nasApiKey: secrets.nasApiKey,
      nasApiSecret: secrets.nasApiSecret,
      databaseUrl,
    };
    const children = new Map<ProcessName, Child>();
    const start = async (name: ProcessName): Promise<void> => {
      const spec: ProcessSpec = PROCESSES[name];
      if (!existsSync(spec.entry)) return say(`${name}: not built yet, skipped`);
      const child = new Child({
        name,
        entry: spec.entry,
        args: spec.args?.(context) ?? [],
        env: { ...baseEnv(), ...spec.env(context), ...options.serviceEnv?.[name] },
        logFile: file(join('logs', `${name}.log`)),
        readyWithinMs: spec.readyWithinMs,
        onWarning: say,
        onMessage: (message) => {
          const { type, mail } = message as { type?: string; mail?: Mail };
          if (type === 'mail' && mail) options.onMail?.(mail);
        },
        onGiveUp: fail,
        onPid: () => lock.record(Object.fromEntries([...children].map(([known, { pid }]) => [known, pid]))),
      });
      children.set(name, child);
      await child.start();
    };
    // Stopped latest stage first; within a stage at once.
    undo.push(async () => {
      const stages = [...new Set([...children.keys()].map((name) => PROCESSES[name].stage))].sort((a, b) => b - a);
      for (const stage of stages) {
        await Promise.all([...children].filter(([name]) => PROCESSES[name].stage === stage).map(([, child]) => child.stop()));
      }
    });

    say('데이터베이스 준비 / preparing the database');
    // The web app's build needs nothing of the others, and it is the longest step of a first start.
    const web = names.includes('web') ? start('web') : Promise.resolve();
    web.catch(() => {});
    const first = performance.now();
    await bootstrap({ url: databaseUrl(), passwordOf: (role) => rolePassword(secrets, role) });
    const { applied, edited } = await deployDatabase(databaseUrl());
    if (applied.length > 0) say(`${applied.length} migrations applied in ${Math.round(performance.now() - first)} ms`);
    for (const version of edited) {
      say(
        `마이그레이션 ${version}은 적용된 뒤에 바뀌었습니다. / Migration ${version} was edited after it was applied; this database has the old one.`,
      );
    }
    checkpoint();
    if (options.seed ?? true) {
      const pool = new pg.Pool({ connectionString: databaseUrl(), max: 2 });
      // `end` does not wait for the sockets: one that hears of a shutdown afterwards is no fault.
      pool.on('connect', (client) => client.on('error', () => {}));
      await seedDemo(pool, {
        home,
        credentialsDir: dirs.credentials,
        marketDataDir: dirs.marketData,
        venueDataDir: dirs.venueData,
        venueRestUrl: stack.venueRestUrl,
        venueWsUrl: stack.venueWsUrl,
        log: createLog('seed', 'warn'),
      }).finally(() => pool.end());
    }
    const stages = [...new Set(names.map((name) => PROCESSES[name].stage))].sort((a, b) => a - b);
    for (const stage of stages) {
      checkpoint();
      const now = names.filter((name) => name !== 'web' && PROCESSES[name].stage === stage);
      if (now.length > 0) say(`시작 / starting: ${now.join(', ')}`);
      await untilAborted(Promise.all(now.map(start)), signal);
    }
    if (names.includes('web')) say('웹 준비 / preparing the web app');
    await untilAborted(web, signal);
    return {
      ...stack,
      process(name) {
        const child = children.get(name);
        if (!child) throw new Error(`${name} does not run in this stack`);
        return child;
      },
      failed,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readEnv(source: Readonly<Record<string, string | undefined>>): ReturnType<typeof readStackEnv> {
  try {
    return readStackEnv(source);
  } catch (error) {
    const faults = (error as Error).message;
    throw new StackFault(
      `환경 변수가 올바르지 않습니다. 고친 뒤 다시 시작하세요.`,
      `The environment is not usable; mend it and start again:\n${faults}`,
    );
  }
}

/** Fixed ports must be free before anything starts, and all that are not are named at once; 0 becomes a free one. */
async function choosePorts(
  env: ReturnType<typeof readStackEnv>,
  names: readonly ProcessName[],
): Promise<ProcessContext['ports'] & { db: number }> {
  const wanted = [
    { key: 'db', port: env.NARAE_DB_PORT, purpose: 'database', variable: 'NARAE_DB_PORT', used: true },
    {
      key: 'supabase',
      port: env.NARAE_SUPABASE_PORT,
      purpose: 'Supabase',
      variable: 'NARAE_SUPABASE_PORT',
      used: names.includes('supabase'),
    },
    { key: 'web', port: env.NARAE_WEB_PORT, purpose: 'web app', variable: 'NARAE_WEB_PORT', used: names.includes('web') },
    { key: 'gateway', port: env.NARAE_GATEWAY_PORT, purpose: 'gateway', variable: 'NARAE_GATEWAY_PORT', used: names.includes('gateway') },
    {
      key: 'venueRest',
      port: env.NARAE_VENUE_REST_PORT,
      purpose: 'exchange simulator',
      variable: 'NARAE_VENUE_REST_PORT',
      used: names.includes('venue'),
    },
    {
      key: 'venueWs',
      port: env.NARAE_VENUE_WS_PORT,
      purpose: 'exchange simulator stream',
      variable: 'NARAE_VENUE_WS_PORT',
      used: names.includes('venue'),
    },
  ] as const;
  await requireFreePorts(wanted.filter((entry) => entry.used));
  const chosen: Record<string, number> = {};
  for (const { key, port } of wanted) chosen[key] = port === 0 ? await freePort() : port;
  return chosen as unknown as ProcessContext['ports'] & { db: number };
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  signal.throwIfAborted();
  return Promise.race([
    work,
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ]);
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work();
    return running;
  };
}
