import type { OrderRow } from '#lib/db/fleet/order-row.ts';
import type { BrokerHolding } from '#nas/brokers/port.ts';
import { type AccountContext, persist } from './context.ts';
import type { NoticeDesk } from './notices.ts';

/**
 * KIS paper may answer its order list without rows (ORDERS §1.4). Then fills are what notices told, and only as far as the holding
 * has moved by the same shares: a doubled or lost notice books nothing by itself. Returns true when something was booked.
 */
export async function bookNoticeFills(
  context: AccountContext,
  input: { orders: readonly OrderRow[]; holdings: readonly BrokerHolding[]; desk: Pick<NoticeDesk, 'toldFor'> },
): Promise<boolean> {
  const { accountId, repo, clock, log } = context;
  const told = input.orders.flatMap((order) => {
    const fill = input.desk.toldFor(order);
    return fill ? [{ order, fill }] : [];
  });
  if (told.length === 0) return false;
  const ours = new Map((await repo.positions(accountId)).map((position) => [position.symbol, position.quantity]));
  const theirs = new Map(input.holdings.map((holding) => [holding.symbol as string, holding.quantity as number]));
  let changed = false;
  for (const symbol of new Set(told.map(({ order }) => order.symbol))) {
    const here = told.filter(({ order }) => order.symbol === symbol);
    const moved = (theirs.get(symbol) ?? 0) - (ours.get(symbol) ?? 0);
    const sum = here.reduce((total, { order, fill }) => total + (order.side === 'buy' ? fill.quantity : -fill.quantity), 0);
    const [only] = here;
    // One order may take part of what it was told; several only when everything adds up.
    const isOne = here.length === 1 && Math.sign(moved) === Math.sign(sum);
    if (!isOne && moved !== sum) continue;
    for (const { order, fill } of isOne ? [only!] : here) {
      const quantity = isOne ? Math.min(Math.abs(moved), fill.quantity) : fill.quantity;
      const amount = Math.round((fill.amount * quantity) / fill.quantity);
      const cum = { quantity: order.cumQuantity + quantity, amount: order.cumAmount + amount };
      const asOf = new Date(clock.wall());
      await persist(context, 'fills by notice', () => repo.applyCum(order.id, { ...cum, basis: 'notice', asOf }));
      log.warn({ orderId: order.id, quantity }, 'fill booked from notices and holding: the order list has no rows');
      changed = true;
    }
  }
  return changed;
}
