import { compileStrategy } from '#domain/strategy/compile.ts';
import { type BacktestInput, type BacktestOutcome, type RunOptions, runBacktest } from '#lib/use-cases/run-backtest.ts';
import { loadForDocument } from './load-for-document.ts';

export type StoredRun = Omit<BacktestInput, 'columns'>;

/**
 * Runs a strategy on an imported data folder: what the command line and the workers both call, so that the same request gives the same
 * hash wherever it runs.
 */
export async function runStored(dir: string, run: StoredRun, options: RunOptions = {}): Promise<BacktestOutcome> {
  const compiled = compileStrategy(run.document, run.params);
  if (!compiled.ok) return compiled;
  options.signal?.throwIfAborted();
  const columns = await loadForDocument(dir, { ...run, ...compiled.program });
  return runBacktest({ ...run, columns }, options);
}
