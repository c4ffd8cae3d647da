import { expect, test } from 'vitest';
import type { CoreMetrics } from '#domain/backtest/metrics/core-metrics.ts';
import type { CellResult } from './cell-result.ts';
import { packCells, unpackCells } from './packed-cells.ts';

const figures = (cell: number) =>
  ({
    totalReturn: { value: cell / 3, sample: 250, needed: 1, state: 'ok' },
    sharpe: { value: null, sample: 250, needed: 20, state: 'undefined' },
    winRate:
      cell === 1 ? { value: null, sample: 9, needed: 10, state: 'too_few' } : { value: 0.5, sample: 10 + cell, needed: 10, state: 'ok' },
  }) as unknown as CoreMetrics;
const cells = (hasTest: boolean): CellResult[] =>
  [0, 1, 2].map((cell) => ({
    cell,
    params: { fast: cell + 2, slow: 0.1 * cell },
    train: figures(cell),
    test: hasTest ? figures(cell + 1) : null,
  }));

test.each([true, false])('cells come out as they went in, with a test period: %s', (hasTest) => {
  expect(unpackCells(JSON.parse(JSON.stringify(packCells(cells(hasTest)))))).toEqual(cells(hasTest));
});
