import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { strategyDocument } from '#domain/strategy/schema.ts';
import { drawnMarket } from '#lib/testing/drawn-market.ts';
import { sweepAgreement } from '#lib/testing/sweep-agreement.ts';
import { NO_MASK } from '../signals.ts';
import { openSweep, type SweepCell, type SweepData, type SweepInput, sweepSteps } from './sweep.ts';

const average = (name: string) => ({ indicator: 'sma', args: { period: { param: name } } });
const period = { default: 5, min: 1, max: 30, step: 1 };
const cross = (changes: Partial<StrategyDraft> = {}) =>
  strategyDocument.parse({
    schema: 'narae.strategy/1',
    name: 'cross',
    timeframe: '1d',
    params: { fast: period, slow: period },
    universe: { symbols: ['000010'] },
    entry: { left: average('fast'), op: 'crosses_above', right: average('slow') },
    exit: { left: average('fast'), op: 'crosses_below', right: average('slow') },
    sizing: { kind: 'equal_weight', maxPositions: 1 },
    ...changes,
  });
const sweepOf = (changes: Partial<SweepData> = {}): SweepData => ({
  document: cross(),
  columns: drawnMarket(1),
  start: 0,
  end: 89,
  capital: 10_000_000,
  ...changes,
});

// The long form, a thousand documents: npm run bench -- agreement
test('drawn documents give the same figures, totals and trades by the sweep as by the engine, and most of them trade', () => {
  const { documents, swept, busy, differing } = sweepAgreement(150, isDeepStrictEqual);
  expect(differing).toEqual([]);
  expect(swept / documents).toBeGreaterThanOrEqual(0.4);
  expect(busy / swept).toBeGreaterThanOrEqual(0.8);
});

test.each([
  { why: 'names one symbol', universe: { symbols: ['000010'] }, path: 'sweep' },
  { why: 'has several', universe: {}, path: 'event' },
  { why: 'has several but for the exclusions', universe: { exclude: ['000020', '000030', '000040'] }, path: 'sweep' },
  { why: 'names none that is there', universe: { symbols: ['999990'] }, path: 'event' },
])('a document that $why takes the $path path', ({ universe, path }) => {
  expect(openSweep(sweepOf({ document: cross({ universe }) }))({ fast: 3, slow: 7 }).path).toBe(path);
});

test('a mask that leaves one symbol makes a document a sweep', () => {
  const mask = { ...NO_MASK, symbols: ['000020'] };
  expect(openSweep(sweepOf({ document: cross({ universe: {} }), mask }))({ fast: 3, slow: 7 }).path).toBe('sweep');
});

function drive(input: SweepInput): { cells: SweepCell[]; progress: number[] } {
  const steps = sweepSteps(input);
  const progress: number[] = [];
  for (;;) {
    const step = steps.next();
    if (step.done) return { cells: step.value, progress };
    progress.push(step.value);
  }
}

test('cells come in the order given, each as if it had run alone, and progress ends at 1', () => {
  const params = [3, 9, 4, 3].flatMap((fast) => [5, 12, 5].map((slow) => ({ fast, slow })));
  const { cells, progress } = drive({ ...sweepOf(), cells: params });
  expect(cells.map((cell) => cell.params)).toEqual(params);
  expect(cells).toEqual(params.map((each) => openSweep(sweepOf())(each)));
  expect(progress).toHaveLength(params.length);
  expect(progress.at(-1)).toBe(1);
});

test('a parameter outside its range is refused with the sentence of the compiler', () => {
  expect(() => drive({ ...sweepOf(), cells: [{ fast: 31, slow: 5 }] })).toThrow(/31 is outside the allowed range 1–30/);
});
