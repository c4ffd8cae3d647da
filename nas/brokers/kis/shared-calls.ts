import type { Log } from '#lib/log.ts';
import type { KisClock } from './clock.ts';
import { type CallSource, createBucket, LANES, type Lane, ownCalls } from './governor.ts';

/** Half of a fast key's rate that one process may spend without asking, until the lease ends. */
export interface Reserve {
  readonly perSecond: number;
  readonly burst: number;
  readonly tokens: number;
  readonly leaseMs: number;
  readonly pauseMs: number;
}

/** One key's quota as all processes share it; lanes are told by their place in LANES. */
export interface QuotaStore {
  /** Tells the key's limit; must have been done once before anything is claimed. */
  open(): Promise<void>;
  /** Null when the key is not open. */
  claim(lane: number, wanted: number): Promise<{ granted: number; waitMs: number } | null>;
  /** Takes or renews the reserve; `used` is what was spent from it since the last time, by lane. Null when there is none to have. */
  reserve(used: readonly number[]): Promise<Reserve | null>;
  slow(pauseMs: number, isOwnRate: boolean): Promise<void>;
}

/** The lanes of the order path: they may use the reserve. */
const ORDER_LANES: ReadonlySet<Lane> = new Set(['cancel', 'exit', 'in_flight', 'entry']);
const RENEW_MS = 2_000;
/** The reserve is given back (it lapses) when no order was on its way for this long. */
const IDLE_MS = 60_000;
/** The database is asked this long; after that the process goes on by itself. */
const STORE_MS = 1_000;
/** A database that did not answer is left alone this long: cancels must not wait for it one by one. */
const AWAY_MS = 2_000;
/** Of the limit, while the database is away: trading, its successor and the market service are three processes. */
const ALONE_SHARE = 1 / 3;

/**
 * The key's calls for one process. Orders spend from a reserve that this process holds, so that they wait for no database; all else,
 * and orders beyond it, is claimed call by call, and in the claim the most urgent lane of all processes goes first.
 */
export function sharedCalls(deps: { store: QuotaStore; requestsPerSecond: number; clock: KisClock; log: Log }): CallSource {
  const { store, clock, log } = deps;
  const alone = ownCalls({ requestsPerSecond: deps.requestsPerSecond * ALONE_SHARE, clock });
  const used = LANES.map(() => 0);
  let opened: Promise<void> | null = null;
  let reserve: { bucket: ReturnType<typeof createBucket>; until: number } | null = null;
  let reservePausedUntil = 0;
  let lastOrderAt = Number.NEGATIVE_INFINITY;
  let isRenewing = false;
  let isAway = false;
  let askAgainAt = 0;

  function told(isNowAway: boolean, error?: unknown): void {
    if (isNowAway === isAway) return;
    isAway = isNowAway;
    if (isAway) log.warn({ err: error }, 'shared quota out of reach, a third of it is used');
    else log.info('shared quota is back');
  }

  const ready = (): Promise<void> => {
    opened ??= store.open().catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };

  async function claimShared(lane: number, wanted: number): Promise<{ granted: number; waitMs: number }> {
    await ready();
    const answer = await store.claim(lane, wanted);
    if (answer) return answer;
    opened = null; // the row is gone: told anew
    await ready();
    return (await store.claim(lane, wanted)) ?? { granted: 0, waitMs: STORE_MS };
  }

  async function renew(): Promise<void> {
    const spent = used.map((calls) => calls);
    const askedAt = clock.now();
    await ready();
    const next = await store.reserve(spent);
    spent.forEach((calls, lane) => {
      used[lane]! -= calls;
    });
    if (!next) {
      reserve = null;
      return;
    }
    // Counted from before we asked: here the lease ends first.
    const until = askedAt + next.leaseMs;
    reservePausedUntil = Math.max(reservePausedUntil, clock.now() + next.pauseMs);
    if (reserve && reserve.until > clock.now()) {
      reserve.bucket.change(next);
      reserve.until = until;
    } else reserve = { bucket: createBucket({ ...next, clock }), until };
  }

  /** Keeps the reserve while orders come; the timer holds no process open. */
  function keepReserve(): void {
    if (isRenewing) return;
    isRenewing = true;
    void renew()
      .catch(() => {
        reserve = null;
      })
      .finally(() => {
        setTimeout(() => {
          isRenewing = false;
          if (clock.now() - lastOrderAt < IDLE_MS) keepReserve();
        }, RENEW_MS).unref();
      });
  }

  function fromReserve(lane: Lane, wanted: number): number {
    const now = clock.now();
    if (!ORDER_LANES.has(lane)) return 0;
    lastOrderAt = now;
    keepReserve();
    if (!reserve || reserve.until <= now || now < reservePausedUntil) return 0;
    const { granted } = reserve.bucket.take(wanted);
    used[LANES.indexOf(lane)]! += granted;
    return granted;
  }

  return {
    async claim(lane, wanted) {
      const granted = fromReserve(lane, wanted);
      if (granted > 0) return { granted, waitMs: 1 };
      if (clock.now() < askAgainAt) return alone.claim(lane, wanted);
      try {
        const answer = await inTime(claimShared(LANES.indexOf(lane), wanted));
        told(false);
        return answer;
      } catch (error) {
        told(true, error);
        askAgainAt = clock.now() + AWAY_MS;
        return alone.claim(lane, wanted);
      }
    },
    slow(pauseMs, isOwnRate) {
      reservePausedUntil = Math.max(reservePausedUntil, clock.now() + pauseMs);
      void store.slow(pauseMs, isOwnRate).catch((error: unknown) => told(true, error));
    },
  };
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the shared quota did not answer')), STORE_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
