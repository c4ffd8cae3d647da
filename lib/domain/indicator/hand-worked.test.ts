import { describe, expect, test } from 'vitest';
import type { BarColumns } from './bar-columns.ts';
import { INDICATORS } from './registry.ts';

const N = Number.NaN;
interface Given {
  readonly name: string;
  readonly args?: readonly number[];
  readonly output?: string;
  readonly input?: readonly number[];
  readonly high?: readonly number[];
  readonly low?: readonly number[];
  readonly close?: readonly number[];
  readonly open?: readonly number[];
  readonly volume?: readonly number[];
  readonly expected: readonly number[];
}

function computed({ name, args = [], output, input, high, low, close, open, volume }: Given): number[] {
  const one = input ?? close ?? high ?? [];
  const bars: BarColumns = {
    open: open ? Float64Array.from(open) : null,
    high: Float64Array.from(high ?? one),
    low: Float64Array.from(low ?? one),
    close: Float64Array.from(close ?? one),
    volume: volume ? Float64Array.from(volume) : null,
  };
  const indicator = INDICATORS[name]!;
  return [...indicator.compute(Float64Array.from(one), bars, args)[output ?? indicator.outputs[0]!]!];
}

/** Each worked with pencil from the formula that stands at the function. */
const cases: readonly (Given & { readonly how: string })[] = [
  { name: 'wma', args: [3], input: [1, 2, 4], expected: [N, N, 17 / 6], how: '(1×1 + 2×2 + 3×4) ÷ 6' },
  // EMA(2): 1.5, then 1.5 + ⅔(6 − 1.5) = 4.5, then 4.5 + ⅔(3 − 4.5) = 3.5. EMA of it: (1.5 + 4.5)/2 = 3, then 3 + ⅔(3.5 − 3) = 10/3.
  { name: 'dema', args: [2], input: [1, 2, 6, 3], expected: [N, N, 6, 7 - 10 / 3], how: '2 × 4.5 − 3; 2 × 3.5 − 10/3' },
  // Third EMA begins at the mean of 3 and 10/3 = 19/6: 3 × 3.5 − 3 × 10/3 + 19/6.
  { name: 'tema', args: [2], input: [1, 2, 6, 3], expected: [N, N, N, 10.5 - 10 + 19 / 6], how: '3 × 3.5 − 10 + 19/6' },
  // half 2, root 2. WMA(2) and WMA(4) of 1 2 3 4 8: 11/3 and 30/10 = 3; 20/3 and (2+6+12+32)/10 = 5.2 → 13/3 and 122/15.
  {
    name: 'hma',
    args: [4],
    input: [1, 2, 3, 4, 8],
    expected: [N, N, N, N, (13 / 3 + 2 * (122 / 15)) / 3],
    how: 'WMA(2) of 13/3 and 122/15',
  },
  // lag 1: 2×2 − 1 = 3, 2×4 − 2 = 6, 2×8 − 4 = 12; EMA(3) seeds with their mean.
  { name: 'zlema', args: [3], input: [1, 2, 4, 8], expected: [N, N, N, 7], how: '(3 + 6 + 12) ÷ 3' },
  // Straight up: efficiency 1, so the constant is (2/3)²: 2 + 4/9 × (3 − 2), then on by 4/9 of the distance.
  { name: 'kama', args: [2, 2, 30], input: [1, 2, 3, 4], expected: [N, N, 22 / 9, 22 / 9 + (4 / 9) * (4 - 22 / 9)], how: 'efficiency 1' },
  { name: 'disparity', args: [2], input: [10, 30], expected: [N, 1.5], how: '30 ÷ 20' },
  { name: 'momentum', args: [2], input: [5, 6, 9], expected: [N, N, 4], how: '9 − 5' },
  // EMA(1) = x, EMA(2) = 1.5 then 1.5 + ⅔(4 − 1.5) = 19/6.
  { name: 'ppo', args: [1, 2, 1], input: [1, 2, 4], expected: [N, 1 / 3, 5 / 19], how: '0.5 ÷ 1.5; (4 − 19/6) ÷ 19/6' },
  { name: 'trix', args: [1], input: [10, 11], expected: [N, 0.1], how: 'EMA(1) is the value itself' },
  { name: 'cmo', args: [3], input: [10, 12, 11, 14], expected: [N, N, N, (100 * 4) / 6], how: 'ups 5, downs 1' },
  {
    name: 'stochastic',
    args: [3, 1, 2],
    output: 'd',
    high: [10, 12, 14, 14],
    low: [8, 9, 11, 10],
    close: [9, 11, 13, 12],
    expected: [N, N, N, (250 / 3 + 60) / 2],
    how: '%K (13 − 8)/6 and (12 − 9)/5; %D their mean',
  },
  { name: 'williams_r', args: [2], high: [10, 12], low: [8, 9], close: [9, 11], expected: [N, -25], how: '−100 × (12 − 11) ÷ (12 − 8)' },
  // RSI(1) is 100 after a rise and 0 after a fall.
  { name: 'stoch_rsi', args: [1, 2, 1, 1], input: [1, 2, 1, 2], expected: [N, N, 0, 100], how: 'RSI 100, 0, 100' },
  // Mean 3, mean deviation (2 + 0 + 2)/3 = 4/3: (5 − 3) ÷ (0.015 × 4/3) = 100.
  { name: 'cci', args: [3], close: [1, 3, 5], expected: [N, N, 100], how: '2 ÷ 0.02' },
  { name: 'z_score', args: [3], input: [1, 3, 5], expected: [N, N, 2 / Math.sqrt(8 / 3)], how: 'population deviation √(8/3)' },
  { name: 'percent_rank', args: [4], input: [5, 1, 3, 9, 4], expected: [N, N, N, N, 50], how: '1 and 3 of 5 1 3 9 are below 4' },
  { name: 'slope', args: [3], input: [1, 2, 6], expected: [N, N, 2.5], how: '(−1 × 1 + 1 × 6) ÷ 2' },
  { name: 'vwma', args: [2], input: [10, 20], volume: [1, 3], expected: [N, 17.5], how: '(10 + 60) ÷ 4' },
  { name: 'vwap', args: [2], high: [12, 24], low: [9, 18], close: [9, 18], volume: [3, 1], expected: [N, 12.5], how: '(10 × 3 + 20) ÷ 4' },
  { name: 'volume_ratio', args: [2], close: [1, 1, 1], volume: [10, 30, 60], expected: [N, N, 3], how: '60 ÷ 20' },
  { name: 'obv', close: [5, 6, 6, 4], volume: [9, 10, 20, 30], expected: [0, 10, 10, -20], how: '+10, same, −30' },
  { name: 'mfi', args: [2], close: [10, 11, 9], volume: [1, 2, 3], expected: [N, N, (100 * 22) / 49], how: '+22 and −27' },
  // Closes at the high (+1) with 1 share and in the middle (0) with 3.
  { name: 'cmf', args: [2], high: [10, 10], low: [8, 8], close: [10, 9], volume: [1, 3], expected: [N, 0.25], how: '1 ÷ 4' },
  { name: 'donchian', args: [2], output: 'middle', high: [10, 14], low: [8, 9], close: [9, 10], expected: [N, 11], how: '(14 + 8) ÷ 2' },
  // EMA(1) of the close 12, true range max(13, 10) − min(11, 10) = 3.
  {
    name: 'keltner',
    args: [1, 1, 2],
    output: 'upper',
    high: [11, 13],
    low: [9, 11],
    close: [10, 12],
    expected: [N, 18],
    how: '12 + 2 × 3',
  },
  {
    name: 'ichimoku',
    args: [1, 2, 3],
    output: 'span_b',
    high: [10, 12, 20, 20, 20],
    low: [8, 9, 10, 10, 10],
    close: [9, 10, 15, 15, 15],
    expected: [N, N, N, N, 14],
    how: 'the middle of the first three bars, (20 + 8) ÷ 2, drawn two bars later',
  },
  { name: 'true_range', high: [10, 15], low: [8, 13], close: [9, 14], expected: [N, 6], how: '15 − 9' },
  { name: 'natr', args: [1], high: [10, 15], low: [8, 13], close: [9, 12], expected: [N, 0.5], how: '6 ÷ 12' },
  { name: 'gap_rate', open: [10, 11], close: [10, 12], expected: [N, 0.1], how: '11 ÷ 10 − 1' },
  // Up-moves 2, 0 and true ranges 3, 3 (12−9; 12−9): +DI(1) 66.7 then 0; −DI 0 then 100 × 1/3.
  {
    name: 'adx',
    args: [1],
    output: 'plus',
    high: [10, 12, 12],
    low: [8, 9, 8],
    close: [9, 11, 9],
    expected: [N, 200 / 3, 0],
    how: '2 ÷ 3; the low fell, the high did not rise',
  },
  {
    name: 'adx',
    args: [1],
    output: 'adx',
    high: [10, 12, 12],
    low: [8, 9, 8],
    close: [9, 11, 9],
    expected: [N, 100, 100],
    how: 'only one side moved',
  },
  {
    name: 'aroon',
    args: [2],
    output: 'oscillator',
    high: [9, 8, 7],
    low: [5, 4, 3],
    expected: [N, N, -100],
    how: 'high two bars ago 0, low now 100',
  },
  // ATR(1) = 2 throughout. Bar 1: middle 11, close 11 ≥ 11 → up, lower 11 − 2 = 9. Bar 2: lower 10. Bar 3 closes at 9 < 10: above, at min(13, 12 …).
  {
    name: 'supertrend',
    args: [1, 1],
    high: [11, 12, 13, 11],
    low: [9, 10, 11, 9],
    close: [10, 11, 12, 9],
    expected: [N, 9, 10, 13],
    how: 'trails up by the bands, turns when the close falls through 10; the upper band never widened beyond 13',
  },
  // Upward: 8, then 8 + 0.1 × (12 − 8) held under the lows 8 and 9 → 8; the new high 14 raises the pace: 8 + 0.2 × 6 = 9.2; 7 < 9.2 turns to 14.
  {
    name: 'parabolic_sar',
    args: [0.1, 0.2],
    high: [10, 12, 14, 13, 10],
    low: [8, 9, 11, 12, 7],
    close: [9, 11, 13, 12, 8],
    expected: [N, 8, 8, 9, 14],
    how: 'held under the two lows before (9.2 → 9); broken by 7',
  },
];

describe('hand-worked values', () => {
  test.each(cases)('$name($args) $output: $how', (given) => {
    const ours = computed(given);
    expect(ours).toHaveLength(given.expected.length);
    ours.forEach((value, i) => {
      if (Number.isNaN(given.expected[i])) expect(value, `bar ${i}`).toBeNaN();
      else expect(value, `bar ${i}`).toBeCloseTo(given.expected[i]!, 9);
    });
  });

  test('every indicator has at least one worked case here or beside the first ten', () => {
    const first = ['sma', 'ema', 'stddev', 'highest', 'lowest', 'roc', 'rsi', 'macd', 'bollinger', 'atr'];
    const worked = new Set([...first, ...cases.map((given) => given.name)]);
    expect(Object.keys(INDICATORS).filter((name) => !worked.has(name))).toEqual([]);
  });

  test.each(['vwma', 'vwap', 'volume_ratio', 'obv', 'mfi', 'cmf', 'gap_rate'])('%s is unknown where the data lacks its field', (name) => {
    const ours = computed({ name, args: [2], close: [1, 2, 3, 4], expected: [] });
    expect(ours.every(Number.isNaN)).toBe(true);
    expect(ours).toHaveLength(4);
  });
});
