import { type Columns, dayOf } from '#domain/backtest/columns.ts';
import { NO_MASK, type UniverseMask } from '#domain/backtest/signals.ts';
import { openPeriods } from '#domain/backtest/sweep/sweep.ts';
import type { CellResult } from '#domain/optimise/cell-result.ts';
import { cellAt, type Grid } from '#domain/optimise/grid.ts';
import { type Period, splitPeriod, TRAIN_SHARE } from '#domain/optimise/split.ts';
import { compileStrategy, type Program, strategyCompiler } from '#domain/strategy/compile.ts';
import type { Fault } from '#domain/strategy/fault.ts';
import { barsOf, inputFaults } from './run-backtest.ts';

export interface CellsInput {
  /** A strategy document (`narae.strategy/1`), unchecked. */
  readonly document: unknown;
  /** Bars including the warm-up before `from` that `planCells` asks for. */
  readonly columns: Columns;
  /** First and last day that count, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  /** Whole won. */
  readonly capital: number;
  readonly mask?: UniverseMask;
  /** Share of the sessions to choose on, between 0 and 1; 0.7 unless told, null for no test. */
  readonly split?: number | null;
  readonly delistingHaircut?: number;
}

type Planned = { readonly ok: true; readonly historyBars: number } | { readonly ok: false; readonly faults: readonly Fault[] };

/** Faulty cells that are told before the search is refused. */
const FAULTY_CELLS_TOLD = 3;

/** Compiles every cell: what is wrong with any of them, or how many bars before the first day the hungriest wants. */
export function planCells(document: unknown, grid: Grid): Planned {
  const compile = strategyCompiler(document);
  const faults: Fault[] = [];
  let historyBars = 0;
  for (let cell = 0, faulty = 0; cell < grid.size && faulty < FAULTY_CELLS_TOLD; cell += 1) {
    const params = cellAt(grid, cell);
    const compiled = compile(params);
    if (compiled.ok) historyBars = Math.max(historyBars, compiled.program.historyBars);
    else {
      const at = Object.entries(params)
        .map(([name, value]) => `${name}=${value}`)
        .join(', ');
      faults.push(...compiled.faults.map((fault) => ({ ...fault, ko: `${at}: ${fault.ko}`, en: `${at}: ${fault.en}` })));
      faulty += 1;
    }
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, historyBars };
}

export interface CellRun {
  /** Of the grid's first cell. */
  readonly program: Program;
  /** Of the document's timeframe. */
  readonly columns: Columns;
  /** Calendar entries of `columns`. */
  readonly train: Period;
  readonly test: Period | null;
}
type Prepared = { readonly ok: true; readonly run: CellRun } | { readonly ok: false; readonly faults: readonly Fault[] };

/** Where a search over these bars begins, splits and ends, or why it cannot run. */
export function prepareCells(input: CellsInput, grid: Grid): Prepared {
  const compiled = compileStrategy(input.document, cellAt(grid, 0));
  if (!compiled.ok) return compiled;
  const { program } = compiled;
  const columns = barsOf(program, input.columns);
  const start = columns.times.findIndex((time) => dayOf(time) >= input.from);
  const end = columns.times.findLastIndex((time) => dayOf(time) <= input.to);
  const faults = inputFaults({ ...input, columns }, program, start, end);
  if (faults.length > 0) return { ok: false, faults };
  const { split: share = TRAIN_SHARE } = input;
  const whole = { start, end };
  if (share === null) return { ok: true, run: { program, columns, train: whole, test: null } };
  const split = share > 0 && share < 1 ? splitPeriod(columns, whole, share) : null;
  return split ? { ok: true, run: { program, columns, ...split } } : { ok: false, faults: [NO_SPLIT] };
}

const NO_SPLIT: Fault = {
  code: 'split',
  path: 'split',
  ko: '학습 구간과 검증 구간에 거래일이 하나 이상씩 있어야 합니다. 비율은 0과 1 사이로, 기간은 더 길게 하세요.',
  en: 'Train and test need at least one session each. Give a share between 0 and 1 and a longer period.',
};

/**
 * Runs some cells of a grid, in the order given; yields the share done. Pure: a cell's result depends on the input and its parameters
 * only, not on the cells beside it. What `planCells` or `prepareCells` would refuse throws.
 */
export function* cellSteps(input: CellsInput, grid: Grid, cells: readonly number[]): Generator<number, CellResult[]> {
  const prepared = prepareCells(input, grid);
  if (!prepared.ok) throw new RangeError(prepared.faults[0]!.en);
  return yield* openCells(input, grid, prepared.run)(cells);
}

/** The same for a caller with more cells to come: what cells share is kept between calls. */
export function openCells(
  { capital, mask = NO_MASK, delistingHaircut = 0 }: CellsInput,
  grid: Grid,
  { program, columns, train, test }: CellRun,
): (cells: readonly number[]) => Generator<number, CellResult[]> {
  const data = { document: program.document, columns, capital, mask, delistingHaircut };
  const runCell = openPeriods(data, test ? [train, test] : [train]);
  return function* steps(cells) {
    const results: CellResult[] = [];
    for (const cell of cells) {
      const params = cellAt(grid, cell);
      const [before, after] = runCell(params);
      results.push({ cell, params, train: before!.metrics, test: after?.metrics ?? null });
      yield results.length / cells.length;
    }
    return results;
  };
}
