import type { BarColumns } from './bar-columns.ts';
import { wilderMean } from './moving-average.ts';
import { atr, trueRange } from './volatility.ts';
import { overWindows, perBar, unknownColumn } from './window.ts';

/** Wilder's directional movement (1978), 0–100: ADX says how strong a trend is, +DI and −DI which way it goes. */
export function adx({ high, low, close }: BarColumns, period: number): Record<'adx' | 'plus' | 'minus', Float64Array> {
  const moved = (isUp: boolean) =>
    perBar(close.length, (i) => {
      if (i === 0) return Number.NaN;
      const up = high[i]! - high[i - 1]!;
      const down = low[i - 1]! - low[i]!;
      if (Number.isNaN(up + down)) return Number.NaN;
      const [mine, other] = isUp ? [up, down] : [down, up];
      return mine > other && mine > 0 ? mine : 0;
    });
  const range = wilderMean(trueRange(high, low, close), period);
  const direction = (isUp: boolean) => {
    const mean = wilderMean(moved(isUp), period);
    return perBar(close.length, (i) => (range[i] === 0 ? 0 : (100 * mean[i]!) / range[i]!));
  };
  const [plus, minus] = [direction(true), direction(false)];
  const strength = perBar(close.length, (i) => {
    const total = plus[i]! + minus[i]!;
    return total === 0 ? 0 : (100 * Math.abs(plus[i]! - minus[i]!)) / total;
  });
  return { adx: wilderMean(strength, period), plus, minus };
}

/** Aroon (T. Chande, 1995), 0–100: how lately the highest high and the lowest low of the last `period` bars came; 100 is now. */
export function aroon({ high, low }: BarColumns, period: number): Record<'up' | 'down' | 'oscillator', Float64Array> {
  const recency = (column: Float64Array, beats: (a: number, b: number) => boolean) =>
    overWindows(column, period + 1, (first, last) => {
      let best = first;
      for (let j = first + 1; j <= last; j += 1) if (beats(column[j]!, column[best]!)) best = j;
      return (100 * (best - first)) / period;
    });
  const up = recency(high, (a, b) => a >= b);
  const down = recency(low, (a, b) => a <= b);
  return { up, down, oscillator: perBar(high.length, (i) => up[i]! - down[i]!) };
}

/**
 * Supertrend (O. Seban): the band (high + low) ÷ 2 ± multiple × ATR that trails the price; below it in an up-trend, above it in a
 * down-trend. It begins as an up-trend when the first close lies above the middle of its bar.
 */
export function supertrend({ high, low, close }: BarColumns, period: number, multiple: number): Float64Array {
  const range = atr(high, low, close, period);
  const out = unknownColumn(close.length);
  let upper = Number.NaN;
  let lower = Number.NaN;
  let isUp = true;
  for (let i = 0; i < close.length; i += 1) {
    if (Number.isNaN(range[i]!)) continue;
    const middle = (high[i]! + low[i]!) / 2;
    const [top, bottom] = [middle + multiple * range[i]!, middle - multiple * range[i]!];
    if (Number.isNaN(upper)) {
      [upper, lower, isUp] = [top, bottom, close[i]! >= middle];
    } else {
      const before = close[i - 1]!;
      upper = top < upper || before > upper ? top : upper;
      lower = bottom > lower || before < lower ? bottom : lower;
      isUp = isUp ? close[i]! >= lower : close[i]! > upper;
    }
    out[i] = isUp ? lower : upper;
  }
  return out;
}

/**
 * Parabolic SAR (J. W. Wilder, 1978). Begins upward when the second bar's high rose at least as far as its low fell; the stop never
 * passes the range of the two bars before.
 */
export function parabolicSar({ high, low }: BarColumns, step: number, most: number): Float64Array {
  const out = unknownColumn(high.length);
  if (high.length < 2) return out;
  let isUp = high[1]! - high[0]! >= low[0]! - low[1]!;
  let stop = isUp ? low[0]! : high[0]!;
  let extreme = isUp ? high[1]! : low[1]!;
  let pace = step;
  out[1] = stop;
  for (let i = 2; i < high.length; i += 1) {
    stop += pace * (extreme - stop);
    stop = isUp ? Math.min(stop, low[i - 1]!, low[i - 2]!) : Math.max(stop, high[i - 1]!, high[i - 2]!);
    const isTurned = isUp ? low[i]! < stop : high[i]! > stop;
    if (isTurned) {
      stop = extreme;
      isUp = !isUp;
      extreme = isUp ? high[i]! : low[i]!;
      pace = step;
    } else if (isUp ? high[i]! > extreme : low[i]! < extreme) {
      extreme = isUp ? high[i]! : low[i]!;
      pace = Math.min(pace + step, most);
    }
    out[i] = stop;
  }
  return out;
}
