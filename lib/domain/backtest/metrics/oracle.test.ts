import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aRun, aTrade } from '#lib/testing/example-run.ts';
import { computeMetrics, type MetricInput } from '../metrics.ts';
import type { Trade } from '../position.ts';
import { METRIC_NAMES, type MetricName } from './definitions.ts';

const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
const mean = (list: readonly number[]) => sum(list) / list.length;
const deviation = (list: readonly number[]) => Math.sqrt(sum(list.map((x) => (x - mean(list)) ** 2)) / (list.length - 1));
const moment = (list: readonly number[], power: number) => mean(list.map((x) => (x - mean(list)) ** power));
const daysBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** The figures written the slow, obvious way: what each definition says, nothing shared with the fast ones. */
function naive({ days, equity, held, capital, trades, totals }: MetricInput): Record<MetricName, number> {
  const values = [capital, ...equity];
  const returns = values.slice(1).map((value, i) => value / values[i]! - 1);
  const years = (daysBetween(days[0]!, days.at(-1)!) + 1) / 365.25;
  const year = Math.sqrt(returns.length / years);
  const downside = Math.sqrt(mean(returns.map((r) => Math.min(r, 0) ** 2)));
  const cagr = (equity.at(-1)! / capital) ** (1 / years) - 1;
  const drawdowns = values.map((value, i) => value / Math.max(...values.slice(0, i + 1)) - 1).slice(1);
  const maxDrawdown = Math.min(0, ...drawdowns);
  const months = [...new Set(days.map((day) => day.slice(0, 7)))].map((month) => {
    const first = days.findIndex((day) => day.startsWith(month));
    const last = days.findLastIndex((day) => day.startsWith(month));
    return equity[last]! / values[first]! - 1;
  });
  const pnls = trades.map((trade) => trade.pnl);
  const wins = pnls.filter((pnl) => pnl > 0);
  const losses = pnls.filter((pnl) => pnl < 0).map((pnl) => -pnl);
  const rates = trades.map((trade) => trade.returnRate);
  const tail = worstTwentieth(returns);
  const upperTail = worstTwentieth(returns.map((r) => -r)).map((r) => -r);
  const costs = totals.commission + totals.tax + totals.slippage;
  const profitBeforeCosts = equity.at(-1)! - capital + costs;
  return {
    totalReturn: equity.at(-1)! / capital - 1,
    cagr,
    bestDay: Math.max(...returns),
    worstDay: Math.min(...returns),
    bestMonth: Math.max(...months),
    worstMonth: Math.min(...months),
    winningMonths: months.filter((rate) => rate > 0).length / months.length,
    volatility: deviation(returns) * year,
    downsideDeviation: downside * year,
    maxDrawdown,
    ...spells(days, [...equity], capital),
    averageDrawdown: mean(bottoms(drawdowns)),
    ulcer: Math.sqrt(mean(drawdowns.map((d) => d * d))),
    valueAtRisk95: tail.at(-1)!,
    expectedShortfall95: mean(tail),
    skew: moment(returns, 3) / moment(returns, 2) ** 1.5,
    kurtosis: moment(returns, 4) / moment(returns, 2) ** 2 - 3,
    sharpe: (mean(returns) / deviation(returns)) * year,
    sortino: (mean(returns) / downside) * year,
    calmar: cagr / -maxDrawdown,
    omega: sum(returns.filter((r) => r > 0)) / -sum(returns.filter((r) => r < 0)),
    tailRatio: tail.at(-1)! < 0 ? upperTail.at(-1)! / -tail.at(-1)! : Number.NaN,
    trades: trades.length,
    winRate: wins.length / trades.length,
    payoff: mean(wins) / mean(losses),
    profitFactor: sum(wins) / sum(losses),
    expectancy: mean(pnls),
    sqn: (Math.sqrt(trades.length) * mean(pnls)) / deviation(pnls),
    averageTrade: mean(rates),
    bestTrade: Math.max(...rates),
    worstTrade: Math.min(...rates),
    averageBarsHeld: mean(trades.map((trade) => trade.barsHeld)),
    longestWinStreak: longest(pnls.map((pnl) => (pnl > 0 ? 'w' : '.'))),
    longestLossStreak: longest(pnls.map((pnl) => (pnl < 0 ? 'w' : '.'))),
    averageMae: mean(trades.map((trade) => trade.mae)),
    averageMfe: mean(trades.map((trade) => trade.mfe)),
    exposure: [...held].filter((positions) => positions > 0).length / held.length,
    averagePositions: mean([...held]),
    turnover: (totals.bought + totals.sold) / 2 / mean([...equity]) / years,
    commission: totals.commission,
    tax: totals.tax,
    slippage: totals.slippage,
    costShare: profitBeforeCosts > 0 ? costs / profitBeforeCosts : Number.NaN,
  };
}

