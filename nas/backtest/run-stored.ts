import { compileStrategy } from '#domain/strategy/compile.ts';
import type { StrategyDocument } from '#domain/strategy/schema.ts';
import { type BacktestInput, type BacktestOutcome, type RunOptions, runBacktest } from '#lib/use-cases/run-backtest.ts';
import { type LoadInput, loadColumns } from './load-columns.ts';

export type StoredRun = Omit<BacktestInput, 'columns'>;

/** A week's bar is made of as many daily ones. */
const SESSIONS_A_WEEK = 5;

/** The bars a document needs for a period; `historyBars` are of its own timeframe. */
export function barsFor(
  { universe, timeframe }: StrategyDocument,
  historyBars: number,
  { from, to }: Pick<StoredRun, 'from' | 'to'>,
): LoadInput {
  return {
    from,
    to,
    historyBars: historyBars * (timeframe === '1w' ? SESSIONS_A_WEEK : 1),
    ...(universe.symbols.length > 0 ? { symbols: universe.symbols } : { markets: universe.markets }),
  };
}

/**
 * Runs a strategy on an imported data folder: what the command line and the workers both call, so that the same request gives the same
 * hash wherever it runs. Only the symbols that the strategy could buy are read.
 */
export async function runStored(dir: string, run: StoredRun, options: RunOptions = {}): Promise<BacktestOutcome> {
  const compiled = compileStrategy(run.document, run.params);
  if (!compiled.ok) return compiled;
  options.signal?.throwIfAborted();
  const columns = await loadColumns(dir, barsFor(compiled.program.document, compiled.program.historyBars, run));
  return runBacktest({ ...run, columns }, options);
}
