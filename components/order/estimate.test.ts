import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commission } from '#domain/market/fees-and-tax.ts';
import { affordableShares, estimateOrder } from './estimate.ts';

const base = { quantity: 100, price: 10_000, commissionRate: 0.00014053, market: 'KOSPI', kind: 'stock', day: '2026-11-23' } as const;

test('a buy pays amount and fee, no tax', () => {
  // 1,000,000 × 0.00014053 = 140.53 → 140
  expect(estimateOrder({ ...base, side: 'buy' })).toEqual({ amount: 1_000_000, fee: 140, tax: 0, cashChange: -1_000_140 });
});

test('a sell pays fee and the tax of its settlement day', () => {
  // 0.20 % of 1,000,000 since 2026
  expect(estimateOrder({ ...base, side: 'sell' })).toEqual({ amount: 1_000_000, fee: 140, tax: 2_000, cashChange: 997_860 });
});

test('there is no estimate beyond the exact integers', () => {
  expect(estimateOrder({ ...base, side: 'buy', price: 1_000_000_000, quantity: 10_000_000 })).toBeNull();
});

test('what is affordable never costs more than the cash, and one share more would', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), fc.integer({ min: 1, max: 2_000_000 }), (cash, price) => {
      const shares = affordableShares(cash, price, base.commissionRate);
      const cost = (count: number) => price * count + commission(price * count, base.commissionRate);
      expect(cost(shares)).toBeLessThanOrEqual(cash);
      expect(cost(shares + 1)).toBeGreaterThan(cash - price * base.commissionRate * 2 - 2);
    }),
  );
});
