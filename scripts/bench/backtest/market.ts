import type { Columns } from '#domain/backtest/columns.ts';
import { randomSource } from '#domain/backtest/look-ahead.ts';
import { weekdays } from '#lib/testing/example-run.ts';

/** Ten years of daily bars. */
export const BARS = 2450;

/** A seeded random walk on the tick grid over a weekday calendar: the same market in every run. */
export function syntheticMarket(symbols: number): Columns {
  const random = randomSource(20240102);
  const rows = symbols * BARS;
  const column = () => new Float64Array(rows);
  const [open, high, low, close, volume] = [column(), column(), column(), column(), column()];
  const time = new Int32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const t = row % BARS;
    const last = t === 0 ? 2_000 + Math.floor(random() * 80_000) : close[row - 1]!;
    open[row] = Math.max(500, Math.round((last * (0.99 + random() * 0.0201)) / 50) * 50);
    close[row] = Math.max(500, Math.round((open[row]! * (0.98 + random() * 0.0402)) / 50) * 50);
    high[row] = Math.max(open[row]!, close[row]!) + 50;
    low[row] = Math.min(open[row]!, close[row]!) - 50;
    volume[row] = 100_000 + Math.floor(random() * 900_000);
    time[row] = t;
  }
  return {
    times: weekdays(BARS, '2012-01-02'),
    symbols: Array.from({ length: symbols }, (_, s) => ({
      code: String(s * 10).padStart(6, '0'),
      name: '',
      market: s % 3 ? 'KOSPI' : 'KOSDAQ',
      kind: 'stock',
      isEnded: false,
    })),
    offset: Int32Array.from({ length: symbols + 1 }, (_, s) => s * BARS),
    time,
    open,
    high,
    low,
    close,
    volume,
    value: null,
    marketCap: null,
    listedShares: null,
    factor: null,
    isAdjusted: false,
    isIntraday: false,
    dataHash: 'bench',
  };
}
