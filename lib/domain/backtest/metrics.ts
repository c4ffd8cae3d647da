import type { EngineOutput } from './engine.ts';
import { METRIC_NAMES, type MetricName } from './metrics/definitions.ts';
import { drawdownFigures } from './metrics/drawdown-figures.ts';
import {
  exposureOf,
  growthFigures,
  monthFigures,
  riskFigures,
  shapeFigures,
  tailFigures,
  walkEquity,
  yearsOf,
} from './metrics/equity-figures.ts';
import { type Metric, withSamples } from './metrics/metric.ts';
import { tradeFigures } from './metrics/trade-figures.ts';
import type { Trade } from './position.ts';
import { monthlyReturns } from './result.ts';

export type { Metric } from './metrics/metric.ts';
export type Metrics = Readonly<Record<MetricName, Metric>>;

export interface MetricInput {
  /** One entry a session. */
  readonly days: readonly string[];
  readonly equity: Float64Array;
  /** Positions at the close of each bar. */
  readonly held: Int32Array;
  readonly capital: number;
  readonly trades: readonly Trade[];
  readonly totals: EngineOutput['totals'];
}

/** All figures of a run, as metrics/definitions.ts defines them. */
export function computeMetrics(input: MetricInput): Metrics {
  const { days, equity, held, capital, trades, totals } = input;
  const years = yearsOf(days);
  const walk = walkEquity(equity, capital);
  const months = monthlyReturns(days, equity, capital);
  const growth = growthFigures(equity.at(-1)! / capital, years);
  const { falls, ...drawdowns } = drawdownFigures(days, equity, capital);
  const values: Record<MetricName, number> = {
    ...growth,
    calmar: growth.cagr / -drawdowns.maxDrawdown,
    ...riskFigures(walk, years),
    ...shapeFigures(walk),
    ...drawdowns,
    ...tradeFigures(trades),
    ...monthFigures(months),
    ...tailFigures(walk.returns),
    exposure: exposureOf(held),
    averagePositions: averagePositions(held),
    turnover: (totals.bought + totals.sold) / 2 / mean(equity) / years,
    ...costFigures(totals, equity.at(-1)! - capital),
  };
  return withSamples(METRIC_NAMES, values, { sessions: equity.length, months: months.length, falls, trades: trades.length });
}

function costFigures({ commission, tax, slippage }: MetricInput['totals'], profit: number) {
  const costs = commission + tax + slippage;
  const before = profit + costs;
  return { commission, tax, slippage, costShare: before > 0 ? costs / before : Number.NaN };
}

function averagePositions(held: Int32Array): number {
  let positions = 0;
  for (let i = 0; i < held.length; i += 1) positions += held[i]!;
  return positions / held.length;
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i]!;
  return sum / values.length;
}
