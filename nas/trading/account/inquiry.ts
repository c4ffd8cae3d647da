import type { Symbol, TradingDay } from '#domain/order/order.ts';
import type { BrokerOrder } from '#nas/brokers/port.ts';
import { seoul } from '#nas/runtime/clock.ts';
import { joinCalls } from '#nas/runtime/join-calls.ts';
import type { AccountContext } from './context.ts';

/** What a list shows: one symbol's orders, or with null everybody's. */
export type Scope = Symbol | null;

/** The broker's list of a day, as complete as it was at `startedAt`. */
export interface Snapshot {
  readonly day: TradingDay;
  readonly scope: Scope;
  readonly rows: readonly BrokerOrder[];
  /** Monotonic, when the read began: whatever happened before it is in it. */
  readonly startedAt: number;
  /** Monotonic, when it was whole; a long list on a slow key takes many seconds. */
  readonly finishedAt: number;
  readonly asOf: Date;
}

export interface Inquiry {
  /** Reads the list; a call during a read waits for a read that begins after it. Throws when the read failed: that is not an empty list. */
  read(day: TradingDay, scope: Scope): Promise<Snapshot>;
  /** What is known of a symbol's orders, read again when older than `ageMs`. */
  noOlderThan(day: TradingDay, symbol: Symbol, ageMs: number): Promise<Snapshot>;
  /** The reads that show these symbols at the least cost: a list of few pages shows all symbols at once. */
  scopesFor(day: TradingDay, symbols: readonly Symbol[]): readonly Scope[];
}

/** Lists of one account, each read once for everybody who wants it at the same time. Urgent: an order is in flight, so it goes before entries. */
export function createInquiry(context: Pick<AccountContext, 'broker' | 'clock' | 'metrics' | 'log'> & { isUrgent(): boolean }): Inquiry {
  const { broker, clock, metrics, log } = context;
  const latest = new Map<string, Snapshot>();
  const readers = new Map<string, () => Promise<Snapshot>>();
  const keyOf = (day: TradingDay, scope: Scope) => `${day}|${scope ?? ''}`;
  const known = (day: TradingDay, scope: Scope) => latest.get(keyOf(day, scope));

  /** Orders do not leave the list of their day. */
  function hadRows(day: TradingDay, scope: Scope): boolean {
    const isShown = ({ symbol }: BrokerOrder) => scope === null || symbol === scope;
    return [known(day, scope), known(day, null)].some((snapshot) => snapshot?.rows.some(isShown));
  }

  async function readNow(day: TradingDay, scope: Scope): Promise<Snapshot> {
    const startedAt = clock.monotonic();
    const asOf = new Date(clock.wall());
    try {
      const ask = () => broker.ordersOn(day, { isUrgent: context.isUrgent(), ...(scope !== null && { symbol: scope }) });
      let rows = await ask();
      // Nothing where there was something counts only when it was said twice.
      if (rows.length === 0 && hadRows(day, scope)) rows = await ask();
      // A broker that does not look at the filter answers with more than was asked for.
      if (scope !== null) rows = rows.filter(({ symbol }) => symbol === scope);
      const snapshot: Snapshot = { day, scope, rows, startedAt, finishedAt: clock.monotonic(), asOf };
      latest.set(keyOf(day, scope), snapshot);
      metrics.inquiries.inc({ result: 'complete' });
      return snapshot;
    } catch (error) {
      metrics.inquiries.inc({ result: 'failed' });
      log.warn({ err: error, day }, 'order list could not be read');
      throw error;
    }
  }

  function read(day: TradingDay, scope: Scope): Promise<Snapshot> {
    const key = keyOf(day, scope);
    const reader = readers.get(key) ?? joinCalls(() => readNow(day, scope));
    readers.set(key, reader);
    return reader();
  }

  function scopesFor(day: TradingDay, symbols: readonly Symbol[]): readonly Scope[] {
    const pages = Math.ceil((known(day, null)?.rows.length ?? 0) / broker.capabilities.ordersPerPage);
    return symbols.length < pages ? symbols : [null];
  }

  return {
    read,
    scopesFor,
    async noOlderThan(day, symbol, ageMs) {
      const isYoung = (snapshot: Snapshot | undefined) => snapshot !== undefined && clock.monotonic() - snapshot.finishedAt <= ageMs;
      const young = [known(day, null), known(day, symbol)].find(isYoung);
      return young ?? read(day, scopesFor(day, [symbol])[0] ?? null);
    },
  };
}

/** Today in Seoul. */
export function today(clock: AccountContext['clock']): TradingDay {
  return seoul(clock.wall()).day as TradingDay;
}
