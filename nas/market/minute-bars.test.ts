import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Price } from '#domain/money.ts';
import type { Symbol, TradingDay } from '#domain/order/order.ts';
import type { TradePrint } from '#nas/brokers/port.ts';
import { dayOfMinute, MinuteBars, minuteOf } from './minute-bars.ts';

const DAY = '2026-11-20' as TradingDay;
const print = (time: string, price: number, quantity: number, cumVolume: number, cumValue = price * cumVolume): TradePrint => ({
  symbol: '900010' as Symbol,
  day: DAY,
  time,
  price: price as Price,
  quantity,
  cumVolume,
  cumValue,
  open: price,
  high: price,
  low: price,
  change: 0,
  isHalted: false,
  phase: 'continuous',
});

describe('minute bars', () => {
  test('the minute of 09:00 in Seoul is midnight in UTC', () => {
    expect(minuteOf(DAY, '090000') * 60_000).toBe(Date.UTC(2026, 10, 20));
    expect(dayOfMinute(minuteOf(DAY, '085959'))).toBe(DAY);
  });

  test('opens, stretches and closes a bar with the prints of its minute, then starts the next', () => {
    const bars = new MinuteBars();
    bars.add(print('090001', 1_000, 10, 10));
    bars.add(print('090030', 1_020, 5, 15));
    bars.add(print('090059', 990, 5, 20));
    bars.add(print('090100', 1_005, 1, 21));
    expect(bars.bars('900010')).toEqual([
      { minute: minuteOf(DAY, '090000'), open: 1_000, high: 1_020, low: 990, close: 990, volume: 20, value: expect.any(Number) },
      { minute: minuteOf(DAY, '090100'), open: 1_005, high: 1_005, low: 1_005, close: 1_005, volume: 1, value: expect.any(Number) },
    ]);
  });

  test('a doubled print changes nothing', () => {
    const bars = new MinuteBars();
    bars.add(print('090001', 1_000, 10, 10));
    expect(bars.add(print('090001', 1_000, 10, 10))).toBe(false);
    expect(bars.bars('900010')[0]?.volume).toBe(10);
  });

  test('a lost print is caught up by the cumulative volume of the next', () => {
    const bars = new MinuteBars();
    bars.add(print('090001', 1_000, 10, 10));
    bars.add(print('090003', 1_000, 5, 40));
    expect(bars.bars('900010')[0]?.volume).toBe(40);
  });

  test('what was traded before we listened belongs to no minute', () => {
    const bars = new MinuteBars();
    bars.add(print('110001', 1_000, 10, 1_000_010));
    expect(bars.bars('900010')[0]?.volume).toBe(10);
  });

  test('a restart keeps the morning: restored bars stay, and prints go on from where they are', () => {
    const bars = new MinuteBars();
    const morning = { minute: minuteOf(DAY, '090000'), open: 900, high: 900, low: 900, close: 900, volume: 7, value: 6_300 };
    bars.restore('900010', DAY, [morning]);
    bars.add(print('100000', 1_000, 3, 5_003));
    expect(bars.bars('900010').map((bar) => [bar.minute, bar.volume])).toEqual([
      [morning.minute, 7],
      [minuteOf(DAY, '100000'), 3],
    ]);
  });

  test('a gap is filled with the broker’s minutes; minutes after it stay ours, and so do those the broker has not', () => {
    const at = (clock: string, volume: number) => ({
      minute: minuteOf(DAY, clock),
      open: 1,
      high: 1,
      low: 1,
      close: 1,
      volume,
      value: volume,
    });
    const bars = new MinuteBars();
    bars.restore('900010', DAY, [at('090000', 7)]);
    bars.add(print('091000', 1_000, 3, 903)); // joined within this minute
    bars.add(print('091100', 1_000, 5, 908));
    bars.backfill('900010', DAY, minuteOf(DAY, '091000'), [at('090500', 20), at('090600', 0), at('091000', 30), at('091100', 99)]);
    expect(bars.bars('900010').map((bar) => [bar.minute - minuteOf(DAY, '090000'), bar.volume])).toEqual([
      [0, 7],
      [5, 20],
      [10, 30],
      [11, 5],
    ]);
  });

  test('after a gap the next print counts only itself: the gap’s volume comes with the broker’s minutes', () => {
    const bars = new MinuteBars();
    bars.add(print('090000', 1_000, 3, 3));
    bars.rejoin('900010');
    bars.add(print('090500', 1_000, 2, 1_005));
    expect(bars.bars('900010').map((bar) => bar.volume)).toEqual([3, 2]);
  });

  test('a new day begins without the bars of the old one', () => {
    const bars = new MinuteBars();
    bars.add(print('152900', 1_000, 3, 903));
    bars.add({ ...print('090000', 1_000, 2, 2), day: '2026-11-23' as TradingDay });
    expect(bars.bars('900010').map((bar) => [dayOfMinute(bar.minute), bar.volume])).toEqual([['2026-11-23', 2]]);
  });

  test('the volumes of all bars add up to what the exchange counted, however prints are lost or doubled', () => {
    const steps = fc.array(
      fc.record({ second: fc.nat(3_000), quantity: fc.integer({ min: 1, max: 1_000 }), seen: fc.integer({ min: 0, max: 2 }) }),
      { minLength: 1, maxLength: 80 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const bars = new MinuteBars();
        let cumVolume = 0;
        let before: number | null = null;
        let last = 0;
        for (const step of [...list].sort((a, b) => a.second - b.second)) {
          cumVolume += step.quantity;
          const at = `${String(9 + Math.floor(step.second / 3600)).padStart(2, '0')}${String(Math.floor(step.second / 60) % 60).padStart(2, '0')}${String(step.second % 60).padStart(2, '0')}`;
          for (let i = 0; i < step.seen; i += 1) bars.add(print(at, 1_000, step.quantity, cumVolume));
          if (step.seen > 0) {
            before ??= cumVolume - step.quantity;
            last = cumVolume;
          }
        }
        const sum = bars.bars('900010').reduce((total, bar) => total + bar.volume, 0);
        expect(sum).toBe(before === null ? 0 : last - before);
      }),
    );
  });
});
