import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { signIn } from '#scripts/stack/sign-in.ts';
import { calmVenue, disturbVenue } from '#scripts/stack/venue-face.ts';
import { HANGUL, type Json, openProduct, type Product, SETTLES, SYMBOL } from '../testing/product.ts';
import { REFUSED_ORDERS } from '../testing/refused-orders.ts';

/** The whole product, asked over HTTP as a browser asks: every bad input has a clear answer in both languages and places nothing. */
const SUBMIT_BUY = 'VTTC0012U';
const ORDER_LIST = 'VTTC0081R';
/** Longer than the sender's patience of 3 s. */
const HANGS_MS = 4_000;
vi.setConfig({ testTimeout: 240_000 }); // several settle one after the other
let product: Product;
beforeAll(async () => {
  product = await openProduct();
}, 400_000);
afterAll(() => product?.stop());

describe('an order that must not be', () => {
  let before: Awaited<ReturnType<Product['placedSoFar']>>;
  beforeAll(async () => {
    before = await product.placedSoFar();
  });
  test.each(REFUSED_ORDERS)('$why: $status $code, and nothing is placed', async ({ ask, during, ...wanted }) => {
    const undo = await during?.(product);
    try {
      await product.expectRefusal('/api/trading', () => ask(product), wanted);
    } finally {
      await undo?.();
    }
    expect(await product.placedSoFar()).toEqual(before);
  });

  test('the field that does not fit is named, in the reader’s words', async () => {
    const { json } = await product.ask('/api/trading', {
      body: product.wish({ userId: 'somebody' }),
      headers: { 'accept-language': 'ko' },
    });
    expect(json.error?.details).toEqual([{ field: 'userId', message: expect.stringMatching(HANGUL) }]);
  });

  test('a good order goes through afterwards: no case left the world changed', async () => {
    const placed = await product.placeResting(SYMBOL);
    await product.settles(placed, 'accepted');
    await product.cancel(placed);
  });
});

describe('the same wish again', () => {
  test('with the same body gives the same order, one row and one order at the venue; with another body 422', async () => {
    const body = product.wish({ stockCode: '990020', price: await product.lowestPrice('990020') });
    const [first, twin] = await Promise.all([product.ask('/api/trading', { body }), product.ask('/api/trading', { body })]);
    const again = await product.ask('/api/trading', { body });
    expect([first.status, twin.status].toSorted()).toEqual([200, 201]);
    expect([again.status, again.json.replayed]).toEqual([200, true]);
    expect(new Set([first, twin, again].map(({ json }) => json.order?.id)).size).toBe(1);
    for (const other of [{ quantity: 2 }, { price: product.limits.base }, { action: 'sell' }])
      await product.expectRefusal('/api/trading', () => ({ body: { ...body, ...other } }), {
        status: 422,
        code: 'intent_conflict',
        says: /under this key/,
      });
    await product.settles(first.json, 'accepted');
    expect(await product.sql('select 1 from public.real_orders where intent_key = $1', [body.intentKey])).toHaveLength(1);
    expect(await product.atVenue('990020')).toBe(1);
    await product.cancel(first.json);
    await product.settles(first.json, 'cancelled');
    await product.expectRefusal('/api/trading', () => ({ body: { action: 'cancel', orderId: first.json.order?.id } }), {
      status: 422,
      code: 'not_cancellable',
      says: /has ended/,
    });
  });
});

