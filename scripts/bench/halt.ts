import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { freePort } from '#supabase/local/ports.ts';
import { DEMO_USERS } from '#supabase/local/seed.ts';
import { type RunningStack, startStack } from '../stack/start-stack.ts';
import type { Bench } from './main.ts';
import { quantile } from './quantile.ts';
import { openWireTap, type WireTap } from './wire-tap.ts';

const PRESSES = 200;
/** Every so often the press also cancels everything, so that the books stay short. */
const CANCEL_ALL_EVERY = 10;
const LOADERS = 4;
/** After a press the wire must be silent for this long before the press counts as over. */
const SILENCE_MS = 400;
const ROUND_TRIPS = 200;
const CANCELS = 20;
/** Calls a second: not a limit of ours here, and KIS's for a real key (ORDERS §4). */
const FREE = '1000';
const REAL_KEY = '15';
const FREE_PORTS = Object.fromEntries(
  ['WEB', 'SUPABASE', 'DB', 'GATEWAY', 'VENUE_REST', 'VENUE_WS', 'VENUE_REAL_REST'].map((name) => [`NARAE_${name}_PORT`, '0']),
);

/**
 * The kill switch under load: from the commit of the halt row to the last byte of a new order at the venue's door, and how long 20
 * working orders take to be cancelled. Times are read at a tap in front of the venue, by this machine's clock. Baseline of the same
 * run: a NOTIFY round trip through the same loaded database.
 */
export const bench: Bench = async (report) => {
  await withStack(FREE, async (world) => {
    const load = startLoad(world);
    const raw = await roundTrips(world);
    const presses = await press(world, load);
    await load.stop();
    const cancels = await cancelTwenty(world, 10);
    const baseline = (q: number) => ({ name: `raw NOTIFY round trip under the same load, p${q * 100}`, value: quantile(raw, q) });
    for (const q of [0.5, 0.95, 0.99]) {
      report({
        name: `halt.commit_to_last_new_order_byte_p${q * 100}`,
        value: quantile(presses.lastByte, q),
        unit: 'ms',
        baseline: baseline(q),
      });
    }
    report({ name: 'halt.presses', value: presses.lastByte.length, unit: 'presses', baseline: null });
    report({ name: 'halt.presses_with_an_order_after_commit', value: presses.late, unit: 'presses', baseline: null });
    report({ name: 'halt.orders_sent_under_load', value: world.tap.orders.length, unit: 'orders', baseline: null });
    for (const [name, samples] of Object.entries(cancels)) {
      report({ name: `halt.cancel_20_orders_${name}_p50`, value: quantile(samples, 0.5), unit: 'ms', baseline: baseline(0.5) });
      report({ name: `halt.cancel_20_orders_${name}_max`, value: Math.max(...samples), unit: 'ms', baseline: baseline(0.5) });
    }
  });
  await withStack(REAL_KEY, async (world) => {
    const cancels = await cancelTwenty(world, 3);
    const ideal = { name: `${CANCELS} calls at ${REAL_KEY} a second`, value: (CANCELS / Number(REAL_KEY)) * 1000 };
    for (const [name, samples] of Object.entries(cancels)) {
      report({ name: `halt.cancel_20_orders_${name}_real_key_max`, value: Math.max(...samples), unit: 'ms', baseline: ideal });
    }
  });
};

interface Account {
  readonly id: string;
  readonly user_id: string;
}
interface World {
  readonly stack: RunningStack;
  readonly pool: pg.Pool;
  readonly tap: WireTap;
  readonly accounts: readonly Account[];
  readonly symbols: readonly { readonly stock_code: string; readonly prices: readonly number[] }[];
}

/** The cheapest symbols, each with prices on the tick from 20 to 10 % under the market: orders that rest. */
const RESTING_PRICES = `
  select i.stock_code, (
    select array_agg((x - x % private.tick_at(i.kind, i.market, private.seoul_day(), x))::int)
    from generate_series(0, 99) n, lateral (select round(i.base_price * (0.8 + n / 1000.0)) as x) y) as prices
  from public.instruments i where i.is_synthetic order by i.base_price limit 8`;

