import { dayOf } from '#domain/backtest/columns.ts';
import { ENGINE_VERSION } from '#domain/backtest/result.ts';
import { NO_MASK, type UniverseMask } from '#domain/backtest/signals.ts';
import type { CellResult } from '#domain/optimise/cell-result.ts';
import type { Grid } from '#domain/optimise/grid.ts';
import { optimisationHash } from '#domain/optimise/merge.ts';
import type { Aim } from '#domain/optimise/objective.ts';
import type { Period } from '#domain/optimise/split.ts';
import { type SearchSummary, summarise } from '#domain/optimise/summary.ts';
import type { CellRun, CellsInput } from './run-cells.ts';

/** First and last session of a period. */
interface Days {
  readonly from: string;
  readonly to: string;
}

/** What a search gives; also the CLI's `--json`. Same inputs, same bytes: there is no clock in it. */
export interface SearchResult extends SearchSummary {
  readonly engine: string;
  readonly inputs: {
    readonly strategyHash: string;
    readonly dataHash: string;
    readonly strategyName: string;
    readonly timeframe: string;
    readonly train: Days;
    readonly test: Days | null;
    readonly capital: number;
    readonly mask: UniverseMask;
    readonly delistingHaircut: number;
    readonly symbols: number;
    readonly bars: number;
    readonly isAdjusted: boolean;
    readonly axes: Grid['axes'];
    readonly aim: Aim;
  };
  /** In the grid's order. */
  readonly cells: readonly CellResult[];
  /** SHA-256 of the canonical JSON of `cells`. */
  readonly hash: string;
}

/** @param cells All cells of the grid, merged. */
export function searchResult(input: CellsInput, grid: Grid, run: CellRun, cells: readonly CellResult[], aim: Aim): SearchResult {
  const { columns, program, train, test } = run;
  const { document } = program;
  const days = ({ start, end }: Period): Days => ({ from: dayOf(columns.times[start]!), to: dayOf(columns.times[end]!) });
  return {
    engine: ENGINE_VERSION,
    inputs: {
      strategyHash: program.strategyHash,
      dataHash: columns.dataHash,
      strategyName: document.name,
      timeframe: document.timeframe,
      train: days(train),
      test: test && days(test),
      capital: input.capital,
      mask: input.mask ?? NO_MASK,
      delistingHaircut: input.delistingHaircut ?? 0,
      symbols: columns.symbols.length,
      bars: columns.time.length,
      isAdjusted: columns.isAdjusted,
      axes: grid.axes,
      aim,
    },
    ...summarise(grid, cells, aim),
    cells,
    hash: optimisationHash(cells),
  };
}
