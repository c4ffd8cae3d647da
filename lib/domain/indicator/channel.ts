import type { BarColumns } from './bar-columns.ts';
import { highest, lowest } from './extreme.ts';
import { ema } from './moving-average.ts';
import { atr } from './volatility.ts';
import { perBar } from './window.ts';

type Band = Record<'upper' | 'middle' | 'lower', Float64Array>;

/** Donchian channel: highest high and lowest low of the last `period` bars, this one included; a breakout compares with `shift: 1`. */
export function donchian({ high, low }: BarColumns, period: number): Band {
  const [upper, lower] = [highest(high, period), lowest(low, period)];
  return { upper, lower, middle: perBar(high.length, (i) => (upper[i]! + lower[i]!) / 2) };
}

/** Keltner channel (L. Raschke's form): EMA of the close ± multiple × ATR. */
export function keltner({ high, low, close }: BarColumns, period: number, atrPeriod: number, multiple: number): Band {
  const [middle, range] = [ema(close, period), atr(high, low, close, atrPeriod)];
  return {
    middle,
    upper: perBar(close.length, (i) => middle[i]! + multiple * range[i]!),
    lower: perBar(close.length, (i) => middle[i]! - multiple * range[i]!),
  };
}

/**
 * 일목균형표 (Ichimoku, G. Hosoda): 전환선 and 기준선 are the middles of `conversion` and `base` bars; the leading spans are given where they
 * are drawn, so the value at a bar was known `base` bars before. The lagging span would look ahead and is not offered.
 */
export function ichimoku(
  bars: BarColumns,
  conversion: number,
  base: number,
  leading: number,
): Record<'conversion' | 'base' | 'span_a' | 'span_b', Float64Array> {
  const [quick, slow, wide] = [conversion, base, leading].map((period) => donchian(bars, period).middle) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const drawnLater = (of: (i: number) => number) => perBar(bars.close.length, (i) => (i < base ? Number.NaN : of(i - base)));
  return {
    conversion: quick,
    base: slow,
    span_a: drawnLater((i) => (quick[i]! + slow[i]!) / 2),
    span_b: drawnLater((i) => wide[i]!),
  };
}
