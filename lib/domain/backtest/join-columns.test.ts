import { describe, expect, test } from 'vitest';
import { bars, flat, KOSPI_A, NO_COSTS, type Ohlcv, pencilProgram, pencilRun } from '#lib/testing/pencil-run.ts';
import { columnsFromBars } from './columns-from-bars.ts';
import { rowFinder } from './diagnosis/fill-rows.ts';
import { minuteColumns, weeklyColumns } from './join-columns.ts';

const weekly = (rows: readonly Ohlcv[], factors?: readonly number[]) =>
  weeklyColumns(
    columnsFromBars({
      bars: bars('000010', rows).map((bar, i) => (factors ? { ...bar, factor: factors[i]! } : bar)),
      symbols: [KOSPI_A],
      isAdjusted: false,
      dataHash: 'd',
    }),
  );
const first = ({ open, high, low, close, volume }: ReturnType<typeof weekly>) => [open[0], high[0], low[0], close[0], volume[0]];

describe('a week of daily bars', () => {
  test('has the first open, the extremes, the last close and all the volume, and the name of its last session', () => {
    const columns = weekly([
      ['2022-03-07', 100, 120, 90, 110, 10],
      ['2022-03-08', 110, 130, 105, 120, 20],
      ['2022-03-10', 120, 125, 80, 95, 30],
      ['2022-03-14', 95, 96, 94, 95, 5],
    ]);
    expect(first(columns)).toEqual([100, 130, 80, 95, 60]);
    expect(columns.times).toEqual(['2022-03-10', '2022-03-14']);
    expect(columns.sessions?.first).toEqual(['2022-03-07', '2022-03-14']);
  });

  test('leaves out sessions that did not trade; one that never traded keeps its standing price', () => {
    expect(
      first(
        weekly([
          ['2022-03-07', 0, 0, 0, 100, 0],
          ['2022-03-08', 110, 130, 105, 120, 20],
          ['2022-03-10', 0, 0, 0, 120, 0],
        ]),
      ),
    ).toEqual([110, 130, 105, 120, 20]);
    expect(first(weekly([flat('2022-03-07', 100, 0), flat('2022-03-08', 100, 0)]))).toEqual([100, 100, 100, 100, 0]);
  });

  test('is on the scale of its last bar where a split falls inside it', () => {
    // 5 for 1 on Wednesday: 1,000 won and 10 shares before it are 200 won and 50 shares after it.
    const columns = weekly(
      [
        ['2022-03-07', 1_000, 1_100, 900, 1_000, 10],
        ['2022-03-10', 200, 210, 190, 205, 50],
      ],
      [0.2, 1],
    );
    expect(first(columns)).toEqual([200, 220, 180, 205, 100]);
    expect(columns.factor?.[0]).toBe(1);
  });

  test('is found by its first session and by its last', () => {
    const rowAt = rowFinder(weekly([flat('2022-03-07', 100), flat('2022-03-11', 110), flat('2022-03-14', 120), flat('2022-03-18', 130)]));
    expect(['2022-03-07', '2022-03-11', '2022-03-14', '2022-03-18'].map((day) => rowAt('000010', day))).toEqual([0, 0, 1, 1]);
  });

  test('keeps symbols apart that share the calendar', () => {
    const columns = weeklyColumns(
      columnsFromBars({
        bars: [
          ...bars('000010', [flat('2022-03-07', 100), flat('2022-03-11', 110)]),
          ...bars('000020', [flat('2022-03-08', 50), flat('2022-03-14', 60)]),
        ],
        symbols: [KOSPI_A, { code: '000020', market: 'KOSPI' }],
        isAdjusted: false,
        dataHash: 'd',
      }),
    );
    expect(columns.times).toEqual(['2022-03-11', '2022-03-14']);
    expect([...columns.offset]).toEqual([0, 1, 3]);
    expect([...columns.close]).toEqual([110, 50, 60]);
    expect([...columns.time]).toEqual([0, 0, 1]);
  });
});

