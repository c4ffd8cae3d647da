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
  const sessions = equity.length;
  const { mean, deviation, downside, averageEquity } = equityStatistics(equity, capital);
  const years = Math.max(1, epochDay(days.at(-1)!) - epochDay(days[0]!) + 1) / 365.25;
  const perYear = sessions / years;
  const drawdown = deepestDrawdown(days, equity, capital);
  const growth = equity.at(-1)! / capital;
  const cagr = growth > 0 ? pow(growth, 1 / years) - 1 : -1;
  const { wins, losses, won, lost, pnl, bars } = tradeStatistics(trades);
  const annual = (value: number) => metric(value, sessions, NEEDED_DAYS_FOR_ANNUAL);
  const risk = (value: number) => metric(value, sessions, NEEDED_RETURNS);
  const trading = (value: number) => metric(value, trades.length, NEEDED_TRADES);
  const count = (value: number) => metric(value, trades.length, 0);
  return {
    totalReturn: metric(growth - 1, sessions, 1),
    cagr: annual(cagr),
    volatility: risk(deviation * Math.sqrt(perYear)),
    maxDrawdown: metric(drawdown.depth, sessions, 1),
    maxDrawdownDays: metric(drawdown.days, sessions, 1),
    sharpe: annual((mean / deviation) * Math.sqrt(perYear)),
    sortino: annual((mean / downside) * Math.sqrt(perYear)),
    calmar: annual(cagr / -drawdown.depth),
    trades: count(trades.length),
    winRate: trading(wins / trades.length),
    payoff: trading(won / wins / (lost / losses)),
    profitFactor: trading(won / lost),
    expectancy: trading(pnl / trades.length),
    averageBarsHeld: trading(bars / trades.length),
    exposure: metric(sessionsHeld(input.held) / input.held.length, sessions, 1),
    turnover: annual((totals.bought + totals.sold) / 2 / averageEquity / years),
    commission: count(totals.commission),
    tax: count(totals.tax),
    slippage: count(totals.slippage),
  };
}

/** The mean equity, and of the returns on the session before (the first on the capital): mean, sample and downside deviation. */
function equityStatistics(equity: Float64Array, capital: number) {
  const returns = new Float64Array(equity.length);
  let sum = 0;
  let below = 0;
  let total = 0;
  let last = capital;
  for (let i = 0; i < returns.length; i += 1) {
    const value = equity[i]!;
    const rate = value / last - 1;
    returns[i] = rate;
    sum += rate;
    if (rate < 0) below += rate * rate;
    total += value;
    last = value;
  }
  const mean = sum / returns.length;
  let squares = 0; // a second walk: the sum of squares minus the squared sum would cancel
  for (let i = 0; i < returns.length; i += 1) squares += (returns[i]! - mean) * (returns[i]! - mean);
  return {
    mean,
    deviation: Math.sqrt(squares / (returns.length - 1)),
    downside: Math.sqrt(below / returns.length),
    averageEquity: total / returns.length,
  };
}

/** Counts and sums of round trips; `lost` is positive. */
function tradeStatistics(trades: readonly Trade[]) {
  let [wins, losses, won, lost, pnl, bars] = [0, 0, 0, 0, 0, 0];
  for (const trade of trades) {
    pnl += trade.pnl;
    bars += trade.barsHeld;
    if (trade.pnl > 0) {
      wins += 1;
      won += trade.pnl;
    } else if (trade.pnl < 0) {
      losses += 1;
      lost -= trade.pnl;
    }
  }
  return { wins, losses, won, lost, pnl, bars };
}

function sessionsHeld(held: Int32Array): number {
  let sessions = 0;
  for (let i = 0; i < held.length; i += 1) if (held[i]! > 0) sessions += 1;
  return sessions;
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
