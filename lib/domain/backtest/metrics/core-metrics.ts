import type { MetricInput } from '../metrics.ts';
import type { MetricName } from './definitions.ts';
import { exposureOf, growthFigures, riskFigures, walkEquity, yearsOf } from './equity-figures.ts';
import { type Metric, withSamples } from './metric.ts';
import { tradeResults } from './trade-figures.ts';

/** The ten figures that many runs are compared by. */
export const CORE_METRICS = [
  'totalReturn',
  'cagr',
  'maxDrawdown',
  'volatility',
  'sharpe',
  'sortino',
  'trades',
  'winRate',
  'profitFactor',
  'exposure',
] as const satisfies readonly MetricName[];
export type CoreMetrics = Readonly<Record<(typeof CORE_METRICS)[number], Metric>>;

/** The core figures, equal to those of `computeMetrics` to the bit, in two walks over the equity: cheap enough for every cell of a sweep. */
export function coreMetrics({ days, equity, held, capital, trades }: Omit<MetricInput, 'totals'>): CoreMetrics {
  const years = yearsOf(days);
  const walk = walkEquity(equity, capital);
  const { winRate, profitFactor } = tradeResults(trades);
  const figures = {
    ...growthFigures(equity[equity.length - 1]! / capital, years),
    maxDrawdown: walk.maxDrawdown,
    ...riskFigures(walk, years),
    trades: trades.length,
    winRate,
    profitFactor,
    exposure: exposureOf(held),
  };
  return coreMetricsFrom(figures, equity.length);
}

/** The same from figures that are known already. */
export function coreMetricsFrom(figures: Readonly<Record<(typeof CORE_METRICS)[number], number>>, sessions: number): CoreMetrics {
  return withSamples(CORE_METRICS, figures, { sessions, months: 0, falls: 0, trades: figures.trades });
}
