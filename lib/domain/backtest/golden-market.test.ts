import { describe, expect, test } from 'vitest';
import type { StrategyDraft } from '#domain/strategy/schema.ts';
import { bars, flat, KOSPI_A, NO_COSTS, type Ohlcv, pencilProgram as program, pencilRun as run } from '#lib/testing/pencil-run.ts';
import type { BarSymbol } from './columns-from-bars.ts';

/** The exchange's rules by date, worked by pencil: ticks, tax, limits, corporate actions, and who gets a slot. */

const ONE_TICK: Pick<StrategyDraft, 'costs'> = { costs: { commissionRate: 0, tax: 'none', slippage: { kind: 'ticks', value: 1 } } };
const closeIs = (price: number): StrategyDraft['entry'] => ({ left: { field: 'close' }, op: '==', right: price });

describe('a tick of slippage is the tick of that date, market and price', () => {
  test.each([
    { day: '2010-10-01', market: 'KOSPI', kind: 'stock', open: 900, paid: 905, why: 'KOSPI had 5 won below 1,000 until 2010-10-03' },
    { day: '2010-10-04', market: 'KOSPI', kind: 'stock', open: 900, paid: 901, why: 'and 1 won from 2010-10-04' },
    { day: '2022-03-02', market: 'KOSPI', kind: 'stock', open: 1_500, paid: 1_505, why: 'the old table: 5 won from 1,000' },
    { day: '2023-01-25', market: 'KOSPI', kind: 'stock', open: 1_500, paid: 1_501, why: 'the table of 2023-01-25: 1 won below 2,000' },
    { day: '2023-01-24', market: 'KOSPI', kind: 'stock', open: 15_000, paid: 15_050, why: 'the last day of 50 won from 10,000' },
    { day: '2023-01-25', market: 'KOSPI', kind: 'stock', open: 15_000, paid: 15_010, why: 'the first day of 10 won below 20,000' },
    { day: '2022-03-02', market: 'KOSDAQ', kind: 'stock', open: 150_000, paid: 150_100, why: 'KOSDAQ knew no 500 won' },
    { day: '2022-03-02', market: 'KOSPI', kind: 'stock', open: 150_000, paid: 150_500, why: 'KOSPI did, from 100,000' },
    { day: '2023-01-25', market: 'KOSDAQ', kind: 'stock', open: 250_000, paid: 250_500, why: 'one table for both since 2023' },
    { day: '2022-03-02', market: 'KOSPI', kind: 'etf', open: 150_000, paid: 150_005, why: 'an ETF moves by 5 won at any price' },
    { day: '2024-03-04', market: 'KOSPI', kind: 'etf', open: 1_500, paid: 1_501, why: 'and by 1 won below 2,000 since December 2023' },
  ] as const)('$why: $open on $day is bought at $paid', ({ day, market, kind, open, paid }) => {
    const before = '2009-12-30';
    const output = run({
      symbols: [{ code: '000010', market, kind }],
      capital: 10_000_000,
      program: program({ ...ONE_TICK, entry: closeIs(open) }),
      bars: bars('000010', [flat(before, open), [day, open, open * 1.05, open * 0.95, open]]),
    });
    expect(output.open[0]).toMatchObject({ entryDay: day, entryPrice: paid });
  });

  test('a sale steps down over a band: below 50,000 the tick of 2023 is 50 won, not 100', () => {
    // Bought at 50,000 + 100 = 50,100; sold at the open of 50,000 one tick lower: 49,950.
    const output = run({
      program: program({ ...ONE_TICK, entry: closeIs(50_000), exit: closeIs(51_000) }),
      bars: bars('000010', [
        flat('2023-03-02', 50_000),
        ['2023-03-03', 50_000, 51_000, 49_000, 51_000],
        ['2023-03-06', 50_000, 50_500, 49_000, 50_000],
      ]),
    });
    // ⌊1,000,000 ÷ 50,000⌋ = 20 wanted, 19 paid for (20 × 50,100 > 1,000,000).
    expect(output.trades[0]).toMatchObject({ quantity: 19, entryPrice: 50_100, exitPrice: 49_950, pnl: -19 * 150 });
  });
});

