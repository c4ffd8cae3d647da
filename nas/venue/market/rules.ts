import type { Instrument } from './instruments.ts';

/** The exchange's rules the venue asks for; `krx-rules.ts` answers from lib/domain, tests may answer by hand. */
export interface MarketRules {
  tickSize(instrument: Instrument, day: string, price: number): number;
  floorToTick(instrument: Instrument, day: string, price: number): number;
  ceilToTick(instrument: Instrument, day: string, price: number): number;
  /** Highest and lowest price of the day from its base price. */
  limits(instrument: Instrument, day: string, basePrice: number): { upper: number; lower: number };
  /** Broker commission in won of a filled amount. */
  commission(amount: number): number;
  /** Securities transaction tax in won of a sale that settles on `settlementDay`. */
  tax(instrument: Instrument, tradeDay: string, settlementDay: string, amount: number): number;
}
