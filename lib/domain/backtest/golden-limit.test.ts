import { describe, expect, test } from 'vitest';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { bars, flat, KOSPI_A, NO_COSTS, type Ohlcv, pencilProgram, pencilRun } from '#lib/testing/pencil-run.ts';

/** Where orders with a limit meet the market, worked by pencil. One million won, no costs unless a test is about them. */

const program = (execution: StrategyDraft['execution'], changes: Partial<StrategyDraft> = {}) =>
  pencilProgram({ ...NO_COSTS, execution: { participation: 1, ...execution }, ...changes });
const one = (rows: readonly Ohlcv[], execution: StrategyDraft['execution'], changes: Partial<StrategyDraft> = {}) =>
  pencilRun({ bars: bars('000010', rows), program: program(execution, changes) });

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
