import type { Columns } from '#domain/backtest/columns.ts';
import type { BarSymbol } from '#domain/backtest/columns-from-bars.ts';
import { type ChunkTimeframe, columnsFromChunks } from '#domain/backtest/columns-from-chunks.ts';
import type { BacktestResult } from '#domain/backtest/result.ts';
import { splitBarChunks } from '#domain/market/bar-chunk.ts';
import type { Fault } from '#domain/strategy/fault.ts';
import { runBacktest } from '#lib/use-cases/run-backtest.ts';

export interface PreviewBars {
  readonly symbol: BarSymbol;
  readonly timeframe: ChunkTimeframe;
  /** The symbol's chunks one after the other, oldest first. */
  readonly bytes: ArrayBuffer;
}

export interface PreviewRequest {
  /** Comes back with the answer. */
  readonly id: number;
  /** Given when the bars change; requests without are about those given last. */
  readonly bars?: PreviewBars;
  readonly document: unknown;
  readonly params: Readonly<Record<string, number>>;
  /** First and last day that count, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  /** Whole won. */
  readonly capital: number;
}

export type PreviewAnswer = { readonly id: number } & (
  | { readonly kind: 'result'; readonly result: BacktestResult }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }
  | { readonly kind: 'failed'; readonly message: string }
);

/** The back-test engine behind a message port: a newer request ends the one before it, whose answer is then null. */
export function previewEngine(): (request: PreviewRequest) => Promise<PreviewAnswer | null> {
  let columns: Columns | null = null;
  let latest = new AbortController();
  return async ({ id, bars, ...run }) => {
    latest.abort();
    latest = new AbortController();
    const { signal } = latest;
    try {
      if (bars) columns = columnsFromChunks(splitBarChunks(new Uint8Array(bars.bytes)), bars.symbol, bars.timeframe);
      if (!columns) throw new Error('no bars were given');
      const outcome = await runBacktest({ ...run, columns }, { signal });
      if (signal.aborted) return null;
      return outcome.ok ? { id, kind: 'result', result: outcome.result } : { id, kind: 'faults', faults: outcome.faults };
    } catch (error) {
      return signal.aborted ? null : { id, kind: 'failed', message: String(error) };
    }
  };
}
