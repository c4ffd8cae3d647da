import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { freePort } from '#supabase/local/ports.ts';
import { startStack } from '../../stack/start-stack.ts';
import type { Bench } from '../main.ts';
import { quantile } from '../quantile.ts';
import { openWireTap, type WireTap } from '../wire-tap.ts';
import { bareBroadcasts, rawRoundTrips } from './baselines.ts';
import { openTrader, type PlacedOrder, type Trader } from './trader.ts';

const ORDERS = 100;
const WARM_UP = 10;
/** Orders in flight at once, each on an account of its own, for as long as the 95th percentile has not doubled. */
const LEVELS = [1, 2, 3, 4, 6, 8, 12, 16];
const LEVEL_MS = 4_000;
/** Not a limit of ours here: the venue answers as fast as it can. */
const RATE = '1000';
const FREE_PORTS = Object.fromEntries(
  ['WEB', 'SUPABASE', 'DB', 'GATEWAY', 'VENUE_WS', 'VENUE_REAL_REST'].map((name) => [`NARAE_${name}_PORT`, '0']),
);

/**
 * From the click to the owner's screen: `place_order` through the API as a signed-in person, the first byte of the order on the wire to
 * the broker, the broker's yes on the owner's private Realtime channel; then how many orders a second go through until the 95th
 * percentile doubles. The venue adds no delay. Baseline of the same run: a raw insert + NOTIFY round trip.
 */
export const bench: Bench = async (report) => {
  const home = await mkdtemp(join(tmpdir(), 'narae-bench-'));
  await chmod(home, 0o755);
  const venuePort = await freePort();
  const tap = await openWireTap(venuePort);
  const stack = await startStack({
    services: ['supabase', 'venue', 'market', 'trading'],
    durable: false,
    env: { NARAE_HOME: home, NARAE_MARKET_HOURS: 'always', LOG_LEVEL: 'warn', ...FREE_PORTS, NARAE_VENUE_REST_PORT: String(venuePort) },
    serviceEnv: {
      trading: { KIS_REQUESTS_PER_SECOND: RATE, KIS_PAPER_REST_URL: tap.url },
      venue: { VENUE_PAPER_RATE: RATE, VENUE_EVENTS_PER_SECOND: '0' },
    },
  });
  const pool = survivingLoss(new pg.Pool({ connectionString: stack.databaseUrl(), max: 1 }));
  try {
    const raw = await rawRoundTrips(stack);
    const baseline = { name: 'raw SQL insert + NOTIFY round trip, p50', value: quantile(raw, 0.5) };
    const tell = (name: string, samples: readonly number[], shares: readonly number[] = [0.5, 0.95, 0.99]) => {
      for (const q of shares) report({ name: `orders.${name}_p${q * 100}`, value: quantile(samples, q), unit: 'ms', baseline });
    };
    const trader = await openTrader(stack, Math.max(...LEVELS));
    await untilReady(pool, trader);
    tell('raw_round_trip', raw, [0.95]);
    tell('bare_broadcast', await bareBroadcasts(stack, trader), [0.5]);

    const symbol = await cheapest(pool);
    const placed = (await placeInTurn(trader, symbol, ORDERS + WARM_UP)).slice(WARM_UP);
    tell(
      'api_answer',
      placed.map((order) => order.answeredAt - order.askedAt),
    );
    tell(
      'answer_to_wire',
      placed.map((order) => wireAt(tap, order) - order.answeredAt),
    );
    tell(
      'asked_to_wire',
      placed.map((order) => wireAt(tap, order) - order.askedAt),
    );
    const acks = placed.map((order) => order.acknowledgedAt - order.askedAt);
    tell('ack_on_channel', acks);
    report({ name: 'orders.ack_on_channel_ratio', value: quantile(acks, 0.5) / baseline.value, unit: '× baseline', baseline });
    for (const [part, ms] of Object.entries(await parts(pool, placed))) tell(`part.${part}`, ms, [0.5, 0.95]);

    await sustain(trader, symbol, (level, perSecond, p95) => {
      report({ name: `orders.at_${level}_in_flight`, value: perSecond, unit: 'orders/s', baseline });
      report({ name: `orders.at_${level}_in_flight_p95`, value: p95, unit: 'ms', baseline });
    }).then((best) => report({ name: 'orders.sustained_until_p95_doubles', value: best, unit: 'orders/s', baseline }));
    await trader.close();
  } finally {
    await pool.end();
    await stack.stop();
    await tap.close();
    await rm(home, { recursive: true, force: true });
  }
};

