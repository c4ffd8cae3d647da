import type { Columns } from '../columns.ts';
import type { ExitReason, Position } from '../position.ts';

/** What we hold between a purchase at an open and the sale of all of it at another. */
export interface Holding {
  row: number;
  quantity: number;
  price: number;
  amount: number;
  fee: number;
  slippage: number;
}

/** A row beyond all data. */
export const NEVER = 2_000_000_000;

/** The same as the engine has it before the opening of row `next`, on its way out or not; nothing has happened to it since it was bought. */
export function positionBefore(columns: Columns, holding: Holding, next: number, reason: ExitReason | null, atr: number): Position {
  const { row, quantity, price, amount, fee, slippage } = holding;
  const { high, low, close, volume, time } = columns;
  let [highWater, lowWater] = [price, price];
  for (let at = row; at < next; at += 1) {
    if (!(volume[at]! > 0)) continue;
    highWater = Math.max(highWater, high[at]!);
    lowWater = Math.min(lowWater, low[at]!);
  }
  return {
    symbol: 0,
    quantity,
    entryPrice: price,
    entryTime: time[row]!,
    entryRow: row,
    entryMoment: 'open',
    entryAmount: amount,
    taken: 0,
    trim: 0,
    atr,
    highWater,
    lowWater,
    barsHeld: next - 1 - row,
    lastClose: close[next - 1]!,
    exitReason: reason,
    isExiting: reason !== null,
    lastRow: next - 1,
    row: -1,
    commission: fee,
    slippage,
    tax: 0,
    soldAmount: 0,
    soldQuantity: 0,
    paidForFractions: 0,
  };
}
