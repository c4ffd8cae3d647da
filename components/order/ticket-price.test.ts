import { expect, test } from 'vitest';
import type { InstrumentView } from '#lib/db/market.ts';
import { bandsOf, priceFault, steppedPrice } from './ticket-price.ts';

const wing: InstrumentView = {
  symbol: '900110',
  nameKo: '나래',
  nameEn: 'Narae',
  market: 'KOSPI',
  kind: 'stock',
  basePrice: 10_000,
  upperLimit: 13_000,
  lowerLimit: 7_000,
  priceDay: '2026-11-23',
  statusCode: '',
  isHalted: false,
  isSynthetic: true,
  sector: '',
};
const bands = bandsOf(wing, '2026-11-23');

test.each([
  { price: 10_000, fault: undefined, why: 'on the tick of 10 won' },
  { price: 10_005, fault: 'off_tick', why: 'between two ticks' },
  { price: 13_010, fault: 'outside_price_limits', why: 'above the upper limit' },
  { price: 6_990, fault: 'outside_price_limits', why: 'below the lower limit' },
])('$price: $why', ({ price, fault }) => {
  expect(priceFault(price, wing, bands)?.code).toBe(fault);
});

test('a price off the tick names its two neighbours', () => {
  expect(priceFault(10_005, wing, bands)?.numbers).toMatchObject({ tick: 10, below: 10_000, above: 10_010 });
});

test('stepping stops at the limits of the day', () => {
  expect([steppedPrice(12_990, 1, wing, bands), steppedPrice(13_000, 1, wing, bands), steppedPrice(7_000, -1, wing, bands)]).toEqual([
    13_000, 13_000, 7_000,
  ]);
});
