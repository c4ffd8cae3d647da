import { describe, expect, test } from 'vitest';
import { compileStrategy, type Program } from '#domain/strategy/compile.ts';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { type BarRow, columnsFromBars } from './columns-from-bars.ts';
import { evaluateLatest } from './evaluate-latest.ts';
import { computeSignals, type UniverseMask } from './signals.ts';

function program(universe: StrategyDraft['universe'], more: Partial<StrategyDraft> = {}): Program {
  const compiled = compileStrategy({
    schema: 'narae.strategy/1',
    name: 'u',
    timeframe: '1d',
    universe,
    entry: { left: { field: 'close' }, op: '>', right: 0 },
    stops: { maxBars: 1 },
    sizing: { kind: 'equal_weight', maxPositions: 2 },
    ...more,
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled.program;
}
/** Four days over a month's end: volumes decide. */
const DAYS = ['2022-02-25', '2022-02-28', '2022-03-02', '2022-03-03'];
const volumes: Record<string, readonly (number | null)[]> = {
  '000010': [5, 5, 50, 5],
  '000020': [9, 30, 9, 9],
  '000030': [null, null, 99, 99],
  '000040': [20, 20, 20, 20],
};
const rows = Object.entries(volumes).flatMap(([code, list]) =>
  list.flatMap((volume, i): BarRow[] =>
    volume === null ? [] : [{ code, time: DAYS[i]!, open: 100, high: 100, low: 100, close: 100, volume }],
  ),
);
const columns = columnsFromBars({
  bars: rows,
  symbols: Object.keys(volumes).map((code, i) => ({ code, market: i === 3 ? 'KOSDAQ' : 'KOSPI' })),
  isAdjusted: false,
  dataHash: '',
});

/** Codes that may be bought at the close of each day. */
function members(chosen: Program, mask?: UniverseMask): string[][] {
  const signals = computeSignals(chosen, columns, mask);
  return DAYS.map((_, t) =>
    Array.from(signals.rows.subarray(signals.from[t], signals.from[t + 1]), (row) => columns.symbols[signals.symbolOf[row]!]!.code),
  );
}

describe('the universe', () => {
  test('monthly filters see the last bar before the month and stand until the next', () => {
    const chosen = program({ filters: [{ left: { field: 'volume' }, op: '>=', right: 20 }], refresh: 'monthly' });
    // February has no bar before it. March is decided by 02-28: 30 and 20. The new 000030 waits for April, 50 on 03-02 comes too late.
    expect(members(chosen)).toEqual([[], [], ['000020', '000040'], ['000020', '000040']]);
  });

  test('daily filters see the day before', () => {
    const chosen = program({ filters: [{ left: { field: 'volume' }, op: '>=', right: 20 }], refresh: 'daily' });
    expect(members(chosen)).toEqual([[], ['000040'], ['000020', '000040'], ['000010', '000030', '000040']]);
  });

  test('a rank keeps the best of the day before', () => {
    const chosen = program({ rank: { by: { field: 'volume' }, order: 'desc', limit: 1 }, refresh: 'daily' });
    expect(members(chosen)).toEqual([[], ['000040'], ['000020'], ['000030']]);
  });

  test('only what may be bought competes for a rank', () => {
    const chosen = program({ markets: ['KOSPI'], rank: { by: { field: 'volume' }, order: 'desc', limit: 1 }, refresh: 'daily' });
    // 000040 of KOSDAQ leads on 02-25; the best of KOSPI is 000020 with 9.
    expect(members(chosen)).toEqual([[], ['000020'], ['000020'], ['000030']]);
  });

  test('markets, named symbols, exclusions and the user’s mask all have to agree', () => {
    expect(members(program({ markets: ['KOSDAQ'] }))[0]).toEqual(['000040']);
    expect(members(program({ symbols: ['000010' as never, '000040' as never] }))[0]).toEqual(['000010', '000040']);
    expect(members(program({ exclude: ['000010' as never] }))[0]).toEqual(['000020', '000040']);
    expect(members(program({}), { markets: ['KOSPI'], symbols: null, exclude: ['000020'] })[0]).toEqual(['000010']);
  });
});

describe('a symbol that moves to another market', () => {
  const markets = [
    { since: '2020-01-02', market: 'KOSDAQ' },
    { since: '2022-03-02', market: 'KOSPI' },
  ] as const;
  const moving = { ...columns, symbols: columns.symbols.map((symbol) => (symbol.code === '000040' ? { ...symbol, markets } : symbol)) };
  const daysOf = (universe: StrategyDraft['universe'], mask?: UniverseMask) => {
    const signals = computeSignals(program(universe), moving, mask);
    return DAYS.filter((_, t) => signals.rows.subarray(signals.from[t], signals.from[t + 1]).some((row) => signals.symbolOf[row] === 3));
  };

  test.each([
    { why: 'belongs to the old one until it moves', universe: { markets: ['KOSDAQ'] }, days: DAYS.slice(0, 2) },
    { why: 'belongs to the new one from then on', universe: { markets: ['KOSPI'] }, days: DAYS.slice(2) },
    { why: 'is always there where it is named', universe: { symbols: ['000040'] }, days: DAYS },
  ])('$why', ({ universe, days }) => {
    expect(daysOf(universe as StrategyDraft['universe'])).toEqual(days);
  });

  test('leaves the user’s mask on that day too', () => {
    expect(daysOf({}, { markets: ['KOSDAQ'], symbols: null, exclude: [] })).toEqual(DAYS.slice(0, 2));
  });
});

describe('the live evaluation', () => {
  test('decides on the latest bar what the back-test decides there', () => {
    const chosen = program(
      {},
      { exit: { left: { field: 'volume' }, op: '>', right: 50 }, stops: { loss: 0.1, profit: 0.2 }, costs: { commissionRate: 0 } },
    );
    const answer = evaluateLatest({
      program: chosen,
      columns,
      cash: 10_000,
      positions: [
        { code: '000030', quantity: 10, entryPrice: 100, barsHeld: 0, highWater: 110, isExiting: false },
        { code: '999999', quantity: 1, entryPrice: 1, barsHeld: 0, highWater: 1, isExiting: false },
      ],
    });
    // Equity 10,000 + 10 × 100 = 11,000 → 5,500 a position → 55 shares of 100; two slots once 000030 is sold. 40 trades more than 20, 20 more than 10.
    expect(answer.decisions.map(({ side, code, quantity, reason }) => ({ side, code, quantity, reason }))).toEqual([
      { side: 'sell', code: '000030', quantity: 10, reason: 'exit_signal' },
      { side: 'buy', code: '000040', quantity: 55, reason: 'entry_signal' },
      { side: 'buy', code: '000020', quantity: 55, reason: 'entry_signal' },
    ]);
    expect(answer.levels).toEqual([{ code: '000030', stop: { price: 90, reason: 'stop_loss' }, target: 120 }]);
    expect(answer).toMatchObject({ time: '2022-03-03', unknownCodes: ['999999'] });
  });

  test('a sell that is on its way is not sent twice, and frees its slot', () => {
    const chosen = program({}, { exit: { left: { field: 'volume' }, op: '>', right: 50 } });
    const answer = evaluateLatest({
      program: chosen,
      columns,
      cash: 0,
      positions: [{ code: '000030', quantity: 10, entryPrice: 100, barsHeld: 0, highWater: 110, isExiting: true }],
    });
    expect(answer.decisions.filter((decision) => decision.side === 'sell')).toEqual([]);
    expect(answer.decisions.map((decision) => decision.code)).toEqual(['000040', '000020']);
  });
});

test('rows that contradict each other or belong to nobody are refused', () => {
  expect(() =>
    columnsFromBars({ bars: [rows[0]!, rows[0]!], symbols: [{ code: '000010', market: 'KOSPI' }], isAdjusted: false, dataHash: '' }),
  ).toThrow('two bars');
  expect(() => columnsFromBars({ bars: rows, symbols: [{ code: '000010', market: 'KOSPI' }], isAdjusted: false, dataHash: '' })).toThrow(
    'not among the symbols',
  );
});
