import type { Columns } from '../columns.ts';
import { type ExitReason, type Position, type Sold, type Trade, tradeOf } from '../position.ts';

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
  const { close, time } = columns;
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
    highWater: highWater(columns, holding, next),
    lowWater: lowWater(columns, holding, next),
    barsHeld: next - 1 - row,
    lastClose: close[next - 1]!,
    exitReason: reason,
    isExiting: reason !== null,
    exitReference: close[next - 1]!,
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

/** The sale of all of a holding at an open, in whole won. */
export interface Sale {
  readonly row: number;
  readonly price: number;
  readonly amount: number;
  readonly fee: number;
  readonly tax: number;
  readonly slippage: number;
}

/** The round trip, as the engine tells it. */
export function tradeOfSale(columns: Columns, holding: Holding, sale: Sale, reason: ExitReason): Trade {
  const sold: Sold = {
    symbol: 0,
    entryPrice: holding.price,
    entryTime: columns.time[holding.row]!,
    entryRow: holding.row,
    entryMoment: 'open',
    entryAmount: holding.amount,
    highWater: Math.max(highWater(columns, holding, sale.row), sale.price),
    lowWater: Math.min(lowWater(columns, holding, sale.row), sale.price),
    commission: holding.fee + sale.fee,
    tax: sale.tax,
    slippage: holding.slippage + sale.slippage,
    soldAmount: sale.amount,
    soldQuantity: holding.quantity,
    paidForFractions: 0,
  };
  return tradeOf(columns, sold, sale.row, reason, 'open');
}

/** The highest price from the purchase to before row `next`, bars without volume left out. */
function highWater({ high, volume }: Columns, { row, price }: Holding, next: number): number {
  let highest = price;
  for (let at = row; at < next; at += 1) if (high[at]! > highest && volume[at]! > 0) highest = high[at]!;
  return highest;
}

function lowWater({ low, volume }: Columns, { row, price }: Holding, next: number): number {
  let lowest = price;
  for (let at = row; at < next; at += 1) if (low[at]! < lowest && volume[at]! > 0) lowest = low[at]!;
  return lowest;
}
