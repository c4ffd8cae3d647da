import { AppError } from '#lib/errors.ts';
import type { KisClock } from './clock.ts';

/** Who goes first when the key's quota is short (ORDERS §4). */
export const LANES = ['cancel', 'exit', 'in_flight', 'entry', 'reconcile', 'screen'] as const;
export type Lane = (typeof LANES)[number];

/** Where calls come from: a bucket of this process, or the key's own shared by the fleet. */
export interface CallSource {
  /** Up to `wanted` calls that may be made now; with fewer, how long to wait before asking again. */
  claim(lane: Lane, wanted: number): Promise<{ readonly granted: number; readonly waitMs: number }>;
  /** The broker said "too fast"; `isOwnRate` when it was this key's rate and not the whole ledger's. */
  slow(pauseMs: number, isOwnRate: boolean): void;
}

/** One app key's calls in this process. Everything here that uses the key must share one governor. */
export interface Governor {
  /** Resolves when the call may go out; rejects with AppError('rate_limited') when it would wait longer than `maxWaitMs`. */
  take(lane: Lane, maxWaitMs?: number): Promise<void>;
  /** Lets nothing out for `ms`: the broker has just said we are too fast. */
  slow(ms: number, isOwnRate: boolean): void;
  /** How many calls are waiting. */
  waiting(): number;
}

interface Waiter {
  readonly lane: Lane;
  readonly grant: () => void;
}

/** The queue of one process before a source of calls: the most urgent lane first, in each lane the order of arrival. */
export function createGovernor({ source, clock }: { source: CallSource; clock: KisClock }): Governor {
  const waiters: Waiter[] = [];
  let pausedUntil = 0;
  let isAsking = false;
  let callOffTimer = () => {};

  /** Asks for as many calls as wait in the most urgent lane; whoever is first when the answer comes gets them. */
  async function pump(): Promise<void> {
    if (isAsking) return;
    callOffTimer();
    isAsking = true;
    let waitMs = 0;
    while (waiters.length > 0 && waitMs === 0) {
      const { lane } = waiters[0]!;
      waitMs = Math.max(0, pausedUntil - clock.now());
      if (waitMs > 0) break;
      const wanted = waiters.filter((waiter) => waiter.lane === lane).length;
      const answer = await source.claim(lane, wanted);
      for (const waiter of waiters.splice(0, answer.granted)) waiter.grant();
      // Somebody more urgent came while we asked: their lane is asked for at once.
      if (answer.granted < wanted && waiters[0]?.lane === lane) waitMs = Math.max(1, Math.ceil(answer.waitMs));
    }
    isAsking = false;
    if (waiters.length > 0) callOffTimer = clock.after(waitMs, () => void pump());
  }

  return {
    take(lane, maxWaitMs = 60_000) {
      return new Promise((resolve, reject) => {
        const grant = () => {
          callOff();
          resolve();
        };
        const waiter: Waiter = { lane, grant };
        const callOff = clock.after(maxWaitMs, () => {
          const at = waiters.indexOf(waiter);
          if (at < 0) return;
          waiters.splice(at, 1);
          reject(new AppError('rate_limited', 'request quota of the app key is used up', { detail: { lane, maxWaitMs } }));
        });
        const at = waiters.findIndex((other) => LANES.indexOf(other.lane) > LANES.indexOf(lane));
        waiters.splice(at < 0 ? waiters.length : at, 0, waiter);
        if (waiters[0] === waiter) void pump();
      });
    },
    slow(ms, isOwnRate) {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms);
      source.slow(ms, isOwnRate);
    },
    waiting: () => waiters.length,
  };
}

/** A token bucket: at most `burst` calls at once, `perSecond` in the long run. */
export function createBucket(options: { perSecond: number; burst: number; tokens: number; clock: KisClock }) {
  const { clock } = options;
  let { perSecond, burst, tokens } = options;
  let refilledAt = clock.now();
  function refill(): void {
    const now = clock.now();
    tokens = Math.min(burst, tokens + (Math.max(0, now - refilledAt) / 1000) * perSecond);
    refilledAt = now;
  }
  return {
    take(wanted: number): { granted: number; waitMs: number } {
      refill();
      const granted = Math.min(wanted, Math.floor(tokens));
      tokens -= granted;
      return { granted, waitMs: granted > 0 ? 0 : ((1 - tokens) / perSecond) * 1000 };
    },
    /** Another pace from now on; what is in it stays. */
    change(next: { perSecond: number; burst: number }): void {
      refill();
      ({ perSecond, burst } = next);
    },
  };
}

/**
 * The calls of a single process: tests, command-line tools, and the fleet while its database is away. The burst is a fifth of the
 * rate, so that no second ever sees more than rate × 1.2 calls: 15/s stays at KIS's ceiling of 18/s, 0.95/s below paper's 1/s.
 */
export function ownCalls(options: { requestsPerSecond: number; clock: KisClock }): CallSource {
  const burst = Math.max(1, Math.floor(options.requestsPerSecond / 5));
  const bucket = createBucket({ perSecond: options.requestsPerSecond, burst, tokens: burst, clock: options.clock });
  return {
    claim: async (_lane, wanted) => bucket.take(wanted),
    slow: () => {},
  };
}
