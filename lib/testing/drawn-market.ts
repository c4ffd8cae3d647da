import type { Columns } from '#domain/backtest/columns.ts';
import { type BarRow, type BarSymbol, columnsFromBars } from '#domain/backtest/columns-from-bars.ts';
import { randomSource } from '#domain/backtest/look-ahead.ts';

const SYMBOLS: readonly BarSymbol[] = [
  { code: '000010', market: 'KOSPI' },
  { code: '000020', market: 'KOSDAQ' },
  { code: '000030', market: 'KOSPI', isEnded: true },
  { code: '000040', market: 'KOSDAQ' },
];
const DAYS = Array.from({ length: 90 }, (_, i) => new Date(Date.UTC(2020, 0, 1) + i * 86_400_000).toISOString().slice(0, 10));

/** Ninety days of four symbols drawn by seed, one of which leaves the market: with halts, gaps, locks and thin volume. */
export function drawnMarket(seed: number): Columns {
  const random = randomSource(seed);
  const bars: BarRow[] = [];
  for (const { code, isEnded } of SYMBOLS) {
    let close = 1_000 + Math.floor(random() * 50_000);
    for (const time of isEnded ? DAYS.slice(0, 60) : DAYS) {
      if (random() < 0.03) continue; // a day without a row
      if (random() < 0.05) {
        bars.push({ code, time, open: close, high: close, low: close, close, volume: 0 });
        continue;
      }
      const step = () => Math.max(1, Math.round(close * (0.9 + random() * 0.2)));
      const isLocked = random() < 0.04;
      const [open, next] = [step(), isLocked ? Math.floor(close * 1.3) : step()];
      const [a, b] = isLocked ? [next, next] : [open, next];
      bars.push({
        code,
        time,
        open: a,
        high: Math.max(a, b) + (isLocked ? 0 : Math.floor(random() * 50)),
        low: Math.max(1, Math.min(a, b) - (isLocked ? 0 : Math.floor(random() * 50))),
        close: b,
        volume: Math.floor(random() * 3_000),
      });
      close = b;
    }
  }
  return columnsFromBars({ bars, symbols: SYMBOLS, isAdjusted: seed % 2 === 0, dataHash: 'test' });
}
