import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ceilToTick, floorToTick, isOnTick, stepTicks, tickEra, tickSize, tickTable } from '#domain/market/ticks.ts';

const TODAY = tickTable({ day: '2026-10-01', kind: 'stock', market: 'KOSPI' });
const until2023 = (market: 'KOSPI' | 'KOSDAQ' | 'KONEX') => tickTable({ day: '2023-01-24', kind: 'stock', market });

test.each([
  { price: 1, tick: 1 },
  { price: 1_999, tick: 1 },
  { price: 2_000, tick: 5 },
  { price: 4_995, tick: 5 },
  { price: 5_000, tick: 10 },
  { price: 19_990, tick: 10 },
  { price: 20_000, tick: 50 },
  { price: 49_950, tick: 50 },
  { price: 50_000, tick: 100 },
  { price: 199_900, tick: 100 },
  { price: 200_000, tick: 500 },
  { price: 499_500, tick: 500 },
  { price: 500_000, tick: 1_000 },
])('since 2023-01-25 a share at $price won moves in steps of $tick on every board', ({ price, tick }) => {
  for (const market of ['KOSPI', 'KOSDAQ', 'KONEX'] as const) {
    expect(tickSize(price, tickTable({ day: '2023-01-25', kind: 'stock', market }))).toBe(tick);
  }
});

test.each([
  { price: 1_500, kospi: 5, kosdaq: 5 },
  { price: 15_000, kospi: 50, kosdaq: 50 },
  { price: 99_900, kospi: 100, kosdaq: 100 },
  { price: 150_000, kospi: 500, kosdaq: 100 },
  { price: 700_000, kospi: 1_000, kosdaq: 100 },
])('until 2023-01-24 a share at $price won moved by $kospi on KOSPI and by $kosdaq on KOSDAQ and KONEX', ({ price, kospi, kosdaq }) => {
  expect(tickSize(price, until2023('KOSPI'))).toBe(kospi);
  expect(tickSize(price, until2023('KOSDAQ'))).toBe(kosdaq);
  expect(tickSize(price, until2023('KONEX'))).toBe(kosdaq);
});

test.each([
  { day: '2003-07-18', price: 900, kospi: 5, kosdaq: 10 },
  { day: '2003-07-18', price: 12_000, kospi: 50, kosdaq: 100 },
  { day: '2003-07-21', price: 900, kospi: 5, kosdaq: 5 },
  { day: '2003-07-21', price: 12_000, kospi: 50, kosdaq: 50 },
  { day: '2003-07-21', price: 700_000, kospi: 1_000, kosdaq: 100 },
  { day: '2010-10-01', price: 900, kospi: 5, kosdaq: 5 },
  { day: '2010-10-04', price: 900, kospi: 1, kosdaq: 1 },
  { day: '2010-10-04', price: 1_000, kospi: 5, kosdaq: 5 },
])('on $day a share at $price won moved by $kospi on KOSPI and by $kosdaq on KOSDAQ', ({ day, price, kospi, kosdaq }) => {
  expect(tickSize(price, tickTable({ day, kind: 'stock', market: 'KOSPI' }))).toBe(kospi);
  expect(tickSize(price, tickTable({ day, kind: 'stock', market: 'KOSDAQ' }))).toBe(kosdaq);
});

test('an ETF moves by 5 won flat before December 2023, and by 1 won below 2,000 after it', () => {
  const on = (day: string) => tickTable({ day, kind: 'etf', market: 'KOSPI' });
  expect(tickSize(1_500, on('2023-12-01'))).toBe(5);
  expect(tickSize(1_500, on('2024-01-02'))).toBe(1);
  expect(tickSize(34_000, on('2024-01-02'))).toBe(5);
  expect(on('2024-01-02')).toEqual(tickTable({ day: '2024-01-02', kind: 'etn', market: 'KOSPI' }));
});

test('an era nobody could source says so', () => {
  expect(tickEra({ day: '2005-05-02', kind: 'stock', market: 'KOSPI' })).toMatchObject({ isSourced: false });
  expect(tickEra({ day: '2022-05-02', kind: 'stock', market: 'KOSPI' })).toMatchObject({ isSourced: true });
  expect(tickEra({ day: '2023-12-11', kind: 'etf', market: 'KOSPI' })).toMatchObject({ isSourced: false });
  expect(tickEra({ day: '2026-05-04', kind: 'etf', market: 'KOSPI' })).toMatchObject({ isSourced: true });
});

test.each([
  { from: 1_999, n: 1, to: 2_000, why: 'the last won of a band steps on the next band' },
  { from: 2_000, n: -1, to: 1_999, why: 'downward the lower band counts' },
  { from: 4_990, n: 3, to: 5_010, why: 'two steps of 5, one of 10' },
  { from: 5_010, n: -3, to: 4_990, why: 'and back' },
  { from: 20_050, n: -2, to: 19_990, why: '50, then 10' },
  { from: 499_500, n: 2, to: 501_000, why: '500, then 1,000' },
  { from: 10_003, n: 1, to: 10_010, why: 'from between two ticks up to the next' },
  { from: 10_003, n: -1, to: 10_000, why: 'from between two ticks down to the next' },
  { from: 3, n: -9, to: 1, why: 'never below one tick' },
  { from: 12_340, n: 0, to: 12_340, why: 'no step stays' },
])('$from stepped by $n ticks is $to: $why', ({ from, n, to }) => {
  expect(stepTicks(from, n, TODAY)).toBe(to);
});

describe('for any price', () => {
  const price = fc.integer({ min: 1, max: 2_000_000 });
  const bands = fc.constantFrom(
    TODAY,
    until2023('KOSPI'),
    until2023('KOSDAQ'),
    tickTable({ day: '2000-01-04', kind: 'stock', market: 'KOSPI' }),
    tickTable({ day: '2026-10-01', kind: 'etf', market: 'KOSPI' }),
  );

  test('floor and ceil are the neighbours on the grid, and equal it exactly when it is on the grid', () => {
    fc.assert(
      fc.property(price, bands, (p, table) => {
        const low = floorToTick(p, table);
        const high = ceilToTick(p, table);
        expect(low).toBeLessThanOrEqual(p);
        expect(high).toBeGreaterThanOrEqual(p);
        expect(isOnTick(high, table)).toBe(true);
        if (low > 0) expect(isOnTick(low, table)).toBe(true);
        expect(low === high).toBe(isOnTick(p, table));
      }),
    );
  });

  test('n ticks up and n ticks down return to the same price', () => {
    fc.assert(
      fc.property(price, fc.integer({ min: 0, max: 60 }), bands, (p, n, table) => {
        const start = ceilToTick(p, table);
        expect(stepTicks(stepTicks(start, n, table), -n, table)).toBe(start);
      }),
    );
  });
});

test.each([0, -5, 10_005.5, Number.NaN])('%s is on no grid', (p) => {
  expect(isOnTick(p, TODAY)).toBe(false);
});
