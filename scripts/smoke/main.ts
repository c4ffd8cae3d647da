/**
 * `npm run smoke`: boots the product on free ports, does the main job as a user over HTTP and WebSocket, stops, and prints one JSON
 * line: `ok` and the milliseconds from the click to API accept, broker acknowledgement, and fill on the owner's Realtime channel.
 */

import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { passableTempDir } from '#supabase/local/os-user.ts';
import { signIn } from '../stack/sign-in.ts';
import { type RunningStack, startStack } from '../stack/start-stack.ts';
import { venueOrders } from '../stack/venue-face.ts';

const DEADLINE_MS = 30_000;
const QUANTITY = 3;

const placed = z.object({ order: z.object({ id: z.uuid() }) });
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Messages of one topic, with the moment each arrived. */
async function listen(client: SupabaseClient, topic: string, event: string) {
  const seen: { at: number; payload: Record<string, unknown> }[] = [];
  const waiting = new Set<() => void>();
  const channel = client.channel(topic, { config: { private: true } }).on('broadcast', { event }, ({ payload }) => {
    seen.push({ at: performance.now(), payload });
    for (const wake of waiting) wake();
  });
  await new Promise<void>((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === 'SUBSCRIBED') resolve();
      else if (status !== 'CLOSED') reject(error ?? new Error(`${topic}: ${status}`));
    });
  });
  return {
    /** The moment of the first message that fits, waiting for it. */
    async first(what: string, fits: (payload: Record<string, unknown>) => boolean): Promise<number> {
      const deadline = performance.now() + DEADLINE_MS;
      for (;;) {
        const found = seen.find((message) => fits(message.payload));
        if (found) return found.at;
        const left = deadline - performance.now();
        if (left <= 0) throw new Error(`${what} did not arrive within ${DEADLINE_MS / 1_000} s`);
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            clearTimeout(timer);
            waiting.delete(wake);
            resolve();
          };
          const timer = setTimeout(wake, left);
          waiting.add(wake);
        });
      }
    },
  };
}

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  for (
    const deadline = performance.now() + DEADLINE_MS;
    performance.now() < deadline;
    await new Promise((resolve) => setTimeout(resolve, 200))
  ) {
    const found = await look();
    if (found !== null) return found;
  }
  throw new Error(`${what}: not within ${DEADLINE_MS / 1_000} s`);
}

async function mainJob(stack: RunningStack): Promise<Record<string, unknown>> {
  const { client, cookie, userId } = await signIn(stack, 'trader1');
  const account = await until('a verified paper account', async () => {
    const { data } = await client
      .from('broker_accounts')
      .select('id')
      .eq('is_paper_account', true)
      .not('environment_verified_at', 'is', null)
      .limit(1);
    return data?.[0] ?? null;
  });
  const quote = await until('a live quote', async () => {
    const { data } = await client.from('quotes').select('stock_code').gt('volume', 0).limit(1);
    return data?.[0] ?? null;
  });
  await until(
    'cash of the account',
    async () => (await client.from('account_balances').select('broker_account_id').eq('broker_account_id', account.id)).data?.[0] ?? null,
  );
  const orders = await listen(client, `user:${userId}:orders`, 'order_changed');
  const positions = await listen(client, `user:${userId}:positions`, 'position_changed');

  const clickedAt = performance.now();
  const answer = await fetch(`${stack.webUrl}/api/trading`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie, origin: stack.webUrl },
    body: JSON.stringify({
      action: 'buy',
      stockCode: quote.stock_code,
      quantity: QUANTITY,
      priceType: 'market',
      price: null,
      accountId: account.id,
      intentKey: randomUUID(),
    }),
  });
  const acceptedAt = performance.now();
  const body: unknown = await answer.json();
  if (answer.status !== 201) throw new Error(`POST /api/trading answered ${answer.status}: ${JSON.stringify(body).slice(0, 300)}`);
  const { order } = placed.parse(body);
  const isOurs = (payload: Record<string, unknown>): boolean => payload.id === order.id;
  const acknowledgedAt = await orders.first('the broker acknowledgement', (p) => isOurs(p) && p.broker_order_id !== null);
  const filledAt = await orders.first('the fill', (p) => isOurs(p) && p.order_status === 'executed' && Number(p.cum_quantity) === QUANTITY);
  const movedAt = await positions.first('the position', (p) => p.stock_code === quote.stock_code && Number(p.quantity) >= QUANTITY);

  const atVenue = (await venueOrders(stack)).filter((o) => o.symbol === quote.stock_code && o.quantity === QUANTITY).length;
  if (atVenue !== 1) throw new Error(`the venue's book has the order ${atVenue} times`);
  await client.removeAllChannels();
  const ms = (at: number): number => Math.round((at - clickedAt) * 10) / 10;
  return {
    ok: true,
    acceptMs: ms(acceptedAt),
    ackMs: ms(acknowledgedAt),
    fillMs: ms(filledAt),
    positionMs: ms(movedAt),
    ordersAtVenue: atVenue,
  };
}

const home = passableTempDir('narae-smoke-');
const freePorts = ['WEB', 'SUPABASE', 'DB', 'GATEWAY', 'VENUE_REST', 'VENUE_WS'].map((name) => [`NARAE_${name}_PORT`, '0']);
let stack: RunningStack | null = null;
let result: Record<string, unknown>;
try {
  const startedAt = performance.now();
  stack = await startStack({ env: { ...Object.fromEntries(freePorts), NARAE_HOME: home, NARAE_MARKET_HOURS: 'always' }, say });
  const readyMs = Math.round(performance.now() - startedAt);
  result = { ...(await Promise.race([mainJob(stack), stack.failed.then((reason) => Promise.reject(new Error(reason)))])), readyMs };
} catch (error) {
  result = { ok: false, reason: error instanceof Error ? error.message : String(error) };
} finally {
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
}
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(result.ok === true ? 0 : 1);
