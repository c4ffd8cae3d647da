/** What one process held at the end of a simulated hour, after a collection. */
export interface Usage {
  /** Bytes. */
  readonly rss: number;
  /** Sockets, timers, watchers, … that keep the process alive, and open file descriptors. */
  readonly handles: number;
}
export interface HourOfService extends Usage {
  readonly hour: number;
}

/** Warm-up: caches, pools and compiled code settle. */
export const FROM_HOUR = 4;
const MOST_GROWTH = 0.05;
/** Samples on each side of the comparison: one sample is weather. */
const SIDE_HOURS = 3;
/** A lane or a timer more or less at the moment of a look is not a leak. */
const HANDLE_NOISE = 4;

export interface Growth {
  /** Fraction of the resident memory of hour 4 that was added by the end. */
  readonly rss: number;
  readonly handles: number;
  readonly isSteady: boolean;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Compares the first hours from hour 4 on with the last ones; null while there are too few hours to tell. */
export function growthOf(hours: readonly HourOfService[]): Growth | null {
  const counted = hours.filter(({ hour }) => hour >= FROM_HOUR);
  if (counted.length < 2 * SIDE_HOURS) return null;
  const sides = [counted.slice(0, SIDE_HOURS), counted.slice(-SIDE_HOURS)] as const;
  const [before, after] = sides.map((side) => ({
    rss: median(side.map(({ rss }) => rss)),
    handles: median(side.map(({ handles }) => handles)),
  })) as [Usage, Usage];
  const rss = after.rss / before.rss - 1;
  const handles = after.handles - before.handles;
  return { rss, handles, isSteady: rss <= MOST_GROWTH && handles <= HANDLE_NOISE };
}
