/** Fewer additions than this are done faster than thought about. */
const FEW = 8;
/** Below every step that matters; a power of two. */
const LEAST_POWER = Number.EPSILON * Number.EPSILON * Number.EPSILON * Number.EPSILON;

/**
 * Adds one number many times over, to the bit as if by one addition after the other: n × step is another number, for each sum is rounded.
 * Between two powers of two all doubles lie equally far apart. So every addition there gains the same, save the first where the step is
 * half a distance off, which rounds to even; and whole distances can be taken many at once without rounding.
 */
export class RepeatedSum {
  /** Not below 0. */
  private readonly step: number;
  /** A power of two not above the next one over the last sum; sums only grow. */
  private power = LEAST_POWER;

  constructor(step: number) {
    this.step = step;
  }

  /** `sum`, not below 0 nor below what this gave before, plus `times` the step. */
  addTo(sum: number, times: number): number {
    const { step } = this;
    let total = sum;
    let left = times;
    while (left > FEW && step > LEAST_POWER) {
      const before = total;
      const first = before + step;
      total = first + step;
      left -= 2;
      let { power } = this;
      while (power <= total) power *= 2;
      this.power = power;
      const gain = total - first;
      if (before < power / 2 || gain === 0) continue; // a power lies between, or the step is too small to count
      const many = Math.min(left, Math.floor((power - total) / gain) - 1);
      if (many < 1) continue;
      total += many * gain;
      left -= many;
    }
    for (; left > 0; left -= 1) total += step;
    return total;
  }
}
