import { describe, expect, test } from 'vitest';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { bars, flat, KOSPI_A, NO_COSTS, type Ohlcv, pencilProgram, pencilRun } from '#lib/testing/pencil-run.ts';
import { type BarRow, columnsFromBars } from './columns-from-bars.ts';
import { decideAtClose } from './decide.ts';
import { checkLookAhead, randomSource } from './look-ahead.ts';
import { computeSignals } from './signals.ts';

/** When orders meet the market, worked by pencil. One million won, no costs unless a test is about them. */

const program = (execution: StrategyDraft['execution'], changes: Partial<StrategyDraft> = {}) =>
  pencilProgram({ ...NO_COSTS, execution: { participation: 1, ...execution }, ...changes });
const one = (rows: readonly Ohlcv[], execution: StrategyDraft['execution'], changes: Partial<StrategyDraft> = {}) =>
  pencilRun({ bars: bars('000010', rows), program: program(execution, changes) });

describe('next_close', () => {
  const at = { at: 'next_close' } as const;

  test('buys and sells at the close of the bar after the decision', () => {
    // Decided at 10,000 on the 2nd: 100 shares, but the close of the 3rd is 11,000: 90 paid for. Decided to sell there, sold at 12,000.
    const output = one(
      [flat('2022-03-02', 10_000), ['2022-03-03', 9_000, 11_000, 9_000, 11_000], ['2022-03-04', 10_500, 12_500, 10_000, 12_000]],
      at,
    );
    expect(output.trades[0]).toMatchObject({
      entryDay: '2022-03-03',
      entryPrice: 11_000,
      quantity: 90,
      exitDay: '2022-03-04',
      exitPrice: 12_000,
      barsHeld: 1,
      pnl: 90_000,
    });
    expect([...output.equity]).toEqual([1_000_000, 1_000_000, 1_090_000]);
  });

  test('what the bar did before the fill belongs to nobody: no stop, no high water, no excursion', () => {
    // Bought at the close of the 3rd (10,000) after a low of 8,000 and a high of 12,000. Trailing 10 % of 10,000, not of 12,000: 9,000.
    const output = one(
      [
        flat('2022-03-02', 10_000),
        ['2022-03-03', 9_000, 12_000, 8_000, 10_000],
        ['2022-03-04', 10_000, 10_000, 9_050, 9_500],
        ['2022-03-07', 9_500, 9_500, 8_900, 9_000],
      ],
      at,
      { stops: { trailing: 0.1 } },
    );
    expect(output.trades[0]).toMatchObject({ exitDay: '2022-03-07', exitPrice: 9_000, exitReason: 'trailing_stop', mfe: 0 });
    expect(output.trades[0]!.mae).toBeCloseTo(-0.1, 12);
  });

  test('a position that waits for the close is still protected by its stop', () => {
    // Sold by signal at the close of the 7th it would be; the 7th's low meets 9,200 first.
    const output = one(
      [
        flat('2022-03-02', 10_000),
        flat('2022-03-03', 10_000),
        ['2022-03-04', 10_000, 11_000, 10_000, 11_000],
        ['2022-03-07', 10_000, 10_000, 9_000, 10_500],
      ],
      at,
      { stops: { loss: 0.08 } },
    );
    expect(output.trades[0]).toMatchObject({ exitDay: '2022-03-07', exitPrice: 9_200, exitReason: 'stop_loss' });
  });

  test('what a stop could not sell leaves at the next open, not at a close', () => {
    const output = one(
      [
        flat('2022-03-02', 10_000),
        flat('2022-03-03', 10_000),
        ['2022-03-04', 10_000, 10_000, 9_000, 10_500, 60],
        ['2022-03-07', 9_100, 10_000, 9_000, 9_900],
      ],
      at,
      { stops: { loss: 0.08 } },
    );
    expect(output.trades[0]).toMatchObject({ exitDay: '2022-03-07', exitPrice: (60 * 9_200 + 40 * 9_100) / 100 });
  });

  test('nobody sells to us where the bar closes at its upper limit, nor buys from us at its lower', () => {
    const buys = one([flat('2022-03-02', 10_000), ['2022-03-03', 10_500, 13_000, 10_000, 13_000]], at);
    expect(buys.counts).toMatchObject({ entriesLocked: 1 });
    const sells = one(
      [flat('2022-03-02', 10_000), flat('2022-03-03', 11_000), ['2022-03-04', 11_000, 11_000, 7_700, 7_700], flat('2022-03-07', 7_000)],
      at,
    );
    expect(sells.counts.exitsLocked).toBe(1);
    expect(sells.trades[0]).toMatchObject({ exitDay: '2022-03-07', exitPrice: 7_000 });
  });
});

