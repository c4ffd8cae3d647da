/** Time as a service sees it; tests hand in one that runs faster. */
export interface Clock {
  /** Milliseconds that never jump; for durations and for "may our lease have expired". */
  monotonic(): number;
  /** Milliseconds since the epoch; for days and for what is written down. */
  wall(): number;
  /** Runs once after `ms`; the returned function calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

const SEOUL_OFFSET_MS = 9 * 3_600_000; // Korea has had no daylight saving since 1988.

/** `YYYY-MM-DD` and `HHMMSS` in Seoul of an instant. */
export function seoul(at: number): { day: string; time: string } {
  const text = new Date(at + SEOUL_OFFSET_MS).toISOString();
  return { day: text.slice(0, 10), time: text.slice(11, 19).replaceAll(':', '') };
}
