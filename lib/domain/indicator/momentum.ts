import { ema, wilderMean } from './moving-average.ts';

/**
 * Wilder's relative strength index, 0–100: 100 × average gain ÷ (average gain + average loss). Defined from the value after
 * `period` changes. A window without any change is 50: neither side was stronger.
 */
export function rsi(input: Float64Array, period: number): Float64Array {
  const gains = new Float64Array(input.length).fill(Number.NaN);
  const losses = new Float64Array(input.length).fill(Number.NaN);
  for (let i = 1; i < input.length; i += 1) {
    const change = input[i]! - input[i - 1]!;
    if (Number.isNaN(change)) continue;
    gains[i] = Math.max(change, 0);
    losses[i] = change < 0 ? -change : 0;
  }
  const gain = wilderMean(gains, period);
  const loss = wilderMean(losses, period);
  const out = new Float64Array(input.length);
  for (let i = 0; i < out.length; i += 1) {
    const total = gain[i]! + loss[i]!;
    out[i] = total === 0 ? 50 : (100 * gain[i]!) / total;
  }
  return out;
}

/** MACD (G. Appel): line = EMA(fast) − EMA(slow), signal = EMA(line), histogram = line − signal. */
export function macd(
  input: Float64Array,
  fast: number,
  slow: number,
  signal: number,
): Record<'line' | 'signal' | 'histogram', Float64Array> {
  const fastMean = ema(input, fast);
  const slowMean = ema(input, slow);
  const line = new Float64Array(input.length);
  for (let i = 0; i < line.length; i += 1) line[i] = fastMean[i]! - slowMean[i]!;
  const signalLine = ema(line, signal);
  const histogram = new Float64Array(input.length);
  for (let i = 0; i < line.length; i += 1) histogram[i] = line[i]! - signalLine[i]!;
  return { line, signal: signalLine, histogram };
}

/** Rate of change as a fraction: value ÷ value `period` bars ago − 1. Undefined where the older value is not positive. */
export function roc(input: Float64Array, period: number): Float64Array {
  const out = new Float64Array(input.length).fill(Number.NaN);
  for (let i = period; i < input.length; i += 1) {
    const base = input[i - period]!;
    if (base > 0) out[i] = input[i]! / base - 1;
  }
  return out;
}
