import type { BarColumns } from './bar-columns.ts';
import { sma } from './moving-average.ts';
import { overWindows, perBar, unknownColumn } from './window.ts';

/** Sums over a window with volume as the weight; NaN where nothing traded in it. */
function weighted(values: Float64Array, volume: Float64Array, period: number): Float64Array {
  const product = perBar(values.length, (i) => values[i]! * volume[i]!);
  return overWindows(product, period, (first, last) => {
    let sum = 0;
    let shares = 0;
    for (let j = first; j <= last; j += 1) {
      sum += product[j]!;
      shares += volume[j]!;
    }
    return shares === 0 ? Number.NaN : sum / shares;
  });
}
const typicalPrice = ({ high, low, close }: BarColumns): Float64Array => perBar(close.length, (i) => (high[i]! + low[i]! + close[i]!) / 3);

/** Volume-weighted moving average of any input. */
export function vwma(input: Float64Array, { volume }: BarColumns, period: number): Float64Array {
  return volume ? weighted(input, volume, period) : unknownColumn(input.length);
}

/** Volume-weighted average of the typical price (high + low + close) ÷ 3 over the last `period` bars. */
export function rollingVwap(bars: BarColumns, period: number): Float64Array {
  return bars.volume ? weighted(typicalPrice(bars), bars.volume, period) : unknownColumn(bars.close.length);
}

/** Volume ÷ mean volume of the `period` bars before this one: 3 means three times the usual. NaN where nothing traded before. */
export function volumeRatio({ volume, close }: BarColumns, period: number): Float64Array {
  if (!volume) return unknownColumn(close.length);
  const usual = sma(volume, period);
  return perBar(close.length, (i) => (i === 0 || usual[i - 1] === 0 ? Number.NaN : volume[i]! / usual[i - 1]!));
}

/** On-balance volume (J. Granville, 1963), from 0 at the first bar: only its course means something, not its level. */
export function obv({ volume, close }: BarColumns): Float64Array {
  if (!volume) return unknownColumn(close.length);
  let sum = 0;
  return perBar(close.length, (i) => {
    if (i > 0 && close[i]! > close[i - 1]!) sum += volume[i]!;
    else if (i > 0 && close[i]! < close[i - 1]!) sum -= volume[i]!;
    return sum;
  });
}

/** Money flow index (G. Quong and A. Soudack, 1989), 0–100: the RSI of typical price × volume; 50 when no bar moved. */
export function mfi(bars: BarColumns, period: number): Float64Array {
  const { volume } = bars;
  if (!volume) return unknownColumn(bars.close.length);
  const typical = typicalPrice(bars);
  const flow = perBar(typical.length, (i) => {
    if (i === 0) return Number.NaN;
    const step = typical[i]! - typical[i - 1]!;
    return Number.isNaN(step) ? Number.NaN : step > 0 ? typical[i]! * volume[i]! : step < 0 ? -typical[i]! * volume[i]! : 0;
  });
  return overWindows(flow, period, (first, last) => {
    let into = 0;
    let outOf = 0;
    for (let j = first; j <= last; j += 1) {
      if (flow[j]! > 0) into += flow[j]!;
      else outOf -= flow[j]!;
    }
    return into + outOf === 0 ? 50 : (100 * into) / (into + outOf);
  });
}

/** Chaikin money flow, −1 to 1: volume weighted by where each bar closed in its range (+1 at the high, −1 at the low). */
export function cmf({ high, low, close, volume }: BarColumns, period: number): Float64Array {
  if (!volume) return unknownColumn(close.length);
  const placeInRange = perBar(close.length, (i) =>
    high[i] === low[i] ? 0 : (close[i]! - low[i]! - (high[i]! - close[i]!)) / (high[i]! - low[i]!),
  );
  return weighted(placeInRange, volume, period);
}
