import type { BarRow } from '#domain/backtest/columns-from-bars.ts';
import type { LivePosition } from '#domain/backtest/evaluate-latest.ts';
import { minuteLabel, mondayOf } from './live-bars.ts';
import { barMinutes, type Timeframe } from './phases.ts';
import type { SubPosition, WorkingOrder } from './scheduler-store.ts';

/** A sub-ledger position as the engine sees it: bars that closed after the one it was filled in, the highest price since. */
export function livePosition(
  position: SubPosition,
  rows: readonly BarRow[],
  timeframe: Timeframe,
  working: readonly Pick<WorkingOrder, 'code' | 'side'>[],
): LivePosition {
  const { code, quantity, purchaseAmount, enteredAt } = position;
  const entryPrice = purchaseAmount / quantity;
  const since = rows.filter((bar) => bar.code === code && isSince(bar.time, enteredAt, timeframe));
  return {
    code,
    quantity,
    entryPrice,
    // The bar of the fill counts 0, as in the back-test.
    barsHeld: since.filter((bar) => !isFillBar(bar.time, enteredAt, timeframe)).length,
    highWater: since.reduce((high, bar) => Math.max(high, bar.high), entryPrice),
    isExiting: working.some((order) => order.side === 'sell' && order.code === code),
  };
}

/** Does this bar contain the fill? Intraday bars are named by their first minute, weeks by their last day. */
function isFillBar(time: string, enteredAt: Date | null, timeframe: Timeframe): boolean {
  if (!enteredAt) return false;
  const minute = Math.floor(enteredAt.getTime() / 60_000);
  const size = barMinutes(timeframe);
  if (size !== null) return time <= minuteLabel(minute) && time > minuteLabel(minute - size);
  const day = minuteLabel(minute).slice(0, 10);
  return timeframe === '1w' ? mondayOf(time) === mondayOf(day) : time === day;
}

/** The bar of the fill and every later one. */
function isSince(time: string, enteredAt: Date | null, timeframe: Timeframe): boolean {
  if (!enteredAt) return true;
  const entered = minuteLabel(Math.floor(enteredAt.getTime() / 60_000));
  return time > (barMinutes(timeframe) === null ? entered.slice(0, 10) : entered) || isFillBar(time, enteredAt, timeframe);
}
