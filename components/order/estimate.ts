import { commission, settlementDay, transactionTax } from '#domain/market/fees-and-tax.ts';
import type { InstrumentKind, Market } from '#domain/market/instrument.ts';

export interface EstimateQuestion {
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  /** Won a share the estimate reckons with: the limit, or the worst price of a market order. */
  readonly price: number;
  readonly commissionRate: number;
  readonly market: Market;
  readonly kind: InstrumentKind;
  /** Trading day in Seoul. */
  readonly day: string;
}

export interface Estimate {
  readonly amount: number;
  readonly fee: number;
  readonly tax: number;
  /** What leaves (negative) or comes into the account. */
  readonly cashChange: number;
}

/** Fee and tax by today's rules; null when the product leaves the exact integers. */
export function estimateOrder(question: EstimateQuestion): Estimate | null {
  const amount = question.price * question.quantity;
  if (!Number.isSafeInteger(amount) || amount < 0) return null;
  const fee = commission(amount, question.commissionRate);
  const isSell = question.side === 'sell';
  const tax = isSell
    ? transactionTax(amount, { market: question.market, kind: question.kind, settlementDay: settlementDay(question.day) })
    : 0;
  return { amount, fee, tax, cashChange: isSell ? amount - fee - tax : -(amount + fee) };
}

/** The most shares a sum buys, fee included. */
export function affordableShares(cash: number, price: number, commissionRate: number): number {
  if (price <= 0 || cash <= 0) return 0;
  let shares = Math.floor(cash / (price * (1 + commissionRate)));
  while (shares > 0 && price * shares + commission(price * shares, commissionRate) > cash) shares -= 1;
  return shares;
}
