import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { ordersTopic } from '#lib/realtime/topics.ts';
import type { RunningStack } from '../../stack/start-stack.ts';
import type { Trader } from './trader.ts';

const SAMPLES = 60;
const WARM_UP = 5;

/** Milliseconds of an insert that notifies another connection: what no order can be faster than. */
export async function rawRoundTrips(stack: RunningStack): Promise<number[]> {
  const [writer, listener] = [1, 2].map(() => new pg.Client({ connectionString: stack.databaseUrl() })) as [pg.Client, pg.Client];
  await Promise.all([writer.connect(), listener.connect()]);
  await writer.query('create table public.bench_rows (id uuid primary key)');
  await listener.query('listen bench_rows');
  const samples: number[] = [];
  for (let i = 0; i < SAMPLES + WARM_UP; i += 1) {
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

/** Milliseconds from `realtime.send` in the database to the owner's screen, without any order. */
export async function bareBroadcasts(stack: RunningStack, trader: Trader): Promise<number[]> {
  const sender = new pg.Client({ connectionString: stack.databaseUrl() });
  await sender.connect();
  const samples: number[] = [];
  for (let i = 0; i < SAMPLES + WARM_UP; i += 1) {
    const heard = trader.heard((event, payload) => event === 'bench' && payload.i === i);
    const startedAt = performance.now();
    await sender.query(`select realtime.send(jsonb_build_object('i', $1::int), 'bench', $2, true)`, [i, ordersTopic(trader.userId)]);
    samples.push((await heard) - startedAt);
  }
  await sender.end();
  return samples.slice(WARM_UP);
}
