import type { CellResult } from './cell-result.ts';
import { type Grid, stepsAt } from './grid.ts';
import { type Aim, objectiveOf } from './objective.ts';

interface HeatAxis {
  readonly name: string;
  readonly values: readonly number[];
}

/** The objective over two parameters. Rows follow `y`, columns `x`; null where no cell has a value: absent, not zero. */
export interface HeatMap {
  readonly x: HeatAxis;
  readonly y: HeatAxis;
  /** Of all cells with these two values, whatever their other parameters: the best, and the mean. */
  readonly best: readonly (readonly (number | null)[])[];
  readonly mean: readonly (readonly (number | null)[])[];
}

/**
 * The heat map of two axes (places in `grid.axes`) over a period of all cells, given in the grid's order.
 * A mean far below its best says that the other parameters decide.
 */
export function heatMap(grid: Grid, cells: readonly CellResult[], axes: readonly [x: number, y: number], aim: Aim): HeatMap {
  const [x, y] = [grid.axes[axes[0]]!, grid.axes[axes[1]]!];
  const matrix = <T>(value: T) => y.values.map(() => x.values.map(() => value));
  const [best, sum, count] = [matrix<number | null>(null), matrix(0), matrix(0)];
  cells.forEach(({ cell, train }) => {
    const value = objectiveOf(train, aim);
    if (value === null) return;
    const steps = stepsAt(grid, cell);
    const [column, row] = [steps[axes[0]]!, steps[axes[1]]!];
    best[row]![column] = Math.max(value, best[row]![column] ?? value);
    sum[row]![column]! += value;
    count[row]![column]! += 1;
  });
  return {
    x,
    y,
    best,
    mean: sum.map((line, row) => line.map((total, column) => (count[row]![column] ? total / count[row]![column]! : null))),
  };
}

/** The heat map of every pair of parameters that vary. */
export function heatMaps(grid: Grid, cells: readonly CellResult[], aim: Aim): HeatMap[] {
  const varying = grid.axes.flatMap(({ values }, a) => (values.length > 1 ? [a] : []));
  return varying.flatMap((x, i) => varying.slice(i + 1).map((y) => heatMap(grid, cells, [x, y], aim)));
}
