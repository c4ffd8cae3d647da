import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchGrid } from '#lib/testing/search-cells.ts';
import { cellAt, type Grid, type GridSpec, gridOf } from './grid.ts';

const params = {
  slow: { default: 10, min: 5, max: 20, step: 5 },
  fast: { default: 3, min: 2, max: 12, step: 5 },
};
const cellsOf = (grid: Grid) => Array.from({ length: grid.size }, (_, cell) => cellAt(grid, cell));

describe('the cells of a grid', () => {
  test('come by the name of the parameter, then by value, whatever order the document has', () => {
    const cells = cellsOf(searchGrid({ slow: [5, 15, 5], fast: [2, 7, 5] }));
    expect(cells.map(({ fast, slow }) => [fast, slow])).toEqual([
      [2, 5],
      [2, 10],
      [2, 15],
      [7, 5],
      [7, 10],
      [7, 15],
    ]);
    expect(cellsOf(searchGrid({ fast: [2, 7, 5], slow: [5, 15, 5] }))).toEqual(cells);
  });

  test('leave out what breaks a constraint, and keep their order', () => {
    const gridded = gridOf(params, { where: [{ left: 'fast', op: '<', right: 'slow' }] });
    if (!gridded.ok) throw new Error('a grid');
    // fast 2, 7, 12 with slow 5, 10, 15, 20: 4 + 3 + 2.
    expect(cellsOf(gridded.grid).map(({ fast, slow }) => [fast, slow])).toEqual([
      [2, 5],
      [2, 10],
      [2, 15],
      [2, 20],
      [7, 10],
      [7, 15],
      [7, 20],
      [12, 15],
      [12, 20],
    ]);
  });

  test.each([
    { op: '<', kept: 3 },
    { op: '<=', kept: 6 },
    { op: '>', kept: 3 },
    { op: '>=', kept: 6 },
    { op: '!=', kept: 6 },
  ] as const)('of two equal ranges of three, $op keeps $kept', ({ op, kept }) => {
    expect(searchGrid({ a: [1, 3, 1], b: [1, 3, 1] }, { where: [{ left: 'a', op, right: 'b' }] }).size).toBe(kept);
  });

  test.each([
    { range: [0.1, 0.3, 0.1], values: [0.1, 0.2, 0.3], why: 'fractions are those that people write' },
    { range: [0.05, 0.2, 0.05], values: [0.05, 0.1, 0.15, 0.2], why: 'and the last step is there' },
    { range: [2, 9, 3], values: [2, 5, 8], why: 'a step beyond the end is not taken' },
    { range: [4, 4, 1], values: [4], why: 'a range of one holds still' },
    { range: [-1, 1, 1], values: [-1, 0, 1], why: 'values may be below zero' },
    { range: [-4.7, 0, 0.94], values: [-4.7, -3.76, -2.82, -1.88, -0.94, 0], why: 'and zero is zero, not a rounding error' },
    { range: [-1e-7, 2e-7, 1e-7], values: [-1e-7, 0, 1e-7, 2e-7], why: 'however small they are' },
  ] as const)('$range: $why', ({ range, values }) => {
    expect(cellsOf(searchGrid({ only: range })).map(({ only }) => only)).toEqual(values);
  });

  test('a spec narrows one parameter and leaves the other as the document has it', () => {
    const gridded = gridOf(params, { params: { fast: { min: 3, max: 4, step: 1 } } });
    expect(gridded.ok && gridded.grid.axes).toEqual([
      { name: 'fast', values: [3, 4] },
      { name: 'slow', values: [5, 10, 15, 20] },
    ]);
  });

  test('are all different, each in its range', () => {
    const range = fc
      .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 200 }))
      .map(([min, steps, hundredths]) => [min / 10, (min * 10 + steps * hundredths) / 100, hundredths / 100] as const);
    fc.assert(
      fc.property(range, range, (a, b) => {
        const cells = cellsOf(searchGrid({ a, b }));
        expect(new Set(cells.map((cell) => `${cell.a} ${cell.b}`)).size).toBe(cells.length);
        expect(cells.every((cell) => cell.a! >= a[0] && cell.a! <= a[1] && cell.b! >= b[0] && cell.b! <= b[1])).toBe(true);
        expect(cells.at(-1)).toEqual({ a: a[1], b: b[1] });
      }),
      { numRuns: 200 },
    );
  });
});

describe('a grid is refused with a sentence', () => {
  const hundred = { min: 1, max: 100, step: 1, default: 1 };
  test.each<{ why: string; of: Parameters<typeof gridOf>[0]; spec: GridSpec; code: string }>([
    { why: 'no parameters', of: {}, spec: {}, code: 'no_params' },
    { why: 'an unknown parameter', of: params, spec: { params: { wings: { min: 1 } } }, code: 'param_unknown' },
    {
      why: 'an unknown side of a constraint',
      of: params,
      spec: { where: [{ left: 'fast', op: '<', right: 'wings' }] },
      code: 'param_unknown',
    },
    { why: 'a value the document does not allow', of: params, spec: { params: { fast: { max: 13 } } }, code: 'param_outside' },
    { why: 'a range that ends before it begins', of: params, spec: { params: { fast: { min: 7, max: 3 } } }, code: 'param_range' },
    { why: 'a step of nothing', of: params, spec: { params: { fast: { step: 0 } } }, code: 'param_range' },
    {
      why: 'nothing left',
      of: params,
      spec: { params: { fast: { min: 12 }, slow: { max: 5 } }, where: [{ left: 'fast', op: '<', right: 'slow' }] },
      code: 'grid_empty',
    },
    { why: 'more than a hundred thousand', of: { a: hundred, b: hundred, c: { ...hundred, max: 11 } }, spec: {}, code: 'grid_too_large' },
    {
      why: 'more than can be counted through',
      of: { a: hundred, b: hundred, c: hundred, d: hundred, e: hundred },
      spec: { where: [{ left: 'a', op: '<', right: 'b' }] },
      code: 'grid_too_large',
    },
  ])('$why', ({ of, spec, code }) => {
    const gridded = gridOf(of, spec);
    expect(gridded.ok ? [] : gridded.faults.map((fault) => fault.code)).toContain(code);
  });

  test('a hundred thousand are the most, constraints counted', () => {
    expect(searchGrid({ a: [1, 100, 1], b: [1, 100, 1], c: [1, 10, 1] }).size).toBe(100_000);
    expect(searchGrid({ a: [1, 400, 1], b: [1, 400, 1] }, { where: [{ left: 'a', op: '<', right: 'b' }] }).size).toBe(79_800);
  });

  test.each([-1, 2, 0.5])('there is no cell %d of two', (cell) => {
    expect(() => cellAt(searchGrid({ a: [1, 2, 1] }), cell)).toThrow('of a grid of 2');
  });
});
