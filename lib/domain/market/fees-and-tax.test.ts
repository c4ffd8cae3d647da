import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commission, commissionAtMost, settlementDay, transactionTax, transactionTaxRate } from '#domain/market/fees-and-tax.ts';

test.each([
  { amount: 1_000_000, rate: 0.000140527, fee: 140 },
  { amount: 498_000, rate: 0.000140527, fee: 69 },
  { amount: 10_000_000, rate: 0.00015, fee: 1_500 },
  { amount: 7, rate: 0.00015, fee: 0 },
  { amount: 9_000_000_000_000_000, rate: 0.00015, fee: 1_350_000_000_000 },
  { amount: 1_000_000, rate: 0, fee: 0 },
])('commission on $amount won at $rate is $fee, cut to the won', ({ amount, rate, fee }) => {
  expect(commission(amount, rate)).toBe(fee);
});

test.each([
  [498_000, 0.000140527, 70],
  [995_000, 0.000140527, 140],
  [100_000, 0.00015, 15],
  [1, 0.00015, 1],
  [1, 0, 0],
])('what is held back for the commission on %i won at %d is rounded up to %i', (amount, rate, held) => {
  expect(commissionAtMost(amount, rate)).toBe(held);
});

test.each([
  { settlementDay: '2019-05-31', KOSPI: 0.003, KOSDAQ: 0.003 },
  { settlementDay: '2019-06-03', KOSPI: 0.0025, KOSDAQ: 0.0025 },
  { settlementDay: '2020-12-30', KOSPI: 0.0025, KOSDAQ: 0.0025 },
  { settlementDay: '2021-01-04', KOSPI: 0.0023, KOSDAQ: 0.0023 },
  { settlementDay: '2023-01-02', KOSPI: 0.002, KOSDAQ: 0.002 },
  { settlementDay: '2024-01-02', KOSPI: 0.0018, KOSDAQ: 0.0018 },
  { settlementDay: '2025-01-02', KOSPI: 0.0015, KOSDAQ: 0.0015 },
  { settlementDay: '2026-01-02', KOSPI: 0.002, KOSDAQ: 0.002 },
])('a sale settled on $settlementDay bears $KOSPI', ({ settlementDay: day, KOSPI, KOSDAQ }) => {
  expect(transactionTaxRate({ market: 'KOSPI', kind: 'stock', settlementDay: day })).toBe(KOSPI);
  expect(transactionTaxRate({ market: 'KOSDAQ', kind: 'stock', settlementDay: day })).toBe(KOSDAQ);
});

test('KONEX keeps 0.10 % and funds pay nothing', () => {
  expect(transactionTaxRate({ market: 'KONEX', kind: 'stock', settlementDay: '2026-03-03' })).toBe(0.001);
  expect(transactionTaxRate({ market: 'KOSPI', kind: 'etf', settlementDay: '2026-03-03' })).toBe(0);
  expect(transactionTaxRate({ market: 'KOSPI', kind: 'etn', settlementDay: '2026-03-03' })).toBe(0);
});

test('tax is cut to the won: 0.18 % of 12,345 won is 22', () => {
  expect(transactionTax(12_345, { market: 'KOSPI', kind: 'stock', settlementDay: '2024-05-02' })).toBe(22);
});

test.each([
  ['2024-12-26', '2024-12-30', 'the last sale under the rate of 2024'],
  ['2024-12-27', '2025-01-02', 'the first sale under the rate of 2025, as the brokers announced'],
  ['2025-12-29', '2026-01-02', 'the first sale under the rate of 2026'],
  ['2022-12-28', '2022-12-30', 'a year without a calendar counts weekdays'],
])('a trade of %s settles on %s: %s', (trade, settles) => {
  expect(settlementDay(trade)).toBe(settles);
});

test("a back-test's own calendar is followed where it reaches", () => {
  expect(settlementDay('2022-12-28', ['2022-12-29', '2023-01-02', '2023-01-03'])).toBe('2023-01-02');
  expect(settlementDay('2024-12-26', ['2024-12-27'])).toBe('2024-12-30');
});

test('the fee is the exact floor for every amount and nine-decimal rate', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), fc.integer({ min: 0, max: 999_999_999 }), (amount, billionths) => {
      const exact = (BigInt(amount) * BigInt(billionths)) / 1_000_000_000n;
      expect(BigInt(commission(amount, billionths / 1_000_000_000))).toBe(exact);
    }),
  );
});

test('an amount that is a billionth of a won short of a whole won pays one won less', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_007_199 }), (won) => {
      expect(commission(won * 1_000_000_000 - 1, 0.000_000_001)).toBe(won - 1);
    }),
  );
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])('%s is not an amount of won', (amount) => {
  expect(() => commission(amount, 0.001)).toThrow(RangeError);
});
