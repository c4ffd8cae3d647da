import { describe, expect, test } from 'vitest';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { bars, KOSPI_A, NO_COSTS, type Ohlcv, pencilProgram as program, pencilRun as run } from '#lib/testing/pencil-run.ts';
import type { BarSymbol } from './columns-from-bars.ts';

/** Results worked by pencil, one rule each. Prices are raw, so ticks and limits of the date apply. */

describe('fills at the next open', () => {
  test('slippage is a tick of that date, costs are cut to the won, quantity is what cash can pay', () => {
    // Decided at 10,000: floor(1,000,000 ÷ (10,000 × 1.00015)) = 99 shares.
    // Open 10,050 + one tick of 2022 (50 won from 10,000) = 10,100. 99 × 10,100 = 999,900 + 149 > 1,000,000, so 98:
    //   98 × 10,100 = 989,800; commission ⌊148.47⌋ = 148; cash 1,000,000 − 989,948 = 10,052.
    // Sold at open 11,050 − 50 = 11,000: 98 × 11,000 = 1,078,000; commission ⌊161.7⌋ = 161; tax 0.23 % = ⌊2,479.4⌋ = 2,479.
    //   pnl = 1,078,000 − 989,800 − 148 − 161 − 2,479 = 85,412; cash 10,052 + 1,075,360 = 1,085,412.
    const output = run({
      bars: bars('000010', [
        ['2022-03-02', 10_000, 10_000, 10_000, 10_000],
        ['2022-03-03', 10_050, 11_000, 10_000, 11_000],
        ['2022-03-04', 11_050, 11_100, 10_900, 10_950],
      ]),
    });
    expect(output.trades).toEqual([
      expect.objectContaining({
        symbol: '000010',
        quantity: 98,
        entryDay: '2022-03-03',
        entryPrice: 10_100,
        exitDay: '2022-03-04',
        exitPrice: 11_000,
        commission: 309,
        tax: 2_479,
        slippage: 98 * 100,
        pnl: 85_412,
        barsHeld: 1,
        exitReason: 'exit_signal',
      }),
    ]);
    // At the close of the 3rd: 10,052 + 98 × 11,000 = 1,088,052.
    expect([...output.equity]).toEqual([1_000_000, 1_088_052, 1_085_412]);
  });

  test('the same prices in 2023 step by the new tick of 10 won', () => {
    const output = run({
      bars: bars('000010', [
        ['2023-03-02', 10_000, 10_000, 10_000, 10_000],
        ['2023-03-03', 10_050, 11_000, 10_000, 11_000],
        ['2023-03-06', 11_050, 11_100, 10_900, 10_950],
      ]),
    });
    expect(output.trades[0]).toMatchObject({ entryPrice: 10_060, exitPrice: 11_040 });
  });

  test('slippage never leaves the range in which the bar traded', () => {
    const output = run({
      bars: bars('000010', [
        ['2022-03-02', 10_000, 10_000, 10_000, 10_000],
        ['2022-03-03', 10_050, 10_050, 10_000, 11_000],
      ]).map((bar) => ({ ...bar, high: Math.max(bar.open, bar.high) })),
    });
    expect(output.open[0]).toMatchObject({ entryPrice: 10_050 });
  });

  test.each([
    {
      sold: '2020-12-28',
      days: ['2020-12-23', '2020-12-24', '2020-12-28', '2020-12-29', '2020-12-30', '2021-01-04'],
      rate: 0.0025,
      why: 'settles on 2020-12-30',
    },
    {
      sold: '2020-12-29',
      days: ['2020-12-24', '2020-12-28', '2020-12-29', '2020-12-30', '2021-01-04', '2021-01-05'],
      rate: 0.0023,
      why: 'settles on 2021-01-04',
    },
  ])('a sale of $sold is taxed at $rate: it $why', ({ sold, days, rate }) => {
    const prices = [10_000, 11_000, 11_000, 11_000, 11_000, 11_000];
    const output = run({
      bars: bars(
        '000010',
        days.map((day, i) => [day, prices[i]!, prices[i]!, prices[i]!, prices[i]!]),
      ),
      program: program({ costs: { commissionRate: 0, slippage: { kind: 'none' } } }),
    });
    // The bar of the fill opened at 11,000: ⌊1,000,000 ÷ 11,000⌋ = 90 shares, sold for 990,000.
    expect(output.trades[0]).toMatchObject({ exitDay: sold, quantity: 90, tax: 990_000 * rate });
  });
});

