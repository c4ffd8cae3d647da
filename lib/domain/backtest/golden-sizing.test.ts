import { describe, expect, test } from 'vitest';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { bars, flat, KOSPI_A, NO_COSTS, type Ohlcv, pencilProgram as program, pencilRun as run } from '#lib/testing/pencil-run.ts';
import type { BarSymbol } from './columns-from-bars.ts';

/** How much is bought, worked by pencil. */

const first = (sizing: StrategyDraft['sizing'], changes: Partial<StrategyDraft> = {}, capital = 10_000_000) =>
  run({
    capital,
    program: program({ ...NO_COSTS, sizing, ...changes }),
    bars: bars('000010', [flat('2022-02-28', 9_900), flat('2022-03-02', 10_000), ['2022-03-03', 10_000, 10_100, 9_950, 10_050]]),
  }).open[0]?.quantity ?? 0;

describe('a position takes', () => {
  test('a fixed amount, commission included', () => {
    const sizing = { kind: 'fixed_amount', amount: 250_000, maxPositions: 1 } as const;
    expect(first(sizing)).toBe(25);
    // 25 × 10,000 × 1.00015 = 250,037.5 would be more than the amount.
    expect(first(sizing, { costs: { tax: 'none', slippage: { kind: 'none' } } })).toBe(24);
  });

  test.each([
    { why: '1 % of 10,000,000 over 8 % of 10,000: 100,000 ÷ 800', risk: 0.01, stops: { loss: 0.08 }, quantity: 125 },
    { why: 'the nearest stop measures: 100,000 ÷ 500', risk: 0.01, stops: { loss: 0.08, trailing: 0.05 }, quantity: 200 },
    { why: 'a target is no stop', risk: 0.01, stops: { loss: 0.08, profit: 0.02 }, quantity: 125 },
    { why: 'never more than there is cash: 20 % would be 2,500 shares', risk: 0.2, stops: { loss: 0.08 }, quantity: 1_000 },
    { why: 'nothing while its ATR is not known', risk: 0.01, stops: { atr: { period: 5, multiple: 2 } }, quantity: 0 },
  ])('so many shares that the stop costs its risk: $why', ({ risk, stops, quantity }) => {
    expect(first({ kind: 'risk_per_trade', risk, maxPositions: 1 }, { stops })).toBe(quantity);
  });

  test('and the stop then costs exactly that', () => {
    const output = run({
      capital: 10_000_000,
      program: program({ ...NO_COSTS, sizing: { kind: 'risk_per_trade', risk: 0.01, maxPositions: 1 }, stops: { loss: 0.08 } }),
      bars: bars('000010', [flat('2022-03-02', 10_000), ['2022-03-03', 10_000, 10_000, 9_000, 9_500]]),
    });
    expect(output.trades[0]).toMatchObject({ quantity: 125, exitPrice: 9_200, pnl: -100_000 });
  });

  test('less of what moves more: a volatility target', () => {
    // Returns +10 %, −10 %: deviation 0.1 a day, × √250 = 1.5811 a year. 0.32 ÷ 1.5811 = 0.20239 → 202,386 won ÷ 9,900 = 20 shares.
    // The first close of 9,900 has no volatility yet and buys nothing.
    const rows = [
      flat('2022-02-25', 9_900),
      flat('2022-02-28', 10_000),
      flat('2022-03-02', 11_000),
      flat('2022-03-03', 9_900),
      flat('2022-03-04', 9_900),
    ];
    const bought = (maxPositions: number) =>
      run({
        program: program({
          ...NO_COSTS,
          entry: { left: { field: 'close' }, op: '==', right: 9_900 },
          sizing: { kind: 'volatility_target', volatility: 0.32, period: 2, maxPositions },
        }),
        bars: bars('000010', rows),
      }).open;
    expect(bought(1)).toEqual([expect.objectContaining({ quantity: 20, entryDay: '2022-03-04' })]);
    // One of two positions gets half of it: 101,193 ÷ 9,900 = 10.
    expect(bought(2)).toEqual([expect.objectContaining({ quantity: 10 })]);
  });
});

