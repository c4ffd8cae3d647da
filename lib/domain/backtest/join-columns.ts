import { clockText, secondOfDay } from '#domain/market/day.ts';
import { type Columns, dayOf } from './columns.ts';
import { periodOf } from './signals.ts';

/**
 * Weekly bars made from daily ones. A week runs from Monday to Sunday and is named by its last session in the data's own calendar, so
 * that its close is known on the day it carries; a week cut short by holidays or by the end of the data is a week all the same.
 * `sessions` keeps the days, for what the exchange's rules date by the day.
 */
export function weeklyColumns(daily: Columns): Columns {
  const weeks = groupsOf(daily.times, (time) => periodOf(time, 'weekly'));
  return {
    ...joined(daily, weeks),
    times: weeks.map(({ to }) => daily.times[to - 1]!),
    sessions: { days: daily.times.map(dayOf), first: weeks.map(({ from }) => dayOf(daily.times[from]!)) },
  };
}

/**
 * Bars of `size` minutes made from shorter ones, named by the minute they open in. They are counted from midnight: sessions open on the
 * hour (09:00; 10:00 on special days), and 3, 5, 10, 15, 30 and 60 minutes all divide it.
 */
export function minuteColumns(shorter: Columns, size: number): Columns {
  const opening = (time: string) => {
    const second = secondOfDay(time.slice(11));
    return `${dayOf(time)}T${clockText(second - (second % (size * 60))).slice(0, 5)}`;
  };
  const groups = groupsOf(shorter.times, opening);
  return {
    ...joined(shorter, groups),
    times: groups.map(({ from }) => opening(shorter.times[from]!)),
    lastOpens: groups.map(({ to }) => shorter.lastOpens?.[to - 1] ?? shorter.times[to - 1]!),
  };
}

/** Calendar entries of one longer bar: where they begin and end (exclusive). */
interface Group {
  readonly from: number;
  readonly to: number;
}

function groupsOf(times: readonly string[], nameOf: (time: string) => string): Group[] {
  const groups: Group[] = [];
  const names = times.map(nameOf);
  for (let from = 0, t = 1; t <= names.length; t += 1) {
    if (t < names.length && names[t] === names[from]) continue;
    groups.push({ from, to: t });
    from = t;
  }
  return groups;
}

/**
 * The rows of each group as one. Open, high, low and close are those of the bars that traded, on the raw scale of the group's last bar
 * (a split inside a week rescales what came before it); volume and value are sums. The calendar's names are the caller's.
 */
function joined(columns: Columns, groups: readonly Group[]): Columns {
  const groupOf = new Int32Array(columns.times.length);
  groups.forEach(({ from, to }, i) => {
    groupOf.fill(i, from, to);
  });
  // Longer bar `i` is made of the rows from `starts[i]` up to `starts[i + 1]`.
  const starts: number[] = [];
  const offset = new Int32Array(columns.offset.length);
  for (let s = 0; s < columns.symbols.length; s += 1) {
    for (let row = columns.offset[s]!; row < columns.offset[s + 1]!; row += 1) {
      if (row === columns.offset[s] || groupOf[columns.time[row]!] !== groupOf[columns.time[row - 1]!]) starts.push(row);
    }
    offset[s + 1] = starts.length;
  }
  const count = starts.length;
  starts.push(columns.time.length);
  const column = (of: (from: number, to: number) => number) => {
    const out = new Float64Array(count);
    for (let i = 0; i < count; i += 1) out[i] = of(starts[i]!, starts[i + 1]!);
    return out;
  };
  const last = (values: Float64Array | null) => values && column((_from, to) => values[to - 1]!);
  const sum = (values: Float64Array, isRescaled = false) =>
    column((from, to) => {
      let total = 0;
      for (let row = from; row < to; row += 1) total += isRescaled ? values[row]! / scaleTo(columns, row, to - 1) : values[row]!;
      return total;
    });
  return {
    ...columns,
    offset,
    time: Int32Array.from({ length: count }, (_, i) => groupOf[columns.time[starts[i]!]!]!),
    open: column((from, to) => edge(columns, columns.open, from, to)),
    high: column((from, to) => extreme(columns, columns.high, from, to, 1)),
    low: column((from, to) => extreme(columns, columns.low, from, to, -1)),
    close: column((from, to) => edge(columns, columns.close, to - 1, from - 1)),
    volume: sum(columns.volume, true),
    value: columns.value && sum(columns.value),
    marketCap: last(columns.marketCap),
    listedShares: last(columns.listedShares),
    factor: last(columns.factor),
  };
}

/** What a raw price of `row` is worth on the scale of a later row of the same group. */
function scaleTo({ factor }: Columns, row: number, last: number): number {
  return factor ? factor[row]! / factor[last]! : 1;
}

/** The value of the first row that traded, walking from `from` towards `end` (exclusive); the first row's own when none did. */
function edge(columns: Columns, values: Float64Array, from: number, end: number): number {
  const step = from < end ? 1 : -1;
  const last = Math.max(from, end - 1);
  let row = from;
  while (row !== end && !(columns.volume[row]! > 0)) row += step;
  const found = row === end ? from : row;
  return values[found]! * scaleTo(columns, found, last);
}

/** The highest (1) or lowest (−1) value of the rows that traded; the last row's own when none did. */
function extreme(columns: Columns, values: Float64Array, from: number, to: number, way: 1 | -1): number {
  let found = Number.NaN;
  for (let row = from; row < to; row += 1) {
    if (!(columns.volume[row]! > 0)) continue;
    const value = values[row]! * scaleTo(columns, row, to - 1);
    if (!((found - value) * way >= 0)) found = value;
  }
  return Number.isNaN(found) ? values[to - 1]! : found;
}
