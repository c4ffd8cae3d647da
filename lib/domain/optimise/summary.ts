import type { Diagnosis } from '#domain/backtest/diagnosis/finding.ts';
import type { CellResult } from './cell-result.ts';
import { searchFindings } from './findings.ts';
import type { Grid } from './grid.ts';
import { type HeatMap, heatMaps } from './heat-map.ts';
import { type Aim, rankedCells } from './objective.ts';
import { type OutOfSample, outOfSample } from './out-of-sample.ts';
import { type Plateau, plateauOf } from './plateau.ts';

/** What a search over all cells of a grid says. It follows from the cells alone. */
export interface SearchSummary {
  /** Parameter sets that were tried. */
  readonly trials: number;
  /** The best in training; null when no cell has a value. */
  readonly best: CellResult | null;
  readonly plateau: Plateau | null;
  /** Null without a test period, or without a best. */
  readonly outOfSample: OutOfSample | null;
  readonly heatMaps: readonly HeatMap[];
  readonly findings: readonly Diagnosis[];
}

/** Sums up all cells of a grid, in its order. */
export function summarise(grid: Grid, cells: readonly CellResult[], aim: Aim): SearchSummary {
  const best = rankedCells(cells, aim)[0] ?? null;
  const summary = {
    trials: cells.length,
    best,
    plateau: best && plateauOf(grid, cells, best, aim),
    outOfSample: best?.test ? outOfSample(cells, best, aim) : null,
    heatMaps: heatMaps(grid, cells, aim),
  };
  return { ...summary, findings: searchFindings(summary, aim) };
}
