import { commission, type TaxQuestion, transactionTax } from '#domain/market/fees-and-tax.ts';
import { type AvgPrice, averagePrice, type Krw, notional, type SignedKrw } from '#domain/money.ts';
import type { Side } from '#domain/order/order.ts';

/** Net shares of one symbol in one account. The average price is derived, never stored as money. */
export interface Position {
  readonly quantity: number;
  /** Won paid for the shares still held, without commission. */
  readonly purchaseAmount: number;
  /** Won earned (lost when negative) by what was sold: proceeds − cost, before commission and tax. */
  readonly realizedPnl: number;
  /** Commission of both sides and tax of sales, in won; kept apart from each other and from the P&L. */
  readonly commissionPaid: number;
  readonly taxPaid: number;
}

export const NO_POSITION: Position = { quantity: 0, purchaseAmount: 0, realizedPnl: 0, commissionPaid: 0, taxPaid: 0 };

/** An increment of the broker's cumulative truth: shares and won of one order. */
export interface Fill {
  readonly side: Side;
  readonly quantity: number;
  readonly amount: number;
}

export type PositionRefusal = 'bad_fill' | 'oversold';
export type PositionChange =
  | { readonly ok: true; readonly position: Position; readonly realizedPnl: SignedKrw }
  | { readonly ok: false; readonly reason: PositionRefusal };

/** floor(amount × part ÷ whole), exact also where the product leaves the exact integers. */
function proportion(amount: number, part: number, whole: number): number {
  const product = amount * part;
  if (Number.isSafeInteger(product)) return (product - (product % whole)) / whole;
  return Number((BigInt(amount) * BigInt(part)) / BigInt(whole));
}

/**
 * Adds a fill. A sale takes its share of the purchase amount by the average (이동평균), cut to the won; the last sale takes all
 * that is left, so no won is ever lost. Selling more than is held is refused: the broker and we differ, and a person is told.
 */
export function applyFill(
  position: Position,
  fill: Fill,
  costs: { readonly commission?: number; readonly tax?: number } = {},
): PositionChange {
  const isWhole = Number.isSafeInteger(fill.quantity) && Number.isSafeInteger(fill.amount);
  if (!isWhole || fill.quantity <= 0 || fill.amount < 0) return { ok: false, reason: 'bad_fill' };
  const paid = {
    commissionPaid: position.commissionPaid + (costs.commission ?? 0),
    taxPaid: position.taxPaid + (costs.tax ?? 0),
  };
  if (fill.side === 'buy') {
    const bought = { quantity: position.quantity + fill.quantity, purchaseAmount: position.purchaseAmount + fill.amount };
    return { ok: true, position: { ...position, ...paid, ...bought }, realizedPnl: 0 as SignedKrw };
  }
  if (fill.quantity > position.quantity) return { ok: false, reason: 'oversold' };
  const cost = proportion(position.purchaseAmount, fill.quantity, position.quantity);
  const realizedPnl = (fill.amount - cost) as SignedKrw;
  const rest = {
    quantity: position.quantity - fill.quantity,
    purchaseAmount: position.purchaseAmount - cost,
    realizedPnl: position.realizedPnl + realizedPnl,
  };
  return { ok: true, position: { ...position, ...paid, ...rest }, realizedPnl };
}

/** Won a share, for the screen; null without shares. */
export function positionAverage(position: Pick<Position, 'quantity' | 'purchaseAmount'>): AvgPrice | null {
  return averagePrice(position.purchaseAmount, position.quantity);
}

export interface LivePnl {
  /** Shares at the last price, in won. */
  readonly value: Krw;
  readonly unrealizedPnl: SignedKrw;
  /** unrealizedPnl ÷ purchase amount, a fraction; null when nothing was paid. */
  readonly returnRate: number | null;
}

/** What the shares are worth now, before the cost of selling them. */
export function livePnl(position: Pick<Position, 'quantity' | 'purchaseAmount'>, lastPrice: number): LivePnl {
  const value = notional(lastPrice, position.quantity);
  const unrealizedPnl = (value - position.purchaseAmount) as SignedKrw;
  return { value, unrealizedPnl, returnRate: position.purchaseAmount > 0 ? unrealizedPnl / position.purchaseAmount : null };
}

/** What would be left of the unrealised P&L after selling everything now: commission and tax of the sale taken off. */
export function pnlAfterSale(
  position: Pick<Position, 'quantity' | 'purchaseAmount'>,
  lastPrice: number,
  costs: { readonly commissionRate: number } & TaxQuestion,
): SignedKrw {
  const { value, unrealizedPnl } = livePnl(position, lastPrice);
  return (unrealizedPnl - commission(value, costs.commissionRate) - transactionTax(value, costs)) as SignedKrw;
}
