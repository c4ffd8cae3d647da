import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitRate, listingDayLimits, priceLimits, UNLIMITED } from '#domain/market/price-limit.ts';
import { isOnTick, tickSize, tickTable } from '#domain/market/ticks.ts';

const stock = { kind: 'stock' } as const;

test.each([
  { day: '1996-12-02', market: 'KOSPI', rate: 0.08 },
  { day: '1998-12-05', market: 'KOSPI', rate: 0.12 },
  { day: '1998-12-07', market: 'KOSPI', rate: 0.15 },
  { day: '1997-06-02', market: 'KOSDAQ', rate: 0.08 },
  { day: '1998-06-01', market: 'KOSDAQ', rate: 0.12 },
  { day: '2015-06-12', market: 'KOSPI', rate: 0.15 },
  { day: '2015-06-15', market: 'KOSPI', rate: 0.3 },
  { day: '2005-03-25', market: 'KOSDAQ', rate: 0.12 },
  { day: '2005-03-28', market: 'KOSDAQ', rate: 0.15 },
  { day: '2015-06-12', market: 'KOSDAQ', rate: 0.15 },
  { day: '2015-06-15', market: 'KOSDAQ', rate: 0.3 },
  { day: '2026-10-01', market: 'KONEX', rate: 0.15 },
] as const)('on $day a share of $market may move by $rate of its base price', ({ day, market, rate }) => {
  expect(limitRate({ ...stock, day, market })).toBe(rate);
});

test.each([
  { base: 10_000, upper: 13_000, lower: 7_000, why: 'the plain case' },
  { base: 2_995, upper: 3_890, lower: 2_100, why: 'width 898.5 cut to the base tick 5 = 895; closed at 2,100 on 2025-01-16' },
  { base: 5_050, upper: 6_560, lower: 3_540, why: 'width 1,515 cut to 1,510; closed at 3,540 on 2024-01-17' },
  { base: 5_290, upper: 6_870, lower: 3_710, why: 'width 1,587 cut to 1,580; low of 2026-03-09' },
  { base: 6_370, upper: 8_280, lower: 4_460, why: 'width 1,911 cut to 1,910; closed at 4,460 on 2025-01-14' },
  { base: 1_819, upper: 2_360, lower: 1_274, why: '2,364 comes inward to 2,360, its own band; closed at 1,274 on 2024-01-30' },
  { base: 3_905, upper: 5_070, lower: 2_735, why: '5,075 comes inward to 5,070' },
  { base: 468, upper: 608, lower: 328, why: 'closed at 328 on 2026-03-17' },
  { base: 2, upper: 3, lower: 1, why: 'one tick each way at the very bottom' },
])('a KOSDAQ base price of $base allows $lower to $upper today: $why', ({ base, upper, lower }) => {
  expect(priceLimits(base, { ...stock, day: '2026-10-01', market: 'KOSDAQ' })).toEqual({ upper, lower });
});

test('a two-times leveraged ETF has twice the band, an inverse one too', () => {
  const etf = { day: '2026-10-01', market: 'KOSPI', kind: 'etf' } as const;
  expect(priceLimits(10_000, etf)).toEqual({ upper: 13_000, lower: 7_000 });
  expect(priceLimits(10_000, { ...etf, leverage: 2 })).toEqual({ upper: 16_000, lower: 4_000 });
  expect(priceLimits(10_000, { ...etf, leverage: -2 })).toEqual({ upper: 16_000, lower: 4_000 });
});

test('liquidation trading knows no limit', () => {
  const question = { ...stock, day: '2026-10-01', market: 'KOSDAQ', isLiquidation: true } as const;
  expect(limitRate(question)).toBeNull();
  expect(priceLimits(1_000, question)).toEqual(UNLIMITED);
});

test('a new listing moves between 60 % and 400 % of its offer price since 2023-06-26', () => {
  expect(listingDayLimits(20_000, { ...stock, day: '2023-06-26', market: 'KOSDAQ' })).toEqual({ upper: 80_000, lower: 12_000 });
  expect(listingDayLimits(20_000, { ...stock, day: '2023-06-23', market: 'KOSDAQ' })).toBeNull();
  expect(listingDayLimits(20_000, { ...stock, day: '2023-06-26', market: 'KONEX' })).toBeNull();
});

test('limits lie on the tick, hold the base price between them and never exceed the rate by more than the smallest tick', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000_000 }),
      fc.constantFrom('2003-05-02', '2012-05-02', '2020-05-04', '2026-10-01'),
      fc.constantFrom('KOSPI' as const, 'KOSDAQ' as const),
      (base, day, market) => {
        const question = { ...stock, day, market };
        const { upper, lower } = priceLimits(base, question);
        const bands = tickTable(question);
        expect(isOnTick(upper, bands) && isOnTick(lower, bands)).toBe(true);
        expect(lower).toBeLessThanOrEqual(Math.max(base, tickSize(0, bands)));
        if (isOnTick(base, bands)) expect(upper).toBeGreaterThanOrEqual(base);
        const rate = limitRate(question) as number;
        if (base * rate >= tickSize(0, bands)) expect(upper - base).toBeLessThanOrEqual(Math.max(base * rate, 1_000));
      },
    ),
  );
});
