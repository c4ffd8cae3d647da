import { ema } from './moving-average.ts';
import { overWindows, perBar, unknownColumn } from './window.ts';

/** Weighted moving average: the newest value weighs `period`, the oldest 1. */
export function wma(input: Float64Array, period: number): Float64Array {
  return overWindows(input, period, (first, last) => {
    let sum = 0;
    for (let j = first; j <= last; j += 1) sum += input[j]! * (j - first + 1);
    return sum / ((period * (period + 1)) / 2);
  });
}

/** Double exponential moving average (P. Mulloy, 1994): 2 × EMA − EMA of the EMA. */
export function dema(input: Float64Array, period: number): Float64Array {
  const once = ema(input, period);
  const twice = ema(once, period);
  return perBar(input.length, (i) => 2 * once[i]! - twice[i]!);
}

/** Triple exponential moving average (P. Mulloy, 1994): 3 × EMA − 3 × EMA² + EMA³. */
export function tema(input: Float64Array, period: number): Float64Array {
  const once = ema(input, period);
  const twice = ema(once, period);
  const thrice = ema(twice, period);
  return perBar(input.length, (i) => 3 * once[i]! - 3 * twice[i]! + thrice[i]!);
}

/** Windows inside the Hull average: half the period and its root, both rounded down (A. Hull, 2005). */
export function hullWindows(period: number): { half: number; root: number } {
  return { half: Math.max(1, Math.floor(period / 2)), root: Math.max(1, Math.floor(Math.sqrt(period))) };
}

/** Hull moving average: WMA over √n of 2 × WMA(n ÷ 2) − WMA(n). */
export function hma(input: Float64Array, period: number): Float64Array {
  const { half, root } = hullWindows(period);
  const fast = wma(input, half);
  const slow = wma(input, period);
  return wma(
    perBar(input.length, (i) => 2 * fast[i]! - slow[i]!),
    root,
  );
}

/** Zero-lag exponential moving average: the EMA of 2x − x of (period − 1) ÷ 2 bars ago (J. Ehlers and R. Way, 2010). */
export function zlema(input: Float64Array, period: number): Float64Array {
  const lag = zlemaLag(period);
  return ema(
    perBar(input.length, (i) => (i < lag ? Number.NaN : 2 * input[i]! - input[i - lag]!)),
    period,
  );
}
export const zlemaLag = (period: number): number => Math.floor((period - 1) / 2);

/**
 * Kaufman's adaptive moving average (P. Kaufman, 1995), between EMA constants of `fast` and `slow` by the efficiency |net change| ÷
 * Σ|changes| of the last `period` changes. Starts from the value before the first whole window; a missing value starts it anew.
 */
export function kama(input: Float64Array, period: number, fast: number, slow: number): Float64Array {
  const out = unknownColumn(input.length);
  const [quick, lazy] = [2 / (fast + 1), 2 / (slow + 1)];
  let run = 0;
  let mean = Number.NaN;
  for (let i = 0; i < input.length; i += 1) {
    run = Number.isNaN(input[i]!) ? 0 : run + 1;
    if (run <= period) {
      mean = Number.NaN;
      continue;
    }
    let path = 0;
    for (let j = i - period + 1; j <= i; j += 1) path += Math.abs(input[j]! - input[j - 1]!);
    const efficiency = path === 0 ? 1 : Math.abs(input[i]! - input[i - period]!) / path;
    const root = efficiency * (quick - lazy) + lazy;
    const before = Number.isNaN(mean) ? input[i - 1]! : mean;
    mean = before + root * root * (input[i]! - before);
    out[i] = mean;
  }
  return out;
}
