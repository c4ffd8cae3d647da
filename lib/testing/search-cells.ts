import { CORE_METRICS, type CoreMetrics } from '#domain/backtest/metrics/core-metrics.ts';
import type { CellResult } from '#domain/optimise/cell-result.ts';
import { cellAt, type Grid, type GridSpec, gridOf } from '#domain/optimise/grid.ts';

/** What a test says of one period of a cell; the figures that it does not name are 0. Thirty trades unless told. */
export type Figures = Partial<Record<keyof CoreMetrics, number>>;

/** A grid over ranges `[min, max, step]`. */
export function searchGrid(ranges: Readonly<Record<string, readonly [min: number, max: number, step: number]>>, spec?: GridSpec): Grid {
  const params = Object.entries(ranges).map(([name, [min, max, step]]) => [name, { default: min, min, max, step }] as const);
  const gridded = gridOf(Object.fromEntries(params), spec);
  if (!gridded.ok) throw new Error(gridded.faults[0]!.en);
  return gridded.grid;
}

/** Cells of a whole grid, in its order, with the figures of each. */
export function searchCells(grid: Grid, train: readonly Figures[], test?: readonly Figures[]): CellResult[] {
  return Array.from({ length: grid.size }, (_, cell) => ({
    cell,
    params: cellAt(grid, cell),
    train: metrics(train[cell] ?? {}),
    test: test ? metrics(test[cell] ?? {}) : null,
  }));
}

function metrics(figures: Figures): CoreMetrics {
  const all = { trades: 30, ...figures };
  const entries = CORE_METRICS.map((name) => [name, { value: all[name] ?? 0, sample: 100, needed: 1, state: 'ok' }] as const);
  return Object.fromEntries(entries) as CoreMetrics;
}
