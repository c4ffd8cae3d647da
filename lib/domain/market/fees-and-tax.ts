import { nextOpenDays } from '#domain/market/calendar.ts';
import type { InstrumentKind, Market } from '#domain/market/instrument.ts';
import type { RuleEra } from '#domain/market/ticks.ts';
import type { Krw } from '#domain/money.ts';

/** Rates are kept to nine decimals: the finest in use is KIS's 0.0140527 % = 0.000140527. */
const BILLION = 1_000_000_000;

/** floor(amount × rate) in whole won, exact: the rate is a decimal fraction, not the binary number that is nearest to it. */
function shareOf(amount: number, rate: number): Krw {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError(`not an amount of won: ${amount}`);
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`not a rate: ${rate}`);
  const billionths = Math.round(rate * BILLION);
  const product = amount * billionths;
  // Exact: below 2^53 a quotient that is not whole lies at least a billionth below the next whole number, more than rounding can add.
  if (Number.isSafeInteger(product)) return Math.floor(product / BILLION) as Krw;
  return Number((BigInt(amount) * BigInt(billionths)) / BigInt(BILLION)) as Krw;
}

/**
 * Commission (수수료) on an amount, cut to the won. A rate belongs to an account (KIS BanKIS online, table of 2025-10-27: KRX
 * 0.000140527). Measured bills of paper (140 on 995,000; 70 on 498,000) are one won above this rate's floor, so the broker's
 * own totals replace ours at the end of the day.
 */
export function commission(amount: number, rate: number): Krw {
  return shareOf(amount, rate);
}

/** The most a commission can be, rounded up to the won: what a buy must hold back. A measured paper bill was one won above the floor. */
export function commissionAtMost(amount: number, rate: number): Krw {
  const floor = shareOf(amount, rate);
  const isExact = BigInt(amount) * BigInt(Math.round(rate * BILLION)) === BigInt(floor) * BigInt(BILLION);
  return (isExact ? floor : floor + 1) as Krw;
}

export interface TaxQuestion {
  readonly market: Market;
  readonly kind: InstrumentKind;
  /** The tax follows the settlement date (T+2): the 2025 rate began with sells of 2024-12-27. */
  readonly settlementDay: string;
}

/** Securities transaction tax including 농어촌특별세 where it applies, as a fraction of the sale, by first settlement day. */
export interface TaxEra extends RuleEra {
  readonly rate: Readonly<Record<Market, number>>;
}

const SCHEDULE = '증권거래세법 시행령, schedule of 2020 (hankyung.com 2020072267916)';
const CUT_2019 = 'etnews.com/20190521000300: sales settled from 2019-06-03, traded from 2019-05-30';

/** Newest first. A KOSPI rate is the tax and 0.15 % 농어촌특별세. */
export const TAX_ERAS: readonly TaxEra[] = [
  {
    since: '2026-01-01',
    rate: { KOSPI: 0.002, KOSDAQ: 0.002, KONEX: 0.001 },
    isSourced: true,
    source: '증권거래세법 시행령, rates of 2026 (moneymindsite)',
  },
  {
    since: '2025-01-01',
    rate: { KOSPI: 0.0015, KOSDAQ: 0.0015, KONEX: 0.001 },
    isSourced: true,
    source: `${SCHEDULE}; first trades of 2024-12-27 (broker notice hygood 1419)`,
  },
  { since: '2024-01-01', rate: { KOSPI: 0.0018, KOSDAQ: 0.0018, KONEX: 0.001 }, isSourced: true, source: SCHEDULE },
  { since: '2023-01-01', rate: { KOSPI: 0.002, KOSDAQ: 0.002, KONEX: 0.001 }, isSourced: true, source: SCHEDULE },
  { since: '2021-01-01', rate: { KOSPI: 0.0023, KOSDAQ: 0.0023, KONEX: 0.001 }, isSourced: true, source: SCHEDULE },
  { since: '2019-06-03', rate: { KOSPI: 0.0025, KOSDAQ: 0.0025, KONEX: 0.001 }, isSourced: true, source: CUT_2019 },
  {
    since: '1997-01-01',
    rate: { KOSPI: 0.003, KOSDAQ: 0.003, KONEX: 0.003 },
    isSourced: true,
    source: `the rates before the cut (${CUT_2019}), which was the first since 1996 (hankookilbo.com/News/Read/201905211157035366)`,
  },
  {
    since: '0001-01-01',
    rate: { KOSPI: 0.003, KOSDAQ: 0.003, KONEX: 0.003 },
    isSourced: false,
    source: 'general knowledge, no document found',
  },
];

/** The rates in force on a settlement day. */
export function taxEraOf(settlementDay: string): TaxEra {
  const era = TAX_ERAS.find((candidate) => candidate.since <= settlementDay);
  if (!era) throw new RangeError(`no tax rate for ${settlementDay}`);
  return era;
}

/** Transaction tax rate of a sale as a fraction; 0 for ETF and ETN, which are exempt. */
export function taxRateIn(era: TaxEra, { market, kind }: Pick<TaxQuestion, 'market' | 'kind'>): number {
  return kind === 'stock' ? era.rate[market] : 0;
}

export function transactionTaxRate(question: TaxQuestion): number {
  return taxRateIn(taxEraOf(question.settlementDay), question);
}

/** Transaction tax (거래세) on a sale, cut to the won. Buyers pay none. */
export function transactionTax(saleAmount: number, question: TaxQuestion): Krw {
  return shareOf(saleAmount, transactionTaxRate(question));
}

/**
 * The day cash and shares change hands: the second open day after the trade. `openDaysAfter` are the open days that follow, in
 * order, where the caller knows them (a back-test's own calendar); what is missing is filled from the exchange's calendar.
 */
export function settlementDay(tradingDay: string, openDaysAfter: readonly string[] = []): string {
  const known = openDaysAfter.slice(0, 2);
  const second = known[1] ?? nextOpenDays(known[0] ?? tradingDay, 2 - known.length).at(-1);
  return second as string;
}
