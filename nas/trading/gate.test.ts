import { describe, expect, test } from 'vitest';
import type { GateFacts } from '#lib/db/fleet/gate-facts.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { OrderBookSnapshot, QuoteSnapshot } from '#nas/brokers/port.ts';
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
    average_volume: null,
  },
  quote: { last_price: 70_000, phase: 'continuous', is_halted: false, age_seconds: 1, expected_price: null },
  sessions: [{ session: 'regular', order_from: `${DAY}T00:00:00Z`, open_at: `${DAY}T00:00:00Z`, close_at: `${DAY}T06:20:00Z` }],
  working: [],
  same_seconds_ago: null,
  has_break: false,
  allow_restricted: false,
  max_volume_percent: null,
  collar_percent: 5,
};
const context: GateContext = {
  facts,
  halt: 'none',
  clockOffsetMs: 0,
  wall: NOON,
  fetchQuote: async () => null,
  fetchBook: async () => null,
};
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

const aQuote = (change: Partial<QuoteSnapshot>) => ({ ...BROKER_QUOTE, ...change }) as QuoteSnapshot;
const BROKER_QUOTE = {
  symbol: '005930',
  last: 70_000,
  basePrice: 70_000,
  upperLimit: 91_000,
  lowerLimit: 49_000,
  isHalted: false,
  statusCode: '',
  isInVi: false,
};

test('a strategy’s buy waits while a volatility interruption is on; a person’s and a sale do not', async () => {
  const inVi = { ...context, fetchQuote: async () => aQuote({ isInVi: true }) };
  expect(await judgeBeforeSend(anOrder({ side: 'buy', origin: 'strategy' }), inVi)).toMatchObject({ kind: 'wait', reason: 'symbol_in_vi' });
  expect(await judgeBeforeSend(anOrder({ side: 'buy', origin: 'user' }), inVi)).toEqual({ kind: 'pass' });
  expect(await judgeBeforeSend(anOrder({ side: 'sell', origin: 'strategy' }), inVi)).toEqual({ kind: 'pass' });
});

test('what else is wrong with a strategy’s buy in an interruption ends it', async () => {
  const inVi = { ...context, halt: 'pause_entries' as const, fetchQuote: async () => aQuote({ isInVi: true }) };
  expect(await judgeBeforeSend(anOrder({ side: 'buy', origin: 'strategy' }), inVi)).toMatchObject({ kind: 'denied', code: 'halted' });
});

test('정리매매 is bought only where the settings allow it', async () => {
  const lastDays = (allowed: boolean) => ({
    ...context,
    facts: { ...facts, quote: null, allow_restricted: allowed },
    fetchQuote: async () => aQuote({ isLiquidation: true }),
  });
  expect(await judgeBeforeSend(anOrder({ side: 'buy' }), lastDays(false))).toMatchObject({ code: 'symbol_restricted' });
  expect(await judgeBeforeSend(anOrder({ side: 'buy' }), lastDays(true))).toEqual({ kind: 'pass' });
});

describe('in an auction a price is held against the expected one', () => {
  const auction = [{ session: 'open_auction', order_from: `${DAY}T00:00:00Z`, open_at: `${DAY}T00:00:00Z`, close_at: `${DAY}T06:20:00Z` }];
  const at = (price: number) => anOrder({ side: 'buy', price: price as OrderRow['price'] });
  const withExpected = (expected_price: number | null) => ({ ...facts, sessions: auction, quote: { ...facts.quote!, expected_price } });

  test.each([
    { expected: 60_000, price: 63_000, kind: 'pass' },
    { expected: 60_000, price: 63_100, kind: 'denied' },
    { expected: 80_000, price: 84_000, kind: 'pass' },
  ])('$price at an expected $expected: $kind, whatever was traded last', async ({ expected, price, kind }) => {
    expect((await judgeBeforeSend(at(price), { ...context, facts: withExpected(expected) })).kind).toBe(kind);
  });

  test('the book is asked when the feed tells none; without any the last price stands', async () => {
    const book = { fetchBook: async () => ({ expectedPrice: 60_000 }) as OrderBookSnapshot };
    expect(await judgeBeforeSend(at(70_000), { ...context, ...book, facts: withExpected(null) })).toMatchObject({ code: 'collar' });
    expect(await judgeBeforeSend(at(70_000), { ...context, facts: withExpected(null) })).toEqual({ kind: 'pass' });
  });
});

test.each([
  { change: { collar_percent: 2 }, price: 71_500, code: 'collar', why: 'a narrower collar of the person’s own' },
  { change: { max_volume_percent: 1 }, price: 70_000, code: 'adv_share', why: 'more than their share of the average volume' },
])('$why holds a buy back, never a sale', async ({ change, price, code }) => {
  const instrument = { ...facts.instrument!, average_volume: 900 };
  const limited = { ...context, facts: { ...facts, instrument, ...change } };
  expect(await judgeBeforeSend(anOrder({ side: 'buy', price: price as OrderRow['price'] }), limited)).toMatchObject({ code });
  expect(await judgeBeforeSend(anOrder({ side: 'sell', price: price as OrderRow['price'] }), limited)).toEqual({ kind: 'pass' });
});
