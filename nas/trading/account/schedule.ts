import type { Symbol } from '#domain/order/order.ts';
import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { Clock } from '#nas/runtime/clock.ts';
import { TIMING } from '../timing.ts';
import type { Scope } from './inquiry.ts';

const AT_ONCE = Number.NEGATIVE_INFINITY;

export interface InquirySchedule {
  /** A reason to read the orders of a symbol now (a notice, an answer), or with null all of them (a start, a stream that is back). */
  poke(scope: Scope): void;
  /** A read begins. */
  began(scope: Scope, orders: readonly OrderRow[]): void;
  /** Monotonic time of the next read that some order needs; long past when it is wanted at once. */
  nextInquiryAt(orders: readonly OrderRow[]): number;
  /** What is to be read by now: everything (null), or these symbols. */
  due(orders: readonly OrderRow[]): null | readonly Symbol[];
}

/**
 * When to read the broker's list (ORDERS §4): 1, 2, 4 … 60 s after something became unclear, every 5 s while anything works,
 * at once when poked, and all of it each minute.
 */
export function createSchedule(clock: Pick<Clock, 'monotonic'>): InquirySchedule {
  const unclear = new Map<string, { symbol: Symbol; since: number; step: number }>();
  const poked = new Set<Symbol>();
  const readAt = new Map<Symbol, number>();
  let allReadAt = AT_ONCE;
  let isAllPoked = true;

  const isUnclear = (order: OrderRow) =>
    order.status === 'unknown' || order.status === 'cancel_pending' || order.status === 'replace_pending';
  const isWorking = (order: OrderRow) => order.status === 'accepted' || order.status === 'partially_filled';

  function lookUpAt({ since, step }: { since: number; step: number }): number {
    const known = TIMING.lookUpsMs[step];
    const last = TIMING.lookUpsMs[TIMING.lookUpsMs.length - 1]!;
    return since + (known ?? last + (step - TIMING.lookUpsMs.length + 1) * TIMING.lookUpThenMs);
  }

  /** Begins a look-up for what has become unclear and forgets what is clear again. */
  function track(orders: readonly OrderRow[]): void {
    const now = new Map(orders.filter(isUnclear).map((order) => [order.id, order.symbol]));
    for (const id of unclear.keys()) if (!now.has(id)) unclear.delete(id);
    for (const [id, symbol] of now) if (!unclear.has(id)) unclear.set(id, { symbol, since: clock.monotonic(), step: 0 });
  }

  /** When each symbol that anything waits for is to be read. */
  function wanted(orders: readonly OrderRow[]): Map<Symbol, number> {
    track(orders);
    const times = new Map<Symbol, number>();
    const want = (symbol: Symbol, at: number) => times.set(symbol, Math.min(at, times.get(symbol) ?? Number.POSITIVE_INFINITY));
    for (const symbol of poked) want(symbol, AT_ONCE);
    for (const { symbol } of orders.filter(isWorking)) {
      want(symbol, Math.max(allReadAt, readAt.get(symbol) ?? AT_ONCE) + TIMING.openOrdersMs);
    }
    for (const look of unclear.values()) want(look.symbol, lookUpAt(look));
    return times;
  }
  const allWantedAt = () => (isAllPoked ? AT_ONCE : allReadAt + TIMING.idleInquiryMs);

  return {
    poke(scope) {
      if (scope === null) isAllPoked = true;
      else poked.add(scope);
    },
    began(scope, orders) {
      const now = clock.monotonic();
      if (scope === null) {
        isAllPoked = false;
        allReadAt = now;
        poked.clear();
        readAt.clear();
      } else {
        poked.delete(scope);
        readAt.set(scope, now);
      }
      track(orders);
      for (const look of unclear.values()) {
        if (scope === null || scope === look.symbol) while (lookUpAt(look) <= now) look.step += 1;
      }
    },
    nextInquiryAt: (orders) => Math.min(allWantedAt(), ...wanted(orders).values()),
    due(orders) {
      const now = clock.monotonic();
      if (allWantedAt() <= now) return null;
      return [...wanted(orders)].filter(([, at]) => at <= now).map(([symbol]) => symbol);
    },
  };
}
