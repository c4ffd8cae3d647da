import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { OrderNotice } from '#nas/brokers/port.ts';
import { TIMING } from '../timing.ts';
import type { AccountContext } from './context.ts';

export interface NoticeDesk {
  onNotice(notice: OrderNotice): void;
  /** Tries the notices whose order number was not known yet; call it when a number became known. */
  retryHeld(): void;
  /** Shares and won that notices of this connection told of and nothing has booked yet; null when there are none. */
  toldFor(order: OrderRow): { quantity: number; amount: number } | null;
}

/**
 * Notices carry no execution id, so they never add to the cumulative truth: they show 체결 추정 and move the inquiry to the
 * front. One that overtakes the HTTP answer with its order number is held for 5 s.
 */
export function createNoticeDesk(
  context: AccountContext,
  options: { orders(): readonly OrderRow[]; inquireNow(): void; isListBlind(): boolean },
): NoticeDesk {
  const { clock, log, metrics, repo } = context;
  const totals = new Map<string, { base: number; sum: number; amount: number }>();
  let held: { notice: OrderNotice; until: number }[] = [];

  function deliver(notice: OrderNotice): boolean {
    const number = notice.originalOrderId ?? notice.brokerOrderId;
    const order = options.orders().find((o) => o.brokerOrderId === number || o.brokerOrderId === notice.brokerOrderId);
    if (!order) return false;
    if (notice.kind === 'filled') void note(order, notice);
    else if (notice.kind === 'cancelled' && options.isListBlind()) void settleCancel(order);
    options.inquireNow();
    return true;
  }

  async function note(order: OrderRow, notice: OrderNotice): Promise<void> {
    const total = totals.get(order.id) ?? { base: order.cumQuantity, sum: 0, amount: 0 };
    total.sum += notice.quantity;
    total.amount += notice.quantity * notice.price;
    totals.set(order.id, total);
    const provisional = Math.min(order.quantity - order.cumQuantity, total.base + total.sum - order.cumQuantity);
    if (provisional <= 0) return;
    const facts = { quantity: notice.quantity, price: notice.price, time: notice.time };
    await repo
      .applyNotice(order.id, provisional, facts)
      .catch((error) => log.warn({ err: error, orderId: order.id }, 'notice not written'));
  }

  /** Without rows in the list a cancel is told by its notice only. */
  async function settleCancel(order: OrderRow): Promise<void> {
    await repo
      .settle(order.id, 'cancelled', order.quantity - order.cumQuantity, 'notice', {})
      .catch((error) => log.warn({ err: error, orderId: order.id }, 'cancel notice not written'));
  }

  return {
    toldFor(order) {
      const total = totals.get(order.id);
      const quantity = total ? Math.min(total.base + total.sum, order.quantity) - order.cumQuantity : 0;
      return total && quantity > 0 ? { quantity, amount: Math.round((total.amount * quantity) / total.sum) } : null;
    },
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
