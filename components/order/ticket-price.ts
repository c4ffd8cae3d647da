import { floorToTick, isOnTick, stepTicks, type TickTable, tickSize, tickTable } from '#domain/market/ticks.ts';
import type { DenialNumbers } from '#domain/risk/denials.ts';
import type { InstrumentView } from '#lib/db/market.ts';

export interface PriceFault {
  readonly code: 'off_tick' | 'outside_price_limits';
  readonly numbers: DenialNumbers;
}

/** Ticks in force for an instrument today. */
export function bandsOf(instrument: InstrumentView, day: string): TickTable {
  return tickTable({ day, kind: instrument.kind, market: instrument.market });
}

/** Why the exchange would not take this price today, or null. The same rules bind in the database. */
export function priceFault(price: number, instrument: InstrumentView, bands: TickTable): PriceFault | null {
  const { upperLimit: upper, lowerLimit: lower } = instrument;
  if (price > upper || price < lower) return { code: 'outside_price_limits', numbers: { price, upper, lower } };
  if (isOnTick(price, bands)) return null;
  const tick = tickSize(price, bands);
  const below = Math.max(tick, floorToTick(price, bands));
  return { code: 'off_tick', numbers: { price, tick, below, above: below + tick } };
}

/** The next price on the grid inside today's limits. */
export function steppedPrice(from: number, direction: 1 | -1, instrument: InstrumentView, bands: TickTable): number {
  return Math.min(instrument.upperLimit, Math.max(instrument.lowerLimit, stepTicks(from, direction, bands)));
}
