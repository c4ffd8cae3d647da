import { z } from 'zod';

/** Whole won, never negative. KRX equities have no fraction of a won, so neither do we. */
export const krw = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).brand<'Krw'>();
export type Krw = z.infer<typeof krw>;

/** Whole won with a sign: profit and loss, cash flows. */
export const signedKrw = z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER).brand<'SignedKrw'>();
export type SignedKrw = z.infer<typeof signedKrw>;

/** Whole shares, never negative, at most 2^53 − 1. */
export const shares = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).brand<'Shares'>();
export type Shares = z.infer<typeof shares>;

/** Won a share as the exchange quotes it: whole won for stocks, ETF and ETN. */
export const price = z.number().int().positive().max(1_000_000_000).brand<'Price'>();
export type Price = z.infer<typeof price>;

/** Average won a share (amount ÷ quantity). For display only; never multiply it back into money. */
export const avgPrice = z.number().nonnegative().brand<'AvgPrice'>();
export type AvgPrice = z.infer<typeof avgPrice>;

/** price × quantity in whole won. Throws when the product leaves the exact integers: such an order must be refused before. */
export function notional(unitPrice: number, quantity: number): Krw {
  const amount = unitPrice * quantity;
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError(`notional outside exact won: ${unitPrice} × ${quantity}`);
  return amount as Krw;
}

/** Won per share of a filled amount, for the screen; null when nothing was filled. */
export function averagePrice(amount: number, quantity: number): AvgPrice | null {
  return quantity > 0 ? ((amount / quantity) as AvgPrice) : null;
}
