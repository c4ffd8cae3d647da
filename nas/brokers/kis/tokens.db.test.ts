import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Price } from '#domain/money.ts';
import type { Symbol } from '#domain/order/order.ts';
import { loadOrMakeSealingKey, type SealingKey } from '#lib/credentials/key-file.ts';
import { brokerTokens } from '#lib/db/fleet/broker-tokens.ts';
import { survivingLoss } from '#lib/db/fleet/pool.ts';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, type TestDatabase } from '#lib/testing/database.ts';
import type { Broker } from '#nas/brokers/port.ts';
import { fixedClock } from '#nas/venue/clock.ts';
import { PENCIL, TEN_O_CLOCK } from '#nas/venue/testing/exchange.ts';
import { startVenue, type Venue } from '#nas/venue/venue.ts';
import { createKisBroker } from './broker.ts';
import { systemClock } from './clock.ts';
import { createGovernor, ownCalls } from './governor.ts';
import { anOrder, CREDENTIALS } from './testing/wire-server.ts';

// Two processes with one app key: each its own pools, broker and memory; the database and the venue are what they share.

let db: TestDatabase;
let folder: string;
let key: SealingKey;
let venue: Venue;
let clock: ReturnType<typeof fixedClock>;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'narae-tokens-'));
  key = await loadOrMakeSealingKey(folder);
});
beforeEach(async () => {
  clock = fixedClock(TEN_O_CLOCK);
  // With KIS's rules: one issue a minute, the same token within six hours.
  venue = await startVenue({
    clock,
    marketHours: 'krx',
    instruments: [PENCIL],
    eventsPerSecond: 0,
    tokenPause: true,
    requestsPerSecond: { real: 1_000 },
  });
  const { htsId = '', ...credentials } = CREDENTIALS;
  venue.provision({ ...credentials, htsId, environment: 'real', cash: 100_000_000 });
  await db.pool.query('truncate public.broker_tokens');
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await venue.stop();
});
afterAll(async () => {
  await db?.drop();
  await rm(folder, { recursive: true, force: true });
});

function aProcess(): Broker {
  const pool = () => {
    const made = survivingLoss(new pg.Pool({ connectionString: db.url('narae_trading'), max: 2 }));
    closers.push(() => made.end());
    return made;
  };
  const broker = createKisBroker({
    credentials: CREDENTIALS,
    environment: 'real',
    endpoints: { restUrl: venue.restUrl.real, wsUrl: venue.wsUrl.real },
    tokenStore: brokerTokens({ pool: pool(), lockPool: pool(), key }),
    governor: createGovernor({ source: ownCalls({ requestsPerSecond: 1_000, clock: systemClock }), clock: systemClock }),
    clock: { ...systemClock, now: () => clock.now() },
    log: createLog('test', 'silent'),
  });
  closers.unshift(() => broker.close());
  return broker;
}
const symbol = PENCIL.symbol as Symbol;
const orderOf = (broker: Broker) =>
  broker.submit(anOrder({ symbol, limitPrice: venue.exchange.markets.get(PENCIL.symbol)!.basePrice as Price }));
const placed = () => venue.judge().accounts.flatMap((account) => account.orders).length;
const stored = async () => (await db.pool.query('select sealed, issued_at from public.broker_tokens')).rows;
const HOUR = 3_600_000;

test('two processes that start at once issue one token between them and both trade with it', async () => {
  const processes = [aProcess(), aProcess()];
  const outcomes = await Promise.all([...processes, ...processes].map(orderOf));
  expect(outcomes.map((outcome) => outcome.kind)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
  expect(await stored()).toHaveLength(1);
  expect(placed()).toBe(4);
});

test('a token that dies on the way: the order was not done, the next attempt carries a new one, in both processes', async () => {
  const processes = [aProcess(), aProcess()];
  for (const broker of processes) await orderOf(broker);
  const [before] = await stored();
  clock.advance(2 * HOUR);
  venue.faults.onRequest({ kind: 'token_expired', trId: 'TTTC0012U', times: 1 }); // and with it every token of the key
  const first = await Promise.all(processes.map(orderOf));
  expect(first).toEqual([0, 1].map(() => expect.objectContaining({ kind: 'not_processed', code: 'EGW00123', retryAfterMs: 0 })));
  expect(placed()).toBe(2);
  const second = await Promise.all(processes.map(orderOf));
  expect(second.map((outcome) => outcome.kind)).toEqual(['accepted', 'accepted']);
  expect(placed()).toBe(4);
  const [after] = await stored();
  expect(after.sealed).not.toBe(before.sealed);
});

test('a second death within the minute waits for the next permitted issue: nothing is sent meanwhile, nothing twice', async () => {
  const broker = aProcess();
  await orderOf(broker);
  clock.advance(30_000);
  venue.faults.onRequest({ kind: 'token_expired', trId: 'TTTC0012U', times: 1 });
  expect(await orderOf(broker)).toMatchObject({ kind: 'not_processed', code: 'EGW00123' });
  const other = aProcess(); // it does not know when the last issue was: KIS tells it
  for (const process of [broker, other]) {
    const waiting = await orderOf(process);
    expect(waiting).toMatchObject({ kind: 'not_processed' });
  }
  expect(placed()).toBe(1);
  clock.advance(62_000);
  expect(await orderOf(broker)).toMatchObject({ kind: 'accepted' });
  expect(await orderOf(other)).toMatchObject({ kind: 'accepted' });
  expect(placed()).toBe(3);
});

test('a token is renewed before its end, so that no order meets an expired one', async () => {
  const broker = aProcess();
  await orderOf(broker);
  clock.advance(24 * HOUR - 5 * 60_000);
  await expect(broker.quote(symbol)).resolves.toMatchObject({ symbol: PENCIL.symbol });
  clock.advance(10 * 60_000); // the first one is dead by now
  await expect(broker.quote(symbol)).resolves.toMatchObject({ symbol: PENCIL.symbol });
});
