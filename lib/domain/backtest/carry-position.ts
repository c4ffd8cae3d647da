import type { Columns } from './columns.ts';
import { rescale } from './fill.ts';
import type { Position } from './position.ts';
import type { RunState } from './run-state.ts';
import { leaveBySplit } from './sell.ts';

/**
 * Brings every position to the bar of a calendar entry: its row, and what a split made of it. True when one of them is waiting to be
 * sold, in whole or in part.
 */
export function carryPositions(state: RunState, t: number): boolean {
  const { columns } = state.input;
  const { positions } = state;
  let isWaiting = false;
  for (let i = 0; i < positions.length; i += 1) {
    const position = positions[i]!;
    advance(columns, position, t);
    position.taken = 0;
    if (columns.factor) applySplit(state, position);
    if (positions[i] !== position) {
      i -= 1; // it has left, and the next one stands in its place
      continue;
    }
    if (position.isExiting || position.trim > 0) isWaiting = true;
  }
  return isWaiting;
}

/** Moves a position's row to a calendar entry. Positions are held for days on end, so a step is cheaper than a search. */
function advance(columns: Columns, position: Position, t: number): void {
  const end = columns.offset[position.symbol + 1]!;
  while (position.lastRow + 1 < end && columns.time[position.lastRow + 1]! <= t) position.lastRow += 1;
  position.row = columns.time[position.lastRow] === t ? position.lastRow : -1;
}

/** A split changes quantity and average price, not equity; a fraction of a share is paid in cash (단주 대금). */
function applySplit(state: RunState, position: Position): void {
  const { columns } = state.input;
  const { row } = position;
  if (row <= position.entryRow) return;
  const scale = rescale(columns, row);
  if (scale === 1) return;
  const exact = position.quantity / scale;
  // A factor is stored as a decimal fraction; a quotient within a millionth of a whole share is that share.
  const nearest = Math.round(exact);
  const whole = Math.abs(exact - nearest) < 1e-6 * nearest ? nearest : Math.floor(exact);
  const lastClose = position.lastClose * scale;
  const paid = exact > whole ? Math.floor((exact - whole) * lastClose) : 0;
  if (whole === 0) {
    leaveBySplit(state, position, paid);
    return;
  }
  position.quantity = whole;
  position.trim = Math.floor(position.trim / scale);
  position.lastClose = lastClose;
  position.exitReference *= scale;
  position.paidForFractions += paid;
  state.cash += paid;
  position.entryPrice *= scale;
  position.highWater *= scale;
  position.lowWater *= scale;
  position.atr *= scale;
}
