import type { BarColumns } from './bar-columns.ts';
import { sma } from './moving-average.ts';
import { stddev } from './volatility.ts';
import { overWindows, perBar, unknownColumn } from './window.ts';

/** 이격도 as a ratio: value ÷ its simple average; 1.05 is 105 on Korean screens. */
export function disparity(input: Float64Array, period: number): Float64Array {
  const mean = sma(input, period);
  return perBar(input.length, (i) => (mean[i] === 0 ? Number.NaN : input[i]! / mean[i]!));
}

/** Distance from the simple average in population standard deviations; 0 when nothing moved. */
export function zScore(input: Float64Array, period: number): Float64Array {
  const [mean, spread] = [sma(input, period), stddev(input, period)];
  return perBar(input.length, (i) => (spread[i] === 0 ? 0 : (input[i]! - mean[i]!) / spread[i]!));
}

/** Slope a bar of the least-squares line through the last `period` values. */
export function slope(input: Float64Array, period: number): Float64Array {
  const center = (period - 1) / 2;
  const spread = (period * (period * period - 1)) / 12; // Σ (x − mean x)² of 0 … n − 1
  return overWindows(input, period, (first, last) => {
    let sum = 0;
    for (let j = first; j <= last; j += 1) sum += (j - first - center) * input[j]!;
    return sum / spread;
  });
}

/** Share of the `period` values before this one that were lower, 0–100. */
export function percentRank(input: Float64Array, period: number): Float64Array {
  return overWindows(input, period + 1, (first, last) => {
    let lower = 0;
    for (let j = first; j < last; j += 1) if (input[j]! < input[last]!) lower += 1;
    return (100 * lower) / period;
  });
}

/** Open ÷ the close before − 1. */
export function gapRate({ open, close }: BarColumns): Float64Array {
  if (!open) return unknownColumn(close.length);
  return perBar(close.length, (i) => (i === 0 || close[i - 1] === 0 ? Number.NaN : open[i]! / close[i - 1]! - 1));
}
