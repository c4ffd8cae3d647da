/**
 * Averages over a column. Every function here returns a column of the same length, NaN until it is defined, and a value that
 * depends on nothing after its own index. A NaN inside a window makes that window undefined; leading NaN only delay the start.
 * Window sums of whole values are kept by adding and subtracting: exact while they stay below 2^53.
 */

/**
 * Simple moving average: mean of the last `period` values. Defined from the `period`-th value. Of fractions (adjusted prices) a
 * running sum keeps the rounding of values long gone, by which two equal averages seem to cross: such windows are summed anew.
 */
export function sma(input: Float64Array, period: number): Float64Array {
  return smaOfWhole(input, period) ?? smaOfAny(input, period);
}

/** Raw prices are whole, and then there is nothing to look after; null at the first value that is not. */
function smaOfWhole(input: Float64Array, period: number): Float64Array | null {
  const out = new Float64Array(input.length);
  let sum = 0;
  for (let i = 0; i < input.length; i += 1) {
    const entering = input[i]!;
    if (Math.floor(entering) !== entering) return null; // a missing one too
    sum += i >= period ? entering - input[i - period]! : entering;
    out[i] = i >= period - 1 ? sum / period : Number.NaN;
  }
  return out;
}

function smaOfAny(input: Float64Array, period: number): Float64Array {
  const out = new Float64Array(input.length);
  let sum = 0;
  let missing = 0;
  let sinceFraction = period; // values since the last fraction; beyond `period` the running sum holds whole values only
  for (let i = 0; i < input.length; i += 1) {
    const entering = input[i]!;
    const leaving = i >= period ? input[i - period]! : 0;
    if (Number.isNaN(entering)) missing += 1;
    if (Number.isNaN(leaving)) missing -= 1;
    sinceFraction = Math.floor(entering) < entering ? 0 : sinceFraction + 1;
    if (sinceFraction <= period) sum = sumOf(input, Math.max(0, i - period + 1), i);
    else {
      if (!Number.isNaN(entering)) sum += entering;
      if (!Number.isNaN(leaving)) sum -= leaving;
    }
    out[i] = i >= period - 1 && missing === 0 ? sum / period : Number.NaN;
  }
  return out;
}

/** The values of `[first, last]`, oldest first, without the missing ones. */
function sumOf(input: Float64Array, first: number, last: number): number {
  let sum = 0;
  for (let j = first; j <= last; j += 1) if (!Number.isNaN(input[j]!)) sum += input[j]!;
  return sum;
}

/**
 * Exponential moving average, k = 2/(period + 1), seeded with the simple mean of the first `period` values (TA-Lib's
 * classic seed). Its memory never ends, so two histories of different length differ in the last digits.
 */
export function ema(input: Float64Array, period: number): Float64Array {
  return recursiveMean(input, period, 2 / (period + 1));
}

/** Wilder's average: an exponential average with k = 1/period, same seed (J. W. Wilder, 1978). */
export function wilderMean(input: Float64Array, period: number): Float64Array {
  return recursiveMean(input, period, 1 / period);
}

function recursiveMean(input: Float64Array, period: number, weight: number): Float64Array {
  const out = new Float64Array(input.length).fill(Number.NaN);
  let seedSum = 0;
  let seen = 0;
  let mean = 0;
  for (let i = 0; i < input.length; i += 1) {
    const value = input[i]!;
    if (Number.isNaN(value)) continue;
    seen += 1;
    if (seen < period) {
      seedSum += value;
      continue;
    }
    mean = seen === period ? (seedSum + value) / period : mean + weight * (value - mean);
    out[i] = mean;
  }
  return out;
}
