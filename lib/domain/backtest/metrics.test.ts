import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeMetrics, type MetricInput, type MetricName } from './metrics.ts';
import type { Trade } from './position.ts';

const trade = (pnl: number, barsHeld = 5): Trade => ({
  symbol: '000010',
  quantity: 1,
  entryDay: '2020-01-02',
  entryPrice: 1000,
  exitDay: '2020-01-09',
  exitPrice: 1000 + pnl,
  commission: 0,
  tax: 0,
  slippage: 0,
  pnl,
  returnRate: pnl / 1000,
  barsHeld,
  mae: 0,
  mfe: 0,
  entryReason: 'entry_signal',
  exitReason: 'exit_signal',
});
const weekdays = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    new Date(Date.UTC(2020, 0, 6) + (Math.floor(i / 5) * 7 + (i % 5)) * 86_400_000).toISOString().slice(0, 10),
  );
function input(equity: readonly number[], trades: readonly Trade[] = [], capital = 1000): MetricInput {
  return {
    days: weekdays(equity.length),
    equity: Float64Array.from(equity),
    held: Int32Array.from(equity, (_, i) => i % 2),
    capital,
    trades,
    totals: { bought: 4000, sold: 6000, commission: 3, tax: 7, slippage: 11 },
  };
}

/** The same figures written the slow, obvious way; only what a definition says, nothing shared with the fast one. */
function naive({ days, equity, held, capital, trades, totals }: MetricInput): Partial<Record<MetricName, number>> {
  const values = [capital, ...equity];
  const returns = values.slice(1).map((value, i) => value / values[i]! - 1);
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const years = ((Date.parse(days.at(-1)!) - Date.parse(days[0]!)) / 86_400_000 + 1) / 365.25;
  const perYear = returns.length / years;
  const sd = Math.sqrt(returns.map((r) => (r - mean(returns)) ** 2).reduce((a, b) => a + b, 0) / (returns.length - 1));
  const down = Math.sqrt(mean(returns.map((r) => Math.min(r, 0) ** 2)));
  const drawdowns = values.map((value, i) => value / Math.max(...values.slice(0, i + 1)) - 1).slice(1);
  const mdd = Math.min(0, ...drawdowns);
  const spells = days.map((day, i) => {
    const high = Math.max(...values.slice(0, i + 2));
    if (equity[i] === high) return 0;
    const lastHigh = values.slice(0, i + 2).lastIndexOf(high);
    return (Date.parse(day) - Date.parse(days[Math.max(0, lastHigh - 1)]!)) / 86_400_000;
  });
  const cagr = (equity.at(-1)! / capital) ** (1 / years) - 1;
  const wins = trades.filter((t) => t.pnl > 0).map((t) => t.pnl);
  const losses = trades.filter((t) => t.pnl < 0).map((t) => -t.pnl);
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  return {
    totalReturn: equity.at(-1)! / capital - 1,
    cagr,
    volatility: sd * Math.sqrt(perYear),
    maxDrawdown: mdd,
    maxDrawdownDays: Math.max(...spells),
    sharpe: (mean(returns) / sd) * Math.sqrt(perYear),
    sortino: (mean(returns) / down) * Math.sqrt(perYear),
    calmar: cagr / -mdd,
    winRate: wins.length / trades.length,
    payoff: mean(wins) / mean(losses),
    profitFactor: sum(wins) / sum(losses),
    expectancy: mean(trades.map((t) => t.pnl)),
    exposure: [...held].filter((h) => h > 0).length / held.length,
    turnover: (totals.bought + totals.sold) / 2 / mean([...equity]) / years,
    averageBarsHeld: mean(trades.map((t) => t.barsHeld)),
  };
}

test('every figure agrees with its naive definition', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 500, max: 2000 }), { minLength: 80, maxLength: 200 }),
      fc.array(fc.integer({ min: -200, max: 300 }), { minLength: 12, maxLength: 40 }),
      (equity, pnls) => {
        const facts = input(
          equity,
          pnls.map((pnl, i) => trade(pnl, i)),
        );
        const metrics = computeMetrics(facts);
        for (const [name, expected] of Object.entries(naive(facts)) as [MetricName, number][]) {
          const { value, state } = metrics[name];
          if (!Number.isFinite(expected)) expect(state, name).toBe('undefined');
          else expect(Math.abs(value! - expected), name).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
        }
      },
    ),
  );
});

test('worked by pencil: 1,000 → 1,100 → 990 → 1,210 is +21 % with a fall of 10 %', () => {
  const metrics = computeMetrics(input([1100, 990, 1210]));
  expect(metrics.totalReturn.value).toBeCloseTo(0.21, 12);
  expect(metrics.maxDrawdown.value).toBeCloseTo(-0.1, 12);
  expect(metrics.maxDrawdownDays.value).toBe(1);
  expect(metrics).toMatchObject({ commission: { value: 3 }, tax: { value: 7 }, slippage: { value: 11 } });
});

describe('too few observations have no figure', () => {
  test.each([
    { name: 'sharpe' as const, sample: 59, needed: 60 },
    { name: 'cagr' as const, sample: 59, needed: 60 },
    { name: 'volatility' as const, sample: 59, needed: 20, state: 'ok' },
  ])('$name of $sample sessions', ({ name, sample, needed, state = 'too_few' }) => {
    const metrics = computeMetrics(input(Array.from({ length: sample }, (_, i) => 1000 + (i % 7))));
    expect(metrics[name]).toMatchObject({ sample, needed, state });
    expect(metrics[name].value === null).toBe(state !== 'ok');
  });

  test('nine trades have no win rate, and their number is still told', () => {
    const metrics = computeMetrics(
      input(
        [1000, 1001],
        Array.from({ length: 9 }, () => trade(10)),
      ),
    );
    expect(metrics.winRate).toEqual({ value: null, sample: 9, needed: 10, state: 'too_few' });
    expect(metrics.trades.value).toBe(9);
  });

  test('a run that never lost has no payoff instead of an infinite one', () => {
    expect(
      computeMetrics(
        input(
          [1000, 1001],
          Array.from({ length: 20 }, () => trade(10)),
        ),
      ).payoff,
    ).toMatchObject({ value: null, state: 'undefined' });
  });
});
