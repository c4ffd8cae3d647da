import { describe, expect, test } from 'vitest';
import { type Figures, searchCells, searchGrid } from '#lib/testing/search-cells.ts';
import { heatMap, heatMaps } from './heat-map.ts';
import { type Aim, objectiveOf, rankedCells } from './objective.ts';
import { outOfSample } from './out-of-sample.ts';
import { plateauOf } from './plateau.ts';

const aim: Aim = { objective: 'sharpe', minTrades: 10 };
/** fast 1–3 down, slow 10–30 across; the last cell traded nine times only. */
const grid = searchGrid({ fast: [1, 3, 1], slow: [10, 30, 10] });
const sharpe = (...values: number[]): Figures[] => values.map((value) => ({ sharpe: value }));
const train: Figures[] = [
  ...sharpe(0.4, 0.8, 0.6), // fast 1
  ...sharpe(0.8, 1.0, 0.9), // fast 2
  ...sharpe(0.2, 0.85), // fast 3
  { sharpe: 5, trades: 9 },
];
const cells = searchCells(grid, train);

describe('a heat map', () => {
  test('has a row for each value of y and a column for each of x; too few trades are absent, not zero', () => {
    const values = [
      [0.4, 0.8, 0.2],
      [0.8, 1.0, 0.85],
      [0.6, 0.9, null],
    ];
    expect(heatMap(grid, cells, [0, 1], aim)).toEqual({
      x: { name: 'fast', values: [1, 2, 3] },
      y: { name: 'slow', values: [10, 20, 30] },
      best: values,
      mean: values,
    });
  });

  test('shows the best and the mean over the other parameters, those without a value left out', () => {
    // Cells in order: a b c. For a = 1, b = 1 the third parameter gives 3 and 1, for a = 2, b = 2 nothing and −4.
    const cube = searchGrid({ a: [1, 2, 1], b: [1, 2, 1], c: [1, 2, 1] });
    const figures = [...sharpe(3, 1, 2, 2, -1, -3), { sharpe: 9, trades: 0 }, { sharpe: -4 }];
    expect(heatMap(cube, searchCells(cube, figures), [0, 1], aim)).toMatchObject({
      best: [
        [3, -1],
        [2, -4],
      ],
      mean: [
        [2, -2],
        [2, -4],
      ],
    });
  });

  test('is there for every pair of parameters that vary', () => {
    const still = searchGrid({ a: [1, 2, 1], b: [7, 7, 1], c: [1, 2, 1], d: [1, 3, 1] });
    const maps = heatMaps(still, searchCells(still, []), aim);
    expect(maps.map(({ x, y }) => x.name + y.name)).toEqual(['ac', 'ad', 'cd']);
  });

  test('leaves empty what a constraint took out of the grid', () => {
    const half = searchGrid({ a: [1, 2, 1], b: [1, 2, 1] }, { where: [{ left: 'a', op: '<', right: 'b' }] });
    expect(heatMap(half, searchCells(half, sharpe(2)), [0, 1], aim).best).toEqual([
      [null, null],
      [2, null],
    ]);
  });
});