describe('bars that cannot be traded', () => {
  test.each([
    { why: '30 % since 2015-06-15', day: ['2022-03-02', '2022-03-03', '2022-03-04'], price: 13_000 },
    { why: '15 % before', day: ['2014-03-03', '2014-03-04', '2014-03-05'], price: 11_500 },
  ])('nobody sells to us in a bar locked at its upper limit ($why)', ({ day, price }) => {
    const output = run({
      bars: bars('000010', [
        [day[0]!, 10_000, 10_000, 10_000, 10_000],
        [day[1]!, price, price, price, price],
        [day[2]!, price, price, price, price],
      ]),
    });
    expect(output.counts).toMatchObject({ entriesLocked: 1, entriesFilled: 0, entriesPartial: 0 });
    expect([...output.cash]).toEqual([1_000_000, 1_000_000, 1_000_000]);
  });

  test('a flat bar inside the limits is bought', () => {
    const output = run({
      bars: bars('000010', [
        ['2022-03-02', 10_000, 10_000, 10_000, 10_000],
        ['2022-03-03', 11_500, 11_500, 11_500, 11_500],
      ]),
    });
    expect(output.open).toHaveLength(1);
  });

  test('a position cannot leave a bar locked at its lower limit and leaves at the next open', () => {
    // 11,000 closes → sell. Lower limit of base 11,000 is 7,700: locked. Next day opens at 7,000.
    const output = run({
      program: program(NO_COSTS),
      bars: bars('000010', [
        ['2022-03-02', 10_000, 10_000, 10_000, 10_000],
        ['2022-03-03', 10_000, 11_000, 10_000, 11_000],
        ['2022-03-04', 7_700, 7_700, 7_700, 7_700],
        ['2022-03-07', 7_000, 7_500, 6_500, 7_200],
      ]),
    });
    expect(output.counts.exitsLocked).toBe(1);
    expect(output.trades[0]).toMatchObject({ exitDay: '2022-03-07', exitPrice: 7_000, pnl: -300_000 });
  });

  test('a halted bar fills nothing: the entry lapses, the exit waits', () => {
    const lapsed = run({
      bars: bars('000010', [
        ['2022-03-02', 10_000, 10_000, 10_000, 10_000],
        ['2022-03-03', 10_000, 10_000, 10_000, 10_000, 0],
        ['2022-03-04', 9_000, 9_000, 9_000, 9_000],
      ]),
    });
    expect(lapsed.counts).toMatchObject({ entriesHalted: 1, entriesFilled: 0 });
    const waiting = run({
      program: program(NO_COSTS),
      bars: bars('000010', [
        ['2022-03-02', 10_000, 10_000, 10_000, 10_000],
        ['2022-03-03', 10_000, 11_000, 10_000, 11_000],
        ['2022-03-04', 11_000, 11_000, 11_000, 11_000, 0],
        ['2022-03-07', 10_500, 10_600, 10_400, 10_500],
      ]),
    });
    expect(waiting.counts.exitsHalted).toBe(1);
    expect(waiting.trades[0]).toMatchObject({ exitDay: '2022-03-07', exitPrice: 10_500 });
  });

  test('fills take no more than their share of the volume: the entry is cut, the exit goes on', () => {
    // participation 0.1: 500 × 0.1 = 50 shares bought; sales of 30, then 20.
    const output = run({
      program: program({ ...NO_COSTS, execution: { participation: 0.1 } }),
      bars: bars('000010', [
        ['2022-03-02', 10_000, 10_000, 10_000, 10_000],
        ['2022-03-03', 10_000, 11_000, 10_000, 11_000, 500],
        ['2022-03-04', 11_000, 11_000, 10_950, 11_000, 300],
        ['2022-03-07', 12_000, 12_000, 11_000, 11_000, 900],
      ]),
    });
    // 30 × 11,000 + 20 × 12,000 = 570,000 for 500,000.
    expect(output.trades[0]).toMatchObject({ quantity: 50, pnl: 70_000, exitPrice: 11_400, exitDay: '2022-03-07' });
    expect(output.counts).toMatchObject({ entriesPartial: 1, exitsPartial: 1, exitsFilled: 1 });
  });
});

