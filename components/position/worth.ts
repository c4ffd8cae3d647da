import type { PositionView } from '#lib/db/positions.ts';

export interface Worth {
  /** Won a share it is valued at; null when nobody knows a price. */
  readonly price: number | null;
  readonly value: number;
  readonly profit: number;
  /** Profit ÷ purchase amount; null without one. */
  readonly rate: number | null;
}

/** What a position is worth at a price, before fee and tax. */
export function worthOf(position: Pick<PositionView, 'quantity' | 'purchaseAmount' | 'lastPrice'>, livePrice: number | undefined): Worth {
  const price = livePrice ?? position.lastPrice;
  if (price === null) return { price: null, value: position.purchaseAmount, profit: 0, rate: null };
  const value = price * position.quantity;
  const profit = value - position.purchaseAmount;
  return { price, value, profit, rate: position.purchaseAmount > 0 ? profit / position.purchaseAmount : null };
}

/** Sums over positions; the rate is over what all of them cost. */
export function totalWorth(worths: readonly Worth[], purchaseAmount: number): Omit<Worth, 'price'> {
  const value = worths.reduce((sum, worth) => sum + worth.value, 0);
  const profit = worths.reduce((sum, worth) => sum + worth.profit, 0);
  return { value, profit, rate: purchaseAmount > 0 ? profit / purchaseAmount : null };
}
