import { type Columns, upperBound } from '../columns.ts';

/** Finds a symbol's row at a calendar entry, or its last one before it. A week answers to its first session too: fills at its open carry it. */
export function rowFinder(columns: Columns): (symbol: string, time: string) => number {
  const symbols = new Map(columns.symbols.map(({ code }, s) => [code, s]));
  const entries = new Map([...(columns.sessions?.first ?? []), ...columns.times].map((time, i) => [time, i % columns.times.length]));
  return (symbol, time) => {
    const s = symbols.get(symbol)!;
    return upperBound(columns.time, columns.offset[s]!, columns.offset[s + 1]!, entries.get(time)!) - 1;
  };
}