describe('protective stops', () => {
  const held = (last: Ohlcv, stops: StrategyDraft['stops'], costs: StrategyDraft['costs'] = NO_COSTS.costs) =>
    run({
      program: program({ stops, costs }),
      bars: bars('000010', [['2022-03-02', 10_000, 10_000, 10_000, 10_000], ['2022-03-03', 10_000, 10_100, 9_900, 10_050], last]),
    });

  test('a stop inside the bar fills at the stop, less slippage of a tick', () => {
    // Bought at 10,000: 10,000 × 0.92 = 9,200. With a tick of slippage, bought at 10,050: 9,246 → on the tick 9,240 → sold at 9,230.
    expect(held(['2022-03-04', 9_800, 9_900, 9_100, 9_500], { loss: 0.08 }).trades[0]).toMatchObject({
      exitPrice: 9_200,
      exitReason: 'stop_loss',
    });
    expect(
      held(
        ['2022-03-04', 9_800, 9_900, 9_100, 9_500],
        { loss: 0.08 },
        { commissionRate: 0, tax: 'none', slippage: { kind: 'ticks', value: 1 } },
      ).trades[0],
    ).toMatchObject({ exitPrice: 9_230 });
  });

  test('a stop gapped through fills at the open, not at the stop', () => {
    expect(held(['2022-03-04', 9_000, 9_300, 8_900, 9_100], { loss: 0.08 }).trades[0]).toMatchObject({ exitPrice: 9_000, pnl: -100_000 });
  });

  test('where one bar touches stop and target, the stop is taken and counted', () => {
    const output = held(['2022-03-04', 10_000, 12_600, 9_100, 10_000], { loss: 0.08, profit: 0.25 });
    expect(output.trades[0]).toMatchObject({ exitPrice: 9_200, exitReason: 'stop_loss' });
    expect(output.counts.stopsAmbiguous).toBe(1);
  });

  test('a target reached at the open is a fact, so the stop later in the bar does not count', () => {
    const output = held(['2022-03-04', 12_700, 12_800, 9_100, 10_000], { loss: 0.08, profit: 0.25 });
    expect(output.trades[0]).toMatchObject({ exitPrice: 12_700, exitReason: 'take_profit' });
    expect(output.counts.stopsAmbiguous).toBe(0);
  });

  test('a trailing stop follows the highs of bars that have closed', () => {
    // High of the 3rd is 10,100: 10,100 × 0.9 = 9,090. The 4th's own high of 10,500 does not lift it: which came first is not known.
    expect(held(['2022-03-04', 10_050, 10_500, 9_050, 9_400], { trailing: 0.1 }).trades[0]).toMatchObject({
      exitPrice: 9_090,
      exitReason: 'trailing_stop',
    });
  });

  test('the entry bar itself can stop a position out', () => {
    const output = run({
      program: program({ ...NO_COSTS, stops: { loss: 0.08 } }),
      bars: bars('000010', [
        ['2022-03-02', 10_000, 10_000, 10_000, 10_000],
        ['2022-03-03', 10_000, 10_100, 9_000, 9_100],
      ]),
    });
    expect(output.trades[0]).toMatchObject({ entryDay: '2022-03-03', exitDay: '2022-03-03', exitPrice: 9_200, barsHeld: 0 });
  });

  test('maxBars sells at the open after that many closes', () => {
    const days = ['2022-03-02', '2022-03-03', '2022-03-04', '2022-03-07', '2022-03-08'];
    const output = run({
      program: program({ ...NO_COSTS, stops: { maxBars: 2 } }),
      bars: bars(
        '000010',
        days.map((day, i) => [day, 10_000 + i * 100, 10_000 + i * 100, 10_000 + i * 100, 10_000 + i * 100]),
      ),
    });
    // Filled on the 3rd (0 bars), the 4th is 1, the 7th is 2 → sold at the open of the 8th.
    expect(output.trades[0]).toMatchObject({ exitDay: '2022-03-08', exitReason: 'max_bars' });
  });
});

