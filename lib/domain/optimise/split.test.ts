import { describe, expect, test } from 'vitest';
import { columnsFromBars } from '#domain/backtest/columns-from-bars.ts';
import { splitPeriod } from './split.ts';

const columns = (times: readonly string[]) =>
  columnsFromBars({
    bars: times.map((time) => ({ code: '000010', time, open: 1, high: 1, low: 1, close: 1, volume: 1 })),
    symbols: [{ code: '000010', market: 'KOSPI' }],
    isAdjusted: false,
    dataHash: 'd',
  });
/** Two sessions before the period, ten in it, one after. */
const days = columns(Array.from({ length: 13 }, (_, i) => `2024-01-${String(i + 1).padStart(2, '0')}`));
const period = { start: 2, end: 11 };

describe('a split', () => {
  test.each([
    { share: 0.7, train: 7, why: 'seven of ten' },
    { share: 0.74, train: 7, why: 'the nearest whole session' },
    { share: 0.75, train: 8, why: 'a half goes to training' },
    { share: 0.06, train: 1, why: 'one session is a part' },
    { share: 0.94, train: 9, why: 'on either side' },
  ])('of $share trains on $train sessions: $why', ({ share, train }) => {
    expect(splitPeriod(days, period, share)).toEqual({ train: { start: 2, end: 1 + train }, test: { start: 2 + train, end: 11 } });
  });

  test.each([0.04, 0.96])('of %d leaves one part empty, so there is none', (share) => {
    expect(splitPeriod(days, period, share)).toBeNull();
  });

  test('keeps the bars of a day together, however many it has', () => {
    const minutes = columns([
      '2024-01-01T09:00',
      '2024-01-01T09:01',
      '2024-01-01T09:02',
      '2024-01-02T09:00',
      '2024-01-03T09:00',
      '2024-01-03T09:01',
    ]);
    expect(splitPeriod(minutes, { start: 0, end: 5 }, 0.4)).toEqual({ train: { start: 0, end: 2 }, test: { start: 3, end: 5 } });
    expect(splitPeriod(minutes, { start: 0, end: 5 }, 0.6)).toEqual({ train: { start: 0, end: 3 }, test: { start: 4, end: 5 } });
  });
});
