import { describe, expect, test } from 'vitest';
import { compileCondition } from './compile-expression.ts';
import { Evaluator } from './evaluate.ts';

const column = (values: readonly number[]) => Float64Array.from(values);
/** Truth of a condition at each bar: 0 no, 1 yes, 2 not known yet. */
function truth(condition: unknown, close: readonly number[], volume: readonly number[] = close): number[] {
  const scope = { params: {}, faults: [], fields: new Set<never>(), allowsPosition: true, isBeforeClose: false };
  const node = compileCondition(condition, [], scope);
  if (!node) throw new Error(JSON.stringify(scope.faults));
  const prices = column(close);
  return [
    ...new Evaluator({
      open: prices,
      high: prices,
      low: prices,
      close: prices,
      volume: column(volume),
      value: null,
      market_cap: null,
      listed_shares: null,
    }).condition(node),
  ];
}
const close = { field: 'close' };
const sma2 = { indicator: 'sma', args: { period: 2 } };

describe('conditions', () => {
  test.each([
    {
      why: 'a comparison with an average is unknown during its warm-up',
      condition: { left: close, op: '>', right: sma2 },
      close: [1, 3, 2],
      expected: [2, 1, 0],
    },
    {
      why: 'not of unknown stays unknown: no buying in the warm-up',
      condition: { not: { left: close, op: '>', right: sma2 } },
      close: [1, 3, 2],
      expected: [2, 0, 1],
    },
    {
      why: 'a crossing fires once, on the bar that crosses',
      condition: { left: close, op: 'crosses_above', right: 10 },
      close: [9, 10, 11, 12, 9, 12],
      expected: [2, 0, 1, 0, 0, 1],
    },
    {
      why: 'touching from above is not a crossing down',
      condition: { left: close, op: 'crosses_below', right: 10 },
      close: [11, 10, 11, 9],
      expected: [2, 0, 0, 1],
    },
    {
      why: 'rising over two steps',
      condition: { left: close, op: 'rising', bars: 2 },
      close: [1, 2, 3, 3, 4, 5],
      expected: [2, 2, 1, 0, 0, 1],
    },
    { why: 'falling over one step', condition: { left: close, op: 'falling', bars: 1 }, close: [3, 2, 2], expected: [2, 1, 0] },
    { why: 'for 2: held on both bars', condition: { left: close, op: '>', right: 1, for: 2 }, close: [2, 2, 1, 2], expected: [2, 1, 0, 0] },
    {
      why: 'within 2: held on one of them',
      condition: { left: close, op: '>', right: 1, within: 2 },
      close: [2, 1, 1, 2],
      expected: [2, 1, 0, 1],
    },
    {
      why: 'any is yes as soon as one part is, known or not',
      condition: {
        any: [
          { left: close, op: '>', right: sma2 },
          { left: close, op: '<', right: 5 },
        ],
      },
      close: [1, 9],
      expected: [1, 1],
    },
    {
      why: 'all is no as soon as one part is',
      condition: {
        all: [
          { left: close, op: '>', right: sma2 },
          { left: close, op: '>', right: 5 },
        ],
      },
      close: [1, 9],
      expected: [0, 1],
    },
    {
      why: 'shift reads the past',
      condition: { left: close, op: '>', right: { field: 'close', shift: 2 } },
      close: [1, 5, 2, 4],
      expected: [2, 2, 1, 0],
    },
    {
      why: 'arithmetic of two operands',
      condition: { left: { op: '/', args: [close, { field: 'volume' }] }, op: '==', right: 2 },
      close: [4, 6, 1],
      volume: [2, 3, 0],
      expected: [1, 1, 2],
    },
    { why: 'equal means equal', condition: { left: close, op: '!=', right: 3 }, close: [3, 4], expected: [0, 1] },
  ])('$why', ({ condition, close, volume, expected }) => {
    expect(truth(condition, close, volume)).toEqual(expected);
  });
});
