import { describe, expect, test } from 'vitest';
import { isOnTick, tickTable } from '#domain/market/ticks.ts';
import { isKrxDay } from '../sessions.ts';
import { generateDailyBars, plannedDay } from './daily-bars.ts';
import { SYNTHETIC_INSTRUMENTS } from './instruments.ts';
import { generateMinuteBars } from './intraday.ts';

const [COMPANY] = SYNTHETIC_INSTRUMENTS;
const RANGE = { from: '2024-01-02', to: '2026-11-20' };

describe('the instruments', () => {
  test('are forty companies and two funds with codes, names and prices of their own', () => {
    expect(SYNTHETIC_INSTRUMENTS).toHaveLength(42);
    expect(SYNTHETIC_INSTRUMENTS.filter((one) => one.kind === 'etf')).toHaveLength(2);
    for (const field of ['symbol', 'nameKo', 'nameEn'] as const)
      expect(new Set(SYNTHETIC_INSTRUMENTS.map((one) => one[field])).size).toBe(42);
    for (const { symbol } of SYNTHETIC_INSTRUMENTS) expect(symbol).toMatch(/^99\d{4}$/);
  });
});

describe('daily bars', () => {
  test('the same seed gives the same bars, another seed others, and a cut of a longer range is the shorter range', () => {
    const bars = generateDailyBars(7, COMPANY!, RANGE);
    expect(generateDailyBars(7, COMPANY!, RANGE)).toEqual(bars);
    expect(generateDailyBars(8, COMPANY!, RANGE)).not.toEqual(bars);
    const cut = generateDailyBars(7, COMPANY!, { from: '2025-06-02', to: '2025-06-30' });
    expect(cut).toEqual(bars.filter((bar) => bar.day >= '2025-06-02' && bar.day <= '2025-06-30'));
  });

  test.each(SYNTHETIC_INSTRUMENTS.map((one) => [one.symbol, one] as const))(
    '%s: only trading days, on tick, inside the limits, high and low enclose the rest',
    (_, instrument) => {
      let previous: number | null = null;
      const broken = generateDailyBars(7, instrument, RANGE).filter((bar) => {
        const { day, open, high, low, close, volume } = bar;
        const bands = tickTable({ day, kind: instrument.kind, market: instrument.market });
        const isSound =
          isKrxDay(day) &&
          [open, high, low, close].every((price) => isOnTick(price, bands)) &&
          high >= Math.max(open, close) &&
          low <= Math.min(open, close) &&
          volume > 0 &&
          (previous === null || Math.abs(close / previous - 1) <= 0.3);
        previous = close;
        return !isSound;
      });
      expect(broken).toEqual([]);
    },
  );

  test('a day KRX is closed is planned quiet: it starts and ends at the last close', () => {
    const { bar, previousClose } = plannedDay(7, COMPANY!, '2026-11-22');
    expect([bar.open, bar.close]).toEqual([previousClose, previousClose]);
    expect(generateDailyBars(7, COMPANY!, { from: '2026-11-20', to: '2026-11-22' }).at(-1)?.close).toBe(previousClose);
  });
});

test('minute bars of a day add up to its daily bar', () => {
  for (const instrument of SYNTHETIC_INSTRUMENTS) {
    for (const bar of generateDailyBars(7, instrument, { from: '2026-11-02', to: '2026-11-06' })) {
      const minutes = generateMinuteBars(7, instrument, bar, { open: 540, close: 930 });
      const joined = {
        open: minutes[0]!.open,
        high: Math.max(...minutes.map((one) => one.high)),
        low: Math.min(...minutes.map((one) => one.low)),
        close: minutes.at(-1)!.close,
        volume: minutes.reduce((sum, one) => sum + one.volume, 0),
      };
      expect(joined).toEqual({ open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume });
      expect([minutes[0]!.time, minutes.at(-1)!.time]).toEqual(['090000', '152900']);
    }
  }
});
