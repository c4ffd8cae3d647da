import { describe, expect, test } from 'vitest';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { bars, flat, KOSPI_A, NO_COSTS, type Ohlcv, pencilProgram, pencilRun } from '#lib/testing/pencil-run.ts';
import { auctionBar, decidesAt, isAuctionBelieved } from './closing-auction.ts';
import { columnsFromBars } from './columns-from-bars.ts';
import { minuteColumns } from './join-columns.ts';
import { checkLookAhead, randomSource } from './look-ahead.ts';

/** Orders into the closing auction on minute bars, worked by pencil: decided once a day, at 15:19, filled at the price of 15:30. */

type Timeframe = StrategyDraft['timeframe'];
const program = (timeframe: Timeframe, changes: Partial<StrategyDraft> = {}) =>
  pencilProgram({ ...NO_COSTS, timeframe, execution: { at: 'this_close_auction', participation: 1 }, ...changes });
const columnsAt = (...times: string[]) =>
  columnsFromBars({
    bars: bars(
      '000010',
      times.map((time) => flat(time, 1)),
    ),
    symbols: [KOSPI_A],
    isAdjusted: false,
    dataHash: '',
  });
const run = (rows: readonly Ohlcv[], changes: Partial<StrategyDraft> = {}, timeframe: Timeframe = '1m') =>
  pencilRun({ bars: bars('000010', rows), program: program(timeframe, changes) });

describe('decided on the last bar that ends 11 minutes before the close or earlier', () => {
  test.each([
    { timeframe: '1m', on: '2022-03-02T15:18', not: ['2022-03-02T15:17', '2022-03-02T15:19'] },
    { timeframe: '3m', on: '2022-03-02T15:15', not: ['2022-03-02T15:12', '2022-03-02T15:18'] },
    { timeframe: '5m', on: '2022-03-02T15:10', not: ['2022-03-02T15:05', '2022-03-02T15:15'] },
    { timeframe: '10m', on: '2022-03-02T15:00', not: ['2022-03-02T14:50', '2022-03-02T15:10'] },
    { timeframe: '30m', on: '2022-03-02T14:30', not: ['2022-03-02T14:00', '2022-03-02T15:00'] },
    { timeframe: '60m', on: '2022-03-02T14:00', not: ['2022-03-02T13:00', '2022-03-02T15:00'] },
    { timeframe: '1m', on: '2016-07-29T14:48', not: ['2016-07-29T15:18'] }, // until 2016-07-31 the session ended at 15:00
    { timeframe: '1m', on: '2024-11-14T16:18', not: ['2024-11-14T15:18'] }, // the day of the entrance exam ends an hour later
  ] as const)('$timeframe bars: $on', ({ timeframe, on, not }) => {
    const times = [...not, on].sort();
    const columns = columnsAt(...times);
    expect(times.filter((_, index) => decidesAt(program(timeframe), columns, index))).toEqual([on]);
  });

  test('where nobody traded in that minute the bar before it decides, each symbol by its own last one', () => {
    expect(decidesAt(program('1m'), columnsAt('2022-03-02T15:16', '2022-03-02T15:17', '2022-03-02T15:30'), 1)).toBe(true);
    // At the end of the data another bar may still come.
    expect(decidesAt(program('1m'), columnsAt('2022-03-02T15:16', '2022-03-02T15:17'), 1)).toBe(false);
    // 000010 last traded at 15:10, where it said to buy; 000020 said so at 15:10 too, and took it back at 15:18.
    const output = pencilRun({
      program: program('1m', { sizing: { kind: 'equal_weight', maxPositions: 2 } }),
      symbols: [KOSPI_A, { code: '000020', market: 'KOSPI' }],
      bars: [
        ...bars('000010', [flat('2022-03-02T15:10', 10_000), flat('2022-03-02T15:30', 10_000)]),
        ...bars('000020', [flat('2022-03-02T15:10', 10_000), flat('2022-03-02T15:18', 9_900), flat('2022-03-02T15:30', 10_000)]),
        // Sold by what it said at 11:00, its last bar before the auction of the 3rd.
        ...bars('000010', [flat('2022-03-03T11:00', 11_000), flat('2022-03-03T15:30', 10_500)]),
        ...bars('000020', [flat('2022-03-03T15:18', 9_900)]),
      ],
    });
    expect(output.trades).toEqual([
      expect.objectContaining({ symbol: '000010', entryDay: '2022-03-02T15:30', exitDay: '2022-03-03T15:30', exitPrice: 10_500 }),
    ]);
    expect(output.open).toEqual([]);
  });

  test('every other document decides on every bar', () => {
    expect(decidesAt(program('1m', { execution: { at: 'next_close' } }), columnsAt('2022-03-02T10:00'), 0)).toBe(true);
    expect(decidesAt(program('1d'), columnsAt('2022-03-02'), 0)).toBe(true);
  });
});

