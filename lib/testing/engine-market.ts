import type { Columns } from '#domain/backtest/columns.ts';
import { type BarRow, type BarSymbol, columnsFromBars } from '#domain/backtest/columns-from-bars.ts';
import { randomSource } from '#domain/backtest/look-ahead.ts';
import { weekdays } from './example-run.ts';

const SYMBOLS: readonly BarSymbol[] = Array.from({ length: 12 }, (_, s) => ({
  code: String(100_010 + s * 10),
  market: s % 3 === 0 ? 'KOSDAQ' : 'KOSPI',
  kind: s === 11 ? 'etf' : 'stock',
  isEnded: s === 10,
}));
const DAYS = weekdays(700);
/** 09:00 to 15:29. */
const MINUTES_A_DAY = 390;
const LISTED_SHARES = 10_000_000;

/** A price near another: trends that last, so that rules have something to find. */
function walk(random: () => number, start: number, swing: number): (price: number) => number {
  let drift = 0;
  let left = 0;
  return (price) => {
    if (left-- <= 0) {
      left = 15 + Math.floor(random() * 60);
      drift = (random() - 0.5) * swing * 0.4;
    }
    const next = price * (1 + drift + (random() - 0.5) * swing) + (start - price) * 0.002;
    return Math.max(1_000, Math.round(next / 10) * 10);
  };
}

/**
 * Seven hundred days of twelve symbols drawn by seed: with a split, halts, missing days, limit locks, a symbol that leaves the market,
 * and the raw prices' factors, market caps and share counts.
 */
export function drawnDays(seed: number): Columns {
  const random = randomSource(seed);
  const bars = SYMBOLS.flatMap((symbol, s) => {
    const start = 8_000 + Math.floor(random() * 60_000);
    const step = walk(random, start, 0.05);
    const splitDay = s % 4 === 1 ? 300 + s : -1;
    let close = start;
    const rows: BarRow[] = [];
    (symbol.isEnded ? DAYS.slice(0, 450) : DAYS).forEach((time, day) => {
      if (random() < 0.01) return;
      const factor = splitDay < 0 || day >= splitDay ? 1 : 0.2;
      if (day === splitDay) close = Math.round(close / 5);
      const shares = factor < 1 ? LISTED_SHARES / 5 : LISTED_SHARES;
      const rest = { code: symbol.code, time, factor, listedShares: shares };
      if (random() < 0.02) {
        rows.push({ ...rest, open: close, high: close, low: close, close, volume: 0, value: 0, marketCap: close * shares });
        return;
      }
      const isLocked = random() < 0.01;
      const open = isLocked ? Math.floor((close * 1.299) / 10) * 10 : step(close);
      close = isLocked ? open : step(open);
      const high = Math.max(open, close) + (isLocked ? 0 : Math.floor(random() * 20) * 10);
      const low = Math.max(10, Math.min(open, close) - (isLocked ? 0 : Math.floor(random() * 20) * 10));
      const volume = 50_000 + Math.floor(random() * 400_000);
      rows.push({ ...rest, open, high, low, close, volume, value: volume * Math.round((open + close) / 2), marketCap: close * shares });
    });
    return rows;
  });
  return columnsFromBars({ bars, symbols: SYMBOLS, isAdjusted: false, dataHash: `days ${seed}` });
}

/** The same prices as a source gives them that has adjusted prices only. */
export function adjustedDays(seed: number): Columns {
  const raw = drawnDays(seed);
  const price = (column: Float64Array) => column.map((value, row) => value * raw.factor![row]!);
  const { open, high, low, close } = raw;
  return {
    ...raw,
    open: price(open),
    high: price(high),
    low: price(low),
    close: price(close),
    factor: null,
    isAdjusted: true,
    dataHash: `adjusted ${seed}`,
  };
}

/** Six sessions of minutes of two symbols, some minutes without a trade. */
export function drawnMinutes(seed: number): Columns {
  const random = randomSource(seed);
  const symbols = SYMBOLS.slice(0, 2);
  const bars = symbols.flatMap(({ code }) => {
    const step = walk(random, 20_000, 0.006);
    let close = 20_000;
    return DAYS.slice(0, 6).flatMap((day) =>
      Array.from({ length: MINUTES_A_DAY }, (_, minute): BarRow | null => {
        const open = close;
        close = step(open);
        if (random() < 0.05) return null;
        const clock = `${String(9 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
        const volume = 500 + Math.floor(random() * 5_000);
        return { code, time: `${day}T${clock}`, open, high: Math.max(open, close), low: Math.min(open, close), close, volume };
      }).filter((bar) => bar !== null),
    );
  });
  return columnsFromBars({ bars, symbols, isAdjusted: false, dataHash: `minutes ${seed}` });
}
