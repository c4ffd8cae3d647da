import { type Columns, upperBound } from '../columns.ts';

/** Finds a symbol's row at a calendar entry, or its last one before it. */
export function rowFinder(columns: Columns): (symbol: string, time: string) => number {
  const symbols = new Map(columns.symbols.map(({ code }, s) => [code, s]));
  const entries = new Map(columns.times.map((time, t) => [time, t]));
  return (symbol, time) => {
    const s = symbols.get(symbol)!;
    return upperBound(columns.time, columns.offset[s]!, columns.offset[s + 1]!, entries.get(time)!) - 1;
  };
}