describe('the bar that holds the auction', () => {
  test.each([
    { timeframe: '1m', day: ['15:18', '15:19', '15:30'], says: ['other', 'other', 'auction'], why: 'stamped by its trade' },
    { timeframe: '1m', day: ['15:19', '15:20', '15:30'], says: ['other', 'other', 'auction'], why: 'a late print at 15:20 is not it' },
    { timeframe: '5m', day: ['15:15', '15:25'], says: ['other', 'auction'], why: 'within the last five minutes' },
    { timeframe: '30m', day: ['14:30', '15:00'], says: ['other', 'auction'], why: 'the last half hour ends with it' },
    { timeframe: '1m', day: ['15:19', '15:32'], says: ['other', 'auction'], why: 'an auction that ends late' },
    { timeframe: '1m', day: ['15:19', '15:30', '15:40'], says: ['other', 'auction', 'other'], why: 'what follows is after hours' },
    { timeframe: '5m', day: ['15:10', '15:15'], says: ['other', 'missing'], why: 'the source leaves the auction out' },
  ] as const)('$timeframe: $day ($why)', ({ timeframe, day, says }) => {
    const columns = columnsAt(...day.map((clock) => `2022-03-02T${clock}`), '2022-03-03T09:00');
    expect(day.map((_, index) => auctionBar(program(timeframe), columns, index))).toEqual(says);
  });
});

describe('a day by pencil', () => {
  test('signals before 15:19 and after it do nothing; what 15:18 says is bought and sold in the auction of that day', () => {
    // The 2nd: 10,000 at 10:00 is too early. 10,000 at 15:18 → ⌊1,000,000 ÷ 10,000⌋ = 100, of which ⌊1,000,000 ÷ 10,500⌋ = 95 are paid for at 10,500.
    // The 3rd: 11,000 at 15:18 → sold in the auction at 10,800: 95 × 300 = 28,500.
    const output = run([
      flat('2022-03-02T10:00', 10_000),
      flat('2022-03-02T15:18', 10_000),
      flat('2022-03-02T15:19', 9_000),
      flat('2022-03-02T15:30', 10_500),
      flat('2022-03-03T10:00', 11_000),
      flat('2022-03-03T15:18', 11_000),
      flat('2022-03-03T15:19', 11_500),
      flat('2022-03-03T15:30', 10_800),
    ]);
    expect(output.trades).toEqual([
      expect.objectContaining({
        entryDay: '2022-03-02T15:30',
        entryPrice: 10_500,
        quantity: 95,
        exitDay: '2022-03-03T15:30',
        exitPrice: 10_800,
        pnl: 28_500,
      }),
    ]);
    expect([...output.held]).toEqual([0, 0, 0, 1, 1, 1, 1, 0]);
  });

  test('protective stops watch every bar meanwhile', () => {
    // Bought at 10,000; 9 % below is 9,100: touched at 10:00 of the 3rd, long before the auction.
    const output = run(
      [
        flat('2022-03-02T15:18', 10_000),
        flat('2022-03-02T15:30', 10_000),
        ['2022-03-03T10:00', 9_500, 9_500, 9_000, 9_050],
        flat('2022-03-03T15:30', 12_000),
      ],
      { stops: { loss: 0.09 } },
    );
    expect(output.trades[0]).toMatchObject({ exitDay: '2022-03-03T10:00', exitPrice: 9_100, exitReason: 'stop_loss' });
  });

  test('data without the auction buy nothing, say so, and keep nothing for another day; an exit waits for the next auction there is', () => {
    const lacking = run([flat('2022-03-02T15:10', 10_000), flat('2022-03-02T15:15', 10_000), flat('2022-03-03T15:25', 10_000)], {}, '5m');
    expect(lacking.open).toEqual([]);
    expect(lacking.counts).toMatchObject({ auctionsMissing: 1, entriesHalted: 0, entriesFilled: 0 });

    // The deciding bar itself may be the day's last.
    const endsEarly = run([
      flat('2022-03-02T15:17', 9_900),
      flat('2022-03-02T15:18', 10_000),
      flat('2022-03-03T15:18', 10_900),
      flat('2022-03-03T15:30', 10_900),
    ]);
    expect(endsEarly.open).toEqual([]);
    expect(endsEarly.counts).toMatchObject({ auctionsMissing: 1 });

    const waits = run(
      [
        flat('2022-03-02T15:10', 10_000),
        flat('2022-03-02T15:25', 10_000),
        flat('2022-03-03T15:10', 11_000),
        flat('2022-03-03T15:15', 11_000),
        flat('2022-03-04T15:25', 11_200),
      ],
      {},
      '5m',
    );
    expect(waits.trades[0]).toMatchObject({ exitDay: '2022-03-04T15:25', exitPrice: 11_200 });
  });

  test('a limit is reckoned from the close that decided, not from what came between, and is good for one auction', () => {
    const execution = { at: 'this_close_auction', orderType: 'limit', limitOffsetTicks: 0, participation: 1 } as const;
    // Buys at 10,000 or less: the auction of the 2nd is dearer, that of the 3rd is not.
    // Sells at 11,000 or more: the auction of the 4th pays 10,900, though 15:19 stood at 10,800; that of the 7th pays 11,100.
    const output = run(
      [
        flat('2022-03-02T15:18', 10_000),
        flat('2022-03-02T15:30', 10_050),
        flat('2022-03-03T15:18', 10_000),
        flat('2022-03-03T15:30', 9_950),
        flat('2022-03-04T15:18', 11_000),
        flat('2022-03-04T15:19', 10_800),
        flat('2022-03-04T15:30', 10_900),
        flat('2022-03-07T15:18', 11_000),
        flat('2022-03-07T15:19', 12_000),
        flat('2022-03-07T15:30', 11_100),
      ],
      { execution },
    );
    expect(output.trades).toEqual([
      expect.objectContaining({
        entryDay: '2022-03-03T15:30',
        entryPrice: 9_950,
        exitDay: '2022-03-07T15:30',
        exitPrice: 11_100,
      }),
    ]);
    expect(output.counts).toMatchObject({ entriesExpired: 1, exitsExpired: 1 });
  });

  test('weights are brought back in the first auction of each day', () => {
    // Half of a million at 10,000: 50 shares. At 12,000 the equity is 1,100,000, its half 550,000: 50,000 too much, 4 shares sold.
    const output = run(
      [
        flat('2022-03-02T15:18', 10_000),
        flat('2022-03-02T15:30', 10_000),
        flat('2022-03-03T09:00', 12_000),
        flat('2022-03-03T15:18', 12_000),
        flat('2022-03-03T15:30', 12_000),
      ],
      { sizing: { kind: 'weights', weights: { '000010': 0.5 }, rebalance: 'daily', maxPositions: 1 } },
    );
    expect(output.open[0]?.quantity).toBe(46);
    expect([...output.cash]).toEqual([1_000_000, 500_000, 500_000, 500_000, 548_000]);
  });
});