describe('many symbols, one account', () => {
  const two: readonly BarSymbol[] = [KOSPI_A, { code: '000020', market: 'KOSDAQ' }, { code: '000030', market: 'KOSPI' }];
  const same = (code: string, volume: number) =>
    bars(code, [
      ['2022-03-02', 10_000, 10_000, 10_000, 10_000, volume],
      ['2022-03-03', 10_000, 10_000, 10_000, 10_100],
    ]);

  test('one slot goes to the larger traded value, not to the first row', () => {
    const output = run({
      symbols: two,
      bars: [...same('000010', 10_000), ...same('000020', 30_000), ...same('000030', 20_000)],
      program: program(NO_COSTS),
    });
    expect(output.open.map((position) => position.symbol)).toEqual(['000020']);
  });

  test('equal traded values are decided by symbol', () => {
    const output = run({
      symbols: two,
      bars: [...same('000030', 10_000), ...same('000020', 10_000), ...same('000010', 10_000)],
      program: program(NO_COSTS),
    });
    expect(output.open.map((position) => position.symbol)).toEqual(['000010']);
  });

  test('a rank comes before traded value', () => {
    const ranked = program({ ...NO_COSTS, universe: { rank: { by: { field: 'volume' }, order: 'asc' } } });
    const output = run({
      symbols: two,
      bars: [...same('000010', 10_000), ...same('000020', 30_000), ...same('000030', 9_000)],
      program: ranked,
    });
    expect(output.open.map((position) => position.symbol)).toEqual(['000030']);
  });

  test('the proceeds of a sale buy at the same open', () => {
    // 000010 is bought on the 3rd and sold on the 4th; 000020's signal of the 3rd needs its money and its slot.
    const output = run({
      symbols: two.slice(0, 2),
      program: program(NO_COSTS),
      bars: [
        ...bars('000010', [
          ['2022-03-02', 10_000, 10_000, 10_000, 10_000],
          ['2022-03-03', 10_000, 11_000, 10_000, 11_000],
          ['2022-03-04', 11_000, 11_000, 11_000, 11_000],
        ]),
        ...bars('000020', [
          ['2022-03-02', 9_000, 9_000, 9_000, 9_000],
          ['2022-03-03', 10_000, 10_000, 10_000, 10_000],
          ['2022-03-04', 10_000, 10_000, 10_000, 10_000],
        ]),
      ],
    });
    expect(output.trades).toHaveLength(1);
    expect(output.open).toEqual([expect.objectContaining({ symbol: '000020', quantity: 110 })]);
  });
});

describe('what happens to a company', () => {
  test('a delisted position leaves at its last traded close less the haircut', () => {
    const rows: Ohlcv[] = [
      ['2022-03-02', 10_000, 10_000, 10_000, 10_000],
      ['2022-03-03', 10_000, 10_000, 9_500, 9_800],
      ['2022-03-04', 5_000, 5_000, 4_000, 4_000],
      ['2022-03-07', 4_000, 4_000, 4_000, 4_000, 0],
    ];
    const other = bars('000020', [['2022-03-08', 100, 100, 100, 100]]);
    const symbols: BarSymbol[] = [
      { ...KOSPI_A, isEnded: true },
      { code: '000020', market: 'KOSPI' },
    ];
    const plain = run({ symbols, bars: [...bars('000010', rows), ...other], program: program(NO_COSTS) });
    expect(plain.trades[0]).toMatchObject({ exitDay: '2022-03-04', exitPrice: 4_000, exitReason: 'delisted', pnl: -600_000 });
    const cut = run({ symbols, bars: [...bars('000010', rows), ...other], program: program(NO_COSTS), delistingHaircut: 0.5 });
    expect(cut.trades[0]).toMatchObject({ exitPrice: 2_000, pnl: -800_000 });
    expect(cut.equity.at(-1)).toBe(200_000);
  });

  test('a 5:1 split multiplies the shares and leaves equity and the stop where they were', () => {
    // 100 shares at 10,000; after the split 500 at 2,000. The stop of 8 % is at 1,840 then, and 2,000 does not touch it.
    const rows = bars('000010', [
      ['2022-03-02', 10_000, 10_000, 10_000, 10_000],
      ['2022-03-03', 10_000, 10_000, 10_000, 10_000],
      ['2022-03-04', 2_000, 2_000, 2_000, 2_000],
      ['2022-03-07', 2_000, 2_000, 1_850, 2_100],
    ]);
    const factors = [0.2, 0.2, 1, 1];
    const output = run({
      program: program({ ...NO_COSTS, entry: { left: { field: 'close' }, op: '==', right: 2_000 }, stops: { loss: 0.08 } }),
      bars: rows.map((bar, i) => ({ ...bar, factor: factors[i]! })),
    });
    expect([...output.equity]).toEqual([1_000_000, 1_000_000, 1_000_000, 1_050_000]);
    expect(output.open).toEqual([expect.objectContaining({ quantity: 500, entryPrice: 2_000 })]);
    expect(output.trades).toEqual([]);
  });
});