describe('a share that moves to another market is under the rules of the market of the day', () => {
  const moved: BarSymbol = {
    code: '000010',
    market: 'KONEX',
    markets: [
      { since: '2020-01-02', market: 'KONEX' },
      { since: '2022-03-07', market: 'KOSDAQ' },
    ],
  };
  const named: Partial<StrategyDraft> = { universe: { symbols: ['000010' as never] } }; // KONEX is in no universe unless asked for

  test.each([
    { day: '2022-03-04', paid: 150_100, why: '100 won on KOSDAQ' },
    { day: '2022-03-07', paid: 150_500, why: '500 won on KOSPI' },
    { day: '2023-02-01', paid: 150_100, why: 'and 100 there too, since 2023-01-25' },
  ])('a tick of slippage on $day is $why', ({ day, paid }) => {
    const markets = [
      { since: '2020-01-02', market: 'KOSDAQ' },
      { since: '2022-03-07', market: 'KOSPI' },
    ] as const;
    const output = run({
      symbols: [{ code: '000010', market: 'KOSDAQ', markets }],
      program: program({ ...ONE_TICK, entry: closeIs(150_000) }),
      bars: bars('000010', [flat('2022-03-03', 150_000), [day, 150_000, 160_000, 149_000, 155_000]]),
    });
    expect(output.open[0]).toMatchObject({ entryPrice: paid });
  });

  test.each([
    { sold: '2022-03-04', tax: 1_100, why: '0.10 % of KONEX' },
    { sold: '2022-03-07', tax: 2_530, why: '0.23 % of KOSDAQ' },
  ])('1,100,000 won sold on $sold are taxed $tax: $why', ({ sold, tax }) => {
    const output = run({
      symbols: [moved],
      program: program({ ...named, costs: { commissionRate: 0, tax: 'krx', slippage: { kind: 'none' } } }),
      bars: bars('000010', [flat('2022-03-02', 10_000), ['2022-03-03', 10_000, 11_000, 10_000, 11_000], flat(sold, 11_000)]),
    });
    expect(output.trades[0]).toMatchObject({ quantity: 100, exitDay: sold, tax });
  });

  test.each([
    { day: '2022-03-04', bought: 0, why: '15 % up is the limit of KONEX' },
    { day: '2022-03-07', bought: 1, why: 'and half of the way to the limit of KOSDAQ' },
  ])('a bar of $day that stands 15 % up fills $bought orders: $why', ({ day, bought }) => {
    const output = run({
      symbols: [moved],
      program: program({ ...named, ...NO_COSTS }),
      bars: bars('000010', [flat('2022-03-03', 10_000), flat(day, 11_500)]),
    });
    expect(output.open).toHaveLength(bought);
    expect(output.counts.entriesLocked).toBe(1 - bought);
  });
});

test('market impact grows with the square root of our part of the volume', () => {
  // 100 of 10,000 shares: √0.01 × 10 % = 1 % → 10,100, for which 99 are paid. 99 of 39,600: √0.0025 × 10 % = 0.5 % of 11,000 → 10,945,
  // on the tick of 50 below: 10,900. Nothing is slippage but the difference to the price shown.
  const output = run({
    program: program({ costs: { commissionRate: 0, tax: 'none', slippage: { kind: 'impact', value: 0.1 } } }),
    bars: bars('000010', [
      flat('2022-03-02', 10_000),
      ['2022-03-03', 10_000, 11_000, 10_000, 11_000, 10_000],
      ['2022-03-04', 11_000, 11_000, 10_500, 10_600, 39_600],
    ]),
  });
  expect(output.trades[0]).toMatchObject({ quantity: 99, entryPrice: 10_100, exitPrice: 10_900, slippage: 99 * 200, pnl: 99 * 800 });
});

