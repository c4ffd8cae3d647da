import type { Market } from '#domain/market/instrument.ts';
import type { Program } from '#domain/strategy/compile.ts';
import { Evaluator, type SymbolBars, TRUE } from '#domain/strategy/evaluate.ts';
import { type Columns, dayOf, epochDay, marketOn, symbolsOfRows, tradedValue } from './columns.ts';

/** A user's own limits on what may be bought; stored and hashed with a run. Null lists mean no limit. */
export interface UniverseMask {
  readonly markets: readonly string[] | null;
  readonly symbols: readonly string[] | null;
  readonly exclude: readonly string[];
}
export const NO_MASK: UniverseMask = { markets: null, symbols: null, exclude: [] };

/** What a program says about every row of the data, known at that row's close. */
export interface Signals {
  /** Rows with an entry signal whose symbol is in the universe, grouped by calendar entry: `rows[from[t]] … rows[from[t + 1] − 1]`. */
  readonly from: Int32Array;
  readonly rows: Int32Array;
  /** 1 where the exit condition holds; null when there is none or when it reads the position (then `evaluators` decides). */
  readonly exit: Uint8Array | null;
  readonly rank: Float64Array | null;
  /** ATR for the ATR stop, on the adjusted scale. */
  readonly atr: Float64Array | null;
  /** Standard deviation of returns from bar to bar, where positions are sized by it. */
  readonly volatility: Float64Array | null;
  /** Per symbol, only when the exit reads the position. */
  readonly evaluators: readonly (Evaluator | null)[] | null;
  /** Symbol of a row. */
  readonly symbolOf: Int32Array;
}

/** One symbol's bars on the adjusted scale: what indicators see. */
export function adjustedBars(columns: Columns, s: number): SymbolBars {
  const from = columns.offset[s]!;
  const to = columns.offset[s + 1]!;
  const factor = columns.factor?.subarray(from, to) ?? null;
  const price = (column: Float64Array) => {
    const raw = column.subarray(from, to);
    return factor ? raw.map((value, i) => value * factor[i]!) : raw;
  };
  const volume = columns.volume.subarray(from, to);
  return {
    open: price(columns.open),
    high: price(columns.high),
    low: price(columns.low),
    close: price(columns.close),
    volume: factor ? volume.map((value, i) => value / factor[i]!) : volume,
    // Computed only for strategies that read it.
    get value() {
      if (columns.value) return columns.value.subarray(from, to);
      const value = new Float64Array(to - from);
      for (let i = 0; i < value.length; i += 1) value[i] = tradedValue(columns, from + i);
      return value;
    },
    market_cap: columns.marketCap?.subarray(from, to) ?? null,
    listed_shares: columns.listedShares?.subarray(from, to) ?? null,
  };
}

