import type { CellResult } from './cell-result.ts';
import { type Grid, stepsAt } from './grid.ts';
import { type Aim, objectiveOf } from './objective.ts';

/** A neighbour this near to the best (as a share of it) stands on the same plateau. */
const NEAR = 0.2;

/** How the cells beside a cell do: a result that falls off at the next step is luck. */
export interface Plateau {
  /** Cells of the grid within one step in every parameter, itself left out. */
  readonly neighbours: number;
  /** Those with a value. */
  readonly measured: number;
  /** Of the measured; null when there are none. */
  readonly mean: number | null;
  readonly worst: number | null;
  /** Share of all neighbours within 20 % of the cell; one without a value is not near. Null without neighbours. */
  readonly score: number | null;
}

/** The plateau around a cell that has a value itself, in training. `cells` in the grid's order. */
export function plateauOf(grid: Grid, cells: readonly CellResult[], centre: CellResult, aim: Aim): Plateau {
  const at = stepsAt(grid, centre.cell);
  const beside = cells.filter(({ cell }) => cell !== centre.cell && stepsAt(grid, cell).every((step, a) => Math.abs(step - at[a]!) <= 1));
  const values = beside.map(({ train }) => objectiveOf(train, aim)).filter((value) => value !== null);
  const top = objectiveOf(centre.train, aim)!;
  const least = top - NEAR * Math.abs(top);
  return {
    neighbours: beside.length,
    measured: values.length,
    mean: values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null,
    worst: values.length > 0 ? Math.min(...values) : null,
    score: beside.length > 0 ? values.filter((value) => value >= least).length / beside.length : null,
  };
}