describe('waking an order', () => {
  test.each([
    { why: 'an order nobody has', status: 404, code: 'order_not_found', says: /No such order/, body: () => ({ orderId: randomUUID() }) },
    { why: 'no order', status: 400, code: 'invalid_input', says: /fields/, body: () => ({}) },
    { why: 'what is no id', status: 400, code: 'invalid_input', says: /fields/, body: () => ({ orderId: '1' }) },
  ])('$why: $status $code', async ({ body, ...wanted }) => {
    await product.expectRefusal('/api/trading/execute', () => ({ body: body() }), wanted);
  });

  test('somebody else’s order cannot be woken, cancelled or seen; one’s own can', async () => {
    const placed = await product.placeResting(SYMBOL);
    const stranger = await signIn(product.stack, 'trader2');
    const orderId = placed.order?.id;
    const wanted = { status: 404, code: 'order_not_found', says: /No such order of yours/ };
    await product.expectRefusal('/api/trading/execute', () => ({ body: { orderId }, cookie: stranger.cookie }), wanted);
    await product.expectRefusal('/api/trading', () => ({ body: { action: 'cancel', orderId }, cookie: stranger.cookie }), wanted);
    const own = await product.ask('/api/trading/execute', { body: { orderId } });
    expect([own.status, own.json.wasWoken, own.json.order?.id]).toEqual([200, true, orderId]);
    await product.cancel(placed);
  });

  test.each([
    { why: 'hangs', signal: 'SIGSTOP' },
    { why: 'is gone', signal: 'SIGKILL' },
  ] as const)('with a gateway that $why the answer says that the order is safe, and it goes its way', async ({ signal }) => {
    const gateway = product.stack.process('gateway');
    const pid = gateway.pid as number;
    const placed = await product.placeResting(SYMBOL);
    process.kill(pid, signal);
    try {
      const { status, json } = await product.ask('/api/trading/execute', { body: { orderId: placed.order?.id } });
      expect([status, json.wasWoken, json.message]).toEqual([200, false, expect.stringMatching(/저장되어 있습니다.*다시 주문하지 말고/)]);
      await product.settles(placed, 'accepted');
      await product.cancel(placed);
    } finally {
      if (signal === 'SIGSTOP') process.kill(pid, 'SIGCONT');
      else await vi.waitFor(() => expect(gateway.pid).not.toBe(pid), SETTLES);
      await gateway.ready;
    }
  });
});

describe('bars', () => {
  test.each([
    { why: 'a symbol nobody knows', query: 'symbol=999999', status: 404, code: 'unknown_symbol', says: /unknown or not listed/ },
    { why: 'a symbol that is none', query: 'symbol=../etc', status: 400, code: 'unknown_symbol', says: /six-character/ },
    { why: 'no symbol', query: '', status: 400, code: 'unknown_symbol', says: /six-character/ },
    { why: 'a timeframe that is none', query: `symbol=${SYMBOL}&timeframe=7m`, status: 400, code: 'invalid_input', says: /fields/ },
    { why: 'too many chunks', query: `symbol=${SYMBOL}&chunks=9999`, status: 400, code: 'invalid_input', says: /fields/ },
    { why: 'a form that is none', query: `symbol=${SYMBOL}&form=csv`, status: 400, code: 'invalid_input', says: /fields/ },
    { why: 'a question nobody asks', query: `symbol=${SYMBOL}&user=1`, status: 400, code: 'invalid_input', says: /fields/ },
  ])('$why: $status $code', async ({ query, ...wanted }) => {
    await product.expectRefusal(`/api/market/bars?${query}`, () => ({ method: 'GET' }), wanted);
  });

  test('unchanged data costs a 304 without a body', async () => {
    const path = `/api/market/bars?symbol=${SYMBOL}`;
    const first = await product.ask(path, { method: 'GET' });
    expect(first.status).toBe(200);
    const second = await product.ask(path, { method: 'GET', headers: { 'if-none-match': first.headers.get('etag') as string } });
    expect([second.status, second.json]).toEqual([304, {}]);
  });
});

