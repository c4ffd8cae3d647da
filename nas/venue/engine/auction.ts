import type { BookOrder } from './order-book.ts';

export interface AuctionResult {
  readonly price: number;
  readonly volume: number;
}

/**
 * The single price of a call auction (KRX 업무규정 §23, 단일가매매): the price at which most shares trade; of several, the one
 * that leaves the smallest remainder; of those, the one nearest the reference price; of two, the higher.
 * Market orders take part at any price. Null when nothing can trade.
 */
export function auctionPrice(orders: Iterable<BookOrder>, referencePrice: number): AuctionResult | null {
  const buys: BookOrder[] = [];
  const sells: BookOrder[] = [];
  for (const order of orders) (order.side === 'buy' ? buys : sells).push(order);
  const candidates = new Set<number>();
  for (const order of [...buys, ...sells]) if (order.price !== null) candidates.add(order.price);
  // Only market orders on both sides: they meet at the reference price.
  if (candidates.size === 0) candidates.add(referencePrice);

  let best: (AuctionResult & { remainder: number; distance: number }) | null = null;
  for (const price of [...candidates].sort((a, b) => b - a)) {
    const demand = quantity(buys, (limit) => limit >= price);
    const supply = quantity(sells, (limit) => limit <= price);
    const volume = Math.min(demand, supply);
    if (volume === 0) continue;
    const remainder = Math.abs(demand - supply);
    const distance = Math.abs(price - referencePrice);
    const wins =
      best === null ||
      volume > best.volume ||
      (volume === best.volume && (remainder < best.remainder || (remainder === best.remainder && distance < best.distance)));
    if (wins) best = { price, volume, remainder, distance };
  }
  return best && { price: best.price, volume: best.volume };
}

function quantity(orders: readonly BookOrder[], takesPart: (limit: number) => boolean): number {
  return orders.reduce((total, order) => (order.price === null || takesPart(order.price) ? total + order.open : total), 0);
}
