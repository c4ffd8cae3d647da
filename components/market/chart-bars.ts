import { type BarColumns, decodeBarChunk } from '#domain/market/bar-chunk.ts';

/** A bar as the chart takes it: daily bars by date, minutes by seconds shifted to Seoul (the chart knows no time zones). */
export interface ChartBar {
  readonly time: string | number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}
export type Timeframe = '1d' | '1m';

const SEOUL_OFFSET_S = 9 * 3_600;

/** Bytes of a `bytea` column as PostgREST writes them: `\x` and hexadecimal digits. */
export function bytesOfHex(text: string): Uint8Array {
  const digits = text.startsWith('\\x') ? text.slice(2) : text;
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) throw new RangeError('bar chunk: not hexadecimal');
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16));
}

/** Chunks, oldest first, as one list of bars in rising time; a repeated time keeps the later one. */
export function chartBars(chunks: readonly Uint8Array[], timeframe: Timeframe): ChartBar[] {
  const byTime = new Map<string | number, ChartBar>();
  for (const chunk of chunks) {
    const columns = decodeBarChunk(chunk);
    for (let at = 0; at < columns.time.length; at += 1) {
      const bar = barAt(columns, at, timeframe);
      byTime.set(bar.time, bar);
    }
  }
  return [...byTime.values()].sort((a, b) => (a.time < b.time ? -1 : 1));
}

function barAt(columns: BarColumns, at: number, timeframe: Timeframe): ChartBar {
  const value = (name: keyof BarColumns) => columns[name][at] as number;
  const stamp = value('time');
  const day = String(stamp);
  return {
    time: timeframe === '1d' ? `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}` : stamp * 60 + SEOUL_OFFSET_S,
    open: value('open'),
    high: value('high'),
    low: value('low'),
    close: value('close'),
    volume: value('volume'),
  };
}
