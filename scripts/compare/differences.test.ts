import { expect, test } from 'vitest';
import { columnsFromBars } from '#domain/backtest/columns-from-bars.ts';
import { aTrade, weekdays } from '#lib/testing/example-run.ts';
import { compareTrades } from './differences.ts';

const DAYS = weekdays(12);
/** Closes 1,000 a day; the fifth stands locked 15 % up, the sixth trades 50 shares only. */
const columns = columnsFromBars({
  symbols: [{ code: '000010', market: 'KOSPI' }],
  bars: DAYS.map((time, i) => {
    const price = i === 4 ? 1_150 : 1_000;
    return { code: '000010', time, open: price, high: price + (i === 4 ? 0 : 10), low: price, close: price, volume: i === 5 ? 50 : 10_000 };
  }),
  isAdjusted: true,
  dataHash: '',
});
const trade = (entry: number, exit: number, facts: { quantity?: number; exitPrice?: number } = {}) =>
  aTrade({ pnl: 0, quantity: 100, entryDay: DAYS[entry]!, exitDay: DAYS[exit]!, exitPrice: 1_000, ...facts });
const compare = (ours: ReturnType<typeof trade>[], theirs: ReturnType<typeof trade>[], growsWithEquity = false) => {
  const { equal, differing } = compareTrades(columns, ours, theirs, growsWithEquity);
  return [equal, ...differing.map(({ why }) => why.split(':')[0])];
};

test.each([
  { why: 'the same trades are equal', ours: [trade(1, 3)], theirs: [trade(1, 3)], found: [1] },
  { why: 'a purchase on a locked bar', ours: [], theirs: [trade(4, 7)], found: [0, 'locked at the limit'] },
  {
    why: 'a sale that the volume spreads over two days',
    ours: [trade(1, 6)],
    theirs: [trade(1, 5)],
    found: [0, 'no more shares than the bar traded'],
  },
  { why: 'another price', ours: [trade(1, 3)], theirs: [trade(1, 3, { exitPrice: 999 })], found: [0, 'unexplained'] },
  { why: 'another quantity', ours: [trade(1, 3)], theirs: [trade(1, 3, { quantity: 99 })], found: [0, 'unexplained'] },
  { why: 'a trade that only we made', ours: [trade(1, 3)], theirs: [], found: [0, 'unexplained'] },
  {
    why: 'what one engine buys while the other still holds',
    ours: [trade(6, 8)],
    theirs: [trade(4, 7)],
    found: [0, 'locked at the limit', 'follows from the difference before'],
  },
])('$why', ({ ours, theirs, found }) => {
  expect(compare(ours, theirs)).toEqual(found);
});

test('sizes differ for good after a difference only where they grow with the equity', () => {
  const [ours, theirs] = [[trade(8, 9)], [trade(4, 5), trade(8, 9, { quantity: 99 })]];
  expect(compare(ours, theirs, true)).toEqual([0, 'locked at the limit', 'follows from the difference before']);
  expect(compare(ours, theirs)).toEqual([0, 'locked at the limit', 'unexplained']);
});
