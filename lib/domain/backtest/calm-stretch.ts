import type { EngineOutput } from './engine.ts';
import type { Position } from './position.ts';
import type { RunState } from './run-state.ts';

/** The columns of a run's output, one entry a bar from `start`. */
export type Series = Pick<EngineOutput, 'equity' | 'cash' | 'held'>;

/**
 * Passes over bars on which nobody has anything to decide: no order waits, no entry signal calls and no position leaves. Most bars of
 * most runs are like that, and each position can then be carried on its own, column by column, instead of all of them bar by bar.
 * Returns the first calendar entry of `[t, end)` that `meetBar` has to meet, `end` when there is none.
 */
export function passCalmBars(state: RunState, { equity, cash, held }: Series, t: number, end: number): number {
  const { positions, input } = state;
  if (state.plan.waitsForAuction) return t; // what an earlier bar of the day said is decided later, on a bar that may say nothing
  if (state.entries.length > 0 || (positions.length > 0 && state.asksEveryBar)) return t;
  let until = nextCandidate(input, t, end);
  for (let i = 0; i < positions.length && until > t; i += 1) until = calmUntil(state, positions[i]!, t, until);
  if (until === t) return t;
  const first = t - input.start;
  const last = until - input.start;
  for (let i = first; i < last; i += 1) {
    equity[i] = state.cash;
    cash[i] = state.cash;
    held[i] = positions.length;
  }
  for (let i = 0; i < positions.length; i += 1) carryThrough(state, positions[i]!, equity, t, until);
  return until;
}

/** The first calendar entry from `t` on with an entry signal, or `end`: the rows with one are in the order of the calendar. */
function nextCandidate({ signals, columns }: RunState['input'], t: number, end: number): number {
  const next = signals.from[t]!;
  return next < signals.rows.length ? Math.min(end, columns.time[signals.rows[next]!]!) : end;
}

/** The first calendar entry of `[t, end)` at which a position splits, leaves or is about to; `t` when it is already leaving. */
function calmUntil({ input, lastTraded }: RunState, position: Position, t: number, end: number): number {
  if (position.isExiting || position.trim > 0) return t;
  const { columns, signals, program } = input;
  const { time, factor } = columns;
  const { exit } = signals;
  const rows = columns.offset[position.symbol + 1]!;
  let row = position.lastRow + 1;
  let known = rows; // where it leaves whatever the signals say: at its age, or with the symbol's last bar
  if (program.stops.maxBars !== null) known = Math.min(known, row + program.stops.maxBars - position.barsHeld - 1);
  if (lastTraded[position.symbol]! >= row) known = Math.min(known, lastTraded[position.symbol]!);
  for (; row < known && time[row]! < end; row += 1) {
    if ((exit !== null && exit[row] === 1) || (factor !== null && factor[row] !== factor[row - 1])) break;
  }
  return row < rows && time[row]! < end ? Math.max(t, time[row]!) : end;
}

/** Marks a position at every close of `[t, until)` and adds its worth to the equity there. */
function carryThrough({ input }: RunState, position: Position, equity: Float64Array, t: number, until: number): void {
  const { columns, start } = input;
  const { time, high, low, close, volume } = columns;
  const { quantity } = position;
  const first = position.lastRow + 1;
  const rows = columns.offset[position.symbol + 1]!;
  let row = position.lastRow;
  for (let at = t; at < until; at += 1) {
    if (row + 1 < rows && time[row + 1] === at) row += 1; // else it had no bar, and keeps its last close
    equity[at - start]! += close[row]! * quantity;
  }
  let { highWater, lowWater } = position;
  for (let i = first; i <= row; i += 1) {
    if (!(volume[i]! > 0)) continue;
    if (high[i]! > highWater) highWater = high[i]!;
    if (low[i]! < lowWater) lowWater = low[i]!;
  }
  position.taken = 0;
  position.barsHeld += row + 1 - first;
  position.lastRow = row;
  position.row = time[row] === until - 1 ? row : -1;
  position.lastClose = close[row]!;
  position.highWater = highWater;
  position.lowWater = lowWater;
}
