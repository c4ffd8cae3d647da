import type { TradingDay } from '#domain/order/order.ts';
import type { BrokerOrder } from '#nas/brokers/port.ts';
import { seoul } from '#nas/runtime/clock.ts';
import type { AccountContext } from './context.ts';

/** The broker's whole list of a day, as complete as it was at `startedAt`. */
export interface Snapshot {
  readonly day: TradingDay;
  readonly rows: readonly BrokerOrder[];
  /** Monotonic, when the read began: whatever happened before it is in it. */
  readonly startedAt: number;
  /** Monotonic, when it was whole; a long list on a slow key takes many seconds. */
  readonly finishedAt: number;
  readonly asOf: Date;
}

export interface Inquiry {
  /** Reads the list; a call during a read waits for a read that begins after it. Throws when the read failed: that is not an empty list. */
  read(day: TradingDay): Promise<Snapshot>;
  /** What is known, read again when older than `ageMs`. */
  noOlderThan(day: TradingDay, ageMs: number): Promise<Snapshot>;
}

/** Today's list of one account, read once for everybody who wants it at the same time. Urgent: an order is in flight, so it goes before entries. */
export function createInquiry(context: Pick<AccountContext, 'broker' | 'clock' | 'metrics' | 'log'> & { isUrgent(): boolean }): Inquiry {
  const { broker, clock, metrics, log } = context;
  const latest = new Map<TradingDay, Snapshot>();
  const running = new Map<TradingDay, Promise<Snapshot>>();
  const next = new Map<TradingDay, Promise<Snapshot>>();

  async function readNow(day: TradingDay): Promise<Snapshot> {
    const startedAt = clock.monotonic();
    const asOf = new Date(clock.wall());
    try {
      const ask = () => broker.ordersOn(day, { isUrgent: context.isUrgent() });
      let rows = await ask();
      // Orders do not leave the list of their day: nothing where there was something counts only when it was said twice.
      if (rows.length === 0 && (latest.get(day)?.rows.length ?? 0) > 0) rows = await ask();
      const snapshot: Snapshot = { day, rows, startedAt, finishedAt: clock.monotonic(), asOf };
      latest.set(day, snapshot);
      metrics.inquiries.inc({ result: 'complete' });
      return snapshot;
    } catch (error) {
      metrics.inquiries.inc({ result: 'failed' });
      log.warn({ err: error, day }, 'order list could not be read');
      throw error;
    }
  }

  function read(day: TradingDay): Promise<Snapshot> {
    const current = running.get(day);
    if (!current) {
      const mine = readNow(day).finally(() => running.delete(day));
      running.set(day, mine);
      return mine;
    }
    const waiting = next.get(day);
    if (waiting) return waiting;
    const mine = current
      .catch(() => {}) // its own callers hear of it
      .then(() => {
        next.delete(day);
        return read(day);
      });
    next.set(day, mine);
    return mine;
  }

  return {
    read,
    async noOlderThan(day, ageMs) {
      const known = latest.get(day);
      return known && clock.monotonic() - known.finishedAt <= ageMs ? known : read(day);
    },
  };
}

/** Today in Seoul. */
export function today(clock: AccountContext['clock']): TradingDay {
  return seoul(clock.wall()).day as TradingDay;
}