describe('weights', () => {
  const symbols: readonly BarSymbol[] = [KOSPI_A, { code: '000020', market: 'KOSPI' }];
  const weights = { '000010': 0.6, '000020': 0.3 };
  const kept = (a: readonly Ohlcv[], b: readonly Ohlcv[], sizing: Partial<StrategyDraft['sizing']> = {}) =>
    run({
      symbols,
      program: program({
        ...NO_COSTS,
        sizing: { kind: 'weights', weights, rebalance: 'monthly', maxPositions: 2, ...sizing } as StrategyDraft['sizing'],
      }),
      bars: [...bars('000010', a), ...bars('000020', b)],
    });
  // A doubles on the first day of February; B stands.
  const doubling: readonly Ohlcv[] = [
    flat('2022-01-28', 10_000),
    ['2022-02-03', 10_000, 20_000, 10_000, 20_000],
    flat('2022-02-04', 20_000),
    flat('2022-02-07', 20_000),
  ];
  const standing = doubling.map(([day]) => flat(day, 10_000));

  test('are bought as written and brought back after the first bar of a month, once', () => {
    // 600,000 and 300,000 won: 60 and 30 shares, 100,000 left. Close of the 3rd: 1,200,000 + 300,000 + 100,000 = 1,600,000.
    // A shall have 960,000: 240,000 ÷ 20,000 = 12 too many. B shall have 480,000: 180,000 ÷ 10,000 = 18 more.
    const output = kept(doubling, standing);
    expect(output.open.map(({ quantity }) => quantity)).toEqual([48, 48]);
    expect([...output.cash]).toEqual([1_000_000, 100_000, 160_000, 160_000]);
    expect([...output.equity]).toEqual([1_000_000, 1_600_000, 1_600_000, 1_600_000]);
    expect(output.counts.rebalanced).toBe(2);
  });

  test('within the tolerance a position is let be, and cash is never overdrawn', () => {
    // A is 25 % off its target and stays; B is 37.5 % off, but 100,000 won buy 10 shares only.
    const output = kept(doubling, standing, { tolerance: 0.3 });
    expect(output.open.map(({ quantity }) => quantity)).toEqual([60, 40]);
    expect(output.cash.at(-1)).toBe(0);
  });

  test('without weights every position has an equal part', () => {
    // 50 and 50 shares; close of the 3rd: 1,000,000 + 500,000 → 750,000 each: A 12 too many (250,000 ÷ 20,000), B 25 more, but
    // the sale brought 240,000: 24.
    const output = kept(doubling, standing, { weights: undefined });
    expect(output.open.map(({ quantity }) => quantity)).toEqual([38, 74]);
    expect(output.cash.at(-1)).toBe(0);
  });

  test('what is bought later lifts the average price, and the trade knows all that was paid', () => {
    // B: 30 at 10,000 and 18 at 12,000 = 516,000 won, 10,750 a share. Sold at 11,000: 528,000 − 516,000.
    const b: readonly Ohlcv[] = [
      flat('2022-01-28', 10_000),
      flat('2022-02-03', 10_000),
      ['2022-02-04', 12_000, 12_000, 10_900, 11_000],
      flat('2022-02-07', 11_000),
    ];
    const output = kept(doubling, b);
    expect(output.trades).toEqual([
      expect.objectContaining({ symbol: '000020', quantity: 48, entryPrice: 10_750, exitPrice: 11_000, pnl: 12_000 }),
    ]);
  });

  test('a halted bar lets a change lapse instead of carrying it over', () => {
    const halted: readonly Ohlcv[] = [doubling[0]!, doubling[1]!, flat('2022-02-04', 20_000, 0), flat('2022-02-07', 20_000)];
    const output = kept(halted, standing);
    // Nothing of A is sold, so B gets the 10 shares that cash can pay.
    expect(output.open.map(({ quantity }) => quantity)).toEqual([60, 40]);
    expect(output.counts.rebalanced).toBe(1);
  });

  test('a symbol without a weight is not bought', () => {
    const output = kept(doubling, standing, { weights: { '000010': 1 } });
    expect(output.open.map(({ symbol }) => symbol)).toEqual(['000010']);
  });
});