/** Takes the smallest out, again and again, until a twentieth of all is taken; the last taken comes last. */
function worstTwentieth(returns: readonly number[]): number[] {
  const left = [...returns];
  const taken: number[] = [];
  while (taken.length * 20 < returns.length) taken.push(...left.splice(left.indexOf(Math.min(...left)), 1));
  return taken;
}

/** The deepest point of each unbroken stretch below zero. */
function bottoms(drawdowns: readonly number[]): number[] {
  const found: number[] = [];
  drawdowns.forEach((drawdown, i) => {
    if (drawdown === 0) return;
    if (i > 0 && drawdowns[i - 1]! < 0) found.push(Math.min(found.pop()!, drawdown));
    else found.push(drawdown);
  });
  return found;
}

/** Looks from each session back to its last high, and from the deepest one on to where that high is met again. */
function spells(days: readonly string[], equity: readonly number[], capital: number) {
  const values = [capital, ...equity];
  const highOf = (i: number) => Math.max(...values.slice(0, i + 2));
  const highDay = (i: number) => days[Math.max(0, values.slice(0, i + 2).lastIndexOf(highOf(i)) - 1)]!;
  const below = days.map((_, i) => i).filter((i) => equity[i]! < highOf(i));
  const depth = (i: number) => equity[i]! / highOf(i) - 1;
  const deepest = below.filter((i) => below.every((other) => depth(i) <= depth(other)))[0];
  const back = deepest === undefined ? -1 : equity.findIndex((value, i) => i > deepest && value >= highOf(deepest));
  return {
    maxDrawdownDays: Math.max(0, ...below.map((i) => daysBetween(highDay(i), days[i]!))),
    deepestFallDays: deepest === undefined ? Number.NaN : daysBetween(highDay(deepest), days[deepest]!),
    recoveryDays: back < 0 ? Number.NaN : daysBetween(days[deepest!]!, days[back]!),
  };
}

const longest = (marks: readonly string[]) =>
  Math.max(
    ...marks
      .join('')
      .split('.')
      .map((run) => run.length),
  );

const curve = fc.oneof(
  fc.array(fc.integer({ min: 500, max: 2000 }), { minLength: 130, maxLength: 200 }),
  fc.array(fc.constantFrom(990, 1000, 1010), { minLength: 130, maxLength: 160 }), // ties: equal returns, equal highs, equal depths
);
const aTradeList = fc.array(
  fc
    .record({
      pnl: fc.integer({ min: -200, max: 300 }),
      barsHeld: fc.integer({ min: 0, max: 60 }),
      mae: fc.double({ min: -0.5, max: 0, noNaN: true }),
      mfe: fc.double({ min: 0, max: 0.5, noNaN: true }),
    })
    .map((facts): Trade => aTrade(facts)),
  { minLength: 30, maxLength: 60 },
);
const someTotals = fc.record({
  bought: fc.integer({ min: 0, max: 100_000 }),
  sold: fc.integer({ min: 0, max: 100_000 }),
  commission: fc.integer({ min: 0, max: 500 }),
  tax: fc.integer({ min: 0, max: 500 }),
  slippage: fc.integer({ min: 0, max: 500 }),
});

test('every figure agrees with its naive definition, or both have none', () => {
  fc.assert(
    fc.property(curve, aTradeList, someTotals, (equity, trades, totals) => {
      const run = { ...aRun(equity, trades), totals };
      const [metrics, expected] = [computeMetrics(run), naive(run)];
      for (const name of METRIC_NAMES) {
        const { value, state } = metrics[name];
        if (state === 'too_few') continue; // a curve with fewer falls than their mean needs
        if (!Number.isFinite(expected[name])) expect(state, name).toBe('undefined');
        else {
          expect(state, name).toBe('ok');
          expect(Math.abs(value! - expected[name]), name).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected[name])));
        }
      }
    }),
    { numRuns: 300 },
  );
});
