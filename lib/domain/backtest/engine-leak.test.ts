import { afterEach, describe, expect, test, vi } from 'vitest';
import { compileStrategy, type Program } from '#domain/strategy/compile.ts';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { drawnMarket } from '#lib/testing/drawn-market.ts';
import { type Columns, truncate } from './columns.ts';
import { engineSteps } from './engine.ts';
import { randomSource } from './look-ahead.ts';
import { computeSignals, type Signals } from './signals.ts';

/**
 * What a run did up to a bar may not depend on the bars after it. Each step of the loop is made to read one bar late, by hand, and the
 * invariant must notice in every market: a check that never finds anything proves nothing.
 */

/** The step at work (the innermost), and the one that is made to leak. */
const steps = vi.hoisted(() => {
  const at: string[] = [];
  return {
    leaking: '',
    /** Of what the step reads, only this leaks; empty for all of it. */
    only: '',
    /** Everything decided since the run began: what is ordered at the last close shows in no fill yet. */
    decided: [] as unknown[],
    isLeaking: () => (at.at(-1) ?? 'mark') === steps.leaking,
    during: <T>(step: string, work: () => T): T => {
      at.push(step);
      try {
        return work();
      } finally {
        at.pop();
      }
    },
  };
});
vi.mock(import('./carry-position.ts'), async (original) => {
  const sound = Object.entries<(...args: never[]) => unknown>(await original());
  return Object.fromEntries(sound.map(([name, carry]) => [name, (...args: never[]) => steps.during('split', () => carry(...args))]));
});
vi.mock(import('./buy.ts'), async (original) => {
  const sound = await original();
  return { ...sound, buyWaiting: (...args) => steps.during(`buy ${args[2]}`, () => sound.buyWaiting(...args)) };
});
vi.mock(import('./sell.ts'), async (original) => {
  const sound = await original();
  return {
    ...sound,
    sellAtOpen: (...args) => steps.during('sell open', () => sound.sellAtOpen(...args)),
    sellWithinBar: (...args) => steps.during('sell bar', () => sound.sellWithinBar(...args)),
    sellAtClose: (...args) => steps.during('sell close', () => sound.sellAtClose(...args)),
  };
});
vi.mock(import('./stops.ts'), async (original) => {
  const sound = await original();
  return { ...sound, meetStops: (...args) => steps.during('stops', () => sound.meetStops(...args)) };
});
vi.mock(import('./decide.ts'), async (original) => {
  const sound = await original();
  return {
    ...sound,
    decideAtClose: (input) => {
      const decisions = steps.during('decision', () => sound.decideAtClose(input));
      if (decisions.length > 0)
        steps.decided.push(
          input.index,
          decisions.map(({ row: _inThisData, ...decision }) => decision),
        );
      return decisions;
    },
  };
});
vi.mock(import('./rebalance.ts'), async (original) => {
  const sound = await original();
  return { ...sound, decideRebalance: (...args) => steps.during('rebalance', () => sound.decideRebalance(...args)) };
});
vi.mock(import('./sizing.ts'), async (original) => {
  const sound = await original();
  return { ...sound, sizeOf: (question) => steps.during('sizing', () => sound.sizeOf(question)) };
});
afterEach(() => {
  steps.leaking = '';
  steps.only = '';
});