/** Evaluates a program over all data at once. The auto-trader calls this on its latest bars, then `decideAtClose`. */
export function computeSignals(
  program: Program,
  columns: Columns,
  mask: UniverseMask = NO_MASK,
  evaluatorOf?: (symbol: number) => Evaluator,
): Signals {
  const steps = signalSteps(program, columns, mask, evaluatorOf);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * The same in steps: yields the share done (0–1) after each symbol, so that a caller can report progress or stop. `evaluatorOf` lets
 * runs over the same data share their columns.
 */
export function* signalSteps(
  program: Program,
  columns: Columns,
  mask: UniverseMask = NO_MASK,
  evaluatorOf: (symbol: number) => Evaluator = (s) => new Evaluator(adjustedBars(columns, s)),
): Generator<number, Signals> {
  const count = columns.time.length;
  const entry = new Uint8Array(count);
  const symbolOf = symbolsOfRows(columns);
  const isExitLive = program.exit?.isLive ?? false;
  const exit = program.exit && !isExitLive ? new Uint8Array(count) : null;
  const rank = program.rank ? new Float64Array(count) : null;
  const atr = program.stops.atr ? new Float64Array(count) : null;
  const volatility = program.sizing.kind === 'volatility_target' ? new Float64Array(count) : null;
  const hasMembers = program.filters.length > 0 || program.rank?.limit != null;
  const passes = hasMembers ? new Uint8Array(count) : null;
  const evaluators: (Evaluator | null)[] | null = isExitLive ? [] : null;

  for (let s = 0; s < columns.symbols.length; s += 1) {
    const from = columns.offset[s]!;
    const to = columns.offset[s + 1]!;
    const evaluator = evaluatorOf(s);
    if (isAllowed(program, columns, s, mask)) {
      entry.set(evaluator.condition(program.entry), from);
      passes?.fill(1, from, to); // only what may be bought competes for a rank
      for (const row of rowsOnOtherMarkets(program, columns, s, mask)) {
        entry[row] = 0;
        if (passes) passes[row] = 0;
      }
    }
    if (exit && program.exit) {
      const truth = evaluator.condition(program.exit);
      for (let i = 0; i < truth.length; i += 1) exit[from + i] = truth[i]! & TRUE; // unknown is 2
    }
    if (rank && program.rank) rank.set(evaluator.number(program.rank.by), from);
    if (atr && program.stops.atr) atr.set(evaluator.number(program.stops.atr.node), from);
    if (volatility && program.sizing.kind === 'volatility_target') volatility.set(evaluator.number(program.sizing.node), from);
    for (const filter of program.filters) {
      const truth = evaluator.condition(filter);
      for (let i = from; i < to; i += 1) if (truth[i - from] !== TRUE) passes![i] = 0;
    }
    evaluators?.push(evaluator);
    yield (s + 1) / columns.symbols.length;
  }
  const members = passes && memberRows(program, columns, passes, rank);
  return { ...groupByTime(columns, entry, members), exit, rank, atr, volatility, evaluators, symbolOf };
}

/** The document's universe ∩ the user's mask − exclusions of either, on one of the symbol's markets at least. */
export function isAllowed(program: Program, columns: Columns, s: number, mask: UniverseMask): boolean {
  const { symbols, exclude } = program.document.universe;
  const { code, market, markets = [{ market }] } = columns.symbols[s]!;
  const named = symbols as readonly string[];
  return (
    (named.length === 0 || named.includes(code)) &&
    markets.some((period) => isMarketAllowed(program, period.market, mask)) &&
    (mask.symbols === null || mask.symbols.includes(code)) &&
    !(exclude as readonly string[]).includes(code) &&
    !mask.exclude.includes(code)
  );
}

/** A document that names its symbols asks for them wherever they are listed. */
function isMarketAllowed({ document: { universe } }: Program, market: Market, mask: UniverseMask): boolean {
  return (universe.symbols.length > 0 || universe.markets.includes(market)) && (mask.markets === null || mask.markets.includes(market));
}

/** Rows of the days on which a symbol that moved (이전상장) was on a market that the universe leaves out. */
function rowsOnOtherMarkets(program: Program, columns: Columns, s: number, mask: UniverseMask): number[] {
  const symbol = columns.symbols[s]!;
  if (!symbol.markets) return [];
  const rows = Array.from({ length: columns.offset[s + 1]! - columns.offset[s]! }, (_, i) => columns.offset[s]! + i);
  return rows.filter((row) => !isMarketAllowed(program, marketOn(symbol, dayOf(columns.times[columns.time[row]!]!)), mask));
}

function groupByTime(columns: Columns, entry: Uint8Array, members: Uint8Array | null): { from: Int32Array; rows: Int32Array } {
  const { time, times } = columns;
  // A counting sort: `from` first holds how many there are, then where each group ends, and falls to where it begins.
  const from = new Int32Array(times.length + 1);
  let count = 0;
  for (let row = 0; row < entry.length; row += 1) {
    if (entry[row] !== TRUE || (members !== null && members[row] !== 1)) continue;
    from[time[row]!]! += 1;
    count += 1;
  }
  for (let t = 0, sum = 0; t < from.length; t += 1) {
    sum += from[t]!;
    from[t] = sum;
  }
  const rows = new Int32Array(count);
  for (let row = entry.length - 1; count > 0; row -= 1) {
    if (entry[row] !== TRUE || (members !== null && members[row] !== 1)) continue;
    count -= 1;
    from[time[row]!]! -= 1;
    rows[from[time[row]!]!] = row;
  }
  return { from, rows };
}

/** The calendar entry that opens the period (day, week, month) of each entry. */
function periodStarts(columns: Columns, refresh: 'daily' | 'weekly' | 'monthly'): Int32Array {
  const starts = new Int32Array(columns.times.length);
  let label = '';
  for (let t = 0; t < starts.length; t += 1) {
    const day = dayOf(columns.times[t]!);
    const current = periodOf(day, refresh);
    starts[t] = current === label ? starts[t - 1]! : t;
    label = current;
  }
  return starts;
}

/** A name for the period a calendar entry lies in; two entries with the same name are of one period. */
export function periodOf(time: string, length: 'daily' | 'weekly' | 'monthly'): string {
  return length === 'daily' ? dayOf(time) : length === 'monthly' ? time.slice(0, 7) : weekOf(time);
}

/** The Monday of a day's week, as a number of days. */
function weekOf(day: string): string {
  return String(Math.floor((epochDay(day) + 3) / 7)); // 1970-01-01 was a Thursday
}

/** A symbol without a bar for this many sessions is out of the universe until it has one again. */
const STALE_SESSIONS = 20;

/**
 * Membership at each row, point in time: at the start of a period the filters and the rank see each symbol's last bar *before* the
 * period, and the answer stands until the next one. A symbol without such a bar (new, or halted for long) is no member.
 */
export function memberRows(program: Program, columns: Columns, passes: Uint8Array, rank: Float64Array | null): Uint8Array {
  const starts = periodStarts(columns, program.document.universe.refresh);
  const days = dayNumbers(columns);
  const limit = program.rank?.limit ?? null;
  const isFit = (row: number) => passes[row] === 1 && (limit === null || !Number.isNaN(rank![row]!));
  const fit = fitRowsByStart(columns, starts, days, isFit);
  if (limit !== null) {
    const sign = program.rank!.order === 'asc' ? 1 : -1;
    for (const rows of fit.values()) {
      rows.sort((a, b) => (rank![a]! - rank![b]!) * sign || tradedValue(columns, b) - tradedValue(columns, a) || a - b);
      rows.length = Math.min(rows.length, limit);
    }
  }
  return markMembers(columns, starts, fit);
}

/** Sessions counted from the first, per calendar entry; all bars of a day share one number. */
function dayNumbers(columns: Columns): Int32Array {
  const starts = periodStarts(columns, 'daily');
  const days = new Int32Array(starts.length);
  for (let t = 1; t < days.length; t += 1) days[t] = days[t - 1]! + (starts[t] === t ? 1 : 0);
  return days;
}

/** For each period start: the row of every fit symbol that was its last before that start. */
function fitRowsByStart(columns: Columns, starts: Int32Array, days: Int32Array, isFit: (row: number) => boolean): Map<number, number[]> {
  const fit = new Map<number, number[]>();
  for (let t = 0; t < starts.length; t += 1) if (starts[t] === t) fit.set(t, []);
  const nextStart = new Int32Array(starts.length).fill(starts.length);
  for (let t = starts.length - 2; t >= 0; t -= 1) nextStart[t] = starts[t + 1] === t + 1 ? t + 1 : nextStart[t + 1]!;
  for (let s = 0; s < columns.symbols.length; s += 1) {
    for (let row = columns.offset[s]!; row < columns.offset[s + 1]!; row += 1) {
      const t = columns.time[row]!;
      const until = row + 1 < columns.offset[s + 1]! ? columns.time[row + 1]! : starts.length - 1;
      for (let start = nextStart[t]!; start <= until && days[start]! - days[t]! <= STALE_SESSIONS; start = nextStart[start]!) {
        if (isFit(row)) fit.get(start)!.push(row);
      }
    }
  }
  return fit;
}

function markMembers(columns: Columns, starts: Int32Array, fit: ReadonlyMap<number, readonly number[]>): Uint8Array {
  const members = new Uint8Array(columns.time.length);
  const symbolOf = symbolsOfRows(columns);
  for (const [start, rows] of fit) {
    for (const decider of rows) {
      const end = columns.offset[symbolOf[decider]! + 1]!;
      for (let row = decider + 1; row < end && starts[columns.time[row]!]! <= start; row += 1) {
        if (starts[columns.time[row]!] === start) members[row] = 1;
      }
    }
  }
  return members;
}
