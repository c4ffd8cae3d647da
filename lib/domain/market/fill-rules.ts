import { ceilToTick, floorToTick, stepTicks, type TickTable } from '#domain/market/ticks.ts';
import type { Side } from '#domain/order/order.ts';

/** How far a fill without a price of its own lies from what the market showed, always against us. */
export type Slippage =
  | { readonly kind: 'none' }
  | { readonly kind: 'ticks'; readonly value: number }
  | { readonly kind: 'rate'; readonly value: number };

/** The most shares of a printed volume that our fills may take; the back-test and the paper broker share this rule. */
export function shareOfVolume(volume: number, participation: number): number {
  return Math.floor(volume * participation);
}

/** A price on the tick grid moved against us by the slippage; it stays on the grid. */
export function slippedOnGrid(slippage: Slippage, side: Side, price: number, bands: TickTable): number {
  if (slippage.kind === 'none' || slippage.value === 0) return price;
  const direction = side === 'buy' ? 1 : -1;
  if (slippage.kind === 'ticks') return stepTicks(price, direction * slippage.value, bands);
  const whole = slippedByRate(slippage.value, side, price);
  return side === 'buy' ? ceilToTick(whole, bands) : floorToTick(whole, bands);
}

/** A price moved against us by a fraction, in whole won. */
export function slippedByRate(rate: number, side: Side, price: number): number {
  return side === 'buy' ? Math.ceil(price * (1 + rate)) : Math.floor(price * (1 - rate));
}
