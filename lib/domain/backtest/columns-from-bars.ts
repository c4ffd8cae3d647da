import type { InstrumentKind, Market } from '#domain/market/instrument.ts';
import type { Columns, MarketPeriod } from './columns.ts';

/** One bar as rows give it: a database, a broker's answer, a test. */
export interface BarRow {
  readonly code: string;
  /** `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM` for the minute in which the bar opened (Seoul). */
  readonly time: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly value?: number;
  readonly marketCap?: number;
  readonly listedShares?: number;
  /** adjusted = raw × factor; leave out on every row when there are no splits to know. */
  readonly factor?: number;
}
export interface BarSymbol {
  readonly code: string;
  readonly market: Market;
  /** Every market with its first day, where it moved. */
  readonly markets?: readonly MarketPeriod[];
  readonly name?: string;
  readonly kind?: InstrumentKind;
  readonly isEnded?: boolean;
}
export interface BarSet {
  readonly bars: readonly BarRow[];
  readonly symbols: readonly BarSymbol[];
  readonly isAdjusted: boolean;
  readonly dataHash: string;
}

/** Puts rows in any order into columns. Bars of unknown symbols and two bars of one symbol and time are refused. */
export function columnsFromBars({ bars, symbols, isAdjusted, dataHash }: BarSet): Columns {
  const known = [...symbols].sort((a, b) => (a.code < b.code ? -1 : 1));
  const order = new Map(known.map((symbol, i) => [symbol.code, i]));
  const sorted = [...bars].sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : a.time < b.time ? -1 : 1));
  const times = [...new Set(bars.map((bar) => bar.time))].sort();
  const timeIndex = new Map(times.map((time, i) => [time, i]));
  const offset = new Int32Array(known.length + 1);
  sorted.forEach((bar, i) => {
    const s = order.get(bar.code);
    if (s === undefined) throw new RangeError(`a bar of ${bar.code}, which is not among the symbols`);
    const before = sorted[i - 1];
    if (before?.code === bar.code && before.time === bar.time) throw new RangeError(`two bars of ${bar.code} at ${bar.time}`);
    offset[s + 1]! += 1;
  });
  for (let s = 0; s < known.length; s += 1) offset[s + 1]! += offset[s]!;
  const column = (of: (bar: BarRow) => number) => Float64Array.from(sorted, of);
  const optional = (name: 'value' | 'marketCap' | 'listedShares' | 'factor') =>
    sorted.some((bar) => bar[name] !== undefined) ? column((bar) => bar[name] ?? (name === 'factor' ? 1 : Number.NaN)) : null;
  return {
    times,
    symbols: known.map(({ code, market, markets, name = '', kind = 'stock', isEnded = false }) => ({
      code,
      name,
      market,
      ...(markets ? { markets } : {}),
      kind,
      isEnded,
    })),
    offset,
    time: Int32Array.from(sorted, (bar) => timeIndex.get(bar.time)!),
    open: column((bar) => bar.open),
    high: column((bar) => bar.high),
    low: column((bar) => bar.low),
    close: column((bar) => bar.close),
    volume: column((bar) => bar.volume),
    value: optional('value'),
    marketCap: optional('marketCap'),
    listedShares: optional('listedShares'),
    factor: optional('factor'),
    isAdjusted,
    isIntraday: times.some((time) => time.length > 10),
    dataHash,
  };
}