describe('a sale is taxed by the law of its settlement day', () => {
  // Bought at 10,000 for 1,000,000 without commission: 100 shares, sold at 11,000 for 1,100,000.
  test.each([
    {
      sold: '2024-12-26',
      before: ['2024-12-23', '2024-12-24'],
      tax: 1_980,
      why: '0.18 %: settles on 2024-12-30, the last session of 2024',
    },
    { sold: '2024-12-27', before: ['2024-12-24', '2024-12-26'], tax: 1_650, why: '0.15 %: the 31st is closed, settles on 2025-01-02' },
    { sold: '2025-12-29', before: ['2025-12-24', '2025-12-26'], tax: 2_200, why: '0.20 %: 30th, then 2026-01-02' },
    { sold: '2025-12-26', before: ['2025-12-23', '2025-12-24'], tax: 1_650, why: '0.15 %: 29th, 30th' },
  ])('$sold pays $why', ({ sold, before, tax }) => {
    const output = run({
      program: program({ costs: { commissionRate: 0, slippage: { kind: 'none' } } }),
      bars: bars('000010', [
        flat(before[0]!, 10_000),
        [before[1]!, 10_000, 11_000, 10_000, 11_000],
        [sold, 11_000, 11_100, 10_900, 11_000],
      ]),
    });
    expect(output.trades[0]).toMatchObject({ exitDay: sold, quantity: 100, tax, pnl: 100_000 - tax });
    expect(output.totals).toMatchObject({ tax, commission: 0 });
  });

  test('an ETF pays none', () => {
    const output = run({
      symbols: [{ ...KOSPI_A, kind: 'etf' }],
      program: program({ costs: { commissionRate: 0, slippage: { kind: 'none' } } }),
      bars: bars('000010', [flat('2024-12-23', 10_000), ['2024-12-24', 10_000, 11_000, 10_000, 11_000], flat('2024-12-26', 11_000)]),
    });
    expect(output.trades[0]).toMatchObject({ tax: 0, pnl: 100_000 });
  });
});

describe('limit locks by date and market', () => {
  test.each([
    { market: 'KOSDAQ', days: ['2005-03-24', '2005-03-25'], price: 11_200, isLocked: true, why: 'KOSDAQ 12 % on its last day' },
    { market: 'KOSDAQ', days: ['2005-03-25', '2005-03-28'], price: 11_200, isLocked: false, why: '12 % is no lock from 2005-03-28' },
    { market: 'KOSDAQ', days: ['2005-03-25', '2005-03-28'], price: 11_500, isLocked: true, why: 'KOSDAQ 15 % from 2005-03-28' },
    { market: 'KOSPI', days: ['2005-03-24', '2005-03-25'], price: 11_500, isLocked: true, why: 'KOSPI 15 % since 1998-12-07' },
    { market: 'KOSPI', days: ['2015-06-11', '2015-06-12'], price: 11_500, isLocked: true, why: '15 % on its last day' },
    { market: 'KOSPI', days: ['2015-06-12', '2015-06-15'], price: 11_500, isLocked: false, why: '15 % is no lock from 2015-06-15' },
    { market: 'KOSDAQ', days: ['2015-06-12', '2015-06-15'], price: 13_000, isLocked: true, why: '30 % from 2015-06-15' },
    { market: 'KOSDAQ', days: ['2022-03-02', '2022-03-03'], price: 12_950, isLocked: false, why: 'one tick below the limit trades' },
    { market: 'KONEX', days: ['2022-03-02', '2022-03-03'], price: 11_500, isLocked: true, why: 'KONEX kept 15 %' },
  ] as const)('$market $price from 10,000 on $days.1: $why', ({ market, days, price, isLocked }) => {
    const output = run({
      symbols: [{ code: '000010', market }],
      program: program({ universe: { markets: ['KOSPI', 'KOSDAQ', 'KONEX'] } }),
      bars: bars('000010', [flat(days[0], 10_000), flat(days[1], price)]),
    });
    expect(output.counts.entriesLocked).toBe(isLocked ? 1 : 0);
    expect(output.open).toHaveLength(isLocked ? 0 : 1);
  });

  test('the width is cut to the tick: 5,050 locks at 6,560, and at 6,550 it still trades', () => {
    // 5,050 × 30 % = 1,515 → 1,510 on the tick of 10 (2022: 5,000–10,000) → 6,560.
    const at = (price: number) =>
      run({
        program: program({ entry: closeIs(5_050) }),
        bars: bars('000010', [flat('2022-03-02', 5_050), flat('2022-03-03', price)]),
      }).counts.entriesLocked;
    expect([at(6_560), at(6_550)]).toEqual([1, 0]);
  });

  test('a stop cannot sell in a bar locked at its lower limit; it waits for the next open', () => {
    // Bought at 10,000, closes 10,000; stop at 9,200. Locked at 7,000 (−30 %), next open 6,000.
    const output = run({
      program: program({ ...NO_COSTS, stops: { loss: 0.08 } }),
      bars: bars('000010', [flat('2022-03-02', 10_000), flat('2022-03-03', 10_000), flat('2022-03-04', 7_000), flat('2022-03-07', 6_000)]),
    });
    expect(output.counts).toMatchObject({ exitsLocked: 1, exitsFilled: 1 });
    expect(output.trades[0]).toMatchObject({ exitDay: '2022-03-07', exitPrice: 6_000, exitReason: 'stop_loss', pnl: -400_000 });
  });
});

