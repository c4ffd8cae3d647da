import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type RealtimeChannel, type SupabaseClient } from '@supabase/supabase-js';
import pg from 'pg';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { ordersTopic } from '#lib/realtime/topics.ts';
import { DEMO_PASSWORD, DEMO_USERS } from '#supabase/local/seed.ts';
import { type RunningStack, startStack } from '../stack/start-stack.ts';
import type { Bench } from './main.ts';

const ORDERS = 60;
const WARM_UP = 5;
/** Not a limit of ours here: the venue answers as fast as it can. */
const RATE = '1000';
const FREE_PORTS = Object.fromEntries(
  ['WEB', 'SUPABASE', 'DB', 'GATEWAY', 'VENUE_REST', 'VENUE_WS', 'VENUE_REAL_REST'].map((name) => [`NARAE_${name}_PORT`, '0']),
);

/**
 * From the click to the owner's screen: `place_order` through the API as a signed-in person, the broker's yes on their private
 * Realtime channel. The venue adds no delay. Baselines of the same run: a raw insert + NOTIFY round trip, and a bare Realtime broadcast.
 */
export const bench: Bench = async (report) => {
  const home = await mkdtemp(join(tmpdir(), 'narae-bench-'));
  await chmod(home, 0o755);
  const stack = await startStack({
    services: ['supabase', 'venue', 'trading'],
    durable: false,
    env: { NARAE_HOME: home, NARAE_MARKET_HOURS: 'always', LOG_LEVEL: 'warn', ...FREE_PORTS },
    serviceEnv: {
      trading: { KIS_REQUESTS_PER_SECOND: RATE },
      venue: { VENUE_PAPER_RATE: RATE, VENUE_EVENTS_PER_SECOND: '0' },
    },
  });
  try {
    const raw = await rawRoundTrips(stack);
    const desk = await openDesk(stack);
    const bare = await broadcasts(stack, desk);
    const placed = await placeOrders(desk);
    await desk.close();
    const baseline = { name: 'raw SQL insert + NOTIFY round trip, p50', value: p(raw, 0.5) };
    report({ name: 'orders.raw_round_trip_p95', value: p(raw, 0.95), unit: 'ms', baseline });
    report({ name: 'orders.bare_broadcast_p50', value: p(bare, 0.5), unit: 'ms', baseline });
    for (const [name, samples] of Object.entries(placed)) {
      for (const q of [0.5, 0.95]) report({ name: `orders.${name}_p${q * 100}`, value: p(samples, q), unit: 'ms', baseline });
    }
    report({ name: 'orders.ack_on_channel_ratio', value: p(placed.ack_on_channel, 0.5) / baseline.value, unit: '× baseline', baseline });
  } finally {
    await stack.stop();
    await rm(home, { recursive: true, force: true });
  }
};

/** The quantile of samples, by the nearest rank. */
function p(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)]!;
}

async function rawRoundTrips(stack: RunningStack): Promise<number[]> {
  const [writer, listener] = [1, 2].map(() => new pg.Client({ connectionString: stack.databaseUrl() })) as [pg.Client, pg.Client];
  await Promise.all([writer.connect(), listener.connect()]);
  await writer.query('create table public.bench_rows (id uuid primary key)');
  await listener.query('listen bench_rows');
  const samples: number[] = [];
  for (let i = 0; i < ORDERS + WARM_UP; i += 1) {
    const heard = new Promise<void>((resolve) => listener.once('notification', () => resolve()));
    const startedAt = performance.now();
    await writer.query(
      `with new_row as (insert into public.bench_rows values ($1) returning id) select pg_notify('bench_rows', id::text) from new_row`,
      [randomUUID()],
    );
    await heard;
    samples.push(performance.now() - startedAt);
  }
  await Promise.all([writer.end(), listener.end()]);
  return samples.slice(WARM_UP);
}

interface Desk {
  readonly client: SupabaseClient;
  readonly userId: string;
  readonly accountId: string;
  /** Resolves with the moment a message that fits arrived on the owner's channel. */
  heard(fits: (event: string, payload: Record<string, unknown>) => boolean): Promise<number>;
  close(): Promise<void>;
}