/** What the trader sees of an order and what the venue's book has, while the venue misbehaves. */
describe('a venue that misbehaves', () => {
  afterEach(() => calmVenue(product.stack));

  test.each([
    { kind: 'delay', symbol: '990030', why: 'answers after 5 s', more: { delayMs: 5_000 }, isHeard: false },
    { kind: 'error_after', symbol: '990040', why: 'says 502 after it took the order', more: {}, isHeard: false },
    { kind: 'garbage_after', symbol: '990060', why: 'answers half a JSON', more: {}, isHeard: false },
    { kind: 'lost_answer', symbol: '990070', why: 'hangs up after it took the order', more: {}, isHeard: false },
    { kind: 'token_expired', symbol: '990080', why: 'calls the token expired', more: {}, isHeard: true },
  ] as const)('$kind ($why): the order ends accepted, in the book once', async ({ kind, symbol, more, isHeard }) => {
    await disturbVenue(product.stack, { kind, trId: SUBMIT_BUY, ...more });
    const json = await product.placeResting(symbol);
    await product.settles(json, 'accepted');
    expect(await product.movesOf(json)).toEqual(['pending', 'submitting', ...(isHeard ? [] : ['unknown']), 'accepted']);
    expect(await product.atVenue(symbol)).toBe(1);
    await product.cancel(json);
  });

  test('unknown is shown with the warning not to order again, in both languages', async () => {
    const symbol = '990090';
    await disturbVenue(
      product.stack,
      { kind: 'delay', trId: SUBMIT_BUY, delayMs: 6_000 },
      { kind: 'error_after', trId: ORDER_LIST, times: 20 },
    );
    const json = await product.placeResting(symbol);
    await product.settles(json, 'unknown');
    expect(await product.pageOf(json, 'ko')).toContain('같은 주문을 다시 내지 마세요');
    expect(await product.pageOf(json, 'en')).toMatch(/do not place it again/);
    await calmVenue(product.stack);
    await product.settles(json, 'accepted');
    expect(await product.atVenue(symbol)).toBe(1);
    await product.cancel(json);
  });

  test('a venue killed in the middle of a submit: never a failure, settled after it is back, in the book at most once', async () => {
    const symbol = '990100';
    const venue = product.stack.process('venue');
    const pid = venue.pid as number;
    await disturbVenue(product.stack, { kind: 'delay', trId: SUBMIT_BUY, delayMs: 30_000 });
    const json = await product.placeResting(symbol);
    await vi.waitFor(async () => expect(await product.atVenue(symbol)).toBe(1), SETTLES);
    await vi.waitFor(() => expect(venueSnapshot()).toContain(`"symbol":"${symbol}"`), SETTLES);
    process.kill(pid, 'SIGKILL');
    await product.settles(json, 'unknown');
    await vi.waitFor(() => expect(venue.pid).not.toBe(pid), SETTLES);
    await venue.ready;
    await product.settles(json, 'accepted');
    expect(await product.movesOf(json)).toEqual(['pending', 'submitting', 'unknown', 'accepted']);
    expect(await product.atVenue(symbol)).toBe(1);
    await product.cancel(json);
  });

  test('a venue that hangs: the order waits or is unknown, never a failure, and settles when it answers again', async () => {
    const symbol = '990110';
    const pid = product.stack.process('venue').pid as number;
    process.kill(pid, 'SIGSTOP');
    const placed = await product.placeResting(symbol).finally(() => setTimeout(() => process.kill(pid, 'SIGCONT'), HANGS_MS));
    await product.settles(placed, 'accepted');
    for (const state of await product.movesOf(placed)) expect(['pending', 'submitting', 'unknown', 'accepted']).toContain(state);
    expect(await product.atVenue(symbol)).toBe(1);
    await product.cancel(placed);
  });
});

/** Kills the trading service as the stack runs it; it comes back by itself. */
test('kill -9 of trading during a submit: order and cancel reach the venue within 10 s, the first order is there once', async ({
  annotate,
}) => {
  const symbol = '990120';
  const resting = await product.placeResting(SYMBOL);
  await product.settles(resting, 'accepted');
  await disturbVenue(product.stack, { kind: 'delay', trId: SUBMIT_BUY, delayMs: 20_000 });
  const hit = await product.placeResting(symbol);
  await vi.waitFor(async () => expect(await product.atVenue(symbol)).toBe(1), SETTLES);
  const trading = product.stack.process('trading');
  const pid = trading.pid as number;
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(trading.pid).not.toBe(pid), SETTLES);
  const restartedAt = performance.now();
  const next = await product.placeResting('990130');
  await product.cancel(resting);
  const since = async (placed: Json, state: string): Promise<number> => {
    await product.settles(placed, state);
    return Math.round(performance.now() - restartedAt);
  };
  const [orderMs, cancelMs] = await Promise.all([since(next, 'accepted'), since(resting, 'cancelled')]);
  await annotate(`after the restart: order ${orderMs} ms, cancel ${cancelMs} ms`);
  expect(Math.max(orderMs, cancelMs)).toBeLessThan(10_000);
  await product.settles(hit, 'accepted');
  expect(await product.atVenue(symbol)).toBe(1);
  expect(await product.atVenue('990130')).toBe(1);
});

test('after all this our book and the venue’s have the same orders, each once', async () => {
  const { ours, venues } = await product.placedSoFar();
  expect(venues).toEqual(ours);
  expect(new Set(venues).size).toBe(venues.length);
  expect(venues.length).toBeGreaterThan(10);
});

/** What the venue would know after a crash: it saves once a second. */
const venueSnapshot = (): string => readFileSync(join(product.stack.home, 'venue', 'venue-snapshot.json'), 'utf8').replaceAll('": ', '":');
