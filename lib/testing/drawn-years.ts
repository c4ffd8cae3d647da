import type { Columns } from '#domain/backtest/columns.ts';
import { type BarRow, type BarSymbol, columnsFromBars } from '#domain/backtest/columns-from-bars.ts';
import { randomSource } from '#domain/backtest/look-ahead.ts';
import { priceLimits } from '#domain/market/price-limit.ts';
import { weekdays } from './example-run.ts';

const SYMBOLS: readonly BarSymbol[] = [
  { code: '000010', market: 'KOSPI' },
  { code: '000020', market: 'KOSDAQ' },
  { code: '000030', market: 'KOSPI', isEnded: true },
  { code: '069500', market: 'KOSPI', kind: 'etf' },
];
export const DRAWN_CODES = SYMBOLS.map(({ code }) => code);
const BARS = 900;

/**
 * Some three and a half years of four symbols drawn by seed, from before the tick table of 2023 to after the taxes of 2024: with halts,
 * days without a row, gaps, bars locked at their limits, splits, thin and thick volume, and a symbol that leaves the market.
 */
export function drawnYears(seed: number): Columns {
  const random = randomSource(Math.imul(seed, 0x9e3779b1)); // the first draws from small seeds are all small
  const days = weekdays(BARS, '2021-09-06');
  const isAdjusted = random() < 0.2;
  const bars = SYMBOLS.flatMap((symbol) => {
    const from = random() < 0.3 ? Math.floor(random() * 200) : 0; // listed later
    const to = symbol.isEnded ? BARS - 1 - Math.floor(random() * 300) : BARS;
    return drawnBars(symbol, days.slice(from, to), isAdjusted, random);
  });
  return columnsFromBars({ bars, symbols: SYMBOLS, isAdjusted, dataHash: `drawn ${seed}` });
}

function drawnBars(
  { code, market, kind = 'stock' }: BarSymbol,
  days: readonly string[],
  isAdjusted: boolean,
  random: () => number,
): BarRow[] {
  const bars: BarRow[] = [];
  const thickness = [2_000, 50_000, 3_000_000][Math.floor(random() * 3)]!;
  const wildness = 0.005 + random() * 0.06;
  const splits = isAdjusted ? 0 : Math.floor(random() * 3);
  const unit = isAdjusted && random() < 0.5 ? 0.01 : 1; // adjusted prices may be fractions of a won
  const round = (price: number) => Math.max(unit * 100, Math.round(price / unit) * unit);
  let close = round(800 + random() * 60_000);
  for (const day of days) {
    if (random() < 0.01) continue;
    if (random() < 0.02) {
      bars.push({ code, time: day, open: close, high: close, low: close, close, volume: 0, factor: 1 });
      continue;
    }
    const ratio = random() < splits / days.length ? [0.2, 5, 1 / 3][Math.floor(random() * 3)]! : 1;
    if (ratio !== 1) for (let i = 0; i < bars.length; i += 1) bars[i] = { ...bars[i]!, factor: bars[i]!.factor! * ratio };
    const base = close * ratio;
    const limits = priceLimits(Math.max(1, Math.round(base)), { day, market, kind });
    const lock = random() < 0.02 ? [limits.upper, limits.lower][Math.floor(random() * 2)]! : null;
    const step = () => lock ?? Math.min(limits.upper, Math.max(limits.lower, round(base * (1 - wildness + random() * wildness * 2.02))));
    const open = step();
    close = step();
    const wick = () => (lock === null ? Math.floor(random() * base * 0.01) : 0);
    bars.push({
      code,
      time: day,
      open,
      high: Math.max(open, close) + wick(),
      low: Math.max(unit, Math.min(open, close) - wick()),
      close,
      volume: Math.floor(random() * thickness),
      factor: 1,
    });
  }
  return isAdjusted ? bars.map(({ factor: _, ...bar }) => bar) : bars;
}
