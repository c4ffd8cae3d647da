import type { BarColumns } from '#domain/market/bar-chunk.ts';
import type { BrokerBar } from '#nas/brokers/port.ts';
import { type MinuteBar, minuteOf } from './minute-bars.ts';

/** yyyymmdd of a `YYYY-MM-DD` day: the time of daily bars and the period of minute chunks (`bar_chunks.year`). */
export function dayNumber(day: string): number {
  return Number(day.replaceAll('-', ''));
}

function columns<T>(rows: readonly T[], time: (row: T) => number, pick: (row: T) => Omit<MinuteBar, 'minute'>): BarColumns {
  const values = rows.map(pick);
  const column = (name: keyof Omit<MinuteBar, 'minute'>) => Float64Array.from(values, (v) => v[name]);
  return {
    time: Int32Array.from(rows, time),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
    value: column('value'),
  };
}

export function minuteColumns(bars: readonly MinuteBar[]): BarColumns {
  return columns(
    bars,
    (bar) => bar.minute,
    (bar) => bar,
  );
}

/** Daily bars split by year, each a chunk of its own. */
export function dailyColumnsByYear(bars: readonly BrokerBar[]): Map<number, BarColumns> {
  const years = new Map<number, BrokerBar[]>();
  for (const bar of bars) {
    const year = Number(bar.day.slice(0, 4));
    years.set(year, [...(years.get(year) ?? []), bar]);
  }
  return new Map(
    [...years].map(([year, rows]) => [
      year,
      columns(
        rows,
        (bar) => dayNumber(bar.day),
        (bar) => bar,
      ),
    ]),
  );
}

/** One bar of a broker's minute chart as ours. */
export function minuteBarOf({ day, time, open, high, low, close, volume, value }: BrokerBar): MinuteBar {
  return { minute: minuteOf(day, time ?? '000000'), open, high, low, close, volume, value };
}

/** Bars of both, in the order of time; where both have one, the newer columns win. */
export function mergeColumns(older: BarColumns, newer: BarColumns): BarColumns {
  const times = [...new Set([...older.time, ...newer.time])].sort((a, b) => a - b);
  const at = (columns: BarColumns) => new Map(Array.from(columns.time, (time, i) => [time, i]));
  const [inOlder, inNewer] = [at(older), at(newer)];
  const column = (name: Exclude<keyof BarColumns, 'time'>) =>
    Float64Array.from(times, (time) => {
      const i = inNewer.get(time);
      return (i === undefined ? older[name][inOlder.get(time) as number] : newer[name][i]) as number;
    });
  return {
    time: Int32Array.from(times),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
    value: column('value'),
  };
}

/** The minute bars of a chunk, for a restart in the middle of a session. */
export function minuteBarsOf(chunk: BarColumns): MinuteBar[] {
  return Array.from(chunk.time, (minute, i) => ({
    minute,
    open: chunk.open[i] as number,
    high: chunk.high[i] as number,
    low: chunk.low[i] as number,
    close: chunk.close[i] as number,
    volume: chunk.volume[i] as number,
    value: chunk.value[i] as number,
  }));
}
