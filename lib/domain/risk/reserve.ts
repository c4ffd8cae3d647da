import { commissionAtMost } from '#domain/market/fees-and-tax.ts';
import { type Krw, notional } from '#domain/money.ts';
import type { PriceType } from '#domain/order/order.ts';

/** Types whose fill price the order itself bounds. A conditional order turns into a market order at the close, so it is not one. */
const BOUND_BY_PRICE: readonly PriceType[] = ['limit'];

/** The worst price a buy can be filled at: its own for a limit order, else the upper limit (상한가 margin). */
export function reservePrice(order: { readonly priceType: PriceType; readonly price: number | null }, upperLimit: number): number {
  return BOUND_BY_PRICE.includes(order.priceType) && order.price !== null ? order.price : upperLimit;
}

/** Won a buy holds until it is final: quantity at its worst price, with commission rounded up (SQL `private.cost_of`). */
export function reserveAmount(
  order: { readonly priceType: PriceType; readonly price: number | null; readonly quantity: number },
  upperLimit: number,
  commissionRate: number,
): Krw {
  const amount = notional(reservePrice(order, upperLimit), order.quantity);
  return (amount + commissionAtMost(amount, commissionRate)) as Krw;
}
