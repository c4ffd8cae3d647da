import type { InstrumentKind, Market } from '#domain/market/instrument.ts';
import { ceilToTick, floorToTick, type RuleEra, tickSize, tickTable } from '#domain/market/ticks.ts';

/** The day's lowest and highest price an order may name, in won, both on the tick. */
export interface PriceLimits {
  readonly upper: number;
  readonly lower: number;
}

export interface LimitQuestion {
  readonly day: string;
  readonly market: Market;
  readonly kind: InstrumentKind;
  /** Leverage of an ETF or ETN: 2 for 레버리지 and 인버스2X (sign ignored). Shares have 1. */
  readonly leverage?: number;
  /** 정리매매: the last days before a delisting trade without limits. */
  readonly isLiquidation?: boolean;
}

/** A price limit (가격제한폭) as a percentage of the base price, with the first day it was in force. */
export interface LimitEra extends RuleEra {
  readonly percent: number;
}

const HISTORY = 'nocutnews.co.kr/news/4428216, 2015-06-14';
const WIDENED: LimitEra = {
  since: '2015-06-15',
  percent: 30,
  isSourced: true,
  source: `ETF and ETN too: ${HISTORY}; visible in the daily data`,
};

/** Newest first. Where a source tells only the month of a change, the part of that month is a row of its own, marked as unsourced. */
export const LIMIT_ERAS: Readonly<Record<Market, readonly LimitEra[]>> = {
  KOSPI: [
    WIDENED,
    { since: '1998-12-07', percent: 15, isSourced: true, source: `${HISTORY}; the day is visible in the daily data` },
    { since: '1998-04-01', percent: 12, isSourced: true, source: `${HISTORY}: 12 % in March 1998` },
    { since: '1998-03-02', percent: 12, isSourced: false, source: `the month is reported (${HISTORY}), the day is general knowledge` },
    { since: '1996-12-01', percent: 8, isSourced: true, source: `${HISTORY}: 8 % in November 1996` },
    { since: '1996-11-25', percent: 8, isSourced: false, source: `the month is reported (${HISTORY}), the day is general knowledge` },
    {
      since: '1995-04-01',
      percent: 6,
      isSourced: true,
      source: `6 % before (${HISTORY}); a rate since 1995-04-01 (a-ha.io/questions/4fec264e…)`,
    },
    {
      since: '0001-01-01',
      percent: 6,
      isSourced: false,
      source: 'fixed amounts of won in 17 price bands until 1995-03-31, whose table nobody could show',
    },
  ],
  KOSDAQ: [
    WIDENED,
    { since: '2005-03-28', percent: 15, isSourced: true, source: `${HISTORY}; the day is visible in the daily data` },
    { since: '1998-06-01', percent: 12, isSourced: true, source: `${HISTORY}; hankyung.com/article/2005022215891` },
    { since: '1998-04-01', percent: 12, isSourced: false, source: `April by hankyung.com/article/2005022215891, May 1998 by ${HISTORY}` },
    { since: '1996-12-01', percent: 8, isSourced: true, source: `${HISTORY}: 8 % in November 1996` },
    {
      since: '0001-01-01',
      percent: 8,
      isSourced: false,
      source: 'fixed amounts of won until October 1996 (hankyung.com/article/2005022215891)',
    },
  ],
  KONEX: [
    {
      since: '2013-07-01',
      percent: 15,
      isSourced: true,
      source: `15 % stayed when the others went to 30 (${HISTORY}); raw highs and lows of 2021–2026 stop there`,
    },
    { since: '0001-01-01', percent: 15, isSourced: false, source: 'no KONEX yet: here so that every day has a limit' },
  ],
};

/** The whole range a price can have: what "no limit" means to an order. */
export const UNLIMITED: PriceLimits = { upper: 1_000_000_000, lower: 1 };

function limitPercent({ day, market, kind, leverage = 1, isLiquidation = false }: LimitQuestion): number | null {
  if (isLiquidation) return null;
  const era = LIMIT_ERAS[market].find((candidate) => candidate.since <= day);
  if (!era) throw new RangeError(`no price limit for ${day}`);
  // A fund of twice the index has twice the limit: 30 % when shares had 15 (hankyung.com/article/2011080981536). The broker's own limits decide.
  return kind === 'stock' ? era.percent : Math.round(era.percent * Math.max(1, Math.abs(leverage)));
}

/** The limit as a fraction of the base price (0.3), or null where prices are free (정리매매). */
export function limitRate(question: LimitQuestion): number | null {
  const percent = limitPercent(question);
  return percent === null ? null : percent / 100;
}

/**
 * Upper and lower limit (상한가·하한가) of a day for a base price (기준가) in won.
 *
 * The width is base × rate, cut to the tick of the *base* price; both ends then come inward to their own band's tick. Checked
 * against raw lows of 2023–2026: base 5,050 stopped at 3,540 (width 1,515 → 1,510), not at 3,535; base 5,190 at 3,640. Of 504,000
 * raw stock-days of 2021–2026 only first days and liquidation trading lie outside.
 * Where the broker tells the day's limits (`stck_mxpr`, `stck_llam`), those win: base prices change with corporate actions.
 */
export function priceLimits(basePrice: number, question: LimitQuestion): PriceLimits {
  const percent = limitPercent(question);
  if (percent === null) return UNLIMITED;
  const bands = tickTable(question);
  const tick = tickSize(basePrice, bands);
  const rawWidth = Math.floor((basePrice * percent) / 100);
  // A share of a few won still moves by one tick each way (최소 1호가): general knowledge, the case is below 4 won.
  const width = Math.max(tick, rawWidth - (rawWidth % tick));
  const smallest = tickSize(0, bands);
  return {
    upper: floorToTick(basePrice + width, bands),
    lower: basePrice - width < smallest ? smallest : ceilToTick(basePrice - width, bands),
  };
}

/**
 * First-day limits of a new listing: 60 % to 400 % of the offer price since 2023-06-26, on KOSPI and KOSDAQ
 * (ajunews.com/amp/20230413111611111; highs of exactly 400 % in 2026). Null before and on KONEX.
 */
export function listingDayLimits(offerPrice: number, question: LimitQuestion): PriceLimits | null {
  if (question.day < '2023-06-26' || question.market === 'KONEX') return null;
  const bands = tickTable(question);
  return { upper: floorToTick(offerPrice * 4, bands), lower: ceilToTick(Math.ceil((offerPrice * 60) / 100), bands) };
}
