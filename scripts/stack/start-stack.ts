import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { readStackEnv, type StackEnv } from '#lib/env/stack.ts';
import { createLog } from '#lib/log.ts';
import { bootstrap } from '#supabase/local/bootstrap.ts';
import { StackFault } from '#supabase/local/fault.ts';
import type { Mail } from '#supabase/local/mail.ts';
import { deployDatabase } from '#supabase/local/migrate.ts';
import { startPostgres, stopOrphanServer } from '#supabase/local/postgres.ts';
import { loadSecrets, rolePassword, type StackSecrets } from '#supabase/local/secrets.ts';
import { type SeedContext, seedDemo, seedPeople } from '#supabase/local/seed.ts';
import { PROCESSES, type ProcessContext, type ProcessName } from '../processes.ts';
import type { Child } from './child.ts';
import { Fleet } from './fleet.ts';
import { takeLock } from './lock.ts';
import { choosePorts, type StackPorts } from './stack-ports.ts';

export interface StackOptions {
  /** NARAE_* variables; those of the calling process are not read. Ports set to '0' are free ones. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly mode?: 'start' | 'dev';
  /** Which processes run beside Postgres; all when left out. */
  readonly services?: readonly ProcessName[];
  /** `people` leaves out the demo market and accounts, which take seconds; false leaves out the people too. */
  readonly seed?: boolean | 'people';
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

/** Where the parts of a stack are and what opens them. */
export interface StackAddresses {
  readonly home: string;
  readonly webUrl: string;
  readonly supabaseUrl: string;
  readonly gatewayUrl: string;
  readonly venueRestUrl: string;
  readonly venueRealRestUrl: string;
  readonly venueWsUrl: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly nasApiKey: string;
  readonly nasApiSecret: string;
  /** For the venue's `/_venue/…` (header x-venue-token). */
  readonly venueControlToken: string;
  /** Address of the database for a role; the superuser without one. */
  databaseUrl(role?: string): string;
}
export interface RunningStack extends StackAddresses {
  /** A process of the stack, e.g. to kill it and wait for its restart. */
  process(name: ProcessName): Child;
  /** Resolves with a sentence when something has died for good and the stack has stopped itself. */
  readonly failed: Promise<string>;
  stop(): Promise<void>;
}

/** Starts the whole product on this machine: Postgres, migrations, demo, then every process of the table, stage by stage. */
export async function startStack(options: StackOptions = {}): Promise<RunningStack> {
  const { say = () => {}, signal } = options;
  const env = readEnv(options.env ?? {});
  const names = options.services ?? (Object.keys(PROCESSES) as ProcessName[]);
  mkdirSync(env.NARAE_HOME, { recursive: true, mode: 0o755 });

  const undo: (() => Promise<void> | void)[] = [];
  const stop = once(async () => {
    for (const step of undo.reverse()) await step();
  });
  let fail: (reason: string) => void = () => {};
  const failed = new Promise<string>((resolve) => {
    fail = (reason) => void stop().then(() => resolve(reason));
  });

  try {
    const lock = await takeLock(join(env.NARAE_HOME, 'stack.json'));
    undo.push(lock.release);
    await stopOrphanServer(join(env.NARAE_HOME, 'postgres')); // before its port is looked at
    const ports = await choosePorts(env, names);
    const secrets = loadSecrets(join(env.NARAE_HOME, 'secrets.json'));
    const postgres = await startPostgres({
      dataDir: join(env.NARAE_HOME, 'postgres'),
      port: ports.db,
      password: secrets.databasePassword,
      durable: options.durable ?? true,
      onExit: (reason) => fail(`Postgres가 예기치 않게 끝났습니다(${reason}).\nPostgres ended unexpectedly (${reason}).`),
    });
    undo.push(postgres.stop);
    if (postgres.moved) say(`데이터베이스 위치 / the database lies in ${postgres.dataDir} (user postgres cannot reach ${env.NARAE_HOME})`);

    const databaseUrl = (role = 'postgres'): string =>
      role === 'postgres' ? postgres.url('postgres') : postgres.url('postgres', role, rolePassword(secrets, role));
    const context = makeContext(options.mode ?? 'start', env, ports, secrets, databaseUrl);
    const addresses = addressesOf(env.NARAE_HOME, context);
    const fleet = new Fleet({
      names,
      context,
      serviceEnv: options.serviceEnv ?? {},
      logDir: join(env.NARAE_HOME, 'logs'),
      say,
      onMail: options.onMail ?? (() => {}),
      onGiveUp: fail,
      onPids: lock.record,
    });
    undo.push(() => fleet.stop());

    say('데이터베이스 준비 / preparing the database');
    signal?.throwIfAborted();
    fleet.startEarly();
    await prepareDatabase(addresses, secrets, say);
    await untilAborted(fleet.startStage(1), signal);
    const wanted = options.seed ?? true;
    if (wanted !== false) {
      // Now: demo accounts are opened at the running venue, and the fleet finds them when it starts.
      const { venueRestUrl: restUrl, venueRealRestUrl: realRestUrl, venueControlToken: controlToken } = addresses;
      await seed(wanted === 'people', addresses, context, fleet.child('venue') ? { restUrl, realRestUrl, controlToken } : null);
    }
    await untilAborted(fleet.startStage(2), signal);
    await untilAborted(fleet.startStage(3), signal);
    return {
      ...addresses,
      process(name) {
        const child = fleet.child(name);
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

function readEnv(source: Readonly<Record<string, string | undefined>>): StackEnv {
  try {
    return readStackEnv(source);
  } catch (error) {
    const faults = (error as Error).message;
    throw new StackFault(
      '환경 변수가 올바르지 않습니다. 고친 뒤 다시 시작하세요.',
      `The environment is not usable; mend it and start again:\n${faults}`,
    );
  }
}

function makeContext(
  mode: 'start' | 'dev',
  env: StackEnv,
  ports: StackPorts,
  secrets: StackSecrets,
  databaseUrl: (role?: string) => string,
): ProcessContext {
  const dir = (name: string): string => {
    const path = join(env.NARAE_HOME, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  const dirs = { credentials: dir('credentials'), marketData: dir('market-data'), venueData: dir('venue') };
  return { mode, logLevel: env.LOG_LEVEL, marketHours: env.NARAE_MARKET_HOURS, ports, databaseUrl, secrets, dirs };
}

function addressesOf(home: string, { ports, secrets, databaseUrl }: ProcessContext): StackAddresses {
  const { publishableKey, secretKey, nasApiKey, nasApiSecret, venueControlToken } = secrets;
  return {
    home,
    webUrl: `http://127.0.0.1:${ports.web}`,
    supabaseUrl: `http://127.0.0.1:${ports.supabase}`,
    gatewayUrl: `http://127.0.0.1:${ports.gateway}`,
    venueRestUrl: `http://127.0.0.1:${ports.venueRest}`,
    venueRealRestUrl: `http://127.0.0.1:${ports.venueReal}`,
    venueWsUrl: `ws://127.0.0.1:${ports.venueWs}/tryitout`,
    ...{ publishableKey, secretKey, nasApiKey, nasApiSecret, venueControlToken },
    databaseUrl: (role = 'postgres') => databaseUrl(role),
  };
}

async function prepareDatabase(addresses: StackAddresses, secrets: StackSecrets, say: (line: string) => void): Promise<void> {
  await bootstrap({ url: addresses.databaseUrl(), passwordOf: (role) => rolePassword(secrets, role) });
  const { applied, edited } = await deployDatabase(addresses.databaseUrl());
  if (applied.length > 0) say(`마이그레이션 / migrations: ${applied.length}`);
  for (const version of edited) {
    say(
      `마이그레이션 ${version}이(가) 적용된 뒤에 바뀌었습니다 / migration ${version} was edited after it was applied: this database has the old one`,
    );
  }
}

async function seed(
  isPeopleOnly: boolean,
  addresses: StackAddresses,
  { dirs, marketHours }: ProcessContext,
  venue: SeedContext['venue'],
): Promise<void> {
  const pool = survivingLoss(new pg.Pool({ connectionString: addresses.databaseUrl(), max: 2 }));
  const { home } = addresses;
  const context = {
    home,
    credentialsDir: dirs.credentials,
    marketDataDir: dirs.marketData,
    marketHours,
    venue,
    log: createLog('seed', 'warn'),
  };
  try {
    if (isPeopleOnly) await seedPeople(pool);
    else await seedDemo(pool, context);
  } finally {
    await pool.end();
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  work.catch(() => {}); // when the abort comes first
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
