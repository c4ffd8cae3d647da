import { type Columns, dayOf } from './columns.ts';
import { periodOf } from './signals.ts';

/** Sessions of one week: where they begin and end (exclusive) in the daily calendar. */
interface Week {
  readonly from: number;
  readonly to: number;
}

/**
 * Weekly bars made from daily ones. A week runs from Monday to Sunday and is named by its last session in the data's own calendar, so
 * that its close is known on the day it carries; a week cut short by holidays or by the end of the data is a week all the same.
 * Open, high, low and close are those of the sessions that traded, on the raw scale of the week's last bar (a split inside the week
 * rescales what came before it); volume and value are sums. `sessions` keeps the days, for what the exchange's rules date by the day.
 */
export function weeklyColumns(daily: Columns): Columns {
  const weeks = weeksOf(daily.times);
  const weekOf = new Int32Array(daily.times.length);
  weeks.forEach(({ from, to }, w) => {
    weekOf.fill(w, from, to);
  });
  // Weekly bar `i` is made of the daily rows from `starts[i]` up to `starts[i + 1]`.
  const starts: number[] = [];
  const offset = new Int32Array(daily.offset.length);
  for (let s = 0; s < daily.symbols.length; s += 1) {
    for (let row = daily.offset[s]!; row < daily.offset[s + 1]!; row += 1) {
      if (row === daily.offset[s] || weekOf[daily.time[row]!] !== weekOf[daily.time[row - 1]!]) starts.push(row);
    }
    offset[s + 1] = starts.length;
  }
  const count = starts.length;
  starts.push(daily.time.length);
  const column = (of: (from: number, to: number) => number) => {
    const out = new Float64Array(count);
    for (let i = 0; i < count; i += 1) out[i] = of(starts[i]!, starts[i + 1]!);
    return out;
  };
  const last = (values: Float64Array | null) => values && column((_from, to) => values[to - 1]!);
  const sum = (values: Float64Array, scaled = false) =>
    column((from, to) => {
      let total = 0;
      for (let row = from; row < to; row += 1) total += scaled ? values[row]! / scaleTo(daily, row, to - 1) : values[row]!;
      return total;
    });
  return {
    ...daily,
    times: weeks.map(({ to }) => daily.times[to - 1]!),
    sessions: { days: daily.times.map(dayOf), first: weeks.map(({ from }) => dayOf(daily.times[from]!)) },
    offset,
    time: Int32Array.from({ length: count }, (_, i) => weekOf[daily.time[starts[i]!]!]!),
    open: column((from, to) => edge(daily, daily.open, from, to)),
    high: column((from, to) => extreme(daily, daily.high, from, to, 1)),
    low: column((from, to) => extreme(daily, daily.low, from, to, -1)),
    close: column((from, to) => edge(daily, daily.close, to - 1, from - 1)),
    volume: sum(daily.volume, true),
    value: daily.value && sum(daily.value),
    marketCap: last(daily.marketCap),
    listedShares: last(daily.listedShares),
    factor: last(daily.factor),
  };
}

function weeksOf(times: readonly string[]): Week[] {
  const weeks: Week[] = [];
  for (let from = 0, t = 1; t <= times.length; t += 1) {
    if (t < times.length && periodOf(times[t]!, 'weekly') === periodOf(times[from]!, 'weekly')) continue;
    weeks.push({ from, to: t });
    from = t;
  }
  return weeks;
}

/** What a raw price of `row` is worth on the scale of a later row of the same week. */
function scaleTo({ factor }: Columns, row: number, last: number): number {
  return factor ? factor[row]! / factor[last]! : 1;
}

/** The value of the first row that traded, walking from `from` towards `end` (exclusive); the first row's own when none did. */
function edge(daily: Columns, values: Float64Array, from: number, end: number): number {
  const step = from < end ? 1 : -1;
  const last = Math.max(from, end - 1);
  let row = from;
  while (row !== end && !(daily.volume[row]! > 0)) row += step;
  const found = row === end ? from : row;
  return values[found]! * scaleTo(daily, found, last);
}

/** The highest (1) or lowest (−1) value of the rows that traded; the last row's own when none did. */
function extreme(daily: Columns, values: Float64Array, from: number, to: number, way: 1 | -1): number {
  let found = Number.NaN;
  for (let row = from; row < to; row += 1) {
    if (!(daily.volume[row]! > 0)) continue;
    const value = values[row]! * scaleTo(daily, row, to - 1);
    if (!((found - value) * way >= 0)) found = value;
  }
  return Number.isNaN(found) ? values[to - 1]! : found;
}
