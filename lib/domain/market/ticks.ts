import type { InstrumentKind, Market } from '#domain/market/instrument.ts';

/** From this price (won, inclusive) up to the next band, prices move in steps of `tick` won. */
export interface TickBand {
  readonly from: number;
  readonly tick: number;
}
/** Tick size (호가가격단위) by price, lowest band first; the first band begins at 0. */
export type TickTable = readonly TickBand[];

/** A rule with the first day it was in force. `isSourced: false` marks what rests on general knowledge only, or a day that sources dispute. */
export interface RuleEra {
  readonly since: string;
  readonly isSourced: boolean;
  /** Where we have it from: the rule, a report of it by its address, or what in the data shows it. */
  readonly source: string;
}

export interface TickEra extends RuleEra {
  readonly bands: TickTable;
}

const table = (...pairs: readonly (readonly [from: number, tick: number])[]): TickTable => pairs.map(([from, tick]) => ({ from, tick }));

const STOCK_2023 = table([0, 1], [2_000, 5], [5_000, 10], [20_000, 50], [50_000, 100], [200_000, 500], [500_000, 1_000]);
const KOSPI_2010 = table([0, 1], [1_000, 5], [5_000, 10], [10_000, 50], [50_000, 100], [100_000, 500], [500_000, 1_000]);
const KOSDAQ_2010 = table([0, 1], [1_000, 5], [5_000, 10], [10_000, 50], [50_000, 100]);
const KOSDAQ_2003 = table([0, 5], [5_000, 10], [10_000, 50], [50_000, 100]);
const KOSDAQ_1996 = table([0, 10], [10_000, 100], [100_000, 500], [500_000, 1_000]);
const KOSPI_BEFORE_2010 = table([0, 5], [5_000, 10], [10_000, 50], [50_000, 100], [100_000, 500], [500_000, 1_000]);
const FIVE_WON = table([0, 5]);
const FUND_2023 = table([0, 1], [2_000, 5]);

/** Newest first. The KRX business rules (업무규정) are cited by the day the table took force. */
const SINCE_2023: TickEra = {
  since: '2023-01-25',
  isSourced: true,
  source: 'KRX 호가가격단위 개편 2023-01-25: one table for KOSPI and KOSDAQ; seen in all raw closes from that day',
  bands: STOCK_2023,
};
const MEASURED = 'every raw close of 2021-01-04 … 2023-01-24 in the market-day files lies on it';
const FIRST_SINCE_2010 =
  '1 won instead of 5 below 1,000 on both boards from 2010-10-04 (hankyung.com/article/2010073099481); not changed again before 2023 (kr.investing.com/news/economy/article-871878)';

const KOSPI_ERAS: readonly TickEra[] = [
  SINCE_2023,
  { since: '2021-01-04', isSourced: true, source: MEASURED, bands: KOSPI_2010 },
  { since: '2010-10-04', isSourced: true, source: FIRST_SINCE_2010, bands: KOSPI_2010 },
  {
    since: '0001-01-01',
    isSourced: false,
    source:
      '5 won below 5,000 until 2010-10-03 is reported (hankyung.com/article/2010073099481); since when, and the bands above, general knowledge',
    bands: KOSPI_BEFORE_2010,
  },
];
const KOSDAQ_ERAS: readonly TickEra[] = [
  SINCE_2023,
  { since: '2021-01-04', isSourced: true, source: `${MEASURED}; KONEX follows it`, bands: KOSDAQ_2010 },
  { since: '2010-10-04', isSourced: true, source: FIRST_SINCE_2010, bands: KOSDAQ_2010 },
  {
    since: '2003-07-21',
    isSourced: true,
    source:
      'four steps of 5 to 100 won (hankyung.com/finance/article/2003052902901); unadjusted closes leave the 10-won grid in that quarter and the 5-won grid in the last of 2010',
    bands: KOSDAQ_2003,
  },
  {
    since: '1996-07-01',
    isSourced: false,
    source:
      '10 won below 10,000 and 100 won up to 50,000 until 2003-07-20 are reported (hankyung.com/finance/article/2003052902901); the rest general knowledge',
    bands: KOSDAQ_1996,
  },
  { since: '0001-01-01', isSourced: false, source: 'no KOSDAQ yet: here so that every day has a table', bands: KOSDAQ_2010 },
];
const DISPUTED_DECEMBER =
  '1 won below 2,000 from 2023-12-18 (mediapen.com/news/view/860330) or from 2023-12-08 (etoday.co.kr/news/view/2289674): the later is taken';