describe('the best cell and its plateau', () => {
  test('the best traded enough; of equal ones the first in the grid', () => {
    expect(rankedCells(cells, aim).map(({ cell }) => cell)).toEqual([4, 5, 7, 1, 3, 2, 0, 6]);
  });

  test('eight neighbours, seven with a value: 4.55 ÷ 7, and four of eight within 20 %', () => {
    const plateau = plateauOf(grid, cells, cells[4]!, aim);
    expect(plateau).toMatchObject({ neighbours: 8, measured: 7, worst: 0.2, score: 0.5 });
    expect(plateau.mean).toBeCloseTo(4.55 / 7, 12);
  });

  test('a corner has three neighbours, and what lies two steps away is none', () => {
    // 0.8, 0.8 and 1.0 beside 0.4: all above it, so all are near.
    expect(plateauOf(grid, cells, cells[0]!, aim)).toMatchObject({ neighbours: 3, measured: 3, worst: 0.8, score: 1 });
  });

  test('a lone spike scores nothing', () => {
    const spike = searchCells(grid, sharpe(0.1, 0.2, 0.1, 0.2, 2, 0.3, 0.1, 0.2, 0.1));
    expect(plateauOf(grid, spike, spike[4]!, aim)).toMatchObject({ neighbours: 8, measured: 8, worst: 0.1, score: 0 });
  });

  test('below zero, within 20 % means no more than a fifth worse', () => {
    const losing = searchCells(searchGrid({ a: [1, 3, 1] }), sharpe(-1.2, -1, -1.21));
    expect(plateauOf(searchGrid({ a: [1, 3, 1] }), losing, losing[1]!, aim).score).toBe(0.5);
  });

  test('a single cell has no neighbours to judge by', () => {
    const one = searchGrid({ a: [1, 1, 1] });
    const alone = searchCells(one, sharpe(1));
    expect(plateauOf(one, alone, alone[0]!, aim)).toEqual({ neighbours: 0, measured: 0, mean: null, worst: null, score: null });
  });
});

describe('training beside the test', () => {
  const five = searchGrid({ a: [1, 5, 1] });
  const both = (before: readonly Figures[], after: readonly Figures[]) => searchCells(five, before, after);
  const before = sharpe(1, 2, 3, 4, 5);

  test.each([
    { after: sharpe(10, 20, 30, 40, 50), correlation: 1, rankOfBest: 1, why: 'the same order' },
    { after: sharpe(5, 4, 3, 2, 1), correlation: -1, rankOfBest: 5, why: 'the opposite order' },
    // Deviations −2 −1 0 1 2 and −1 1 0 −1 1: their products add to 2 − 1 + 0 − 1 + 2 = 2, their squares to 10 and 4.
    { after: sharpe(2, 4, 3, 2, 4), correlation: 2 / Math.sqrt(40), rankOfBest: 1, why: 'a tie for the first place is the first place' },
    { after: sharpe(7, 7, 7, 7, 7), correlation: null, rankOfBest: 1, why: 'nothing varies in the test' },
  ])('$why', ({ after, correlation, rankOfBest }) => {
    const cells = both(before, after);
    const said = outOfSample(cells, cells[4]!, aim);
    expect(said).toMatchObject({ pairs: 5, rankOfBest });
    if (correlation === null) expect(said.correlation).toBeNull();
    else expect(said.correlation).toBeCloseTo(correlation, 12);
  });

  test('cells without a value in either period are no pair; three pairs have no correlation', () => {
    const silent = { sharpe: 9, trades: 2 };
    const cells = both([silent, ...before.slice(1)], [...sharpe(1, 2, 3, 4), silent]);
    expect(outOfSample(cells, cells[4]!, aim)).toEqual({ pairs: 3, correlation: null, rankOfBest: null });
  });
});

describe('an objective', () => {
  const metrics = (figures: Figures) => searchCells(searchGrid({ a: [1, 1, 1] }), [figures])[0]!.train;
  test.each([
    { why: 'the figure itself', objective: 'profitFactor', figures: { profitFactor: 1.7 }, value: 1.7 },
    { why: 'a fall is below zero, so less of it is more', objective: 'maxDrawdown', figures: { maxDrawdown: -0.2 }, value: -0.2 },
    {
      why: 'Calmar is the yearly return over the deepest fall',
      objective: 'calmar',
      figures: { cagr: 0.1, maxDrawdown: -0.4 },
      value: 0.25,
    },
    { why: 'without a fall there is no Calmar', objective: 'calmar', figures: { cagr: 0.1, maxDrawdown: 0 }, value: null },
    { why: 'nine trades are too few', objective: 'sharpe', figures: { sharpe: 3, trades: 9 }, value: null },
    { why: 'ten are enough', objective: 'sharpe', figures: { sharpe: 3, trades: 10 }, value: 3 },
  ] as const)('$why', ({ objective, figures, value }) => {
    expect(objectiveOf(metrics(figures), { objective, minTrades: 10 })).toBe(value);
  });
});
