import { describe, expect, test } from 'vitest';
import { aRun, aTrade } from '#lib/testing/example-run.ts';
import { METRIC_NAMES, METRICS, type MetricName } from './metrics/definitions.ts';
import { computeMetrics } from './metrics.ts';

const repeat = <T>(count: number, list: readonly T[]): T[] => Array.from({ length: count }, () => list).flat();
const trades = (...pnls: number[]) => pnls.map((pnl) => aTrade({ pnl }));

describe('worked by pencil', () => {
  test('1,000 → 1,100 → 990 → 1,210 is +21 % with a fall of 10 %', () => {
    const metrics = computeMetrics(aRun([1100, 990, 1210]));
    expect(metrics.totalReturn.value).toBeCloseTo(0.21, 12);
    expect(metrics.maxDrawdown.value).toBeCloseTo(-0.1, 12);
    expect(metrics.maxDrawdownDays.value).toBe(1);
    expect(metrics).toMatchObject({ commission: { value: 3 }, tax: { value: 7 }, slippage: { value: 11 } });
  });

  // Monday 1,000, Tuesday 900, Wednesday 800, Thursday 950, Friday 1,000 (back), Monday 980.
  test('the deepest fall took two days down and two days back; the last one is still open', () => {
    const metrics = computeMetrics(aRun([1000, 900, 800, 950, 1000, 980]));
    expect(metrics.maxDrawdown.value).toBeCloseTo(-0.2, 12);
    expect(metrics.deepestFallDays.value).toBe(2);
    expect(metrics.recoveryDays.value).toBe(2);
    expect(metrics.maxDrawdownDays.value).toBe(3); // Friday to Monday
  });

  test('a fall that has not come back has no recovery', () => {
    expect(computeMetrics(aRun([1000, 900, 950])).recoveryDays).toEqual({ value: null, sample: 1, needed: 1, state: 'undefined' });
  });

  // Five falls from 1,000: to 900, 950, 800, 990 and 860: (10 + 5 + 20 + 1 + 14) % ÷ 5.
  test('the average fall counts each fall once, by its deepest point', () => {
    const equity = [900, 950, 1000, 950, 1000, 800, 900, 1000, 990, 1000, 860];
    expect(computeMetrics(aRun(equity)).averageDrawdown.value).toBeCloseTo(-0.1, 12);
  });

  // Half of the sessions at the high, half 20 % below: √((0² + 0.2²) ÷ 2).
  test('Ulcer is the root of the mean squared drawdown', () => {
    expect(computeMetrics(aRun(repeat(10, [1000, 800]))).ulcer.value).toBeCloseTo(Math.sqrt(0.02), 12);
  });

  // Six drops to 50, 60, 70, 80, 90 and 100 % of 1,000, each met by the way back (+100, +66.7, +42.9, +25, +11.1, 0 %), and 88 still days.
  test('the tails of a hundred sessions are their five worst and five best', () => {
    const equity = [500, 600, 700, 800, 900, 1000].flatMap((low) => [low, 1000]);
    const metrics = computeMetrics(aRun([...equity, ...repeat(88, [1000])]));
    expect(metrics.valueAtRisk95.value).toBeCloseTo(-0.1, 12);
    expect(metrics.expectedShortfall95.value).toBeCloseTo(-0.3, 12); // (50 + 40 + 30 + 20 + 10) ÷ 5
    expect(metrics.tailRatio.value).toBeCloseTo(1 / 0.9, 9); // +11.1 % ÷ 10 %
    expect(metrics.bestDay.value).toBeCloseTo(1, 12);
    expect(metrics.worstDay.value).toBeCloseTo(-0.5, 12);
  });

  // 1,000 → 2,000 → 1,000 … : r is +1 and −½ by turns. Mean ¼, every distance from it ¾: no skew, and (¾)⁴ ÷ (¾)⁴ − 3.
  test('two equally likely returns have no skew and the least kurtosis there is', () => {
    const metrics = computeMetrics(aRun(repeat(50, [2000, 1000])));
    expect(metrics.skew.value).toBeCloseTo(0, 12);
    expect(metrics.kurtosis.value).toBeCloseTo(-2, 12);
    expect(metrics.omega.value).toBeCloseTo(2, 12); // 50 × 1 ÷ (50 × ½)
  });

  // Three of four returns 0, one +1 then back by −½ of eight: m₂, m₃ of {0 × 6, 1, −½}: mean 1/16.
  test('a rare large gain skews to the right', () => {
    const metrics = computeMetrics(aRun(repeat(13, [1000, 1000, 1000, 2000, 1000, 1000, 1000, 1000])));
    const [mean, away] = [1 / 16, (x: number) => x - 1 / 16];
    const m2 = (6 * mean ** 2 + away(1) ** 2 + away(-0.5) ** 2) / 8;
    const m3 = (-6 * mean ** 3 + away(1) ** 3 + away(-0.5) ** 3) / 8;
    expect(metrics.skew.value).toBeCloseTo(m3 / m2 ** 1.5, 9);
    expect(metrics.skew.value).toBeGreaterThan(0);
  });

  // 20 sessions: ten of −50 % and ten of +100 %: √(10 × 0.25 ÷ 20) before the scale to a year, which is 20 sessions over 26 days.
  test('the downside deviation divides by all sessions, not only the falling ones', () => {
    const yearly = Math.sqrt(20 / (26 / 365.25));
    expect(computeMetrics(aRun(repeat(10, [500, 1000]))).downsideDeviation.value).toBeCloseTo(Math.sqrt(0.125) * yearly, 9);
  });

  // Profits 10 and −5 by turns, fifteen of each: mean 2.5, each 7.5 away: √30 × 2.5 ÷ √(30 × 7.5² ÷ 29).
  test('SQN grows with the root of the number of trades', () => {
    const metrics = computeMetrics(aRun([1000], trades(...repeat(15, [10, -5]))));
    expect(metrics.sqn.value).toBeCloseTo((Math.sqrt(30) * 2.5) / (7.5 * Math.sqrt(30 / 29)), 12);
    expect(metrics.payoff.value).toBeCloseTo(2, 12);
    expect(metrics.averageTrade.value).toBeCloseTo(0.0025, 12);
  });

  test('a trade without profit or loss ends a streak of either kind', () => {
    const metrics = computeMetrics(aRun([1000], trades(1, 1, 0, 1, -1, -1, -1, 0, -1, 1, 1, 1, 1)));
    expect([metrics.longestWinStreak.value, metrics.longestLossStreak.value]).toEqual([4, 3]);
  });

  // Capital 1,000, end 1,079: 79 won after 21 won of costs, so 21 of 100.
  test('costs are a share of the profit before them', () => {
    const some = trades(...repeat(10, [8]));
    expect(computeMetrics(aRun([1079], some)).costShare.value).toBeCloseTo(0.21, 12);
    expect(computeMetrics(aRun([979], some)).costShare).toMatchObject({ value: null, state: 'undefined' }); // 21 of costs ate exactly all
    expect(computeMetrics(aRun([980], some)).costShare.value).toBeCloseTo(21, 12);
  });

  // 2020-01-06 on: 20 sessions end January at 1,100; February's 20 end at 1,100; March falls to 990; April, May up; 1 June flat.
  test('months run from the last session of the month before', () => {
    const months = [20, 20, 22, 22, 21, 1].flatMap((sessions, i) =>
      Array.from({ length: sessions }, () => [1100, 1100, 990, 1089, 1100, 1100][i]!),
    );
    const metrics = computeMetrics(aRun(months));
    expect(metrics.bestMonth.value).toBeCloseTo(0.1, 12);
    expect(metrics.worstMonth.value).toBeCloseTo(-0.1, 12);
    expect(metrics.winningMonths.value).toBe(0.5);
  });
});

