import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INDICATORS } from './registry.ts';

const column = (values: readonly number[]) => Float64Array.from(values);
const bars = (high: readonly number[], low: readonly number[], close: readonly number[]) => ({
  open: column(close),
  high: column(high),
  low: column(low),
  close: column(close),
  volume: column(close), // never zero here
});
const compute = (name: string, values: readonly number[], args: readonly number[], output = 'value') => [
  ...INDICATORS[name]!.compute(column(values), bars(values, values, values), args)[output]!,
];
const close = (ours: readonly number[], expected: readonly number[]) => {
  expect(ours).toHaveLength(expected.length);
  ours.forEach((value, i) => {
    if (Number.isNaN(expected[i])) expect(value).toBeNaN();
    else expect(value).toBeCloseTo(expected[i]!, 9);
  });
};
const N = Number.NaN;

describe('hand-worked values', () => {
  test('SMA(3) of 1 2 3 4 8', () => close(compute('sma', [1, 2, 3, 4, 8], [3]), [N, N, 2, 3, 5]));
  // Seed (1+2+3)/3 = 2; k = 1/2: 2 + (4 − 2)/2 = 3; 3 + (8 − 3)/2 = 5.5.
  test('EMA(3) of 1 2 3 4 8', () => close(compute('ema', [1, 2, 3, 4, 8], [3]), [N, N, 2, 3, 5.5]));
  // Changes +2 −1 +3: seed gain (2+0)/2 = 1, loss 0.5 → 66.67; then gain (1+3)/2 = 2, loss 0.25 → 88.89.
  test('RSI(2) of 10 12 11 14', () => close(compute('rsi', [10, 12, 11, 14], [2]), [N, N, 100 / 1.5, (100 * 2) / 2.25]));
  test('RSI of a price that does not move is 50', () => close(compute('rsi', [5, 5, 5, 5], [2]), [N, N, 50, 50]));
  // Mean 3, population deviation √2 of 1 3 5 is √(8/3).
  test('Bollinger(3, 2) of 1 3 5', () => {
    close(compute('bollinger', [1, 3, 5], [3, 2], 'upper'), [N, N, 3 + 2 * Math.sqrt(8 / 3)]);
    close(compute('bollinger', [1, 3, 5], [3, 2], 'lower'), [N, N, 3 - 2 * Math.sqrt(8 / 3)]);
  });
  // EMA(1) = x; EMA(2): seed 1.5, then 1.5 + ⅔(4 − 1.5) = 3.1667, + ⅔(8 − 3.1667) = 6.3889. Line: 0.5, 0.8333, 1.6111.
  test('MACD(1, 2, 2) of 1 2 4 8', () => {
    close(compute('macd', [1, 2, 4, 8], [1, 2, 2], 'line'), [N, 0.5, 4 - 19 / 6, 8 - 115 / 18]);
    const seed = (0.5 + 5 / 6) / 2;
    close(compute('macd', [1, 2, 4, 8], [1, 2, 2], 'signal'), [N, N, seed, seed + (2 / 3) * (29 / 18 - seed)]);
  });
  // True ranges from the second bar: max(12,10) − min(9,10) = 3; gap up 20 − 11 = 9; seed (3 + 9)/2 = 6; then 6 + (2 − 6)/2 = 4.
  test('ATR(2) counts the gap from the last close', () => {
    close([...INDICATORS.atr!.compute(column([]), bars([11, 12, 20, 20], [9, 9, 18, 18], [10, 11, 19, 19]), [2]).value!], [N, N, 6, 4]);
  });
  test('highest(2) and lowest(2) of 3 1 2 5', () => {
    close(compute('highest', [3, 1, 2, 5], [2]), [N, 3, 2, 5]);
    close(compute('lowest', [3, 1, 2, 5], [2]), [N, 1, 1, 2]);
  });
  test('ROC(2) is a fraction', () => close(compute('roc', [100, 50, 120], [2]), [N, N, 0.2]));
});

const anySeries = fc.array(
  fc.oneof({ weight: 20, arbitrary: fc.integer({ min: 1, max: 100_000 }) }, { weight: 1, arbitrary: fc.constant(N) }),
  { minLength: 5, maxLength: 80 },
);
const windowed = (values: readonly number[], n: number, of: (window: readonly number[]) => number) =>
  values.map((_, i) => {
    const window = values.slice(Math.max(0, i - n + 1), i + 1);
    return window.length < n || window.some(Number.isNaN) ? N : of(window);
  });

test.each([
  { name: 'sma', of: (w: readonly number[]) => w.reduce((a, b) => a + b) / w.length },
  { name: 'highest', of: (w: readonly number[]) => Math.max(...w) },
  { name: 'lowest', of: (w: readonly number[]) => Math.min(...w) },
  {
    name: 'stddev',
    of: (w: readonly number[]) =>
      Math.sqrt(w.map((x) => (x - w.reduce((a, b) => a + b) / w.length) ** 2).reduce((a, b) => a + b) / w.length),
  },
])('$name equals its window, computed anew for every bar, also around missing values', ({ name, of }) => {
  fc.assert(
    fc.property(anySeries, fc.integer({ min: 1, max: 12 }), (values, n) => {
      const expected = windowed(values, n, of);
      compute(name, values, [n]).forEach((value, i) => {
        if (Number.isNaN(expected[i])) expect(value).toBeNaN();
        else expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected[i]!)));
      });
    }),
  );
});

test('an average does not remember fractions that have left its window', () => {
  // Adjusted prices before a split, raw ones after: a running sum kept the rounding, and two equal averages seemed to cross.
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.01, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 12, maxLength: 40 }),
      (before, after) => {
        const whole = compute('sma', after, [5]).slice(4);
        expect(compute('sma', [...before, ...after], [5]).slice(before.length + 4)).toEqual(whole);
        const shifted = after.map((value) => value / 7);
        expect(compute('sma', [...before, ...shifted], [5]).slice(before.length + 4)).toEqual(compute('sma', shifted, [5]).slice(4));
      },
    ),
  );
});

test.each(Object.keys(INDICATORS))('%s: a value never changes when later bars arrive, and none comes before its warm-up', (name) => {
  const indicator = INDICATORS[name]!;
  const args = indicator.args.map((arg) => Math.min(arg.default, 5));
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 20, maxLength: 60 }),
      fc.integer({ min: 1, max: 19 }),
      (values, cut) => {
        for (const output of indicator.outputs) {
          const whole = compute(name, values, args, output);
          expect(compute(name, values.slice(0, cut), args, output)).toEqual(whole.slice(0, cut));
          const warmup = indicator.warmup(args);
          // A line of a band or a MACD may be known before its slowest sister.
          whole.forEach((value, i) => {
            if (i >= warmup) expect(value).not.toBeNaN();
          });
          if (indicator.outputs.length === 1 && warmup > 0) expect(whole[warmup - 1]).toBeNaN();
        }
      },
    ),
  );
});