const FUND_ERAS: readonly TickEra[] = [
  {
    since: '2024-01-01',
    isSourced: true,
    source: `${DISPUTED_DECEMBER}; both lie behind. Seen live: a fund of 1 won steps`,
    bands: FUND_2023,
  },
  { since: '2023-12-18', isSourced: false, source: DISPUTED_DECEMBER, bands: FUND_2023 },
  { since: '2023-12-08', isSourced: false, source: DISPUTED_DECEMBER, bands: FIVE_WON },
  {
    since: '0001-01-01',
    isSourced: true,
    source: '5 won flat (hankyung.com/article/2022103169051); all 130,594 traded closes of 2020-01-02 … 2023-11-30 lie on it',
    bands: FIVE_WON,
  },
];

export interface TickQuestion {
  readonly day: string;
  readonly kind: InstrumentKind;
  readonly market: Market;
}

/** The tick table in force on a day, with where we have it from. */
export function tickEra({ day, kind, market }: TickQuestion): TickEra {
  const eras = kind !== 'stock' ? FUND_ERAS : market === 'KOSPI' ? KOSPI_ERAS : KOSDAQ_ERAS;
  const era = eras.find((candidate) => candidate.since <= day);
  if (!era) throw new RangeError(`no tick table for ${day}`);
  return era;
}

/** Every tick table we know, newest first, for the data-quality page and for seeding `tick_bands`. */
export function tickEras(kind: InstrumentKind, market: Market): readonly TickEra[] {
  return kind !== 'stock' ? FUND_ERAS : market === 'KOSPI' ? KOSPI_ERAS : KOSDAQ_ERAS;
}

/** The tick table in force on a day. */
export function tickTable(question: TickQuestion): TickTable {
  return tickEra(question).bands;
}

/** The smallest step upward from a price, in won. A band begins on its own bound. */
export function tickSize(price: number, bands: TickTable): number {
  for (let i = bands.length - 1; i >= 0; i--) {
    const band = bands[i] as TickBand;
    if (price >= band.from) return band.tick;
  }
  throw new RangeError(`no tick for a price of ${price}`);
}

/**
 * True when an order may name this price. Trade prints may lie between ticks all the same: mid-price orders (중간가) trade at
 * half ticks since 2025-03-04, so history is never refused for it.
 */
export function isOnTick(price: number, bands: TickTable): boolean {
  return Number.isSafeInteger(price) && price > 0 && price % tickSize(price, bands) === 0;
}

/** The highest price on the grid that is not above `price`; 0 when there is none. */
export function floorToTick(price: number, bands: TickTable): number {
  const tick = tickSize(price, bands);
  return Math.floor(price / tick) * tick; // for whole won the same as taking the remainder off, at a tenth of its time
}

/** The lowest price on the grid that is not below `price`. Every band begins on its neighbour's grid, so it may be the next band's first price. */
export function ceilToTick(price: number, bands: TickTable): number {
  const below = floorToTick(price, bands);
  return below === price ? price : below + tickSize(price, bands);
}

/** The price `n` ticks up (down when negative), band by band; from between two ticks the first step ends on the nearer one. Never below one tick. */
export function stepTicks(price: number, n: number, bands: TickTable): number {
  let at = price;
  for (let i = 0; i < n; i++) at = floorToTick(at, bands) + tickSize(at, bands);
  for (let i = 0; i > n && at > 0; i--) at = floorToTick(at - 1, bands);
  return Math.max(at, tickSize(0, bands));
}
