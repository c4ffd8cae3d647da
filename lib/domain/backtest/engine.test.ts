import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileStrategy, type Program } from '#domain/strategy/compile.ts';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { drawnMarket } from '#lib/testing/drawn-market.ts';
import { type Columns, truncate } from './columns.ts';
import { type BarRow, columnsFromBars } from './columns-from-bars.ts';
import { type EngineOutput, engineSteps } from './engine.ts';
import { checkLookAhead, randomSource } from './look-ahead.ts';
import { computeSignals } from './signals.ts';

/** What holds for every market and every strategy. Markets are drawn by seed, with halts, gaps, locks and thin volume. */

const fastSlow = (op: 'crosses_above' | 'crosses_below'): StrategyDraft['entry'] => ({
  left: { indicator: 'sma', args: { period: 2 } },
  op,
  right: { indicator: 'sma', args: { period: 5 } },
});
const VARIANTS: readonly Partial<StrategyDraft>[] = [
  { exit: fastSlow('crosses_below') },
  { exit: fastSlow('crosses_below'), stops: { loss: 0.05, profit: 0.06, trailing: 0.07 } },
  { stops: { atr: { period: 3, multiple: 1.5 }, maxBars: 6 } },
  {
    exit: {
      any: [
        { left: { field: 'unrealised_rate' }, op: '>', right: 0.05 },
        { left: { field: 'bars_held' }, op: '>=', right: 8 },
      ],
    },
  },
  {
    exit: {
      not: { left: { field: 'close' }, op: '>', right: { indicator: 'lowest', input: { field: 'low' }, args: { period: 4 }, shift: 1 } },
    },
    universe: {
      filters: [{ left: { field: 'close' }, op: '>', right: 3_000 }],
      rank: { by: { indicator: 'roc', args: { period: 3 } }, limit: 2 },
      refresh: 'weekly',
    },
  },
  { exit: fastSlow('crosses_below'), stops: { loss: 0.05, profit: 0.06 }, execution: { at: 'next_close', participation: 0.2 } },
  {
    exit: fastSlow('crosses_below'),
    stops: { trailing: 0.07, maxBars: 9 },
    execution: { orderType: 'limit', limitOffsetTicks: 2, participation: 0.2 },
  },
  {
    stops: { atr: { period: 3, multiple: 1.5 }, maxBars: 4 },
    universe: { rank: { by: { indicator: 'roc', args: { period: 3 } } } },
    execution: { at: 'this_close_auction', participation: 0.2 },
  },
  {
    exit: { left: { field: 'unrealised_rate' }, op: '>', right: 0.03 },
    stops: { loss: 0.06 },
    execution: { at: 'next_close', orderType: 'limit', limitOffsetTicks: -1, participation: 0.2 },
  },
  { exit: fastSlow('crosses_below'), stops: { profit: 0.1 }, costs: { slippage: { kind: 'impact', value: 0.05 } } },
  { exit: fastSlow('crosses_below'), stops: { loss: 0.05 }, sizing: { kind: 'risk_per_trade', risk: 0.01, maxPositions: 3 } },
  { exit: fastSlow('crosses_below'), sizing: { kind: 'volatility_target', volatility: 0.4, period: 5, maxPositions: 3 } },
  { exit: fastSlow('crosses_below'), stops: { loss: 0.1 }, sizing: { kind: 'weights', rebalance: 'weekly', maxPositions: 3 } },
  {
    exit: fastSlow('crosses_below'),
    sizing: {
      kind: 'weights',
      weights: { '000010': 0.5, '000020': 0.3, '000040': 0.2 },
      rebalance: 'daily',
      tolerance: 0.02,
      maxPositions: 3,
    },
    execution: { at: 'next_close', participation: 0.2 },
  },
];
function variant(n: number): Program {
  const compiled = compileStrategy({
    schema: 'narae.strategy/1',
    name: 'v',
    timeframe: '1d',
    entry: fastSlow('crosses_above'),
    sizing: { kind: 'percent_equity', percent: 0.5, maxPositions: 3 },
    execution: { participation: 0.2 },
    ...VARIANTS[n % VARIANTS.length],
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled.program;
}
function run(program: Program, columns: Columns, end = columns.times.length - 1): EngineOutput {
  const steps = engineSteps({
    program,
    columns,
    signals: computeSignals(program, columns),
    start: 0,
    end,
    capital: 10_000_000,
    delistingHaircut: 0,
  });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
const anyRun = [fc.integer({ min: 1, max: 100_000 }), fc.nat({ max: VARIANTS.length - 1 })] as const;
const barOf = (columns: Columns, code: string, day: string) => {
  const s = columns.symbols.findIndex((symbol) => symbol.code === code);
  for (let row = columns.offset[s]!; row < columns.offset[s + 1]!; row += 1)
    if (columns.times[columns.time[row]!] === day)
      return { high: columns.high[row]!, low: columns.low[row]!, volume: columns.volume[row]! };
  throw new Error(`no bar of ${code} on ${day}`);
};

describe('every run', () => {
  test('keeps cash at or above zero and in whole won', () => {
    fc.assert(
      fc.property(...anyRun, (seed, n) => run(variant(n), drawnMarket(seed)).cash.every((cash) => cash >= 0 && Number.isSafeInteger(cash))),
    );
  });

  test('has an equity of cash plus positions at their last close', () => {
    fc.assert(
      fc.property(...anyRun, fc.integer({ min: 5, max: 80 }), (seed, n, end) => {
        const output = run(variant(n), drawnMarket(seed), end);
        const positions = output.open.reduce((sum, position) => sum + position.quantity * position.lastPrice, 0);
        expect(output.equity[end]).toBe(output.cash[end]! + positions);
      }),
    );
  });

  test('explains the change of cash by its trades, open positions and costs', () => {
    fc.assert(
      fc.property(...anyRun, (seed, n) => {
        const { cash, totals } = run(variant(n), drawnMarket(seed));
        expect(cash.at(-1)).toBe(10_000_000 - totals.bought + totals.sold - totals.commission - totals.tax);
      }),
    );
  });

  test('trades only on bars with volume, at prices inside their range', () => {
    fc.assert(
      fc.property(...anyRun, (seed, n) => {
        const columns = drawnMarket(seed);
        for (const trade of run(variant(n), columns).trades) {
          const entry = barOf(columns, trade.symbol, trade.entryDay);
          expect(entry.volume).toBeGreaterThan(0);
          expect(barOf(columns, trade.symbol, trade.exitDay).volume).toBeGreaterThan(0);
          // A position that is kept at a weight was bought on more than one bar, at an average price.
          if (variant(n).sizing.kind === 'weights') continue;
          expect(trade.entryPrice).toBeGreaterThanOrEqual(entry.low);
          expect(trade.entryPrice).toBeLessThanOrEqual(entry.high);
          expect(trade.quantity).toBeLessThanOrEqual(entry.volume * 0.2);
        }
      }),
    );
  });

  test('holds no more positions than it may, and none in a company that has left the market', () => {
    fc.assert(
      fc.property(...anyRun, (seed, n) => {
        const output = run(variant(n), drawnMarket(seed));
        expect(Math.max(...output.held)).toBeLessThanOrEqual(3);
        expect(output.open.map((position) => position.symbol)).not.toContain('000030');
      }),
    );
  });

  test('did until a day what it would have done had the data ended there', () => {
    fc.assert(
      fc.property(...anyRun, fc.integer({ min: 5, max: 80 }), (seed, n, cut) => {
        const columns = drawnMarket(seed);
        const whole = run(variant(n), columns, cut);
        const known = run(variant(n), truncate(columns, cut), cut);
        expect([...known.equity]).toEqual([...whole.equity]);
        // A company's end is a fact of the last bar, known on that day only when the data say so.
        expect(known.trades).toEqual(whole.trades);
      }),
    );
  });

  test('passes its own look-ahead check', () => {
    fc.assert(
      fc.property(...anyRun, (seed, n) => checkLookAhead(variant(n), drawnMarket(seed), 3, seed).verdict === 'clean'),
      { numRuns: 30 },
    );
  });
});

test('the drawn markets are worth testing on: runs trade, stop, wait and are cut short', () => {
  const outputs = Array.from({ length: 60 }, (_, seed) => run(variant(seed), drawnMarket(seed + 1)));
  const total = (of: (output: EngineOutput) => number) => outputs.reduce((sum, output) => sum + of(output), 0);
  expect(total((output) => output.trades.length)).toBeGreaterThan(200);
  for (const count of ['entriesPartial', 'entriesHalted', 'entriesLocked', 'exitsPartial', 'exitsHalted', 'delisted'] as const) {
    expect(
      total((output) => output.counts[count]),
      count,
    ).toBeGreaterThan(0);
  }
});

test('a run without costs agrees with a twenty-line loop over one symbol', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), (seed) => {
      const random = randomSource(seed);
      const close = Array.from({ length: 200 }, () => 0);
      let price = 10_000;
      const rows: BarRow[] = close.map((_, i) => {
        const open = Math.max(100, Math.round(price * (0.97 + random() * 0.06)));
        price = Math.max(100, Math.round(open * (0.97 + random() * 0.06)));
        close[i] = price;
        return {
          code: '000010',
          time: new Date(Date.UTC(2020, 0, 1) + i * 86_400_000).toISOString().slice(0, 10),
          open,
          high: Math.max(open, price),
          low: Math.min(open, price),
          close: price,
          volume: 1_000_000_000,
        };
      });
      const columns = columnsFromBars({ bars: rows, symbols: [{ code: '000010', market: 'KOSPI' }], isAdjusted: false, dataHash: '' });
      const compiled = compileStrategy({
        schema: 'narae.strategy/1',
        name: 'x',
        timeframe: '1d',
        entry: fastSlow('crosses_above'),
        exit: fastSlow('crosses_below'),
        sizing: { kind: 'equal_weight', maxPositions: 1 },
        execution: { participation: 1 },
        costs: { commissionRate: 0, tax: 'none', slippage: { kind: 'none' } },
      });
      if (!compiled.ok) throw new Error('sound');
      const mean = (i: number, n: number) => (i < n - 1 ? Number.NaN : close.slice(i - n + 1, i + 1).reduce((a, b) => a + b) / n);
      let cash = 10_000_000;
      let quantity = 0;
      let order: 'buy' | 'sell' | null = null;
      let wanted = 0;
      for (let i = 0; i < rows.length; i += 1) {
        const { open } = rows[i]!;
        if (order === 'sell') {
          cash += quantity * open;
          quantity = 0;
        } else if (order === 'buy') {
          quantity = Math.min(wanted, Math.floor(cash / open));
          cash -= quantity * open;
        }
        order = null;
        const [before, now] = [mean(i - 1, 2) - mean(i - 1, 5), mean(i, 2) - mean(i, 5)];
        if (quantity > 0 && before >= 0 && now < 0) order = 'sell';
        if (quantity === 0 && before <= 0 && now > 0) [order, wanted] = ['buy', Math.floor(cash / close[i]!)];
      }
      expect(run(compiled.program, columns).equity.at(-1)).toBe(cash + quantity * close.at(-1)!);
    }),
    { numRuns: 50 },
  );
});