describe('this_close_auction', () => {
  const at = { at: 'this_close_auction' } as const;

  test('decides on the open of the day and the bars before, and trades at that day’s close', () => {
    // The 3rd knows the close of the 2nd (10,000) and its own open of 9,500: ⌊1,000,000 ÷ 9,500⌋ = 105, of which 98 are paid for at 10,200.
    // The 7th knows the close of the 4th (11,000): sold at its close of 11,500.
    const output = one(
      [
        flat('2022-03-02', 10_000),
        ['2022-03-03', 9_500, 10_300, 9_400, 10_200],
        flat('2022-03-04', 11_000),
        ['2022-03-07', 11_200, 12_000, 11_000, 11_500],
      ],
      at,
    );
    expect(output.trades[0]).toMatchObject({
      entryDay: '2022-03-03',
      entryPrice: 10_200,
      quantity: 98,
      exitDay: '2022-03-07',
      exitPrice: 11_500,
    });
  });

  test('an open is today’s open, so that a gap can be bought', () => {
    // Open 10,300 > yesterday's close × 1.02 = 10,200 → bought at that day's close of 10,100.
    const gap: StrategyDraft['entry'] = { left: { field: 'open' }, op: '>', right: { op: '*', args: [{ field: 'close' }, 1.02] } };
    const output = one([flat('2022-03-02', 10_000), ['2022-03-03', 10_300, 10_400, 10_000, 10_100]], at, { entry: gap });
    expect(output.open[0]).toMatchObject({ entryDay: '2022-03-03', entryPrice: 10_100, quantity: 97 });
  });

  test('maxBars: 1 holds from one close to the next', () => {
    const rows = ['2022-03-02', '2022-03-03', '2022-03-04', '2022-03-07'].map((day, i) => flat(day, 10_000 + i * 100));
    expect(one(rows, at, { stops: { maxBars: 1 } }).trades[0]).toMatchObject({
      entryDay: '2022-03-03',
      exitDay: '2022-03-04',
      exitReason: 'max_bars',
    });
  });

  test('a decision is the same whatever the bar does after its open', () => {
    const traded = (rest: Omit<BarRow, 'code' | 'time' | 'open'>) => {
      const rows = bars('000010', [flat('2022-03-02', 10_000, 500)]).concat(bars('000020', [flat('2022-03-02', 10_000, 400)]));
      const day = ['000010', '000020'].map((code) => ({ code, time: '2022-03-03', open: 10_100, ...rest }));
      const columns = columnsFromBars({
        bars: [...rows, ...day],
        symbols: [KOSPI_A, { code: '000020', market: 'KOSPI' }],
        isAdjusted: false,
        dataHash: '',
      });
      const chosen = program(at);
      return decideAtClose({
        program: chosen,
        columns,
        signals: computeSignals(chosen, columns),
        index: 1,
        cash: 1_000_000,
        positions: [],
      });
    };
    const calm = traded({ high: 10_100, low: 10_100, close: 10_100, volume: 10 });
    expect(calm).toEqual([expect.objectContaining({ code: '000010', quantity: 99, referencePrice: 10_100 })]);
    expect(traded({ high: 13_000, low: 9_000, close: 9_000, volume: 9_999_999 })).toEqual(calm);
  });

  test('the look-ahead check hides the bar at hand and finds nothing that was read from it', () => {
    const random = randomSource(7);
    const rows = Array.from({ length: 60 }, (_, i): Ohlcv => {
      const [open, close] = [9_000 + Math.floor(random() * 2_000), 9_000 + Math.floor(random() * 2_000)];
      const time = new Date(Date.UTC(2022, 0, 3) + i * 86_400_000).toISOString().slice(0, 10);
      return [time, open, Math.max(open, close), Math.min(open, close), close];
    });
    const columns = columnsFromBars({ bars: bars('000010', rows), symbols: [KOSPI_A], isAdjusted: false, dataHash: '' });
    const chosen = program(at, {
      entry: { left: { field: 'open' }, op: '>', right: { indicator: 'sma', args: { period: 3 } } },
      stops: { atr: { period: 3, multiple: 2 } },
      universe: { rank: { by: { field: 'volume' } } },
    });
    expect(checkLookAhead(chosen, columns, 40, 1)).toMatchObject({ verdict: 'clean', checked: 40 });
    // The same program told that it may decide after the close reads the whole bar: shown half of it, it is caught.
    const leaking = {
      ...pencilProgram({ entry: { left: { field: 'close' }, op: '>', right: { field: 'open' } } }),
      document: chosen.document,
    };
    expect(checkLookAhead(leaking, columns, 40, 1).verdict).toBe('leak');
  });
});

