import { expect, test } from 'vitest';
import type { InstrumentView } from '#lib/db/market.ts';
import type { OrderView } from '#lib/db/orders.ts';
import { canChange, changeFault } from './change-wish.ts';
import { bandsOf } from './ticket-price.ts';

const instrument = { symbol: '900110', market: 'KOSPI', kind: 'stock', basePrice: 10_000, upperLimit: 13_000, lowerLimit: 7_000 };
const market = { instrument: instrument as InstrumentView, bands: bandsOf(instrument as InstrumentView, '2026-11-23') };
const anOrder = (over: Partial<OrderView> = {}) =>
  ({
    status: 'accepted',
    priceType: 'limit',
    price: 10_000,
    quantity: 10,
    cumQuantity: 3,
    cancelledQuantity: 1,
    replacedQuantity: 0,
    cancelRequestedAt: null,
    ...over,
  }) as OrderView;

test.each([
  { typed: { mode: 'price', price: 10_010, quantity: null }, blocked: undefined, why: 'all that is left at another price' },
  { typed: { mode: 'price', price: 10_010, quantity: 6 }, blocked: undefined, why: 'as many as are left' },
  { typed: { mode: 'price', price: 10_010, quantity: 7 }, blocked: 'over_remainder', why: 'filled and cancelled shares are gone' },
  { typed: { mode: 'price', price: null, quantity: null }, blocked: 'no_price', why: 'nothing typed' },
  { typed: { mode: 'price', price: 10_000, quantity: null }, blocked: 'same_price', why: 'the price it has' },
  { typed: { mode: 'price', price: 10_005, quantity: null }, blocked: 'price_fault', why: 'off the tick' },
  { typed: { mode: 'cancel', price: null, quantity: 2 }, blocked: undefined, why: 'a part' },
  { typed: { mode: 'cancel', price: null, quantity: null }, blocked: 'no_quantity', why: 'a part must be named' },
  { typed: { mode: 'cancel', price: null, quantity: 7 }, blocked: 'over_remainder', why: 'more than is left' },
] as const)('$typed: $why', ({ typed, blocked }) => {
  expect(changeFault(anOrder(), typed, market)?.blocked).toBe(blocked);
});

test.each([
  { over: {}, can: true },
  { over: { status: 'partially_filled' }, can: true },
  { over: { status: 'pending' }, can: false },
  { over: { status: 'replace_pending' }, can: false },
  { over: { status: 'executed' }, can: false },
  { over: { cancelRequestedAt: '2026-11-23T00:00:00Z' }, can: false },
] as const)('an order with $over can be changed: $can', ({ over, can }) => {
  expect(canChange(anOrder(over))).toBe(can);
});
