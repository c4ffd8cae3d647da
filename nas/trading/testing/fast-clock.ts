import type { Clock } from '#nas/runtime/clock.ts';

/** A clock whose waits pass `factor` times as fast; days and instants stay real. */
export function fastClock(factor: number): Clock {
  return {
    monotonic: () => performance.now() * factor,
    wall: () => Date.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms / factor);
      return () => clearTimeout(timer);
    },
  };
}
