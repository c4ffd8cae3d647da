import { leavesOf, type Symbol } from '#domain/order/order.ts';
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
  options: { orders(): readonly OrderRow[]; inquireNow(symbol: Symbol): void; isListBlind(): boolean },
): NoticeDesk {
  const { clock, log, metrics, repo } = context;
  const totals = new Map<string, { base: number; sum: number; amount: number }>();
  const cancels = new Set<string>();
  let held: { notice: OrderNotice; until: number }[] = [];

  function deliver(notice: OrderNotice): boolean {
    const byNumber = (number: string | null) => (number === null ? undefined : options.orders().find((o) => o.brokerOrderId === number));
    const own = byNumber(notice.brokerOrderId);
    // Fills of a change name the order it changed, too: they are the change's own. A cancel's number is no order's.
    const order = own ?? (notice.kind === 'filled' ? undefined : byNumber(notice.originalOrderId));
    if (!order) {
      if (byNumber(notice.originalOrderId)) options.inquireNow(notice.symbol); // a change whose number is not known yet
      return false;
    }
    if (notice.kind === 'filled') void note(order, notice);
    else if (notice.kind === 'cancelled' && options.isListBlind()) void settleCancel(order, notice);
    // The exchange's yes to an order that we know to be at work says nothing new.
    if (notice.kind !== 'accepted' || order !== own) options.inquireNow(notice.symbol);
    return true;
  }

  async function note(order: OrderRow, notice: OrderNotice): Promise<void> {
    const total = totals.get(order.id) ?? { base: order.cumQuantity, sum: 0, amount: 0 };
    total.sum += notice.quantity;
    total.amount += notice.quantity * notice.price;
    totals.set(order.id, total);
    const provisional = Math.min(leavesOf(order), total.base + total.sum - order.cumQuantity);
    if (provisional <= 0) return;
    const facts = { quantity: notice.quantity, price: notice.price, time: notice.time };
    await repo
      .applyNotice(order.id, provisional, facts)
      .catch((error) => log.warn({ err: error, orderId: order.id }, 'notice not written'));
  }

  function toldFor(order: OrderRow): { quantity: number; amount: number } | null {
    const total = totals.get(order.id);
    const quantity = total ? Math.min(total.base + total.sum, order.quantity) - order.cumQuantity : 0;
    return total && quantity > 0 ? { quantity, amount: Math.round((total.amount * quantity) / total.sum) } : null;
  }

  /** Without rows in the list a cancel is told by its notice only; its own number tells a doubled one. */
  async function settleCancel(order: OrderRow, { brokerOrderId, quantity }: OrderNotice): Promise<void> {
    if (cancels.has(brokerOrderId)) return;
    cancels.add(brokerOrderId);
    const isLess = quantity > 0 && quantity < leavesOf(order);
    const isPart = order.cancelQuantity !== null && isLess;
    // Fills that only notices told of are booked with the next holding, which ends the order: an ended one would lose them.
    const unbooked = toldFor(order)?.quantity ?? 0;
    const taken = isLess ? quantity : leavesOf(order) - unbooked;
    const written =
      isPart || (unbooked > 0 && taken > 0)
        ? repo.applyCancelled(order.id, order.cancelledQuantity + taken, 'notice')
        : repo.settle(order.id, 'cancelled', order.cancelledQuantity + leavesOf(order), 'notice', {});
    await written.catch((error) => log.warn({ err: error, orderId: order.id }, 'cancel notice not written'));
  }

  return {
    toldFor,
    onNotice(notice) {
      metrics.notices.inc({ kind: notice.kind });
      if (deliver(notice)) return;
      held.push({ notice, until: clock.monotonic() + TIMING.noticeHoldMs });
      // An order of another client: the inquiry will show it.
      clock.after(TIMING.noticeHoldMs, () => {
        const over = held.filter((entry) => entry.until <= clock.monotonic());
        held = held.filter((entry) => !over.includes(entry));
        for (const symbol of new Set(over.map((entry) => entry.notice.symbol))) options.inquireNow(symbol);
      });
    },
    retryHeld() {
      held = held.filter((entry) => !deliver(entry.notice));
    },
  };
}