describe('corporate actions', () => {
  const factored = (rows: readonly Ohlcv[], factors: readonly number[]) =>
    bars('000010', rows).map((bar, i) => ({ ...bar, factor: factors[i]! }));

  test('raw prices pay and adjusted prices decide: a 50:1 split is no fall to the average', () => {
    // Adjusted closes 200, 200, 200, 204: the close never falls, so the exit (close below its 2-day average) stays quiet.
    const output = run({
      capital: 500_000,
      program: program({
        ...NO_COSTS,
        entry: closeIs(200),
        exit: { left: { field: 'close' }, op: '<', right: { indicator: 'sma', args: { period: 2 } } },
      }),
      bars: factored(
        [flat('2018-05-02', 10_000), flat('2018-05-03', 10_000), flat('2018-05-04', 200), flat('2018-05-08', 204)],
        [0.02, 0.02, 1, 1],
      ),
    });
    // 500,000 ÷ 10,000 = 50 shares → 2,500 shares at 200; equity 2,500 × 204 = 510,000.
    expect([...output.equity]).toEqual([500_000, 500_000, 500_000, 510_000]);
    expect(output.open).toEqual([expect.objectContaining({ quantity: 2_500, entryPrice: 200, lastPrice: 204 })]);
  });

  test('a reverse split pays the fraction of a share in cash', () => {
    // 103 shares at 1,000 (103,000 won) → 1:10 → 10 shares at 10,000 and 0.3 × 10,000 = 3,000 won.
    const output = run({
      capital: 103_000,
      program: program({ ...NO_COSTS, entry: closeIs(10_000) }),
      bars: factored([flat('2022-03-02', 1_000), flat('2022-03-03', 1_000), flat('2022-03-04', 10_000)], [10, 10, 1]),
    });
    expect(output.open[0]).toMatchObject({ quantity: 10, entryPrice: 10_000 });
    expect([...output.cash]).toEqual([103_000, 0, 3_000]);
    expect([...output.equity]).toEqual([103_000, 103_000, 103_000]);
  });

  test('what a reverse split pays for a fraction is part of the trade’s result', () => {
    // The same, sold at 10,000: 10 × 10,000 + 3,000 − 103,000 = 0.
    const output = run({
      capital: 103_000,
      program: program({ ...NO_COSTS, entry: closeIs(10_000), stops: { maxBars: 2 } }),
      bars: factored(
        ['2022-03-02', '2022-03-03', '2022-03-04', '2022-03-07', '2022-03-08'].map((day, i) => flat(day, i < 2 ? 1_000 : 10_000)),
        [10, 10, 1, 1, 1],
      ),
    });
    expect(output.trades[0]).toMatchObject({ quantity: 10, exitPrice: 10_000, pnl: 0, exitReason: 'max_bars' });
  });

  test('a reverse split that leaves less than a share ends the position: its slot is free and the broker pays for the fraction', () => {
    // 3 shares at 1,000 → 1:10 → 0.3 of a share at 10,000: 3,000 won, without commission or tax; a slot for the other share.
    const output = run({
      capital: 3_000,
      symbols: [KOSPI_A, { ...KOSPI_A, code: '000020' }],
      program: program({
        ...NO_COSTS,
        entry: { any: [closeIs(10_000), closeIs(2_500)] },
        sizing: { kind: 'equal_weight', maxPositions: 1 },
      }),
      bars: [
        ...factored(
          [flat('2022-03-02', 1_000), flat('2022-03-03', 1_000), flat('2022-03-04', 10_000), flat('2022-03-07', 10_000)],
          [10, 10, 1, 1],
        ),
        ...bars('000020', [flat('2022-03-04', 2_500), flat('2022-03-07', 2_500)]).map((bar) => ({ ...bar, factor: 1 })),
      ],
    });
    expect(output.trades).toEqual([
      expect.objectContaining({ symbol: '000010', quantity: 3, exitDay: '2022-03-04', exitPrice: 1_000, pnl: 0, exitReason: 'split' }),
    ]);
    expect(output.open).toEqual([expect.objectContaining({ symbol: '000020', quantity: 1 })]);
    expect(output.equity.at(-1)).toBe(3_000);
  });

  test('an order decided before a split buys the same money after it', () => {
    // 100 shares of 10,000 were decided; the morning brings 5 for 1, so 500 at 2,000.
    const output = run({
      program: program({ ...NO_COSTS, entry: closeIs(2_000) }),
      bars: factored([flat('2022-03-02', 10_000), flat('2022-03-03', 2_000)], [0.2, 1]),
    });
    expect(output.open[0]).toMatchObject({ quantity: 500, entryPrice: 2_000 });
    expect(output.equity.at(-1)).toBe(1_000_000);
  });

  test('a halted position that is delisted leaves at its last price that traded, with tax and commission', () => {
    // 99 shares (commission kept back) at 10,000; last trade 3,000 on the 4th, halted on the 7th, gone after.
    // Haircut 10 %: 2,700 × 99 = 267,300; commission ⌊40.095⌋ = 40; tax 0.23 % ⌊614.79⌋ = 614.
    const output = run({
      symbols: [{ ...KOSPI_A, isEnded: true }],
      delistingHaircut: 0.1,
      program: program({ costs: { slippage: { kind: 'none' } } }),
      bars: bars('000010', [
        flat('2022-03-02', 10_000),
        flat('2022-03-03', 10_000),
        ['2022-03-04', 7_000, 7_500, 3_000, 3_000],
        flat('2022-03-07', 3_000, 0),
      ]),
    });
    const paid = 99 * 10_000 + 148;
    expect(output.trades[0]).toMatchObject({
      exitDay: '2022-03-04',
      exitPrice: 2_700,
      exitReason: 'delisted',
      tax: 614,
      commission: 148 + 40,
    });
    expect(output.cash.at(-1)).toBe(1_000_000 - paid + 267_300 - 40 - 614);
    expect(output.counts.delisted).toBe(1);
  });
});