describe('too few observations have no figure', () => {
  /** A run with exactly this many of each observation. */
  const runWith = { sessions: wave, months: aRunOfMonths, falls: aRunOfFalls, trades: aRunOfTrades };
  const estimates = METRIC_NAMES.filter((name) => METRICS[name].needed > 0 && METRICS[name].sample !== 'sessions');
  const overSessions = METRIC_NAMES.filter((name) => METRICS[name].needed > 1 && METRICS[name].sample === 'sessions');

  test.each([...estimates, ...overSessions])('%s has one from the number it needs on, and none one before', (name) => {
    const { sample, needed } = METRICS[name];
    expect(computeMetrics(runWith[sample](needed - 1))[name]).toEqual({ value: null, sample: needed - 1, needed, state: 'too_few' });
    expect(computeMetrics(runWith[sample](needed))[name]).toMatchObject({ value: expect.any(Number), sample: needed, needed, state: 'ok' });
  });

  test('facts need nothing: a run without a trade says so and names its costs', () => {
    const facts: MetricName[] = ['trades', 'commission', 'tax', 'slippage'];
    for (const name of facts) expect(computeMetrics(aRun([1000]))[name].state, name).toBe('ok');
  });

  test('a run that never lost has no payoff instead of an infinite one', () => {
    expect(computeMetrics(aRun([1000, 1001], trades(...repeat(20, [10])))).payoff).toMatchObject({ value: null, state: 'undefined' });
  });

  test('a run that never moved has returns of nothing, and no ratio', () => {
    const metrics = computeMetrics(aRun(repeat(120, [1000])));
    expect(metrics.totalReturn.value).toBe(0);
    expect(metrics.volatility.value).toBe(0);
    for (const name of ['sharpe', 'sortino', 'calmar', 'omega', 'tailRatio', 'skew', 'kurtosis'] as const)
      expect(metrics[name].state, name).toBe('undefined');
  });
});

/** Up and down by turns, so that every figure over sessions has a value. */
function wave(sessions: number) {
  return aRun(Array.from({ length: sessions }, (_, i) => 1000 + (i % 7) - (i % 2) * 9));
}

function aRunOfMonths(months: number) {
  return { ...wave(months), days: Array.from({ length: months }, (_, i) => `2020-${String(i + 1).padStart(2, '0')}-15`) };
}

/** Each fall recovers. */
function aRunOfFalls(falls: number) {
  return aRun([1000, ...repeat(falls, [990, 1000])]);
}

/** Winners and losers, and a profit before costs. */
function aRunOfTrades(count: number) {
  return aRun(
    [1100],
    Array.from({ length: count }, (_, i) => aTrade({ pnl: i % 2 === 0 ? 30 : -10 })),
  );
}
