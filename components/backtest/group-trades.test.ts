import { expect, test } from 'vitest';
import type { TradeView } from '#lib/db/backtests.ts';
import { groupTrades, tradesCsv, yearsOf } from './group-trades.ts';

const aTrade = (part: Partial<TradeView>): TradeView => ({
  seq: 0,
  symbol: '005930',
  quantity: 10,
  entryDay: '2020-01-02',
  entryPrice: 1_000,
  exitDay: '2020-01-10',
  exitPrice: 1_100,
  commission: 3,
  tax: 20,
  slippage: 10,
  pnl: 977,
  returnRate: 0.0977,
  barsHeld: 6,
  mae: -0.02,
  mfe: 0.12,
  exitReason: 'exit_signal',
  ...part,
});

test('groups sum to the whole, the most profitable first', () => {
  const trades = [
    aTrade({ symbol: '000660', pnl: 100, returnRate: 0.1, barsHeld: 2 }),
    aTrade({ symbol: '000660', pnl: -300, returnRate: -0.3, barsHeld: 4 }),
    aTrade({ pnl: 50 }),
  ];
  expect(groupTrades(trades, ({ symbol }) => symbol)).toMatchObject([
    { key: '005930', trades: 1, wins: 1, pnl: 50 },
    { key: '000660', trades: 2, wins: 1, pnl: -200, averageBars: 3 },
  ]);
  expect(groupTrades([], ({ symbol }) => symbol)).toEqual([]);
});

test('a year compounds its months', () => {
  // 1.1 × 0.9 = 0.99
  const [first, second] = yearsOf([
    ['2020-11', 0.1],
    ['2020-12', -0.1],
    ['2021-01', 0.02],
  ]);
  expect(first?.year).toBe('2020');
  expect(first?.rate).toBeCloseTo(-0.01, 12);
  expect(second).toEqual({ year: '2021', rate: 0.020000000000000018 });
});

test('the CSV keeps the zeros of a code and has one line a trade', () => {
  const lines = tradesCsv([aTrade({})])
    .trimEnd()
    .split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]?.startsWith('\uFEFFsymbol,quantity')).toBe(true);
  expect(lines[1]).toBe('="005930",10,2020-01-02,1000,2020-01-10,1100,977,0.0977,6,3,20,10,-0.02,0.12,exit_signal');
});