describe('stops that the market jumps over', () => {
  const held = (last: Ohlcv, stops: StrategyDraft['stops']) =>
    run({
      program: program({ ...NO_COSTS, stops }),
      bars: bars('000010', [flat('2022-03-02', 10_000), ['2022-03-03', 10_000, 10_500, 9_500, 10_000], last]),
    });

  test('a trailing stop gapped through fills at the open', () => {
    // High 10,500 × 0.9 = 9,450.
    expect(held(['2022-03-04', 9_000, 9_200, 8_900, 9_100], { trailing: 0.1 }).trades[0]).toMatchObject({
      exitPrice: 9_000,
      exitReason: 'trailing_stop',
    });
  });

  test('a target gapped over fills at the open, above the target', () => {
    expect(held(['2022-03-04', 11_500, 11_600, 11_400, 11_500], { profit: 0.1 }).trades[0]).toMatchObject({
      exitPrice: 11_500,
      exitReason: 'take_profit',
      pnl: 150_000,
    });
  });

  test('an ATR stop is measured at the decision and stays there', () => {
    // True ranges 200 and 400 → ATR(2) at the decision = 300; twice that below 10,000 is 9,400.
    const output = run({
      program: program({ ...NO_COSTS, stops: { atr: { period: 2, multiple: 2 } } }),
      bars: bars('000010', [
        flat('2022-02-25', 9_900),
        ['2022-02-28', 9_900, 10_000, 9_800, 9_900],
        ['2022-03-02', 9_900, 10_100, 9_700, 10_000],
        ['2022-03-03', 10_000, 10_000, 9_450, 9_600],
        ['2022-03-04', 9_600, 9_600, 9_350, 9_500],
      ]),
    });
    expect(output.trades[0]).toMatchObject({ exitDay: '2022-03-04', exitPrice: 9_400, exitReason: 'atr_stop' });
  });

  test('the nearest of several stops is the one that fills', () => {
    // Loss 8 % → 9,200; trailing 10 % of 10,500 → 9,450: met first on the way down.
    expect(held(['2022-03-04', 9_900, 9_900, 9_000, 9_100], { loss: 0.08, trailing: 0.1 }).trades[0]).toMatchObject({
      exitPrice: 9_450,
      exitReason: 'trailing_stop',
    });
  });

  test('what a stop could not sell goes on at the next open under the same name', () => {
    // 100 held; the bar has 60 shares: 60 at the stop of 9,200, the other 40 at the next open of 9,000.
    const output = run({
      program: program({ ...NO_COSTS, stops: { loss: 0.08 } }),
      bars: bars('000010', [
        flat('2022-03-02', 10_000),
        flat('2022-03-03', 10_000),
        ['2022-03-04', 9_800, 9_800, 9_100, 9_500, 60],
        flat('2022-03-07', 9_000),
      ]),
    });
    expect(output.trades[0]).toMatchObject({ exitDay: '2022-03-07', exitReason: 'stop_loss', exitPrice: (60 * 9_200 + 40 * 9_000) / 100 });
    expect(output.counts).toMatchObject({ exitsPartial: 1, exitsFilled: 1 });
  });
});

