/** Highest value of the last `period`, this bar included. Linear: a queue keeps only candidates that can still win. */
export function highest(input: Float64Array, period: number): Float64Array {
  return extreme(input, period, 1);
}

/** Lowest value of the last `period`, this bar included. */
export function lowest(input: Float64Array, period: number): Float64Array {
  return extreme(input, period, -1);
}

function extreme(input: Float64Array, period: number, sign: 1 | -1): Float64Array {
  const out = new Float64Array(input.length).fill(Number.NaN);
  const queue = new Int32Array(input.length);
  let head = 0;
  let tail = 0;
  let lastMissing = -1;
  for (let i = 0; i < input.length; i += 1) {
    const value = input[i]! * sign;
    if (Number.isNaN(value)) lastMissing = i;
    while (tail > head && !(input[queue[tail - 1]!]! * sign > value)) tail -= 1;
    queue[tail] = i;
    tail += 1;
    if (queue[head]! <= i - period) head += 1;
    if (i >= period - 1 && lastMissing <= i - period) out[i] = input[queue[head]!]!;
  }
  return out;
}