async function openDesk(stack: RunningStack): Promise<Desk> {
  const client = createClient(stack.supabaseUrl, stack.publishableKey, { auth: { persistSession: false, autoRefreshToken: false } });
  const { id: userId, email } = DEMO_USERS.trader1;
  const { data, error } = await client.auth.signInWithPassword({ email, password: DEMO_PASSWORD });
  if (error) throw error;
  await client.realtime.setAuth(data.session.access_token);
  const waiting = new Set<(event: string, payload: Record<string, unknown>) => void>();
  const channel = client.channel(ordersTopic(userId), { config: { private: true } });
  channel.on('broadcast', { event: '*' }, ({ event, payload }) => {
    for (const look of waiting) look(event, payload as Record<string, unknown>);
  });
  await subscribed(channel);
  return {
    client,
    userId,
    accountId: await readyAccount(stack, userId),
    heard: (fits) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('nothing heard on the channel for 10 s')), 10_000);
        const look = (event: string, payload: Record<string, unknown>): void => {
          if (!fits(event, payload)) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(performance.now());
        };
        waiting.add(look);
      }),
    async close() {
      await client.removeAllChannels();
      await client.auth.signOut();
    },
  };
}

function subscribed(channel: RealtimeChannel): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === 'SUBSCRIBED') resolve();
      else if (status !== 'CLOSED') reject(error ?? new Error(`channel: ${status}`));
    });
  });
}

/** An account of the demo that the trading service has proved and read. */
async function readyAccount(stack: RunningStack, userId: string): Promise<string> {
  const pool = survivingLoss(new pg.Pool({ connectionString: stack.databaseUrl(), max: 1 }));
  try {
    for (const deadline = performance.now() + 30_000; performance.now() < deadline; ) {
      const { rows } = await pool.query<{ id: string }>(
        `select a.id from public.broker_accounts a join public.account_balances b on b.broker_account_id = a.id
          where a.user_id = $1 and a.environment_verified_at is not null order by b.orderable desc limit 1`,
        [userId],
      );
      if (rows[0]) return rows[0].id;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('no demo account was proved within 30 s');
  } finally {
    await pool.end();
  }
}

async function broadcasts(stack: RunningStack, desk: Desk): Promise<number[]> {
  const sender = new pg.Client({ connectionString: stack.databaseUrl() });
  await sender.connect();
  const samples: number[] = [];
  for (let i = 0; i < ORDERS + WARM_UP; i += 1) {
    const heard = desk.heard((event, payload) => event === 'bench' && payload.i === i);
    const startedAt = performance.now();
    await sender.query(`select realtime.send(jsonb_build_object('i', $1::int), 'bench', $2, true)`, [i, ordersTopic(desk.userId)]);
    samples.push((await heard) - startedAt);
  }
  await sender.end();
  return samples.slice(WARM_UP);
}

async function placeOrders(desk: Desk): Promise<{ api_answer: number[]; ack_on_channel: number[] }> {
  const answers: number[] = [];
  const acks: number[] = [];
  const { data: instrument, error } = await desk.client
    .from('instruments')
    .select('stock_code, base_price')
    .order('base_price')
    .limit(1)
    .single();
  if (error) throw error;
  for (let i = 0; i < ORDERS + WARM_UP; i += 1) {
    const key = randomUUID();
    const heard = desk.heard(
      (_, order) => order.intent_key === key && (order.order_status === 'accepted' || order.order_status === 'denied'),
    );
    const startedAt = performance.now();
    const { data, error } = await desk.client.rpc('place_order', {
      p_account_id: desk.accountId,
      p_stock_code: instrument.stock_code,
      p_side: 'buy',
      p_quantity: 1,
      p_price_type: 'limit',
      p_price: instrument.base_price,
      p_intent_key: key,
      p_body_hash: key,
      p_allow_duplicate: true,
    });
    answers.push(performance.now() - startedAt);
    if (error) throw new Error(`place_order: ${error.message}`);
    if (data.denial) throw new Error(`place_order denied: ${JSON.stringify(data.denial)}`);
    acks.push((await heard) - startedAt);
  }
  return { api_answer: answers.slice(WARM_UP), ack_on_channel: acks.slice(WARM_UP) };
}