async function withStack(rate: string, work: (world: World) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'narae-bench-halt-'));
  await chmod(home, 0o755);
  const venuePort = await freePort();
  const tap = await openWireTap(venuePort);
  const stack = await startStack({
    services: ['venue', 'trading'],
    durable: false,
    env: { NARAE_HOME: home, NARAE_MARKET_HOURS: 'always', LOG_LEVEL: 'warn', ...FREE_PORTS, NARAE_VENUE_REST_PORT: String(venuePort) },
    serviceEnv: {
      trading: { KIS_REQUESTS_PER_SECOND: rate, KIS_PAPER_REST_URL: tap.url },
      venue: { VENUE_PAPER_RATE: FREE, VENUE_EVENTS_PER_SECOND: '0' },
    },
  });
  const pool = survivingLoss(new pg.Pool({ connectionString: stack.databaseUrl(), max: LOADERS + 4 }));
  try {
    await pool.query(
      `update public.trading_permissions set daily_trade_limit = 9e14, max_position_size = 9e14, daily_order_limit = 100000, can_paper_trade = true`,
    );
    const { rows: symbols } = await pool.query<World['symbols'][number]>(RESTING_PRICES);
    await work({ stack, pool, tap, accounts: await readyAccounts(pool), symbols });
  } finally {
    await pool.end();
    await stack.stop();
    await tap.close();
    await rm(home, { recursive: true, force: true });
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function readyAccounts(pool: pg.Pool): Promise<readonly Account[]> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; await pause(200)) {
    const { rows } = await pool.query<Account & { is_ready: boolean }>(
      `select a.id, a.user_id, b.orderable is not null as is_ready from public.broker_accounts a
         left join public.account_balances b on b.broker_account_id = a.id where a.broker_type = 'kis' and a.is_active order by a.label, a.id`,
    );
    if (rows.length > 0 && rows.every((row) => row.is_ready)) return rows;
  }
  throw new Error('the demo accounts were not proved within 60 s');
}

/** One call as a signed-in person, in a transaction of its own. `onCommit` runs as the commit is sent. */
async function asUser<T>(pool: pg.Pool, userId: string, sql: string, values: readonly unknown[], onCommit = () => {}): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(
      `select set_config('request.jwt.claims', $1, true), set_config('request.jwt.claim.sub', $2, true), set_config('role', 'authenticated', true)`,
      [JSON.stringify({ sub: userId, role: 'authenticated' }), userId],
    );
    const { rows } = await client.query<{ answer: T }>(`select ${sql} as answer`, [...values]);
    onCommit();
    await client.query('commit');
    return rows[0]!.answer;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

interface Placed {
  readonly order: { readonly id: string };
  readonly denial: { readonly code: string } | null;
}
/** A buy that rests below the market; each a little different from the last. */
let placed = 0;
function place({ pool, symbols }: World, account: Account): Promise<Placed> {
  placed += 1;
  const { stock_code: symbol, prices } = symbols[placed % symbols.length]!;
  const key = randomUUID();
  return asUser<Placed>(pool, account.user_id, `public.place_order($1, $2, 'buy', $3, 'limit', $4, $5, $6, true)`, [
    account.id,
    symbol,
    1 + (placed % 20),
    prices[placed % prices.length],
    key,
    key,
  ]);
}

/** Signed-in people who place orders as fast as the database takes them, and stop when they are told that trading is halted. */
function startLoad(world: World): { open(): void; stop(): Promise<void> } {
  let isOpen = true;
  let isOver = false;
  const loaders = Array.from({ length: LOADERS }, async (_, n) => {
    while (!isOver) {
      if (!isOpen) {
        await pause(5);
        continue;
      }
      const { denial } = await place(world, world.accounts[n % world.accounts.length]!);
      if (denial?.code === 'halted') isOpen = false;
      else if (denial) throw new Error(`the load was refused: ${JSON.stringify(denial)}`);
    }
  });
  return {
    open() {
      isOpen = true;
    },
    async stop() {
      isOver = true;
      await Promise.all(loaders);
    },
  };
}

