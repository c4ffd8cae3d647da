import { compileStrategy } from '#domain/strategy/compile.ts';
import { type BacktestInput, type BacktestOutcome, type RunOptions, runBacktest } from '#lib/use-cases/run-backtest.ts';
import { loadColumns } from './load-columns.ts';

export type StoredRun = Omit<BacktestInput, 'columns'>;

/** A week's bar is made of as many daily ones. */
const SESSIONS_A_WEEK = 5;

/**
 * Runs a strategy on an imported data folder: what the command line and the workers both call, so that the same request gives the same
 * hash wherever it runs. Only the symbols that the strategy could buy are read.
 */
export async function runStored(dir: string, run: StoredRun, options: RunOptions = {}): Promise<BacktestOutcome> {
  const compiled = compileStrategy(run.document, run.params);
  if (!compiled.ok) return compiled;
  const { universe, timeframe } = compiled.program.document;
  const named = universe.symbols.length > 0;
  options.signal?.throwIfAborted();
  const columns = await loadColumns(dir, {
    from: run.from,
    to: run.to,
    historyBars: compiled.program.historyBars * (timeframe === '1w' ? SESSIONS_A_WEEK : 1),
    ...(named ? { symbols: universe.symbols } : { markets: universe.markets }),
  });
  return runBacktest({ ...run, columns }, options);
}
