import type { BarColumns } from './bar-columns.ts';
import { highest, lowest } from './extreme.ts';
import { rsi } from './momentum.ts';
import { ema } from './moving-average.ts';
import { overWindows, perBar, windowMean } from './window.ts';

/** Value − value `period` bars ago. */
export function momentum(input: Float64Array, period: number): Float64Array {
  return perBar(input.length, (i) => (i < period ? Number.NaN : input[i]! - input[i - period]!));
}

/** Percentage price oscillator as a fraction: (EMA(fast) − EMA(slow)) ÷ EMA(slow), its EMA, and the difference of the two. */
export function ppo(
  input: Float64Array,
  fast: number,
  slow: number,
  signal: number,
): Record<'line' | 'signal' | 'histogram', Float64Array> {
  const [quick, lazy] = [ema(input, fast), ema(input, slow)];
  const line = perBar(input.length, (i) => (lazy[i] === 0 ? Number.NaN : (quick[i]! - lazy[i]!) / lazy[i]!));
  const mean = ema(line, signal);
  return { line, signal: mean, histogram: perBar(input.length, (i) => line[i]! - mean[i]!) };
}

/** TRIX (J. Hutson, 1983) as a fraction: change over one bar of the EMA of the EMA of the EMA. */
export function trix(input: Float64Array, period: number): Float64Array {
  const smooth = ema(ema(ema(input, period), period), period);
  return perBar(input.length, (i) => (i === 0 || smooth[i - 1] === 0 ? Number.NaN : smooth[i]! / smooth[i - 1]! - 1));
}

/** Chande's momentum oscillator, −100 to 100: 100 × (ups − downs) ÷ (ups + downs) of the last `period` changes; 0 without any change. */
export function cmo(input: Float64Array, period: number): Float64Array {
  const change = perBar(input.length, (i) => (i === 0 ? Number.NaN : input[i]! - input[i - 1]!));
  return overWindows(change, period, (first, last) => {
    let up = 0;
    let down = 0;
    for (let j = first; j <= last; j += 1) {
      if (change[j]! > 0) up += change[j]!;
      else down -= change[j]!;
    }
    return up + down === 0 ? 0 : (100 * (up - down)) / (up + down);
  });
}

/** Where `value` lies between the lowest and the highest, 0–100; in the middle when there is no room between them. */
const place = (value: number, low: number, high: number): number => (high === low ? 50 : (100 * (value - low)) / (high - low));

/** Slow stochastic (G. Lane): %K = mean over `smooth` of the close's place in the range of `period` bars, %D = mean of %K over `signal`. */
export function stochastic(
  { high, low, close }: BarColumns,
  period: number,
  smooth: number,
  signal: number,
): Record<'k' | 'd', Float64Array> {
  const [top, bottom] = [highest(high, period), lowest(low, period)];
  const k = windowMean(
    perBar(close.length, (i) => place(close[i]!, bottom[i]!, top[i]!)),
    smooth,
  );
  return { k, d: windowMean(k, signal) };
}

/** Stochastic RSI (T. Chande and S. Kroll, 1994), 0–100: the place of the RSI in its own range, smoothed like the stochastic. */
export function stochRsi(
  input: Float64Array,
  rsiPeriod: number,
  period: number,
  smooth: number,
  signal: number,
): Record<'k' | 'd', Float64Array> {
  const index = rsi(input, rsiPeriod);
  const [top, bottom] = [highest(index, period), lowest(index, period)];
  const k = windowMean(
    perBar(input.length, (i) => place(index[i]!, bottom[i]!, top[i]!)),
    smooth,
  );
  return { k, d: windowMean(k, signal) };
}

/** Williams %R, −100 to 0: the close's place in the range of `period` bars, counted down from the top. */
export function williamsR({ high, low, close }: BarColumns, period: number): Float64Array {
  const [top, bottom] = [highest(high, period), lowest(low, period)];
  return perBar(close.length, (i) => place(close[i]!, bottom[i]!, top[i]!) - 100);
}

/** Commodity channel index (D. Lambert, 1980): (TP − mean of TP) ÷ (0.015 × mean absolute deviation); 0 when nothing moved. */
export function cci({ high, low, close }: BarColumns, period: number): Float64Array {
  const typical = perBar(close.length, (i) => (high[i]! + low[i]! + close[i]!) / 3);
  return overWindows(typical, period, (first, last) => {
    let sum = 0;
    for (let j = first; j <= last; j += 1) sum += typical[j]!;
    const mean = sum / period;
    let deviation = 0;
    for (let j = first; j <= last; j += 1) deviation += Math.abs(typical[j]! - mean);
    return deviation === 0 ? 0 : (typical[last]! - mean) / ((0.015 * deviation) / period);
  });
}
