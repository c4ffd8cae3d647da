import type { Shares } from '#domain/money.ts';
import type { BrokerOrder } from '#nas/brokers/port.ts';

/**
 * Which row tells a confirmed cancel is not proven (KIS reference §11.8): the order's own, the cancel request's, or both. Shares that an
 * order has lost without a word are cancelled as far as its cancel requests confirm them; no more, and nothing that was moved to
 * another order.
 */
export function withCancelsOfRequests(orders: readonly BrokerOrder[]): BrokerOrder[] {
  const children = Map.groupBy(
    orders.filter((order) => order.originalOrderId !== null),
    (order) => order.originalOrderId,
  );
  return orders.map((order) => {
    const own = children.get(order.brokerOrderId) ?? [];
    if (own.length === 0) return order;
    const sum = (rows: readonly BrokerOrder[], of: (row: BrokerOrder) => number): number => rows.reduce((total, row) => total + of(row), 0);
    const requests = own.filter(isCancelRequest);
    const moved = sum(
      own.filter((row) => !isCancelRequest(row) && row.rejectedQuantity === 0),
      (row) => row.quantity,
    );
    const { quantity, cumQuantity, leavesQuantity, cancelledQuantity, rejectedQuantity } = order;
    const unexplained = quantity - cumQuantity - leavesQuantity - cancelledQuantity - rejectedQuantity - moved;
    const confirmed = sum(requests, (row) => row.cancelledQuantity) - cancelledQuantity;
    const more = Math.min(unexplained, confirmed);
    return more > 0 ? { ...order, cancelledQuantity: (cancelledQuantity + more) as Shares } : order;
  });
}

/** A limit order without a price is a request to cancel; a change to a market order has none either, and is left alone. */
function isCancelRequest(row: BrokerOrder): boolean {
  return row.priceType === 'limit' && row.limitPrice === null;
}
