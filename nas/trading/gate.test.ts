import { expect, test } from 'vitest';
import type { GateFacts } from '#lib/db/fleet/gate-facts.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import { type GateContext, judgeBeforeSend } from './gate.ts';

const DAY = '2026-11-23';
const NOON = Date.parse(`${DAY}T12:00:00+09:00`);
const facts: GateFacts = {
  instrument: {
    market: 'KOSPI',
    kind: 'stock',
    is_listed: true,
    is_halted: false,
    status_code: '',
    base_price: 70_000,
    upper_limit: 91_000,
    lower_limit: 49_000,
    price_day: DAY,
  },
  quote: { last_price: 70_000, phase: 'continuous', is_halted: false, age_seconds: 1 },
  sessions: [{ session: 'regular', order_from: `${DAY}T00:00:00Z`, open_at: `${DAY}T00:00:00Z`, close_at: `${DAY}T06:20:00Z` }],
  working: [],
  same_seconds_ago: null,
  has_break: false,
  allow_restricted: false,
};
const context: GateContext = { facts, halt: 'none', clockOffsetMs: 0, wall: NOON, fetchQuote: async () => null };
const anOrder = (change: Partial<OrderRow>): OrderRow =>
  ({
    symbol: '005930',
    side: 'sell',
    isEntry: change.side === 'buy',
    quantity: 10,
    price: 70_000,
    priceType: 'limit',
    timeInForce: 'day',
    venue: 'KRX',
    origin: 'user',
    orderDay: DAY,
    allowDuplicate: false,
    ...change,
  }) as unknown as OrderRow;
const yesterday = { ...facts.instrument!, price_day: '2026-11-20' };

test.each([
  { why: 'our clock is far off', change: { clockOffsetMs: 60_000 } },
  { why: 'nobody knows a price', change: { facts: { ...facts, quote: null } } },
  { why: 'the data are old', change: { facts: { ...facts, quote: { ...facts.quote!, age_seconds: 3_600 } } } },
  { why: 'the position is unproved', change: { facts: { ...facts, has_break: true } } },
  { why: 'entries are paused', change: { halt: 'pause_entries' as const } },
  { why: 'only reducing is allowed', change: { halt: 'reduce_only' as const } },
  { why: 'the symbol is restricted', change: { facts: { ...facts, instrument: { ...facts.instrument!, status_code: '52' } } } },
])('a sale goes out although $why; a buy does not', async ({ change }) => {
  expect(await judgeBeforeSend(anOrder({ side: 'sell' }), { ...context, ...change })).toEqual({ kind: 'pass' });
  expect((await judgeBeforeSend(anOrder({ side: 'buy' }), { ...context, ...change })).kind).toBe('denied');
});

test.each([{ price: 45_000 }, { price: 95_000 }])('limits of another day do not hold back a sale at $price', async ({ price }) => {
  const order = anOrder({ side: 'sell', price: price as OrderRow['price'] });
  expect(await judgeBeforeSend(order, { ...context, facts: { ...facts, instrument: yesterday } })).toEqual({ kind: 'pass' });
  expect(await judgeBeforeSend(order, context)).toMatchObject({ kind: 'denied', code: 'outside_price_limits' });
});

test('a sale at the market goes out with limits of another day', async () => {
  const order = anOrder({ side: 'sell', price: null, priceType: 'market' });
  expect(await judgeBeforeSend(order, { ...context, facts: { ...facts, instrument: yesterday } })).toEqual({ kind: 'pass' });
});

test.each([
  { status: '51', why: '관리종목' },
  { status: '52', why: '투자위험' },
])('$why is bought only by a person whose settings allow it, and sold by anybody', async ({ status }) => {
  const restricted: GateFacts = { ...facts, instrument: facts.instrument && { ...facts.instrument, status_code: status } };
  const verdict = (side: 'buy' | 'sell', allowed: boolean) =>
    judgeBeforeSend(anOrder({ side }), { ...context, facts: { ...restricted, allow_restricted: allowed } });
  expect(await verdict('buy', false)).toMatchObject({ code: 'symbol_restricted' });
  expect(await verdict('buy', true)).toEqual({ kind: 'pass' });
  expect(await verdict('sell', false)).toEqual({ kind: 'pass' });
});
