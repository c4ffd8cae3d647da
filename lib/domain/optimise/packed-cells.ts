import type { CoreMetrics } from '#domain/backtest/metrics/core-metrics.ts';
import type { Metric } from '#domain/backtest/metrics/metric.ts';
import type { CellResult } from './cell-result.ts';

const STATES = ['ok', 'too_few', 'undefined'] as const satisfies readonly Metric['state'][];

/** One figure of every cell; `needed` is the same for all, `states` are places in `STATES`. */
interface MetricColumns {
  readonly needed: number;
  readonly values: readonly (number | null)[];
  readonly samples: readonly number[];
  readonly states: readonly number[];
}
type PeriodColumns = Readonly<Record<keyof CoreMetrics, MetricColumns>>;

/** All cells of a search in the grid's order, column by column: an eighth of the cells' own JSON, and a fraction of that deflated. */
export interface PackedCells {
  readonly schema: 'narae.cells/1';
  readonly size: number;
  readonly params: Readonly<Record<string, readonly number[]>>;
  readonly train: PeriodColumns;
  readonly test: PeriodColumns | null;
}

/** @param cells all of a search, cell 0 first. */
export function packCells(cells: readonly CellResult[]): PackedCells {
  return {
    schema: 'narae.cells/1',
    size: cells.length,
    params: Object.fromEntries(Object.keys(cells[0]!.params).map((name) => [name, cells.map((cell) => cell.params[name]!)])),
    train: packPeriod(cells.map((cell) => cell.train)),
    test: cells[0]!.test && packPeriod(cells.map((cell) => cell.test!)),
  };
}

/** The very cells that were packed. */
export function unpackCells({ size, params, train, test }: PackedCells): CellResult[] {
  return Array.from({ length: size }, (_, cell) => ({
    cell,
    params: Object.fromEntries(Object.entries(params).map(([name, values]) => [name, values[cell]!])),
    train: unpackPeriod(train, cell),
    test: test && unpackPeriod(test, cell),
  }));
}

function packPeriod(metrics: readonly CoreMetrics[]): PeriodColumns {
  const names = Object.keys(metrics[0]!) as (keyof CoreMetrics)[];
  const columns = names.map((name): [string, MetricColumns] => {
    const column = metrics.map((figures) => figures[name]);
    return [
      name,
      {
        needed: column[0]!.needed,
        values: column.map(({ value }) => value),
        samples: column.map(({ sample }) => sample),
        states: column.map(({ state }) => STATES.indexOf(state)),
      },
    ];
  });
  return Object.fromEntries(columns) as unknown as PeriodColumns;
}

function unpackPeriod(columns: PeriodColumns, cell: number): CoreMetrics {
  const figures = Object.entries(columns).map(([name, { needed, values, samples, states }]): [string, Metric] => [
    name,
    { value: values[cell]!, sample: samples[cell]!, needed, state: STATES[states[cell]!]! },
  ]);
  return Object.fromEntries(figures) as unknown as CoreMetrics;
}