describe('slots and cash', () => {
  const three: readonly BarSymbol[] = [KOSPI_A, { code: '000020', market: 'KOSDAQ' }, { code: '000030', market: 'KOSPI' }];

  test('two slots of three candidates: the larger traded values, each an equal part of the equity', () => {
    const day = (code: string, volume: number) => bars(code, [flat('2022-03-02', 10_000, volume), flat('2022-03-03', 10_000)]);
    const output = run({
      symbols: three,
      program: program({ ...NO_COSTS, sizing: { kind: 'equal_weight', maxPositions: 2 } }),
      bars: [...day('000010', 100), ...day('000020', 300), ...day('000030', 200)],
    });
    expect(output.open).toEqual([
      expect.objectContaining({ symbol: '000020', quantity: 50 }),
      expect.objectContaining({ symbol: '000030', quantity: 50 }),
    ]);
  });

  test('a slot whose exit was locked is not given away twice', () => {
    // 000010 must leave at the open of the 7th but is locked at 7,700; 000020 finds no slot.
    const output = run({
      symbols: three.slice(0, 2),
      program: program(NO_COSTS),
      bars: [
        ...bars('000010', [flat('2022-03-02', 10_000), ['2022-03-03', 10_000, 11_000, 10_000, 11_000], flat('2022-03-04', 7_700)]),
        ...bars('000020', [flat('2022-03-02', 9_000), flat('2022-03-03', 10_000), flat('2022-03-04', 10_000)]),
      ],
    });
    expect(output.counts).toMatchObject({ exitsLocked: 1, entriesNoSlot: 1 });
    expect(output.open.map(({ symbol }) => symbol)).toEqual(['000010']);
  });

  test('an entry cut by the volume is not topped up later, and the cash it left serves the next candidate', () => {
    // 1,000,000 for two: 50 wanted of each, 000020 has 30 shares to give.
    const output = run({
      symbols: three.slice(0, 2),
      program: program({ ...NO_COSTS, sizing: { kind: 'equal_weight', maxPositions: 2 } }),
      bars: [
        ...bars('000010', [flat('2022-03-02', 10_000, 100), flat('2022-03-03', 10_000), flat('2022-03-04', 10_000)]),
        ...bars('000020', [flat('2022-03-02', 10_000, 200), flat('2022-03-03', 10_000, 30), flat('2022-03-04', 10_000)]),
      ],
    });
    expect(output.open.map(({ symbol, quantity }) => [symbol, quantity])).toEqual([
      ['000010', 50],
      ['000020', 30],
    ]);
    expect([...output.cash]).toEqual([1_000_000, 200_000, 200_000]);
    expect(output.counts).toMatchObject({ entriesPartial: 1, entriesFilled: 1 });
  });
});
