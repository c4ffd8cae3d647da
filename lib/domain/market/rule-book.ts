import { CALENDAR_FROM } from './calendar.ts';
import { addDays } from './day.ts';
import { TAX_ERAS } from './fees-and-tax.ts';
import type { InstrumentKind, Market } from './instrument.ts';
import { LIMIT_ERAS } from './price-limit.ts';
import { type RuleEra, tickEras } from './ticks.ts';

export type Rule = 'tick_size' | 'price_limit' | 'fund_price_limit' | 'transaction_tax' | 'session_hours';

/** A stretch of days for which a rule is no more than general knowledge; `from` and `to` inclusive. */
export interface UnsourcedRule {
  readonly rule: Rule;
  /** Null where the rule is the same for all. */
  readonly market: Market | null;
  readonly from: string;
  readonly to: string;
  readonly source: string;
}

/** What a run touches: its days, its symbols, and which rules it asks for. */
export interface RuleBookQuestion {
  readonly from: string;
  readonly to: string;
  readonly symbols: readonly { readonly market: Market; readonly kind: InstrumentKind }[];
  /** The sales tax is the law's and not a rate of the user's. */
  readonly isTaxByLaw: boolean;
  readonly isIntraday: boolean;
}

/** Every rule that a run of these days rests on without a source, so that nothing is guessed silently. In order of rule, market and day. */
export function unsourcedRules({ from, to, symbols, isTaxByLaw, isIntraday }: RuleBookQuestion): UnsourcedRule[] {
  const within = (rule: Rule, market: Market | null, eras: readonly RuleEra[]) =>
    doubtful(eras, from, to).map((days) => ({ rule, market, ...days }));
  const shares = symbols.filter(({ kind }) => kind === 'stock');
  const funds = symbols.filter(({ kind }) => kind !== 'stock');
  const markets = marketsOf(symbols);
  const found = [
    ...marketsOf(shares).flatMap((market) => within('tick_size', market, tickEras('stock', market))),
    ...(funds.length > 0 ? within('tick_size', null, tickEras('etf', 'KOSPI')) : []),
    ...markets.flatMap((market) => within('price_limit', market, LIMIT_ERAS[market])),
    ...(isTaxByLaw && shares.length > 0 ? within('transaction_tax', null, TAX_ERAS) : []),
  ];
  if (funds.length > 0)
    found.push({
      rule: 'fund_price_limit',
      market: null,
      from,
      to,
      source: 'the data does not tell which funds are leveraged and have twice the limit',
    });
  if (isIntraday && from < CALENDAR_FROM)
    found.push({
      rule: 'session_hours',
      market: null,
      from,
      to: earlier(to, addDays(CALENDAR_FROM, -1)),
      source: 'days that open or close an hour later (entrance exams, first session of a year) are known since 2024 only',
    });
  return found;
}

function doubtful(eras: readonly RuleEra[], from: string, to: string): { from: string; to: string; source: string }[] {
  return eras
    .map((era, i) => ({ ...era, until: i === 0 ? '9999-12-31' : addDays(eras[i - 1]!.since, -1) }))
    .filter((era) => !era.isSourced && era.since <= to && era.until >= from)
    .map(({ since, until, source }) => ({ from: later(since, from), to: earlier(until, to), source }))
    .reverse();
}

const marketsOf = (symbols: RuleBookQuestion['symbols']) => [...new Set(symbols.map(({ market }) => market))].sort();
const earlier = (a: string, b: string) => (a < b ? a : b);
const later = (a: string, b: string) => (a > b ? a : b);
