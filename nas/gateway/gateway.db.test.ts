import { randomBytes, randomUUID } from 'node:crypto';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodeBarChunk } from '#domain/market/bar-chunk.ts';
import { signRequest } from '#lib/credentials/request-signature.ts';
import { gatewayRepo } from '#lib/db/fleet/gateway.ts';
import { createFleetPool } from '#lib/db/fleet/pool.ts';
import { createLog } from '#lib/log.ts';
import { createTestDatabase, createTestUser, type TestDatabase } from '#lib/testing/database.ts';
import { buildGateway } from './app.ts';

const apiKey = 'k'.repeat(32);
const secret = 's'.repeat(40);
const log = createLog('gateway', 'fatal');
let database: TestDatabase;
let pool: ReturnType<typeof createFleetPool>;
let app: FastifyInstance;
let clock = Date.now();

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createFleetPool(database.url('narae_gateway'), { name: 'gateway-test', log });
});
beforeEach(async () => {
  await app?.close();
  clock = Date.now();
  app = await buildGateway({ repo: gatewayRepo(pool), apiKey, secret, registry: new Registry(), log, now: () => Date.now() });
});
afterAll(async () => {
  await app.close();
  await pool.end();
  await database.drop();
});

type Call = { method?: 'GET' | 'POST'; url: string; body?: string };
function signed({ method = 'GET', url, body = '' }: Call, change: Partial<Record<string, string>> = {}): InjectOptions {
  const timestamp = change.timestamp ?? String(clock);
  const nonce = randomBytes(12).toString('hex');
  const signature = signRequest(secret, { method, path: url, timestamp, nonce, body });
  return {
    method,
    url,
    ...(body && { payload: body }),
    headers: {
      'content-type': 'application/json',
      'x-api-key': apiKey,
      'x-timestamp': timestamp,
      'x-nonce': nonce,
      'x-signature': signature,
      ...change,
    },
  };
}
const quotes = { url: '/market/quotes?symbols=005930' };

test('a signed request passes once; the very same request again is refused', async () => {
  const request = signed(quotes);
  expect((await app.inject(request)).statusCode).toBe(200);
  const again = await app.inject(request);
  expect(again.statusCode).toBe(401);
  expect(again.json().error).toMatchObject({ code: 'unauthenticated', en: expect.stringContaining('not signed') });
});

test.each([
  { why: 'no key', change: { 'x-api-key': '' } },
  { why: 'another key of the same length', change: { 'x-api-key': 'x'.repeat(32) } },
  { why: 'a signature over something else', change: { 'x-signature': 'f'.repeat(64) } },
  { why: 'no nonce', change: { 'x-nonce': '' } },
  { why: 'a time that is no number', change: { timestamp: 'yesterday' } },
])('refuses $why', async ({ change }) => {
  expect((await app.inject(signed(quotes, change))).statusCode).toBe(401);
});

test.each([{ skewMs: -61_000 }, { skewMs: 61_000 }])('refuses a request $skewMs ms away from our clock', async ({ skewMs }) => {
  expect((await app.inject(signed(quotes, { timestamp: String(clock + skewMs) }))).statusCode).toBe(401);
});

test.each([
  { what: 'path', change: (r: InjectOptions) => ({ ...r, url: '/market/quotes?symbols=000660' }) },
  { what: 'method', change: (r: InjectOptions) => ({ ...r, method: 'POST' as const }) },
])('a signature covers the $what', async ({ change }) => {
  const { statusCode } = await app.inject(change(signed(quotes)) as InjectOptions);
  expect([401, 404]).toContain(statusCode);
});

test('a signature covers the body of an order to execute', async () => {
  const request = signed({ method: 'POST', url: '/trading/execute', body: JSON.stringify({ orderId: randomUUID() }) });
  expect((await app.inject({ ...request, payload: JSON.stringify({ orderId: randomUUID() }) })).statusCode).toBe(401);
});

test('health answers without a signature, metrics do not', async () => {
  expect((await app.inject('/health')).json()).toEqual({ ok: true });
  expect((await app.inject('/metrics')).statusCode).toBe(401);
  expect((await app.inject(signed({ url: '/metrics' }))).statusCode).toBe(200);
});

