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
