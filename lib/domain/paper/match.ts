import { type Slippage, shareOfVolume, slippedOnGrid } from '#domain/market/fill-rules.ts';
import type { TickTable } from '#domain/market/ticks.ts';
import type { Side, TimeInForce } from '#domain/order/order.ts';

/** The back-test's defaults (`narae.strategy/1`: execution.participation, costs.slippage), so that paper and back-test agree. */
export const PAPER_FILLS: { readonly participation: number; readonly slippage: Slippage } = {
  participation: 0.1,
  slippage: { kind: 'ticks', value: 1 },
};

/** A working order as the matcher knows it. Everything it remembers is here, so that it can stop and go on anywhere. */
export interface PaperOrder {
  readonly number: string;
  readonly side: Side;
  /** Won; null takes any price. */
  readonly limitPrice: number | null;
  readonly timeInForce: TimeInForce;
  /** Shares not filled, cancelled or moved. */
  readonly leaves: number;
  /** The day's printed volume up to which this order has looked at the market; null before its first look. */
  readonly seenVolume: number | null;
  /** Shares that stood before ours at our price when we joined; prints at our price go to them first. */
  readonly queueAhead: number;
  /** Printed shares that could have met ours so far, and how many of ours were filled from them. */
  readonly eligibleVolume: number;
  readonly printFilled: number;
}

export interface Level {
  readonly price: number;
  readonly quantity: number;
}
/** One symbol's market at a moment. */
export interface PaperMarket {
  /** Last trade print in won, and the shares printed today up to and with it. */
  readonly price: number;
  readonly volume: number;
  /** An auction trades at one price and shows no book that can be walked. */
  readonly isAuction: boolean;
  readonly isHalted: boolean;
  readonly asks: readonly Level[];
  readonly bids: readonly Level[];
  readonly upperLimit: number;
  readonly lowerLimit: number;
  readonly bands: TickTable;
}
export interface PaperFill {
  readonly number: string;
  readonly quantity: number;
  readonly price: number;
  /** What it was filled against: shares shown in the book, or shares printed by others. */
  readonly basis: 'book' | 'print';
}
export interface Matched<T extends PaperOrder = PaperOrder> {
  readonly order: T;
  readonly fills: readonly PaperFill[];
  /** Shares that end here: what an immediate order could not get. */
  readonly cancelled: number;
}

const isBetterOrEqual = (order: PaperOrder, price: number): boolean =>
  order.limitPrice === null || (order.side === 'buy' ? price <= order.limitPrice : price >= order.limitPrice);

/**
 * An order's first look at the market. It takes what the book shows on the other side up to its price, once: shares we have taken from
 * the same picture of the book (`taken`, by price) are not there a second time. What is left joins the queue behind what is shown at its price.
 */
export function enterMarket<T extends PaperOrder>(order: T, market: PaperMarket, taken: ReadonlyMap<number, number>): Matched<T> {
  const canWalk = !market.isHalted && !market.isAuction;
  const shown = canWalk ? (order.side === 'buy' ? market.asks : market.bids) : [];
  const walk: PaperFill[] = [];
  let leaves = order.leaves;
  for (const { price, quantity } of shown) {
    const there = Math.min(leaves, quantity - (taken.get(price) ?? 0));
    if (there <= 0 || !isBetterOrEqual(order, price)) continue;
    walk.push({ number: order.number, quantity: there, price, basis: 'book' });
    leaves -= there;
  }
  const isAllOrNothing = order.timeInForce === 'fok' && leaves > 0;
  const fills = isAllOrNothing ? [] : walk;
  if (isAllOrNothing) leaves = order.leaves;
  const cancelled = order.timeInForce === 'day' ? 0 : leaves;
  const ours = order.side === 'buy' ? market.bids : market.asks;
  const queueAhead = canWalk ? (ours.find((level) => level.price === order.limitPrice)?.quantity ?? 0) : 0;
  return { order: { ...order, leaves: leaves - cancelled, seenVolume: market.volume, queueAhead }, fills, cancelled };
}

/**
 * What was printed since each order last looked. A print beyond our price fills us at our price; one at our price fills us after the
 * queue that stood before us; orders without a price pay the print and the slippage; an auction fills everybody at its one price.
 * All our fills together take at most the participation of what was printed. Nobody buys at the upper limit or sells at the lower
 * without a price of their own that waits in the queue there (BACKTEST §2.5).
 */
export function meetPrints<T extends PaperOrder>(orders: readonly T[], market: PaperMarket): readonly Matched<T>[] {
  if (market.isHalted) return orders.map((order) => ({ order, fills: [], cancelled: 0 }));
  const matched = new Map<string, Matched<T>>();
  let usedVolume = 0;
  for (const order of [...orders].sort(byPriority)) {
    const printed = Math.max(0, market.volume - (order.seenVolume ?? market.volume) - usedVolume);
    const result = meetPrint(order, market, printed);
    const filled = result.fills.reduce((sum, fill) => sum + fill.quantity, 0);
    usedVolume += Math.ceil(filled / PAPER_FILLS.participation);
    matched.set(order.number, result);
  }
  return orders.map((order) => matched.get(order.number)!);
}

function meetPrint<T extends PaperOrder>(order: T, market: PaperMarket, printed: number): Matched<T> {
  const seen = { ...order, seenVolume: Math.max(order.seenVolume ?? 0, market.volume) };
  const reach = reachOf(order, market);
  if (reach === 'none' || printed === 0) return { order: seen, fills: [], cancelled: 0 };
  const burnt = reach === 'touch' ? Math.min(order.queueAhead, printed) : 0;
  const queueAhead = reach === 'touch' ? order.queueAhead - burnt : 0;
  const eligibleVolume = order.eligibleVolume + printed - burnt;
  const allowed = shareOfVolume(eligibleVolume, PAPER_FILLS.participation) - order.printFilled;
  const quantity = Math.min(order.leaves, Math.max(0, allowed));
  const next = { ...seen, queueAhead, eligibleVolume, leaves: order.leaves - quantity, printFilled: order.printFilled + quantity };
  if (quantity === 0) return { order: next, fills: [], cancelled: 0 };
  return { order: next, fills: [{ number: order.number, quantity, price: printPrice(order, market), basis: 'print' }], cancelled: 0 };
}

function reachOf(order: PaperOrder, market: PaperMarket): 'through' | 'touch' | 'none' {
  const { price } = market;
  if (order.limitPrice === null) {
    const isLocked = order.side === 'buy' ? price >= market.upperLimit : price <= market.lowerLimit;
    return isLocked ? 'none' : 'through';
  }
  if (price === order.limitPrice) return 'touch';
  return isBetterOrEqual(order, price) ? 'through' : 'none';
}

function printPrice(order: PaperOrder, market: PaperMarket): number {
  if (market.isAuction) return market.price;
  if (order.limitPrice !== null) return order.limitPrice;
  const slipped = slippedOnGrid(PAPER_FILLS.slippage, order.side, market.price, market.bands);
  return Math.max(market.lowerLimit, Math.min(market.upperLimit, slipped));
}

/** Orders without a price first, then the better price, then the older number; numbers have one length. */
function byPriority(a: PaperOrder, b: PaperOrder): number {
  const rank = (order: PaperOrder) => (order.limitPrice === null ? -1e15 : order.side === 'buy' ? -order.limitPrice : order.limitPrice);
  return rank(a) - rank(b) || (a.number < b.number ? -1 : 1);
}
