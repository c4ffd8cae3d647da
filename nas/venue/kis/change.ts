import type { MarketState } from '../market/market-state.ts';

/** Sign codes of KIS: 1 upper limit, 2 up, 3 flat, 4 lower limit, 5 down. */
export function signOf(market: MarketState, price: number): string {
  if (price === market.upperLimit) return '1';
  if (price === market.lowerLimit) return '4';
  return price > market.basePrice ? '2' : price < market.basePrice ? '5' : '3';
}

/** Difference to the base price, its sign code and percentage, as KIS prints them (the value carries its own minus). */
export function changeOf(market: MarketState, price: number = market.lastPrice): { vrss: string; sign: string; ctrt: string } {
  const difference = price - market.basePrice;
  return { vrss: String(difference), sign: signOf(market, price), ctrt: percent(difference, market.basePrice) };
}

/** `part ÷ whole` in percent with two decimals; 0.00 when there is no whole. */
export const percent = (part: number, whole: number): string => (whole === 0 ? '0.00' : ((part / whole) * 100).toFixed(2));
