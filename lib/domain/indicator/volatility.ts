import type { BarColumns } from './bar-columns.ts';
import { sma, wilderMean } from './moving-average.ts';
import { perBar } from './window.ts';

/** Population standard deviation of the last `period` values (÷ n, as Bollinger and TA-Lib's STDDEV use it). */
export function stddev(input: Float64Array, period: number): Float64Array {
  const mean = sma(input, period);
  const out = new Float64Array(input.length).fill(Number.NaN);
  for (let i = period - 1; i < input.length; i += 1) {
    const center = mean[i]!;
    if (Number.isNaN(center)) continue;
    let squares = 0; // two passes: the sum of squares minus the squared sum would cancel
    for (let j = i - period + 1; j <= i; j += 1) {
      const distance = input[j]! - center;
      squares += distance * distance;
    }
    out[i] = Math.sqrt(squares / period);
  }
  return out;
}

/** Bollinger bands: SMA ± deviations × population standard deviation. */
export function bollinger(input: Float64Array, period: number, deviations: number): Record<'upper' | 'middle' | 'lower', Float64Array> {
  const middle = sma(input, period);
  const spread = stddev(input, period);
  const upper = new Float64Array(input.length);
  const lower = new Float64Array(input.length);
  for (let i = 0; i < upper.length; i += 1) {
    upper[i] = middle[i]! + deviations * spread[i]!;
    lower[i] = middle[i]! - deviations * spread[i]!;
  }
  return { upper, middle, lower };
}

/** True range: the day's range including the gap from the last close. The first bar has none. */
export function trueRange(high: Float64Array, low: Float64Array, close: Float64Array): Float64Array {
  const out = new Float64Array(close.length).fill(Number.NaN);
  for (let i = 1; i < out.length; i += 1) {
    const previous = close[i - 1]!;
    const top = Math.max(high[i]!, previous);
    const bottom = Math.min(low[i]!, previous);
    out[i] = top - bottom;
  }
  return out;
}

/** Wilder's average true range. Defined from the bar after `period` true ranges. */
export function atr(high: Float64Array, low: Float64Array, close: Float64Array, period: number): Float64Array {
  return wilderMean(trueRange(high, low, close), period);
}

/** ATR ÷ close, to compare shares of different prices. */
export function natr({ high, low, close }: BarColumns, period: number): Float64Array {
  const range = atr(high, low, close, period);
  return perBar(close.length, (i) => (close[i] === 0 ? Number.NaN : range[i]! / close[i]!));
}