test.each([
  { why: 'malformed JSON', body: '{"orderId":' },
  { why: 'no order id', body: '{}' },
  { why: 'an id that is none', body: '{"orderId":"1; drop table"}' },
  { why: 'more than was asked for', body: `{"orderId":"${randomUUID()}","price":1}` },
])('refuses $why with 400 and says what is wrong', async ({ body }) => {
  const answer = await app.inject(signed({ method: 'POST', url: '/trading/execute', body }));
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.code).toBe('invalid_input');
});

test('execute finds an order by its owner only, wakes the account, and says that nobody answered', async () => {
  const { orderId, userId, accountId } = await anOrder();
  const stranger = await app.inject(
    signed({ method: 'POST', url: '/trading/execute', body: JSON.stringify({ orderId, userId: randomUUID() }) }),
  );
  expect(stranger.statusCode).toBe(404);

  const listener = await database.pool.connect();
  const woken: string[] = [];
  listener.on('notification', ({ payload }) => void woken.push(payload ?? ''));
  await listener.query('listen wake_account');
  const running = app.inject(signed({ method: 'POST', url: '/trading/execute', body: JSON.stringify({ orderId, userId }) }));
  const answer = (await running).json();
  expect(answer).toMatchObject({ answered: false, order: { orderId, status: 'pending' } });
  expect(JSON.stringify(answer)).not.toContain(accountId);
  await listener.query('select 1');
  expect(woken).toContain(accountId);
  listener.release(true);
});

test('the gateway has no right to change an order', async () => {
  const { orderId } = await anOrder();
  await expect(pool.query('update public.real_orders set order_status = $2 where id = $1', [orderId, 'cancelled'])).rejects.toThrow(
    /permission denied/,
  );
  await expect(pool.query('select public.begin_attempt($1, $2, $3, 1)', [orderId, 'submit', randomUUID()])).rejects.toThrow(
    /permission denied/,
  );
});

test('bars come from the published chunks, oldest first', async () => {
  const columns = (time: number, close: number) => {
    const one = Float64Array.of(close);
    return { time: Int32Array.of(time), open: one, high: one, low: one, close: one, volume: one, value: one };
  };
  await anInstrument();
  for (const [year, close] of [
    [2025, 70_000],
    [2026, 80_000],
  ] as const) {
    const bytes = Buffer.from(encodeBarChunk(columns(year * 10_000 + 102, close)));
    await database.pool.query(
      `insert into public.bar_chunks (stock_code, timeframe, year, bars, bytes, hash) values ('005930', '1d', $1, 1, $2, 'h')`,
      [year, bytes],
    );
  }
  const answer = await app.inject(signed({ url: '/market/bars?symbol=005930&chunks=2' }));
  expect(answer.json().bars.map((bar: number[]) => [bar[0], bar[4]])).toEqual([
    [20_250_102, 70_000],
    [20_260_102, 80_000],
  ]);
  expect((await app.inject(signed({ url: '/market/bars?symbol=nope' }))).statusCode).toBe(400);
});

test('too many requests are refused with a sentence', async () => {
  const small = await buildGateway({ repo: gatewayRepo(pool), apiKey, secret, registry: new Registry(), log, perMinute: 2 });
  await small.inject('/health');
  await small.inject('/health');
  const third = await small.inject('/health');
  expect(third.statusCode).toBe(429);
  expect(third.json().error.code).toBe('rate_limited');
  await small.close();
});

test('describes itself as OpenAPI', async () => {
  const document = (await app.inject(signed({ url: '/openapi.json' }))).json();
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/trading/execute', '/market/bars', '/market/quotes', '/health']));
});

async function anInstrument(): Promise<void> {
  await database.pool.query(
    `insert into public.instruments (stock_code, name_ko, market, base_price, upper_limit, lower_limit, price_day)
     values ('005930', '시험전자', 'KOSPI', 70000, 91000, 49000, current_date) on conflict do nothing`,
  );
}

async function anOrder(): Promise<{ orderId: string; userId: string; accountId: string }> {
  await anInstrument();
  const userId = await createTestUser(database.pool);
  const account = await database.pool.query(`insert into public.broker_accounts (user_id, broker_type) values ($1, 'kis') returning id`, [
    userId,
  ]);
  const order = await database.pool.query(
    `insert into public.real_orders (user_id, broker_account_id, stock_code, order_type, quantity, price, order_day)
     values ($1, $2, '005930', 'buy', 1, 70000, current_date) returning id`,
    [userId, account.rows[0].id],
  );
  return { orderId: order.rows[0].id, userId, accountId: account.rows[0].id };
}