test('bars joined from shorter ones know whether those reached the auction', () => {
  const whole = minuteColumns(columnsAt('2022-03-02T15:10', '2022-03-02T15:15', '2022-03-02T15:25'), 30);
  const cut = minuteColumns(columnsAt('2022-03-02T15:10', '2022-03-02T15:15'), 30);
  expect([whole, cut].map((columns) => auctionBar(program('30m'), columns, 0))).toEqual(['auction', 'missing']);
});

test.each([
  { timeframe: '5m', at: 'this_close_auction', isBelieved: false, why: '15:20 begins a bar' },
  { timeframe: '30m', at: 'this_close_auction', isBelieved: true, why: 'from the source, 15:00 to 15:20 or 15:30' },
  { timeframe: '30m', at: 'next_close', isBelieved: false, why: 'no order into the auction' },
] as const)('$timeframe bars, $at: the auction is believed in: $isBelieved ($why)', ({ timeframe, at, isBelieved }) => {
  const chosen = program(timeframe, { execution: { at } });
  const columns = columnsAt('2022-03-02T14:30', '2022-03-02T15:00');
  expect(isAuctionBelieved(chosen, columns)).toBe(isBelieved);
  // What was made here from shorter bars is known.
  expect(isAuctionBelieved(chosen, minuteColumns(columnsAt('2022-03-02T15:25'), 30))).toBe(false);
});

test('nothing that comes after a bar changes what it says', () => {
  const random = randomSource(11);
  const rows = Array.from({ length: 40 }, (_, day) =>
    ['15:16', '15:17', '15:18', '15:30'].map((clock): Ohlcv => {
      const time = new Date(Date.UTC(2022, 0, 3) + day * 86_400_000).toISOString().slice(0, 10);
      return flat(`${time}T${clock}`, 9_000 + Math.floor(random() * 200) * 10);
    }),
  ).flat();
  const columns = columnsFromBars({ bars: bars('000010', rows), symbols: [KOSPI_A], isAdjusted: false, dataHash: '' });
  const chosen = program('1m', { entry: { left: { field: 'close' }, op: '>', right: { indicator: 'sma', args: { period: 3 } } } });
  expect(checkLookAhead(chosen, columns, 40, 1)).toMatchObject({ verdict: 'clean', checked: 40 });
});
