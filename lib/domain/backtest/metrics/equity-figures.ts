/** One session in twenty is a tail. */
const TAIL_SESSIONS = 20;

/** Returns on the session before; the first on the capital. */
export function sessionReturns(equity: Float64Array, capital: number): Float64Array {
  const returns = new Float64Array(equity.length);
  let last = capital;
  for (let i = 0; i < returns.length; i += 1) {
    const value = equity[i]!;
    returns[i] = value / last - 1;
    last = value;
  }
  return returns;
}

/** Level and shape of session returns, and the ratios that need nothing else. `perYear`: sessions a year. */
export function returnFigures(returns: Float64Array, perYear: number) {
  const count = returns.length;
  const scale = Math.sqrt(perYear);
  let [gained, lost, below] = [0, 0, 0];
  for (let i = 0; i < count; i += 1) {
    const rate = returns[i]!;
    if (rate > 0) gained += rate;
    else {
      lost -= rate;
      below += rate * rate;
    }
  }
  const mean = (gained - lost) / count;
  const { squares, cubes, fourths } = powerSums(returns, mean);
  const variance = squares / count;
  const deviation = Math.sqrt(squares / (count - 1));
  const downside = Math.sqrt(below / count);
  return {
    volatility: deviation * scale,
    downsideDeviation: downside * scale,
    skew: cubes / count / (variance * Math.sqrt(variance)),
    kurtosis: fourths / count / (variance * variance) - 3,
    sharpe: (mean / deviation) * scale,
    sortino: (mean / downside) * scale,
    omega: gained / lost,
  };
}

/** A second walk over the returns: sums of squares minus a squared sum would cancel. */
function powerSums(returns: Float64Array, mean: number) {
  let [squares, cubes, fourths] = [0, 0, 0];
  for (let i = 0; i < returns.length; i += 1) {
    const away = returns[i]! - mean;
    const square = away * away;
    squares += square;
    cubes += square * away;
    fourths += square * square;
  }
  return { squares, cubes, fourths };
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
