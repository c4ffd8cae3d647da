import type { Columns } from '#domain/backtest/columns.ts';
import type { StrategyDocument } from '#domain/strategy/schema.ts';
import { loadColumns } from './load-columns.ts';

/** A week's bar is made of as many daily ones. */
const SESSIONS_A_WEEK = 5;

interface Wanted {
  readonly document: Pick<StrategyDocument, 'universe' | 'timeframe'>;
  /** Bars of the document's timeframe before `from`. */
  readonly historyBars: number;
  /** First and last day that a run counts. */
  readonly from: string;
  readonly to: string;
}

/** The bars of an imported data folder that a strategy can trade, with its warm-up. Only the symbols that it could buy are read. */
export function loadForDocument(dir: string, { document, historyBars, from, to }: Wanted): Promise<Columns> {
  const { universe, timeframe } = document;
  return loadColumns(dir, {
    from,
    to,
    historyBars: historyBars * (timeframe === '1w' ? SESSIONS_A_WEEK : 1),
    ...(universe.symbols.length > 0 ? { symbols: universe.symbols } : { markets: universe.markets }),
  });
}
