import type { CoreMetrics } from '#domain/backtest/metrics/core-metrics.ts';

/** What one set of parameters gave: plain JSON, the same wherever it was computed. */
export interface CellResult {
  /** Place in the grid. */
  readonly cell: number;
  readonly params: Readonly<Record<string, number>>;
  readonly train: CoreMetrics;
  /** The sessions after the split, which no choice may have seen; null without a split. */
  readonly test: CoreMetrics | null;
}
