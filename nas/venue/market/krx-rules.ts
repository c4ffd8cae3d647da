import { commission, transactionTax } from '#domain/market/fees-and-tax.ts';
import { priceLimits } from '#domain/market/price-limit.ts';
import { ceilToTick, floorToTick, tickSize, tickTable } from '#domain/market/ticks.ts';
import type { Instrument } from './instruments.ts';
import type { MarketRules } from './rules.ts';

/** KIS BanKIS online commission of 2025-10-27 (KRX): 0.0140527 %; paper charges the same. */
export const COMMISSION_RATE = 0.000140527;

const table = ({ kind, market }: Instrument, day: string) => tickTable({ day, kind, market });

/** Some brokers cut fees and tax to ten won; KIS's figures seen are cut to the won (reference §7.6). */
export const cutTo = (unit: number, rules: MarketRules): MarketRules => ({
  ...rules,
  commission: (amount) => down(rules.commission(amount), unit),
  tax: (...sale) => down(rules.tax(...sale), unit),
});
const down = (won: number, unit: number): number => won - (won % unit);

/** The rules of the real exchange by date, from lib/domain. */
export const krxRules: MarketRules = {
  tickSize: (instrument, day, price) => tickSize(price, table(instrument, day)),
  floorToTick: (instrument, day, price) => floorToTick(Math.floor(price), table(instrument, day)),
  ceilToTick: (instrument, day, price) => ceilToTick(Math.ceil(price), table(instrument, day)),
  limits: ({ kind, market }, day, basePrice) => priceLimits(basePrice, { day, market, kind }),
  commission: (amount) => commission(amount, COMMISSION_RATE),
  tax: ({ kind, market }, _tradeDay, settlementDay, amount) => transactionTax(amount, { market, kind, settlementDay }),
};
