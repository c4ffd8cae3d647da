import type { InstrumentKind, Market } from '#domain/market/instrument.ts';
import type { BarField } from '#domain/strategy/schema.ts';

/** A market that a symbol was on from this day (`YYYY-MM-DD`) until the next period. */
export interface MarketPeriod {
  readonly since: string;
  readonly market: Market;
}

/** One symbol of a data set. */
export interface ColumnSymbol {
  readonly code: string;
  readonly name: string;
  /** On the run's first day. */
  readonly market: Market;
  /** Where it moved to another market (이전상장): every market with its first day. */
  readonly markets?: readonly MarketPeriod[];
  readonly kind: InstrumentKind;
  /** True when its last loaded bar is its last for ever (delisted), so a position must leave there. */
  readonly isEnded: boolean;
}

/**
 * Bars of many symbols as columns. Symbol `s` owns the rows `offset[s] … offset[s + 1] − 1`, oldest first, and every row points into
 * one shared calendar (`times`). Halted days may be absent or present with volume 0. The arrays may sit on SharedArrayBuffers.
 * Prices are won a share; with `factor`, adjusted = raw × factor (a 5:1 split gives earlier rows 0.2).
 */
export interface Columns {
  /** `2010-01-04` for daily bars, `2020-03-02T09:05` (the bar's opening, Seoul) for minutes; ascending. */
  readonly times: readonly string[];
  /** Only where a bar is longer than a day: every session of the data, and the first session of each calendar entry. */
  readonly sessions?: { readonly days: readonly string[]; readonly first: readonly string[] };
  /** Only where minute bars were joined from shorter ones: when the last of them opened, for each calendar entry. */
  readonly lastOpens?: readonly string[];
  /** Sorted by code. */
  readonly symbols: readonly ColumnSymbol[];
  readonly offset: Int32Array;
  readonly time: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** Traded value in won; null when the data has none (close × volume stands in). */
  readonly value: Float64Array | null;
  readonly marketCap: Float64Array | null;
  readonly listedShares: Float64Array | null;
  readonly factor: Float64Array | null;
  /** Prices were adjusted by the source, so they are not on the day's tick grid and money is approximate. */
  readonly isAdjusted: boolean;
  readonly isIntraday: boolean;
  /** Identity of the whole data set, whatever files hold it. */
  readonly dataHash: string;
}

/** The Seoul day of a calendar entry. */
export function dayOf(time: string): string {
  return time.slice(0, 10);
}

/** The market whose rules a symbol was under on a day. */
export function marketOn({ market, markets }: Pick<ColumnSymbol, 'market' | 'markets'>, day: string): Market {
  return markets?.findLast(({ since }) => since <= day)?.market ?? market;
}

/** Days since 1970 of a calendar entry, for arithmetic between days. */
export function epochDay(time: string): number {
  const month = digit(time, 5) * 10 + digit(time, 6);
  // The year begins in March, so that the leap day is its last: months then start after (153 × months + 2) ÷ 5 days.
  const year = digit(time, 0) * 1000 + digit(time, 1) * 100 + digit(time, 2) * 10 + digit(time, 3) - (month > 2 ? 0 : 1);
  const monthsSinceMarch = (month + 9) % 12;
  const day = digit(time, 8) * 10 + digit(time, 9) + Math.floor((153 * monthsSinceMarch + 2) / 5) - 1;
  return year * 365 + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + day - DAYS_TO_1970;
}

/** 1970-01-01 counted from 0000-03-01. */
const DAYS_TO_1970 = 719_468;
const digit = (text: string, at: number) => text.charCodeAt(at) - 48;

const symbolColumns = new WeakMap<Columns, Int32Array>();

/** The symbol of every row, made once for as long as the data are kept. */
export function symbolsOfRows(columns: Columns): Int32Array {
  let symbolOf = symbolColumns.get(columns);
  if (!symbolOf) {
    symbolOf = new Int32Array(columns.time.length);
    for (let s = 0; s < columns.symbols.length; s += 1) symbolOf.fill(s, columns.offset[s]!, columns.offset[s + 1]!);
    symbolColumns.set(columns, symbolOf);
  }
  return symbolOf;
}

/** The calendar entries from `start` to `end` that end a session: the last bar of each day, every bar of daily data. */
export function lastOfDays({ times }: Columns, start: number, end: number): number[] {
  const last: number[] = [];
  for (let t = start; t <= end; t += 1) if (t === end || dayOf(times[t + 1]!) !== dayOf(times[t]!)) last.push(t);
  return last;
}

/** Traded value of a row in won; close × volume where the data has none. */
export function tradedValue(columns: Columns, row: number): number {
  const value = columns.value?.[row];
  return value === undefined || Number.isNaN(value) ? columns.close[row]! * columns.volume[row]! : value;
}

/** Fields a data set cannot give. A strategy that reads one of them is refused instead of run on nothing. */
export function missingFields(columns: Columns, fields: ReadonlySet<BarField>): BarField[] {
  const isThere: Partial<Record<BarField, boolean>> = {
    market_cap: columns.marketCap !== null,
    listed_shares: columns.listedShares !== null,
  };
  return [...fields].filter((field) => isThere[field] === false);
}

/** Cuts the data after a calendar entry (inclusive): what was known at that close. */
export function truncate(columns: Columns, lastTime: number): Columns {
  const ranges = columns.symbols.map((_, s): RowRange => {
    const from = columns.offset[s]!;
    return [from, upperBound(columns.time, from, columns.offset[s + 1]!, lastTime)];
  });
  return {
    ...columns,
    times: columns.times.slice(0, lastTime + 1),
    symbols: columns.symbols.map((symbol, s) => ({
      ...symbol,
      isEnded: symbol.isEnded && ranges[s]![1] === columns.offset[s + 1]!,
    })),
    ...takeRows(columns, ranges),
  };
}

/** Rows `[from, to)` of one symbol. */
export type RowRange = readonly [from: number, to: number];

/** The row columns of these ranges one after the other, with their new offsets. */
export function takeRows(columns: Columns, ranges: readonly RowRange[]) {
  const offset = new Int32Array(ranges.length + 1);
  ranges.forEach(([from, to], i) => {
    offset[i + 1] = offset[i]! + to - from;
  });
  const take = <T extends Float64Array | Int32Array>(column: T): T => {
    const out = new (column.constructor as new (length: number) => T)(offset[ranges.length]!);
    ranges.forEach(([from, to], i) => {
      out.set(column.subarray(from, to), offset[i]!);
    });
    return out;
  };
  const maybe = (column: Float64Array | null) => column && take(column);
  return {
    offset,
    time: take(columns.time),
    open: take(columns.open),
    high: take(columns.high),
    low: take(columns.low),
    close: take(columns.close),
    volume: take(columns.volume),
    value: maybe(columns.value),
    marketCap: maybe(columns.marketCap),
    listedShares: maybe(columns.listedShares),
    factor: maybe(columns.factor),
  };
}

/** First position in [from, to) whose value is above `limit`. */
export function upperBound(ascending: Int32Array, from: number, to: number, limit: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The symbol's last row at or before a calendar entry, or −1. */
export function lastRowAt(columns: Columns, symbol: number, index: number): number {
  let low = columns.offset[symbol]!;
  let high = columns.offset[symbol + 1]!;
  const first = low;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (columns.time[middle]! <= index) low = middle + 1;
    else high = middle;
  }
  return low > first ? low - 1 : -1;
}
