import { hashOf, sha256Hex } from '#domain/hash.ts';
import { decodeBarChunk } from '#domain/market/bar-chunk.ts';
import type { Columns } from './columns.ts';
import { type BarRow, type BarSymbol, columnsFromBars } from './columns-from-bars.ts';

/** What a published chunk holds: whole days, or single minutes. */
export type ChunkTimeframe = '1d' | '1m';

const SEOUL_OFFSET_MINUTES = 9 * 60;

/**
 * Bars of one symbol from its published chunks, oldest first; a repeated time keeps the later chunk. Prices are raw and chunks carry no
 * adjustment factors. The data's identity is that of the chunks' bytes and the symbol, so that every reader of the same chunks has the
 * same: a browser, a server, a test.
 */
export function columnsFromChunks(chunks: readonly Uint8Array[], symbol: BarSymbol, timeframe: ChunkTimeframe): Columns {
  const timeOf = timeframe === '1d' ? dayText : minuteText;
  const bars = new Map<string, BarRow>();
  for (const chunk of chunks) {
    const { time: stamps, open, high, low, close, volume, value } = decodeBarChunk(chunk);
    stamps.forEach((stamp, i) => {
      const time = timeOf(stamp);
      bars.set(time, {
        code: symbol.code,
        time,
        open: open[i]!,
        high: high[i]!,
        low: low[i]!,
        close: close[i]!,
        volume: volume[i]!,
        value: value[i]!,
      });
    });
  }
  const dataHash = hashOf({ form: 'narae.chunks/1', symbol, timeframe, chunks: chunks.map((chunk) => sha256Hex(chunk)) });
  return columnsFromBars({ bars: [...bars.values()], symbols: [symbol], isAdjusted: false, dataHash });
}

/** yyyymmdd as `YYYY-MM-DD`. */
function dayText(stamp: number): string {
  const digits = String(stamp);
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
}

/** A minute since 1970 in UTC as Seoul's `YYYY-MM-DDTHH:MM`. */
function minuteText(stamp: number): string {
  return new Date((stamp + SEOUL_OFFSET_MINUTES) * 60_000).toISOString().slice(0, 16);
}
