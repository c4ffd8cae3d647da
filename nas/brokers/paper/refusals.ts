import { commissionAtMost } from '#domain/market/fees-and-tax.ts';
import { sessionTakes } from '#domain/market/session.ts';
import { isOnTick, tickTable } from '#domain/market/ticks.ts';
import { AppError } from '#lib/errors.ts';
import type { NewBrokerOrder, SubmitOutcome } from '#nas/brokers/port.ts';
import type { PaperBook } from './book.ts';
import type { BookedOrder } from './booked-order.ts';
import type { MarketQuote } from './quotes.ts';

export type Refusal = Extract<SubmitOutcome, { kind: 'rejected' }>;

const refuse = (code: string, ko: string, en: string): Refusal => ({ kind: 'rejected', code, message: `${ko} (${en})` });

export const NOTHING_LEFT = refuse(
  'PAPER-DONE',
  '정정하거나 취소할 수량이 남아 있지 않습니다.',
  'Nothing of this order is left to change or cancel.',
);
export const TOO_MUCH = refuse('PAPER-LEAVES', '남은 수량보다 많습니다.', 'More shares than are left of the order.');
const UNKNOWN_SYMBOL = refuse('PAPER-SYMBOL', '거래할 수 없는 종목입니다.', 'This symbol is not traded.');
const HALTED = refuse('PAPER-HALT', '거래정지 종목입니다.', 'Trading in this symbol is halted.');
const CLOSED = refuse('PAPER-SESSION', '지금 장에서는 이 주문을 받지 않습니다.', 'The session does not take this order now.');
const OFF_TICK = refuse('PAPER-TICK', '호가 단위에 맞지 않는 가격입니다.', 'The price is not on the tick grid.');
const OUTSIDE = refuse('PAPER-LIMIT', '상·하한가를 벗어난 가격입니다.', 'The price is outside the day’s limits.');
const NO_BOOK = refuse('PAPER-BOOK', '상대 호가가 보이지 않아 가격을 정할 수 없습니다.', 'No order book is seen to take the price from.');
const NO_CASH = refuse('PAPER-CASH', '주문가능금액이 모자랍니다.', 'Not enough cash for this order.');
const NO_SHARES = refuse('PAPER-SHARES', '매도할 수 있는 수량이 모자랍니다.', 'Not enough shares that may be sold.');

const EXPRESSED = ['limit', 'market', 'best', 'own_best'] as const;
type Expressed = (typeof EXPRESSED)[number];

/** Throws for orders the paper broker has no words for, before anything else is done. */
export function assertExpressible(order: NewBrokerOrder): void {
  const isPriced = order.priceType === 'limit';
  if (!EXPRESSED.includes(order.priceType as Expressed) || isPriced !== (order.limitPrice !== null) || order.quantity < 1) {
    throw new AppError('invalid_input', 'the paper broker cannot express this order', { detail: { priceType: order.priceType } });
  }
}

export interface Terms {
  /** The price the order works at; null takes any. */
  readonly limitPrice: number | null;
  /** Won a share that a buy holds back. */
  readonly reservePrice: number;
  readonly expiresAt: Date;
}

/** What the exchange and the broker look at before they take an order: its terms, or the first refusal. */
export async function termsOf(
  book: PaperBook,
  order: NewBrokerOrder,
  { quote, at, day, freed }: { quote: MarketQuote | undefined; at: Date; day: string; freed: BookedOrder | null },
): Promise<Terms | Refusal> {
  if (!quote?.isListed) return UNKNOWN_SYMBOL;
  if (quote.isHalted) return HALTED;
  const { open, closeAt } = await book.sessions(at, day);
  if (closeAt === null || !open.some((session) => sessionTakes(session, { ...order, day }))) return CLOSED;
  const limitPrice = priceOf(order, quote);
  if (limitPrice === 'no_book') return NO_BOOK;
  if (limitPrice !== null) {
    if (!isOnTick(limitPrice, tickTable({ day, kind: quote.kind, market: quote.market }))) return OFF_TICK;
    // Yesterday's limits bind nobody.
    if (quote.priceDay === day && (limitPrice > quote.upperLimit || limitPrice < quote.lowerLimit)) return OUTSIDE;
  }
  const reservePrice = limitPrice ?? quote.upperLimit;
  const working = await book.working(at);
  if (order.side === 'sell') {
    const isCovered = order.quantity <= (await sellableOf(book, order.symbol, working)) + freedShares(order, freed);
    return isCovered ? { limitPrice, reservePrice, expiresAt: closeAt } : NO_SHARES;
  }
  const { cash, commissionRate } = await book.account();
  const free =
    cash - reservedCash(working, commissionRate) + (freed ? costOf(freedShares(order, freed), freed.reservePrice, commissionRate) : 0);
  const isPaid = Number.isSafeInteger(order.quantity * reservePrice) && costOf(order.quantity, reservePrice, commissionRate) <= free;
  return isPaid ? { limitPrice, reservePrice, expiresAt: closeAt } : NO_CASH;
}

/** 최유리 takes the other side's best price, 최우선 its own side's, as they stand when the order arrives. */
function priceOf(order: NewBrokerOrder, { book }: MarketQuote): number | null | 'no_book' {
  if (order.priceType === 'limit') return order.limitPrice;
  if (order.priceType === 'market') return null;
  const isOther = order.priceType === 'best';
  const levels = (order.side === 'buy') === isOther ? book?.asks : book?.bids;
  return levels?.find((level) => level.price > 0 && level.quantity > 0)?.price ?? 'no_book';
}

const freedShares = (order: NewBrokerOrder, freed: BookedOrder | null): number => (freed ? Math.min(freed.leaves, order.quantity) : 0);

function costOf(quantity: number, price: number, rate: number): number {
  const amount = quantity * price;
  return amount + commissionAtMost(amount, rate);
}

/** Won that working buys hold back, commission included. */
export function reservedCash(working: readonly BookedOrder[], rate: number): number {
  return working.filter(({ side }) => side === 'buy').reduce((sum, order) => sum + costOf(order.leaves, order.reservePrice, rate), 0);
}

/** Held shares that no working sale has promised away. */
export async function sellableOf(book: PaperBook, symbol: string, working: readonly BookedOrder[]): Promise<number> {
  const held = (await book.holdings()).find((holding) => holding.symbol === symbol)?.quantity ?? 0;
  const promised = working
    .filter((order) => order.side === 'sell' && order.symbol === symbol)
    .reduce((sum, order) => sum + order.leaves, 0);
  return held - promised;
}

/** The most shares that won can pay for at a price, commission included. */
export function affordable(amount: number, price: number, rate: number): number {
  let quantity = Math.max(0, Math.floor(amount / (price * (1 + rate))));
  while (quantity > 0 && costOf(quantity, price, rate) > amount) quantity -= 1;
  return quantity;
}