interface Listed {
  readonly code: string;
  readonly price: number;
}

async function placeInTurn({ place, accounts }: Trader, symbol: Listed, count: number): Promise<PlacedOrder[]> {
  const placed: PlacedOrder[] = [];
  for (let i = 0; i < count; i += 1) placed.push(await place(accounts[i % accounts.length]!, symbol, i + 1));
  return placed;
}

/** Raises the number of orders in flight; the most orders a second before the 95th percentile is twice that of a lone order. */
async function sustain(trader: Trader, symbol: Listed, tell: (level: number, perSecond: number, p95: number) => void): Promise<number> {
  let quantity = 1_000; // quantities name orders on the wire: none is used twice
  let best = 0;
  let alone = Number.POSITIVE_INFINITY;
  for (const level of LEVELS) {
    const samples: number[] = [];
    const startedAt = performance.now();
    const worker = async (account: Trader['accounts'][number]): Promise<void> => {
      while (performance.now() - startedAt < LEVEL_MS) {
        const order = await trader.place(account, symbol, quantity++);
        samples.push(order.acknowledgedAt - order.askedAt);
      }
    };
    await Promise.all(trader.accounts.slice(0, level).map(worker));
    const perSecond = (samples.length / (performance.now() - startedAt)) * 1_000;
    const p95 = quantile(samples, 0.95);
    if (level === 1) alone = p95;
    tell(level, perSecond, p95);
    if (p95 > 2 * alone) break;
    best = Math.max(best, perSecond);
  }
  return best;
}

function wireAt(tap: WireTap, { accountNumber, quantity }: PlacedOrder): number {
  const at = tap.orderByteAt(accountNumber, quantity);
  if (at === undefined) throw new Error(`the order of ${quantity} shares was never seen on the wire`);
  return at;
}

/** Where the time goes, by the database's own clock: until the attempt is written, at the broker, until the answer is a fact. */
async function parts(pool: pg.Pool, placed: readonly PlacedOrder[]): Promise<Record<string, number[]>> {
  const { rows } = await pool.query<Record<'until_attempt' | 'at_broker' | 'until_accepted', string>>(
    `select 1000 * extract(epoch from a.started_at - o.created_at) as until_attempt,
            1000 * extract(epoch from a.finished_at - a.started_at) as at_broker,
            1000 * extract(epoch from o.acknowledged_at - a.finished_at) as until_accepted
       from public.real_orders o join public.order_attempts a on a.order_id = o.id
      where o.intent_key = any($1)`,
    [placed.map((order) => order.intentKey)],
  );
  if (rows.length !== placed.length) throw new Error(`${rows.length} attempts for ${placed.length} orders`);
  const of = (name: 'until_attempt' | 'at_broker' | 'until_accepted') => rows.map((row) => Number(row[name]));
  return { until_attempt: of('until_attempt'), at_broker: of('at_broker'), until_accepted: of('until_accepted') };
}

async function cheapest(pool: pg.Pool): Promise<Listed> {
  const { rows } = await pool.query<{ code: string; price: string }>(
    `select stock_code as code, base_price as price from public.instruments order by base_price limit 1`,
  );
  return { code: rows[0]!.code, price: Number(rows[0]!.price) };
}

/** Waits until the trading service has proved every account and read its balance, and takes the demo's limits away. */
async function untilReady(pool: pg.Pool, trader: Trader): Promise<void> {
  await pool.query(
    `update public.trading_permissions set daily_trade_limit = 1e15, max_position_size = 1e15, daily_order_limit = 1000000 where user_id = $1`,
    [trader.userId],
  );
  for (const deadline = performance.now() + 120_000; performance.now() < deadline; ) {
    const { rows } = await pool.query<{ count: string }>(
      `select count(*) from public.broker_accounts a join public.account_balances b on b.broker_account_id = a.id
        where a.id = any($1) and a.environment_verified_at is not null`,
      [trader.accounts.map((account) => account.id)],
    );
    if (Number(rows[0]!.count) === trader.accounts.length) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('not every account was proved within 120 s');
}
