import { pow } from '#domain/math.ts';
import { epochDay } from './columns.ts';
import type { EngineOutput } from './engine.ts';
import { METRIC_NAMES, METRICS, type MetricName, type Samples } from './metrics/definitions.ts';
import { drawdownFigures } from './metrics/drawdown-figures.ts';
import { monthFigures, returnFigures, sessionReturns, tailFigures } from './metrics/equity-figures.ts';
import { tradeFigures } from './metrics/trade-figures.ts';
import type { Trade } from './position.ts';
import { monthlyReturns } from './result.ts';

/** A figure with the number of observations behind it. Below `needed` there is no value: too few to mean anything. */
export interface Metric {
  readonly value: number | null;
  readonly sample: number;
  readonly needed: number;
  readonly state: 'ok' | 'too_few' | 'undefined';
}
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

/** What many runs are compared by: cheap enough for every cell of a sweep. */
const CORE_METRICS = [
  'totalReturn',
  'cagr',
  'volatility',
  'maxDrawdown',
  'sharpe',
  'sortino',
  'calmar',
  'trades',
  'winRate',
  'profitFactor',
] as const satisfies readonly MetricName[];
export type CoreMetrics = Pick<Metrics, (typeof CORE_METRICS)[number]>;

/** The ten core figures, equal to those of `computeMetrics`, without the sorting and the months that a report needs. */
export function coreMetrics(input: MetricInput): CoreMetrics {
  const returns = sessionReturns(input.equity, input.capital);
  const { falls, ...values } = coreFigures(input, returns, yearsOf(input.days));
  return withSamples(CORE_METRICS, values, { sessions: returns.length, months: 0, falls, trades: values.trades });
}

/** All figures of a run, as metrics/definitions.ts defines them. */
export function computeMetrics(input: MetricInput): Metrics {
  const { days, equity, capital, totals } = input;
  const years = yearsOf(days);
  const returns = sessionReturns(equity, capital);
  const months = monthlyReturns(days, equity, capital);
  const { falls, ...core } = coreFigures(input, returns, years);
  const values: Record<MetricName, number> = {
    ...core,
    ...monthFigures(months),
    ...tailFigures(returns),
    ...heldFigures(input.held),
    turnover: (totals.bought + totals.sold) / 2 / mean(equity) / years,
    ...costFigures(totals, equity.at(-1)! - capital),
  };
  return withSamples(METRIC_NAMES, values, { sessions: equity.length, months: months.length, falls, trades: core.trades });
}

function yearsOf(days: readonly string[]): number {
  return Math.max(1, epochDay(days.at(-1)!) - epochDay(days[0]!) + 1) / 365.25;
}

function coreFigures({ days, equity, capital, trades }: MetricInput, returns: Float64Array, years: number) {
  const drawdowns = drawdownFigures(days, equity, capital);
  const growth = equity.at(-1)! / capital;
  const cagr = growth > 0 ? pow(growth, 1 / years) - 1 : -1;
  return {
    totalReturn: growth - 1,
    cagr,
    calmar: cagr / -drawdowns.maxDrawdown,
    ...returnFigures(returns, returns.length / years),
    ...drawdowns,
    ...tradeFigures(trades),
  };
}

function withSamples<N extends MetricName>(names: readonly N[], values: Readonly<Record<N, number>>, samples: Samples): Record<N, Metric> {
  const metrics: Partial<Record<N, Metric>> = {};
  for (const name of names) {
    const { sample, needed } = METRICS[name];
    metrics[name] = metric(values[name], samples[sample], needed);
  }
  return metrics as Record<N, Metric>;
}

function metric(value: number, sample: number, needed: number): Metric {
  if (sample < needed) return { value: null, sample, needed, state: 'too_few' };
  return Number.isFinite(value) ? { value, sample, needed, state: 'ok' } : { value: null, sample, needed, state: 'undefined' };
}

function heldFigures(held: Int32Array) {
  let [bars, positions] = [0, 0];
  for (let i = 0; i < held.length; i += 1) {
    if (held[i]! > 0) bars += 1;
    positions += held[i]!;
  }
  return { exposure: bars / held.length, averagePositions: positions / held.length };
}

function costFigures({ commission, tax, slippage }: MetricInput['totals'], profit: number) {
  const costs = commission + tax + slippage;
  const before = profit + costs;
  return { commission, tax, slippage, costShare: before > 0 ? costs / before : Number.NaN };
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i]!;
  return sum / values.length;
}
