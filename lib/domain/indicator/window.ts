/** A column that is unknown throughout: for data without that field. */
export function unknownColumn(length: number): Float64Array {
  return new Float64Array(length).fill(Number.NaN);
}

/** `of(first, last)` for every whole window of `period` values none of which is missing; NaN elsewhere. */
export function overWindows(input: Float64Array, period: number, of: (first: number, last: number) => number): Float64Array {
  const out = unknownColumn(input.length);
  let lastMissing = -1;
  for (let i = 0; i < input.length; i += 1) {
    if (Number.isNaN(input[i]!)) lastMissing = i;
    const first = i - period + 1;
    if (first >= 0 && lastMissing < first) out[i] = of(first, i);
  }
  return out;
}

/** One value a bar from the bars' own columns. */
export function perBar(length: number, of: (i: number) => number): Float64Array {
  const out = new Float64Array(length);
  for (let i = 0; i < length; i += 1) out[i] = of(i);
  return out;
}

/** Mean of each window summed anew: unlike a running sum it never remembers what came before, also for fractions. */
export function windowMean(input: Float64Array, period: number): Float64Array {
  return overWindows(input, period, (first, last) => {
    let sum = 0;
    for (let j = first; j <= last; j += 1) sum += input[j]!;
    return sum / period;
  });
}
