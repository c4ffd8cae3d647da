import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Indicator } from '#domain/indicator/indicator.ts';
import { INDICATORS } from '#domain/indicator/registry.ts';
import { compileStrategy, type Program } from '#domain/strategy/compile.ts';
import { Evaluator } from '#domain/strategy/evaluate.ts';
import type { ConditionNode, NumberNode } from '#domain/strategy/expression.ts';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { drawnMarket } from '#lib/testing/drawn-market.ts';
import type { Columns } from './columns.ts';
import { decideAtClose } from './decide.ts';
import { checkLookAhead, randomSource } from './look-ahead.ts';
import { computeSignals } from './signals.ts';

/** A check that never finds anything proves nothing: here each kind of leak is put in by hand, and each must be caught in every market. */

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
/** As many cuts as every run makes. */
const POINTS = 8;
const caught = (program: Program) =>
  SEEDS.filter((seed) => checkLookAhead(program, drawnMarket(seed), POINTS, seed).verdict === 'leak').length;

const close = { field: 'close' } as const;
const average = { indicator: 'sma', args: { period: 3 } } as const;
const above = { left: close, op: '>', right: average } as const;
function program(changes: Partial<StrategyDraft>): Program {
  const compiled = compileStrategy({
    schema: 'narae.strategy/1',
    name: 'leak',
    timeframe: '1d',
    entry: above,
    stops: { maxBars: 3 },
    sizing: { kind: 'equal_weight', maxPositions: 2 },
    ...changes,
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled.program;
}

/** The same column some bars early; the last bars keep their own values, as they would in data that end there. */
const early = <T extends Float64Array | Uint8Array>(column: T, by = 1): T => column.map((value, i) => column[i + by] ?? value) as T;

/** Makes the evaluator give tomorrow's value wherever `isLeaking` says so. */
function leakNumbers(isLeaking: (node: NumberNode) => boolean): void {
  const sound = Evaluator.prototype.number;
  vi.spyOn(Evaluator.prototype, 'number').mockImplementation(function (this: Evaluator, node) {
    const column = sound.call(this, node);
    return isLeaking(node) ? early(column) : column;
  });
}
function leakConditions(isLeaking: (node: ConditionNode) => boolean, by = 1): void {
  const sound = Evaluator.prototype.condition;
  vi.spyOn(Evaluator.prototype, 'condition').mockImplementation(function (this: Evaluator, node) {
    const column = sound.call(this, node);
    return isLeaking(node) ? early(column, by) : column;
  });
}
afterEach(() => vi.restoreAllMocks());

describe('a leak in an operand is caught in every market', () => {
  test.each([
    ...(['open', 'high', 'low', 'close', 'volume', 'value'] as const).map((field) => ({
      kind: `field ${field}`,
      left: { op: '*', args: [{ field }, 1] } as const,
      isLeaking: (node: NumberNode) => node.kind === 'field' && node.field === field,
    })),
    { kind: 'indicator', left: average, isLeaking: (node: NumberNode) => node.kind === 'indicator' },
    { kind: 'shift', left: { ...close, shift: 2 }, isLeaking: (node: NumberNode) => node.kind === 'shift' },
    { kind: 'arithmetic', left: { op: '-', args: [close, average] } as const, isLeaking: (node: NumberNode) => node.kind === 'arithmetic' },
  ])('$kind', ({ left, isLeaking }) => {
    // Against its own value of yesterday, so that the condition turns often, whatever the operand is.
    const entry: StrategyDraft['entry'] = { left, op: 'rising', bars: 1 };
    const chosen = program({ entry });
    expect(caught(chosen)).toBe(0);
    leakNumbers(isLeaking);
    expect(caught(chosen)).toBe(20);
  });
});

describe('a leak in a condition is caught in every market', () => {
  test.each([
    { kind: 'compare', entry: above },
    { kind: 'cross', entry: { left: close, op: 'crosses_above', right: average } },
    { kind: 'trend', entry: { left: close, op: 'rising', bars: 1 } },
    { kind: 'all', entry: { all: [above, { left: close, op: '>', right: 1 }] } },
    { kind: 'any', entry: { any: [above, { left: close, op: '<', right: 1 }] } },
    { kind: 'not', entry: { not: above } },
    { kind: 'for', entry: { ...above, for: 2 } },
    { kind: 'within', entry: { ...above, within: 2 } },
  ] as const)('$kind', ({ kind, entry }) => {
    const chosen = program({ entry });
    expect(caught(chosen)).toBe(0);
    leakConditions((node) => node.kind === kind);
    expect(caught(chosen)).toBe(20);
  });
});

describe('a leak in what an engine step reads is caught in every market', () => {
  const roc = { indicator: 'roc', args: { period: 2 } } as const;
  test.each([
    { step: 'exits', changes: { exit: above }, leak: (p: Program) => leakConditions((node) => node === p.exit) },
    { step: 'rank', changes: { universe: { rank: { by: roc } } }, leak: (p: Program) => leakNumbers((node) => node === p.rank!.by) },
    {
      step: 'universe filters',
      changes: { universe: { filters: [{ left: roc, op: '>', right: 0 }], refresh: 'daily' } },
      // Membership looks at the bar before its period, so that a filter one bar early would still know nothing that is not known.
      leak: (p: Program) => leakConditions((node) => node === p.filters[0], 2),
    },
    {
      step: 'ATR stops',
      changes: { stops: { atr: { period: 2, multiple: 2 } } },
      leak: (p: Program) => leakNumbers((node) => node === p.stops.atr!.node),
    },
    {
      step: 'sizing by volatility',
      changes: { sizing: { kind: 'volatility_target', volatility: 0.2, period: 3, maxPositions: 2 } },
      leak: (p: Program) => leakNumbers((node) => p.sizing.kind === 'volatility_target' && node === p.sizing.node),
    },
  ] as const)('$step', ({ changes, leak }) => {
    const chosen = program({ entry: { left: close, op: '>', right: 1 }, ...(changes as Partial<StrategyDraft>) });
    expect(caught(chosen)).toBe(0);
    leak(chosen);
    expect(caught(chosen)).toBe(20);
  });
});

describe('a decision into the closing auction', () => {
  const auction = { at: 'this_close_auction' } as const;
  const docs: readonly Partial<StrategyDraft>[] = [
    { exit: { left: { field: 'unrealised_rate' }, op: '>', right: 0.01 }, universe: { rank: { by: { field: 'volume' } } } },
    {
      entry: { left: { field: 'open' }, op: '>', right: close },
      stops: { atr: { period: 2, multiple: 1 } },
      sizing: { kind: 'risk_per_trade', risk: 0.01, maxPositions: 3 },
    },
    { exit: { not: above }, sizing: { kind: 'weights', rebalance: 'daily', maxPositions: 3 } },
    { exit: { not: above }, sizing: { kind: 'volatility_target', volatility: 0.3, period: 3, maxPositions: 3 } },
  ];

  test.each(docs.map((changes, n) => ({ n, changes })))('is the same whatever the bar does after its open (document $n)', ({ changes }) => {
    const chosen = program({ ...changes, execution: auction });
    let decided = 0;
    for (const seed of SEEDS) {
      const columns = drawnMarket(seed);
      const random = randomSource(seed);
      const index = 10 + Math.floor(random() * 45);
      // Another day from the open on; a symbol that is halted is known to be halted.
      const isOpen = (row: number) => columns.time[row] === index && columns.volume[row]! > 0;
      const another = (column: Float64Array) => column.map((value, row) => (isOpen(row) ? Math.ceil(value * (0.5 + random())) : value));
      const { high, low, close: closes, volume } = columns;
      const changed = { ...columns, high: another(high), low: another(low), close: another(closes), volume: another(volume) };
      const positions = [{ symbol: 0, quantity: 10, entryPrice: columns.open[0]!, barsHeld: 2, isExiting: false }];
      const decide = (data: Columns) =>
        decideAtClose({ program: chosen, columns: data, signals: computeSignals(chosen, data), index, cash: 5_000_000, positions });
      const decisions = decide(columns);
      decided += decisions.length;
      expect(decide(changed)).toEqual(decisions);
    }
    expect(decided).toBeGreaterThan(20);
  });
});

test('an indicator that reads tomorrow is caught', () => {
  const registry = INDICATORS as Record<string, Indicator>;
  registry.tomorrow = { ...registry.sma!, compute: (input) => ({ value: input.map((_, i) => input[i + 1] ?? Number.NaN) }) };
  try {
    expect(caught(program({ entry: { left: { indicator: 'tomorrow', args: { period: 1 } }, op: '>', right: close } }))).toBe(20);
  } finally {
    delete registry.tomorrow;
  }
});
