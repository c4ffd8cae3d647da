/**
 * exp, log and pow on + − × ÷ only. The built-ins differ between JavaScript engines (Math.exp and Math.log between Node 24
 * and Chromium, Math.pow between Node 20 and 24: measured), and one differing bit changes a run's hash.
 */

/** ln 2 in two parts: the high part has 32 trailing zero bits, so k × LN2_HIGH is exact for every exponent k. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = Math.LOG2E;
const SQRT_HALF = Math.SQRT1_2;

const scratch = new DataView(new ArrayBuffer(8));

/** 2^k for −1022 ≤ k ≤ 1023, built from its bits. */
function powerOfTwo(k: number): number {
  scratch.setUint32(0, (k + 1023) << 20);
  scratch.setUint32(4, 0);
  return scratch.getFloat64(0);
}

/** Natural logarithm; NaN below zero, −Infinity at zero. Within 2 units in the last place of the true value. */
export function log(x: number): number {
  if (!(x >= 0)) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  let shift = 0;
  let value = x;
  if (value < 2.2250738585072014e-308) {
    value *= 18014398509481984; // 2^54 lifts a subnormal into the normal range
    shift = -54;
  }
  scratch.setFloat64(0, value);
  const high = scratch.getUint32(0);
  let exponent = ((high >>> 20) & 0x7ff) - 1023 + shift;
  scratch.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  let mantissa = scratch.getFloat64(0); // [1, 2)
  if (mantissa * SQRT_HALF > 1) {
    mantissa *= 0.5;
    exponent += 1;
  }
  // log m = 2 atanh s, s = (m − 1)/(m + 1), |s| ≤ 0.172: the 13th term is below 2^-60.
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let series = 0;
  for (let n = 27; n >= 3; n -= 2) series = square * (1 / n + series);
  return exponent * LN2_HIGH + (2 * s + (2 * s * series + exponent * LN2_LOW));
}

/** e^x. Within 2 units in the last place of the true value. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.2) return 0;
  const k = Math.round(x * INVERSE_LN2);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low; // |r| ≤ 0.347
  const lost = high - r - low; // what rounding took from r
  let tail = 0;
  for (let n = 18; n >= 2; n -= 1) tail = (r / n) * (1 + tail);
  const sum = 1 + (r + (r * tail + lost));
  if (k > 1023) return sum * 2 * powerOfTwo(k - 1);
  if (k < -1021) return sum * powerOfTwo(k + 60) * powerOfTwo(-60);
  return sum * powerOfTwo(k);
}

/** x^y for x ≥ 0, or for any x with a whole y. Whole powers up to 1024 are products, others exp(y log x). */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isInteger(y) && y >= -1024 && y <= 1024) {
    let result = 1;
    let base = x;
    for (let n = y < 0 ? -y : y; n > 0; n = Math.floor(n / 2)) {
      if (n % 2 === 1) result *= base;
      base *= base;
    }
    return y < 0 ? 1 / result : result;
  }
  if (x === 0) return y > 0 ? 0 : Number.POSITIVE_INFINITY;
  return exp(y * log(x));
}