describe('limit orders', () => {
  const limit = (ticks: number, at: 'next_open' | 'next_close' = 'next_open') =>
    ({ orderType: 'limit', limitOffsetTicks: ticks, at }) as const;
  // Decided at 10,000 on 2022-03-02; a tick is 50 won from 10,000 and 10 won below.
  test.each([
    { why: 'an open below the limit fills at the open', bar: ['2022-03-03', 9_900, 10_100, 9_800, 10_050], ticks: 0, price: 9_900 },
    { why: 'an open at the limit fills there', bar: ['2022-03-03', 10_000, 10_100, 10_000, 10_050], ticks: 0, price: 10_000 },
    {
      why: 'traded through within the bar: filled at the limit',
      bar: ['2022-03-03', 10_100, 10_200, 9_990, 10_150],
      ticks: 0,
      price: 10_000,
    },
    { why: 'only touched: others stood before us', bar: ['2022-03-03', 10_100, 10_200, 10_000, 10_150], ticks: 0, price: null },
    { why: 'two ticks of give: 10,100', bar: ['2022-03-03', 10_150, 10_200, 10_050, 10_150], ticks: 2, price: 10_100 },
    { why: 'three ticks of patience: 9,970', bar: ['2022-03-03', 10_100, 10_200, 9_960, 10_150], ticks: -3, price: 9_970 },
    { why: 'patience not rewarded', bar: ['2022-03-03', 10_100, 10_200, 9_980, 10_150], ticks: -3, price: null },
  ] as const)('a buy: $why', ({ bar, ticks, price }) => {
    const output = one([flat('2022-03-02', 10_000), bar], limit(ticks));
    expect(output.open.map(({ entryPrice }) => entryPrice)).toEqual(price === null ? [] : [price]);
    expect(output.counts.entriesExpired).toBe(price === null ? 1 : 0);
  });

  test('slippage never pays more than the limit, nor takes less', () => {
    const costs = { commissionRate: 0, tax: 'none', slippage: { kind: 'ticks', value: 5 } } as const;
    const output = one(
      [flat('2022-03-02', 10_000), ['2022-03-03', 9_990, 11_100, 9_900, 11_000], ['2022-03-04', 11_050, 11_200, 10_500, 11_000]],
      limit(0),
      { costs },
    );
    // Open 9,990 + 5 ticks would be 10,200: the limit holds it at 10,000. Sold from 11,050 down to the limit of 11,000.
    expect(output.trades[0]).toMatchObject({ entryPrice: 10_000, exitPrice: 11_000 });
  });

  test('a sale waits for its limit and is given up at the end of the day; the position stays', () => {
    const output = one(
      [
        flat('2022-03-02', 10_000),
        ['2022-03-03', 10_000, 11_000, 10_000, 11_000],
        ['2022-03-04', 10_500, 11_000, 10_400, 10_900],
        flat('2022-03-07', 12_000),
      ],
      limit(0),
    );
    expect(output.counts).toMatchObject({ exitsExpired: 1, exitsFilled: 0 });
    expect(output.open[0]).toMatchObject({ quantity: 100, lastPrice: 12_000 });
  });

  test('a sale fills at its limit when the bar trades through it', () => {
    const output = one(
      [flat('2022-03-02', 10_000), ['2022-03-03', 10_000, 11_000, 10_000, 11_000], ['2022-03-04', 10_500, 11_200, 10_400, 10_900]],
      limit(2),
    );
    // 11,000 − 2 ticks of 50 = 10,900; the open of 10,500 is below it, the high of 11,200 above.
    expect(output.trades[0]).toMatchObject({ exitDay: '2022-03-04', exitPrice: 10_900, exitReason: 'exit_signal' });
  });

  test('what a thin bar leaves of a buy expires with it; what it leaves of a sale is asked for again only by a new signal', () => {
    const output = one(
      [
        flat('2022-03-02', 10_000),
        ['2022-03-03', 10_000, 11_000, 10_000, 11_000, 40],
        ['2022-03-04', 11_000, 11_100, 10_900, 11_000, 25],
        flat('2022-03-07', 11_500),
      ],
      limit(0),
    );
    // 40 bought; 25 sold at 11,000 on the 4th, whose close asks again: the last 15 at the open of 11,500.
    expect(output.counts).toMatchObject({ entriesPartial: 1, exitsPartial: 1, exitsExpired: 1, exitsFilled: 1 });
    expect(output.trades[0]).toMatchObject({ quantity: 40, exitPrice: (25 * 11_000 + 15 * 11_500) / 40 });
  });

  test('bought on the way down, the stop further down is met and the target above is not', () => {
    // Open 10,500, filled at 10,000, low 9,100: the stop of 9,200 comes after. The high of 12,600 came before, or nobody knows.
    const output = one([flat('2022-03-02', 10_000), ['2022-03-03', 10_500, 12_600, 9_100, 9_500]], limit(0), {
      stops: { loss: 0.08, profit: 0.1 },
    });
    expect(output.trades[0]).toMatchObject({ entryPrice: 10_000, exitDay: '2022-03-03', exitPrice: 9_200, exitReason: 'stop_loss' });
    expect(output.counts.stopsAmbiguous).toBe(0);
  });

  test('where one bar touches the stop and the limit of a sale, the stop is taken and counted', () => {
    const rows: readonly Ohlcv[] = [
      flat('2022-03-02', 10_000),
      ['2022-03-03', 10_000, 11_000, 10_000, 11_000],
      ['2022-03-04', 10_500, 11_200, 9_100, 9_500],
    ];
    const output = one(rows, limit(0), { stops: { loss: 0.08 } });
    expect(output.trades[0]).toMatchObject({ exitPrice: 9_200, exitReason: 'stop_loss' });
    expect(output.counts.stopsAmbiguous).toBe(1);
  });

  test('a sale later in the bar pays for nothing bought at its open', () => {
    // 000010 (1,000,000 won of shares) can leave at 11,000 only within the bar of the 4th; 000020 opens at its limit there and finds no slot.
    const output = pencilRun({
      symbols: [KOSPI_A, { code: '000020', market: 'KOSDAQ' }],
      program: program(limit(0)),
      bars: [
        ...bars('000010', [
          flat('2022-03-02', 10_000),
          ['2022-03-03', 10_000, 11_000, 10_000, 11_000],
          ['2022-03-04', 10_500, 11_100, 10_400, 10_600],
        ]),
        ...bars('000020', [flat('2022-03-02', 9_000), flat('2022-03-03', 10_000), flat('2022-03-04', 10_000)]),
      ],
    });
    expect(output.counts).toMatchObject({ entriesNoSlot: 1, exitsFilled: 1 });
    expect(output.open).toEqual([]);
    expect(output.cash.at(-1)).toBe(1_100_000);
  });

  test('a limit into a closing auction takes the one price there is, if that is good enough', () => {
    const filled = one([flat('2022-03-02', 10_000), ['2022-03-03', 10_500, 10_600, 9_500, 9_900]], limit(0, 'next_close'));
    expect(filled.open[0]).toMatchObject({ entryPrice: 9_900 });
    const missed = one([flat('2022-03-02', 10_000), ['2022-03-03', 9_500, 10_600, 9_500, 10_050]], limit(0, 'next_close'));
    expect(missed.counts.entriesExpired).toBe(1);
  });

  test('on minute bars a limit is good until the end of the next bar, and the end of the session waits for none', () => {
    // 14:00 asks for 10,000: 14:30 stays above and the order is cancelled, though 15:00 would have filled it. The 3rd: bought at 9,950;
    // 13:30 asks for 11,000, which 14:00 does not reach. 14:30 ends the session: sold at the market at 15:00, 2,000 won below the limit.
    const output = one(
      [
        flat('2022-03-02T14:00', 10_000),
        flat('2022-03-02T14:30', 10_100),
        flat('2022-03-02T15:00', 9_900),
        flat('2022-03-03T12:30', 10_000),
        flat('2022-03-03T13:00', 9_950),
        flat('2022-03-03T13:30', 11_000),
        flat('2022-03-03T14:00', 10_500),
        flat('2022-03-03T14:30', 9_500),
        flat('2022-03-03T15:00', 9_000),
      ],
      limit(0),
      { timeframe: '30m', sessions: { exitAllBeforeClose: true } },
    );
    expect(output.counts).toMatchObject({ entriesExpired: 1, exitsExpired: 1 });
    expect(output.trades).toEqual([
      expect.objectContaining({
        entryDay: '2022-03-03T13:00',
        entryPrice: 9_950,
        exitDay: '2022-03-03T15:00',
        exitPrice: 9_000,
        exitReason: 'session_end',
      }),
    ]);
  });

  test.each([
    { why: 'a touch at the open stands behind others', bar: ['2022-03-02T10:31', 10_000, 10_050, 10_000, 10_050], price: null },
    { why: 'an open below it fills there', bar: ['2022-03-02T10:31', 9_990, 10_050, 9_990, 10_050], price: 9_990 },
    { why: 'opened at it, then traded through', bar: ['2022-03-02T10:31', 10_000, 10_050, 9_990, 10_050], price: 10_000 },
    { why: 'another day', bar: ['2022-03-03T09:00', 9_000, 9_000, 9_000, 9_000], price: null },
  ] as const)('a buy at 10,000 on minute bars: $why', ({ bar, price }) => {
    const output = one([flat('2022-03-02T10:29', 9_900), flat('2022-03-02T10:30', 10_000), bar], limit(0), { timeframe: '1m' });
    expect(output.open.map(({ entryPrice }) => entryPrice)).toEqual(price === null ? [] : [price]);
  });

  test('what the last bar of a session decides meets the opening auction of the next, where its own price is enough', () => {
    const output = one([flat('2022-03-02T15:30', 10_000), flat('2022-03-03T09:00', 10_000)], limit(0), { timeframe: '1m' });
    expect(output.open[0]).toMatchObject({ entryDay: '2022-03-03', entryPrice: 10_000 });
  });

  test('at the end of the session a sale goes at the market even when a signal asks for it as well', () => {
    const output = one(
      [
        flat('2022-03-02T12:30', 10_000),
        flat('2022-03-02T13:00', 9_950),
        flat('2022-03-02T14:30', 11_000),
        flat('2022-03-02T15:00', 10_500),
        flat('2022-03-03T09:00', 9_000),
      ],
      limit(0),
      { timeframe: '30m', sessions: { exitAllBeforeClose: true } },
    );
    expect(output.trades[0]).toMatchObject({ exitDay: '2022-03-02T15:00', exitPrice: 10_500, exitReason: 'session_end' });
  });

  test('the limit of an order goes through a split with its share', () => {
    // Decided at 10,000; 5 for 1 overnight, so the limit is 2,000: the open of 2,010 is above it, the low of 1,990 below.
    const rows = bars('000010', [flat('2022-03-02', 10_000), ['2022-03-03', 2_010, 2_020, 1_990, 2_000]]);
    const output = pencilRun({
      bars: rows.map((bar, i) => ({ ...bar, factor: [0.2, 1][i]! })),
      program: program(limit(0), { entry: { left: { field: 'close' }, op: '==', right: 2_000 } }),
    });
    expect(output.open[0]).toMatchObject({ quantity: 500, entryPrice: 2_000 });
  });
});
