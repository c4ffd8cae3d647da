import { AppError } from '#lib/errors.ts';
import type { KisClock } from './clock.ts';

/** Who goes first when the key's quota is short (ORDERS §4). */
export const LANES = ['cancel', 'exit', 'in_flight', 'entry', 'reconcile', 'screen'] as const;
export type Lane = (typeof LANES)[number];

/** One app key's quota. Everything that uses the key must share one governor. */
export interface Governor {
  /** Resolves when the call may go out; rejects with AppError('rate_limited') when it would wait longer than `maxWaitMs`. */
  take(lane: Lane, maxWaitMs?: number): Promise<void>;
  /** Lets nothing out for `ms`: the broker has just said we are too fast. */
  pause(ms: number): void;
  /** How many calls are waiting. */
  waiting(): number;
}

interface Waiter {
  readonly lane: number;
  readonly grant: () => void;
}

/**
 * A token bucket with priority lanes. The burst is a fifth of the rate, so that no second ever sees more than
 * rate × 1.2 calls: 15/s stays at KIS's ceiling of 18/s (notice of 2026-04-20), 0.95/s below paper's 1/s.
 */
export function createGovernor(options: { requestsPerSecond: number; clock: KisClock }): Governor {
  const { requestsPerSecond, clock } = options;
  const burst = Math.max(1, Math.floor(requestsPerSecond / 5));
  const waiters: Waiter[] = [];
  let tokens = burst;
  let refilledAt = clock.now();
  let pausedUntil = 0;
  let cancelTimer: (() => void) | null = null;

  function refill(): void {
    const now = clock.now();
    tokens = Math.min(burst, tokens + (Math.max(0, now - refilledAt) / 1000) * requestsPerSecond);
    refilledAt = now;
  }

  function pump(): void {
    cancelTimer?.();
    cancelTimer = null;
    refill();
    while (waiters.length > 0 && tokens >= 1 && clock.now() >= pausedUntil) {
      tokens -= 1;
      waiters.shift()!.grant();
    }
    if (waiters.length === 0) return;
    const untilToken = tokens >= 1 ? 0 : ((1 - tokens) / requestsPerSecond) * 1000;
    const delay = Math.max(untilToken, pausedUntil - clock.now());
    cancelTimer = clock.after(Math.max(1, Math.ceil(delay)), pump);
  }

  return {
    take(lane, maxWaitMs = 60_000) {
      return new Promise((resolve, reject) => {
        const grant = () => {
          callOff();
          resolve();
        };
        const waiter: Waiter = { lane: LANES.indexOf(lane), grant };
        const callOff = clock.after(maxWaitMs, () => {
          const at = waiters.indexOf(waiter);
          if (at < 0) return;
          waiters.splice(at, 1);
          reject(new AppError('rate_limited', 'request quota of the app key is used up', { detail: { lane, maxWaitMs } }));
        });
        const at = waiters.findIndex((other) => other.lane > waiter.lane);
        waiters.splice(at < 0 ? waiters.length : at, 0, waiter);
        pump();
      });
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
    },
    waiting: () => waiters.length,
  };
}