test('minutes join into bars on the clock, named by their opening minute', () => {
  const minute = (clock: string, price: number): Ohlcv => [`2026-01-02T${clock}`, price, price + 5, price - 5, price + 1, 10];
  const columns = minuteColumns(
    columnsFromBars({
      bars: bars('000010', [
        minute('10:01', 100),
        minute('10:04', 110),
        minute('10:05', 90),
        minute('10:11', 95),
        ['2026-01-05T09:00', 80, 80, 80, 80, 1],
      ]),
      symbols: [KOSPI_A],
      isAdjusted: false,
      dataHash: 'd',
    }),
    5,
  );
  expect(columns.times).toEqual(['2026-01-02T10:00', '2026-01-02T10:05', '2026-01-02T10:10', '2026-01-05T09:00']);
  expect([columns.open, columns.high, columns.low, columns.close, columns.volume].map((column) => [...column])).toEqual([
    [100, 90, 95, 80],
    [115, 95, 100, 80],
    [95, 85, 90, 80],
    [111, 91, 96, 80],
    [20, 10, 10, 1],
  ]);
});

describe('a weekly strategy', () => {
  const program = (costs = NO_COSTS.costs, stops = {}) => pencilProgram({ timeframe: '1w', costs, stops });

  test('decides on the week’s close and buys on the next Monday, at its open and under its name', () => {
    const output = pencilRun({
      program: program(),
      isWeekly: true,
      bars: bars('000010', [
        flat('2022-03-07', 9_000),
        flat('2022-03-11', 10_000),
        ['2022-03-14', 10_100, 10_200, 10_000, 10_150],
        ['2022-03-18', 10_150, 11_000, 10_150, 11_000],
        ['2022-03-21', 11_200, 11_300, 11_100, 11_250],
      ]),
    });
    // 100 shares decided at 10,000; 99 are paid for at 10,100. Sold for 11,200.
    expect(output.trades[0]).toMatchObject({
      quantity: 99,
      entryDay: '2022-03-14',
      entryPrice: 10_100,
      exitDay: '2022-03-21',
      exitPrice: 11_200,
      pnl: 99 * 1_100,
    });
  });

  test.each([
    { monday: '2020-12-28', rate: 0.0025, why: '29th, 30th' },
    { monday: '2021-01-04', rate: 0.0023, why: '5th, 6th of January' },
  ])('is taxed by the settlement of the Monday it sold on ($monday: $why)', ({ monday, rate }) => {
    const days = [
      '2020-12-14',
      '2020-12-18',
      '2020-12-21',
      '2020-12-24',
      '2020-12-28',
      '2020-12-29',
      '2020-12-30',
      '2021-01-04',
      '2021-01-05',
      '2021-01-06',
    ];
    const price = (day: string) => (day < '2020-12-21' ? 10_000 : monday === '2020-12-28' || day >= '2020-12-28' ? 11_000 : 10_500);
    const output = pencilRun({
      program: program({ commissionRate: 0, slippage: { kind: 'none' } }),
      isWeekly: true,
      bars: bars(
        '000010',
        days.map((day) => flat(day, price(day))),
      ),
    });
    const [trade] = output.trades;
    expect(trade).toMatchObject({ exitDay: monday });
    expect(trade!.tax).toBe(Math.floor(trade!.quantity * 11_000 * rate));
  });

  test('watches its stop through the whole week', () => {
    const output = pencilRun({
      program: program(NO_COSTS.costs, { loss: 0.08 }),
      isWeekly: true,
      bars: bars('000010', [
        flat('2022-03-11', 10_000),
        flat('2022-03-14', 10_000),
        ['2022-03-16', 9_900, 9_900, 9_000, 9_500],
        flat('2022-03-18', 10_100),
      ]),
    });
    expect(output.trades[0]).toMatchObject({ entryDay: '2022-03-14', exitDay: '2022-03-18', exitPrice: 9_200, exitReason: 'stop_loss' });
  });
});
