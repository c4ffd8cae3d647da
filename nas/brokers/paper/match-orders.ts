import { commission, settlementDay, transactionTax } from '#domain/market/fees-and-tax.ts';
import { tickTable } from '#domain/market/ticks.ts';
import { notional } from '#domain/money.ts';
import { enterMarket, type Matched, meetPrints, type PaperFill, type PaperMarket } from '#domain/paper/match.ts';
import { applyFill, NO_POSITION } from '#domain/position/position.ts';
import { AppError } from '#lib/errors.ts';
import { seoul } from '#nas/runtime/clock.ts';
import type { PaperBook } from './book.ts';
import type { BookedOrder } from './booked-order.ts';
import { bookKeyOf, type MarketQuote } from './quotes.ts';

/** A book heard longer ago is not traded against (the gate's data age, ORDERS §5). */
export const FRESH_MS = 15_000;

/** What came of one look at a symbol's market, for the notices. */
export interface Trade {
  readonly order: BookedOrder;
  readonly kind: 'filled' | 'cancelled';
  readonly quantity: number;
  readonly price: number;
}

/**
 * Shows a quote to every working order of its symbol and writes down what came of it. Runs inside one transaction: orders remember the
 * printed volume they have met, so that the same quote shown twice changes nothing.
 */
export async function matchOrders(book: PaperBook, quote: MarketQuote, at: Date): Promise<readonly Trade[]> {
  const orders = await book.working(at, quote.symbol);
  if (orders.length === 0) return [];
  const day = seoul(at.getTime()).day;
  const { open } = await book.sessions(at, day);
  const isOpening = open.includes('open_auction') && !open.includes('regular');
  const market = marketOf(quote, { at, day, isOpening, isAuction: isOpening || open.includes('close_auction') });
  if (market === null) return [];
  const trades: Trade[] = [];
  const key = bookKeyOf(quote);
  for (const order of orders.filter(({ seenVolume }) => seenVolume === null)) {
    const taken = await book.takenFrom(order.symbol, key, day);
    trades.push(...(await settle(book, enterMarket(order, market, taken), { quote, day, key, before: order })));
  }
  const waiting = orders.filter(({ seenVolume }) => seenVolume !== null);
  const results = meetPrints(waiting, market);
  for (const [i, result] of results.entries()) trades.push(...(await settle(book, result, { quote, day, key: null, before: waiting[i]! })));
  return trades;
}

/**
 * Today's market, or null while nothing of today is known: before the first print of the day the stored volume is another day's, and
 * only before the opening is it certain to be none.
 */
function marketOf(quote: MarketQuote, now: { at: Date; day: string; isOpening: boolean; isAuction: boolean }): PaperMarket | null {
  const isToday = quote.tradedAt !== null && seoul(quote.tradedAt.getTime()).day === now.day;
  if (!isToday && !now.isOpening) return null;
  const isFresh = now.at.getTime() - quote.heardAt.getTime() <= FRESH_MS;
  const isAround =
    (quote.book?.bids[0]?.price ?? 0) <= quote.last && quote.last <= (quote.book?.asks[0]?.price || Number.POSITIVE_INFINITY);
  // A book that no longer surrounds the last trade is an old picture.
  const shown = isFresh && isAround ? quote.book : null;
  const real = (levels: readonly { price: number; quantity: number }[] = []) =>
    levels.filter(({ price, quantity }) => price > 0 && quantity > 0);
  return {
    price: quote.last,
    volume: isToday ? quote.volume : 0,
    isAuction: now.isAuction || quote.phase === 'auction',
    isHalted: quote.isHalted,
    asks: real(shown?.asks),
    bids: real(shown?.bids),
    upperLimit: quote.upperLimit,
    lowerLimit: quote.lowerLimit,
    bands: tickTable({ day: now.day, kind: quote.kind, market: quote.market }),
  };
}

async function settle(
  book: PaperBook,
  { order, fills, cancelled }: Matched<BookedOrder>,
  context: { quote: MarketQuote; day: string; key: string | null; before: BookedOrder },
): Promise<readonly Trade[]> {
  const trades: Trade[] = [];
  let next: BookedOrder = { ...order, cancelledQuantity: order.cancelledQuantity + cancelled };
  for (const fill of fills) {
    const amount = notional(fill.price, fill.quantity);
    await bookFill(book, next, fill, amount, context);
    next = { ...next, cumQuantity: next.cumQuantity + fill.quantity, cumAmount: next.cumAmount + amount };
    trades.push({ order: next, kind: 'filled', quantity: fill.quantity, price: fill.price });
  }
  if (cancelled > 0) trades.push({ order: next, kind: 'cancelled', quantity: cancelled, price: 0 });
  if (isChanged(context.before, next)) await book.saveOrder(next);
  return trades;
}

function isChanged(before: BookedOrder, after: BookedOrder): boolean {
  const keys = ['cumQuantity', 'cancelledQuantity', 'seenVolume', 'queueAhead', 'eligibleVolume', 'printFilled'] as const;
  return keys.some((key) => before[key] !== after[key]);
}

/** Costs by the rules of the day, shares by the moving average, cash at the account (BACKTEST §2.6). */
async function bookFill(
  book: PaperBook,
  order: BookedOrder,
  fill: PaperFill,
  amount: number,
  { quote, day, key }: { quote: MarketQuote; day: string; key: string | null },
): Promise<void> {
  const { commissionRate } = await book.account();
  const settleDay = settlementDay(day);
  const { market, kind } = quote;
  const tax = order.side === 'sell' ? transactionTax(amount, { market, kind, settlementDay: settleDay }) : 0;
  const held = (await book.holdings()).find((holding) => holding.symbol === order.symbol);
  const change = applyFill({ ...NO_POSITION, ...held }, { side: order.side, quantity: fill.quantity, amount });
  if (!change.ok) throw new AppError('internal', 'a paper fill does not fit the holding', { detail: { number: order.number } });
  const { quantity, purchaseAmount } = change.position;
  await book.saveHolding({ symbol: order.symbol, quantity, purchaseAmount });
  await book.addFill({
    ...fill,
    symbol: order.symbol,
    side: order.side,
    amount,
    commission: commission(amount, commissionRate),
    tax,
    bookKey: fill.basis === 'book' ? key : null,
    tradeDay: day,
    settleDay,
  });
}
