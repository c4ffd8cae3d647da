/**
 * The run's one clock. Every process of a chaos run lives in a world that begins at `startsAt` and runs `factor` times as fast as the
 * machine: timers, `Date`, `performance.now` and, in the chaos database, `now()` and `clock_timestamp()`. So every wait, lease, quota
 * and limit keeps its proportion to every other, and nothing in the product knows of it.
 */
export interface ScaledTime {
  readonly factor: number;
  /** Epoch milliseconds of the machine at which the world began. */
  readonly begunAt: number;
  /** Epoch milliseconds of the world at that moment. */
  readonly startsAt: number;
}

/** Five past midnight in Seoul of a day that every rule of the calendar knows: the day does not change under a run of some hours. */
const STARTS_AT = Date.parse('2026-12-01T00:05:00+09:00');
export const CHAOS_DAY = '2026-12-01';

/** How far the venue's clock is ahead of ours: the gate lets 3 s pass, and identical orders are less than that apart. */
export const SKEW_MS = 2_000;

export function beginTime(factor: number, startsAt = STARTS_AT): ScaledTime {
  return { factor, begunAt: Date.now(), startsAt };
}

/** The world's instant at a machine's instant. */
export function worldTime(time: ScaledTime, machineMs: number): number {
  return time.startsAt + (machineMs - time.begunAt) * time.factor;
}

/** Puts this process into the world; to be called before anything else is loaded. */
export function enterWorld(time: ScaledTime): void {
  const { factor } = time;
  const machine = { Date, now: Date.now.bind(Date), setTimeout, setInterval, perf: performance.now.bind(performance) };
  const now = () => Math.floor(worldTime(time, machine.now()));
  class WorldDate extends machine.Date {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [now()] : given) as [number]));
    }
    static override now(): number {
      return now();
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      return Object.prototype.toString.call(value) === '[object Date]';
    }
  }
  const scaled =
    (original: typeof setTimeout | typeof setInterval) =>
    (run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
      original(run, ms / factor, ...given);
  Object.assign(globalThis, { Date: WorldDate, setTimeout: scaled(machine.setTimeout), setInterval: scaled(machine.setInterval) });
  performance.now = () => machine.perf() * factor;
}
