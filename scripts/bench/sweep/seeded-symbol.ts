import type { Columns } from '#domain/backtest/columns.ts';
import { randomSource } from '#domain/backtest/look-ahead.ts';
import { weekdays } from '#lib/testing/example-run.ts';

/** A seeded random walk of one symbol on a weekday calendar: the same market in every run. */
export function seededSymbol(bars: number): Columns {
  const random = randomSource(20240102);
  const column = () => new Float64Array(bars);
  const [open, high, low, close, volume] = [column(), column(), column(), column(), column()];
  const onGrid = (price: number) => Math.max(5_000, Math.round(price / 50) * 50);
  let last = 50_000;
  for (let i = 0; i < bars; i += 1) {
    open[i] = onGrid(last * (0.99 + random() * 0.0201));
    last = onGrid(open[i]! * (0.98 + random() * 0.0402));
    close[i] = last;
    high[i] = Math.max(open[i]!, last) + 50;
    low[i] = Math.min(open[i]!, last) - 50;
    volume[i] = 1_000_000 + Math.floor(random() * 9_000_000);
  }
  return {
    times: weekdays(bars, '2005-01-03'),
    symbols: [{ code: '000010', name: '', market: 'KOSPI', kind: 'stock', isEnded: false }],
    offset: Int32Array.of(0, bars),
    time: Int32Array.from({ length: bars }, (_, i) => i),
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
