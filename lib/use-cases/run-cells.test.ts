import { describe, expect, test } from 'vitest';
import { truncate } from '#domain/backtest/columns.ts';
import { NO_MASK } from '#domain/backtest/signals.ts';
import { sweepSupport } from '#domain/backtest/sweep/sweep-support.ts';
import { type Grid, type GridSpec, gridOf } from '#domain/optimise/grid.ts';
import { mergeCells, optimisationHash } from '#domain/optimise/merge.ts';
import { objectiveOf } from '#domain/optimise/objective.ts';
import { goldenCross } from '#domain/strategy/templates/golden-cross.ts';
import { randomWalk } from '#lib/testing/random-walk.ts';
import { runBacktest } from './run-backtest.ts';
import { type CellsInput, cellSteps, planCells, prepareCells } from './run-cells.ts';

const columns = randomWalk(['000010', '000020', '000030', '000040', '000050'], 300, 7);
const document = {
  ...goldenCross.document,
  params: { slow: { default: 10, min: 5, max: 200, step: 1 }, fast: { default: 3, min: 2, max: 60, step: 1 } },
};
const input = (changes: Partial<CellsInput> = {}): CellsInput => ({
  document,
  columns,
  from: '2018-02-01',
  to: '2019-02-15',
  capital: 10_000_000,
  ...changes,
});
function grid(spec: GridSpec = {}): Grid {
  const gridded = gridOf(document.params, {
    params: { fast: { min: 2, max: 6, step: 2 }, slow: { min: 5, max: 15, step: 5 } },
    where: [{ left: 'fast', op: '<', right: 'slow' }],
    ...spec,
  });
  if (!gridded.ok) throw new Error(gridded.faults[0]!.en);
  return gridded.grid;
}
function run(given: CellsInput, of: Grid, cells: readonly number[]) {
  const steps = cellSteps(given, of, cells);
  const progress: number[] = [];
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return { results: step.value, progress };
    progress.push(step.value);
  }
}
const all = (of: Grid) => Array.from({ length: of.size }, (_, cell) => cell);

describe('a cell of a grid', () => {
  test.each([
    { why: 'of several symbols, by the engine', mask: NO_MASK, code: 'several_symbols' },
    { why: 'of one symbol, by the sweep path', mask: { ...NO_MASK, symbols: ['000030'] }, code: undefined },
  ])('is the back-test of its parameters before the split, and one that begins flat after it: $why', async ({ mask, code }) => {
    const prepared = prepareCells(input({ mask }), grid());
    if (!prepared.ok || !prepared.run.test) throw new Error('splits');
    const { program, train, test: after, columns: bars } = prepared.run;
    expect(sweepSupport(program, bars, mask)?.code).toBe(code);
    const { results } = run(input({ mask }), grid(), all(grid()));
    expect(results).toHaveLength(8);
    for (const { params, ...figures } of results) {
      for (const [part, { start, end }] of [['train', train] as const, ['test', after] as const]) {
        const alone = await runBacktest({ ...input({ mask }), params, from: bars.times[start]!, to: bars.times[end]! });
        if (!alone.ok) throw new Error('runs');
        expect(alone.result.metrics).toMatchObject(figures[part]!);
        expect(objectiveOf(figures[part], { objective: 'calmar', minTrades: 0 })).toBe(alone.result.metrics.calmar.value);
      }
    }
    expect(results.every((cell) => cell.train.trades.value! > 0)).toBe(true);
  });

  test('is the same whatever runs beside it, and any parts of a grid merge to the same hash', () => {
    const whole = run(input(), grid(), all(grid())).results;
    const parts = [[7, 0], [3], [6, 5, 4], [2, 1]].map((cells) => run(input(), grid(), cells).results);
    const merged = mergeCells(grid(), parts.reverse());
    if (!merged.ok) throw new Error(merged.faults[0]!.en);
    expect(merged.cells).toEqual(whole);
    expect(optimisationHash(merged.cells)).toBe(optimisationHash(whole));
  });

  test('is trained on nothing of the test: without the bars after the split it is the same', () => {
    const prepared = prepareCells(input(), grid());
    if (!prepared.ok) throw new Error('splits');
    const { end } = prepared.run.train;
    const blind = run(input({ columns: truncate(columns, end), split: null }), grid(), all(grid())).results;
    const seeing = run(input(), grid(), all(grid())).results;
    expect(blind.map((cell) => cell.train)).toEqual(seeing.map((cell) => cell.train));
  });

  test('has no test where none is wanted, and then trains on all sessions', () => {
    const [cell] = run(input({ split: null }), grid(), [4]).results;
    expect(cell!.test).toBeNull();
    expect(cell!.train.totalReturn.sample).toBe(columns.times.filter((day) => day >= '2018-02-01' && day <= '2019-02-15').length);
  });

  test('reports progress that only grows and ends at 1', () => {
    const { progress } = run(input(), grid(), [0, 1, 2]);
    expect(progress.at(-1)).toBe(1);
    expect([...progress].sort((a, b) => a - b)).toEqual(progress);
  });
});

describe('a search is refused with a sentence', () => {
  test.each([
    { why: 'a period without bars', changes: { from: '2030-01-01', to: '2030-12-31' }, code: 'no_bars' },
    { why: 'half a won', changes: { capital: 1.5 }, code: 'capital' },
    { why: 'nothing left to test on', changes: { split: 1 }, code: 'split' },
    { why: 'nothing to train on', changes: { split: 0.0001 }, code: 'split' },
    {
      why: 'minutes wanted, days given',
      changes: { document: { ...document, timeframe: '5m' } },
      code: 'timeframe',
    },
  ])('$why', ({ changes, code }) => {
    const prepared = prepareCells(input(changes), grid());
    expect(prepared.ok ? [] : prepared.faults.map((fault) => fault.code)).toContain(code);
    expect(() => run(input(changes), grid(), [0])).toThrow();
  });

  test('a cell whose parameters the strategy cannot take, by name', () => {
    const planned = planCells(document, grid({ params: { fast: { min: 2, max: 3, step: 0.5 }, slow: { min: 10, max: 10 } } }));
    expect(planned.ok ? [] : planned.faults.map(({ en }) => en)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^fast=2.5, slow=10: /)]),
    );
  });

  test('and one that can run says how much history its hungriest cell wants', () => {
    const wanted = (cells: Grid) => {
      const planned = planCells(document, cells);
      return planned.ok ? planned.historyBars : 0;
    };
    const slow = (min: number, max: number) => grid({ params: { fast: { min: 2, max: 2 }, slow: { min, max, step: 50 } } });
    expect(wanted(slow(50, 150))).toBe(wanted(slow(150, 150)));
    expect(wanted(slow(150, 150))).toBe(wanted(slow(50, 50)) + 100);
  });
});
