import type { Columns } from './columns.ts';
import type { DecisionReason } from './decide.ts';
import { fillTime, type Moment } from './order-plan.ts';

export type ExitReason =
  | Exclude<DecisionReason, 'entry_signal' | 'rebalance'>
  | 'stop_loss'
  | 'take_profit'
  | 'trailing_stop'
  | 'atr_stop'
  | 'delisted'
  | 'split';

/** A position while the run holds it. Prices are raw won on the scale of the latest bar. */
export interface Position {
  readonly symbol: number;
  quantity: number;
  /** Won a share paid, on average where it was bought more than once; a split divides it. */
  entryPrice: number;
  readonly entryTime: number;
  readonly entryRow: number;
  readonly entryMoment: Moment;
  /** Won paid for all purchases, before costs. */
  entryAmount: number;
  /** Shares that our fills have taken of the bar at hand. */
  taken: number;
  /** Shares to sell at the next fill to come back to its weight; lapses with the bar. */
  trim: number;
  /** ATR at the decision, for the ATR stop; NaN without one. */
  atr: number;
  /** Highest price since entry, up to the last closed bar. */
  highWater: number;
  lowWater: number;
  barsHeld: number;
  lastClose: number;
  exitReason: ExitReason | null;
  isExiting: boolean;
  /** The price that its exit was decided at, from which a limit is reckoned; 0 while none was. */
  exitReference: number;
  /** Its symbol's last row at or before the current calendar entry, and that row again when it is of this entry, else −1. */
  lastRow: number;
  row: number;
  commission: number;
  slippage: number;
  tax: number;
  /** Won received by sales so far, before costs, and the shares they were for. */
  soldAmount: number;
  soldQuantity: number;
  /** Won received for fractions of a share that splits left over. */
  paidForFractions: number;
}

/** One round trip. Money in whole won; rates are fractions of the entry amount. */
export interface Trade {
  readonly symbol: string;
  readonly quantity: number;
  readonly entryDay: string;
  readonly entryPrice: number;
  readonly exitDay: string;
  /** Average won a share of all sales. */
  readonly exitPrice: number;
  readonly commission: number;
  readonly tax: number;
  readonly slippage: number;
  /** After commission and tax, with what splits paid for fractions of a share. */
  readonly pnl: number;
  readonly returnRate: number;
  /** Bars of the symbol from the fill to the exit; 0 when both were on one bar. */
  readonly barsHeld: number;
  /** Worst and best unrealised rate while held, by the bars' lows and highs. */
  readonly mae: number;
  readonly mfe: number;
  readonly entryReason: 'entry_signal';
  readonly exitReason: ExitReason;
}

/** What a position was when all of it had been sold: whatever its trade is told by. */
export type Sold = Pick<
  Position,
  | 'symbol'
  | 'entryPrice'
  | 'entryTime'
  | 'entryRow'
  | 'entryMoment'
  | 'entryAmount'
  | 'highWater'
  | 'lowWater'
  | 'commission'
  | 'tax'
  | 'slippage'
  | 'soldAmount'
  | 'soldQuantity'
  | 'paidForFractions'
>;

/** The round trip of a position that is over since the bar of `row`. */
export function tradeOf(columns: Columns, sold: Sold, row: number, exitReason: ExitReason, moment: Moment): Trade {
  const { entryAmount, entryPrice, soldAmount, soldQuantity, commission, tax } = sold;
  const pnl = soldAmount + sold.paidForFractions - entryAmount - commission - tax;
  return {
    symbol: columns.symbols[sold.symbol]!.code,
    quantity: soldQuantity,
    entryDay: fillTime(columns, sold.entryTime, sold.entryMoment),
    entryPrice,
    exitDay: fillTime(columns, columns.time[row]!, moment),
    exitPrice: soldAmount / soldQuantity,
    commission,
    tax,
    slippage: sold.slippage,
    pnl,
    returnRate: pnl / entryAmount,
    barsHeld: row - sold.entryRow,
    mae: Math.min(0, sold.lowWater / entryPrice - 1),
    mfe: Math.max(0, sold.highWater / entryPrice - 1),
    entryReason: 'entry_signal',
    exitReason,
  };
}
