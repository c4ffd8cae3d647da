import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListedSymbol } from '#nas/trading/testing/list-market.ts';
import type { JudgeView } from '#nas/venue/judge.ts';
import { openAccounts, openPlatform, symbolsOf } from './accounts.ts';
import { openDatabase } from './database.ts';
import { startFleet } from './fleet.ts';
import { judge } from './judge.ts';
import { keepLeaseLog } from './lease-log.ts';
import { planSteps, type Step, venuePlan } from './plan.ts';
import { playStep, type Stage } from './play.ts';
import { startPart } from './rpc.ts';
import { beginTime } from './time.ts';
import type { Mutant } from './trading/replace-modules.ts';
import { startWatch } from './watch.ts';

export interface ChaosOptions {
  readonly orders: number;
  readonly seed: number;
  readonly accounts: number;
  readonly mutant: Mutant | null;
  readonly factor: number;
  readonly logLevel: string;
  progress(line: string): void;
}

/** One whole run, from an empty cluster to the verdict. */
export async function runChaos(options: ChaosOptions): Promise<Record<string, unknown>> {
  const { seed, mutant, factor, progress } = options;
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 100) / 10;
  const home = mkdtempSync(join(tmpdir(), `narae-chaos-${process.pid}-`));
  const credentialsDir = join(home, 'credentials');
  const recordDir = join(home, 'strikes');
  for (const dir of [credentialsDir, recordDir]) mkdirSync(dir);
  const time = beginTime(factor);
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const database = await openDatabase(join(home, 'postgres'), time);
    stops.push(() => database.stop());
    progress(`${seconds()} s: database`);
    const indexes = Array.from({ length: options.accounts }, (_, index) => index);
    const venue = await startPart('venue/process.ts', { time, seed, symbols: indexes.flatMap(symbolsOf) });
    stops.push(async () => venue.child.kill('SIGKILL'));
    const { restUrl, wsUrl } = await venue.ask<{ restUrl: Record<string, string>; wsUrl: Record<string, string> }>('addresses');
    const listed = new Map((await venue.ask<ListedSymbol[]>('listed')).map((one) => [one.symbol, one]));
    await openPlatform(database, [...listed.values()]);
    await keepLeaseLog(database);
    const basePrice = (symbol: string) => listed.get(symbol)!.basePrice;
    const accounts = await openAccounts(database, venue, { indexes, credentialsDir, basePrice });
    const steps = planSteps({
      orders: options.orders,
      seed,
      accounts: accounts.length,
      symbolsOf: (index) => symbolsOf(index).map((symbol) => listed.get(symbol)!),
    });
    const entries = steps.flatMap((step) => venuePlan(step, accounts[step.account]!.venueId));
    for (let at = 0; at < entries.length; at += 500) await venue.ask('plan', entries.slice(at, at + 500));
    progress(`${seconds()} s: venue, ${accounts.length} accounts, ${steps.length} steps`);

    const env = {
      DATABASE_URL: database.url('narae_trading'),
      CREDENTIALS_DIR: credentialsDir,
      MARKET_DATA_DIR: credentialsDir,
      KIS_PAPER_REST_URL: restUrl.paper!,
      KIS_PAPER_WS_URL: wsUrl.paper!,
      KIS_REAL_REST_URL: restUrl.real!,
      KIS_REAL_WS_URL: wsUrl.real!,
      KIS_REQUESTS_PER_SECOND: '15',
    };
    const fleet = await startFleet({ time, env, recordDir, mutant, logLevel: options.logLevel }, () =>
      progress('a trading process is gone'),
    );
    stops.push(() => fleet.stop());
    await fleet.serve();
    await fleet.serve();
    progress(`${seconds()} s: two trading processes`);

    const watch = startWatch(database);
    stops.push(() => watch.stop());
    const stage: Stage = { database, venue, watch, machineMs: (ms) => ms / factor, ambiguous: new Set() };
    await untilReady(database, accounts.length);
    progress(`${seconds()} s: accounts ready`);
    let done = 0;
    await Promise.all(
      accounts.map(async (account) => {
        for (const step of steps.filter((one: Step) => one.account === account.index)) {
          await playStep(stage, account, step);
          done += step.orders.length;
          if (Math.floor(done / 100) !== Math.floor((done - step.orders.length) / 100)) progress(`${seconds()} s: ${done} orders`);
        }
      }),
    );
    progress(`${seconds()} s: all orders over`);
    await untilQuiet(stage);
    progress(`${seconds()} s: quiet`);
    const usage = await Promise.all(fleet.serving().map((part) => part.ask<{ user: number; system: number }>('usage')));
    const verdict = await judge(
      database,
      await venue.ask<JudgeView>('judge'),
      accounts,
      steps.flatMap((step) => step.orders),
    );
    const strikes = await venue.ask<{ kind: string }[]>('strikes');
    const faults: Record<string, number> = {};
    for (const { kind } of strikes) if (kind !== 'fill') faults[kind] = (faults[kind] ?? 0) + 1;
    return {
      orders: options.orders,
      seed,
      ...verdict,
      faults,
      cpu: usage.map(({ user, system }) => Math.round((user + system) / 1e5) / 10),
      seconds: seconds(),
    };
  } finally {
    for (const stop of stops.reverse()) await stop().catch((error) => progress(String(error)));
    rmSync(home, { recursive: true, force: true });
  }
}

async function untilReady(database: Awaited<ReturnType<typeof openDatabase>>, accounts: number): Promise<void> {
  for (const deadline = performance.now() + 120_000; performance.now() < deadline; ) {
    const { rows } = await database.pool.query<{ n: number }>(
      `select count(*)::int as n from public.broker_accounts a join public.account_balances b on b.broker_account_id = a.id where a.credential_state = 'ok'`,
    );
    if (rows[0]!.n >= accounts) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('accounts were not proved within two minutes');
}

/** Other clients' orders adopted and over, holdings read once more. */
async function untilQuiet({ database, venue, machineMs }: Stage): Promise<void> {
  const deadline = performance.now() + machineMs(180_000);
  while (performance.now() < deadline) {
    const view = await venue.ask<JudgeView>('judge');
    const foreign = view.accounts.flatMap(({ orders }) => orders).filter((order) => order.isForeign && order.action === 'new').length;
    const { rows } = await database.pool.query<{ adopted: number; open: number }>(
      `select (count(*) filter (where origin = 'external'))::int as adopted, (count(*) filter (where not private.is_final(order_status)))::int as open
         from public.real_orders where order_day is not null`,
    );
    if (rows[0]!.open === 0 && rows[0]!.adopted >= foreign) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await new Promise((resolve) => setTimeout(resolve, machineMs(35_000)));
}
