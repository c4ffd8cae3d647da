import type { Program } from '#domain/strategy/compile.ts';
import { decidesBeforeClose } from '#domain/strategy/execution-moment.ts';
import { type Columns, type RowRange, takeRows, truncate } from './columns.ts';
import { computeSignals, NO_MASK, type Signals, type UniverseMask } from './signals.ts';

export interface LookAheadReport {
  /** Truncation points tried. */
  readonly checked: number;
  readonly verdict: 'clean' | 'leak' | 'not_checked';
  /** Calendar entry and symbol of the first difference. */
  readonly firstLeak: { readonly time: string; readonly symbol: string } | null;
}

/** Symbols looked at per truncation point: enough to meet every expression, cheap enough for every run. */
const SYMBOLS_PER_CHECK = 25;

/**
 * Cuts the data at random closes and evaluates again: what was decided up to the cut may not change because of what came after.
 * A document that decides before the close is not shown the bar of the cut either, but for its open.
 * Universe ranks need every symbol, so the cut keeps a random handful and compares entry, exit, rank, ATR and volatility row by row.
 */
export function checkLookAhead(
  program: Program,
  columns: Columns,
  points: number,
  seed: number,
  mask: UniverseMask = NO_MASK,
): LookAheadReport {
  if (columns.times.length < 3 || points < 1) return { checked: 0, verdict: 'not_checked', firstLeak: null };
  const random = randomSource(seed);
  let whole: Columns | null = null;
  let full: Signals | null = null;
  for (let n = 0; n < points; n += 1) {
    const cut = 1 + Math.floor(random() * (columns.times.length - 2));
    const part = someSymbols(columns, random);
    const known = decidesBeforeClose(program.document) ? beforeClose(truncate(part, cut)) : truncate(part, cut);
    // Of few symbols every cut looks at all, and what they say with all their bars is asked once.
    if (!full || whole !== part) full = computeSignals(program, part, mask);
    whole = part;
    const leak = firstDifference(part, full, known, computeSignals(program, known, mask), cut);
    if (leak) return { checked: n + 1, verdict: 'leak', firstLeak: leak };
  }
  return { checked: points, verdict: 'clean', firstLeak: null };
}

/** The data as they stand before the close of the last calendar entry: of that bar there is an open and nothing else. */
function beforeClose(columns: Columns): Columns {
  const last = columns.times.length - 1;
  const hide = (column: Float64Array) => column.map((value, row) => (columns.time[row] === last ? Number.NaN : value));
  const { high, low, close, volume, value, marketCap, listedShares } = columns;
  return {
    ...columns,
    high: hide(high),
    low: hide(low),
    close: hide(close),
    volume: hide(volume),
    value: value && hide(value),
    marketCap: marketCap && hide(marketCap),
    listedShares: listedShares && hide(listedShares),
  };
}

/** A small deterministic generator (xorshift32): a test's choices are part of the run and must repeat. */
export function randomSource(seed: number): () => number {
  let state = (seed | 0) === 0 ? 0x9e3779b9 : seed | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

function someSymbols(columns: Columns, random: () => number): Columns {
  const count = columns.symbols.length;
  if (count <= SYMBOLS_PER_CHECK) return columns;
  const chosen = new Set<number>();
  while (chosen.size < SYMBOLS_PER_CHECK) chosen.add(Math.floor(random() * count));
  return pickSymbols(
    columns,
    [...chosen].sort((a, b) => a - b),
  );
}

/** The same data with some symbols only; the calendar stays whole. */
export function pickSymbols(columns: Columns, symbols: readonly number[]): Columns {
  const ranges = symbols.map((s): RowRange => [columns.offset[s]!, columns.offset[s + 1]!]);
  return { ...columns, symbols: symbols.map((s) => columns.symbols[s]!), ...takeRows(columns, ranges) };
}

function firstDifference(whole: Columns, full: Signals, known: Columns, cutSignals: Signals, cut: number): LookAheadReport['firstLeak'] {
  // Both have the same symbols and, up to the cut, the same bars: a symbol's rows lie this far apart.
  const shift = (s: number) => known.offset[s]! - whole.offset[s]!;
  for (let s = 0; s < whole.symbols.length; s += 1) {
    const apart = shift(s);
    for (let row = whole.offset[s]!; row < whole.offset[s + 1]! && whole.time[row]! <= cut; row += 1) {
      const isSame =
        (full.exit === null || full.exit[row] === cutSignals.exit![row + apart]) &&
        sameAt(full.rank, cutSignals.rank, row, apart) &&
        sameAt(full.atr, cutSignals.atr, row, apart) &&
        sameAt(full.volatility, cutSignals.volatility, row, apart);
      if (!isSame) return leakAt(whole, row);
    }
  }
  const entries = (signals: Signals, t: number) => signals.from[t + 1]! - signals.from[t]!;
  for (let t = 0; t <= cut; t += 1) {
    if (entries(full, t) !== entries(cutSignals, t)) return { time: whole.times[t]!, symbol: '' };
    for (let i = 0; i < entries(full, t); i += 1) {
      const row = full.rows[full.from[t]! + i]!;
      if (row + shift(full.symbolOf[row]!) !== cutSignals.rows[cutSignals.from[t]! + i]) return leakAt(whole, row);
    }
  }
  return null;
}

function sameAt(full: Float64Array | null, cut: Float64Array | null, row: number, apart: number): boolean {
  return full === null || Object.is(full[row], cut![row + apart]);
}

function leakAt(columns: Columns, row: number): LookAheadReport['firstLeak'] {
  let s = 0;
  while (columns.offset[s + 1]! <= row) s += 1;
  return { time: columns.times[columns.time[row]!]!, symbol: columns.symbols[s]!.code };
}
