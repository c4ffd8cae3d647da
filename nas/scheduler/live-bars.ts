import type { BarRow } from '#domain/backtest/columns-from-bars.ts';
import type { BarColumns } from '#domain/market/bar-chunk.ts';

const SEOUL_OFFSET_MINUTES = 540;

/** A minute since 1970 (UTC) as the engine names intraday bars: `YYYY-MM-DDTHH:MM`, Seoul. */
export function minuteLabel(minute: number): string {
  return new Date((minute + SEOUL_OFFSET_MINUTES) * 60_000).toISOString().slice(0, 16);
}

const row = (code: string, time: string, bars: BarColumns, i: number): BarRow => ({
  code,
  time,
  open: bars.open[i] as number,
  high: bars.high[i] as number,
  low: bars.low[i] as number,
  close: bars.close[i] as number,
  volume: bars.volume[i] as number,
  value: bars.value[i] as number,
});

/** Daily bars up to and including `lastDay`. */
export function dailyRows(code: string, bars: BarColumns, lastDay: string): BarRow[] {
  const rows: BarRow[] = [];
  for (let i = 0; i < bars.time.length; i += 1) {
    const number = String(bars.time[i]);
    const day = `${number.slice(0, 4)}-${number.slice(4, 6)}-${number.slice(6, 8)}`;
    if (day <= lastDay) rows.push(row(code, day, bars, i));
  }
  return rows;
}

/** Daily bars joined into weeks that begin on Monday; a week is named by its last day so far. */
export function weeklyRows(days: readonly BarRow[]): BarRow[] {
  return [...Map.groupBy(days, (bar) => mondayOf(bar.time)).values()].map((week) => {
    const [first, last] = [week[0] as BarRow, week.at(-1) as BarRow];
    return {
      ...last,
      open: first.open,
      high: Math.max(...week.map((bar) => bar.high)),
      low: Math.min(...week.map((bar) => bar.low)),
      volume: week.reduce((sum, bar) => sum + bar.volume, 0),
      value: week.reduce((sum, bar) => sum + (bar.value ?? 0), 0),
    };
  });
}

/** The Monday of a day's week, as days since 1970-01-01 (a Thursday). */
export function mondayOf(day: string): number {
  const epochDay = Date.parse(`${day}T00:00:00Z`) / 86_400_000;
  return epochDay - ((epochDay + 3) % 7);
}

/**
 * Bars of `size` minutes that have closed by `tick`, made of one-minute bars. They are counted from each session's open (`openOf`
 * gives the open's minute for any minute of that session, null outside), so that 10:00 openings do not shift the grid.
 */
export function minuteRows(
  code: string,
  bars: BarColumns,
  { size, tick, openOf }: { readonly size: number; readonly tick: number; readonly openOf: (minute: number) => number | null },
): BarRow[] {
  const rows: (BarRow & { start: number })[] = [];
  for (let i = 0; i < bars.time.length; i += 1) {
    const minute = bars.time[i] as number;
    const open = openOf(minute);
    if (open === null) continue;
    const start = open + Math.floor((minute - open) / size) * size;
    if (start + size > tick) continue; // not closed yet
    const last = rows.at(-1);
    if (last?.start === start) {
      rows[rows.length - 1] = {
        ...last,
        high: Math.max(last.high, bars.high[i] as number),
        low: Math.min(last.low, bars.low[i] as number),
        close: bars.close[i] as number,
        volume: last.volume + (bars.volume[i] as number),
        value: (last.value ?? 0) + (bars.value[i] as number),
      };
    } else {
      rows.push({ ...row(code, minuteLabel(start), bars, i), start });
    }
  }
  return rows.map(({ start: _start, ...bar }) => bar);
}

/** Keeps the newest `count` bars. */
export function newest(rows: readonly BarRow[], count: number): BarRow[] {
  return rows.slice(Math.max(0, rows.length - count));
}
