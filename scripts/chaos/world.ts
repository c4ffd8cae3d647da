import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ListedSymbol } from '#nas/trading/testing/list-market.ts';
import { passableTempDir } from '#supabase/local/os-user.ts';
import { type ChaosAccount, openAccounts, openPlatform, symbolsOf } from './accounts.ts';
import { type ChaosDatabase, openDatabase } from './database.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { keepLogs } from './logs.ts';
import { alterDatabase } from './mutants.ts';
import type { Stage } from './play.ts';
import { type Part, startPart } from './rpc.ts';
import { beginTime, SKEW_MS } from './time.ts';
import type { Mutant } from './trading/replace-modules.ts';
import { startWatch } from './watch.ts';

export interface World {
  readonly database: ChaosDatabase;
  readonly venue: Part;
  readonly fleet: Fleet;
  readonly stage: Stage;
  readonly accounts: readonly ChaosAccount[];
  readonly recordDir: string;
  listedOf(index: number): readonly ListedSymbol[];
  end(): Promise<void>;
}

export interface WorldOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly factor: number;
  readonly mutant: Mutant | null;
  readonly logLevel: string;
  progress(line: string): void;
}

/** Everything that can become clear by itself has by then: absence takes 60 s, a cancel without effect 30 s, each sender that dies 6 s. */
const PATIENCE_MS = 400_000;

/** A cluster, the venue and two trading processes of the run's own, with everybody's account proved. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { seed, mutant, factor, progress } = options;
  const home = passableTempDir(`narae-chaos-${process.pid}-`);
  const credentialsDir = join(home, 'credentials');
  const recordDir = join(home, 'strikes');
  for (const dir of [credentialsDir, recordDir]) mkdirSync(dir);
  const stops: (() => Promise<unknown>)[] = [];
  const end = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop().catch((error) => progress(String(error)));
    rmSync(home, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().finally(() => process.exit(1)));
  try {
    const time = beginTime(factor);
    const database = await openDatabase(join(home, 'postgres'), time);
    stops.push(() => database.stop());
    const indexes = Array.from({ length: options.accounts }, (_, index) => index);
    const venue = await startPart('venue/process.ts', {
      time: { ...time, startsAt: time.startsAt + SKEW_MS },
      seed,
      symbols: indexes.flatMap(symbolsOf),
    });
    stops.push(async () => venue.child.kill('SIGKILL'));
    const listed = new Map((await venue.ask<ListedSymbol[]>('listed')).map((one) => [one.symbol, one]));
    await openPlatform(database, [...listed.values()]);
    await keepLogs(database);
    await alterDatabase(database, mutant);
    const basePrice = (symbol: string) => listed.get(symbol)!.basePrice;
    const accounts = await openAccounts(database, venue, { indexes, credentialsDir, basePrice });

    const { rest, ws } = await venue.ask<{ rest: Addresses; ws: Addresses }>('addresses');
    const env = {
      DATABASE_URL: database.url('narae_trading'),
      CREDENTIALS_DIR: credentialsDir,
      MARKET_DATA_DIR: credentialsDir,
      KIS_PAPER_REST_URL: rest.paper,
      KIS_PAPER_WS_URL: ws.paper,
      KIS_REAL_REST_URL: rest.real,
      KIS_REAL_WS_URL: ws.real,
      KIS_REQUESTS_PER_SECOND: '15',
    };
    const fleet = await startFleet({ time, env, recordDir, mutant, logLevel: options.logLevel }, progress);
    stops.push(() => fleet.stop());
    await fleet.serve();
    const watch = startWatch(database);
    stops.push(() => watch.stop());
    await untilProved(database, accounts.length);
    const stage: Stage = {
      database,
      venue,
      watch,
      machineMs: (ms) => ms / factor,
      patienceMs: mutant ? 150_000 : PATIENCE_MS,
      progress,
      doing: new Map(),
      openedAt: performance.now(),
    };
    await fleet.serve();
    return {
      database,
      venue,
      fleet,
      stage,
      accounts,
      recordDir,
      listedOf: (index) => symbolsOf(index).map((symbol) => listed.get(symbol)!),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

interface Addresses {
  readonly real: string;
  readonly paper: string;
}

async function untilProved({ pool }: ChaosDatabase, accounts: number): Promise<void> {
  for (const deadline = performance.now() + 120_000; performance.now() < deadline; ) {
    const { rows } = await pool.query<{ n: number }>(
      `select count(*)::int as n from public.broker_accounts a join public.account_balances b on b.broker_account_id = a.id
        where a.credential_state = 'ok'`,
    );
    if (rows[0]!.n >= accounts) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('accounts were not proved within two minutes');
}
