import { pow } from '#domain/math.ts';
import { epochDay } from './columns.ts';
import type { EngineOutput } from './engine.ts';
import type { Trade } from './position.ts';

/** A figure with the number of observations behind it. Below `needed` there is no value: too few to mean anything. */
export interface Metric {
  readonly value: number | null;
  readonly sample: number;
  readonly needed: number;
  readonly state: 'ok' | 'too_few' | 'undefined';
}

export const METRIC_NAMES = [
  'totalReturn',
  'cagr',
  'volatility',
  'maxDrawdown',
  'maxDrawdownDays',
  'sharpe',
  'sortino',
  'calmar',
  'trades',
  'winRate',
  'payoff',
  'profitFactor',
  'expectancy',
  'averageBarsHeld',
  'exposure',
  'turnover',
  'commission',
  'tax',
  'slippage',
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];
export type Metrics = Readonly<Record<MetricName, Metric>>;

/** A month of returns says something about risk, a quarter of a year about a rate per year, ten round trips about trading. */
const NEEDED_RETURNS = 20;
const NEEDED_DAYS_FOR_ANNUAL = 60;
const NEEDED_TRADES = 10;

function metric(value: number, sample: number, needed: number): Metric {
  if (sample < needed) return { value: null, sample, needed, state: 'too_few' };
  return Number.isFinite(value) ? { value, sample, needed, state: 'ok' } : { value: null, sample, needed, state: 'undefined' };
}

export interface MetricInput {
  /** One entry a session. */
  readonly days: readonly string[];
  readonly equity: Float64Array;
  readonly held: Int32Array;
  readonly capital: number;
  readonly trades: readonly Trade[];
  readonly totals: EngineOutput['totals'];
}

/** The core figures. Rates are fractions; yearly figures use the sessions that really are in the calendar; no risk-free rate. */
export function computeMetrics(input: MetricInput): Metrics {
  const { days, equity, capital, trades, totals } = input;
  const returns = sessionReturns(equity, capital);
  const years = Math.max(1, epochDay(days.at(-1)!) - epochDay(days[0]!) + 1) / 365.25;
  const perYear = returns.length / years;
  const mean = average(returns);
  const deviation = Math.sqrt(sum(returns, (r) => (r - mean) * (r - mean)) / (returns.length - 1));
  const downside = Math.sqrt(sum(returns, (r) => (r < 0 ? r * r : 0)) / returns.length);
  const drawdown = deepestDrawdown(days, equity, capital);
  const growth = equity.at(-1)! / capital;
  const cagr = growth > 0 ? pow(growth, 1 / years) - 1 : -1;
  const wins = trades.filter((trade) => trade.pnl > 0);
  const losses = trades.filter((trade) => trade.pnl < 0);
  const won = total(wins);
  const lost = -total(losses);
  const annual = (value: number) => metric(value, returns.length, NEEDED_DAYS_FOR_ANNUAL);
  const risk = (value: number) => metric(value, returns.length, NEEDED_RETURNS);
  const trading = (value: number) => metric(value, trades.length, NEEDED_TRADES);
  const count = (value: number) => metric(value, trades.length, 0);
  const averageEquity = average(equity);
  return {
    totalReturn: metric(growth - 1, returns.length, 1),
    cagr: annual(cagr),
    volatility: risk(deviation * Math.sqrt(perYear)),
    maxDrawdown: metric(drawdown.depth, returns.length, 1),
    maxDrawdownDays: metric(drawdown.days, returns.length, 1),
    sharpe: annual((mean / deviation) * Math.sqrt(perYear)),
    sortino: annual((mean / downside) * Math.sqrt(perYear)),
    calmar: annual(cagr / -drawdown.depth),
    trades: count(trades.length),
    winRate: trading(wins.length / trades.length),
    payoff: trading(won / wins.length / (lost / losses.length)),
    profitFactor: trading(won / lost),
    expectancy: trading(total(trades) / trades.length),
    averageBarsHeld: trading(sum(trades, (trade) => trade.barsHeld) / trades.length),
    exposure: metric(sum(input.held, (held) => (held > 0 ? 1 : 0)) / input.held.length, returns.length, 1),
    turnover: annual((totals.bought + totals.sold) / 2 / averageEquity / years),
    commission: count(totals.commission),
    tax: count(totals.tax),
    slippage: count(totals.slippage),
  };
}

/** Return of each session on the one before; the first on the capital. */
export function sessionReturns(equity: Float64Array, capital: number): Float64Array {
  return equity.map((value, i) => value / (i === 0 ? capital : equity[i - 1]!) - 1);
}

/** The deepest fall from a high (a negative fraction) and the longest time below a high, in calendar days. */
function deepestDrawdown(days: readonly string[], equity: Float64Array, capital: number): { depth: number; days: number } {
  let high = capital;
  let highAt = 0;
  let depth = 0;
  let longest = 0;
  const closeSpell = (lastBelow: number) => {
    if (lastBelow > highAt) longest = Math.max(longest, epochDay(days[lastBelow]!) - epochDay(days[highAt]!));
  };
  for (let i = 0; i < equity.length; i += 1) {
    const value = equity[i]!;
    if (value < high) {
      depth = Math.min(depth, value / high - 1);
      continue;
    }
    closeSpell(i - 1);
    high = value;
    highAt = i;
  }
  closeSpell(equity.length - 1);
  return { depth, days: longest };
}

function sum<T>(items: ArrayLike<T>, of: (item: T) => number): number {
  let result = 0;
  for (let i = 0; i < items.length; i += 1) result += of(items[i]!);
  return result;
}
const average = (items: Float64Array) => sum(items, (item) => item) / items.length;
const total = (trades: readonly Trade[]) => sum(trades, (trade) => trade.pnl);
