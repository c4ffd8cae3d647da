import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeWeightedReturn } from './time-weighted-return.ts';

const day = (n: number) => new Date(Date.UTC(2026, 10, n)).toISOString();
const worth = (...amounts: number[]) => amounts.map((netAssets, index) => ({ at: day(index + 1), netAssets }));

// Worked by hand.
test.each([
  { why: 'without flows it is the plain return', values: worth(1_000_000, 1_100_000), flows: [], is: 0.1 },
  {
    // 1,000,000 → 1,100,000 (+10 %); +1,000,000 in → 2,100,000 → 1,995,000 (−5 %): 1.1 × 0.95 − 1.
    why: 'a deposit is no profit',
    values: worth(1_000_000, 1_100_000, 1_995_000),
    flows: [{ at: day(2), amount: 1_000_000 }],
    is: 0.045,
  },
  {
    // 2,000,000 → 1,800,000 (−10 %); −900,000 out → 900,000 → 990,000 (+10 %): 0.9 × 1.1 − 1.
    why: 'a withdrawal is no loss',
    values: worth(2_000_000, 1_800_000, 990_000),
    flows: [{ at: day(2), amount: -900_000 }],
    is: -0.01,
  },
  {
    why: 'a deposit doubles the money and earns nothing',
    values: worth(1_000_000, 2_000_000),
    flows: [{ at: day(1), amount: 1_000_000 }],
    is: 0,
  },
  {
    // Both flows follow the valuation of day 1: 1,000,000 + 500,000 − 200,000 = 1,300,000 → 1,430,000.
    why: 'two flows between two valuations count together',
    values: worth(1_000_000, 1_430_000),
    flows: [
      { at: day(1), amount: 500_000 },
      { at: new Date(Date.UTC(2026, 10, 1, 12)).toISOString(), amount: -200_000 },
    ],
    is: 0.1,
  },
  { why: 'a third is cut to eight digits', values: worth(3_000_000, 4_000_000), flows: [], is: 0.33333333 },
  {
    why: 'a flow after the last valuation changes nothing yet',
    values: worth(1_000_000, 1_100_000),
    flows: [{ at: day(9), amount: 5 }],
    is: 0.1,
  },
  { why: 'a flow before the first valuation is in it', values: worth(1_000_000, 1_100_000), flows: [{ at: day(0), amount: 5 }], is: 0.1 },
  { why: 'one valuation says nothing', values: worth(1_000_000), flows: [], is: null },
  { why: 'no money at the start says nothing', values: worth(0, 5), flows: [], is: null },
  {
    why: 'money that all left says nothing of what follows',
    values: worth(1_000_000, 1_000_000, 5),
    flows: [{ at: day(2), amount: -1_000_000 }],
    is: null,
  },
])('$why', ({ values, flows, is }) => {
  expect(timeWeightedReturn(values, flows)).toBe(is);
});

test('amounts beyond the exact floating products stay exact', () => {
  const values = worth(9_007_199_254_740_991, 9_007_199_254_740_990);
  expect(timeWeightedReturn(values, [])).toBe(-0.00000001);
  expect(timeWeightedReturn(worth(900_719_925_474_099, 990_791_918_021_508), [])).toBe(0.09999999);
});

test('whatever comes and goes between the same growths, the return is the same', () => {
  const percents = fc.array(fc.integer({ min: 50, max: 150 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(percents, fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 8 }), (growths, moved) => {
      // Each day's worth is a whole number of won by construction.
      let plain = 100n ** 9n;
      const flows: { at: string; amount: number }[] = [];
      const scale = (value: bigint) => Number(value / 10n ** 6n);
      const [still, moving] = [[{ at: day(1), netAssets: scale(plain) }], [{ at: day(1), netAssets: scale(plain) }]];
      let base = 1n;
      growths.forEach((percent, index) => {
        const amount = BigInt(moved[index]!) * plain * base;
        flows.push({ at: day(index + 1), amount: scale(amount) });
        base *= BigInt(moved[index]! + 1);
        plain = (plain * BigInt(percent)) / 100n;
        if (index < 4) {
          still.push({ at: day(index + 2), netAssets: scale(plain) });
          moving.push({ at: day(index + 2), netAssets: scale(plain * base) });
        }
      });
      const used = flows.slice(0, Math.min(growths.length, 4));
      const [a, b] = [timeWeightedReturn(still, []), timeWeightedReturn(moving, used)];
      expect(Math.abs((a ?? 0) - (b ?? 0))).toBeLessThan(1e-6);
    }),
    { numRuns: 200 },
  );
});
