import { pow } from '#domain/math.ts';
import { epochDay } from '../columns.ts';

/** One session in twenty is a tail. */
const TAIL_SESSIONS = 20;

/** Years of 365.25 calendar days from the first to the last session, both counted; never less than a day. */
export function yearsOf(days: readonly string[]): number {
  return Math.max(1, epochDay(days[days.length - 1]!) - epochDay(days[0]!) + 1) / 365.25;
}

/** `growth`: last equity ÷ capital. */
export function growthFigures(growth: number, years: number) {
  return { totalReturn: growth - 1, cagr: growth > 0 ? pow(growth, 1 / years) - 1 : -1 };
}

/** Share of bars with a position at their close. */
export function exposureOf(held: Int32Array): number {
  let bars = 0;
  for (let i = 0; i < held.length; i += 1) if (held[i]! > 0) bars += 1;
  return bars / held.length;
}

/** What one walk over the equity tells. */
interface EquityWalk {
  /** Returns on the session before; the first on the capital. */
  readonly returns: Float64Array;
  /** Sums of the returns above zero, of the others with their sign turned, and of the squares of those. */
  readonly gained: number;
  readonly lost: number;
  readonly below: number;
  readonly maxDrawdown: number;
}

export function walkEquity(equity: Float64Array, capital: number): EquityWalk {
  const returns = new Float64Array(equity.length);
  let [gained, lost, below, maxDrawdown] = [0, 0, 0, 0];
  let [last, high, bottom] = [capital, capital, capital];
  for (let i = 0; i < returns.length; i += 1) {
    const value = equity[i]!;
    const rate = value / last - 1;
    returns[i] = rate;
    last = value;
    // Not `if`: nobody can guess the sign of the next return, and the processor would try.
    const loss = Math.min(rate, 0);
    gained += Math.max(rate, 0);
    lost -= loss;
    below += loss * loss;
    if (value < high) {
      if (value < bottom) bottom = value;
      continue;
    }
    maxDrawdown = Math.min(maxDrawdown, bottom / high - 1); // one division a fall: of its values the lowest is the deepest
    high = value;
    bottom = value;
  }
  return { returns, gained, lost, below, maxDrawdown: Math.min(maxDrawdown, bottom / high - 1) };
}

/** Level of the session returns against how they scatter. */
export function riskFigures({ returns, gained, lost, below }: EquityWalk, years: number) {
  const count = returns.length;
  const mean = (gained - lost) / count;
  // A second walk over the returns: a sum of squares minus a squared sum would cancel.
  let squares = 0;
  for (let i = 0; i < count; i += 1) {
    const away = returns[i]! - mean;
    squares += away * away;
  }
  return riskRatios({ count, mean, squares, below }, years);
}

/** Of the session returns: how many, their mean, and the sums of their squares about it and of those below zero. */
export interface ReturnSums {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
  readonly below: number;
}

/** Sessions a year are those that there were. */
export function riskRatios({ count, mean, squares, below }: ReturnSums, years: number) {
  const scale = Math.sqrt(count / years);
  const deviation = Math.sqrt(squares / (count - 1));
  const downside = Math.sqrt(below / count);
  return {
    volatility: deviation * scale,
    downsideDeviation: downside * scale,
    sharpe: (mean / deviation) * scale,
    sortino: (mean / downside) * scale,
  };
}

/** Shape of the session returns, by their central moments. */
export function shapeFigures({ returns, gained, lost }: EquityWalk) {
  const count = returns.length;
  const mean = (gained - lost) / count;
  let [squares, cubes, fourths] = [0, 0, 0];
  for (let i = 0; i < count; i += 1) {
    const away = returns[i]! - mean;
    const square = away * away;
    squares += square;
    cubes += square * away;
    fourths += square * square;
  }
  const variance = squares / count;
  return {
    skew: cubes / count / (variance * Math.sqrt(variance)),
    kurtosis: fourths / count / (variance * variance) - 3,
    omega: gained / lost,
  };
}

/** Extremes and tails. */
export function tailFigures(returns: Float64Array) {
  const sorted = returns.slice().sort();
  const count = sorted.length;
  const tail = Math.ceil(count / TAIL_SESSIONS);
  let sum = 0;
  for (let i = 0; i < tail; i += 1) sum += sorted[i]!;
  const valueAtRisk95 = sorted[tail - 1]!;
  return {
    bestDay: sorted[count - 1]!,
    worstDay: sorted[0]!,
    valueAtRisk95,
    expectedShortfall95: sum / tail,
    tailRatio: valueAtRisk95 < 0 ? sorted[count - tail]! / -valueAtRisk95 : Number.NaN,
  };
}

/** Extremes of `[month, rate]`. */
export function monthFigures(months: readonly (readonly [month: string, rate: number])[]) {
  let [best, worst, won] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  for (const [, rate] of months) {
    best = Math.max(best, rate);
    worst = Math.min(worst, rate);
    if (rate > 0) won += 1;
  }
  return { bestMonth: best, worstMonth: worst, winningMonths: won / months.length };
}
