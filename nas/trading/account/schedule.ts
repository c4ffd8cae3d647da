import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { Clock } from '#nas/runtime/clock.ts';
import { TIMING } from '../timing.ts';

export interface InquirySchedule {
  /** A reason to read the list now: an answer, a notice, a start. */
  poke(): void;
  /** A read begins. */
  began(orders: readonly OrderRow[]): void;
  /** Monotonic time of the next read that some order needs. */
  nextInquiryAt(orders: readonly OrderRow[]): number;
}

/**
 * When to read the broker's list (ORDERS §4): 1, 2, 4 … 60 s after something became unclear, every 5 s while anything works,
 * at once when poked, else each minute.
 */
export function createSchedule(clock: Pick<Clock, 'monotonic'>): InquirySchedule {
  const unclear = new Map<string, { since: number; step: number }>();
  let lastAt = Number.NEGATIVE_INFINITY;
  let isPoked = true;

  const isUnclear = (order: OrderRow) =>
    order.status === 'unknown' || order.status === 'cancel_pending' || order.status === 'replace_pending';
  const isWorking = (order: OrderRow) => order.status === 'accepted' || order.status === 'partially_filled';

  function dueAt({ since, step }: { since: number; step: number }): number {
    const known = TIMING.lookUpsMs[step];
    const last = TIMING.lookUpsMs[TIMING.lookUpsMs.length - 1]!;
    return since + (known ?? last + (step - TIMING.lookUpsMs.length + 1) * TIMING.lookUpThenMs);
  }

  /** Begins a look-up for what has become unclear and forgets what is clear again. */
  function track(orders: readonly OrderRow[]): void {
    const ids = new Set(orders.filter(isUnclear).map((order) => order.id));
    for (const id of unclear.keys()) if (!ids.has(id)) unclear.delete(id);
    for (const id of ids) if (!unclear.has(id)) unclear.set(id, { since: clock.monotonic(), step: 0 });
  }

  return {
    poke() {
      isPoked = true;
    },
    began(orders) {
      isPoked = false;
      lastAt = clock.monotonic();
      track(orders);
      for (const look of unclear.values()) while (dueAt(look) <= lastAt) look.step += 1;
    },
    nextInquiryAt(orders) {
      if (isPoked) return clock.monotonic();
      track(orders);
      const regular = lastAt + (orders.some(isWorking) ? TIMING.openOrdersMs : TIMING.idleInquiryMs);
      return Math.min(regular, ...[...unclear.values()].map(dueAt));
    },
  };
}
