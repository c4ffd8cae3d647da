import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { OrderNotice } from '#nas/brokers/port.ts';
import { TIMING } from '../timing.ts';
import type { AccountContext } from './context.ts';

export interface NoticeDesk {
  onNotice(notice: OrderNotice): void;
  /** Tries the notices whose order number was not known yet; call it when a number became known. */
  retryHeld(): void;
}

/**
 * Notices carry no execution id, so they never add to the cumulative truth: they show 체결 추정 and move the inquiry to the
 * front. One that overtakes the HTTP answer with its order number is held for 5 s.
 */
export function createNoticeDesk(context: AccountContext, options: { orders(): readonly OrderRow[]; inquireNow(): void }): NoticeDesk {
  const { clock, log, metrics, repo } = context;
  const totals = new Map<string, { base: number; sum: number }>();
  let held: { notice: OrderNotice; until: number }[] = [];

  function deliver(notice: OrderNotice): boolean {
    const number = notice.originalOrderId ?? notice.brokerOrderId;
    const order = options.orders().find((o) => o.brokerOrderId === number || o.brokerOrderId === notice.brokerOrderId);
    if (!order) return false;
    if (notice.kind === 'filled') void note(order, notice);
    options.inquireNow();
    return true;
  }

  async function note(order: OrderRow, notice: OrderNotice): Promise<void> {
    const total = totals.get(order.id) ?? { base: order.cumQuantity, sum: 0 };
    total.sum += notice.quantity;
    totals.set(order.id, total);
    const provisional = Math.min(order.quantity - order.cumQuantity, total.base + total.sum - order.cumQuantity);
    if (provisional <= 0) return;
    const facts = { quantity: notice.quantity, price: notice.price, time: notice.time };
    await repo
      .applyNotice(order.id, provisional, facts)
      .catch((error) => log.warn({ err: error, orderId: order.id }, 'notice not written'));
  }

  return {
    onNotice(notice) {
      metrics.notices.inc({ kind: notice.kind });
      if (deliver(notice)) return;
      held.push({ notice, until: clock.monotonic() + TIMING.noticeHoldMs });
      // An order of another client: the inquiry will show it.
      clock.after(TIMING.noticeHoldMs, () => {
        const before = held.length;
        held = held.filter((entry) => entry.until > clock.monotonic());
        if (held.length < before) options.inquireNow();
      });
    },
    retryHeld() {
      held = held.filter((entry) => !deliver(entry.notice));
    },
  };
}