/** A column whose rows are the next bar's while the leaking step reads them; a symbol's last row keeps its own. */
function leaky<T extends Float64Array | Uint8Array | null>(column: T, lastRows: ReadonlySet<number>): T {
  if (!column) return column;
  return new Proxy(column, {
    get(target, name) {
      const row = typeof name === 'string' ? Number(name) : Number.NaN;
      if (Number.isInteger(row)) return target[steps.isLeaking() && !lastRows.has(row) ? row + 1 : row];
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** All that a run has done and decided up to a bar, as text. */
function run(program: Program, columns: Columns, end: number): string {
  steps.decided = [];
  const lastRows = new Set(Array.from(columns.offset, (offset) => offset - 1));
  const wrap = <T extends Float64Array | Uint8Array | null>(name: string, column: T): T =>
    steps.leaking === '' || (steps.only !== '' && steps.only !== name) ? column : leaky(column, lastRows);
  const { open, high, low, close, volume, factor } = columns;
  const { exit, rank, atr, volatility, ...rest } = computeSignals(program, columns);
  const wrapped = {
    open: wrap('open', open),
    high: wrap('high', high),
    low: wrap('low', low),
    close: wrap('close', close),
    volume: wrap('volume', volume),
    factor: wrap('factor', factor),
  };
  const signals: Signals = {
    ...rest,
    exit: wrap('exit', exit),
    rank: wrap('rank', rank),
    atr: wrap('atr', atr),
    volatility: wrap('volatility', volatility),
  };
  const engine = engineSteps({
    program,
    columns: { ...columns, ...wrapped },
    signals,
    start: 0,
    end,
    capital: 10_000_000,
    delistingHaircut: 0.1,
  });
  for (;;) {
    const step = engine.next();
    if (step.done) return JSON.stringify([step.value, steps.decided]);
  }
}

/** The same market with other scales every few bars, as if it split and merged all the time. */
function withSplits(columns: Columns, seed: number): Columns {
  const random = randomSource(seed);
  const scales = Array.from({ length: columns.close.length }, () => (random() < 0.5 ? 0.5 : 1));
  return { ...columns, factor: columns.close.map((_, row) => scales[Math.floor(row / 3)]!) };
}

/** Whether the bars after one of the cuts change what a run did up to it. */
const isNoticed = (program: Program, columns: Columns, cuts: readonly number[]) =>
  cuts.some((cut) => run(program, truncate(columns, cut), cut) !== run(program, columns, cut));

/** From the tenth bar on; seven is no divisor of anything in the market. */
const ALL_CUTS = Array.from({ length: 75 }, (_, i) => 10 + ((i * 7) % 75));
const SOME_CUTS = ALL_CUTS.slice(0, 10);

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
const close = { field: 'close' } as const;
const above = { left: close, op: '>', right: { indicator: 'sma', args: { period: 3 } } } as const;
const equal = { kind: 'equal_weight', maxPositions: 3 } as const;

function program(changes: Partial<StrategyDraft>): Program {
  const compiled = compileStrategy({
    schema: 'narae.strategy/1',
    name: 'leak',
    timeframe: '1d',
    entry: above,
    exit: { not: above },
    sizing: equal,
    ...changes,
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled.program;
}

const AUCTION: Partial<StrategyDraft> = { execution: { at: 'this_close_auction' } };
const LIMIT: Partial<StrategyDraft> = { execution: { orderType: 'limit', limitOffsetTicks: -10 } };
const STOPS: Partial<StrategyDraft> = { stops: { loss: 0.03, profit: 0.05, trailing: 0.04 } };
const DAILY: Partial<StrategyDraft> = {
  exit: undefined,
  stops: { maxBars: 20 },
  sizing: { kind: 'weights', rebalance: 'daily', maxPositions: 3 },
};

describe('a step that reads the bar after its own is noticed in every market', () => {
  test.each([
    { name: 'split', step: 'split', changes: {} },
    { name: 'purchase at the open', step: 'buy open', changes: {} },
    { name: 'sale at the open', step: 'sell open', changes: {} },
    { name: 'purchase at a limit within the bar', step: 'buy bar', changes: LIMIT },
    { name: 'sale at a limit within the bar', step: 'sell bar', changes: LIMIT },
    { name: 'stops and targets', step: 'stops', changes: STOPS },
    { name: 'purchase at the close', step: 'buy close', changes: { execution: { at: 'next_close' } } },
    { name: 'sale at the close', step: 'sell close', changes: { execution: { at: 'next_close' } } },
    { name: 'purchase in the closing auction', step: 'buy close', changes: AUCTION },
    { name: 'decision at the close', step: 'decision', changes: {} },
    { name: 'decision before the close', step: 'decision', changes: AUCTION },
    {
      name: 'ranking of entries',
      step: 'decision',
      only: 'rank',
      changes: {
        exit: undefined,
        stops: { maxBars: 2 },
        universe: { rank: { by: { indicator: 'roc', args: { period: 2 } } } },
        sizing: { ...equal, maxPositions: 1 },
      },
    },
    { name: 'rebalancing', step: 'rebalance', changes: DAILY },
    {
      name: 'sizing by risk',
      step: 'sizing',
      changes: { stops: { atr: { period: 2, multiple: 2 } }, sizing: { kind: 'risk_per_trade', risk: 0.01, maxPositions: 3 } },
    },
    {
      name: 'sizing by volatility',
      step: 'sizing',
      changes: { sizing: { kind: 'volatility_target', volatility: 0.3, period: 3, maxPositions: 3 } },
    },
    { name: 'exit signals', step: 'decision', only: 'exit', changes: {} },
    { name: 'mark at the close', step: 'mark', changes: {} },
  ] as const)('$name', ({ step, changes, ...how }) => {
    const chosen = program(changes as Partial<StrategyDraft>);
    const markets = SEEDS.map((seed) => withSplits(drawnMarket(seed), seed));
    expect(markets.slice(0, 3).filter((columns) => isNoticed(chosen, columns, SOME_CUTS))).toEqual([]);
    steps.leaking = step;
    steps.only = ('only' in how && how.only) || '';
    expect(markets.filter((columns) => isNoticed(chosen, columns, ALL_CUTS)).length).toBe(SEEDS.length);
  });
});