async function roundTrips({ pool, stack }: World): Promise<number[]> {
  const listener = new pg.Client({ connectionString: stack.databaseUrl() });
  await listener.connect();
  await listener.query('listen bench_halt');
  const samples: number[] = [];
  for (let i = 0; i < ROUND_TRIPS; i += 1) {
    const heard = new Promise<void>((resolve) => listener.once('notification', () => resolve()));
    const startedAt = performance.now();
    await pool.query(`select pg_notify('bench_halt', $1)`, [String(i)]);
    await heard;
    samples.push(performance.now() - startedAt);
  }
  await listener.end();
  return samples;
}

const halt = ({ pool }: World, level: string, onCommit?: () => void) =>
  asUser(pool, DEMO_USERS.admin.id, 'public.set_halt($1, $2, $3, $4)', ['platform', '', level, 'bench'], onCommit);

/** Lifts as soon as nothing is unclear. What the halt refused does not count towards the load's thousand refusals a day. */
async function lift(world: World): Promise<void> {
  await world.pool.query(
    `update public.real_orders set created_at = created_at - interval '2 days' where order_status = 'denied' and created_at > now() - interval '1 day'`,
  );
  for (const deadline = performance.now() + 60_000; ; await pause(50)) {
    const refusal = await halt(world, 'none').then(
      () => null,
      (error: Error) => error,
    );
    if (!refusal) return;
    if (performance.now() > deadline || !refusal.message.includes('not_reconciled')) throw refusal;
  }
}

async function untilBooksAreEmpty({ pool }: World): Promise<number> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; await pause(10)) {
    const left = await asUser<{ left: number }>(pool, DEMO_USERS.admin.id, `public.halt_progress('platform', '')`, []);
    if (left.left === 0) return performance.now();
  }
  throw new Error('a cancel-all was not over within 60 s');
}

async function press(world: World, load: { open(): void }): Promise<{ lastByte: number[]; late: number }> {
  const { orders } = world.tap;
  const lastByte: number[] = [];
  for (let i = 1; i <= PRESSES; i += 1) {
    const sent = orders.length;
    load.open();
    while (orders.length < sent + 5) await pause(5); // orders flow
    await pause(20 + ((i * 37) % 180)); // a moment of its own in every round
    let committedAt = 0;
    const isCancelAll = i % CANCEL_ALL_EVERY === 0;
    await halt(world, isCancelAll ? 'cancel_all' : 'halt', () => {
      committedAt = performance.now();
    });
    for (let quietSince = performance.now(); performance.now() - quietSince < SILENCE_MS; await pause(10)) {
      quietSince = Math.max(quietSince, orders.at(-1) ?? 0);
    }
    lastByte.push(Math.max(0, orders.at(-1)! - committedAt));
    if (isCancelAll) await untilBooksAreEmpty(world);
    await lift(world);
  }
  return { lastByte, late: lastByte.filter((ms) => ms > 0).length };
}

interface Cancels {
  /** From the commit until the last cancel was at the venue's door, and until all 20 are known to be cancelled. */
  readonly asked: number[];
  readonly known: number[];
}
async function cancelTwenty(world: World, times: number): Promise<Cancels> {
  const account = world.accounts[0]!;
  const asked: number[] = [];
  const known: number[] = [];
  for (let i = 0; i < times; i += 1) {
    await halt(world, 'cancel_all');
    await untilBooksAreEmpty(world);
    await lift(world);
    for (let left = CANCELS; left > 0; left = await untilSettled(world, account)) {
      for (let n = 0; n < left; n += 1) await place(world, account);
    }
    let committedAt = 0;
    await halt(world, 'cancel_all', () => {
      committedAt = performance.now();
    });
    known.push((await untilBooksAreEmpty(world)) - committedAt);
    asked.push(world.tap.changes.at(-1)! - committedAt);
    await lift(world);
  }
  return { asked, known };
}

/** Waits until nothing is on its way; how many of the 20 are still missing (a quota may have denied some). */
async function untilSettled({ pool }: World, account: Account): Promise<number> {
  for (;;) {
    const { rows } = await pool.query<{ working: number; on_the_way: number }>(
      `select count(*) filter (where order_status = 'accepted')::int as working,
              count(*) filter (where order_status in ('pending', 'submitting', 'unknown'))::int as on_the_way
         from public.real_orders where broker_account_id = $1 and order_day is not null`,
      [account.id],
    );
    if (rows[0]!.on_the_way === 0) return CANCELS - rows[0]!.working;
    await pause(20);
  }
}
