import type { Columns } from '#domain/backtest/columns.ts';
import { type BarRow, columnsFromBars } from '#domain/backtest/columns-from-bars.ts';
import { randomSource } from '#domain/backtest/look-ahead.ts';
import { weekdays } from './example-run.ts';

/** Daily bars of some KOSPI symbols from 2018-01-01 on, each a walk from 20,000 won in steps of 50, drawn by seed. */
export function randomWalk(codes: readonly string[], sessions: number, seed: number): Columns {
  const random = randomSource(seed);
  const days = weekdays(sessions, '2018-01-01');
  const bars = codes.flatMap((code) => {
    let close = 20_000;
    return days.map((time): BarRow => {
      const open = Math.round((close * (0.98 + random() * 0.04)) / 50) * 50;
      close = Math.max(1_000, Math.round((open * (0.97 + random() * 0.06)) / 50) * 50);
      return { code, time, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 500_000 };
    });
  });
  const symbols = codes.map((code) => ({ code, market: 'KOSPI' as const }));
  return columnsFromBars({ bars, symbols, isAdjusted: false, dataHash: 'd'.repeat(64) });
}
